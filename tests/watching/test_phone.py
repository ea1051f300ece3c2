"""The checks on a phone: whose they are, and which are owed when there is no network."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.doors.sync.conftest import post
from tests.town import DISTRICT, Town, do
from tests.watching.helpers import build, person, terms

from lianfang.drill.phones import Phone
from lianfang.kernel.times import now
from lianfang.watching import rows, slots
from lianfang.watching.models import Check, Referral, Watch

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    town = build()
    for number in (0, 1):
        payload = terms(town) | {"person_id": str(person(town, number=number))}
        do(town.actor("lead"), "watch.start", payload)
    payload = terms(town, "4-1-101") | {"person_id": str(person(town, "4-1-101"))}
    do(town.actor("lead"), "watch.start", payload)
    return town


def phone(town: Town, username: str) -> Phone:
    account = town.accounts[username]
    account.set_password("a long word")
    account.save(update_fields=["password"])
    one = Phone(post)
    one.login(username=username, password="a long word")
    one.sync()
    return one


def watches(one: Phone) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = one.lists["rooms"].get("watching", {}).get("watches", [])
    return found


def test_each_checks_those_in_the_own_scope(town: Town) -> None:
    grid = watches(phone(town, "grid1"))
    assert {w["label"] for w in grid} == {"3-2-501"}
    assert {w["name"] for w in grid} == {"王3-2-5010", "王3-2-5011"}
    assert len(watches(phone(town, "lead"))) == 3
    for other in ("volunteer", "district", "other"):
        assert watches(phone(town, other)) == [], other


def test_the_next_checks_are_known_ahead(town: Town) -> None:
    (one, _) = watches(phone(town, "grid1"))
    row = Watch.objects.get(id=one["id"])
    assert row.next_day
    assert row.next_slot
    first = slots.slot(row.next_day, row.next_slot, 2, rows.zone())
    second = slots.following(first, 2, rows.zone())
    assert len(one["slots"]) == 4
    for told, slot in zip(one["slots"], (first, second), strict=False):
        assert told == [int(m.timestamp()) for m in (slot.opens, slot.due, slot.closes)]


def test_a_check_from_the_outbox_answers_the_slot_of_its_time(town: Town) -> None:
    worker = phone(town, "grid1")
    (one, other) = watches(worker)
    before = one["slots"][0]
    at = now() - timedelta(minutes=3)
    payload = {"watch_id": one["id"], "temperature": "38.2", "symptoms": ["cough"]}
    worker.record("watch.check", payload, DISTRICT, at)
    worker.record("watch.check", {"watch_id": other["id"], "normal": True}, DISTRICT, at)
    worker.sync()
    assert {s["status"] for s in worker.settled.values()} == {"accepted"}
    assert Check.objects.count() == 2
    assert Referral.objects.count() == 1
    told = {w["id"]: w for w in watches(worker)}
    assert told[one["id"]]["unwell"] == 1
    if before[0] <= at.timestamp():
        assert told[one["id"]]["slots"][0] != before
