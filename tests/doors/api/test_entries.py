"""POST /api/entries: bad input is refused clearly, is kept, and sinks nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from tests import town as towns
from tests.doors.api.conftest import Api, door, raw
from tests.town import Town

from lianfang.kernel import crypto
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Record, SetAside
from lianfang.kernel.times import now
from lianfang.people.models import Household

pytestmark = pytest.mark.django_db
As = Callable[[str], Api]


def test_a_list_is_answered_by_position(town: Town, api: As) -> None:
    lead = api("lead")
    entries = [raw("household.register", door(town, str(n))) for n in range(101, 104)]
    receipts = lead.send(*entries)
    assert [r["status"] for r in receipts] == ["accepted"] * 3
    assert [r["id"] for r in receipts] == [e["id"] for e in entries]
    again = lead.send(*entries)
    assert {(r["status"], r["first"]) for r in again} == {("repeated", "accepted")}
    assert Household.objects.count() == 3


BAD: dict[str, tuple[Any, str | None]] = {
    "not an object": (42, None),
    "null": (None, None),
    "a list": ([], None),
    "no id": ({"id": None}, "id"),
    "a malformed id": ({"id": "42"}, "id"),
    "an id that is a number": ({"id": 7}, "id"),
    "no command": ({"command": None}, "command"),
    "a command that is an object": ({"command": {}}, "command"),
    "a payload that is a list": ({"payload": []}, "payload"),
    "no payload": ({"payload": None}, "payload"),
    "no time": ({"occurred_at": None}, "occurred_at"),
    "a time without zone": ({"occurred_at": "2026-11-24T08:30:00"}, "occurred_at"),
    "a time that is words": ({"occurred_at": "昨天"}, "occurred_at"),
    "a year that cannot be": ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "occurred_at"),
    "a district that is too long": ({"district": "4" * 13}, "district"),
    "a district that is a number": ({"district": 440605}, "district"),
    "a mends that is no id": ({"mends": "x"}, "mends"),
    "a device clock that is none": ({"device_at": 12}, "device_at"),
    "a field too many": ({"extra": 1}, "extra"),
}


@pytest.mark.parametrize("name", BAD)
def test_one_malformed_entry_among_others_is_refused_and_kept(
    town: Town, api: As, name: str
) -> None:
    change, field = BAD[name]
    bad = (
        {**raw("household.register", door(town)), **change} if isinstance(change, dict) else change
    )
    good = [raw("household.register", door(town, str(n))) for n in range(101, 103)]
    receipts = api("lead").send(good[0], bad, good[1])
    assert [r["status"] for r in receipts] == ["accepted", "refused", "accepted"]
    assert receipts[1]["problem"]["code"] == "kernel.malformed"
    assert receipts[1]["problem"]["field"] == field
    kept = SetAside.objects.get(id=receipts[1]["id"])
    assert kept.state == "refused"
    if isinstance(change, dict):
        assert "王芳" in crypto.open_field(kept.content) or "payload" in change


def test_a_malformed_entry_sent_again_is_kept_once(api: As) -> None:
    first = api("lead").send({"id": "42"}, "x")
    again = api("lead").send({"id": "42"}, "x")
    assert [r["id"] for r in first] == [r["id"] for r in again]
    assert SetAside.objects.count() == 2


@pytest.mark.parametrize("text", ["\\u0000", "\\ud800", "a\\udc00b"])
def test_characters_that_cannot_be_stored_sink_one_entry(town: Town, api: As, text: str) -> None:
    bad = json.dumps(raw("household.register", door(town, "X"))).replace('"X"', f'"{text}"')
    good = json.dumps(raw("household.register", door(town, "101")))
    receipts = api("lead").post("/api/entries", f"[{bad},{good}]")["receipts"]
    assert [r["status"] for r in receipts] == ["refused", "accepted"]
    assert SetAside.objects.count() == 1


def test_one_bad_among_a_hundred(town: Town, api: As) -> None:
    entries = [raw("household.register", door(town, str(100 + n))) for n in range(100)]
    entries[41]["payload"]["floor"] = "五楼"
    entries[57] = {"nonsense": True}
    receipts = api("lead").send(*entries)
    assert [n for n, r in enumerate(receipts) if r["status"] != "accepted"] == [41, 57]
    assert Household.objects.count() == 98


@pytest.mark.parametrize(
    ("command", "change", "code"),
    [
        ("household.close", {"household_id": str(new_id()), "why": "x"}, "kernel.not_found"),
        ("household.teleport", {}, "kernel.unknown_command"),
        ("household.close", {"household_id": "502", "why": "x"}, "kernel.malformed"),
        ("household.close", {}, "kernel.malformed"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_stable_code(
    api: As, command: str, change: dict[str, Any], code: str
) -> None:
    receipt = api("lead").send(raw(command, change))[0]
    assert receipt["status"] == "refused"
    assert receipt["problem"]["code"] == code
    assert receipt["problem"]["message"]


def test_a_foreign_area_looks_like_an_absent_one(town: Town, api: As) -> None:
    foreign = door(town, area_id=str(town.areas["440605012901001"].id))
    absent = door(town, area_id=str(new_id()))
    receipts = api("lead").send(*(raw("household.register", p) for p in (foreign, absent)))
    assert receipts[0]["problem"] == receipts[1]["problem"]


def test_tomorrow_is_refused_from_a_desk_and_held_from_a_device(town: Town, api: As) -> None:
    tomorrow = (now() + timedelta(days=1)).isoformat()
    desk = raw("household.register", door(town), occurred_at=tomorrow)
    phone = raw("household.register", door(town), occurred_at=tomorrow, device_at=tomorrow)
    assert api("lead").send(desk)[0]["problem"]["code"] == "kernel.in_future"
    assert api("lead").send(phone)[0]["status"] == "held"


def test_the_same_id_with_other_content_is_refused(town: Town, api: As) -> None:
    first = raw("household.register", door(town))
    other = {**first, "payload": door(town, "502")}
    api("lead").send(first)
    receipt = api("lead").send(other)[0]
    assert (receipt["status"], receipt["problem"]["code"]) == ("refused", "kernel.other_content")
    assert Household.objects.get().room == "501"


def test_who_was_shut_out_may_hand_in_what_was_done_before(town: Town, api: As) -> None:
    lead = api("lead")
    before = now() - timedelta(minutes=1)
    towns.do(
        OPERATOR,
        "account.switch",
        {"account_id": str(town.accounts["lead"].id), "active": False},
        "",
    )
    late = raw("household.register", door(town), occurred_at=before.isoformat())
    assert lead.send(late)[0]["status"] == "held"
    assert lead.get("/api/households?district=440605")["items"] == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "api.not_json"),
        ("", 400, "api.not_json"),
        ("[NaN]", 400, "api.not_json"),
        (b"\xff\xfe", 400, "api.not_json"),
        ("[" * 100_000, 400, "api.not_json"),
        ("{}", 422, "api.not_a_list"),
        ("[" + ",".join("1" for _ in range(1001)) + "]", 413, "kernel.too_many"),
    ],
)
def test_a_body_that_is_no_list(api: As, body: str | bytes, status: int, code: str) -> None:
    assert api("lead").post("/api/entries", body, status)["code"] == code
    assert SetAside.objects.count() == 0


def test_fifty_megabytes_are_refused_by_the_header_alone(api: As) -> None:
    response = api("lead").request("POST", "/api/entries", b"x" * (50 * 2**20))
    assert response.status_code == 413
    assert response.json()["code"] == "kernel.too_large"
    assert "8 MB" in response.json()["message"]


def test_another_content_type_is_refused(api: As) -> None:
    response = api("lead").request("POST", "/api/entries", "a=1", **{"Content-Type": "text/plain"})
    assert (response.status_code, response.json()["code"]) == (415, "api.wrong_type")


def test_a_database_that_is_gone_asks_to_come_again(
    town: Town, api: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = api("lead")
    entry = raw("household.register", door(town))

    def gone(*args: Any) -> int:
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as broken:
        broken.setattr("lianfang.kernel.journal.enter", gone)
        broken.setattr("time.sleep", lambda seconds: None)
        response = lead.request("POST", "/api/entries", [entry, {"bad": 1}])
        assert response.status_code == 503
        assert response["Retry-After"] == "10"
        assert response.json()["code"] == "kernel.unavailable"
    receipts = lead.send(entry, {"bad": 1})
    assert [r["status"] for r in receipts] == ["accepted", "refused"]


def test_a_full_disk_loses_nothing_that_was_accepted(
    town: Town, api: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = api("lead")
    lead.send(raw("household.register", door(town, "101")))
    entry = raw("household.register", door(town, "102"))

    def full(*args: Any, **options: Any) -> None:
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as broken:
        broken.setattr("lianfang.kernel.journal.append", full)
        broken.setattr("time.sleep", lambda seconds: None)
        assert lead.post("/api/entries", [entry], 503)["code"] == "kernel.unavailable"
    assert Record.objects.filter(command="household.register").count() == 1
    assert lead.send(entry)[0]["status"] == "accepted"


def test_a_token_that_cannot_be_read_for_the_database_is_no_401(
    api: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = api("lead")

    def gone(token: str) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr("lianfang.people.tokens.account_of", gone)
    assert lead.get("/api/me", 503)["code"] == "kernel.unavailable"
