"""Opening the cascade of a national directive, against a plain GROUP BY over its receivers.

    scripts/bench benchmarks/bench_directives.py
    LIANFANG_BENCH_COMMUNITIES=20000 scripts/bench …   for a quick look

The tree has the numbers of the country (31, 342, 2,978, 41,352 and 620,573 communities), made up
evenly. Every receiver has a row (as if all had acknowledged: the worst case), laid down by SQL with
its tallies; what is timed is the whole cascade as the page reads it, provinces with their states
and lags, and the GROUP BY province and level over the rows. Both give the same sums, which is
checked. Aims: at least 10 times faster, and the page's queries under 200 ms.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
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
from lianfang.directives import cascade_queries
from lianfang.directives.models import Directive, LocalNode, NodeTally
from lianfang.kernel import bulk
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import new_id
from lianfang.kernel.submit import submit

COMMUNITIES = int(os.environ.get("LIANFANG_BENCH_COMMUNITIES", "620573"))
SIZES = {Level.PROVINCE: 31, Level.CITY: 342, Level.COUNTY: 2_978, Level.STREET: 41_352}
MOST_MILLISECONDS, LEAST_RATIO = 200.0, 10.0
_PART = 20_000


def say(text: str) -> None:
    """Print one line at once."""
    print(text, flush=True)  # noqa: T201


def build_tree() -> list[Area]:
    """Lay down a country of the right numbers; returns the areas from districts downwards."""
    above: list[Area] = []
    local: list[Area] = []
    sizes = {**SIZES, Level.COMMUNITY: COMMUNITIES}
    for level, number in sizes.items():
        rows = []
        for n in range(number):
            parent = above[n * len(above) // number] if above else None
            code = f"{int(level)}{n:06d}"
            path = f"{parent.path if parent else ''}{code}/"
            rows.append(
                Area(
                    id=new_id(),
                    code=code,
                    name=code,
                    level=level,
                    parent=parent,
                    path=path,
                    district=district_of(path),
                )
            )
        insert(rows)
        if level >= Level.COUNTY:
            local += rows
        above = rows
    return local


def insert(rows: list[Any]) -> None:
    """Insert rows in parts."""
    for start in range(0, len(rows), _PART):
        with transaction.atomic():
            bulk.insert(rows[start : start + _PART])


def answer_all(directive: Directive, areas: list[Area]) -> None:
    """Give each receiver its row, three of four acknowledged, and the tallies of all."""
    at = directive.issued_at
    ids = {a.path: a.id for a in areas}
    sums: dict[tuple[Any, ...], list[Any]] = {}
    nodes = []
    for n, area in enumerate(areas):
        acked = at + timedelta(hours=1 + n % 9) if n % 4 else None
        nodes.append(
            LocalNode(
                district=area.district,
                directive_id=directive.id,
                area_id=area.id,
                level=area.level,
                path=area.path,
                received_at=at,
                read_at=at + timedelta(hours=1),
                acked_at=acked,
            )
        )
        codes = area.path.rstrip("/").split("/")
        for rung in range(Level.COUNTY, area.level + 1):
            if rung == area.level > Level.COUNTY:
                continue
            path = "/".join(codes[:rung]) + "/"
            key = (area.district, ids[path], area.level)
            line = sums.setdefault(key, [rung, codes, 0, 0, 0])
            line[2] += 1
            line[3] += int(acked is not None)
            line[4] += int((acked - at).total_seconds()) if acked else 0
    insert(nodes)
    insert(
        [
            NodeTally(
                district=district,
                directive_id=directive.id,
                area_id=area_id,
                level=level,
                rung=rung,
                province=f"{codes[0]}/",
                city=f"{codes[0]}/{codes[1]}/",
                read=read,
                acked=acked,
                ack_seconds=seconds,
            )
            for (district, area_id, level), (rung, codes, read, acked, seconds) in sums.items()
        ]
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def by_group(directive: Directive) -> dict[tuple[str, int], tuple[int, int]]:
    """Return (read, acknowledged) by province and level, by GROUP BY over the rows."""
    id_ = str(directive.id) if connection.vendor == "postgresql" else directive.id.hex
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT substr(path, 1, 8), level, COUNT(read_at), COUNT(acked_at)"
            f" FROM directives_localnode WHERE directive_id = '{id_}' GROUP BY 1, 2"
        )
        return {(p, int(level)): (int(r), int(a)) for p, level, r, a in cursor.fetchall()}


def opened(directive: Directive, at: datetime) -> dict[tuple[str, int], tuple[int, int]]:
    """Open the cascade as the page does; returns the same sums."""
    view = cascade_queries.cascade(OPERATOR, directive, None, at)
    assert view is not None
    return {
        (child.area.path, level): (line.read, line.acked)
        for child in view.children
        for level, line in child.lines.items()
        if level >= Level.COUNTY
    }


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
    """Run the benchmark and print its figures; 1 when an aim is missed."""
    call_command("migrate", verbosity=0)
    say(f"laying down a country with {COMMUNITIES:,} communities …")
    areas = build_tree()
    id_: UUID = new_id()
    at = datetime.now(UTC)
    payload = {"directive_id": str(id_), "title": "bench", "ack_due": str(at + timedelta(hours=1))}
    start = time.perf_counter()
    receipt = submit(OPERATOR, [Entry(new_id(), "directive.issue", payload, at)])[0]
    issued = time.perf_counter() - start
    assert receipt.stands, receipt
    directive = Directive.objects.get(id=id_)
    opened_empty = timed(lambda: opened(directive, at), 5)
    answer_all(directive, areas)
    later = at + timedelta(hours=2)
    assert by_group(directive) == opened(directive, later)
    slow = timed(lambda: by_group(directive), 3)
    fast = timed(lambda: opened(directive, later), 11)
    say(f"issuing               {issued * 1000:10,.0f} ms   {sum(directive.expected.values()):,} ")
    say(f"opened, no answer yet {opened_empty * 1000:10,.1f} ms")
    say(f"GROUP BY              {slow * 1000:10,.1f} ms   {len(areas):,} rows")
    say(f"opened, all answered  {fast * 1000:10,.1f} ms   aim {MOST_MILLISECONDS:,.0f}")
    say(f"ratio                 {slow / fast:10,.0f}      aim {LEAST_RATIO:,.0f}")
    return 0 if slow / fast >= LEAST_RATIO and fast * 1000 <= MOST_MILLISECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
