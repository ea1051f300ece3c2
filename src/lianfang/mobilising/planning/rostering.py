"""One team's roster, solved exactly: the problem of the nurse-rostering literature.

Cover by shift and skill with costs for too few and too many, minimum rest, most days in a row,
days off, wishes for and against shifts, limits of shifts. For teams up to some dozens; HiGHS proves
how near the answer is to the best.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import highspy

from lianfang.mobilising.planning.problem import DAY, Shift


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody of the team. `most_of` limits single shifts by key; `wishes` are (day, shift key)
    with what it costs not to grant them: above zero wanted, below zero not wanted."""

    key: str
    skills: frozenset[str] = frozenset()
    days_off: frozenset[int] = frozenset()
    fewest: int = 0
    most: int | None = None
    days_in_row: int | None = None
    row_before: int = 0
    most_of: Mapping[str, int] = field(default_factory=dict)
    most_weekends: int | None = None
    wishes: Mapping[tuple[int, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cover:
    """So many people wanted on a day in a shift; each too few or too many costs so much."""

    day: int
    shift: str
    number: int
    skill: str = ""
    under: int = 100
    over: int = 1


@dataclass(frozen=True, slots=True)
class Team:
    """A team's task. `rest` in minutes; `first_weekday` 0 is a Monday."""

    days: int
    shifts: Sequence[Shift]
    workers: Sequence[Worker]
    covers: Sequence[Cover]
    rest: int = 11 * 60
    days_in_row: int = 6
    first_weekday: int = 0


@dataclass(frozen=True, slots=True)
class Roster:
    """For each worker the shift key of each day ('' is free), its cost, and the proven bound."""

    rows: tuple[tuple[str, ...], ...]
    cost: int
    bound: float


class Infeasible(ValueError):
    """No roster keeps the hard rules (somebody's fewest shifts do not fit)."""


def roster(team: Team, *, seconds: float = 30.0) -> Roster:
    """Return the cheapest roster found within `seconds`; raises Infeasible when there is none."""
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("time_limit", seconds)
    solver.setOptionValue("mip_rel_gap", 0.0)
    on = {
        (w, day, s): solver.addVariable(0, 0 if day in worker.days_off else 1)
        for w, worker in enumerate(team.workers)
        for day in range(team.days)
        for s in range(len(team.shifts))
    }
    for variable in on.values():
        solver.setInteger(variable)
    for w in range(len(team.workers)):
        _rules(solver, team, on, w)
    goal = _cover(solver, team, on) + _wishes(team, on)
    solver.minimize(_sum(goal))
    info = solver.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        raise Infeasible("no roster keeps the rules")
    value = solver.getSolution().col_value
    rows = tuple(
        tuple(
            next((s.key for n, s in enumerate(team.shifts) if value[on[w, day, n].index] > 0.5), "")
            for day in range(team.days)
        )
        for w in range(len(team.workers))
    )
    return Roster(rows, round(info.objective_function_value), info.mip_dual_bound)


def _sum(terms: Sequence[Any]) -> Any:
    total: Any = highspy.Highs.qsum(terms) if terms else 0
    return total


def _rules(solver: highspy.Highs, team: Team, on: dict[tuple[int, int, int], Any], w: int) -> None:
    """Add what one worker's week may not break."""
    worker, kinds = team.workers[w], range(len(team.shifts))

    def worked(day: int) -> list[Any]:
        return [on[w, day, s] for s in kinds]

    for day in range(team.days):
        solver.addConstr(_sum(worked(day)) <= 1)
    for day in range(team.days - 1):
        for first in kinds:
            early = [s for s in kinds if not _rests(team, first, s)]
            if early:
                solver.addConstr(
                    _sum([on[w, day, first], *(on[w, day + 1, s] for s in early)]) <= 1
                )
    longest = team.days_in_row if worker.days_in_row is None else worker.days_in_row
    for begin in range(-min(longest, worker.row_before), team.days - longest):
        inside = range(max(begin, 0), begin + longest + 1)
        solver.addConstr(_sum([v for d in inside for v in worked(d)]) <= longest + min(begin, 0))
    every = [v for d in range(team.days) for v in worked(d)]
    if worker.fewest:
        solver.addConstr(_sum(every) >= worker.fewest)
    if worker.most is not None:
        solver.addConstr(_sum(every) <= worker.most)
    for s in kinds:
        limit = worker.most_of.get(team.shifts[s].key)
        if limit is not None:
            solver.addConstr(_sum([on[w, d, s] for d in range(team.days)]) <= limit)
    if worker.most_weekends is not None:
        _weekends(solver, team, worked, worker.most_weekends)


def _weekends(solver: highspy.Highs, team: Team, worked: Any, most: int) -> None:
    used = []
    for day in range(-6, team.days):
        if (day + team.first_weekday) % 7 != 5:
            continue
        days = [d for d in (day, day + 1) if 0 <= d < team.days]
        if not days:
            continue
        any_ = solver.addBinary()
        used.append(any_)
        for d in days:
            solver.addConstr(_sum(worked(d)) - any_ <= 0)
    if used:
        solver.addConstr(_sum(used) <= most)


def _rests(team: Team, first: int, then: int) -> bool:
    """Tell whether there is rest enough between a shift and one of the next day."""
    return team.shifts[first].end + team.rest <= team.shifts[then].start + DAY


def _cover(solver: highspy.Highs, team: Team, on: dict[tuple[int, int, int], Any]) -> list[Any]:
    """Add what each cover has too few or too many, and return what that costs.

    On a shift with covers of several skills each worker stands for one of them.
    """
    number = {s.key: n for n, s in enumerate(team.shifts)}
    goal: list[Any] = []
    by_shift: dict[tuple[int, int], list[Cover]] = {}
    for cover in team.covers:
        by_shift.setdefault((cover.day, number[cover.shift]), []).append(cover)
    for (day, s), covers in by_shift.items():
        stands: dict[int, list[Any]] = {}
        for cover in covers:
            here = []
            for w, worker in enumerate(team.workers):
                if cover.skill and cover.skill not in worker.skills:
                    continue
                if len(covers) == 1:
                    here.append(on[w, day, s])
                    continue
                variable = solver.addVariable(0, 1)
                stands.setdefault(w, []).append(variable)
                here.append(variable)
            under, over = solver.addVariable(0), solver.addVariable(0)
            solver.addConstr(_sum([*here, under]) - over == cover.number)
            goal += [cover.under * under, cover.over * over]
        for w in range(len(team.workers)):
            if len(covers) > 1:
                # Who has none of the skills asked for stands idle, at no cost.
                solver.addConstr(_sum(stands.get(w, [])) - on[w, day, s] <= 0)
    return goal


def _wishes(team: Team, on: dict[tuple[int, int, int], Any]) -> list[Any]:
    number = {s.key: n for n, s in enumerate(team.shifts)}
    goal: list[Any] = []
    for w, worker in enumerate(team.workers):
        for (day, key), weight in worker.wishes.items():
            if weight > 0:
                goal.append(weight * (1 - on[w, day, number[key]]))
            else:
                goal.append(-weight * on[w, day, number[key]])
    return goal
