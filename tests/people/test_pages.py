"""Every page of the console opens, for everybody who may see it, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests import town as towns
from tests.town import DISTRICT, Town

from lianfang.kernel.ids import new_id
from lianfang.kernel.verbs import Verb
from lianfang.people.models import Account, Person

pytestmark = pytest.mark.django_db

PLAIN = (
    *("home", "duties", "search", "account", "password", "device", "areas", "area_search"),
    *("gaps", "accounts", "organisations", "organisation_new", "journal", "held", "refused"),
)
OF_COMMUNITY = (
    *("area", "area_branch", "area_draw", "area_rename", "households"),
    *("household_register", "households_export"),
)
OF_GRID = ("area_retire", "account_new", "grant_give", "grid_split", "grid_merge")
OF_DOOR = ("household", "household_correct", "household_close", "household_merge", "person_add")
OF_PERSON = ("person", "person_correct", "person_move", "person_leave", "person_purge")


@pytest.fixture
def town() -> Town:
    built = towns.build()
    built.register(1, "3-2-501", "3-2-502", "3-2-601")
    built.register(2, "5-1-101")
    return built


def client(town: Town, username: str, language: str = "en") -> Client:
    result = Client(headers={"accept-language": language})
    result.force_login(town.accounts[username])
    return result


def addresses(town: Town) -> dict[str, str]:
    """Return the address of each page that only reads or shows a form."""
    door: list[Any] = [DISTRICT, town.households["3-2-501"]]
    person = Person.objects.filter(household_id=door[1]).order_by("id").first()
    assert person
    who: list[Any] = [DISTRICT, person.id]
    community, grid = town.areas[towns.COMMUNITY].id, town.grid(1).id
    account = town.accounts["grid1"].id
    result = {name: reverse(name) for name in PLAIN}
    for names, args in (
        (OF_COMMUNITY, [community]),
        (OF_GRID, [grid]),
        (OF_DOOR, door),
        (OF_PERSON, who),
    ):
        result |= {name: reverse(name, args=args) for name in names}
    result["account_page"] = reverse("account_page", args=[account])
    return result


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_lead_opens_every_page(town: Town, language: str) -> None:
    lead = client(town, "lead", language)
    for name, url in addresses(town).items():
        answer = lead.get(url)
        assert answer.status_code == 200, (name, answer.status_code, answer.content[:400])
        assert answer["Cache-Control"] == "private, no-store", name


def test_pages_ask_for_a_log_in(town: Town) -> None:
    nobody = Client()
    for name, url in addresses(town).items():
        answer = nobody.get(url)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/login"), name


def test_a_role_is_given_by_a_colleagues_name(client: Client, town: Town) -> None:
    """A lead knows her people by name; a login name such as grid-7k2q9d nobody remembers."""
    Account.objects.filter(username="grid2").update(name="林网格员")
    client.force_login(town.accounts["lead"])
    grid = town.grid(1)
    address = f"/areas/{grid.id}/roles/new"
    assert "林网格员" in client.get(address).content.decode()
    form = {"entry_id": str(new_id()), "account": "林网格员", "role": "grid_worker"}
    assert client.post(address, form).status_code == 302
    assert town.actor("grid2").may(Verb.VISIT, grid.path)
    nobody = {"entry_id": str(new_id()), "account": "无此人", "role": "grid_worker"}
    assert client.post(address, nobody).status_code == 422
