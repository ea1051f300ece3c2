"""Writes what follows from accepted items: new duties, duties that end, counters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from lianfang.kernel import bulk
from lianfang.kernel.batch import Batch, Item, NewDuty, Settling
from lianfang.kernel.ids import derive_id
from lianfang.kernel.models import Duty, DutyEvent, Tally
from lianfang.kernel.rules import LIVE, DutyAction, DutyState, next_state


def apply(batch: Batch[Any]) -> None:
    """Write the effects of the batch's accepted items, in the items' order."""
    items = list(batch)
    for part in _parts(items):
        _settle(batch, part)
        _open(batch, part)
    _count(batch.district, items)


def _parts(items: Sequence[Item[Any]]) -> Iterator[list[Item[Any]]]:
    """Yield the items in parts in which nothing is ended that an earlier item of the part opened.

    As a rule this is one part; a list in which nobody was home first and then somebody was gets
    two, so that it leaves the same duties as its entries one by one.
    """
    part: list[Item[Any]] = []
    opened: set[tuple[str, UUID | None]] = set()
    for item in items:
        if any((s.kind, s.subject_id) in opened for s in item.settlings):
            yield part
            part, opened = [], set()
        part.append(item)
        opened.update((duty.kind, duty.subject_id) for duty in item.duties)
    yield part


def _open(batch: Batch[Any], items: Sequence[Item[Any]]) -> None:
    pairs = [(item, duty) for item in items for duty in item.duties]
    bulk.insert([_row(batch, item, duty) for item, duty in pairs])
    bulk.insert(
        [
            event(
                batch,
                item.id,
                item.derive("duty", duty.key),
                DutyAction.OPEN,
                owner=duty.owner,
            )
            for item, duty in pairs
        ]
    )


def _row(batch: Batch[Any], item: Item[Any], duty: NewDuty) -> Duty:
    return Duty(
        district=batch.district,
        id=item.derive("duty", duty.key),
        kind=duty.kind,
        area_id=duty.place.id,
        path=duty.path or duty.place.path,
        held_path=duty.place.path,
        subject_kind=duty.subject_kind,
        subject_id=duty.subject_id,
        context_id=duty.context_id,
        priority=duty.priority,
        details=duty.details,
        state=DutyState.CLAIMED if duty.owner else DutyState.OPEN,
        owner=duty.owner,
        opened_at=batch.received_at,
        opened_by_id=item.id,
        due_at=duty.due_at,
        climb_at=duty.due_at,
        claim_minutes=duty.claim_minutes,
    )


def event(
    batch: Batch[Any],
    record_id: UUID,
    duty_id: UUID,
    action: DutyAction,
    *,
    owner: str = "",
    why: str = "",
) -> DutyEvent:
    """Return the history row of one step of a duty."""
    return DutyEvent(
        district=batch.district,
        id=derive_id(record_id, "event", duty_id, action),
        duty_id=duty_id,
        action=action,
        actor=batch.actor.ref,
        owner=owner,
        at=batch.received_at,
        why=why,
        record_id=record_id,
    )


def _settle(batch: Batch[Any], items: Iterable[Item[Any]]) -> None:
    """End duties set by set: one query to find them, one update for each outcome."""
    groups: dict[tuple[str, UUID | None, DutyAction], dict[UUID, tuple[UUID, Settling]]]
    groups = defaultdict(dict)
    for item in items:
        for s in item.settlings:
            groups[(s.kind, s.context_id, s.action)].setdefault(s.subject_id, (item.id, s))
    events = []
    for (kind, context_id, action), by_subject in groups.items():
        found = Duty.objects.filter(
            district=batch.district,
            kind=kind,
            subject_id__in=list(by_subject),
            state__in=LIVE,
            opened_at__lte=batch.received_at,
        )
        if context_id is not None:
            found = found.filter(context_id=context_id)
        rows = list(found.order_by("id").values_list("id", "subject_id", "owner"))
        if not rows:
            continue
        target = next_state(DutyState.OPEN, action)
        Duty.objects.filter(district=batch.district, id__in=[r[0] for r in rows]).update(
            state=target, closed_at=batch.received_at, claimed_until=None, climb_at=None
        )
        for duty_id, subject_id, owner in rows:
            assert subject_id
            record_id, settling = by_subject[subject_id]
            events.append(event(batch, record_id, duty_id, action, owner=owner, why=settling.why))
    bulk.insert(events)


def _count(district: str, items: Iterable[Item[Any]]) -> None:
    sums: dict[tuple[Any, ...], list[int]] = {}
    levels: dict[UUID, int] = {}
    for item in items:
        for count in item.counts:
            for level, area_id in count.place.ladder:
                levels[area_id] = level
                key = (district, count.period, count.metric, area_id)
                sums.setdefault(key, [0])[0] += count.by
    bulk.add_counters(
        Tally,
        Tally.key_fields,
        ("level",),
        Tally.counters,
        {key: ((levels[key[3]],), numbers) for key, numbers in sums.items()},
    )
