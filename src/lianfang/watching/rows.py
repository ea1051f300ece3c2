"""What the commands of this room share: watches that begin, owe checks, and end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.areas.tree import places
from lianfang.kernel import problems
from lianfang.kernel.batch import Batch, Item, NewDuty
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.rules import DutyAction
from lianfang.kernel.scope import Place
from lianfang.people.locate import put
from lianfang.watching import kinds, rules, slots
from lianfang.watching.models import Watch, WatchChoice
from lianfang.watching.rules import WatchAction, WatchState

NOT_NOW = problem(
    "watch.not_now",
    _("This cannot be done with a watch that is {state}."),
    _("Look at its history to see what happened meanwhile."),
    status=409,
)
# The period of counters that say how many there are at this moment.
NOW = "now"


def zone() -> Any:
    """Return the deployment's zone, by whose days checks are owed."""
    return timezone.get_default_timezone()


def today(moment: datetime) -> date:
    """Return the day of a moment in the deployment's zone."""
    return moment.astimezone(zone()).date()


def by_watch(batch: Batch[Any]) -> None:
    """Locate entries by the watch that they name: at its door, or in its area without one."""
    ids = {item.payload.watch_id for item in batch}
    rows = Watch.objects.filter(district=batch.district, id__in=ids)
    found = batch.memo["watches"] = {row.id: row for row in rows}
    places({row.area_id for row in found.values()}, batch)
    for item in batch:
        item.subject_id = item.payload.watch_id
        if row := found.get(item.payload.watch_id):
            put(item, batch, row.area_id, row.household_id)


def load(batch: Batch[Any], item: Item[Any]) -> Watch:
    """Return the watch of an entry as it stands now; refuses when there is none.

    What happens to a watch as a whole stands in the person's history; the checks do not.
    """
    row = Watch.objects.filter(district=batch.district, id=item.payload.watch_id).first()
    if row is None:
        raise Refuse(problems.NOT_FOUND, "watch_id")
    item.subject_id = row.person_id
    return row


def live(batch: Batch[Any], item: Item[Any]) -> Watch:
    """Return the watch of an entry, which must not have ended."""
    row = load(batch, item)
    if row.state not in rules.LIVE_WATCHES:
        raise Refuse(NOT_NOW, "watch_id", state=row.state)
    return row


def step(row: Watch, action: WatchAction) -> None:
    """Move a watch along the table, in memory; refuses what the table does not allow."""
    state = rules.next_watch_state(row.state, action)
    if state is None:
        raise Refuse(NOT_NOW, "watch_id", state=row.state)
    row.state = state


def choice(batch: Batch[Any]) -> WatchChoice:
    """Return what the district chose, the defaults where it chose nothing; read once a list."""
    found: WatchChoice | None = batch.memo.get("watch_choice")
    if found is None:
        found = WatchChoice.objects.filter(district=batch.district).first()
        found = found or WatchChoice(district=batch.district)
        batch.memo["watch_choice"] = found
    return found


def duty_path(place: Place, household_id: UUID | None) -> str:
    """Return where a duty about somebody lies: at the door, or at the area without one."""
    return f"{place.path}{household_id.hex}/" if household_id else place.path


def open_duty(
    batch: Batch[Any],
    item: Item[Any],
    row: Watch,
    kind: str,
    hours: float,
    place: Place,
    *,
    priority: int = 5,
    **details: Any,
) -> None:
    """Open a duty about a watch, unless the entry opened the same already."""
    key = f"{kind}-{row.id.hex}"
    if any(duty.key == key for duty in item.duties):
        return
    item.open_duty(
        NewDuty(
            kind,
            key,
            place,
            due_at=batch.after(hours=hours),
            path=duty_path(place, row.household_id),
            subject_kind="watch",
            subject_id=row.id,
            context_id=row.household_id,
            priority=priority,
            claim_minutes=60,
            details=details,
        )
    )


def owe(row: Watch, one: slots.Slot | None) -> None:
    """Let `one` be the next check that a watch owes (none: nothing is owed), in memory."""
    row.next_day = one.day if one else None
    row.next_slot = one.number if one else None
    row.opens_at = one.opens if one else None
    row.due_at = one.due if one else None
    row.closes_at = one.closes if one else None


def resume(row: Watch, moment: datetime) -> None:
    """Let a watch owe checks from `moment` on, as its terms are now, in memory."""
    one = slots.first(moment, row.from_day, row.until_day, row.checks_a_day, zone())
    owe(row, None if row.away else one)


def pending(row: Watch) -> slots.Slot | None:
    """Return the check that a watch owes next."""
    if row.next_day is None or row.next_slot is None:
        return None
    number = min(row.next_slot, row.checks_a_day)
    return slots.slot(row.next_day, number, row.checks_a_day, zone())


def begin(
    batch: Batch[Any],
    item: Item[Any],
    terms: Any,
    person_id: UUID,
    place: Place,
    *,
    household_id: UUID | None,
    watch_id: UUID | None = None,
    existing: Watch | None = None,
    reasons: Iterable[str] = (),
    until: date | None = None,
) -> tuple[Watch, bool]:
    """Put a person under watch, or merge with `existing`; returns the saved row, and if it merged.

    Of two watches the reasons are joined, the later release and the closer rhythm hold, and the
    place that is stronger (home, hotel, site, hospital) has the say.
    """
    until = until or terms.from_day + timedelta(days=terms.days)
    if existing is not None:
        _merge(batch, item, existing, terms, place, household_id, until)
        return existing, True
    chosen = choice(batch)
    row = Watch(
        district=batch.district,
        id=watch_id or item.derive("watch", person_id),
        person_id=person_id,
        household_id=household_id,
        post_id=terms.post_id,
        area_id=place.id,
        reasons=rules.merged(map(str, reasons), str(terms.reason)),
        place=str(terms.place),
        from_day=terms.from_day,
        until_day=until,
        checks_a_day=terms.checks_a_day,
        self_check=terms.self_check and chosen.self_check,
        started_at=item.at,
    )
    resume(row, item.at)
    row.save(force_insert=True)
    count_live(item, row, place, 1)
    item.count("watch_started", today(item.at).isoformat(), place=place)
    return row, False


def _merge(
    batch: Batch[Any],
    item: Item[Any],
    row: Watch,
    terms: Any,
    place: Place,
    household_id: UUID | None,
    until: date,
) -> None:
    was = row.until_day
    row.reasons = rules.merged(row.reasons, str(terms.reason))
    row.until_day = max(row.until_day, until)
    row.from_day = min(row.from_day, terms.from_day)
    faster = max(row.checks_a_day, terms.checks_a_day)
    if rules.stronger(row.place, str(terms.place)):
        relocate(batch, item, row, place, str(terms.place), terms.post_id, household_id)
    if faster != row.checks_a_day or row.opens_at is None:
        row.checks_a_day = faster
        resume(row, item.at)
    if row.until_day > was:
        drop_release(item, row)
    row.save()


def relocate(
    batch: Batch[Any],
    item: Item[Any],
    row: Watch,
    place: Place,
    kind: str,
    post_id: UUID | None,
    household_id: UUID | None,
) -> None:
    """Let a watch go on elsewhere in the district, in memory; the counters move with it."""
    old = places({row.area_id}, batch).get(row.area_id)
    if old is not None:
        count_live(item, row, old, -1)
    row.area_id, row.place, row.post_id, row.household_id = place.id, kind, post_id, household_id
    count_live(item, row, place, 1)


def drop_release(item: Item[Any], row: Watch) -> None:
    """Take back the duty to release somebody whose watch goes on after all, in memory."""
    if row.release_asked:
        row.release_asked = False
        item.settle(kinds.RELEASE, row.id, None, DutyAction.CANCEL, "watch.extended")


def end(batch: Batch[Any], item: Item[Any], row: Watch, action: WatchAction, place: Place) -> None:
    """End a watch: it owes nothing more, its duties are over, the purge has its day. In memory."""
    step(row, action)
    owe(row, None)
    row.ended_at = batch.received_at
    row.away = False
    row.purge_at = batch.received_at + timedelta(days=choice(batch).purge_days)
    count_live(item, row, place, -1)
    item.count(f"watch_{row.state}", today(batch.received_at).isoformat(), place=place)
    for kind in (kinds.LEFT, kinds.MISSED, kinds.RELEASE, kinds.HANDOVER):
        done = kind == kinds.RELEASE and row.state == WatchState.RELEASED
        item.settle(
            kind, row.id, None, DutyAction.DONE if done else DutyAction.CANCEL, "watch.ended"
        )


def count_live(item: Item[Any], row: Watch, place: Place, by: int) -> None:
    """Count people under watch, all and by where they stay."""
    item.count("watched", NOW, by, place=place)
    item.count(f"watched_{row.place}", NOW, by, place=place)
