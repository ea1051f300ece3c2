"""What an office would do by hand: place after place, whoever is nearest and free. To compare."""

from __future__ import annotations

from time import monotonic

import numpy as np

from lianfang.mobilising.planning import reasons
from lianfang.mobilising.planning.arrays import NEVER, Arrays
from lianfang.mobilising.planning.board import Board
from lianfang.mobilising.planning.problem import Plan, Problem


def greedy(problem: Problem, bound: float = 0.0) -> Plan:
    """Return the plan that fills each slot need by need, in their order, with the nearest free."""
    began = monotonic()
    arrays = Arrays(problem)
    board = Board(arrays)
    for slot in range(arrays.slots):
        lines = arrays.by_slot[slot]
        cost = arrays.costs(slot)
        free = board.free(slot)
        supply = board.supply(free)
        found = np.zeros_like(cost)
        for column in range(len(lines)):
            missing = int(arrays.number[lines[column]])
            for kind in np.argsort(cost[:, column], kind="stable"):
                if missing == 0 or cost[kind, column] >= NEVER:
                    break
                taken = min(missing, int(supply[kind]))
                found[kind, column] += taken
                supply[kind] -= taken
                missing -= taken
        board.seat(slot, found, free)
    spent = monotonic() - began
    return Plan(
        board.assignments(),
        reasons.unfilled(board),
        reasons.figures(board, bound, spent, "greedy"),
    )
