"""Runs from orders to carriers: planned, re-planned, and what is under way stays."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from tests.services.helpers import accept, act, build, claim, place
from tests.town import COMMUNITY, DISTRICT, Town, do

from lianfang.kernel.ids import new_id
from lianfang.kernel.times import now
from lianfang.kernel.verification import verify
from lianfang.services import run_state, runs
from lianfang.services.models import Order, Run
from lianfang.services.runs import Volunteer

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build()


def payload(town: Town, *names: str) -> dict[str, Any]:
    helpers = [Volunteer(town.accounts[name].id) for name in names]
    return runs.make(DISTRICT, town.areas[COMMUNITY].id, helpers, now(), seconds=0.5)


def plan(town: Town, *names: str) -> dict[str, Any]:
    return do(town.actor("lead"), "run.plan", payload(town, *names)).result


def accepted_orders(town: Town, *labels: str) -> list[UUID]:
    community = str(town.areas[COMMUNITY].id)
    shop_id = str(new_id())
    shop = {"shop_id": shop_id, "community_id": community, "name": "超市", "opens": 0}
    do(town.actor("lead"), "shop.keep", {**shop, "closes": 1440})
    ids = [place(town, label) for label in labels]
    for order_id in ids:
        accept(town, order_id, shop_id=shop_id)
    return ids


def test_a_plan_gives_every_order_a_carrier_and_one_way_to_the_shop(town: Town) -> None:
    ids = accepted_orders(town, "3-2-501", "3-2-502", "4-1-101")
    assert plan(town, "helper", "helper2")["carried"] == 3
    assert {Order.objects.get(id=i).state for i in ids} == {"taken"}
    carriers = {o.carrier for o in Order.objects.all()}
    assert len(carriers) == 1
    run = Run.objects.get()
    stops = run_state.stops(DISTRICT, [run.id])[run.id]
    assert stops[0].shop_id
    assert len(stops[0].orders) == 3


def test_a_new_plan_leaves_alone_what_is_under_way_or_claimed(town: Town) -> None:
    first = accepted_orders(town, "3-2-501")[0]
    plan(town, "helper")
    act(town.actor("helper"), "order.buy", first, price_fen=100)
    own = place(town, "3-2-502")
    accept(town, own)
    claim(town, own, "helper2")
    third = place(town, "3-2-503")
    accept(town, third)
    made = payload(town, "helper2")
    planned = {i for r in made["runs"] for s in r["stops"] for i in s["order_ids"]}
    assert planned == {str(third)}
    do(town.actor("lead"), "run.plan", made)
    assert Order.objects.get(id=first).carrier == town.actor("helper").ref
    assert Run.objects.filter(replaced=False).count() == 2


def test_a_run_that_has_not_begun_is_planned_anew(town: Town) -> None:
    first = accepted_orders(town, "3-2-501")[0]
    plan(town, "helper")
    plan(town, "helper2")
    assert Order.objects.get(id=first).carrier == town.actor("helper2").ref
    assert list(Run.objects.filter(replaced=False).values_list("helper", flat=True)) == [
        town.actor("helper2").ref
    ]


def test_an_order_that_was_taken_meanwhile_is_named_not_torn_away(town: Town) -> None:
    first = accepted_orders(town, "3-2-501")[0]
    made = payload(town, "helper")
    claim(town, first, "helper2")
    result = do(town.actor("lead"), "run.plan", made).result
    assert result == {"carried": 0, "skipped": [str(first)]}
    assert Order.objects.get(id=first).carrier == town.actor("helper2").ref


@pytest.mark.django_db(transaction=True)
def test_a_replay_gives_the_runs_again() -> None:
    town = build()
    accepted_orders(town, "3-2-501", "3-2-502")
    plan(town, "helper")
    plan(town, "helper2")
    assert verify().differences == []
