"""Coverage of 3,000 communities over 10 million households, against the GROUP BY of the same.

    scripts/bench benchmarks/bench_coverage.py
    LIANFANG_BENCH_HOUSEHOLDS=1000000 scripts/bench …   for a quick look

The rows of a closed round (a line for each door, 60,000 grids) are laid down by SQL; what is timed
is the query of the wall of communities, and the plain GROUP BY over the lines. Both give the same
numbers, which is checked. Aim: at least 300 times faster.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianfang.config.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection, transaction

from lianfang.areas.models import Area
from lianfang.areas.rules import Level, district_of
from lianfang.kernel import bulk
from lianfang.kernel.ids import new_id
from lianfang.screening import queries
from lianfang.screening.rules import DONE, EXCUSED

HOUSEHOLDS = int(os.environ.get("LIANFANG_BENCH_HOUSEHOLDS", "10000000"))
DISTRICTS, COMMUNITIES, GRIDS = 15, 3_000, 60_000
OUTCOMES = [
    "met",
    "met",
    "met",
    "met",
    "met",
    "met",
    "by_phone",
    "vacant",
    "nobody_home",
    "unvisited",
]


def say(text: str) -> None:
    """Print one line at once."""
    print(text, flush=True)  # noqa: T201


def build_tree() -> Area:
    """Make a municipality of 15 districts, 3,000 communities and 60,000 grids."""
    rows: list[Area] = []

    def add(code: str, level: Level, parent: Area | None) -> Area:
        path = f"{parent.path if parent else ''}{code}/"
        area = Area(
            id=new_id(),
            code=code,
            name=code,
            level=level,
            parent=parent,
            path=path,
            district=district_of(path),
            named=1,
        )
        rows.append(area)
        return area

    city = add("9901", Level.CITY, add("99", Level.PROVINCE, None))
    for d in range(DISTRICTS):
        district = add(f"9901{d + 1:02d}", Level.COUNTY, city)
        street = add(f"{district.code}001", Level.STREET, district)
        for c in range(COMMUNITIES // DISTRICTS):
            community = add(f"{street.code}{c:03d}", Level.COMMUNITY, street)
            for g in range(GRIDS // COMMUNITIES):
                add(f"{community.code}{g:03d}", Level.GRID, community)
    with transaction.atomic():
        bulk.insert(rows)
    return city


def fill(round_id: UUID) -> None:
    """Lay down a line for each household, and the counters that the visits would have made."""
    postgres = connection.vendor == "postgresql"
    each = HOUSEHOLDS // GRIDS
    series = (
        "generate_series(1, %s) AS n"
        if postgres
        else "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < %s)"
        " SELECT n FROM c) AS s"
    )
    key = "gen_random_uuid()" if postgres else "lower(hex(randomblob(16)))"
    outcome = (
        "CASE n % 10 "
        + " ".join(f"WHEN {n} THEN '{name}'" for n, name in enumerate(OUTCOMES))
        + " END"
    )
    id_ = str(round_id) if postgres else round_id.hex
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO screening_coverage (district, round_id, household_id, area_id, outcome,"
            " fever, outsiders, owner)"
            f" SELECT a.district, '{id_}', {key}, a.id, {outcome.replace('%', '%%')},"
            f" {'false' if postgres else '0'}, 0, ''"
            f" FROM areas_area a, {series} WHERE a.level = {Level.GRID.value}",
            [each],
        )
        counts = {
            name: f"SUM(CASE WHEN c.outcome = '{name}' THEN 1 ELSE 0 END)"
            for name in (
                "met",
                "by_phone",
                "self_reported",
                "vacant",
                "moved_away",
                "nobody_home",
                "refused",
            )
        }
        for level in (Level.GRID, Level.COMMUNITY, Level.STREET, Level.COUNTY):
            up = {
                Level.GRID: "g.id",
                Level.COMMUNITY: "g.parent_id",
                Level.STREET: "p.parent_id",
                Level.COUNTY: "pp.parent_id",
            }[level]
            cursor.execute(
                "INSERT INTO screening_roundtally (district, round_id, area_id, level, households,"
                f" {', '.join(counts)}, fever, outsiders, visits)"
                f" SELECT c.district, '{id_}', {up}, {level.value}, COUNT(*),"
                f" {', '.join(counts.values())}, 0, 0, COUNT(*)"
                " FROM screening_coverage c JOIN areas_area g ON g.id = c.area_id"
                " JOIN areas_area p ON p.id = g.parent_id"
                " JOIN areas_area pp ON pp.id = p.parent_id"
                f" GROUP BY c.district, {up}"
            )
        cursor.execute("ANALYZE")


def by_group(round_id: UUID) -> dict[str, tuple[int, int, int]]:
    """Return (households, done, excused) of each community by GROUP BY over the lines."""
    id_ = str(round_id) if connection.vendor == "postgresql" else round_id.hex
    done = ", ".join(f"'{o}'" for o in DONE)
    excused = ", ".join(f"'{o}'" for o in EXCUSED)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT g.parent_id, COUNT(*),"
            f" SUM(CASE WHEN c.outcome IN ({done}) THEN 1 ELSE 0 END),"
            f" SUM(CASE WHEN c.outcome IN ({excused}) THEN 1 ELSE 0 END)"
            " FROM screening_coverage c JOIN areas_area g ON g.id = c.area_id"
            f" WHERE c.round_id = '{id_}' GROUP BY g.parent_id"
        )
        return {UUID(str(a)).hex: (int(n), int(d), int(e)) for a, n, d, e in cursor.fetchall()}


def by_tally(round_id: UUID, city: Area) -> dict[str, tuple[int, int, int]]:
    """Return the same from the tallies, as the board reads them."""
    found = queries.shares(round_id, city.path, Level.COMMUNITY)
    return {UUID(str(area)).hex: (n, done, excused) for area, n, done, excused, _ in found}


def timed(work: Callable[[], Any], runs: int) -> float:
    """Return the median seconds of some runs after a first one that warms up."""
    work()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def main() -> int:
    """Run the benchmark and print its figures; 1 when the aim is missed."""
    call_command("migrate", verbosity=0)
    round_id = new_id()
    say(f"laying down {HOUSEHOLDS:,} lines in {GRIDS:,} grids …")
    city = build_tree()
    fill(round_id)
    assert by_group(round_id) == by_tally(round_id, city)
    slow = timed(lambda: by_group(round_id), 3)
    fast = timed(lambda: queries.shares(round_id, city.path, Level.COMMUNITY), 15)
    say(f"GROUP BY      {slow * 1000:10,.1f} ms")
    say(f"from tallies  {fast * 1000:10,.1f} ms   {COMMUNITIES:,} communities")
    say(f"ratio         {slow / fast:10,.0f}      aim 300")
    return 0 if slow / fast >= 300 else 1


if __name__ == "__main__":
    sys.exit(main())
