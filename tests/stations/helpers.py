"""What the tests of stations share: the town with a post, and acts at it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests import town as towns
from tests.town import COMMUNITY, DISTRICT, Town, accepted, do, entry

from lianfang.kernel.actors import Actor
from lianfang.kernel.ids import new_id
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.submit import submit

STREET = "440605011"


def build() -> Town:
    """Make the town with a street command, checkpoint staff and a neighbour community's lead."""
    town = towns.build()
    town.hire("street", "street_command", STREET)
    town.hire("staff", "site_staff", COMMUNITY)
    town.hire("other", "community_lead", "440605012901")
    return town


def post(town: Town, name: str = "北门", code: str = COMMUNITY, **more: Any) -> UUID:
    """Put up a post as the lead of the community."""
    post_id = new_id()
    payload = {
        "post_id": str(post_id),
        "kind": "gate",
        "name": name,
        "area_id": str(town.areas[code].id),
        **more,
    }
    do(town.actor("lead"), "post.open", payload)
    return post_id


def send(actor: Actor, command: str, payload: dict[str, Any], **more: Any) -> Receipt:
    """Send one entry and return its receipt, accepted or not."""
    return submit(actor, [entry(command, payload, DISTRICT, **more)])[0]


def passage(
    town: Town, post_id: UUID, plate: str, *travellers: dict[str, Any], **more: Any
) -> Receipt:
    """Record a passage as the staff; it must be accepted."""
    at = {"occurred_at": more.pop("occurred_at")} if "occurred_at" in more else {}
    payload = {"post_id": str(post_id), "plate": plate, "travellers": list(travellers), **more}
    return accepted([send(town.actor("staff"), "passage.record", payload, **at)])[0]
