"""Why a place stays unfilled, and the figures of a plan."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from lianfang.mobilising.planning.board import Board
from lianfang.mobilising.planning.problem import Figures, Unfilled

# In the order in which they are told: the first that holds for somebody explains most.
NO_SKILL, OFF, BUSY, ELSEWHERE, RESTING, IN_A_ROW, AT_LIMIT, TOO_FAR = (
    "no_skill",
    "off",
    "busy",
    "elsewhere",
    "resting",
    "in_a_row",
    "at_limit",
    "too_far",
)


def unfilled(board: Board) -> tuple[Unfilled, ...]:
    """Return each need with places that nobody fills, and what holds back those who could."""
    a = board.arrays
    filled = np.bincount(board.line[board.line >= 0], minlength=len(a.number))
    result = []
    known: dict[tuple[int, tuple[str, str]], dict[str, int]] = {}
    for line in np.flatnonzero(filled < a.number).tolist():
        key = (int(a.slot[line]), a.wants[line])
        if key not in known:
            known[key] = _hindrances(board, *key)
        counts = known[key]
        reason = max(counts, key=lambda r: counts[r]) if counts else NO_SKILL
        result.append(Unfilled(line, int(a.number[line] - filled[line]), reason, counts))
    return tuple(result)


def _hindrances(board: Board, slot: int, want: tuple[str, str]) -> dict[str, int]:
    """Count everybody with the skill by the first thing that stands against one more duty."""
    a = board.arrays
    left = a.wanted[want][a.kind] if len(a.classes) else np.zeros(0, dtype=bool)
    counts: dict[str, int] = {}
    nights = board.on[:, a.night].sum(axis=1) >= a.most_nights
    checks = (
        (OFF, a.off[:, a.day[slot]]),
        (BUSY, a.busy[:, a.day == a.day[slot]].any(axis=1)),
        (ELSEWHERE, board.on[:, a.day == a.day[slot]].any(axis=1)),
        (RESTING, a.tired[:, slot] | ((board.on @ board.conflict[:, slot]) > 0)),
        (AT_LIMIT, (board.on.sum(axis=1) >= a.most) | (nights & a.night[slot])),
        (IN_A_ROW, board.row_with(slot) > a.problem.rules.days_in_row),
        (TOO_FAR, np.ones(a.people, dtype=bool)),
    )
    for name, holds in checks:
        mine = left & holds
        if count := int(mine.sum()):
            counts[name] = count
        left = left & ~holds
    return counts


def cost_of(board: Board) -> int:
    """Return what the plan costs in cover and travel."""
    a = board.arrays
    who, slots = np.nonzero(board.line >= 0)
    lines = board.line[who, slots]
    travel = a.problem.travel[a.home[a.kind[who]], a.place[lines]].sum() if len(who) else 0
    filled = np.bincount(lines, minlength=len(a.number))
    missing = ((a.number - filled) * a.penalty).sum()
    return int(missing + travel * a.problem.weights.travel)


def figures(board: Board, bound: float, seconds: float, method: str) -> Figures:
    """Return the figures of the plan on the board."""
    a = board.arrays
    who, slots = np.nonzero(board.line >= 0)
    lines = board.line[who, slots]
    places = a.place[lines]
    travel = a.problem.travel[a.home[a.kind[who]], places] if len(who) else np.zeros(1, np.int64)
    units: dict[int, Counter[int]] = defaultdict(Counter)
    for line, unit in zip(lines.tolist(), a.organisation[who].tolist(), strict=True):
        units[line][unit] += 1
    with_colleague = sum(n for c in units.values() for n in c.values() if n > 1)
    pairs = who[1:] == who[:-1]
    same = (places[1:] == places[:-1]) & pairs
    load = (board.line >= 0).sum(axis=1)
    used = load[load > 0]
    nights = (board.line[:, a.night] >= 0).sum(axis=1)
    asked_for = a.requests != 0
    kept = ((a.requests > 0) & board.on) | ((a.requests < 0) & ~board.on)
    return Figures(
        asked=int(a.number.sum()),
        filled=len(who),
        cost=cost_of(board),
        bound=bound,
        travel_mean=float(travel.mean()),
        travel_most=int(travel.max()),
        together=with_colleague / len(who) if len(who) else 0.0,
        continuity=float(same.sum() / pairs.sum()) if pairs.any() else 1.0,
        fewest=int(used.min()) if len(used) else 0,
        most=int(used.max()) if len(used) else 0,
        spread=float(used.std()) if len(used) else 0.0,
        most_nights=int(nights.max()) if len(nights) else 0,
        requests_kept=int(kept[asked_for].sum()),
        requests=int(asked_for.sum()),
        seconds=seconds,
        method=method,
    )
