"""A plan after drop-outs: the places are filled again with at most the changes needed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from time import monotonic

import numpy as np

from lianfang.mobilising.planning import flow, reasons
from lianfang.mobilising.planning.arrays import Arrays, Bools
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
    What still is empty then is filled by somebody out of another slot whose place there a third
    one takes. Among ways with equally few changes the shortest travel. Slots without a gap stay as
    they are.
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
    _across(board)
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


def _across(board: Board) -> None:
    """Fill what is left by moving people between slots, two changes for each place."""
    filled = np.bincount(board.line[board.line >= 0], minlength=len(board.arrays.number))
    for line in np.flatnonzero(filled < board.arrays.number).tolist():
        for _ in range(int(board.arrays.number[line] - filled[line])):
            if not _move(board, line):
                break


def _move(board: Board, line: int) -> bool:
    """Let somebody leave another slot for `line`, where a free person follows; tell if found."""
    a = board.arrays
    slot = int(a.slot[line])
    able = a.wanted[a.wants[line]][a.kind] & board.possible[:, slot] & ~board.on[:, slot]
    best: tuple[int, int, int, int] | None = None
    for other in range(a.slots):
        standing = np.flatnonzero(able & (board.line[:, other] >= 0))
        if not len(standing):
            continue
        free: Bools = board.free(other)
        cost = a.problem.travel[a.home[a.kind[standing]], a.place[line]]
        for person in standing[np.argsort(cost, kind="stable")].tolist():
            left = int(board.line[person, other])
            ready = np.flatnonzero(free & a.wanted[a.wants[left]][a.kind])
            if not len(ready):
                continue
            board.take(person, other)
            fits = board.may(person, slot)
            board.put(person, left)
            if not fits:
                continue
            ways = a.problem.travel[a.home[a.kind[ready]], a.place[left]]
            nearest = int(np.argmin(ways))
            travel = int(a.problem.travel[a.home[a.kind[person]], a.place[line]] + ways[nearest])
            found = (travel, other, person, int(ready[nearest]))
            best = min(best, found) if best else found
            break
    if best is None:
        return False
    _, other, person, follower = best
    left = int(board.line[person, other])
    board.take(person, other)
    board.put(person, line)
    board.put(follower, left)
    return True
