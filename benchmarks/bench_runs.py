"""Planning of runs: 300 orders and 20 helpers in under 10 s; Solomon's instances within 2 %.

LIANFANG_SOLOMON names a folder with Solomon's 100-customer instances (C101.txt …, as published);
without it that part is skipped. Nothing is fetched. A file NAME.sol with a line "Cost 828.94"
beside an instance takes the place of the table below.
"""

from __future__ import annotations

import os
import random
import sys
import time
from pathlib import Path

from lianfang.services.planning import Errand, Helper, Plan, plan

SECONDS = 10.0


def say(text: str) -> None:
    """Write a line of the report."""
    print(text, flush=True)  # noqa: T201


# Best known by distance, distances as real numbers, without a limit on vehicles.
BEST = {
    **dict.fromkeys(("C101", "C102", "C105", "C106", "C107", "C108", "C109"), 828.94),
    "C103": 828.06,
    "C104": 824.78,
    "C201": 591.56,
    "C202": 591.56,
    "C203": 591.17,
    "C204": 590.60,
    "C205": 588.88,
    "C206": 588.49,
    "C207": 588.29,
    "C208": 588.32,
    "R101": 1642.88,
    "R102": 1472.62,
    "R103": 1213.62,
    "R104": 976.61,
    "R105": 1360.78,
    "R106": 1239.37,
    "R107": 1072.12,
    "R108": 938.20,
    "R109": 1151.84,
    "R110": 1072.41,
    "R111": 1053.50,
    "R112": 953.63,
    "R201": 1147.80,
    "R202": 1034.35,
    "R203": 874.87,
    "R204": 735.80,
    "R205": 954.16,
    "R206": 879.89,
    "R207": 797.99,
    "R208": 705.33,
    "R209": 859.39,
    "R210": 904.78,
    "R211": 755.96,
    "RC101": 1623.58,
    "RC102": 1461.23,
    "RC103": 1261.67,
    "RC104": 1135.48,
    "RC105": 1518.58,
    "RC106": 1371.69,
    "RC107": 1212.83,
    "RC108": 1117.53,
    "RC201": 1265.56,
    "RC202": 1095.64,
    "RC203": 926.82,
    "RC204": 786.38,
    "RC205": 1157.55,
    "RC206": 1054.61,
    "RC207": 966.08,
    "RC208": 778.93,
}


def solomon(path: Path) -> tuple[list[Errand], list[Helper], tuple[float, float]]:
    """Read one instance."""
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
    numbers = [[float(x) for x in line] for line in lines if line and line[0][0].isdigit()]
    (count, capacity), rows = numbers[0][:2], numbers[1:]
    depot = rows[0]
    errands = [
        Errand(str(int(r[0])), (r[1], r[2]), "", int(r[3]), r[4], r[5], r[6]) for r in rows[1:]
    ]
    helpers = [Helper(f"v{n}", int(capacity), depot[4], depot[5]) for n in range(int(count))]
    return errands, helpers, (depot[1], depot[2])


def best_of(path: Path) -> float | None:
    """Return the best known length of an instance."""
    solution = path.with_suffix(".sol")
    if solution.exists():
        for line in solution.read_text(encoding="utf-8").splitlines():
            if line.lower().startswith("cost"):
                return float(line.split()[1])
    return BEST.get(path.stem.upper())


def quality() -> bool:
    """Measure the mean gap on Solomon's instances; tell whether it is within 2 %."""
    folder = os.environ.get("LIANFANG_SOLOMON", "")
    files = sorted(p for p in Path(folder).glob("*.txt") if best_of(p)) if folder else []
    if not files:
        say("Solomon's instances: skipped (LIANFANG_SOLOMON names no folder with them)")
        return True
    gaps = []
    for path in files:
        errands, helpers, depot = solomon(path)
        made = plan(errands, helpers, {"": depot}, seconds=SECONDS, speed=1, trips=1)
        best = best_of(path) or 0
        gaps.append(100 * (made.length / best - 1) if not made.left_out else 100.0)
        say(f"{path.stem:6} {made.length:9.2f} best {best:9.2f} gap {gaps[-1]:6.2f} %")
    mean = sum(gaps) / len(gaps)
    say(f"mean gap {mean:.2f} % over {len(gaps)} instances (aim: 2 %)")
    return mean <= 2.0


def town(orders: int = 300, helpers: int = 20) -> tuple[Plan, float]:
    """Plan a made-up town: three shops, windows for a third, bags of twelve."""
    chance = random.Random(7)
    shops = {"": (0.0, 0.0), "a": (100.0, 0.0), "b": (900.0, 500.0), "c": (300.0, 900.0)}
    errands = []
    for n in range(orders):
        early = chance.choice([0, 0, 3600, 7200])
        errands.append(
            Errand(
                f"o{n}",
                (chance.randrange(0, 20) * 60.0, chance.randrange(0, 20) * 60.0),
                chance.choice(["a", "a", "b", "c", ""]),
                chance.randint(1, 3),
                early,
                early + 7200 if early else 4 * 3600,
                priority=chance.choice([0, 0, 0, 4]),
            )
        )
    who = [Helper(f"h{n}", 12, 0, 4 * 3600) for n in range(helpers)]
    start = time.perf_counter()
    made = plan(errands, who, shops, seconds=8)
    return made, time.perf_counter() - start


def main() -> int:
    """Run both parts; returns 1 when an aim is missed."""
    made, took = town()
    carried = sum(len(s.errands) for r in made.runs for s in r.stops if s.shop is None)
    say(
        f"300 orders, 20 helpers: {took:.1f} s (aim: 10 s), {carried} carried,"
        f" {len(made.left_out)} left out, {made.length / 1000:.1f} km in {len(made.runs)} runs"
    )
    fast = took < 10 and carried + len(made.left_out) == 300
    return 0 if quality() and fast else 1


if __name__ == "__main__":
    sys.exit(main())
