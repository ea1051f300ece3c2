"""Who may do what with arrivals, as a table: each role, allowed and refused."""

from __future__ import annotations

from typing import Any

import pytest
from tests.arrivals import helpers as h
from tests.town import COMMUNITY, Town

from lianfang.arrivals.models import Manifest, Passenger, Room, Site, Stay
from lianfang.arrivals.rules import FIRST_RULES
from lianfang.kernel.ids import new_id
from lianfang.kernel.receipts import Status
from lianfang.kernel.registry import COMMANDS
from lianfang.kernel.times import now

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
PLACE = {"community_lead", "site_staff"}
LEAD = {"community_lead", "street_command"}
# Command -> who may send it (a command that is allowed may still be refused by its state).
ALLOWED: dict[str, set[str]] = {
    "manifest.open": PLACE,
    "manifest.count": PLACE,
    "manifest.close": PLACE,
    "manifest.reopen": PLACE,
    "passenger.list": PLACE,
    "passenger.present": PLACE,
    "passenger.missing": PLACE,
    "passenger.double": PLACE,
    "passenger.single": PLACE,
    "passenger.triage": PLACE,
    "family.decide": PLACE,
    "triage.adopt": {"community_lead"},
    "site.open": LEAD,
    "site.staff": LEAD,
    "site.close": LEAD,
    "room.set": PLACE,
    "arrival.place": PLACE,
    "arrival.move": PLACE,
    "arrival.leave": PLACE,
    "stay.keep": PLACE,
    "stay.note": PLACE,
    "arrival.purge": set(),
}


class Scene:
    """A manifest of two, one of them placed at a hotel."""

    def __init__(self) -> None:
        self.town: Town = h.build()
        lead, here = self.town.actor("lead"), self.town.areas[COMMUNITY].id
        self.manifest: Manifest = h.open_manifest(lead, here)
        h.list_all(lead, [h.line(self.manifest, n, family="F") for n in (0, 3)])
        self.placed, self.free = Passenger.objects.order_by("seat_key")
        h.act(lead, "passenger.present", {"passenger_id": str(self.placed.id)})
        self.rules = h.adopt(lead, here)
        h.triage(lead, self.manifest, self.rules)
        self.site: Site = h.open_site(lead, here, "hotel")
        h.place(lead, self.manifest, self.site)
        self.room, self.other = Room.objects.order_by("label")[:2]
        assert Stay.objects.get().room_id == self.room.id

    def payload(self, command: str) -> dict[str, Any]:
        person, free = {"person_id": str(self.placed.person_id)}, str(self.free.id)
        here, site = str(self.town.areas[COMMUNITY].id), {"post_id": str(self.site.id)}
        manifest = {"manifest_id": str(self.manifest.id)}
        content: dict[str, dict[str, Any]] = {
            "manifest.open": {
                "manifest_id": str(new_id()),
                "area_id": here,
                "vehicle": "G1",
                "arrives_at": now().isoformat(),
            },
            "manifest.count": {**manifest, "heads": 2},
            "manifest.close": manifest,
            "manifest.reopen": manifest,
            "passenger.list": h.line(self.manifest, 9),
            "passenger.present": {"passenger_id": free},
            "passenger.missing": {"passenger_id": free},
            "passenger.double": {"passenger_id": free, "double_of": str(self.placed.id)},
            "passenger.single": {"passenger_id": free},
            "passenger.triage": {
                "passenger_id": free,
                "rule_set_id": str(self.rules.id),
                "rule": 1,
                "destination": "hotel",
            },
            "family.decide": {**manifest, "family": "F", "way": "apart"},
            "triage.adopt": {
                "rule_set_id": str(new_id()),
                "area_id": here,
                "rules": list(FIRST_RULES),
            },
            "site.open": {
                "post_id": str(new_id()),
                "area_id": here,
                "name": "党校",
                "takes": "site",
            },
            "site.staff": {**site, "staff": 3},
            "site.close": {**site, "why": "关"},
            "room.set": {**site, "room_id": str(new_id()), "label": "909", "beds": 1},
            "arrival.place": {
                "person_id": str(self.free.person_id),
                "passenger_id": free,
                "destination": "hotel",
                **site,
                "room_id": str(self.room.id),
            },
            "arrival.move": {**person, **site, "room_id": str(self.other.id)},
            "arrival.leave": {**person, "why": "released"},
            "stay.keep": {**person, "table": "2"},
            "stay.note": {**person, "text": "好"},
            "arrival.purge": {"now": "2020-03-01"},
        }
        return content[command]


def test_the_table_names_every_command_of_the_room() -> None:
    own = {"manifest", "passenger", "family", "triage", "site", "room", "arrival", "stay"}
    assert {name for name in COMMANDS if name.split(".")[0] in own} == set(ALLOWED)


@pytest.mark.parametrize("command", ALLOWED)
def test_each_command_is_for_the_roles_of_the_table(command: str) -> None:
    from django.db import transaction

    scene = Scene()
    town = scene.town
    for role, code in ROLES.items():
        town.hire(role, role, code)
    for role in (*ROLES, "other"):
        with transaction.atomic():
            sent = h.act(town.actor(role), command, scene.payload(command))
            transaction.set_rollback(True)
        denied = bool(sent.refusal and sent.refusal.code in DENIED)
        assert denied is (role not in ALLOWED[command]), (command, role, sent)
        if denied:
            assert sent.status == Status.REFUSED
