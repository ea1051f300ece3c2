"""Daily checks: a command that a whole city sends at once, so its handler works on lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.kernel import bulk, problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.problems import problem
from lianfang.kernel.registry import list_command
from lianfang.kernel.scope import Place
from lianfang.kernel.verbs import Verb
from lianfang.screening.rules import tenths
from lianfang.watching import kinds, payloads, referral_rows, rows, slots, watch_commands
from lianfang.watching.models import Check, Watch
from lianfang.watching.payloads import EMPTY_CHECK
from lianfang.watching.rules import LIVE_WATCHES, CheckState, Origin

NO_SELF_CHECK = problem(
    "watch.no_self_check",
    _("Checks of this watch are made by the staff only."),
    _("Ask the community worker to come or to call."),
)
NOT_OWED = problem(
    "watch.not_owed",
    _("This watch owes no such check."),
    _("Choose a day within the watch, and one of its checks of that day."),
)

Key = tuple[UUID, date, int]


@dataclass(slots=True)
class Ledger:
    """The checks of a list on their way: what is known, what is new, what changed."""

    known: dict[Key, Check]
    fresh: list[Check] = field(default_factory=list)
    changed: dict[UUID, Check] = field(default_factory=dict)
    touched: dict[UUID, Watch] = field(default_factory=dict)

    def write(self) -> None:
        """Write what the list has changed: rows of checks, and the watches."""
        bulk.insert(self.fresh)
        mended = [row for row in self.changed.values() if not row._state.adding]
        names = ("state", "tenths", "symptoms", "unwell", "own", "at", "actor")
        bulk.upsert(mended, ("district", "id"), names)
        marks = ("next_day", "next_slot", "opens_at", "due_at", "closes_at")
        more = ("unwell", "missed", "left_at")
        bulk.upsert(list(self.touched.values()), ("district", "id"), (*marks, *more))


@list_command(
    "watch.check",
    payloads.CheckWatch,
    verb=Verb.WATCH,
    locate=rows.by_watch,
    title=_("Check a person under watch"),
)
def check(batch: Batch[payloads.CheckWatch]) -> None:
    """Record checks: temperature (°C, one decimal), symptoms, or that nobody was found.

    Payload: `{watch_id, temperature?, symptoms?, note?, normal?, absent?, day?, slot?}`. A client
    sends either a temperature, or `normal: true` (well, not measured), or symptoms, or `absent:
    true`. The entry's time tells which owed check it answers, so an outbox sends nothing else;
    `day` (ISO) and `slot` (1 to the checks a day) are for what is written down afterwards. The
    result has `state` (done, late, extra), `day`, `slot`, and `referral_id` where one was opened.
    """
    _checks(batch, own=False)


@list_command(
    "watch.self_check",
    payloads.CheckWatch,
    verb=Verb.SELF_REPORT,
    locate=rows.by_watch,
    title=_("Check oneself under watch"),
)
def self_check(batch: Batch[payloads.CheckWatch]) -> None:
    """Record what somebody under watch measures, where the watch allows it; as `watch.check`."""
    _checks(batch, own=True)


def _checks(batch: Batch[payloads.CheckWatch], *, own: bool) -> None:
    watches: dict[UUID, Watch] = batch.memo["watches"]
    ledger = read(batch.district, watches.values(), [i.payload.day for i in batch if i.payload.day])
    openings: list[referral_rows.Opening] = []
    for item in batch:
        row = watches[item.payload.watch_id]
        if not _fits(batch, item, row, own=own):
            continue
        assert item.place
        if item.payload.absent:
            watch_commands.gone(batch, item, row, by="check")
            ledger.touched[row.id] = row
            item.result = {"state": "absent"}
            continue
        content = Content(
            tenths(item.payload.temperature),
            tuple(map(str, item.payload.symptoms)),
            item.payload.unwell,
            own,
        )
        answer(batch, item, row, ledger, item.place, content, item.payload.day, item.payload.slot)
        if item.payload.unwell:
            origin = Origin.SELF if own else Origin.CHECK
            openings.append(
                referral_rows.Opening.of_watch(item, row, origin, content.tenths, content.symptoms)
            )
    ledger.write()
    referral_rows.open_all(batch, openings)


def _fits(batch: Batch[Any], item: Item[payloads.CheckWatch], row: Watch, *, own: bool) -> bool:
    """Refuse what cannot count."""
    wanted = item.payload
    empty = not (wanted.normal or wanted.absent or wanted.symptoms or wanted.unwell)
    if row.state not in LIVE_WATCHES:
        item.refuse(rows.NOT_NOW, "watch_id", state=row.state)
    elif own and not row.self_check:
        item.refuse(NO_SELF_CHECK, "watch_id")
    elif own and wanted.absent:
        item.refuse(problems.FORBIDDEN, "absent")
    elif empty and wanted.temperature is None and not batch.replaying:
        item.refuse(EMPTY_CHECK, "temperature")
    elif wanted.day and wanted.slot and not _owed(row, wanted.day, wanted.slot, item):
        item.refuse(NOT_OWED, "day")
    return item.refusal is None


def _owed(row: Watch, day: date, number: int, item: Item[Any]) -> bool:
    if number > row.checks_a_day or not row.from_day <= day < row.until_day:
        return False
    return slots.slot(day, number, row.checks_a_day, rows.zone()).opens <= item.at


@dataclass(frozen=True, slots=True)
class Content:
    """What a check found."""

    tenths: int | None = None
    symptoms: tuple[str, ...] = ()
    unwell: bool = False
    own: bool = False


def read(district: str, watches: Iterable[Watch], days: Iterable[date] = ()) -> Ledger:
    """Return the ledger of a list, with the checks that its entries may meet."""
    ids = [row.id for row in watches]
    found = Check.objects.filter(district=district, watch_id__in=ids, slot__gt=0)
    return Ledger({(row.watch_id, row.day, row.slot): row for row in found})


def answer(
    batch: Batch[Any],
    item: Item[Any],
    row: Watch,
    ledger: Ledger,
    place: Place,
    content: Content,
    day: date | None = None,
    number: int | None = None,
) -> None:
    """Put a check into its slot: done in time, late, or an extra one; in memory.

    Slots that were passed over are missed; a reading for a missed one takes its place.
    """
    zone = rows.zone()
    one = (
        slots.slot(day, number, row.checks_a_day, zone)
        if day and number
        else slots.slot_at(item.at, row.checks_a_day, zone)
    )
    # Before the first owed check of the watch a reading is welcome, and owed by nobody.
    owed = slots.owed(one, row.from_day, row.until_day) and not row.away
    before = ledger.known.get((row.id, one.day, one.number)) if owed else None
    extra = not owed or (before is not None and before.state != CheckState.MISSED)
    state = CheckState.DONE if extra or item.at <= one.due else CheckState.LATE
    if before is None or extra:
        made = Check(
            district=batch.district,
            id=item.derive("check", row.id),
            watch_id=row.id,
            day=one.day,
            slot=0 if extra else one.number,
        )
        ledger.fresh.append(made)
        if not extra:
            ledger.known[(row.id, one.day, one.number)] = made
    else:
        made = before
        ledger.changed[made.id] = made
        row.missed -= 1
        item.count("checks_missed", one.day.isoformat(), -1, place=place)
    made.state, made.at, made.actor = state, item.at, batch.actor.ref
    made.tenths, made.symptoms = content.tenths, list(content.symptoms)
    made.unwell, made.own = content.unwell, content.own
    row.unwell = content.unwell
    if not extra:
        item.count(f"checks_{state}", one.day.isoformat(), place=place)
    if owed:
        _advance(batch, item, row, ledger, place, one)
    watch_commands.back(item, row)
    item.settle(kinds.MISSED, row.id, None, why="watch.checked")
    ledger.touched[row.id] = row
    item.result |= {"state": "extra" if extra else str(state), "day": one.day.isoformat()}
    item.result["slot"] = 0 if extra else one.number


def _advance(
    batch: Batch[Any], item: Item[Any], row: Watch, ledger: Ledger, place: Place, one: slots.Slot
) -> None:
    """Let the watch owe the check after `one`, unless it owes a later one already."""
    owing = rows.pending(row)
    if owing is None or (owing.day, owing.number) > (one.day, one.number):
        return
    miss(batch, item, row, ledger, place, one)
    after = slots.following(one, row.checks_a_day, rows.zone())
    rows.owe(row, after if after.day < row.until_day else None)


def miss(
    batch: Batch[Any], item: Item[Any], row: Watch, ledger: Ledger, place: Place, end: slots.Slot
) -> int:
    """Write the owed checks before `end` down as missed, in memory; returns how many."""
    owing = rows.pending(row)
    if owing is None:
        return 0
    count = 0
    for one in slots.between(owing, end, row.until_day, row.checks_a_day, rows.zone()):
        if (row.id, one.day, one.number) in ledger.known:
            continue
        made = Check(
            district=batch.district,
            id=item.derive("missed", row.id, one.day, one.number),
            watch_id=row.id,
            day=one.day,
            slot=one.number,
            state=CheckState.MISSED,
        )
        ledger.known[(row.id, one.day, one.number)] = made
        ledger.fresh.append(made)
        item.count("checks_missed", one.day.isoformat(), place=place)
        count += 1
    row.missed += count
    return count
