"""One slot as a flow: classes of people on one side, places on the other, at the least cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from lianfang.mobilising.planning.arrays import NEVER, Bools, Floats, Ints

# Costs are minutes; prices of the relaxation have fractions, so the flow counts in hundredths.
_SCALE = 100
# With more pairs than this each line keeps its best classes only, and the rest when it is unfilled.
_PAIRS = 400_000
_KEEP = 60


@dataclass(frozen=True, slots=True)
class Guide:
    """What the relaxation says of a slot: the price of a class, and how many of it to use.

    More than that many cost `beyond` extra each, so that they are kept for other slots.
    """

    price: Floats
    use: Ints
    beyond: float


def solve(
    supply: Ints,
    cost: Ints,
    number: Ints,
    penalty: Ints,
    *,
    guide: Guide | None = None,
    stay: Ints | None = None,
    change: int = 0,
) -> Ints:
    """Return how many of each class stand on each line: `flow[class, line]`, whole numbers.

    `stay[class, line]` are there already; each one more there costs `change` extra.
    """
    kinds, lines = cost.shape
    if not kinds or not lines or not number.sum():
        return np.zeros((kinds, lines), dtype=np.int64)
    pairs = (cost < NEVER) & (supply > 0)[:, None] & (number > 0)[None, :]
    dear = cost if guide is None else cost + guide.price[:, None]
    if pairs.sum() > _PAIRS:
        order = np.argpartition(np.where(pairs, dear, NEVER), _KEEP, axis=0)[:_KEEP]
        few = np.zeros_like(pairs)
        few[order, np.arange(lines)[None, :]] = True
        found = _solve(supply, cost, number, penalty, pairs & few, guide, stay, change)
        if (found.sum(axis=0) == number).all():
            return found
        open_ = found.sum(axis=0) < number
        pairs &= few | open_[None, :]
    return _solve(supply, cost, number, penalty, pairs, guide, stay, change)


def _solve(
    supply: Ints,
    cost: Ints,
    number: Ints,
    penalty: Ints,
    pairs: Bools,
    guide: Guide | None,
    stay: Ints | None,
    change: int,
) -> Ints:
    """Node 0 sends everybody, then come the classes, then the lines."""
    kinds, lines = cost.shape
    who, where = np.nonzero(pairs)
    everybody = np.arange(kinds)
    tails, heads, room, price = [], [], [], []

    def arcs(tail: Ints, head: Ints, capacity: Ints, each: Floats) -> None:
        tails.append(tail)
        heads.append(head)
        room.append(capacity)
        price.append(np.rint(each * _SCALE).astype(np.int64))

    nought = np.zeros(kinds, dtype=np.int64)
    if guide is None:
        arcs(nought, 1 + everybody, supply, nought.astype(float))
    else:
        first = np.minimum(supply, guide.use)
        arcs(nought, 1 + everybody, first, guide.price)
        arcs(nought, 1 + everybody, supply - first, guide.price + guide.beyond)
    arcs(
        np.zeros(lines, dtype=np.int64), 1 + kinds + np.arange(lines), number, penalty.astype(float)
    )
    real = cost[who, where].astype(float)
    if stay is None:
        arcs(1 + who, 1 + kinds + where, np.minimum(supply[who], number[where]), real)
    else:
        arcs(1 + who, 1 + kinds + where, np.minimum(supply[who], number[where]), real + change)
        kept, at = np.nonzero((stay > 0) & pairs)
        arcs(1 + kept, 1 + kinds + at, stay[kept, at], cost[kept, at].astype(float))
    network = min_cost_flow.SimpleMinCostFlow()
    ids = network.add_arcs_with_capacity_and_unit_cost(
        np.concatenate(tails), np.concatenate(heads), np.concatenate(room), np.concatenate(price)
    )
    nodes = np.concatenate([[number.sum()], nought, -number])
    network.set_nodes_supplies(np.arange(len(nodes)), nodes)
    if network.solve() != network.OPTIMAL:  # unfilled places are allowed: there always is a flow
        raise RuntimeError("the flow of a slot has no solution")
    flows = network.flows(ids)
    base = sum(len(t) for t in tails[: (2 if guide is None else 3)])
    result = np.zeros((kinds, lines), dtype=np.int64)
    np.add.at(result, (who, where), flows[base : base + len(who)])
    if stay is not None:
        np.add.at(result, (kept, at), flows[base + len(who) :])
    return result
