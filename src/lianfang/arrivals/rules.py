"""Rules of arrivals: who is counted how, triage, who may share a room. No database here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

# Isolation of 14 days with two checks a day: National Health Commission, prevention and control
# plan for pneumonia of the novel coronavirus, January 2020. Each rule may say otherwise.
DAYS, CHECKS = 14, 2


class Mode(StrEnum):
    """What people arrive by."""

    FLIGHT = "flight"
    TRAIN = "train"
    COACH = "coach"
    SHIP = "ship"
    OTHER = "other"


class PassengerState(StrEnum):
    """Where somebody on a manifest stands. A double is a second line for the same person."""

    EXPECTED = "expected"
    PRESENT = "present"
    MISSING = "missing"
    DOUBLE = "double"


class PassengerAct(StrEnum):
    """What can be said of a line of a manifest."""

    PRESENT = "present"
    MISSING = "missing"
    DOUBLE = "double"
    SINGLE = "single"


_S, _A = PassengerState, PassengerAct
# A missing passenger may still come (a late arrival), one marked by mistake may be put back.
PASSENGER_STEPS: dict[tuple[PassengerState, PassengerAct], PassengerState] = {
    (_S.EXPECTED, _A.PRESENT): _S.PRESENT,
    (_S.EXPECTED, _A.MISSING): _S.MISSING,
    (_S.EXPECTED, _A.DOUBLE): _S.DOUBLE,
    (_S.PRESENT, _A.MISSING): _S.MISSING,
    (_S.PRESENT, _A.DOUBLE): _S.DOUBLE,
    (_S.MISSING, _A.PRESENT): _S.PRESENT,
    (_S.MISSING, _A.DOUBLE): _S.DOUBLE,
    (_S.DOUBLE, _A.SINGLE): _S.EXPECTED,
}


def next_state(state: str, act: PassengerAct) -> PassengerState | None:
    """Return the state after an act, None where the act does not fit."""
    return PASSENGER_STEPS.get((PassengerState(state), act))


class Destination(StrEnum):
    """Where triage sends somebody: the places at which `watching` watches."""

    HOSPITAL = "hospital"
    HOTEL = "hotel"
    SITE = "site"
    HOME = "home"


BEDDED = frozenset({Destination.HOSPITAL, Destination.HOTEL, Destination.SITE})


class Reason(StrEnum):
    """Why somebody is watched, in the words of `watching`."""

    ARRIVAL = "arrival"
    CONTACT = "contact"
    SUSPECTED = "suspected"


class LeaveWhy(StrEnum):
    """Why somebody gives up a bed."""

    RELEASED = "released"
    EARLY = "early"
    TRANSFERRED = "transferred"
    DECEASED = "deceased"
    MISTAKE = "mistake"


class Way(StrEnum):
    """What a person decides about a family that the rules split."""

    APART = "apart"
    TOGETHER = "together"


class ManifestState(StrEnum):
    """Whether people of a manifest are still being received."""

    OPEN = "open"
    CLOSED = "closed"


class SiteState(StrEnum):
    """Whether a site takes people in."""

    OPEN = "open"
    CLOSED = "closed"


class Diet(StrEnum):
    """What a kitchen must know."""

    HALAL = "halal"
    VEGETARIAN = "vegetarian"
    DIABETIC = "diabetic"
    SOFT = "soft"
    INFANT = "infant"


# --- triage ------------------------------------------------------------------------------------


class Fact(StrEnum):
    """What a rule may look at."""

    TEMPERATURE = "temperature"
    FROM = "from"
    SYMPTOMS = "symptoms"
    AGE = "age"
    NATIONALITY = "nationality"
    ONWARD = "onward"


class How(StrEnum):
    """How a rule looks at it."""

    AT_LEAST = "at_least"
    BELOW = "below"
    HAS = "has"
    LACKS = "lacks"
    ANY = "any"


# Numbers are compared, texts searched for words; symptoms may also be "any at all".
HOWS: dict[Fact, frozenset[How]] = {
    Fact.TEMPERATURE: frozenset({How.AT_LEAST, How.BELOW}),
    Fact.AGE: frozenset({How.AT_LEAST, How.BELOW}),
    Fact.FROM: frozenset({How.HAS, How.LACKS}),
    Fact.NATIONALITY: frozenset({How.HAS, How.LACKS}),
    Fact.ONWARD: frozenset({How.HAS, How.LACKS}),
    Fact.SYMPTOMS: frozenset({How.HAS, How.LACKS, How.ANY}),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one passenger; the temperature in tenths of °C, the age in years."""

    temperature: int | None = None
    place_from: str = ""
    symptoms: frozenset[str] = frozenset()
    age: int | None = None
    nationality: str = ""
    onward: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must hold: `value` is a number, or words of which one must occur."""

    fact: Fact
    test: How
    number: int | None = None
    words: tuple[str, ...] = ()

    def holds(self, facts: Facts) -> bool:
        """Tell whether it holds; what is not known holds for no number and lacks every word."""
        if self.fact in (Fact.TEMPERATURE, Fact.AGE):
            value = facts.temperature if self.fact is Fact.TEMPERATURE else facts.age
            if value is None or self.number is None:
                return False
            return value >= self.number if self.test is How.AT_LEAST else value < self.number
        if self.fact is Fact.SYMPTOMS:
            if self.test is How.ANY:
                return bool(facts.symptoms)
            found = bool(facts.symptoms & set(self.words))
        else:
            text = {
                Fact.FROM: facts.place_from,
                Fact.NATIONALITY: facts.nationality,
                Fact.ONWARD: facts.onward,
            }[self.fact].casefold()
            found = any(word.casefold() in text for word in self.words if word)
        return found if self.test is How.HAS else not found


@dataclass(frozen=True, slots=True)
class Rule:
    """All conditions hold → there, so long, with so many checks a day.

    People of different `group` do not share a room. Without conditions a rule takes everybody.
    """

    name: str
    when: tuple[Condition, ...]
    destination: Destination
    reason: Reason = Reason.ARRIVAL
    days: int = DAYS
    checks: int = CHECKS
    group: str = ""


def first_match(rules: Sequence[Rule], facts: Facts) -> int | None:
    """Return the number (from 0) of the first rule that holds, None when none does."""
    for number, rule in enumerate(rules):
        if all(condition.holds(facts) for condition in rule.when):
            return number
    return None


def read_rules(rows: Iterable[Mapping[str, Any]]) -> list[Rule]:
    """Return rules as they are kept (JSON) as values."""
    return [
        Rule(
            row["name"],
            tuple(
                Condition(
                    Fact(c["fact"]), How(c["test"]), c.get("number"), tuple(c.get("words", ()))
                )
                for c in row.get("when", ())
            ),
            Destination(row["destination"]),
            Reason(row.get("reason", Reason.ARRIVAL)),
            row.get("days", DAYS),
            row.get("checks", CHECKS),
            row.get("group", ""),
        )
        for row in rows
    ]


# What is offered until an area has adopted rules of its own: the practice of 24 January 2020.
FIRST_RULES: tuple[dict[str, Any], ...] = (
    {
        "name": "fever",
        "when": [{"fact": "temperature", "test": "at_least", "number": 373}],
        "destination": "hospital",
        "reason": "suspected",
        "group": "fever",
    },
    {
        "name": "from Wuhan",
        "when": [{"fact": "from", "test": "has", "words": ["武汉", "Wuhan", "WUH"]}],  # cjk: names
        "destination": "hotel",
        "group": "exposed",
    },
    {"name": "everybody else", "when": [], "destination": "site", "group": "others"},
)


def age_at(born: date | None, day: date) -> int | None:
    """Return the age in years on a day."""
    if born is None:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


# --- families ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Member:
    """One of a family: where the rules send him, and whether a person has decided already."""

    key: Any
    family: str
    destination: str
    decided: bool = False


def split_families(people: Iterable[Member]) -> dict[str, list[Any]]:
    """Return the families whose members go to different places and nobody has decided it."""
    by_family: dict[str, list[Member]] = {}
    for one in people:
        if one.family and one.destination:
            by_family.setdefault(one.family, []).append(one)
    return {
        family: [m.key for m in members]
        for family, members in sorted(by_family.items())
        if len({m.destination for m in members}) > 1 and not all(m.decided for m in members)
    }


# --- rooms -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Guest:
    """Who is in a bed, as far as it matters to who shares the room."""

    sex: str
    group: str
    party: str = ""


def may_share(guests: Sequence[Guest]) -> bool:
    """Tell whether people may share a room: one family, or one sex and one risk group.

    Somebody whose sex is not known shares with the own family alone.
    """
    if len(guests) < 2 or (guests[0].party and len({g.party for g in guests}) == 1):
        return True
    return len({(g.sex, g.group) for g in guests}) == 1 and guests[0].sex != ""


def overlap(
    from_a: datetime, until_a: datetime | None, from_b: datetime, until_b: datetime | None
) -> tuple[datetime, datetime | None] | None:
    """Return the time that two stays have in common; None when they have none."""
    start = max(from_a, from_b)
    ends = [end for end in (until_a, until_b) if end is not None]
    end = min(ends) if ends else None
    return (start, end) if end is None or start < end else None
