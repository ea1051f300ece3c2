"""What the tests of services share: a town with a volunteer, and acts on orders."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests import town as towns
from tests.town import COMMUNITY, DISTRICT, Town, do, entry

from lianfang.kernel.actors import Actor, ActorKind, Granted
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.submit import submit
from lianfang.kernel.verbs import Verb
from lianfang.people.models import Household
from lianfang.services.models import Order

SOY = [{"name": "酱油", "quantity": 2, "unit": "瓶"}, {"name": "陈醋", "quantity": 1, "unit": "瓶"}]


def build() -> Town:
    """Make the town with four doors, two volunteers and a neighbour community's lead."""
    town = towns.build()
    town.register(1, "3-2-501", "3-2-502", "3-2-503")
    town.register(2, "4-1-101")
    town.hire("helper", "volunteer", COMMUNITY)
    town.hire("helper2", "volunteer", COMMUNITY)
    town.hire("other", "community_lead", "440605012901")
    return town


def door(town: Town, label: str) -> Actor:
    """Return the actor of a door's card."""
    home = Household.objects.select_related("area").get(id=town.households[label])
    verbs = frozenset({Verb.ORDER, Verb.SELF_REPORT})
    grant = Granted("card", home.path, verbs, frozenset(), subject=home.id)
    return Actor(ActorKind.CARD, home.id, (grant,))


def place(town: Town, label: str = "3-2-501", **more: Any) -> UUID:
    """Let a household order soy sauce and vinegar."""
    payload = {
        "household_id": str(town.households[label]),
        "kind": "shopping",
        "items": SOY,
        "contact": "王大爷",
        "phone": "13800000012",
        **more,
    }
    receipt = do(door(town, label), "order.place", payload)
    return UUID(receipt.result["order_id"])


def act(actor: Actor, command: str, order_id: UUID, **more: Any) -> Receipt:
    """Send one act on an order and return its receipt, accepted or not."""
    return submit(actor, [entry(command, {"order_id": str(order_id), **more}, DISTRICT)])[0]


def word(actor: Actor, command: str, order_id: UUID, text: str) -> Receipt:
    """Send one act that carries a word."""
    home = Order.objects.get(id=order_id).household_id
    return act(actor, command, order_id, household_id=str(home), text=text)


def accept(town: Town, order_id: UUID, **more: Any) -> None:
    receipt = act(town.actor("lead"), "order.accept", order_id, **more)
    assert receipt.stands, receipt


def claim(town: Town, order_id: UUID, who: str = "helper") -> Receipt:
    duty_id = Order.objects.get(id=order_id).duty_id
    return submit(town.actor(who), [entry("duty.claim", {"duty_id": str(duty_id)}, DISTRICT)])[0]


def at_door(town: Town, label: str = "3-2-501", price: int = 4350) -> UUID:
    """Bring an order as far as the door."""
    order_id = place(town, label)
    accept(town, order_id)
    assert claim(town, order_id).stands
    assert act(town.actor("helper"), "order.buy", order_id, price_fen=price).stands
    assert act(town.actor("helper"), "order.leave", order_id).stands
    return order_id


def state(order_id: UUID) -> str:
    return Order.objects.get(id=order_id).state
