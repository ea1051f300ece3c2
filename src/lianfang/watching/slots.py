"""When checks are owed: the slots of a day, which one a moment falls into, which comes next.

A check is owed from `opens` on, is late after `due`, and missed when the next slot opens: the
day's slots leave no gap, so that every moment belongs to one. No database here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

# Hours (opens, due) of the slots of a day by checks a day: in the morning and the evening as the
# community work guides of February 2020 ask for two temperatures a day, with hours that one
# worker can keep on foot.
HOURS: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((6, 12),),
    2: ((6, 11), (14, 20)),
    3: ((6, 10), (12, 15), (18, 21)),
    4: ((6, 9), (11, 13), (15, 17), (19, 22)),
}
MOST_A_DAY = max(HOURS)


@dataclass(frozen=True, slots=True)
class Slot:
    """One owed check: the day, its number from 1, and its three moments."""

    day: date
    number: int
    opens: datetime
    due: datetime
    closes: datetime


def slot(day: date, number: int, a_day: int, zone: tzinfo) -> Slot:
    """Return slot `number` (from 1) of `day` where `a_day` checks a day are owed."""
    hours = HOURS[a_day]
    opens, due = hours[number - 1]
    if number < len(hours):
        closes = _at(day, hours[number][0], zone)
    else:
        closes = _at(day + timedelta(days=1), hours[0][0], zone)
    return Slot(day, number, _at(day, opens, zone), _at(day, due, zone), closes)


def slot_at(moment: datetime, a_day: int, zone: tzinfo) -> Slot:
    """Return the slot of a moment; before the first of a day it is the last of yesterday."""
    here = moment.astimezone(zone)
    number = sum(1 for opens, _ in HOURS[a_day] if opens <= here.hour)
    if number:
        return slot(here.date(), number, a_day, zone)
    return slot(here.date() - timedelta(days=1), a_day, a_day, zone)


def following(one: Slot, a_day: int, zone: tzinfo) -> Slot:
    """Return the slot after `one`."""
    if one.number < a_day:
        return slot(one.day, one.number + 1, a_day, zone)
    return slot(one.day + timedelta(days=1), 1, a_day, zone)


def first(start: datetime, from_day: date, until: date, a_day: int, zone: tzinfo) -> Slot | None:
    """Return the first check that a watch beginning at `start` owes, None when it owes none.

    A slot whose time was over before the watch began is not owed. Checks are owed from `from_day`
    on, and not any more on the day of release, `until`.
    """
    if start.astimezone(zone).date() < from_day:
        one = slot(from_day, 1, a_day, zone)
    else:
        one = slot_at(start, a_day, zone)
        if one.day < from_day:
            one = slot(from_day, 1, a_day, zone)
        if one.due <= start:
            one = following(one, a_day, zone)
    return one if one.day < until else None


def between(one: Slot, end: Slot, until: date, a_day: int, zone: tzinfo) -> Iterator[Slot]:
    """Yield the owed slots from `one` on, up to but without `end`."""
    while (one.day, one.number) < (end.day, end.number) and one.day < until:
        yield one
        one = following(one, a_day, zone)


def owed(one: Slot, from_day: date, until: date) -> bool:
    """Tell whether a watch from `from_day` to its release on `until` owes this check."""
    return from_day <= one.day < until


def _at(day: date, hour: int, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(hour), zone)
