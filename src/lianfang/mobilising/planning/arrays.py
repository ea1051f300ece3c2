"""A problem as arrays: classes of people who are alike, slots, what excludes what, limits."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lianfang.mobilising.planning.problem import DAY, Problem

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
# More than any sum of real costs: somebody who may not stand there.
NEVER = 10**9


class Arrays:
    """People of one home, one set of skills and one sex are one class: they cost the same.

    A slot is a shift of a day: slot = day * shifts + shift. A line is a need.
    """

    def __init__(self, problem: Problem) -> None:
        """Count and index everything once."""
        self.problem = problem
        rules, shifts = problem.rules, problem.shifts
        self.per_day = len(shifts)
        self.slots = problem.days * self.per_day
        self.day = np.arange(self.slots) // self.per_day
        shift = np.arange(self.slots) % self.per_day
        self.start = self.day * DAY + np.array([s.start for s in shifts])[shift]
        self.end = self.day * DAY + np.array([s.end for s in shifts])[shift]
        self.night = np.array([s.night for s in shifts])[shift]
        close = self.start[None, :] < self.end[:, None] + rules.rest
        same_day = self.day[:, None] == self.day[None, :]
        self.conflict: Bools = (close & close.T) | same_day
        np.fill_diagonal(self.conflict, False)

        people, needs = problem.people, problem.needs
        self.people = len(people)
        # What no need asks for parts nobody.
        asked = frozenset(n.skill for n in needs if n.skill)
        by_sex = any(n.sex for n in needs)
        index: dict[tuple[int, frozenset[str], str], int] = {}
        self.kind = np.array(
            [
                index.setdefault((p.home, p.skills & asked, p.sex if by_sex else ""), len(index))
                for p in people
            ],
            dtype=np.int64,
        )
        self.classes = list(index)
        self.home = np.array([c[0] for c in self.classes], dtype=np.int64)
        self.size = np.bincount(self.kind, minlength=len(self.classes))
        self.organisation = np.unique([p.organisation for p in people], return_inverse=True)[1]
        self.off = np.zeros((self.people, problem.days), dtype=bool)
        self.busy = np.zeros((self.people, self.slots), dtype=bool)
        for number, person in enumerate(people):
            for day in person.days_off:
                if 0 <= day < problem.days:
                    self.off[number, day] = True
            for day, which in person.busy:
                self.busy[number, day * self.per_day + which] = True
        far = -(10**6)
        ended = np.array([far if p.ended is None else p.ended for p in people], dtype=np.int64)
        self.tired: Bools = self.start[None, :] < ended[:, None] + rules.rest
        self.row_before = np.array([p.row_before for p in people], dtype=np.int64)
        most, late = rules.shifts, rules.nights
        self.most = _limits([p.shifts for p in people], most, self.slots)
        self.most_nights = _limits([p.nights for p in people], late, self.slots)
        self.requests = np.zeros((self.people, self.slots), dtype=np.int64)
        for number, person in enumerate(people):
            for (day, which), weight in person.requests.items():
                self.requests[number, day * self.per_day + which] = weight

        self.place = np.array([n.place for n in needs], dtype=np.int64)
        self.slot = np.array([n.day * self.per_day + n.shift for n in needs], dtype=np.int64)
        self.number = np.array([n.number for n in needs], dtype=np.int64)
        weights = problem.weights
        self.penalty = np.array([n.priority * weights.unfilled for n in needs], dtype=np.int64)
        self.wants = [(n.skill, n.sex) for n in needs]
        self.by_slot: dict[int, Ints] = {
            t: np.flatnonzero(self.slot == t) for t in range(self.slots)
        }

    @cached_property
    def wanted(self) -> dict[tuple[str, str], Bools]:
        """Return, for each skill and sex that is asked for, which classes have them."""
        return {
            (skill, sex): np.array(
                [(not skill or skill in c[1]) and (not sex or sex == c[2]) for c in self.classes],
                dtype=bool,
            )
            for skill, sex in set(self.wants)
        }

    def costs(self, slot: int) -> Ints:
        """Return the cost of each class on each line of a slot; NEVER where it may not stand."""
        lines = self.by_slot[slot]
        travel = self.problem.travel[np.ix_(self.home, self.place[lines])]
        cost: Ints = travel.astype(np.int64) * self.problem.weights.travel
        groups: dict[tuple[str, str], list[int]] = defaultdict(list)
        for column, line in enumerate(lines):
            groups[self.wants[line]].append(column)
        for want, columns in groups.items():
            barred = np.flatnonzero(~self.wanted[want])
            cost[np.ix_(barred, np.array(columns))] = NEVER
        return cost

    def available(self) -> Bools:
        """Return for each person and slot if nothing but the plan itself stands against it."""
        possible = ~self.off[:, self.day] & ~self.busy & ~self.tired
        possible &= ~((self.busy @ self.conflict.astype(np.int16)) > 0)
        return possible

    @cached_property
    def cliques(self) -> list[Ints]:
        """Return sets of slots of which one person can have one: those within reach of a moment."""
        rest = self.problem.rules.rest
        sets = {
            tuple(np.flatnonzero((self.start <= moment) & (moment < self.end + rest)))
            for moment in self.start
        }
        sets |= {tuple(np.flatnonzero(self.day == d)) for d in range(self.problem.days)}
        kept = [s for s in sets if not any(set(s) < set(other) for other in sets)]
        return [np.array(s, dtype=np.int64) for s in sorted(kept)]


def _limits(own: list[int | None], common: int | None, slots: int) -> Ints:
    ceiling = slots if common is None else common
    return np.array([ceiling if o is None else min(o, ceiling) for o in own], dtype=np.int64)
