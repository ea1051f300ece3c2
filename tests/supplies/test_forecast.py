"""The forecast of a line of stages: the slowest one tells, and the interval says how sure it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.supplies.forecast_rules import Count, Stage, forecast, one_more, stages

NOW = datetime(2020, 1, 29, 12, tzinfo=UTC)


def line(*outs: int, wanted: int = 1_000, hours: float = 4, people: int = 5) -> list[Stage]:
    counts = [[Count(out, 0, hours, people)] for out in outs]
    return stages([f"s{n}" for n in range(len(outs))], counts, wanted)


def test_the_stage_that_needs_longest_is_the_bottleneck() -> None:
    found = forecast(line(800, 400, 200), NOW, NOW + timedelta(hours=20))
    assert found.bottleneck == 2
    # 800 pieces owed at 50 an hour.
    assert found.finish == NOW + timedelta(hours=16)
    assert found.margin == timedelta(hours=4)
    assert [s.waiting for s in found.stages] == [200, 400, 200]
    assert found.earliest
    assert found.latest
    assert found.earliest < found.finish < found.latest


def test_a_stage_that_let_nothing_out_gives_no_forecast_but_is_named() -> None:
    found = forecast(line(800, 0, 0), NOW, NOW + timedelta(hours=20))
    assert (found.finish, found.likely, found.bottleneck) == (None, None, 1)


def test_what_is_finished_is_finished() -> None:
    found = forecast(line(1_000, 1_000), NOW, NOW + timedelta(hours=1))
    assert (found.finish, found.bottleneck, found.likely) == (NOW, None, 1.0)


def test_shifts_that_differ_make_the_interval_wider() -> None:
    even = [[Count(100, 0, 4, 5), Count(100, 0, 4, 5), Count(100, 0, 4, 5)]]
    uneven = [[Count(20, 0, 4, 5), Count(200, 0, 4, 5), Count(80, 0, 4, 5)]]
    widths = []
    for counts in (even, uneven):
        found = forecast(stages(["s"], counts, 1_000), NOW, NOW + timedelta(days=2))
        assert found.latest
        assert found.earliest
        widths.append(found.latest - found.earliest)
    assert widths[1] > 2 * widths[0]


def test_one_more_at_the_bottleneck_helps_until_another_stage_is_it() -> None:
    before = line(500, 400)
    found = forecast(before, NOW, NOW + timedelta(hours=20))
    assert found.bottleneck == 1
    after = forecast(one_more(before, 1), NOW, NOW + timedelta(hours=20))
    assert found.finish
    assert after.finish
    assert after.finish < found.finish


@given(
    outs=st.lists(st.integers(1, 900), min_size=1, max_size=6),
    hours=st.floats(0.5, 200),
)
def test_more_time_is_never_less_likely_and_one_more_never_later(
    outs: list[int], hours: float
) -> None:
    steps = sorted(outs, reverse=True)
    whole = line(*steps)
    early = forecast(whole, NOW, NOW + timedelta(hours=hours))
    late = forecast(whole, NOW, NOW + timedelta(hours=hours + 5))
    assert early.likely is not None
    assert late.likely is not None
    assert 0 <= early.likely <= late.likely <= 1
    assert early.bottleneck is not None
    better = forecast(one_more(whole, early.bottleneck), NOW, NOW + timedelta(hours=hours))
    assert better.finish
    assert early.finish
    assert better.finish <= early.finish


@pytest.mark.parametrize("spoilt", [0, 7])
def test_what_left_one_stage_is_what_came_into_the_next(spoilt: int) -> None:
    found = stages(["a", "b"], [[Count(100, 0, 1, 1)], [Count(60, spoilt, 1, 1)]], 200)
    assert (found[1].came_in, found[1].waiting) == (100, 40 - spoilt)
