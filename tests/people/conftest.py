"""A town with doors and everybody's roles, and clients that are logged in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests import town as towns
from tests.town import DISTRICT, Town, do

# Login name, role, code of the area (None: everywhere).
STAFF = [
    ("volunteer", "volunteer", towns.COMMUNITY + "001"),
    ("building", "building_lead", towns.COMMUNITY + "001"),
    ("street", "street_command", "440605011"),
    ("county", "district_command", "440605"),
    ("city", "city_command", "4406"),
    ("health", "health_officer", "440605"),
    ("site", "site_staff", towns.COMMUNITY),
    ("auditor", "auditor", towns.COMMUNITY),
    ("admin", "administrator", None),
    ("elsewhere", "community_lead", "440605012901"),
]
ANN: dict[str, Any] = {
    "name": "李安",
    "sex": "female",
    "born": "1941-05-02",
    "phone": "19900000012",
    "id_kind": "passport",
    "id_number": "E12345678",
    "relation": "户主",
    "care": ["illness"],
}
Login = Callable[[str], Client]


@pytest.fixture
def town(db: None) -> Town:
    """Two grids with doors, one account for each role, and Li An behind 3-2-501."""
    built = towns.build()
    for username, role, code in STAFF:
        built.hire(username, role, code)
    built.register(1, "3-2-501", "3-2-502", "4-1-101")
    built.register(2, "5-1-101")
    payload = {
        "person_id": "01900000-0000-7000-8000-0000000000aa",
        "area_id": str(built.grid(1).id),
        "household_id": str(built.households["3-2-501"]),
        **ANN,
    }
    do(built.actor("lead"), "person.register", payload, DISTRICT)
    return built


@pytest.fixture
def login(town: Town) -> Login:
    """Return a client logged in under a name, reading English."""

    def client(username: str) -> Client:
        result = Client(headers={"accept-language": "en"})
        result.force_login(town.accounts[username])
        return result

    return client
