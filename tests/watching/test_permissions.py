"""Who may do what with a watch and a referral, as a table; and who sees whom."""

from __future__ import annotations

from typing import Any

import pytest
from tests.town import COMMUNITY, DISTRICT, Town, entry
from tests.watching.helpers import TODAY, act, begin, build, clock, door, person, terms

from lianfang.kernel import times
from lianfang.kernel.actors import Actor
from lianfang.kernel.ids import new_id
from lianfang.kernel.submit import submit
from lianfang.watching import queries
from lianfang.watching.models import Referral, Watch

pytestmark = pytest.mark.django_db

ROLES = {
    "volunteer": COMMUNITY,
    "grid_worker": COMMUNITY + "001",
    "building_lead": COMMUNITY + "001",
    "community_lead": COMMUNITY,
    "street_command": "440605011",
    "district_command": DISTRICT,
    "health_officer": COMMUNITY,
    "site_staff": COMMUNITY,
    "auditor": COMMUNITY,
}
DENIED = {"kernel.forbidden", "kernel.not_found"}
_HANDS = {"grid_worker", "building_lead", "community_lead", "health_officer", "site_staff"}
ALLOWED: dict[str, set[str]] = {
    "watch.start": _HANDS,
    "watch.check": _HANDS,
    "watch.self_check": {"card"},
    "watch.extend": _HANDS,
    "watch.move": _HANDS,
    "watch.left": _HANDS,
    "watch.found": _HANDS,
    "watch.release": _HANDS,
    "watch.transfer": _HANDS,
    "watch.withdraw": _HANDS,
    "watch.taken": set(),
    "watch.purge": set(),
    "watch.keep": {"district_command"},
    "referral.open": _HANDS,
    "referral.transport": _HANDS,
    "referral.accept": _HANDS,
    "referral.depart": _HANDS,
    "referral.arrive": _HANDS,
    "referral.result": _HANDS,
    "referral.cancel": _HANDS,
}


def payload(town: Town, command: str, watch: Watch) -> dict[str, Any]:
    row = Referral.objects.get(watch_id=watch.id)
    area = str(town.grid(1).id)
    content: dict[str, dict[str, Any]] = {
        "watch.start": {"person_id": str(person(town, "3-2-503")), **terms(town, "3-2-503")},
        "watch.check": {"normal": True},
        "watch.self_check": {"normal": True},
        "watch.extend": {"until_day": "2026-04-20", "why": "复检"},
        "watch.move": {"area_id": area, "place": "site", "post_id": str(new_id())},
        "watch.transfer": {"to_area_id": str(town.areas["440605012901"].id), "why": "x"},
        "watch.taken": {"by_district": "1", "by_watch_id": str(new_id())},
        "watch.purge": {"now": TODAY.isoformat()},
        "watch.keep": {"area_id": str(town.areas[DISTRICT].id)},
        "referral.open": {"person_id": str(person(town, "3-2-503")), "referral_id": str(new_id())},
        "referral.result": {"result": "negative"},
        "referral.cancel": {"note": "误报"},
    }
    more = content.get(command, {})
    if command.startswith("referral.") and command != "referral.open":
        more = {"referral_id": str(row.id), **more}
    elif command.startswith("watch.") and command not in (
        "watch.start",
        "watch.purge",
        "watch.keep",
    ):
        more = {"watch_id": str(watch.id), **more}
    return more


def test_each_command_is_for_the_roles_of_the_table() -> None:
    with times.at(clock(8)):
        town = build()
        actors: dict[str, Actor] = {"card": door(town, "3-2-501")}
        for role, code in ROLES.items():
            town.hire(f"one_{role}", role, code)
            actors[role] = town.actor(f"one_{role}")
        watch = begin(town)
        act(town.actor("grid1"), "watch.check", watch, temperature="38.0")
        stranger = town.actor("other")
        for command, allowed in ALLOWED.items():
            for name, actor in {**actors, "stranger": stranger}.items():
                sent = submit(actor, [entry(command, payload(town, command, watch))])[0]
                denied = bool(sent.refusal and sent.refusal.code in DENIED)
                assert denied is (name not in allowed), (command, name, sent)


def test_each_role_sees_the_watches_of_its_sight() -> None:
    with times.at(clock(8)):
        town = build()
        home = begin(town)
        site = begin(town, "4-1-101", who="grid2")
        area = str(town.grid(2).id)
        moved: dict[str, Any] = {"area_id": area, "place": "site", "post_id": str(new_id())}
        assert act(town.actor("lead"), "watch.move", site, **moved).stands
        seen = {
            "lead": {home.id, site.id},
            "grid1": {home.id},
            "grid2": {site.id},
            "building": {home.id},
            "health": {home.id, site.id},
            "site": {site.id},
            "street": set(),
            "district": set(),
            "volunteer": set(),
            "other": set(),
        }
        for name, expected in seen.items():
            actor = town.actor(name)
            found = set(queries.watches(actor, [DISTRICT]).values_list("id", flat=True))
            assert found == expected, name
            assert (queries.one(actor, DISTRICT, home.id) is None) is (home.id not in expected)
