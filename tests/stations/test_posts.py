"""Posts are put up, corrected, closed, found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.stations.helpers import STREET, build, post, send
from tests.town import COMMUNITY, DISTRICT, Town, do

from lianfang.kernel.ids import new_id
from lianfang.kernel.times import now
from lianfang.stations import queries
from lianfang.stations.models import Post
from lianfang.stations.rules import PostKind

pytestmark = pytest.mark.django_db


def corrected(post_id: UUID, **more: Any) -> dict[str, Any]:
    return {"post_id": str(post_id), "kind": "gate", "name": "北门", **more}


def test_a_post_is_put_up_corrected_and_closed() -> None:
    town = build()
    lead = town.actor("lead")
    post_id = post(town, address="怡景路 1 号")
    row = queries.find(DISTRICT, post_id)
    assert row
    assert (row.kind, row.name, row.fever, row.path) == (
        "gate",
        "北门",
        373,
        town.areas[COMMUNITY].path,
    )
    do(lead, "post.correct", corrected(post_id, kind="checkpoint", fever="37.5"))
    row = Post.objects.get(id=post_id)
    assert (row.kind, row.fever, row.address) == ("checkpoint", 375, "")
    do(lead, "post.close", {"post_id": str(post_id), "why": "解除封控"})
    row = Post.objects.get(id=post_id)
    assert (row.state, row.closed_why) == ("closed", "解除封控")
    again = send(lead, "post.close", {"post_id": str(post_id)})
    assert again.refusal
    assert again.refusal.code == "post.closed"


def test_two_posts_of_an_area_have_two_names() -> None:
    town = build()
    first = post(town)
    payload = {
        "post_id": str(new_id()),
        "kind": "gate",
        "name": "北门",
        "area_id": str(town.areas[COMMUNITY].id),
    }
    refused = send(town.actor("lead"), "post.open", payload).refusal
    assert refused
    assert (refused.code, refused.field) == ("post.name_taken", "name")
    do(town.actor("lead"), "post.close", {"post_id": str(first)})
    do(town.actor("lead"), "post.open", payload)
    second = post(town, "南门")
    renamed = send(town.actor("lead"), "post.correct", corrected(second)).refusal
    assert renamed
    assert renamed.code == "post.name_taken"


def test_a_post_moves_only_where_its_mover_may_organise() -> None:
    town = build()
    post_id = post(town)
    grid, beyond = town.grid(1).id, town.areas["440605012901"].id
    do(town.actor("lead"), "post.correct", corrected(post_id, area_id=str(grid)))
    assert Post.objects.get(id=post_id).area_id == grid
    sent = send(town.actor("lead"), "post.correct", corrected(post_id, area_id=str(beyond)))
    assert sent.refusal
    assert sent.refusal.code == "kernel.not_found"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "moon"}, "kernel.malformed"),
        ({"name": ""}, "kernel.malformed"),
        ({"fever": "35.0"}, "post.low_fever"),
        ({"fever": "375"}, "passage.likely_temperature"),
        ({"team_id": str(new_id())}, "kernel.not_found"),
        ({"area_id": str(new_id())}, "kernel.not_found"),
    ],
)
def test_what_is_wrong_with_a_post_is_said(changes: dict[str, Any], code: str) -> None:
    town = build()
    payload = {
        "post_id": str(new_id()),
        "kind": "gate",
        "name": "北门",
        "area_id": str(town.areas[COMMUNITY].id),
        **changes,
    }
    sent = send(town.actor("lead"), "post.open", payload)
    assert sent.refusal
    assert sent.refusal.code == code


def test_posts_are_seen_in_scope_only() -> None:
    town = build()
    gate = post(town)
    station = post(town, "佛山西站", kind="station", address="站前路")
    do(town.actor("lead"), "post.close", {"post_id": str(gate)})

    def ids(who: str, **more: Any) -> set[UUID]:
        return {p.id for p in queries.posts(town.actor(who), [DISTRICT], **more)}

    assert ids("staff") == ids("street") == {station}
    assert ids("lead", closed=True) == {gate, station}
    assert ids("lead", closed=True, kinds=[PostKind.GATE]) == {gate}
    assert ids("other", closed=True) == set()
    assert queries.post(town.actor("other"), DISTRICT, station) is None
    every = queries.posts(town.actor("lead"), [DISTRICT])
    assert queries.narrowed(every, text="站前").count() == 1
    assert queries.narrowed(every, text="站前", kind="gate").count() == 0
    named = queries.named(DISTRICT, [gate, station, new_id()])
    assert (named[station].kind, named[station].name, named[station].open) == (
        PostKind.STATION,
        "佛山西站",
        True,
    )
    assert not named[gate].open
    assert len(named) == 2


ROLES = {
    "volunteer": COMMUNITY,
    "grid_worker": COMMUNITY,
    "building_lead": COMMUNITY,
    "community_lead": COMMUNITY,
    "street_command": STREET,
    "district_command": DISTRICT,
    "health_officer": COMMUNITY,
    "site_staff": COMMUNITY,
    "auditor": COMMUNITY,
}
DENIED = {"kernel.forbidden", "kernel.not_found"}
ORGANISERS = {"community_lead", "street_command", "district_command"}
# A lead too: a staff of five stands at the gate itself.
PASSING = {"grid_worker", "community_lead", "site_staff"}
ALLOWED = {
    "post.open": ORGANISERS,
    "post.correct": ORGANISERS,
    "post.close": ORGANISERS,
    "passage.record": PASSING,
    "passage.filter": PASSING,
    "post.count": {
        "volunteer",
        "grid_worker",
        "building_lead",
        "community_lead",
        "health_officer",
        "site_staff",
    },
}


def payload_of(town: Town, command: str) -> dict[str, Any]:
    """Return a payload that is right but for who sends it."""
    number = str(new_id())
    if command == "post.open":
        area = str(town.areas[COMMUNITY].id)
        return {"post_id": number, "kind": "gate", "name": number, "area_id": area}
    post_id = post(town, number)
    if command == "post.correct":
        return corrected(post_id, name=number)
    if command == "passage.record":
        return {"post_id": str(post_id), "travellers": [{"temperature": "36.5"}]}
    if command == "passage.filter":
        return {"post_id": str(post_id), "until": (now() + timedelta(hours=8)).isoformat()}
    if command == "post.count":
        return {"post_id": str(post_id), "entered": 1}
    return {"post_id": str(post_id)}


def test_each_command_is_for_the_roles_of_the_table() -> None:
    town = build()
    for role, code in ROLES.items():
        town.hire(role, role, code)
    for command, allowed in ALLOWED.items():
        for role in ROLES:
            sent = send(town.actor(role), command, payload_of(town, command))
            denied = bool(sent.refusal and sent.refusal.code in DENIED)
            assert denied is (role not in allowed), (command, role, sent)
        sent = send(town.actor("other"), command, payload_of(town, command))
        assert sent.refusal
        assert sent.refusal.code in DENIED, (command, sent)
