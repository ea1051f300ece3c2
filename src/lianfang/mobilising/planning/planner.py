"""The planner: the relaxation's prices guide a flow for each slot; then slots are solved again."""

from __future__ import annotations

from time import monotonic

import numpy as np

from lianfang.mobilising.planning import flow, pairs, reasons
from lianfang.mobilising.planning.arrays import Arrays
from lianfang.mobilising.planning.board import Board
from lianfang.mobilising.planning.bound import Relaxed, relax
from lianfang.mobilising.planning.problem import Plan, Problem

# One more of a class than the relaxation uses costs so many minutes extra: its people are wanted
# in another slot.
_BEYOND = 8.0
# Nearer to the bound than this, polishing is not worth its time.
_NEAR = 1.001
GUIDED, POLISHED = "guided", "polished"


def plan(problem: Problem, *, seconds: float = 540.0) -> Plan:
    """Return a plan that keeps every rule, with a proof of how near it is to the best.

    A third of `seconds` at most goes to the relaxation; what is left polishes the plan, and the
    better of the two stands. An unfilled place has its reason; a plan always comes back.
    """
    began = monotonic()
    arrays = Arrays(problem)
    relaxed = relax(arrays, seconds / 3)
    board = guided(arrays, relaxed)
    method = GUIDED
    if polish(board, began + seconds, relaxed.bound):
        method = POLISHED
    spent = monotonic() - began
    return Plan(
        board.assignments(),
        reasons.unfilled(board),
        reasons.figures(board, relaxed.bound, spent, method),
    )


def guided(arrays: Arrays, relaxed: Relaxed) -> Board:
    """Fill slot after slot, each at the least cost with the prices of the relaxation on top."""
    board = Board(arrays)
    # Rounded over the slots so far: what a class gives too little here it gives in the next one.
    due = np.rint(relaxed.use.cumsum(axis=1)).astype(np.int64)
    given = np.zeros(len(arrays.classes), dtype=np.int64)
    for slot in range(arrays.slots):
        lines = arrays.by_slot[slot]
        free = board.free(slot)
        guide = flow.Guide(relaxed.price[:, slot], np.maximum(due[:, slot] - given, 0), _BEYOND)
        found = flow.solve(
            board.supply(free),
            arrays.costs(slot),
            arrays.number[lines],
            arrays.penalty[lines],
            guide=guide,
        )
        board.seat(slot, found, free)
        given += found.sum(axis=1)
    return board


def polish(board: Board, until: float, bound: float) -> bool:
    """Solve slots again, singly and in pairs, with the others as they are, while that helps.

    Returns whether anything became better. Pairs that exclude each other come first.
    """
    arrays = board.arrays
    used = [t for t in range(arrays.slots) if len(arrays.by_slot[t])]
    better = False
    while monotonic() < until and sum(again(board, t) for t in used):
        better = True
    together = [(s, t) for s in used for t in used if s < t]
    together.sort(key=lambda p: (not arrays.conflict[p], p[1] - p[0], p[0]))
    waiting = dict.fromkeys(together)
    while waiting and monotonic() < until and reasons.cost_of(board) > bound * _NEAR:
        pair = next(iter(waiting))
        del waiting[pair]
        if pairs.again(board, *pair):
            better = True
            # What was freed may help the pairs that share a slot with this one.
            waiting.update(dict.fromkeys(p for p in together if set(p) & set(pair) and p != pair))
    return better


def again(board: Board, slot: int) -> bool:
    """Solve one slot again with all others fixed; tell whether it costs less than before."""
    arrays = board.arrays
    lines = arrays.by_slot[slot]
    cost = arrays.costs(slot)
    before, kept = board.standing(slot), board.line[:, slot].copy()
    board.clear(slot)
    free = board.free(slot)
    found = flow.solve(board.supply(free), cost, arrays.number[lines], arrays.penalty[lines])
    # A filled place saves its penalty.
    gain = ((before - found) * (cost - arrays.penalty[lines][None, :])).sum()
    if gain > 0:
        board.seat(slot, found, free)
        return True
    for person in np.flatnonzero(kept >= 0):
        board.put(int(person), int(kept[person]))
    return False
