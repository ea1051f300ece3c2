"""The relaxation by classes: a proven lower bound, and prices that guide the plan.

What one person may do in the days of the plan is summed over each class. These sums get prices;
for any prices of zero or more, the cheapest class for each line, less what the sums are worth, is
a lower bound on the cost of every plan, so the proof needs no tolerance of a solver. The volume
algorithm (Barahona and Anbil, 2000) climbs to the best prices by averaged subgradients, and the
averages tell how many of each class to use in each slot.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

import numpy as np

from lianfang.mobilising.planning.arrays import Arrays, Bools, Floats, Ints

# The weight of the newest subgradient in the average, and how the step shrinks when climbing stops:
# the best of those tried on made-up cities (99.6 % of the optimum of the programme in 600 steps).
_NEWEST = 0.03
_PATIENCE = 10
_SHRINK = 0.66
_GROW = 1.1
_AHEAD = 0.05
_STEPS = 2_000
# A step so small that nothing more comes of it.
_STILL = 2e-4


@dataclass(frozen=True, slots=True)
class Relaxed:
    """`bound` on the cost of every plan; `use[class, slot]` people and `price` of one of them."""

    bound: float
    use: Floats
    price: Floats
    steps: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What classes can do at most: `free[class, slot]`; row r over the slots `member[r]` has at
    most `right[class, r]` duties."""

    free: Floats
    member: Floats
    right: Floats


def limits(arrays: Arrays) -> Limits:
    """Return the sums over the people of each class. A row that never binds is left out."""
    possible = arrays.available()
    kinds = len(arrays.classes)

    def total(values: Ints | Bools) -> Floats:
        result: Floats = np.bincount(arrays.kind, weights=values, minlength=kinds).astype(float)
        return result

    free = np.stack([total(possible[:, t]) for t in range(arrays.slots)], axis=1)
    rows: list[tuple[Ints, Ints]] = [
        (c, np.asarray(possible[:, c].any(axis=1), dtype=np.int64))
        for c in arrays.cliques
        if len(c) > 1
    ]
    days = arrays.problem.days
    working = np.stack([possible[:, arrays.day == d].any(axis=1) for d in range(days)], axis=1)
    rows += _windows(arrays, working)
    left: Ints = np.maximum(arrays.most - arrays.busy.sum(axis=1), 0)
    rows.append((np.arange(arrays.slots), np.minimum(left, working.sum(axis=1))))
    if arrays.night.any():
        nights = np.flatnonzero(arrays.night)
        late: Ints = np.maximum(arrays.most_nights - arrays.busy[:, nights].sum(axis=1), 0)
        rows.append((nights, np.minimum(late, possible[:, nights].sum(axis=1))))
    sums = [(slots, total(most)) for slots, most in rows]
    sums = [(s, r) for s, r in sums if (r < free[:, s].sum(axis=1)).any()]
    member = np.zeros((len(sums), arrays.slots))
    for number, (slots, _) in enumerate(sums):
        member[number, slots] = 1.0
    right = np.stack([r for _, r in sums], axis=1) if sums else np.zeros((kinds, 0))
    return Limits(free, member, right)


def _windows(arrays: Arrays, working: Bools) -> list[tuple[Ints, Ints]]:
    """Rows for days in a row: in any window one day longer than allowed, one day is free.

    A window that begins before the plan binds those who were on duty all its days before.
    """
    days, longest = arrays.problem.days, arrays.problem.rules.days_in_row
    duty = np.stack([arrays.busy[:, arrays.day == d].any(axis=1) for d in range(days)], axis=1)
    rows = []
    for first in range(-longest, days - longest):
        begin, after = max(first, 0), first + longest + 1
        binds = arrays.row_before >= begin - first
        allowed = (after - begin) - binds - duty[:, begin:after].sum(axis=1)
        most = np.minimum(working[:, begin:after].sum(axis=1), np.maximum(allowed, 0))
        rows.append((np.flatnonzero((arrays.day >= begin) & (arrays.day < after)), most))
    return rows


class _Dual:
    """The function whose greatest value is sought, at given prices of rows and of free people."""

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        self.limits = limits(arrays)
        self.lines = {t: lines for t, lines in arrays.by_slot.items() if len(lines)}
        # Half the memory of the planner's own; minutes up to 2**24 are exact.
        self.costs = {t: arrays.costs(t).astype(np.float32) for t in self.lines}

    def price(self, rows: Floats, free: Floats) -> Floats:
        """Return what one person of a class costs in a slot."""
        result: Floats = rows @ self.limits.member + free
        return result

    def at(self, rows: Floats, free: Floats) -> tuple[float, Floats]:
        """Return the bound at these prices, and how many of each class its cheapest way uses."""
        a, known = self.arrays, self.limits
        price = self.price(rows, free).astype(np.float32)
        value = -float((rows * known.right).sum()) - float((free * known.free).sum())
        use = np.zeros_like(free)
        for t, lines in self.lines.items():
            cost = self.costs[t] + price[:, t, None]
            kind = cost.argmin(axis=0)
            best = cost[kind, np.arange(len(lines))].astype(np.float64)
            wanted = a.number[lines] * (best < a.penalty[lines])
            value += float((np.minimum(best, a.penalty[lines]) * a.number[lines]).sum())
            use[:, t] = np.bincount(kind, weights=wanted, minlength=len(use))
        return value, use


def relax(arrays: Arrays, seconds: float = 240.0, *, steps: int = _STEPS) -> Relaxed:
    """Return bound, prices and use after so many steps or seconds; every step's bound holds."""
    kinds = len(arrays.classes)
    nought = np.zeros((kinds, arrays.slots))
    if not kinds or not arrays.number.sum():
        return Relaxed(float((arrays.penalty * arrays.number).sum()), nought, nought, 0)
    dual, began = _Dual(arrays), monotonic()
    known = dual.limits
    rows, free = np.zeros_like(known.right), nought
    best, mean = dual.at(rows, free)
    aim, reach, failed, done = best * (1 + _AHEAD) + 1, 1.0, 0, 0
    while done < steps and reach > _STILL and monotonic() - began < seconds:
        done += 1
        up_rows = mean @ known.member.T - known.right
        up_free = mean - known.free
        # A price of nothing can't fall.
        up_rows[(rows <= 0) & (up_rows < 0)] = 0.0
        up_free[(free <= 0) & (up_free < 0)] = 0.0
        norm = float((up_rows**2).sum() + (up_free**2).sum())
        if norm < 1e-9:
            break
        if aim - best < 0.02 * abs(aim):
            aim = best * (1 + _AHEAD)
        step = reach * (aim - best) / norm
        trial = np.maximum(rows + step * up_rows, 0.0), np.maximum(free + step * up_free, 0.0)
        value, use = dual.at(*trial)
        mean = _NEWEST * use + (1 - _NEWEST) * mean
        if value > best:
            best, (rows, free), failed = value, trial, 0
            reach = min(reach * _GROW, 2.0)
        else:
            failed += 1
            if failed >= _PATIENCE:
                reach, failed = reach * _SHRINK, 0
    # The sums ran in single precision: what it can be off by is taken off the bound.
    return Relaxed(best * (1 - 1e-6), mean, dual.price(rows, free), done)
