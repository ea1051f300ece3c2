"""Two slots solved together: somebody who can have one of them only goes where it helps more."""

from __future__ import annotations

import numpy as np

from lianfang.mobilising.planning import flow
from lianfang.mobilising.planning.arrays import NEVER, Bools, Ints
from lianfang.mobilising.planning.board import Board


def again(board: Board, first: int, second: int) -> bool:
    """Solve two slots again with all others fixed; tell whether they cost less than before."""
    a = board.arrays
    slots = (first, second)
    lines = [a.by_slot[t] for t in slots]
    costs = [a.costs(t) for t in slots]
    before = [board.standing(t) for t in slots]
    kept = board.line[:, slots].copy()
    for t in slots:
        board.clear(t)
    free = [board.free(t) for t in slots]
    both = free[0] & board.free_with(second, first, free[0])
    either = free[0] & free[1] & ~both
    supply = np.concatenate(
        [board.supply(either), board.supply(free[0] & ~either), board.supply(free[1] & ~either)]
    )
    penalty = a.penalty[np.concatenate(lines)]
    never = [np.full_like(c, NEVER) for c in costs]
    cost = np.block([costs, [costs[0], never[1]], [never[0], costs[1]]])
    number = a.number[np.concatenate(lines)]
    found = flow.solve(supply, cost, number, penalty)
    kinds, width = len(a.classes), len(lines[0])
    old = np.concatenate(before, axis=1)
    new = found[:kinds] + found[kinds : 2 * kinds] + found[2 * kinds :]
    worth = np.concatenate(costs, axis=1) - penalty[None, :]
    if ((old - new) * worth).sum() <= 0:
        for column in range(2):
            for person in np.flatnonzero(kept[:, column] >= 0):
                board.put(int(person), int(kept[person, column]))
        return False
    taken = found[:kinds]
    parts: list[tuple[int, Ints, Bools]] = [
        (first, taken[:, :width], either),
        (second, taken[:, width:], either),
        (first, found[kinds : 2 * kinds, :width], free[0] & ~either),
        (second, found[2 * kinds :, width:], free[1] & ~either),
    ]
    for slot, part, who in parts:
        board.seat(slot, part, who & board.free(slot))
    return True
