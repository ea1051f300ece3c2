"""What the tests of supplies share: the town with two posts and an item."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests import town as towns
from tests.town import COMMUNITY, DISTRICT, Town, do, entry

from lianfang.kernel.actors import OPERATOR, Actor
from lianfang.kernel.ids import new_id
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.submit import submit

STREET = "440605011"


def build() -> Town:
    """Make the town with a street command, a volunteer and a neighbour community's lead."""
    town = towns.build()
    town.hire("street", "street_command", STREET)
    town.hire("volunteer", "volunteer", COMMUNITY)
    town.hire("other", "community_lead", "440605012901")
    return town


def post(town: Town, name: str, code: str = COMMUNITY) -> UUID:
    """Put up a depot."""
    post_id = new_id()
    payload = {
        "post_id": str(post_id),
        "kind": "depot",
        "name": name,
        "area_id": str(town.areas[code].id),
    }
    do(OPERATOR, "post.open", payload)
    return post_id


def item(name: str = "口罩", unit: str = "只") -> UUID:
    """Define an item."""
    item_id = new_id()
    payload = {"item_id": str(item_id), "name": name, "unit": unit}
    do(OPERATOR, "supply.define_item", payload, "")
    return item_id


def send(actor: Actor, command: str, district: str = DISTRICT, **payload: Any) -> Receipt:
    """Send one entry and return its receipt, accepted or not."""
    ready = {k: str(v) if isinstance(v, UUID) else v for k, v in payload.items()}
    return submit(actor, [entry(command, ready, district)])[0]


def must(actor: Actor, command: str, district: str = DISTRICT, **payload: Any) -> Receipt:
    """Send one entry that must be accepted."""
    receipt = send(actor, command, district, **payload)
    assert receipt.status == "accepted", receipt.as_dict()
    return receipt


def code(receipt: Receipt) -> str:
    """Return why an entry was refused, '' if it was not."""
    return receipt.refusal.code if receipt.refusal else ""
