"""Deployment: gap, time and the ratio to what an office would do, at 5,000 and at 34,000 people.

    python benchmarks/bench_deployment.py [small|large]     both by default

Pure computation: the database plays no part, so on PostgreSQL it is skipped. Exits 1 when a figure
misses its aim: 60 s and 2 % for 5,000 people on 800 places; 10 minutes and a proven gap for 34,000
people on 1,500 places.
"""

from __future__ import annotations

import os
import sys

import numpy as np

from lianfang.mobilising.planning.check import faults
from lianfang.mobilising.planning.greedy import greedy
from lianfang.mobilising.planning.planner import plan
from lianfang.mobilising.planning.problem import Need, Person, Problem, Rules, Shift

SHIFTS = (Shift("day", 8 * 60, 20 * 60), Shift("night", 20 * 60, 32 * 60, night=True))
SKILLS = ("", "", "", "", "medical", "driver", "dialect")


def town(people: int, places: int, homes: int, demand: int, seed: int = 1) -> Problem:
    """Return a made-up city: homes and places around a few centres, offices near the middle.

    `demand` is the number of duties over 7 days of 2 shifts; nights need half as many.
    """
    rng = np.random.default_rng(seed)
    centres = rng.uniform(0, 40, (9, 2))
    home = centres[rng.integers(0, 9, homes)] + rng.normal(0, 4, (homes, 2))
    place = centres[rng.choice(9, places, p=_shares(rng))] + rng.normal(0, 5, (places, 2))
    kilometres = np.linalg.norm(home[:, None] - place[None, :], axis=2)
    travel = np.rint(6 + 2.4 * kilometres).astype(np.int64)
    where = rng.integers(0, homes, people)
    skill = rng.integers(0, len(SKILLS), people)
    staff = []
    for number in range(people):
        off = {int(rng.integers(0, 7))} if rng.random() < 0.15 else set()
        staff.append(
            Person(
                f"p{number}",
                int(where[number]),
                f"office{rng.integers(0, max(people // 60, 1))}",
                frozenset({SKILLS[skill[number]]} - {""}),
                "female" if rng.random() < 0.5 else "male",
                frozenset(off),
                row_before=int(rng.integers(1, 4)) if rng.random() < 0.1 else 0,
            )
        )
    needs = []
    each = demand / (places * 7 * 1.5)
    for number in range(places):
        size = max(1.0, rng.gamma(3, each / 3))
        special = SKILLS[int(rng.integers(0, len(SKILLS)))]
        for day in range(7):
            for shift in range(2):
                number_ = max(1, round(size * (1 if shift == 0 else 0.5)))
                if special and day % 2 == 0:
                    needs.append(Need(number, day, shift, 1, special))
                    number_ -= 1
                if number_ > 0:
                    needs.append(Need(number, day, shift, number_))
    return Problem(7, SHIFTS, staff, needs, travel, Rules(11 * 60, 6, 5, 2))


def _shares(rng: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    shares = rng.dirichlet(np.full(9, 4.0))
    return shares


def run(name: str, problem: Problem, seconds: float, gap: float) -> bool:
    """Plan, check, compare and print; tell whether the aims were met."""
    found = plan(problem, seconds=seconds * 0.9)
    figures = found.figures
    office = greedy(problem, figures.bound).figures
    broken = faults(problem, found.assignments)
    print(  # noqa: T201
        f"{name}: {figures.asked:,} duties, {figures.filled:,} filled, {figures.method},"
        f" {figures.seconds:.1f} s, gap {100 * figures.gap:.2f} %,"
        f" travel {figures.travel_mean:.1f} min, together {figures.together:.2f},"
        f" continuity {figures.continuity:.2f}, duties {figures.fewest}-{figures.most};"
        f" office: {office.filled:,} filled, gap {100 * office.gap:.1f} %,"
        f" travel {office.travel_mean:.1f} min,"
        f" cost x{office.cost / max(figures.cost, 1):.2f}; rules broken: {len(broken)}"
    )
    return not broken and figures.seconds <= seconds and figures.gap <= gap


def main() -> int:
    """Run what is asked for."""
    if "postgresql" in os.environ.get("LIANFANG_DATABASE_URL", ""):
        print("deployment: no database in it, see the run on SQLite")  # noqa: T201
        return 0
    wanted = sys.argv[1:] or ["small", "large"]
    good = True
    if "small" in wanted:
        good &= run("5,000 x 800", town(5_000, 800, 120, 18_400), 60, 0.02)
    if "large" in wanted:
        good &= run("34,000 x 1,500", town(34_000, 1_500, 170, 120_000), 600, 0.05)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
