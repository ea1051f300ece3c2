"""Who may do what in messaging, as a table; and the journal gives it all again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.messaging.helpers import ask, at_door, build, call_helpers, channel, door, publish
from tests.messaging.standin import TOKEN
from tests.town import COMMUNITY, Town, do, entry

from lianfang.kernel import clock
from lianfang.kernel.actors import Actor
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.kernel.receipts import Status
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.kernel.verification import verify
from lianfang.messaging.models import Channel, Notice, Reach

pytestmark = pytest.mark.django_db(transaction=True)

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
_TELL = {"community_lead", "street_command"}
_DOORS = {"grid_worker", "building_lead", "community_lead"}
_WORK = {*ROLES} - {"street_command", "auditor"}
ALLOWED: dict[str, set[str]] = {
    "bulletin.publish": _TELL,
    "bulletin.change": _TELL,
    "bulletin.knock": _TELL,
    "bulletin.withdraw": _TELL,
    "bulletin.read": {"card", "grid_worker", "community_lead"},
    "bulletin.acknowledge": {"card", "grid_worker", "community_lead"},
    "bulletin.told": _DOORS,
    "bulletin.asked": {"grid_worker", "community_lead"},
    "channel.keep": _TELL,
    "channel.own": _WORK,
    "notice.plan": set(),
}


def payload(town: Town, command: str, ask_id: str) -> tuple[dict[str, Any], str]:
    """Return a payload, made anew for each try, and its district."""
    area_id = str(town.areas[COMMUNITY].id)
    home = str(town.households["3-2-501"])
    if command.startswith("channel."):
        own: dict[str, Any] = {"channel_id": str(new_id()), "kind": "email", "name": "群"}
        return {**own, **({"area_id": area_id} if command == "channel.keep" else {})}, ""
    if command == "notice.plan":
        return {"deployment_id": str(new_id())}, "440605"
    words = {"title": "通知", "text": "正文"}
    if command == "bulletin.publish":
        return {"bulletin_id": str(new_id()), "area_id": area_id, **words}, "440605"
    one: dict[str, Any] = {"bulletin_id": str(publish(town, kind="faq"))}
    if command == "bulletin.change":
        return {**one, **words}, "440605"
    if command in ("bulletin.knock", "bulletin.withdraw"):
        return one, "440605"
    at_home = {**one, "household_id": home}
    return ({**at_home, "ask_id": ask_id} if command == "bulletin.asked" else at_home), "440605"


@pytest.mark.parametrize(
    "value", ["07:26:10-20:02", "24:00", "7:26", "0726", "07:26Z", "٠٧:٢٦", ""]
)
@pytest.mark.parametrize("name", ["quiet_from", "quiet_until", "digest_at"])
def test_a_time_that_is_none_is_refused_at_its_field(name: str, value: str) -> None:
    town = build()
    for command, who in (("channel.keep", "lead"), ("channel.own", "grid1")):
        content, district = payload(town, command, "")
        sent = submit(town.actor(who), [entry(command, {**content, name: value}, district)])[0]
        assert sent.refusal
        assert (sent.refusal.code, sent.refusal.field) == ("kernel.malformed", name)
    assert not Channel.objects.exists()


def test_each_command_is_for_the_roles_of_the_table() -> None:
    town = build()
    actors: dict[str, Actor] = {"card": door(town, "3-2-501")}
    for role, code in ROLES.items():
        town.hire(role, role, code)
        actors[role] = town.actor(role)
    actors["neighbour"] = town.actor("other")
    ask_id = str(ask(town, "3-2-501", "能出门吗"))
    for command, allowed in ALLOWED.items():
        for name, actor in actors.items():
            content, district = payload(town, command, ask_id)
            sent = submit(actor, [entry(command, content, district)])[0]
            denied = bool(sent.refusal and sent.refusal.code in DENIED)
            # What a lead may do for himself, a lead elsewhere may too.
            wanted = name in allowed or (name == "neighbour" and command == "channel.own")
            assert denied is not wanted, (command, name, sent)


def test_a_channel_of_another_is_out_of_reach() -> None:
    town = build()
    mine = channel(town.actor("helper"), "sms", "13800000012")
    taken = {"channel_id": str(mine.id), "kind": "sms", "name": "别人的"}
    for command, who in (("channel.own", "grid1"), ("channel.keep", "lead")):
        content = dict(taken)
        if command == "channel.keep":
            content["area_id"] = str(town.areas[COMMUNITY].id)
        receipt = submit(town.actor(who), [entry(command, content, "")])[0]
        assert receipt.status is Status.REFUSED
    receipt = submit(
        town.actor("grid1"), [entry("channel.stop_own", {"channel_id": str(mine.id)}, "")]
    )[0]
    assert receipt.status is Status.REFUSED
    assert Channel.objects.get(id=mine.id).stopped_at is None


def test_the_journal_gives_notices_channels_and_information_again() -> None:
    town = build()
    lead = town.actor("lead")
    channel(lead, "wecom", TOKEN, area_id=str(town.areas[COMMUNITY].id))
    channel(town.actor("helper"), "sms", "13800000012")
    call_helpers(town)
    soon = (now() + timedelta(hours=1)).isoformat()
    one = publish(town, acknowledge=True, knock_at=soon, title="出入证")
    at_door(town, "bulletin.read", one, "3-2-501", door(town, "3-2-501"))
    at_door(town, "bulletin.acknowledge", one, "3-2-501", door(town, "3-2-501"))
    clock.run(now() + timedelta(hours=2))
    at_door(town, "bulletin.told", one, "4-1-101", town.actor("grid2"))
    faq = publish(town, kind="faq", title="能出门吗", text="凭证出入。")
    ask_id = ask(town, "3-2-502", "可以出门吗")
    home = {"household_id": str(town.households["3-2-502"])}
    do(lead, "bulletin.asked", {**home, "bulletin_id": str(faq), "ask_id": str(ask_id)})
    do(lead, "bulletin.change", {"bulletin_id": str(faq), "title": "能出门吗", "text": "可以。"})
    do(lead, "bulletin.withdraw", {"bulletin_id": str(one), "why": "解封"})
    assert Duty.objects.filter(kind="knock").count() == 2
    assert Reach.objects.count() == 2
    assert Notice.objects.count() > 3
    clock.run(now() + timedelta(hours=30))
    assert verify().differences == []
