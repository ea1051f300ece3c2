"""Reads of what the kernel keeps: records, duties, what was set aside. The actor comes first."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from lianfang.kernel import journal, kinds, sealing
from lianfang.kernel.actors import Actor, shortest
from lianfang.kernel.batch import Entry
from lianfang.kernel.models import Duty, Record, SetAside, Stream
from lianfang.kernel.rules import LIVE, DutyState
from lianfang.kernel.scope import within
from lianfang.kernel.verbs import Verb

# A path with so many codes is a community's, where everything below is one person's business;
# above, only what climbed to that very level is.
_NEAR = 5


def streams() -> list[str]:
    """Return the districts that have a journal (without the one of reference data)."""
    found = Stream.objects.exclude(district="").order_by("district")
    return list(found.values_list("district", flat=True))


def record(district: str, record_id: UUID) -> Record | None:
    """Return one record; the caller checks the right to read it."""
    return Record.objects.filter(district=district, id=record_id).first()


def records_about(
    district: str, subjects: Iterable[UUID] | QuerySet[Any, UUID]
) -> QuerySet[Record]:
    """Return the records about any of `subjects` (ids, or a query of them), the latest first."""
    wanted = subjects if isinstance(subjects, QuerySet) else list(subjects)
    found = Record.objects.filter(district=district, subject_id__in=wanted)
    return found.order_by("-seq")


def records(district: str, area_ids: Any = None) -> QuerySet[Record]:
    """Return a district's journal, the latest first; only of these areas (a query of ids)."""
    found = Record.objects.filter(district=district)
    if area_ids is not None:
        found = found.filter(area_id__in=area_ids)
    return found.order_by("-seq")


def since(district: str, moment: datetime) -> int:
    """Return the number of the first record of a district that arrived at `moment` or later.

    Found by halves along the numbers, which grow with the time of arrival, so that a long journal
    is never read through; one past the last where nothing came since.
    """
    mine = Record.objects.filter(district=district).order_by("seq")
    last = mine.values_list("seq", flat=True).last() or 0
    low, high = 1, last + 1
    while low < high:
        middle = (low + high) // 2
        at = mine.filter(seq__gte=middle).values_list("received_at", flat=True).first()
        if at is None or at >= moment:
            high = middle
        else:
            low = middle + 1
    return low


def contents(rows: Iterable[Record], *, opened: bool) -> dict[UUID, dict[str, Any]]:
    """Return the payloads of records; with the sealed parts only when `opened`.

    All rows must be of one district. What was purged stays out.
    """
    listed = list(rows)
    if not opened:
        return {row.id: json.loads(row.payload) for row in listed}
    wanted = {s for row in listed for s in sealing.subjects_of(row.sealed)}
    keys = sealing.subject_keys(listed[0].district, wanted) if wanted else {}
    return {row.id: sealing.unseal(row.payload, row.sealed, keys) for row in listed}


def own_duties(actor: Actor, districts: Collection[str]) -> QuerySet[Duty]:
    """Return the live duties that the actor has taken or was given."""
    return Duty.objects.filter(district__in=districts, owner=actor.ref, state__in=LIVE)


def open_duties(actor: Actor, districts: Collection[str]) -> QuerySet[Duty]:
    """Return the duties that nobody has taken and that the actor answers for.

    For a grid or community these are all below; for a street and above those that climbed there.
    """
    exact: list[str] = []
    below: list[str] = []
    for path in actor.paths(Verb.WORK) + actor.paths(Verb.ASSIGN):
        (below if path.count("/") >= _NEAR else exact).append(path)
    mine = Q(held_path__in=exact) | within(shortest(below), "held_path")
    found = Duty.objects.filter(mine, district__in=districts, state=DutyState.OPEN)
    return found.exclude(kind__in=kinds.beyond(actor))


def duty(actor: Actor, district: str, duty_id: UUID) -> Duty | None:
    """Return a duty that is the actor's own or lies where the actor may work."""
    found = Duty.objects.filter(district=district, id=duty_id).first()
    if found is None or found.owner == actor.ref:
        return found
    allowed = actor.may(Verb.WORK, found.path) or actor.may(Verb.ASSIGN, found.path)
    return found if allowed else None


def held(actor: Actor, districts: Collection[str]) -> QuerySet[SetAside]:
    """Return the entries that wait for a decision of the actor."""
    return SetAside.objects.filter(
        within(actor.paths(Verb.DECIDE), "path"),
        district__in=districts,
        state=SetAside.State.HELD,
    )


def held_entry(actor: Actor, district: str, entry_id: UUID) -> SetAside | None:
    """Return one entry that was held, decided on or not, where the actor may decide."""
    row = SetAside.objects.filter(district=district, id=entry_id).first()
    return row if row and actor.may(Verb.DECIDE, row.path) else None


def refused(actor: Actor, districts: Collection[str]) -> QuerySet[SetAside]:
    """Return the actor's own entries that were refused and not mended since."""
    return SetAside.objects.filter(
        district__in=["", *districts], actor=actor.ref, state=SetAside.State.REFUSED
    )


def refused_entry(actor: Actor, district: str, entry_id: UUID) -> SetAside | None:
    """Return one of the actor's own entries that were set aside."""
    return SetAside.objects.filter(district=district, id=entry_id, actor=actor.ref).first()


def entry_of(row: SetAside) -> Entry:
    """Return what was set aside, as it came."""
    return journal.content_of(row)
