"""Rules of rounds and visits; no database here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, NamedTuple


class Outcome(StrEnum):
    """What came of a visit, or of none."""

    MET = "met"
    BY_PHONE = "by_phone"
    SELF_REPORTED = "self_reported"
    VACANT = "vacant"
    MOVED_AWAY = "moved_away"
    NOBODY_HOME = "nobody_home"
    REFUSED = "refused"
    UNVISITED = "unvisited"


DONE = frozenset({Outcome.MET, Outcome.BY_PHONE, Outcome.SELF_REPORTED})
EXCUSED = frozenset({Outcome.VACANT, Outcome.MOVED_AWAY})
OPEN = frozenset({Outcome.NOBODY_HOME, Outcome.REFUSED, Outcome.UNVISITED})


class Symptom(StrEnum):
    """What is asked beside the temperature."""

    FEVER_FELT = "fever_felt"
    COUGH = "cough"
    TIREDNESS = "tiredness"
    SHORT_BREATH = "short_breath"
    SORE_THROAT = "sore_throat"
    DIARRHOEA = "diarrhoea"
    OTHER = "other"


class RoundState(StrEnum):
    """Whether visits count."""

    OPEN = "open"
    CLOSED = "closed"


class QuestionKind(StrEnum):
    """The types of extra questions."""

    YES_NO = "yes_no"
    NUMBER = "number"
    TEXT = "text"
    CHOICE = "choice"
    CHOICES = "choices"
    DATE = "date"


# Fever from 37.3 °C on: National Health Commission, diagnosis and treatment plan, January 2020.
FEVER_C = Decimal("37.3")
# No round may call less than this a fever.
LOWEST_FEVER_C = Decimal("36.0")
LOWEST_C, HIGHEST_C = Decimal("30.0"), Decimal("45.0")


class TemperatureFault(ValueError):
    """A temperature that cannot be right, with the likely one if there is one."""

    def __init__(self, value: object, likely: str = "") -> None:
        """Keep the value and the likely reading."""
        super().__init__(f"not a temperature: {value}")
        self.value = value
        self.likely = likely


def temperature(value: object) -> Decimal:
    """Return a body temperature in °C with one decimal.

    Raises TemperatureFault for words, for 375 (likely 37.5), for 36,5 written with a comma, and
    for everything outside 30 to 45 °C: a wrong reading is worse than none.
    """
    text = str(value).strip()
    try:
        number = Decimal(text)
    except InvalidOperation:
        mended = re.sub("[,，。．]", ".", text).removesuffix("℃")  # cjk: as phones type a point
        raise TemperatureFault(value, mended if _plausible(mended) else "") from None
    if not number.is_finite() or not LOWEST_C <= number <= HIGHEST_C:
        shifted = str(number / 10) if number.is_finite() else ""
        raise TemperatureFault(value, shifted if _plausible(shifted) else "")
    return number.quantize(Decimal("0.1"))


def _plausible(text: str) -> bool:
    try:
        return LOWEST_C <= Decimal(text) <= HIGHEST_C
    except InvalidOperation:
        return False


def tenths(value: Decimal | None) -> int | None:
    """Return 365 for 36.5 °C, as it is stored."""
    return None if value is None else int(value * 10)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a door in a round: the outcome that counts, when, and any fever."""

    outcome: Outcome
    at: datetime
    visit_id: Any
    fever: bool


def weight(outcome: Outcome) -> int:
    """Return how much an outcome settles: an empty door never undoes a household that was met."""
    return 1 if outcome in OPEN else 2


def takes_over(known: Standing | None, new: Standing) -> bool:
    """Tell whether `new` counts instead of `known`, whatever the order in which they arrive.

    What settles a door beats what leaves it open; of two alike the later visit counts; of two at
    the same moment the greater id, so that all devices and a replay agree.
    """
    if known is None or known.outcome == Outcome.UNVISITED:
        return True
    old, fresh = weight(known.outcome), weight(new.outcome)
    if old != fresh:
        return fresh > old
    return (new.at, str(new.visit_id)) > (known.at, str(known.visit_id))


class Counts(NamedTuple):
    """Coverage of an area. Each household is in exactly one of the outcomes or unvisited.

    A tuple, since boards make thousands of them; the order is that of the tally's counters.
    """

    households: int = 0
    met: int = 0
    by_phone: int = 0
    self_reported: int = 0
    vacant: int = 0
    moved_away: int = 0
    nobody_home: int = 0
    refused: int = 0
    fever: int = 0
    outsiders: int = 0
    visits: int = 0
    silent: int = 0

    @property
    def done(self) -> int:
        """Return the households met, reached by phone, or self-reported."""
        return self.met + self.by_phone + self.self_reported

    @property
    def excused(self) -> int:
        """Return the vacant homes and the households that moved away."""
        return self.vacant + self.moved_away

    @property
    def open(self) -> int:
        """Return those that are still owed: nobody home, refused, unvisited."""
        return self.households - self.done - self.excused

    @property
    def unvisited(self) -> int:
        """Return the doors where nobody has been."""
        return self.open - self.nobody_home - self.refused

    @property
    def complete(self) -> bool:
        """Tell whether 100 % may be said: no door open."""
        return self.open == 0

    @property
    def percent(self) -> Decimal:
        """Return the share that is done or excused, cut (not rounded) to one decimal.

        99.97 % stays 99.9: a hundred is shown only when no door is open.
        """
        if not self.households:
            return Decimal("100.0") if self.open == 0 else Decimal("0.0")
        settled = 1000 * (self.done + self.excused) // self.households
        return Decimal(settled) / 10

    def __add__(self, other: tuple[int, ...]) -> Counts:  # type: ignore[override]
        """Add two areas' counts, field by field."""
        return Counts(*(a + b for a, b in zip(self, other, strict=True)))


def answer_fault(question: Mapping[str, Any], value: Any) -> str:
    """Return '' when `value` answers `question`, or what is wrong: required, type, choice."""
    if value is None or value == "" or value == []:
        return "required" if question.get("required") else ""
    kind = QuestionKind(question["kind"])
    options: Sequence[str] = question.get("options") or ()
    if kind is QuestionKind.YES_NO:
        return "" if isinstance(value, bool) else "type"
    if kind is QuestionKind.NUMBER:
        good = isinstance(value, int | float) and not isinstance(value, bool)
        return "" if good else "type"
    if kind is QuestionKind.TEXT:
        return "" if isinstance(value, str) and len(value) <= 500 else "type"
    if kind is QuestionKind.DATE:
        try:
            date.fromisoformat(str(value))
        except ValueError:
            return "type"
        return ""
    chosen = value if isinstance(value, list) else [value]
    if kind is QuestionKind.CHOICE and len(chosen) != 1:
        return "type"
    return "" if all(c in options for c in chosen) else "choice"
