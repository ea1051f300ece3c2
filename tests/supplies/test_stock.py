"""Stock at posts: lots that expire first go first, sums hold, somebody sees to what runs low."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.supplies.helpers import build, code, item, must, post, send
from tests.town import DISTRICT, Town

from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.kernel.times import now
from lianfang.supplies import stock_queries
from lianfang.supplies.models import Stock, StockLevel, StockMove

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build()


def there(post_id: UUID) -> dict[str, int]:
    rows = Stock.objects.filter(district=DISTRICT, post_id=post_id, quantity__gt=0)
    return dict(rows.values_list("lot", "quantity"))


def test_what_expires_first_is_given_out_first(town: Town) -> None:
    depot, masks, lead = post(town, "仓库"), item(), town.actor("lead")
    for lot, day, number in (("B", "2027-06-30", 100), ("A", "2027-01-31", 40), ("", None, 10)):
        more = {"expires": day} if day else {}
        must(lead, "stock.receive", post_id=depot, item_id=masks, quantity=number, lot=lot, **more)
    answer = must(lead, "stock.issue", post_id=depot, item_id=masks, quantity=60, why="门岗")
    assert answer.result["quantity"] == 90
    assert there(depot) == {"B": 80, "": 10}


def test_more_than_is_there_cannot_go_out(town: Town) -> None:
    depot, masks, lead = post(town, "仓库"), item(), town.actor("lead")
    must(lead, "stock.receive", post_id=depot, item_id=masks, quantity=5)
    answer = send(lead, "stock.issue", post_id=depot, item_id=masks, quantity=6)
    assert code(answer) == "stock.too_few"
    assert "5" in str(answer.refusal.message if answer.refusal else "")
    assert there(depot) == {"": 5}


def test_a_box_with_another_date_needs_a_lot_of_its_own(town: Town) -> None:
    depot, masks, lead = post(town, "仓库"), item(), town.actor("lead")
    box: dict[str, Any] = {"post_id": depot, "item_id": masks, "quantity": 5, "lot": "L1"}
    must(lead, "stock.receive", expires="2027-01-31", **box)
    answer = send(lead, "stock.receive", expires="2027-02-28", **box)
    assert code(answer) == "stock.other_expiry"


def test_somebody_sees_to_what_runs_low_until_there_is_enough(town: Town) -> None:
    depot, masks, lead = post(town, "仓库"), item(), town.actor("lead")
    must(lead, "stock.receive", post_id=depot, item_id=masks, quantity=50)
    must(lead, "stock.keep", post_id=depot, item_id=masks, low_at=20)
    low = Duty.objects.filter(district=DISTRICT, kind="stock_low")
    assert not low.exists()
    must(lead, "stock.issue", post_id=depot, item_id=masks, quantity=30)
    assert [d.state for d in low.all()] == ["open"]
    must(lead, "stock.issue", post_id=depot, item_id=masks, quantity=1)
    assert low.count() == 1
    must(lead, "stock.receive", post_id=depot, item_id=masks, quantity=100)
    assert [d.state for d in low.all()] == ["done"]


def test_counting_puts_the_number_right_and_keeps_the_difference(town: Town) -> None:
    depot, masks, lead = post(town, "仓库"), item(), town.actor("lead")
    must(lead, "stock.receive", post_id=depot, item_id=masks, quantity=50)
    must(lead, "stock.count", post_id=depot, item_id=masks, quantity=47, why="受潮")
    assert there(depot) == {"": 47}
    moves = StockMove.objects.filter(district=DISTRICT, kind="count")
    assert [m.change for m in moves] == [-3]
    same = send(lead, "stock.count", post_id=depot, item_id=masks, quantity=47)
    assert code(same) == "stock.nothing_changes"


def test_what_expires_soon_is_listed(town: Town) -> None:
    depot, masks, lead = post(town, "仓库"), item(), town.actor("lead")
    for lot, days in (("soon", 10), ("late", 300)):
        day = (now() + timedelta(days=days)).date().isoformat()
        must(
            lead,
            "stock.receive",
            post_id=depot,
            item_id=masks,
            quantity=5,
            lot=lot,
            expires=day,
        )
    soon = stock_queries.expiring(lead, now() + timedelta(days=30))
    assert [s.lot for s in soon] == ["soon"]


@pytest.mark.parametrize(
    ("who", "why"),
    [
        ("grid1", "kernel.forbidden"),
        ("volunteer", "kernel.forbidden"),
        ("other", "kernel.not_found"),
    ],
)
def test_who_may_not_touch_a_stock(town: Town, who: str, why: str) -> None:
    depot, masks = post(town, "仓库"), item()
    answer = send(town.actor(who), "stock.receive", post_id=depot, item_id=masks, quantity=5)
    assert code(answer) == why


def test_an_item_or_post_that_does_not_exist(town: Town) -> None:
    depot, lead = post(town, "仓库"), town.actor("lead")
    answer = send(lead, "stock.receive", post_id=depot, item_id=new_id(), quantity=5)
    assert code(answer) == "kernel.not_found"
    answer = send(lead, "stock.receive", post_id=new_id(), item_id=item(), quantity=5)
    assert code(answer) == "kernel.not_found"
    answer = send(lead, "stock.receive", post_id=depot, item_id=item("酒精"), quantity=-5)
    assert code(answer) == "kernel.malformed"


steps = st.lists(
    st.tuples(
        st.sampled_from(["receive", "issue", "count", "discard"]),
        st.integers(1, 30),
        st.sampled_from(["", "A", "B"]),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_the_sum_is_always_what_the_lots_hold_and_never_below_zero(
    town: Town, steps: list[tuple[str, int, str]]
) -> None:
    depot, masks, lead = (
        post(town, f"仓库{new_id().hex[-6:]}"),
        item(new_id().hex),
        town.actor("lead"),
    )
    for kind, number, lot in steps:
        more = {"why": "过期"} if kind == "discard" else {}
        send(
            lead,
            f"stock.{kind}",
            post_id=depot,
            item_id=masks,
            quantity=number,
            lot=lot,
            **more,
        )
        lots = Stock.objects.filter(district=DISTRICT, post_id=depot)
        moved = StockMove.objects.filter(district=DISTRICT, post_id=depot)
        total = StockLevel.objects.filter(district=DISTRICT, post_id=depot).first()
        assert all(s.quantity >= 0 for s in lots)
        assert sum(s.quantity for s in lots) == (total.quantity if total else 0)
        assert sum(m.change for m in moved) == (total.quantity if total else 0)
