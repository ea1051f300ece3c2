"""What each role reads, and that what is absent and what is forbidden look the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.doors.api.conftest import Api, raw
from tests.town import COMMUNITY, DISTRICT, Town, do

from lianfang.areas.models import Area
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.ids import new_id
from lianfang.people.models import Person

pytestmark = pytest.mark.django_db
As = Callable[[str], Api]

STAFF = {
    "lead": ("community_lead", COMMUNITY),
    "grid1": ("grid_worker", COMMUNITY + "001"),
    "grid2": ("grid_worker", COMMUNITY + "002"),
    "volunteer": ("volunteer", COMMUNITY),
    "command": ("district_command", DISTRICT),
    "auditor": ("auditor", DISTRICT),
    "officer": ("health_officer", DISTRICT),
    "neighbour": ("community_lead", "440605012901"),
    "administrator": ("administrator", None),
}


@pytest.fixture
def town(town: Town) -> Town:
    for name, (role, code) in STAFF.items():
        if name not in town.accounts:
            town.hire(name, role, code)
    town.register(1, "3-2-501", "3-2-502")
    town.register(2, "4-1-101")
    return town


# For each role: doors listed, whether the first door opens, records, counters, area by name.
TABLE = {
    "lead": (3, True, True, True, True),
    "grid1": (2, True, False, True, True),
    "grid2": (1, False, False, True, False),
    "volunteer": (0, False, False, False, False),
    "command": (3, True, True, True, True),
    "auditor": (3, True, True, True, True),
    "officer": (3, True, True, True, True),
    "neighbour": (0, False, False, False, False),
    "administrator": (3, True, False, True, True),
}


@pytest.mark.parametrize("who", TABLE)
def test_the_permission_table_of_reads(town: Town, api: As, who: str) -> None:
    listed, opens, records, tallies, area = TABLE[who]
    client, first = api(who), town.households["3-2-501"]
    assert len(client.get("/api/households")["items"]) == listed
    client.get(f"/api/households/{first}", 200 if opens else 404)
    person = Person.objects.filter(household_id=first).values_list("id", flat=True)[0]
    client.get(f"/api/persons/{person}", 200 if opens else 404)
    assert bool(client.get("/api/records?district=440605")["items"]) == records
    assert bool(client.get("/api/tallies?metric=households")["items"]) == tallies
    found = client.get("/api/areas?q=第一网格")["items"]
    assert [a["name"] for a in found] == (["第一网格"] if area else [])
    client.get(f"/api/areas/{town.grid(1).id}", 200 if area else 404)


def test_without_login_nothing_is_read(town: Town) -> None:
    for path in ("me", "areas", "households", "duties", "records", "tallies", "commands", "tokens"):
        problem = Api().get(f"/api/{path}", 401)
        assert problem["code"] == "api.no_login"


def test_absent_and_forbidden_look_the_same(town: Town, api: As) -> None:
    forbidden = api("grid2").get(f"/api/households/{town.households['3-2-501']}", 404)
    absent = api("grid2").get(f"/api/households/{new_id()}", 404)
    nonsense = api("grid2").get("/api/areas/42", 404)
    assert forbidden == absent
    assert nonsense["code"] == "api.no_address"


def test_sight_says_which_fields_are_shown(town: Town, api: As) -> None:
    path = f"/api/households/{town.households['3-2-501']}"
    lead, command = api("lead").get(path), api("command").get(path)
    assert (lead["room"], lead["members"][0]["name"][:1]) == ("501", "王")
    assert command["room"] is None
    assert "王" not in str(command)


def test_a_commander_opens_a_person_only_with_a_reason(town: Town, api: As) -> None:
    person = Person.objects.filter(household_id=town.households["3-2-501"])[0]
    client = api("command")
    assert client.get(f"/api/persons/{person.id}")["name"] == ""
    body = {"payload": {"person_id": str(person.id), "reason": "家属求助,核实住址"}}
    client.post("/api/commands/person.open", body)
    assert client.get(f"/api/persons/{person.id}")["name"] == person.name
    assert api("auditor").get(f"/api/persons/{person.id}")["name"] != person.name


def test_pages_hold_every_row_once(town: Town, api: As) -> None:
    town.register(1, *(f"5-1-{n}" for n in range(101, 121)))
    client = api("lead")
    seen: list[str] = []
    cursor = ""
    while True:
        answer = client.get(f"/api/households?limit=5{cursor}")
        seen += [row["id"] for row in answer["items"]]
        if answer["next"] is None:
            break
        cursor = f"&cursor={answer['next']}"
    assert len(seen) == len(set(seen)) == 23
    by_door = client.get(f"/api/households?area={town.grid(1).id}&limit=3")
    assert [r["room"] for r in by_door["items"]] == ["501", "502", "101"]


@pytest.mark.parametrize("change", ["x", "other query", "other reader"])
def test_a_cursor_fits_its_query_and_reader_only(town: Town, api: As, change: str) -> None:
    cursor = api("lead").get("/api/households?limit=1")["next"]
    client = api("command" if change == "other reader" else "lead")
    more = "&state=closed" if change == "other query" else ""
    broken = "x" if change == "x" else ""
    answer = client.get(f"/api/households?limit=1&cursor={cursor}{broken}{more}", 422)
    assert answer["code"] == "api.bad_cursor"


def test_a_scope_over_several_districts_has_to_say_which(town: Town, api: As) -> None:
    town.hire("city", "city_command", "4406")
    do(OPERATOR, "area.import", {"rows": [{"code": "440606", "name": "顺德区"}]}, "")
    assert len(api("city").get("/api/households")["items"]) == 3
    town.areas["440606"] = Area.objects.get(code="440606")
    town.hire("nobody", "volunteer", "440606")
    assert api("nobody").get("/api/households")["items"] == []
    town.hire("two", "auditor", "440606")
    grant = {
        "account_id": str(town.accounts["two"].id),
        "role": "auditor",
        "area_id": str(town.areas[DISTRICT].id),
    }
    do(OPERATOR, "grant.give", grant, "")
    assert api("two").get("/api/households", 422)["code"] == "api.which_district"
    assert len(api("two").get("/api/households?district=440605")["items"]) == 3


def test_the_feed_goes_on_where_it_stopped(town: Town, api: As) -> None:
    client = api("lead")
    first = client.get("/api/records?limit=2")
    assert [r["seq"] for r in first["items"]] == [1, 2]
    assert first["more"] is True
    rest = client.get(f"/api/records?cursor={first['next']}")
    assert rest["more"] is False
    end = client.get(f"/api/records?cursor={rest['next']}")
    assert end["items"] == []
    town.register(2, "4-1-102")
    news = client.get(f"/api/records?cursor={end['next']}")
    assert [r["command"] for r in news["items"]] == ["household.register"]


def test_names_never_leave_by_the_feed(town: Town, api: As) -> None:
    assert "王" not in str(api("lead").get("/api/records"))
    assert api("auditor").get("/api/records")["items"][0]["payload"] is None


def test_refused_entries_come_back_to_their_author(town: Town, api: As) -> None:
    lead = api("lead")
    lead.send(raw("household.close", {"household_id": "x", "why": "拆除"}), {"bad": 1})
    row = lead.get("/api/set-aside")["items"][0]
    assert row["problem"]["code"] == "kernel.malformed"
    assert row["content"]["why"] == "拆除"
    assert lead.get("/api/set-aside?district=")["items"][0]["content"] == {"bad": 1}
    assert api("command").get("/api/set-aside")["items"] == []


QUERIES = {
    "limit=0": 422,
    "limit=501": 422,
    "limit=x": 422,
    "state=gone": 422,
    "area=5": 422,
    "district=../..": 422,
    "cursor=%00": 422,
    "district=440605%00": 422,
    "unknown=1": 200,
}


@pytest.mark.parametrize("query", QUERIES)
def test_queries_that_cannot_be(api: As, query: str) -> None:
    answer: Any = api("lead").get(f"/api/households?{query}", QUERIES[query])
    assert "items" in answer or answer["code"] in {"api.bad_query", "api.bad_cursor"}
