"""Tokens, sessions, languages, errors of HTTP, and the operations of the commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from tests.doors.api.conftest import Api, door, raw
from tests.town import Town

from lianfang.doors.api.auth import FAILURES
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import SetAside
from lianfang.people.models import Account, ApiToken, Household

pytestmark = pytest.mark.django_db
As = Callable[[str], Api]


@pytest.fixture(autouse=True)
def _no_failures() -> None:
    cache.clear()


def test_a_wrong_token_is_told_so_and_slowed_down(town: Town, api: As) -> None:
    good = api("lead")
    for _ in range(FAILURES):
        assert Api("lf_wrong").get("/api/me", 401)["code"] == "api.no_login"
    response = Api("lf_wrong").request("GET", "/api/me")
    assert (response.status_code, response["Retry-After"]) == (429, "300")
    assert good.get("/api/me")["username"] == "lead"


@pytest.mark.parametrize("header", ["lf_x", "Basic abc", "Bearer", "Bearer \x00", "Bearer lf_ x"])
def test_odd_headers_are_no_login(town: Town, header: str) -> None:
    response = Api().request("GET", "/api/me", Authorization=header)
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_tokens_are_made_listed_and_revoked(town: Town, api: As) -> None:
    lead = api("lead")
    made = lead.post("/api/tokens", {"name": "phone"}, 201)
    assert made["token"].startswith("lf_")
    assert made["token"] not in str(lead.get("/api/tokens"))
    assert Api(made["token"]).get("/api/me")["username"] == "lead"
    other = api("grid1").request("DELETE", f"/api/tokens/{made['id']}")
    assert other.status_code == 404
    assert lead.request("DELETE", f"/api/tokens/{made['id']}").status_code == 204
    assert Api(made["token"]).get("/api/me", 401)
    assert ApiToken.objects.filter(account=town.accounts["lead"], revoked_at=None).count() == 1


def test_a_session_needs_its_csrf_token_to_write(town: Town) -> None:
    account = Account.objects.get(username="lead")
    client = Client(enforce_csrf_checks=True)
    client.force_login(account)
    assert client.get("/api/me").json()["username"] == "lead"
    entry = [raw("household.register", door(town))]
    refused = client.post("/api/entries", entry, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "api.csrf")
    client.cookies["csrftoken"] = "a" * 32
    done = client.post(
        "/api/entries", entry, content_type="application/json", headers={"X-CSRFToken": "a" * 32}
    )
    assert done.json()["receipts"][0]["status"] == "accepted"


@pytest.mark.parametrize(
    ("language", "word"), [("en", "no such"), ("zh-CN,zh;q=0.9", "没有"), ("fr", "没有")]
)
def test_a_problem_speaks_the_language_of_the_reader(
    town: Town, api: As, language: str, word: str
) -> None:
    client = api("lead")
    client.language = language
    response = client.request("GET", "/api/nowhere")
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert word in body["message"]
    assert body["title"] == body["message"]
    assert body["type"] == "urn:lianfang:problem:api.no_address"


def test_errors_of_http_are_problems_too(town: Town, api: As) -> None:
    lead = api("lead")
    assert lead.get("/api/nowhere", 404)["code"] == "api.no_address"
    assert lead.get("/api/", 404)["code"] == "api.no_address"
    assert lead.get("/api/persons/%0A", 404)["code"] == "api.no_address"
    response = lead.request("DELETE", "/api/households")
    assert (response.status_code, response["Allow"]) == (405, "GET")
    assert response.json()["code"] == "api.no_method"
    assert lead.request("POST", "/api/nowhere", "{}").status_code == 404
    assert response["Cache-Control"] == "no-store"


def test_a_fault_of_ours_is_a_problem_with_a_reference(
    api: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any) -> None:
        raise RuntimeError("private words")

    monkeypatch.setattr("lianfang.areas.queries.roots", broken)
    answer = api("lead").get("/api/areas", 500)
    assert answer["code"] == "kernel.unexpected"
    assert len(answer["reference"]) == 8
    assert "private" not in str(answer)


def test_a_command_by_its_own_address(town: Town, api: As) -> None:
    lead = api("lead")
    receipt = lead.post("/api/commands/household.register", {"payload": door(town)})
    assert receipt["status"] == "accepted"
    assert Household.objects.get().room == "501"
    again = {**raw("household.register", door(town, "502"))}
    first, second = (lead.post("/api/commands/household.register", again) for _ in range(2))
    assert (first["status"], second["status"], second["first"]) == (
        "accepted",
        "repeated",
        "accepted",
    )


@pytest.mark.parametrize(
    ("who", "command", "payload", "status", "code"),
    [
        ("lead", "household.close", {"household_id": str(new_id()), "why": "x"}, 404, None),
        ("lead", "household.close", {}, 422, "kernel.malformed"),
        ("lead", "household.close", 5, 422, "kernel.malformed"),
        ("grid1", "person.purge", {"person_id": str(new_id()), "reason": "x"}, 404, None),
        (
            "grid1",
            "organisation.create",
            {"organisation_id": str(new_id()), "name": "队"},
            403,
            None,
        ),
        ("lead", "account.switch", {"account_id": str(new_id()), "active": True}, 404, None),
    ],
)
def test_a_refused_command_has_the_status_of_its_problem(
    api: As, who: str, command: str, payload: Any, status: int, code: str | None
) -> None:
    problem = api(who).post(f"/api/commands/{command}", {"payload": payload}, status)
    assert code is None or problem["code"] == code
    assert problem["outcome"] == "refused"
    assert SetAside.objects.filter(id=problem["id"]).exists()


def test_a_command_is_not_taken_at_the_address_of_another(town: Town, api: As) -> None:
    body = raw("household.close", {"household_id": str(new_id()), "why": "x"})
    problem = api("lead").post("/api/commands/household.register", body, 422)
    assert problem["field"] == "command"


def test_the_registry_says_who_may(api: As) -> None:
    items = {c["name"]: c for c in api("lead").get("/api/commands")["items"]}
    assert items["household.register"]["may"] is True
    assert "grid_worker" in items["household.register"]["roles"]
    assert "clock.tick" not in items


def test_the_documentation_needs_nothing_from_outside(town: Town) -> None:
    page = Client().get("/api/docs").content.decode()
    assert "/static/ninja/swagger-ui-bundle.js" in page
    assert "http" not in page.replace("http-equiv", "")
