"""Who sees which page of a round, and which fields on it: allowed and denied."""

from __future__ import annotations

from uuid import UUID

import pytest
from tests import town as towns
from tests.screening.helpers import client, readings, start, text, visit
from tests.town import COMMUNITY, DISTRICT, Town

from lianfang.people.models import Person

pytestmark = pytest.mark.django_db

# Role -> the pages that open; every other one of PAGES answers 404.
NUMBERS = {"round"}
LISTS = {"round", "doors", "building"}
OPENS: dict[str, set[str]] = {
    "lead": {*LISTS, "fevers", "visit", "close", "proof", "verify", "xlsx", "new"},
    "worker": {*LISTS, "fevers", "visit"},
    "building_lead": {*LISTS, "fevers", "visit"},
    "health": {*LISTS, "fevers", "proof", "verify", "xlsx", "wall"},
    "auditor": {*LISTS, "proof", "verify"},
    "street": {*LISTS, "proof", "verify", "xlsx", "close", "new"},
    "district": {*NUMBERS, "proof", "close", "new", "wall"},
    "city": {*NUMBERS, "proof", "close", "new", "wall"},
    "administrator": {*NUMBERS, "wall"},
    "volunteer": set(),
    "resident": set(),
    "next_lead": {"new"},
}
STAFF = {
    "worker": ("grid_worker", COMMUNITY + "001"),
    "building_lead": ("building_lead", COMMUNITY + "001"),
    "health": ("health_officer", "440605"),
    "auditor": ("auditor", "440605011"),
    "street": ("street_command", "440605011"),
    "district": ("district_command", "440605"),
    "city": ("city_command", "4406"),
    "administrator": ("administrator", None),
    "volunteer": ("volunteer", COMMUNITY),
    "resident": ("resident", COMMUNITY),
    "next_lead": ("community_lead", "440605012901"),
}


@pytest.fixture
def town() -> Town:
    town = towns.build()
    town.register(1, "3-2-501", "3-2-502")
    town.register(2, "4-1-101")
    for username, (role, code) in STAFF.items():
        town.hire(username, role, code)
    return town


def pages(town: Town, round_id: UUID) -> dict[str, str]:
    base, grid = f"/rounds/{round_id}", town.grid(1).id
    return {
        "round": f"{base}?area={grid}",
        "doors": f"{base}/doors?area={grid}",
        "building": f"{base}/building?area={grid}",
        "fevers": f"{base}/fevers?area={grid}",
        "visit": f"{base}/visit/{DISTRICT}/{town.households['3-2-501']}",
        "close": f"{base}/close",
        "proof": f"{base}/proof?area={grid}",
        "verify": f"{base}/proof/verify?area={grid}",
        "xlsx": f"{base}/doors.xlsx?area={grid}",
        "new": "/rounds/new",
        "wall": f"{base}/wall?area={town.areas['440605'].id}",
    }


@pytest.mark.parametrize("username", sorted(OPENS))
def test_each_role_opens_its_pages_and_no_other(town: Town, username: str) -> None:
    round_id = start(town)
    browser = client(town, username)
    found = {}
    for name, where in pages(town, round_id).items():
        status = browser.get(where).status_code
        assert status in (200, 404), (name, status)
        found[name] = status == 200
    assert {name for name, opened in found.items() if opened} == OPENS[username]


def test_nobody_without_a_login_sees_anything(town: Town) -> None:
    from django.test import Client

    round_id = start(town)
    for where in pages(town, round_id).values():
        assert Client().get(where).status_code == 302


@pytest.fixture
def feverish(town: Town) -> UUID:
    """Return a round in which a fever was found, with a note and a name behind the door."""
    round_id = start(town)
    Person.objects.filter(household_id=town.households["3-2-501"]).update(name="欧阳测试")
    given = readings(town, "3-2-501", 38.7)
    visit(town, round_id, "3-2-501", readings=given, note="独居老人")
    return round_id


@pytest.mark.parametrize("username", ["auditor", "street"])
def test_without_health_sight_no_fever_is_tied_to_a_door(
    town: Town, feverish: UUID, username: str
) -> None:
    browser = client(town, username)
    for name, where in pages(town, feverish).items():
        if name in OPENS[username] - {"xlsx"}:
            page = text(browser.get(where))
            assert "38.7" not in page, name
            assert "欧阳" not in page, name
            assert "独居" not in page, name
            assert 'data-state="fever"' not in page, name
    hidden = browser.get(pages(town, feverish)["doors"] + "&part=fever")
    assert hidden.context["table"].caption == "Open doors"
    door = f"/households/{DISTRICT}/{town.households['3-2-501']}"
    assert "38.7" not in text(browser.get(door))


def test_a_commander_sees_numbers_and_no_door(town: Town, feverish: UUID) -> None:
    browser = client(town, "district")
    page = text(browser.get(pages(town, feverish)["round"]))
    assert "3-2-501" not in page
    assert "/doors" not in page
    proof = text(browser.get(pages(town, feverish)["proof"]))
    assert "3-2-501" not in proof
    assert "Take as xlsx" not in proof


def test_the_grid_worker_enters_at_the_own_grid_and_sees_the_fever(
    town: Town, feverish: UUID
) -> None:
    browser = client(town, "worker")
    page = browser.get(f"/rounds/{feverish}")
    assert page.context["area"] == town.grid(1)
    assert 'data-state="fever"' in text(browser.get(pages(town, feverish)["building"]))
    listed = text(browser.get(pages(town, feverish)["fevers"]))
    assert "38.7" in listed
    assert "欧阳测试" in listed
    other = f"/rounds/{feverish}/doors?area={town.grid(2).id}"
    assert browser.get(other).status_code == 404
