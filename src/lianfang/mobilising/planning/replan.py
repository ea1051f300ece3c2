"""A plan after drop-outs: the places are filled again with at most the changes needed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from time import monotonic

import numpy as np

from lianfang.mobilising.planning import flow, reasons
from lianfang.mobilising.planning.arrays import Arrays
from lianfang.mobilising.planning.board import Board
from lianfang.mobilising.planning.problem import Assignment, Person, Plan, Problem


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a plan: who is new on a need, and who leaves one."""

    plan: Plan
    added: tuple[Assignment, ...]
    removed: tuple[Assignment, ...]


def without(problem: Problem, gone: Iterable[tuple[int, int | None]]) -> Problem:
    """Return the problem after drop-outs: (person, day), or day None for all days."""
    off: dict[int, set[int]] = {}
    for person, day in gone:
        off.setdefault(person, set()).update(range(problem.days) if day is None else [day])
    people = [
        replace(p, days_off=p.days_off | off[n]) if n in off else p
        for n, p in enumerate(problem.people)
    ]
    return replace(problem, people=list[Person](people))


def replan(problem: Problem, before: Iterable[Assignment], bound: float = 0.0) -> Change:
    """Return the plan for a changed problem that keeps all of `before` that can be kept.

    What `before` has and the problem does not allow any more falls away. A place that became empty
    is filled by somebody free; where only another skill is free, somebody moves within the slot.
    Among ways with equally few changes the shortest travel. Slots without a gap stay as they are.
    """
    began = monotonic()
    arrays = Arrays(problem)
    board = Board(arrays)
    old = sorted(set(before), key=lambda a: (int(arrays.slot[a.need]), a.need, a.person))
    room = arrays.number.copy()
    for one in old:
        slot = int(arrays.slot[one.need])
        person = one.person
        able = arrays.wanted[arrays.wants[one.need]][arrays.kind[person]]
        if room[one.need] > 0 and able and board.may(person, slot):
            board.put(person, one.need)
            room[one.need] -= 1
    # A change outweighs any saving of travel, and a filled place any number of changes.
    change = int(problem.travel.max(initial=0)) * problem.weights.travel + 1
    dear = change * (len(problem.people) + 2)
    for slot in range(arrays.slots):
        lines = arrays.by_slot[slot]
        if room[lines].any():
            _fill(board, slot, change, dear)
    now = board.assignments()
    kept = set(old)
    plan = Plan(
        now,
        reasons.unfilled(board),
        reasons.figures(board, bound, monotonic() - began, "replanned"),
    )
    return Change(
        plan,
        tuple(a for a in now if a not in kept),
        tuple(a for a in old if a not in set(now)),
    )


def _fill(board: Board, slot: int, change: int, dear: int) -> None:
    """Fill a slot again: those who stand may stay at no cost, each other step costs a change."""
    arrays = board.arrays
    lines = arrays.by_slot[slot]
    stay, kept = board.standing(slot), board.line[:, slot].copy()
    board.clear(slot)
    free = board.free(slot)
    penalty = arrays.penalty[lines] // max(int(arrays.penalty[lines].min(initial=1)), 1) * dear
    found = flow.solve(
        board.supply(free),
        arrays.costs(slot),
        arrays.number[lines],
        penalty,
        stay=stay,
        change=change,
    )
    # Who may stay stays: only the rest of the flow is seated anew.
    left = found.copy()
    for person in np.flatnonzero(kept >= 0).tolist():
        column = int(np.searchsorted(lines, kept[person]))
        kind = arrays.kind[person]
        if left[kind, column] > 0:
            left[kind, column] -= 1
            board.put(person, int(kept[person]))
            free[person] = False
    board.seat(slot, left, free)
