"""Runs: nobody buys one bottle at a time, windows and bags hold, reasons for what is left out."""

from __future__ import annotations

from collections import Counter

import pytest

from lianfang.services.planning import (
    Errand,
    Helper,
    LeftOut,
    Plan,
    from_order,
    metres,
    plan,
)

SHOPS = {"": (0.0, 0.0), "a": (0.0, 100.0), "b": (500.0, 0.0)}


def carried(made: Plan) -> Counter[str]:
    return Counter(i for r in made.runs for s in r.stops if s.shop is None for i in s.errands)


def test_orders_of_one_shop_and_house_go_in_one_run() -> None:
    errands = [Errand(f"o{n}", (60.0, 10.0 * (n % 3)), "a") for n in range(9)]
    made = plan(errands, [Helper("h1", 20), Helper("h2", 20)], SHOPS, seconds=0.5)
    assert made.left_out == {}
    assert len(made.runs) == 1
    first, *doors = made.runs[0].stops
    assert (first.shop, len(first.errands)) == ("a", 9)
    assert len(doors) == 3
    assert carried(made) == Counter({e.id: 1 for e in errands})


def test_a_small_bag_is_filled_again_and_each_trip_begins_at_the_shop() -> None:
    errands = [Errand(f"o{n}", (60.0, 10.0 * n), "a", units=2) for n in range(6)]
    made = plan(errands, [Helper("h1", 4)], SHOPS, seconds=0.5)
    assert made.left_out == {}
    stops = made.runs[0].stops
    assert [len(s.errands) for s in stops if s.shop] == [2, 2, 2]
    assert [s.at for s in stops] == sorted(s.at for s in stops)


def test_windows_and_shifts_hold() -> None:
    errands = [
        Errand("early", (60.0, 0.0), "a", latest=1200),
        Errand("late", (60.0, 60.0), "a", earliest=5000, latest=6000),
    ]
    made = plan(errands, [Helper("h1", 9, 0, 9000)], SHOPS, seconds=0.5)
    at = {i: s.at for r in made.runs for s in r.stops if s.shop is None for i in s.errands}
    assert at["early"] <= 1200
    assert 5000 <= at["late"] <= 6000


@pytest.mark.parametrize(
    ("errand", "helpers", "reason"),
    [
        (Errand("x", (9.0, 9.0)), [], LeftOut.NO_HELPER),
        (Errand("x", (9.0, 9.0), units=9), [Helper("h", 5)], LeftOut.TOO_MUCH),
        (Errand("x", (9.0, 9.0), latest=10), [Helper("h", 5, 3600)], LeftOut.TOO_LATE),
        (Errand("x", (9000.0, 0.0)), [Helper("h", 5, 0, 600)], LeftOut.NO_TIME),
    ],
)
def test_what_is_left_out_has_a_reason(
    errand: Errand, helpers: list[Helper], reason: LeftOut
) -> None:
    assert plan([errand], helpers, SHOPS, seconds=0.5).left_out == {"x": reason}


def test_who_comes_first_is_not_left_out_for_others() -> None:
    errands = [Errand(f"o{n}", (50.0, 0.0), service=600) for n in range(5)]
    errands.append(Errand("first", (50.0, 50.0), service=600, priority=9))
    made = plan(errands, [Helper("h", 50, 0, 1500)], SHOPS, seconds=0.5)
    assert "first" in carried(made)
    assert LeftOut.NO_TIME in made.left_out.values()


def test_two_shops_follow_each_other_for_one_helper() -> None:
    errands = [Errand("x", (60.0, 0.0), "a"), Errand("y", (60.0, 0.0), "b")]
    made = plan(errands, [Helper("h", 5)], SHOPS, seconds=1)
    assert [s.shop for s in made.runs[0].stops] == ["a", None, "b", None]
    times = [s.at for s in made.runs[0].stops]
    assert times == sorted(times)


def test_doors_without_a_point_stand_in_the_order_of_their_houses() -> None:
    points = from_order([("a", "2", "1", 1), ("b", "10", "1", 1), ("c", "2", "2", 3)])
    assert points["a"][0] < points["b"][0]
    assert points["a"][0] == points["c"][0]
    east, north = metres(23.01, 113.01, (23.0, 113.0))
    assert 1000 < north < 1200
    assert 950 < east < 1100
