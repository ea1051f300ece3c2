"""The journal gives services again; and of many who claim at once one gets it."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import close_old_connections, connections
from tests.services.helpers import accept, act, at_door, build, claim, door, place, word
from tests.town import COMMUNITY, do

from lianfang.kernel import clock
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty, DutyEvent
from lianfang.kernel.receipts import Receipt, Status
from lianfang.kernel.times import now
from lianfang.kernel.verification import verify
from lianfang.services.models import Order

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_replay_gives_orders_money_and_care_again() -> None:
    town = build()
    lead = town.actor("lead")
    community = str(town.areas[COMMUNITY].id)
    shop_id = str(new_id())
    do(lead, "shop.keep", {"shop_id": shop_id, "community_id": community, "name": "平价超市"})
    do(lead, "service.keep", {"community_id": community, "code": "shopping", "buys": True})
    do(lead, "service.desk", {"community_id": community, "bind_first": True})
    helper = str(town.accounts["helper"].id)
    advance = {"community_id": community, "account_id": helper, "kind": "advance", "fen": 9000}
    do(lead, "money.hand", advance)
    done = at_door(town)
    act(door(town, "3-2-501"), "order.confirm", done)
    act(lead, "order.settle", done, fen=4350)
    word(door(town, "3-2-501"), "order.dispute", done, "坏了")
    act(lead, "order.resolve", done, redo=True)
    timed_out = place(town, "3-2-502")
    accept(town, timed_out, shop_id=shop_id)
    claim(town, timed_out)
    cancelled = place(town, "3-2-503")
    accept(town, cancelled)
    claim(town, cancelled)
    act(town.actor("helper"), "order.buy", cancelled, price_fen=10)
    duty_id = str(Order.objects.get(id=cancelled).duty_id)
    do(lead, "duty.cancel", {"duty_id": duty_id, "why": "撤"})
    assert Order.objects.get(id=cancelled).state == "disputed"
    home = str(town.households["3-2-501"])
    do(lead, "care.keep", {"household_id": home, "every_days": 1, "unseen_days": 1, "note": "独居"})
    asked = {"household_id": home, "needs": [{"kind": "medicine"}, {"kind": "visit"}]}
    do(lead, "needs.ask", asked)
    clock.run(now() + timedelta(days=1, hours=3))
    do(lead, "care.visit", {"household_id": home, "outcome": "seen"})
    moved = {"area_id": str(town.grid(2).id), "household_ids": [home]}
    do(lead, "household.assign", moved)
    do(lead, "household.close", {"household_id": str(town.households["3-2-502"]), "why": "拆除"})
    assert verify().differences == []


def test_of_many_who_claim_at_once_one_gets_the_order() -> None:
    town = build()
    names = [f"helper{n}" for n in range(3, 11)]
    for name in names:
        town.hire(name, "volunteer", COMMUNITY)
    order_id = place(town)
    accept(town, order_id)
    barrier = threading.Barrier(len(names))
    receipts: list[Receipt] = []

    def run(name: str) -> None:
        try:
            barrier.wait(10)
            receipts.append(claim(town, order_id, name))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    close_old_connections()
    assert len(receipts) == len(names)
    assert sum(r.status == Status.ACCEPTED for r in receipts) == 1
    assert {r.refusal.code for r in receipts if r.refusal} == {"duty.taken"}
    assert DutyEvent.objects.filter(action="claim").count() == 1
    owner = Duty.objects.get(kind="errand").owner
    assert Order.objects.get(id=order_id).carrier == owner != ""
