"""Who may do what with an order, as a table: each role, allowed and refused."""

from __future__ import annotations

from typing import Any

import pytest
from tests.services.helpers import build, door, place
from tests.town import COMMUNITY, Town, entry

from lianfang.kernel.actors import Actor
from lianfang.kernel.ids import new_id
from lianfang.kernel.receipts import Status
from lianfang.kernel.submit import submit
from lianfang.services.models import Order

pytestmark = pytest.mark.django_db

ROLES = {
    "volunteer": COMMUNITY,
    "grid_worker": COMMUNITY + "001",
    "building_lead": COMMUNITY + "001",
    "community_lead": COMMUNITY,
    "street_command": "440605011",
    "health_officer": COMMUNITY,
    "site_staff": COMMUNITY,
    "auditor": COMMUNITY,
}
DENIED = {"kernel.forbidden", "kernel.not_found"}
# Command -> who may send it (a command that is allowed may still be refused by its state).
ALLOWED: dict[str, set[str]] = {
    "order.place": {"card", "grid_worker", "community_lead"},
    "order.cancel": {"card", "grid_worker", "community_lead"},
    "order.confirm": {"card", "grid_worker", "community_lead"},
    "order.dispute": {"card", "grid_worker", "community_lead"},
    "order.answer": {"card", "grid_worker", "community_lead"},
    "order.accept": {"grid_worker", "community_lead"},
    "order.decline": {"grid_worker", "community_lead"},
    "order.ask_back": {"grid_worker", "community_lead"},
    "order.resolve": {"grid_worker", "community_lead"},
    "order.settle": {"grid_worker", "community_lead"},
    "service.keep": {"community_lead", "street_command"},
    "service.desk": {"community_lead", "street_command"},
    "shop.keep": {"community_lead"},
    "money.hand": {"community_lead", "street_command"},
    "care.keep": {"grid_worker", "community_lead"},
    "needs.ask": {"grid_worker", "community_lead"},
    "care.visit": {"grid_worker", "building_lead", "community_lead"},
}


def payload(town: Town, command: str, order_id: Any) -> dict[str, Any]:
    home = str(town.households["3-2-501"])
    community = str(town.areas[COMMUNITY].id)
    if command == "order.place":
        return {"household_id": home, "kind": "rubbish"}
    if command in ("order.answer", "order.decline", "order.ask_back", "order.dispute"):
        return {"order_id": str(order_id), "household_id": home, "text": "好"}
    if command.startswith("order."):
        more: dict[str, dict[str, Any]] = {
            "order.resolve": {"redo": False},
            "order.settle": {"fen": 0},
        }
        return {"order_id": str(order_id), **more.get(command, {})}
    content: dict[str, dict[str, Any]] = {
        "service.keep": {"community_id": community, "code": "shopping", "buys": True},
        "service.desk": {"community_id": community, "phone": "07570000000"},
        "shop.keep": {"shop_id": str(new_id()), "community_id": community, "name": "超市"},
        "money.hand": {
            "community_id": community,
            "account_id": str(town.accounts["lead"].id),
            "kind": "advance",
            "fen": 1,
        },
        "care.keep": {"household_id": home, "every_days": 3},
        "needs.ask": {"household_id": home, "needs": []},
        "care.visit": {"household_id": home, "outcome": "seen"},
    }
    return content[command]


def test_each_command_is_for_the_roles_of_the_table() -> None:
    town = build()
    actors: dict[str, Actor] = {"card": door(town, "3-2-501")}
    for role, code in ROLES.items():
        town.hire(role, role, code)
        actors[role] = town.actor(role)
    stranger = town.actor("other")
    for command, allowed in ALLOWED.items():
        for name, actor in actors.items():
            Order.objects.all().delete()
            order_id = place(town)
            sent = submit(actor, [entry(command, payload(town, command, order_id))])[0]
            denied = bool(sent.refusal and sent.refusal.code in DENIED)
            assert denied is (name not in allowed), (command, name, sent)
        Order.objects.all().delete()
        order_id = place(town)
        sent = submit(stranger, [entry(command, payload(town, command, order_id))])[0]
        assert sent.status == Status.REFUSED, (command, sent)
        assert sent.refusal
        assert sent.refusal.code in DENIED, (command, sent)
