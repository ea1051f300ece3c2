"""Rules of watches and referrals: state tables, what is unwell, step clocks; no database here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum


class Reason(StrEnum):
    """Why somebody is under watch."""

    CONTACT = "contact"
    ARRIVAL = "arrival"
    SUSPECTED = "suspected"
    DISCHARGED = "discharged"


class WatchPlace(StrEnum):
    """Where somebody stays during the watch."""

    HOME = "home"
    HOTEL = "hotel"
    SITE = "site"
    HOSPITAL = "hospital"


class WatchState(StrEnum):
    """Where a watch stands. Every watch ends in release, transfer or referral."""

    LIVE = "live"
    HANDING = "handing"
    RELEASED = "released"
    TRANSFERRED = "transferred"
    REFERRED = "referred"


class WatchAction(StrEnum):
    """What can happen to a watch as a whole."""

    OFFER = "offer"
    WITHDRAW = "withdraw"
    TAKEN = "taken"
    RELEASE = "release"
    ADMIT = "admit"


_W, _D = WatchState, WatchAction
LIVE_WATCHES = frozenset({_W.LIVE, _W.HANDING})
# (from, action) -> to. What is not listed is refused.
WATCH_TABLE: dict[tuple[WatchState, WatchAction], WatchState] = {
    (_W.LIVE, _D.OFFER): _W.HANDING,
    (_W.HANDING, _D.WITHDRAW): _W.LIVE,
    (_W.HANDING, _D.TAKEN): _W.TRANSFERRED,
    (_W.LIVE, _D.RELEASE): _W.RELEASED,
    **{(state, _D.ADMIT): _W.REFERRED for state in LIVE_WATCHES},
}


def next_watch_state(state: str, action: WatchAction) -> WatchState | None:
    """Return the state after `action`, None when the table does not allow it."""
    return WATCH_TABLE.get((WatchState(state), action))


class CheckState(StrEnum):
    """What became of one owed check."""

    DONE = "done"
    LATE = "late"
    MISSED = "missed"


class Origin(StrEnum):
    """What made somebody a referral."""

    CHECK = "check"
    SELF = "self"
    VISIT = "visit"
    PASSAGE = "passage"
    HAND = "hand"


class ReferralState(StrEnum):
    """Where a referral stands: the last step that was taken."""

    OPENED = "opened"
    TRANSPORT = "transport"
    ACCEPTED = "accepted"
    ON_THE_WAY = "on_the_way"
    ARRIVED = "arrived"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class ReferralAction(StrEnum):
    """What can happen to a referral."""

    TRANSPORT = "transport"
    ACCEPT = "accept"
    DEPART = "depart"
    ARRIVE = "arrive"
    RETEST = "retest"
    RESULT = "result"
    CANCEL = "cancel"


class Result(StrEnum):
    """What the clinic found. `RETEST` keeps the referral open for the next sample."""

    NEGATIVE = "negative"
    POSITIVE = "positive"
    OTHER_ILLNESS = "other_illness"
    RETEST = "retest"


_R, _A = ReferralState, ReferralAction
LIVE_REFERRALS = frozenset({_R.OPENED, _R.TRANSPORT, _R.ACCEPTED, _R.ON_THE_WAY, _R.ARRIVED})
# The person has left the place of the watch for the clinic: no checks are owed there.
AWAY = frozenset({_R.ON_THE_WAY, _R.ARRIVED})
REFERRAL_TABLE: dict[tuple[ReferralState, ReferralAction], ReferralState] = {
    (_R.OPENED, _A.TRANSPORT): _R.TRANSPORT,
    # Another car, another clinic: what was arranged is replaced, its clock runs anew.
    (_R.TRANSPORT, _A.TRANSPORT): _R.TRANSPORT,
    (_R.ACCEPTED, _A.TRANSPORT): _R.TRANSPORT,
    (_R.TRANSPORT, _A.ACCEPT): _R.ACCEPTED,
    (_R.ACCEPTED, _A.ACCEPT): _R.ACCEPTED,
    (_R.ACCEPTED, _A.DEPART): _R.ON_THE_WAY,
    (_R.ON_THE_WAY, _A.ARRIVE): _R.ARRIVED,
    (_R.ARRIVED, _A.RETEST): _R.ARRIVED,
    (_R.ARRIVED, _A.RESULT): _R.CLOSED,
    **{(s, _A.CANCEL): _R.CANCELLED for s in (_R.OPENED, _R.TRANSPORT, _R.ACCEPTED, _R.ON_THE_WAY)},
}


def next_referral_state(state: str, action: ReferralAction) -> ReferralState | None:
    """Return the state after `action`, None when the table does not allow it."""
    return REFERRAL_TABLE.get((ReferralState(state), action))


# From each state so many minutes to the next step, where the district has set nothing else. The
# first is the two hours within which a fever must be followed up (as in screening).
STEP_MINUTES: dict[ReferralState, int] = {
    _R.OPENED: 120,
    _R.TRANSPORT: 30,
    _R.ACCEPTED: 30,
    _R.ON_THE_WAY: 60,
    _R.ARRIVED: 1440,
}


def step_minutes(state: str, chosen: Mapping[str, int]) -> int:
    """Return the minutes that a referral may stay in `state`, by the district's choice."""
    return chosen.get(str(state)) or STEP_MINUTES[ReferralState(state)]


# Fever from 37.3 °C on: National Health Commission, diagnosis and treatment plan, January 2020.
FEVER_C = Decimal("37.3")
# Days of observation: fourteen, the longest incubation that the Commission's plan names.
DAYS = 14
# Health and movement data are kept so long after the end of the watch, unless set otherwise.
PURGE_DAYS = 30


def unwell(temperature: Decimal | None, symptoms: Iterable[object]) -> bool:
    """Tell whether a check calls for the fever clinic: fever, or any symptom of the list."""
    return (temperature is not None and temperature >= FEVER_C) or any(True for _ in symptoms)


# A place further on in this list has the say when two watches on one person are merged.
_STRENGTH = [WatchPlace.HOME, WatchPlace.HOTEL, WatchPlace.SITE, WatchPlace.HOSPITAL]


def stronger(old: str, new: str) -> bool:
    """Tell whether the new place takes over from the old one (the same place does, too)."""
    return _STRENGTH.index(WatchPlace(new)) >= _STRENGTH.index(WatchPlace(old))


def merged(old: Iterable[str], new: str) -> list[str]:
    """Return the reasons of a watch with one more, each once, in the order of the list."""
    held = {*map(str, old), str(new)}
    return [str(reason) for reason in Reason if reason in held]
