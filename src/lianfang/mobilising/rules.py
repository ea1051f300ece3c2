"""The state tables and the sums of mobilising; no database here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


class SignUpState(StrEnum):
    """Where somebody who signed up for a call stands."""

    SIGNED = "signed"
    WAITING = "waiting"
    DROPPED = "dropped"
    NO_SHOW = "no_show"
    PRESENT = "present"
    SERVED = "served"


class SignUpAction(StrEnum):
    """What can happen to a sign-up."""

    MOVE_UP = "move_up"
    DROP = "drop"
    MISS = "miss"
    CHECK_IN = "check_in"
    CHECK_OUT = "check_out"


# These hold a place of the group's capacity; who did not come gives it back.
HOLDING = frozenset({SignUpState.SIGNED, SignUpState.PRESENT, SignUpState.SERVED})
SIGN_UP_TABLE: dict[tuple[SignUpState, SignUpAction], SignUpState] = {
    (SignUpState.WAITING, SignUpAction.MOVE_UP): SignUpState.SIGNED,
    (SignUpState.WAITING, SignUpAction.DROP): SignUpState.DROPPED,
    (SignUpState.SIGNED, SignUpAction.DROP): SignUpState.DROPPED,
    (SignUpState.SIGNED, SignUpAction.MISS): SignUpState.NO_SHOW,
    (SignUpState.SIGNED, SignUpAction.CHECK_IN): SignUpState.PRESENT,
    # Somebody who comes late after all.
    (SignUpState.NO_SHOW, SignUpAction.CHECK_IN): SignUpState.PRESENT,
    (SignUpState.PRESENT, SignUpAction.CHECK_OUT): SignUpState.SERVED,
}


def next_sign_up(state: str, action: SignUpAction) -> SignUpState | None:
    """Return the state after `action`, or None when the table does not allow it."""
    return SIGN_UP_TABLE.get((SignUpState(state), action))


class CallState(StrEnum):
    """Whether a call takes sign-ups."""

    OPEN = "open"
    CLOSED = "closed"


class Answer(StrEnum):
    """What a member says to a recall."""

    SILENT = "silent"
    ON_THE_WAY = "on_the_way"
    BACK = "back"
    EXCUSED = "excused"


class TeamState(StrEnum):
    """Whether a team works."""

    ACTIVE = "active"
    MERGED = "merged"
    DISBANDED = "disbanded"


class TeamKind(StrEnum):
    """What a temporary organisation is."""

    TASK_FORCE = "task_force"
    COMMITTEE = "committee"
    CONVERTED = "converted"
    COMMAND_PLACE = "command_place"


class Urgency(StrEnum):
    """Within which time a department must report in."""

    HALF_HOUR = "half_hour"
    TWO_HOURS = "two_hours"
    DAY = "day"
    WEEK = "week"


REPORT_WITHIN: dict[Urgency, timedelta] = {
    Urgency.HALF_HOUR: timedelta(minutes=30),
    Urgency.TWO_HOURS: timedelta(hours=2),
    Urgency.DAY: timedelta(hours=24),
    Urgency.WEEK: timedelta(days=7),
}


class WhistleState(StrEnum):
    """Where a matter stands; only the raiser closes it."""

    OPEN = "open"
    HANDLED = "handled"
    CLOSED = "closed"


class WhistleAction(StrEnum):
    """What can happen to a matter."""

    HANDLE = "handle"
    CLOSE = "close"
    REOPEN = "reopen"


WHISTLE_TABLE: dict[tuple[WhistleState, WhistleAction], WhistleState] = {
    (WhistleState.OPEN, WhistleAction.HANDLE): WhistleState.HANDLED,
    (WhistleState.OPEN, WhistleAction.CLOSE): WhistleState.CLOSED,
    (WhistleState.HANDLED, WhistleAction.CLOSE): WhistleState.CLOSED,
    (WhistleState.HANDLED, WhistleAction.REOPEN): WhistleState.OPEN,
    (WhistleState.CLOSED, WhistleAction.REOPEN): WhistleState.OPEN,
}


def next_whistle(state: str, action: WhistleAction) -> WhistleState | None:
    """Return the state after `action`, or None when the table does not allow it."""
    return WHISTLE_TABLE.get((WhistleState(state), action))


class DepartmentState(StrEnum):
    """Whether a department that was whistled for has come."""

    CALLED = "called"
    REPORTED = "reported"
    REFUSED = "refused"


class ShiftState(StrEnum):
    """Where somebody's planned shift stands."""

    PLANNED = "planned"
    ACKNOWLEDGED = "acknowledged"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Room:
    """A group of a call as the sign-up rule sees it."""

    key: str
    capacity: int
    taken: int
    skills: frozenset[str] = frozenset()


def choose_group(rooms: Sequence[Room], skills: Iterable[str]) -> Room | None:
    """Return the group for somebody who chose none, None when no group fits at all.

    Groups that ask for a skill take those who have it, and nobody else; among those that fit, one
    with room before a full one, one that needs the skill before one that needs none, and the
    emptiest share first, so that groups grow evenly.
    """
    mine = frozenset(skills)
    fitting = [r for r in rooms if r.skills <= mine]
    if not fitting:
        return None
    return min(
        fitting,
        key=lambda r: (
            r.taken >= r.capacity,
            -len(r.skills),
            r.taken / r.capacity if r.capacity else 1.0,
            r.key,
        ),
    )


def share_out(loads: Mapping[str, int], helpers: int) -> list[list[str]]:
    """Share places (label: households) among helpers so that the largest load is small.

    The largest place first, each to the helper who has least; a place is not parted. Neighbouring
    labels of equal size stay in order.
    """
    shares: list[list[str]] = [[] for _ in range(helpers)]
    if not helpers:
        return shares
    sums = [0] * helpers
    for label in sorted(loads, key=lambda name: (-loads[name], name)):
        least = min(range(helpers), key=lambda n: (sums[n], n))
        shares[least].append(label)
        sums[least] += loads[label]
    return [sorted(s) for s in shares]


# At the door and on to the next, as community workers reckon.
DOOR_MINUTES = 3


def hours_to_cover(households: int, helpers: int) -> float | None:
    """Return the hours until so many helpers have gone to all doors, None without helpers."""
    if not helpers:
        return None
    return round(-(-households // helpers) * DOOR_MINUTES / 60, 1)


def minutes_between(start: datetime, end: datetime) -> int:
    """Return the whole minutes from start to end, 0 when the end lies before."""
    return max(int((end - start).total_seconds() // 60), 0)


# Who has been on duty so many days in a row, or so many minutes of the last 24 hours, is to be
# relieved; with the latter no new duty begins without a reason.
TIRED_DAYS = 7
TIRED_MINUTES = 12 * 60


@dataclass(frozen=True, slots=True)
class Stretch:
    """How long somebody has been at it: days in a row up to today, and the last day off."""

    days_in_row: int
    last_day_off: date | None


def stretch(days: Iterable[date], today: date) -> Stretch:
    """Return the days in a row on duty that end today (or yesterday, when today is still free).

    The last day off is the day before them; None when there is no duty at all.
    """
    worked = set(days)
    last = today if today in worked else today - timedelta(days=1)
    if last not in worked:
        return Stretch(0, today if worked else None)
    count, day = 0, last
    while day in worked:
        count += 1
        day -= timedelta(days=1)
    return Stretch(count, day)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could relieve another."""

    person_id: str
    days_in_row: int
    minutes: int
    same_unit: bool
    same_area: bool


def propose(candidates: Iterable[Candidate], limit: int = 3) -> list[Candidate]:
    """Return who should relieve, the best first: a colleague, from near, who is rested.

    Who is to be relieved too is nobody's relief.
    """
    rested = [c for c in candidates if c.days_in_row < TIRED_DAYS and c.minutes < TIRED_MINUTES]
    return sorted(
        rested,
        key=lambda c: (not c.same_unit, not c.same_area, c.days_in_row, c.minutes, c.person_id),
    )[:limit]


def code_minutes(home: str, place: str) -> int:
    """Return minutes of travel between two division codes, where nothing better is known.

    The same community 10, street 20, county 40, city 70, else 150: walking, a bus, across town.
    """
    for length, minutes in ((12, 10), (9, 20), (6, 40), (4, 70)):
        if home[:length] == place[:length] and len(home) >= length <= len(place):
            return minutes
    return 150


@dataclass(frozen=True, slots=True)
class Span:
    """A shift in time."""

    start: datetime
    end: datetime


def clash(spans: Iterable[Span], new: Span, rest: timedelta) -> bool:
    """Tell whether `new` overlaps one of `spans` or leaves less than `rest` between them."""
    return any(new.start < s.end + rest and s.start < new.end + rest for s in spans)


@dataclass(frozen=True, slots=True)
class Standing:
    """A shift that somebody has, with the day that it belongs to."""

    day: date
    start: datetime
    end: datetime
    night: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """What a person may not exceed; rest in minutes, None is no limit."""

    rest: int
    days_in_row: int | None = None
    shifts: int | None = None
    nights: int | None = None


ONE_A_DAY, NO_REST, ROW, AT_LIMIT, NIGHTS = "one_a_day", "no_rest", "in_a_row", "at_limit", "nights"


def hindrance(mine: Sequence[Standing], new: Standing, limits: Limits) -> str:
    """Return what stands against one more shift for somebody who has `mine`, '' for nothing."""
    if any(s.day == new.day for s in mine):
        return ONE_A_DAY
    spans = [Span(s.start, s.end) for s in mine]
    if clash(spans, Span(new.start, new.end), timedelta(minutes=limits.rest)):
        return NO_REST
    days = {s.day for s in mine} | {new.day}
    first = last = new.day
    while first - timedelta(days=1) in days:
        first -= timedelta(days=1)
    while last + timedelta(days=1) in days:
        last += timedelta(days=1)
    if limits.days_in_row is not None and (last - first).days + 1 > limits.days_in_row:
        return ROW
    if limits.shifts is not None and len(mine) >= limits.shifts:
        return AT_LIMIT
    if limits.nights is not None and new.night and sum(s.night for s in mine) >= limits.nights:
        return NIGHTS
    return ""
