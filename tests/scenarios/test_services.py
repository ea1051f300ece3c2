"""S23 (a household in isolation), S24 (errands) and S27 (care for those at the front)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from tests.services.helpers import accept, act, build, claim, door, place, state, word
from tests.town import DISTRICT, Town, do

from lianfang.kernel import clock
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.kernel.times import now
from lianfang.people.models import Person
from lianfang.services import care_queries, queries
from lianfang.services.models import Care, Order
from lianfang.web import photos

pytestmark = pytest.mark.django_db

# Tianchang, 24 January, 15:48: seven things at the door of a household in isolation.
RECEIPT = ["瓜子", "花生", "果汁", "汤圆", "白糖", "醋", "酱油"]
PHOTO = b"\xff\xd8\xff\xe1\x00\x06GPS!\xff\xda" + b"receipt" * 30 + b"\xff\xd9"


@pytest.fixture
def town() -> Town:
    return build()


def test_s23_the_receipt_of_a_household_in_isolation(town: Town) -> None:
    lead, helper = town.actor("lead"), "helper"
    home = town.households["3-2-501"]
    until = str((now() + timedelta(days=14)).date())
    do(lead, "care.keep", {"household_id": str(home), "isolated_until": until})
    assert care_queries.isolated(lead, [DISTRICT]).unasked == 1
    asked = {"household_id": str(home), "needs": [{"kind": "shopping", "standing": True}]}
    do(lead, "needs.ask", asked)
    assert care_queries.isolated(lead, [DISTRICT]).unasked == 0

    items = [{"name": name, "quantity": 1} for name in RECEIPT]
    order_id = place(town, items=items, ceiling_fen=20_000)
    row = Order.objects.get(id=order_id)
    assert row.why == ["isolated"]
    assert [i["name"] for i in json.loads(row.items)] == RECEIPT
    accept(town, order_id)
    assert claim(town, order_id, helper).stands
    receipt = photos.store(DISTRICT, home, new_id(), PHOTO)
    bought = act(town.actor(helper), "order.buy", order_id, price_fen=8640, receipt_id=str(receipt))
    assert bought.stands
    assert act(town.actor(helper), "order.leave", order_id).stands
    assert act(door(town, "3-2-501"), "order.confirm", order_id).stands
    assert act(lead, "order.settle", order_id, fen=8640).stands
    need = care_queries.needs(DISTRICT, [home])[home][0]
    do(lead, "need.answer", {"need_id": str(need.id)})
    assert care_queries.isolated(lead, [DISTRICT]) == care_queries.Isolated(1, 0, 0)

    kept = photos.read(DISTRICT, home, receipt)
    assert kept
    assert kept[1] == "image/jpeg"
    assert b"GPS" not in kept[0]
    day = care_queries.day_sheet(DISTRICT, row.community_id, timezone.localdate())
    assert day.open == []
    assert sum(e.fen for e in day.entries if e.kind == "payment") == 8640


def test_s24_ordered_accepted_carried_and_an_old_man_is_visited_anyway(town: Town) -> None:
    lead = town.actor("lead")
    order_id = place(town, "3-2-502", kind="medicine", items=[{"name": "降压药", "quantity": 2}])
    assert word(lead, "order.ask_back", order_id, "哪个牌子？").stands
    assert word(door(town, "3-2-502"), "order.answer", order_id, "硝苯地平").stands
    accept(town, order_id)
    assert claim(town, order_id, "helper").stands
    assert not claim(town, order_id, "helper2").stands
    for command, more in (("order.buy", {"price_fen": 3200}), ("order.leave", {})):
        assert act(town.actor("helper"), command, order_id, **more).stands
    assert act(door(town, "3-2-502"), "order.confirm", order_id).stands
    assert state(order_id) == "confirmed"

    old = town.households["4-1-101"]
    do(lead, "care.keep", {"household_id": str(old), "every_days": 3, "unseen_days": 4})
    Care.objects.update(next_visit_at=now() - timedelta(hours=1))
    clock.run()
    duty = Duty.objects.get(kind="care")
    do(town.actor("helper2"), "duty.claim", {"duty_id": str(duty.id)})
    do(town.actor("helper2"), "care.visit", {"household_id": str(old), "outcome": "seen"})
    seen = Care.objects.get(household_id=old)
    assert seen.last_seen_at
    assert seen.last_seen_at > datetime.now(UTC) - timedelta(minutes=5)
    assert not care_queries.cared(lead, [DISTRICT], which="due").exists()


def test_s27_a_helpers_own_household_comes_before_the_others(town: Town) -> None:
    lead = town.actor("lead")
    who = Person.objects.filter(household_id=town.households["3-2-503"]).first()
    assert who
    team = str(new_id())
    do(lead, "organisation.create", {"organisation_id": team, "name": "党员突击队"}, "")
    do(lead, "membership.join", {"person_id": str(who.id), "organisation_id": team})
    first, second = place(town, "3-2-501"), place(town, "3-2-503")
    for order_id in (first, second):
        accept(town, order_id)
    waiting = queries.available(town.actor("helper"), [DISTRICT])
    assert [d.context_id for d in waiting] == [second, first]
    assert Order.objects.get(id=second).why == ["helper"]
