"""Who should be in isolation is recognised, online and by the filter; nothing more is told."""

from __future__ import annotations

import random
from base64 import b64decode
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.stations.helpers import build, passage, post
from tests.town import DISTRICT, Town, do

from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Record
from lianfang.kernel.times import local, now
from lianfang.people import tokens
from lianfang.people.models import Account
from lianfang.stations import filter_rules, isolation
from lianfang.stations.filter_rules import Filter
from lianfang.stations.filter_rules import build as build_filter

NUMBER = "110101199003071858"


def test_one_in_a_hundred_is_a_false_alarm_whatever_the_filter_holds() -> None:
    rng = random.Random(20)
    for true in (0, 5, 1024, 3000):
        texts = [f"phone:139{n:08d}" for n in range(true)]
        made = build_filter(texts, rng.randbytes(16), rng.randbytes)
        assert all(made.holds(t) for t in texts)
        asked = 20_000
        alarms = sum(made.holds(f"phone:138{n:08d}") for n in range(asked))
        if filter_rules.capacity_for(true) in (1024,):
            assert 0.006 < alarms / asked < 0.014, (true, alarms)
        assert alarms / asked < 0.014, (true, alarms)


def test_its_size_does_not_tell_how_many_are_in_it() -> None:
    sizes = {len(build_filter(map(str, range(n)), b"s", random.randbytes).data) for n in (0, 900)}
    assert len(sizes) == 1


@given(st.sets(st.text(max_size=20), max_size=50), st.binary(min_size=16, max_size=16))
def test_nobody_in_the_filter_is_missed(texts: set[str], salt: bytes) -> None:
    made = build_filter(texts, salt, random.randbytes)
    assert all(made.holds(t) for t in texts)


def resident(town: Town) -> UUID:
    """Register somebody in the first grid."""
    person_id = new_id()
    content = {
        "area_id": str(town.grid(1).id),
        "person_id": str(person_id),
        "name": "王小明",
        "phone": "13800000001",
        "id_kind": "resident",
        "id_number": NUMBER,
    }
    do(town.actor("lead"), "person.register", content)
    return person_id


def watch(town: Town, person_id: UUID) -> None:
    """Put somebody under watch at home."""
    content = {
        "person_id": str(person_id),
        "area_id": str(town.grid(1).id),
        "reason": "contact",
        "place": "home",
        "from_day": f"{local(now()):%Y-%m-%d}",
        "days": 14,
        "checks_a_day": 2,
    }
    do(town.actor("lead"), "watch.start", content)


@pytest.mark.django_db
def test_the_receipt_says_to_call_the_desk_and_no_more() -> None:
    town = build()
    person_id = resident(town)
    watch(town, person_id)
    post_id = post(town)
    by_name = {"name": "王小明", "phone": "13800000001", "temperature": "36.5"}
    receipt = passage(town, post_id, "粤E12345", {"temperature": "36.5"}, by_name)
    assert [t["call_desk"] for t in receipt.result["travellers"]] == [False, True]
    assert receipt.result["call_desk"] is True
    # The number alone is enough, with another name as well: somebody of the family.
    other = passage(town, post_id, "", by_name | {"name": "赵六"})
    assert other.result["call_desk"] is True
    assert not passage(town, post_id, "", {"phone": "13900000009"}).result["call_desk"]
    path = town.grid(1).path
    ask = isolation.should_be_isolated
    assert ask(DISTRICT, path, plate="粤E12345")
    assert ask(DISTRICT, path, id_number=NUMBER)
    assert ask(DISTRICT, path, person_id=person_id)
    assert not ask(DISTRICT, path, phone="13900000009", plate="粤E00000")
    assert not ask(DISTRICT, path)


def call(town: Town, who: str, url: str, body: dict[str, Any]) -> Any:
    token, _ = tokens.make(Account.objects.get(username=who), "t")
    return Client().post(
        url, body, content_type="application/json", headers={"Authorization": f"Bearer {token}"}
    )


@pytest.mark.django_db
def test_the_phone_asks_online_and_takes_a_filter_for_its_shift() -> None:
    cache.clear()
    town = build()
    person_id = resident(town)
    watch(town, person_id)
    post_id = post(town)
    where = f"/api/posts/{post_id}"
    answer = call(town, "staff", f"{where}/isolation", {"phone": "13800000001"})
    assert (answer.status_code, answer.json()) == (200, {"call_desk": True})
    assert call(town, "staff", f"{where}/isolation", {}).json() == {"call_desk": False}
    for who in ("street", "other"):
        assert call(town, who, f"{where}/isolation", {"phone": "1"}).status_code == 404
        assert call(town, who, f"{where}/filter", {}).status_code == 404
    until = now() + timedelta(hours=8)
    taken = call(town, "staff", f"{where}/filter", {"until": until.isoformat()})
    assert taken.status_code == 200, taken.content
    body = taken.json()
    made = Filter(b64decode(body["salt"]), body["bits"], b64decode(body["data"]))
    assert made.holds("phone:13800000001")
    assert made.holds(f"id:{NUMBER}")
    assert str(person_id) not in taken.content.decode()
    record = Record.objects.get(command="passage.filter")
    assert (str(record.id), record.subject_id) == (body["filter_id"], post_id)
    again = call(town, "staff", f"{where}/filter", {"until": until.isoformat()}).json()
    assert again["salt"] != body["salt"]
    late = now() + timedelta(hours=13)
    refused = call(town, "staff", f"{where}/filter", {"until": late.isoformat()})
    assert (refused.status_code, refused.json()["code"]) == (422, "passage.filter_long")


@pytest.mark.django_db
def test_programs_read_the_posts_and_their_hours() -> None:
    town = build()
    post_id = post(town)
    passage(town, post_id, "", {"temperature": "37.5"})

    def read(who: str, url: str) -> Any:
        token, _ = tokens.make(Account.objects.get(username=who), "t")
        return Client().get(url, headers={"Authorization": f"Bearer {token}"})

    (shown,) = read("staff", "/api/posts").json()["items"]
    assert (shown["id"], shown["fever"], shown["records"]) == (str(post_id), 37.3, True)
    assert read("street", "/api/posts").json()["items"][0]["records"] is False
    assert read("other", "/api/posts").json()["items"] == []
    found = read("street", f"/api/posts/{post_id}/hours").json()["items"]
    assert len(found) == 24
    assert sum(h["fevers"] for h in found) == 1
    assert read("other", f"/api/posts/{post_id}/hours").status_code == 404
    assert read("staff", f"/api/posts/{post_id}/hours?day=2020-99-01").status_code == 422


@pytest.mark.django_db
def test_who_tries_numbers_out_is_slowed() -> None:
    cache.clear()
    town = build()
    post_id = post(town)
    token, _ = tokens.make(Account.objects.get(username="staff"), "t")
    client = Client(headers={"Authorization": f"Bearer {token}"})
    url = f"/api/posts/{post_id}/isolation"
    codes = [
        client.post(url, {"phone": "13800000001"}, content_type="application/json").status_code
        for _ in range(61)
    ]
    assert set(codes[:60]) == {200}
    assert codes[60] == 429
