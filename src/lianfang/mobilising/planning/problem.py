"""What is asked of the planner: places and their needs, people and their limits, rules, weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift of every day. Minutes after midnight; an end over 1440 lies on the next day."""

    key: str
    start: int
    end: int
    night: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.start < DAY or not self.start < self.end <= self.start + DAY:
            raise ValueError(f"shift {self.key}: {self.start}-{self.end} is no shift of a day")


@dataclass(frozen=True, slots=True)
class Rules:
    """What no plan may break. `rest` in minutes; None is no limit over the days of the plan."""

    rest: int = 11 * 60
    days_in_row: int = 6
    shifts: int | None = None
    nights: int | None = None

    def __post_init__(self) -> None:
        if self.rest < 0 or self.days_in_row < 1:
            raise ValueError("rest must be 0 or more, days in a row 1 or more")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be sent. `home` is a row of the problem's travel times.

    `busy` are (day, shift) on duty elsewhere already; `row_before` counts the days on duty in a row
    up to the day before the first; `ended` is when the last duty before ended, in minutes from the
    first midnight (negative: the day before). `requests` are (day, shift) wanted (above zero) or
    not wanted (below), by weight. `shifts` and `nights` are limits of one's own.
    """

    key: str
    home: int
    organisation: str = ""
    skills: frozenset[str] = frozenset()
    sex: str = ""
    days_off: frozenset[int] = frozenset()
    busy: frozenset[tuple[int, int]] = frozenset()
    row_before: int = 0
    ended: int | None = None
    shifts: int | None = None
    nights: int | None = None
    requests: Mapping[tuple[int, int], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Need:
    """So many people wanted at a place, on a day, in a shift; with a skill or of a sex if said.

    `priority` multiplies what an unfilled one costs.
    """

    place: int
    day: int
    shift: int
    number: int
    skill: str = ""
    sex: str = ""
    priority: int = 1


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts how much. `unfilled` is in minutes of travel: what one empty place is worth.

    The proof is on cover and travel; the others choose among plans that are alike in these.
    """

    unfilled: int = 1_000
    travel: int = 1
    together: int = 1
    fairness: int = 1
    continuity: int = 1
    nights: int = 1


@dataclass(frozen=True)
class Problem:
    """One deployment. `travel[home, place]` is in whole minutes, one way.

    Raises ValueError when it contradicts itself: an index out of range, a negative number.
    """

    days: int
    shifts: Sequence[Shift]
    people: Sequence[Person]
    needs: Sequence[Need]
    travel: NDArray[np.int64]
    rules: Rules = Rules()
    weights: Weights = Weights()

    def __post_init__(self) -> None:
        homes, places = self.travel.shape
        if self.days < 1 or not self.shifts or (self.travel.size and self.travel.min() < 0):
            raise ValueError("a plan wants a day, a shift, and travel times of 0 or more")
        for need in self.needs:
            inside = 0 <= need.day < self.days and 0 <= need.shift < len(self.shifts)
            if not inside or not 0 <= need.place < places or need.number < 0 or need.priority < 1:
                raise ValueError(f"a need outside of the plan: {need}")
        for person in self.people:
            if not 0 <= person.home < homes:
                raise ValueError(f"{person.key}: no travel times from home {person.home}")


@dataclass(frozen=True, slots=True)
class Assignment:
    """A person on a need, both by their number in the problem."""

    person: int
    need: int


@dataclass(frozen=True, slots=True)
class Unfilled:
    """So many places of a need that nobody fills, the main reason, and how many people each."""

    need: int
    number: int
    reason: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """How good a plan is. `cost` and `bound` are cover and travel in minutes; `gap` is a share.

    `bound` is proven: no plan that keeps the rules costs less. Shares lie between 0 and 1.
    """

    asked: int
    filled: int
    cost: int
    bound: float
    travel_mean: float
    travel_most: int
    together: float
    continuity: float
    fewest: int
    most: int
    spread: float
    most_nights: int
    requests_kept: int
    requests: int
    seconds: float
    method: str

    @property
    def gap(self) -> float:
        """Return by which share the plan may at most lie above the best."""
        return max(0.0, self.cost - self.bound) / max(self.bound, 1.0)


@dataclass(frozen=True, slots=True)
class Plan:
    """Who goes where, what stays unfilled and why, and the figures."""

    assignments: tuple[Assignment, ...]
    unfilled: tuple[Unfilled, ...]
    figures: Figures
