"""Rules of cases, exposure windows, degrees of contact and lists; no database here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class CaseState(StrEnum):
    """What is known of a case."""

    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    RULED_OUT = "ruled_out"


# (from) -> what it may become. A test that was wrong is corrected in either direction; a case
# that was ruled out is suspected again before it is confirmed.
CASE_TABLE: dict[CaseState, frozenset[CaseState]] = {
    CaseState.SUSPECTED: frozenset({CaseState.CONFIRMED, CaseState.RULED_OUT}),
    CaseState.CONFIRMED: frozenset({CaseState.RULED_OUT}),
    CaseState.RULED_OUT: frozenset({CaseState.SUSPECTED}),
}


class Setting(StrEnum):
    """Where somebody was infected, as far as the interview shows."""

    HOUSEHOLD = "household"
    WORK = "work"
    GATHERING = "gathering"
    MARKET = "market"
    TRANSPORT = "transport"
    HEALTH_CARE = "health_care"
    SITE = "site"
    ABROAD = "abroad"
    UNKNOWN = ""


class WindowRule(StrEnum):
    """From when on the people met by a case are its contacts.

    NHC_3: the Protocol on Prevention and Control of COVID-19, edition 3 (National Health
    Commission, 28 January 2020), annex on close contacts: those met after the onset of symptoms.
    NHC_5: the same protocol, edition 5 (21 February 2020), and later ones: from two days before
    the onset of symptoms, for an infection without symptoms from two days before the sampling.
    """

    NHC_3 = "nhc3"
    NHC_5 = "nhc5"


_BEFORE = {WindowRule.NHC_3: 0, WindowRule.NHC_5: 2}
# Both editions: medical observation for 14 days after the last contact.
OBSERVATION_DAYS = 14


@dataclass(frozen=True, slots=True)
class Window:
    """The days in which a case may have infected others, both included."""

    first: date
    last: date


def window(
    rule: str,
    today: date,
    *,
    onset: date | None = None,
    sample: date | None = None,
    isolated: date | None = None,
    asymptomatic: bool = False,
    first: date | None = None,
) -> Window | None:
    """Return the exposure window of a case; None when no date is known to count from.

    It ends on the day of isolation, or `today` while the case is not isolated. `first` is the
    first day as an officer has set it by hand, which goes before the rule.
    """
    last = isolated or today
    if first is None:
        from_day = sample if asymptomatic else onset or sample
        if from_day is None:
            return None
        first = from_day - timedelta(days=_BEFORE[WindowRule(rule)])
    return Window(min(first, last), last)


class Degree(StrEnum):
    """How near a contact was; `SECOND` is the contact of a close contact (密接的密接)."""

    CLOSE = "close"
    GENERAL = "general"
    SECOND = "second"


_RANK = {Degree.CLOSE: 3, Degree.SECOND: 2, Degree.GENERAL: 1}


def nearer(first: str, second: str) -> Degree:
    """Return the degree that asks for more: one person stands on a case's list once."""
    return max(Degree(first), Degree(second), key=_RANK.__getitem__)


class Basis(StrEnum):
    """By what a contact came on the list."""

    HOUSEHOLD = "household"
    ROOM = "room"
    VEHICLE = "vehicle"
    PLACE = "place"
    INTERVIEW = "interview"
    IMPORT = "import"
    SECOND = "second"


class PlaceKind(StrEnum):
    """What kind of place a presence is at."""

    POST = "post"
    ROOM = "room"
    VEHICLE = "vehicle"
    DUTY = "duty"
    HOUSEHOLD = "house"
    SPOT = "spot"


# A shared place makes a close contact from so many minutes on: "within 1 metre and for more than
# 15 minutes" (WHO, Global surveillance for COVID-19, interim guidance of 20 March 2020). The
# Chinese protocol of the time names the metre and no time; the officer may change the degree.
CLOSE_MINUTES = 15
# In an aircraft the passengers of the same row and of the three rows before and behind it; the
# same for a train or bus that is open (Guideline on judging and managing close contacts, annex of
# the protocol, editions 3 to 6).
SEAT_ROWS = 3
# How long one is at a checkpoint or behind a door when nobody writes it down, in minutes.
PASSAGE_MINUTES = 10
VISIT_MINUTES = 10
# A passage says that people ride together so long before and after it, in minutes.
RIDE_MINUTES = 30
# A stretch of duty that nobody has ended yet counts so many hours at most.
DUTY_HOURS = 12
# A manual presence or a stay may last so many days.
LONGEST_DAYS = 31


def degree(
    kind: str, minutes: int, row: int | None = None, other: int | None = None
) -> tuple[Degree, Basis]:
    """Return how near two people were who were at one place for `minutes` at the same time.

    `row` and `other` are their seat rows in a vehicle; where one is not known, all in the vehicle
    count as near, as in a closed one.
    """
    if kind == PlaceKind.VEHICLE:
        near = row is None or other is None or abs(row - other) <= SEAT_ROWS
        return (Degree.CLOSE if near else Degree.GENERAL), Basis.VEHICLE
    if kind == PlaceKind.ROOM:
        return Degree.CLOSE, Basis.ROOM
    basis = Basis.HOUSEHOLD if kind == PlaceKind.HOUSEHOLD else Basis.PLACE
    return (Degree.CLOSE if minutes >= CLOSE_MINUTES else Degree.GENERAL), basis


class ContactState(StrEnum):
    """Where a contact stands, seen from the district of the case.

    TO_SEND and BACK are the tracing desk's list; ON_WAY is going to another district; SENT stands
    on a community's list; FOUND is verified; STRUCK is off the list, with a reason.
    """

    TO_SEND = "to_send"
    ON_WAY = "on_way"
    SENT = "sent"
    BACK = "back"
    FOUND = "found"
    STRUCK = "struck"


class ContactAction(StrEnum):
    """What can happen to a contact."""

    SEND = "send"
    SEND_AWAY = "send_away"
    ARRIVE = "arrive"
    FIND = "find"
    COME_BACK = "come_back"
    STRIKE = "strike"


_S, _A = ContactState, ContactAction
CONTACT_TABLE: dict[tuple[ContactState, ContactAction], ContactState] = {
    **{(s, _A.SEND): _S.SENT for s in (_S.TO_SEND, _S.BACK, _S.SENT)},
    **{(s, _A.SEND_AWAY): _S.ON_WAY for s in (_S.TO_SEND, _S.BACK, _S.SENT)},
    (_S.ON_WAY, _A.ARRIVE): _S.SENT,
    # The answer of another district may come before its receipt was noted.
    **{(s, _A.FIND): _S.FOUND for s in (_S.SENT, _S.ON_WAY)},
    **{(s, _A.COME_BACK): _S.BACK for s in (_S.SENT, _S.ON_WAY)},
    **{(s, _A.STRIKE): _S.STRUCK for s in (_S.TO_SEND, _S.BACK, _S.SENT, _S.ON_WAY)},
}
# A contact in one of these is not yet verified, and is in exactly one list.
OPEN_CONTACTS = frozenset({_S.TO_SEND, _S.ON_WAY, _S.SENT, _S.BACK})
ON_DESK = frozenset({_S.TO_SEND, _S.BACK})


def next_contact_state(state: str, action: ContactAction) -> ContactState | None:
    """Return the state after `action`, None when the table does not allow it."""
    return CONTACT_TABLE.get((ContactState(state), action))


class Outcome(StrEnum):
    """What the community of residence found."""

    FOUND = "found"
    MOVED = "moved"
    WRONG = "wrong"
    NOBODY = "nobody"


class ListingState(StrEnum):
    """A line of a community's list."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


# A community answers so many hours after a contact was sent down, unless the desk says otherwise.
ANSWER_HOURS = 24


def slices(start: datetime, end: datetime, zone: str) -> Iterator[tuple[date, datetime, datetime]]:
    """Cut a span at each midnight of `zone`; yields the day and the part of the span in it.

    Two people met when they were at one place on one day with overlapping times: with the day in
    the index, a stay of weeks costs no more to find than a passage.
    """
    tz = ZoneInfo(zone)
    at = start
    while at < end:
        day = at.astimezone(tz).date()
        midnight = datetime.combine(day + timedelta(days=1), time(), tz).astimezone(UTC)
        yield day, at, min(end, midnight)
        at = midnight


def overlap(a: tuple[datetime, datetime], b: tuple[datetime, datetime]) -> int:
    """Return the whole minutes that two spans share, 0 when they do not."""
    seconds = (min(a[1], b[1]) - max(a[0], b[0])).total_seconds()
    return max(int(seconds // 60), 0)


def seat_row(seat: str) -> int | None:
    """Return the row of a seat such as "31K" or "05车12F" (its last number), None without one."""
    digits = ""
    for sign in reversed(seat.strip()):
        if sign.isascii() and sign.isdigit():
            digits = sign + digits
        elif digits:
            break
    return int(digits) if digits and len(digits) <= 3 else None


@dataclass(frozen=True, slots=True)
class SerialIntervals:
    """Days from the onset of an infecting case to that of the one it infected.

    `pairs` counts those of which both days are known; mean and median are None without any.
    """

    pairs: int
    mean: float | None
    median: float | None


def serial_intervals(days: Iterable[int]) -> SerialIntervals:
    """Sum up serial intervals, in days; negative ones (symptoms came later) count as they are."""
    listed = sorted(days)
    if not listed:
        return SerialIntervals(0, None, None)
    half = len(listed) // 2
    median = listed[half] if len(listed) % 2 else (listed[half - 1] + listed[half]) / 2
    return SerialIntervals(len(listed), round(sum(listed) / len(listed), 1), float(median))


@dataclass(frozen=True, slots=True)
class AttackRate:
    """Cases among close contacts: `cases` of `contacts` became confirmed cases themselves."""

    cases: int
    contacts: int

    @property
    def percent(self) -> float | None:
        """Return the rate in per cent with one decimal, None without contacts."""
        return round(100 * self.cases / self.contacts, 1) if self.contacts else None
