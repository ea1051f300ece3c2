"""Orders from the door to the cash box: who may, what follows, what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.services.helpers import accept, act, at_door, build, claim, door, place, state, word
from tests.town import DISTRICT, Town, do, entry

from lianfang.kernel import clock
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty, Record
from lianfang.kernel.queries import open_duties
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people import queries as people
from lianfang.people.models import Household, Person
from lianfang.services import care_queries, queries
from lianfang.services.models import MoneyEntry, Order

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build()


def code(receipt: object) -> str:
    refusal = receipt.refusal  # type: ignore[attr-defined]
    assert refusal, receipt
    return str(refusal.code)


def test_an_order_goes_from_the_door_to_the_cash_box(town: Town) -> None:
    order_id = at_door(town, price=4350)
    assert state(order_id) == "at_door"
    assert act(door(town, "3-2-501"), "order.confirm", order_id).stands
    wrong = act(town.actor("lead"), "order.settle", order_id, fen=4000)
    assert code(wrong) == "order.paid_differs"
    assert "43.50" in wrong.refusal.message  # type: ignore[union-attr]
    assert act(town.actor("lead"), "order.settle", order_id, fen=4350).stands
    assert state(order_id) == "settled"
    assert not Duty.objects.filter(context_id=order_id, state__in=["open", "claimed", "started"])


def test_every_order_that_is_not_over_is_somebodys_duty(town: Town) -> None:
    def kinds() -> list[str]:
        live = Duty.objects.filter(state__in=["open", "claimed", "started"])
        return sorted(live.values_list("kind", flat=True))

    order_id = place(town)
    assert kinds() == ["order_desk"]
    word(town.actor("lead"), "order.ask_back", order_id, "老抽还是生抽？")
    assert kinds() == ["order_desk"]
    word(door(town, "3-2-501"), "order.answer", order_id, "生抽")
    accept(town, order_id)
    assert kinds() == ["errand"]
    claim(town, order_id)
    act(town.actor("helper"), "order.buy", order_id, price_fen=100)
    act(town.actor("helper"), "order.leave", order_id)
    assert kinds() == ["errand"]
    word(door(town, "3-2-501"), "order.dispute", order_id, "少了一瓶醋")
    assert kinds() == ["complaint"]
    act(town.actor("lead"), "order.resolve", order_id, redo=True)
    assert kinds() == ["errand"]
    assert state(order_id) == "accepted"


def test_a_complaint_reopens_a_settled_order_and_the_refund_is_booked(town: Town) -> None:
    order_id = at_door(town, price=1000)
    act(door(town, "3-2-501"), "order.confirm", order_id)
    act(town.actor("lead"), "order.settle", order_id, fen=1000)
    assert word(door(town, "3-2-501"), "order.dispute", order_id, "瓶子破了").stands
    much = act(town.actor("lead"), "order.resolve", order_id, redo=False, refund_fen=1100)
    assert code(much) == "order.refund_too_high"
    assert act(town.actor("lead"), "order.resolve", order_id, redo=False, refund_fen=300).stands
    assert act(town.actor("lead"), "order.settle", order_id, fen=-300).stands
    kinds = dict(MoneyEntry.objects.values_list("kind", "fen"))
    assert kinds == {"purchase": 1000, "payment": 1000, "refund": 300}


def test_a_claim_is_single_and_times_out_and_the_order_with_it(town: Town) -> None:
    order_id = place(town)
    accept(town, order_id)
    assert claim(town, order_id).stands
    assert code(claim(town, order_id, "helper2")) == "duty.taken"
    clock.run(now() + timedelta(hours=2, minutes=1))
    row = Order.objects.get(id=order_id)
    assert (row.state, row.carrier) == ("accepted", "")
    # What was bought before the claim ran out counts when nobody has taken it since.
    assert act(town.actor("helper"), "order.buy", order_id, price_fen=500).stands
    assert state(order_id) == "bought"


def test_a_late_buyer_hears_that_somebody_else_has_it(town: Town) -> None:
    order_id = place(town)
    accept(town, order_id)
    claim(town, order_id)
    clock.run(now() + timedelta(hours=2, minutes=1))
    claim(town, order_id, "helper2")
    late = act(town.actor("helper"), "order.buy", order_id, price_fen=500)
    assert code(late) == "order.not_carried_by_you"


def test_goods_change_hands_without_losing_the_price(town: Town) -> None:
    order_id = place(town)
    accept(town, order_id)
    claim(town, order_id)
    act(town.actor("helper"), "order.buy", order_id, price_fen=900)
    duty_id = str(Order.objects.get(id=order_id).duty_id)
    do(
        town.actor("lead"),
        "duty.assign",
        {"duty_id": duty_id, "account_id": str(town.accounts["helper2"].id)},
    )
    row = Order.objects.get(id=order_id)
    assert (row.state, row.price_fen) == ("bought", 900)
    assert row.carrier == town.actor("helper2").ref
    assert act(town.actor("helper2"), "order.leave", order_id).stands


def test_a_late_order_climbs(town: Town) -> None:
    order_id = place(town)
    accept(town, order_id)
    clock.run(now() + timedelta(hours=25))
    duty = Duty.objects.get(kind="errand")
    assert duty.climbs == 1
    assert duty.held_path.count("/") == 5
    lead = town.actor("lead")
    Order.objects.filter(id=order_id).update(due_at=now() - timedelta(minutes=1))
    place(town, "3-2-502", kind="medicine")
    board = queries.late_first(queries.orders(lead, [DISTRICT]))
    assert board[0].id == order_id


def test_what_comes_first_is_seen_at_the_order(town: Town) -> None:
    old = Person.objects.filter(household_id=town.households["3-2-501"]).first()
    assert old
    do(
        town.actor("lead"),
        "person.correct",
        {"person_id": str(old.id), "name": old.name, "care": ["aged_alone"]},
    )
    helper = Person.objects.filter(household_id=town.households["3-2-502"]).first()
    assert helper
    organisation = str(new_id())
    do(
        town.actor("lead"),
        "organisation.create",
        {"organisation_id": organisation, "name": "突击队"},
        "",
    )
    do(
        town.actor("lead"),
        "membership.join",
        {"person_id": str(helper.id), "organisation_id": organisation},
    )
    why = {
        label: Order.objects.get(id=place(town, label)).why
        for label in ("3-2-501", "3-2-502", "3-2-503")
    }
    assert why == {"3-2-501": ["aged"], "3-2-502": ["helper"], "3-2-503": []}


def test_limits_of_the_catalogue(town: Town) -> None:
    card, home = door(town, "3-2-501"), str(town.households["3-2-501"])

    def order(**more: object) -> str:
        payload = {"household_id": home, "kind": "shopping", **more}
        return code(submit(card, [entry("order.place", payload)])[0])

    assert order() == "order.no_items"
    assert order(items=[{"name": "米", "quantity": 50}]) == "order.too_much"
    assert order(kind="massage") == "order.not_offered"
    kept = {"community_id": str(town.areas["440605011900"].id), "code": "shopping"}
    do(town.actor("lead"), "service.keep", {**kept, "offered": False, "buys": True})
    assert order(items=[{"name": "米"}]) == "order.not_offered"
    do(town.actor("lead"), "service.keep", {**kept, "buys": True, "per_day": 1})
    place(town)
    assert order(items=[{"name": "米"}]) == "order.too_often"


def test_over_the_ceiling_only_when_the_household_agreed(town: Town) -> None:
    order_id = place(town, ceiling_fen=2000)
    accept(town, order_id)
    claim(town, order_id)
    over = act(town.actor("helper"), "order.buy", order_id, price_fen=2100)
    assert code(over) == "order.over_ceiling"
    assert act(town.actor("helper"), "order.buy", order_id, price_fen=2100, agreed=True).stands


def test_a_card_acts_for_its_own_door_only(town: Town) -> None:
    order_id = place(town)
    other = door(town, "3-2-502")
    assert code(act(other, "order.cancel", order_id)) == "kernel.not_found"
    assert code(act(other, "order.accept", order_id)) == "kernel.forbidden"


def test_a_volunteer_sees_the_door_from_the_claim_to_the_confirmation(town: Town) -> None:
    order_id = place(town)
    accept(town, order_id)
    home = Household.objects.select_related("area").get(id=town.households["3-2-501"])

    def sees() -> tuple[bool, bool, bool, bool, int]:
        actor = town.actor("helper")
        row = queries.order(actor, DISTRICT, order_id)
        return (
            row is not None and queries.shown(actor, row).door == "3-2-501",
            row is not None and queries.shown(actor, row).contact == "王大爷",
            actor.sees(Sight.RELAY, home.path),
            people.household(actor, DISTRICT, home.id) is not None,
            people.persons(actor).count(),
        )

    nothing = (False, False, False, False, 0)
    assert sees() == nothing
    claim(town, order_id)
    assert sees() == (True, True, True, True, 2)
    actor = town.actor("helper")
    assert not actor.sees(Sight.HEALTH, home.path)
    assert not actor.sees(Sight.IDENTITY, home.path)
    assert not actor.may(Verb.READ, home.area.path)
    seen = people.visible(actor, people.persons(actor)[0])
    assert (bool(seen.name), seen.phone, seen.born, seen.care) == (True, "", None, ())
    act(actor, "order.buy", order_id, price_fen=100)
    act(actor, "order.leave", order_id)
    assert sees()[0]
    act(door(town, "3-2-501"), "order.confirm", order_id)
    assert sees() == nothing


def test_a_claim_that_ran_out_shows_nothing_before_the_clock_has_ticked(town: Town) -> None:
    order_id = place(town)
    accept(town, order_id)
    claim(town, order_id)
    Duty.objects.filter(kind="errand").update(claimed_until=now() - timedelta(seconds=1))
    home = Household.objects.select_related("area").get(id=town.households["3-2-501"])
    assert not town.actor("helper").sees(Sight.ADDRESS, home.path)


def test_volunteers_neither_see_nor_claim_the_desks_duties(town: Town) -> None:
    place(town)
    actor = town.actor("helper")
    assert not open_duties(actor, [DISTRICT]).exists()
    duty = Duty.objects.get(kind="order_desk")
    refused = submit(actor, [entry("duty.claim", {"duty_id": str(duty.id)})])[0]
    assert code(refused) == "kernel.forbidden"


def test_the_day_sheet_adds_up(town: Town) -> None:
    lead = town.actor("lead")
    community = town.areas["440605011900"].id
    helper = town.accounts["helper"].id
    do(
        lead,
        "money.hand",
        {
            "community_id": str(community),
            "account_id": str(helper),
            "kind": "advance",
            "fen": 10_000,
        },
    )
    first, second = at_door(town, "3-2-501", 4350), at_door(town, "3-2-502", 1000)
    act(door(town, "3-2-501"), "order.confirm", first)
    act(lead, "order.settle", first, fen=4350, holder=f"account:{helper}")
    sheet = care_queries.day_sheet(DISTRICT, community, timezone.localdate())
    assert {h.ref: h.held for h in sheet.holders} == {f"account:{helper}": 9_000}
    assert [o.id for o in sheet.open] == [second]
    assert sheet.owed == 1000


def test_a_door_that_ends_takes_its_orders_along(town: Town) -> None:
    order_id = place(town, "3-2-503")
    accept(town, order_id)
    home = str(town.households["3-2-503"])
    do(town.actor("lead"), "household.close", {"household_id": home, "why": "拆除"})
    assert state(order_id) == "cancelled"
    assert Duty.objects.get(kind="errand").state == "cancelled"


def test_what_is_wanted_is_not_in_the_journals_plain_text(town: Town) -> None:
    place(town)
    record = Record.objects.get(command="order.place")
    assert "酱油" not in record.payload
    assert "13800000012" not in record.payload
