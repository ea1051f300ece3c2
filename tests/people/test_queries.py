"""The pages that are opened all day make a fixed number of queries, however full the house is."""

from __future__ import annotations

from django.urls import reverse
from tests import town as towns
from tests.people.conftest import Login
from tests.support.queries import QueryCount
from tests.town import DISTRICT, Town


def test_the_household_page(town: Town, login: Login, query_count: QueryCount) -> None:
    lead = login("lead")
    town.register(1, "8-1-101", members=8)
    for door in ("3-2-502", "8-1-101"):
        url = reverse("household", args=[DISTRICT, town.households[door]])
        lead.get(url)
        with query_count("people: household page"):
            assert lead.get(url).status_code == 200


def test_the_list_of_households(town: Town, login: Login, query_count: QueryCount) -> None:
    lead = login("lead")
    url = reverse("households", args=[town.areas[towns.COMMUNITY].id])
    lead.get(url)
    for rooms in ([], [f"6-1-{n}" for n in range(101, 141)]):
        town.register(1, *rooms)
        with query_count("people: household list"):
            assert lead.get(url).status_code == 200


def test_home_and_area(town: Town, login: Login, query_count: QueryCount) -> None:
    lead = login("lead")
    lead.get("/")
    with query_count("people: home"):
        lead.get("/")
    url = reverse("area", args=[town.areas[towns.COMMUNITY].id])
    lead.get(url)
    with query_count("areas: area page"):
        lead.get(url)
