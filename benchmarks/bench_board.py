"""How fast the board of a municipality answers: 16 districts, 320 streets, 6,080 communities.

    scripts/bench benchmarks/bench_board.py

10,000,000 households lie in the counters; 30,000 people are under watch, 30,000 orders and
30,000 duties are live, and 14 days of figures are kept. Prints statements and time of the board
(all figures and yesterday's), of 14 days of all figures, and of one district's nightly record.
Aims: the board under 1 s and 60 statements, the nightly record of a district under 5 s.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianfang.config.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianfang.areas.models import Area
from lianfang.briefing import queries
from lianfang.briefing.figures import FIGURES
from lianfang.briefing.models import DayFigures
from lianfang.kernel import bulk
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty, Stream, Tally
from lianfang.kernel.times import now
from lianfang.services.models import Order
from lianfang.watching.models import Watch

DISTRICTS, STREETS, COMMUNITIES, HOUSEHOLDS, ROWS = 16, 20, 19, 10_000_000, 30_000
METRICS = ("households", "persons", "watched", "referrals_open", "cases_confirmed")
MOST_SECONDS, MOST_STATEMENTS, MOST_NIGHT = 1.0, 60, 5.0


def say(line: str) -> None:
    """Print one figure."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def tree() -> list[Area]:
    """Lay down the city with its districts, streets and communities; return all, the city first."""
    today = now().date()
    made: list[Area] = []

    def add(code: str, parent: Area | None, level: int) -> Area:
        path = f"{parent.path if parent else ''}{code}/"
        district = code[:6] if level >= 3 else ""
        row = Area(
            id=new_id(), code=code, name=code, level=level, parent=parent, path=path,
            district=district, valid_from=today,
        )  # fmt: skip
        made.append(row)
        return row

    city = add("3101", add("31", None, 1), 2)
    for d in range(1, DISTRICTS + 1):
        county = add(f"3101{d:02d}", city, 3)
        for s in range(1, STREETS + 1):
            street = add(f"{county.code}{s:03d}", county, 4)
            for n in range(1, COMMUNITIES + 1):
                add(f"{street.code}{n:03d}", street, 5)
    bulk.insert(made)
    bulk.insert([Stream(district=a.code, seq=1) for a in made if a.level == 3])
    return made[1:]


def fill(areas: list[Area]) -> None:
    """Lay down counters, live rows and kept days."""
    low = [a for a in areas if a.level == 5]
    each = HOUSEHOLDS // len(low)
    parts = {3: STREETS * COMMUNITIES, 4: COMMUNITIES, 5: 1}
    inner = [a for a in areas if a.level >= 3]
    bulk.insert(
        [
            Tally(
                district=a.district, period="now", metric=m, area_id=a.id, level=a.level,
                value=each * parts[a.level],
            )
            for a in inner
            for m in METRICS
        ]
    )  # fmt: skip
    at, today = now(), queries.today()
    for begin in range(0, ROWS, 10_000):
        here = [low[n % len(low)] for n in range(begin, begin + 10_000)]
        bulk.insert([_watch(a, at, today) for a in here])
        bulk.insert([_order(a, at) for a in here])
        bulk.insert([_duty(a, at) for a in here])
    for n in range(1, 15):
        bulk.insert(
            [
                DayFigures(
                    district=a.district, day=today - timedelta(days=n), area_id=a.id,
                    level=a.level, figures=dict.fromkeys(FIGURES, 100 + n),
                )
                for a in inner
            ]
        )  # fmt: skip


def _watch(area: Area, at: Any, today: Any) -> Watch:
    return Watch(
        district=area.district, id=new_id(), person_id=new_id(), area=area, place="home",
        from_day=today, until_day=today + timedelta(days=14), started_at=at,
        opens_at=at - timedelta(hours=2), due_at=at + timedelta(hours=1),
    )  # fmt: skip


def _order(area: Area, at: Any) -> Order:
    return Order(
        district=area.district, id=new_id(), household_id=new_id(), area_id=area.id,
        community_id=area.id, kind="shopping", ordered_at=at, ordered_by="bench",
        due_at=at - timedelta(hours=1), changed_at=at,
    )  # fmt: skip


def _duty(area: Area, at: Any) -> Duty:
    return Duty(
        district=area.district, id=new_id(), kind="knock", area_id=area.id, path=area.path,
        held_path=area.path, opened_at=at, opened_by_id=new_id(), due_at=at - timedelta(hours=1),
    )  # fmt: skip


def timed(name: str, what: Callable[[], object], times: int = 5) -> tuple[float, int]:
    """Print and return the median time of something, and how many statements it takes."""
    with CaptureQueriesContext(connection) as captured:
        what()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        what()
        taken.append(time.perf_counter() - start)
    median = statistics.median(taken)
    say(f"{name}: {median * 1000:,.0f} ms, {len(captured)} statements")
    return median, len(captured)


def main() -> int:
    """Run it all; return 1 when an aim was missed."""
    call_command("migrate", verbosity=0)
    areas = tree()
    fill(areas)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    city, figures = areas[0], list(FIGURES.values())
    span = queries.span_of(now())
    say(f"{len(areas):,} areas, {HOUSEHOLDS:,} households, {3 * ROWS:,} live rows")

    def board() -> object:
        return queries.numbers(OPERATOR, city, figures, span), queries.yesterday(
            city, figures, span.day
        )

    seconds, statements = timed("board of the city", board)
    timed("14 days of all figures", lambda: queries.series(city, figures, span.day, 14))
    night, _count = timed("nightly record of a district", lambda: queries.stand("310101", span), 3)
    missed = seconds > MOST_SECONDS or statements > MOST_STATEMENTS or night > MOST_NIGHT
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
