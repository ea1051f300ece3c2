"""What the tests of messaging share: a town with helpers, and channels."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from tests import town as towns
from tests.town import COMMUNITY, Town, do

from lianfang.kernel.actors import Actor, ActorKind, Granted
from lianfang.kernel.ids import new_id
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb
from lianfang.messaging import secrets
from lianfang.messaging.models import Channel
from lianfang.people.models import Household


def build() -> Town:
    """Make the town with some doors, a volunteer, and a neighbour community's lead."""
    town = towns.build()
    town.register(1, "3-2-501", "3-2-502", "3-2-503")
    town.register(2, "4-1-101")
    town.hire("helper", "volunteer", COMMUNITY)
    town.hire("street", "street_command", "440605011")
    town.hire("other", "community_lead", "440605012901")
    return town


def door(town: Town, label: str) -> Actor:
    """Return the actor of a door's card."""
    home = Household.objects.select_related("area").get(id=town.households[label])
    verbs = frozenset({Verb.ORDER, Verb.SELF_REPORT})
    return Actor(
        ActorKind.CARD, home.id, (Granted("card", home.path, verbs, frozenset(), subject=home.id),)
    )


def channel(actor: Actor, kind: str, address: str, key: str = "", **more: Any) -> Channel:
    """Keep a channel of the actor, or of an area."""
    channel_id = str(new_id())
    name = "channel.keep" if "area_id" in more or "organisation_id" in more else "channel.own"
    do(actor, name, {"channel_id": channel_id, "kind": kind, "name": "通知", **more}, "")
    secrets.put(actor, UUID(channel_id), kind, address, key)
    return Channel.objects.get(id=channel_id)


def call_helpers(town: Town, name: str = "扫雪", who: str = "lead") -> UUID:
    """Open a call in the community."""
    call_id = new_id()
    start = now() + timedelta(hours=2)
    group = {
        "name": "一组",
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=2)).isoformat(),
        "capacity": 3,
    }
    payload = {
        "call_id": str(call_id),
        "area_id": str(town.areas[COMMUNITY].id),
        "name": name,
        "groups": [group],
    }
    do(town.actor(who), "call.open", payload)
    return call_id


def publish(town: Town, who: str = "lead", code: str = COMMUNITY, **more: Any) -> UUID:
    """Tell something in an area."""
    bulletin_id = new_id()
    payload = {
        "bulletin_id": str(bulletin_id),
        "area_id": str(town.areas[code].id),
        "title": "小区封闭管理",
        "text": "即日起凭出入证进出，外卖快递放门口货架。",
        **more,
    }
    do(town.actor(who), "bulletin.publish", payload)
    return bulletin_id


def at_door(town: Town, command: str, bulletin_id: UUID, label: str, actor: Actor) -> Any:
    """Do something about a bulletin at a household."""
    home = str(town.households[label])
    return do(actor, command, {"bulletin_id": str(bulletin_id), "household_id": home})


def ask(town: Town, label: str, text: str) -> UUID:
    """Let a household ask; returns the question's id."""
    content = {"household_id": str(town.households[label]), "text": text}
    return do(door(town, label), "ask.place", content).id
