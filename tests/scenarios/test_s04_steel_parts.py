"""S04: 46 people finish 4,800 steel parts for a hospital in 24 hours through six stages."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from tests.supplies.helpers import build, code, must, send
from tests.town import COMMUNITY, DISTRICT, Town

from lianfang.kernel.ids import new_id
from lianfang.kernel.times import now
from lianfang.supplies import production_queries

pytestmark = pytest.mark.django_db

STAGES = ["放样", "下料", "制作", "打磨", "涂装", "发运"]
PEOPLE = [4, 8, 14, 10, 6, 4]
PARTS, HOURS = 4_800, 24
# What each stage lets out in the four shifts of three hours of the first twelve hours.
OUT = [
    [900, 900, 900, 900],
    [700, 750, 720, 760],
    [600, 640, 620, 650],
    [420, 430, 410, 440],
    [400, 420, 400, 430],
    [380, 400, 400, 420],
]


@pytest.fixture
def town() -> Town:
    assert sum(PEOPLE) == 46
    return build()


def open_order(town: Town, start: datetime) -> UUID:
    order = new_id()
    must(
        town.actor("lead"),
        "production.open",
        production_id=order,
        area_id=town.areas[COMMUNITY].id,
        name="医院钢构件",
        unit="件",
        quantity=PARTS,
        stages=STAGES,
        starts_at=start.isoformat(),
        deadline=(start + timedelta(hours=HOURS)).isoformat(),
    )
    return order


def count(town: Town, order: UUID, stage: int, start: datetime, shift: int, out: int) -> None:
    must(
        town.actor("lead"),
        "production.count",
        production_id=order,
        stage=stage,
        from_at=(start + timedelta(hours=3 * shift)).isoformat(),
        to_at=(start + timedelta(hours=3 * shift + 3)).isoformat(),
        out=out,
        people=PEOPLE[stage],
    )


def test_the_order_shows_its_bottleneck_its_forecast_and_its_margin(town: Town) -> None:
    start = now() - timedelta(hours=12)
    order = open_order(town, start)
    for shift in range(4):
        for stage in range(len(STAGES)):
            count(town, order, stage, start, shift, OUT[stage][shift])
    row = production_queries.order(town.actor("lead"), DISTRICT, order)
    assert row
    outlook = production_queries.outlook(row, start + timedelta(hours=12))
    assert outlook
    found = outlook.forecast
    # What came in, what went out, what lies between the stages: nobody counts it twice.
    assert [s.came_in for s in found.stages] == [4_800, 3_600, 2_930, 2_510, 1_700, 1_650]
    assert [s.out for s in found.stages] == [3_600, 2_930, 2_510, 1_700, 1_650, 1_600]
    assert [s.waiting for s in found.stages] == [1_200, 670, 420, 810, 50, 50]
    # Coating and shipping are as slow, but they only wait for what the grinding lets out.
    assert found.bottleneck is not None
    assert STAGES[found.bottleneck] == "打磨"
    assert found.finish
    assert found.margin
    assert found.margin < timedelta(0)
    assert found.likely is not None
    assert found.likely < 0.05
    assert found.earliest
    assert found.latest
    assert found.earliest < found.finish < found.latest
    # One more person at the bottleneck brings it forward.
    assert outlook.gain
    assert outlook.gain > timedelta(hours=1)


def test_when_all_4800_have_left_it_is_finished_in_time(town: Town) -> None:
    start = now() - timedelta(hours=24)
    order = open_order(town, start)
    for shift in range(8):
        for stage in range(len(STAGES)):
            count(town, order, stage, start, shift, PARTS // 8)
    row = production_queries.order(town.actor("lead"), DISTRICT, order)
    assert row
    outlook = production_queries.outlook(row, start + timedelta(hours=23))
    assert outlook
    assert [s.out for s in outlook.forecast.stages] == [PARTS] * 6
    assert outlook.forecast.bottleneck is None
    assert outlook.forecast.margin == timedelta(hours=1)


def test_more_cannot_leave_a_stage_than_came_into_it(town: Town) -> None:
    start = now() - timedelta(hours=12)
    order = open_order(town, start)
    count(town, order, 0, start, 0, 500)
    answer = send(
        town.actor("lead"),
        "production.count",
        production_id=order,
        stage=1,
        from_at=start.isoformat(),
        to_at=(start + timedelta(hours=3)).isoformat(),
        out=501,
        people=8,
    )
    assert code(answer) == "production.more_than_came"
