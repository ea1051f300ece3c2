"""Posts on a phone: what they remember, and the shift's filter that its secrets get."""

from __future__ import annotations

import json
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from tests.doors.sync.conftest import post as to_server
from tests.stations import helpers
from tests.stations.helpers import build, passage
from tests.town import COMMUNITY, DISTRICT, Town, do

from lianfang.drill.phones import Phone
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Record
from lianfang.people.models import Person
from lianfang.stations import filter_rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build()


def phone(town: Town, username: str) -> Phone:
    account = town.accounts[username]
    account.set_password("a long word")
    account.save(update_fields=["password"])
    one = Phone(to_server)
    one.login(username=username, password="a long word")
    one.sync()
    return one


def posts(one: Phone) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = one.lists["rooms"].get("stations", {}).get("posts", [])
    return found


def take(one: Phone, post_id: UUID, **more: Any) -> tuple[int, dict[str, Any]]:
    clock = datetime.now(UTC)
    body = {"post_id": str(post_id), "district": DISTRICT, "device_clock": clock.isoformat()}
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Device {one.device}.{one.up}.{one.read}",
    }
    status, raw = to_server("/sync/filter", json.dumps(body | more).encode(), headers)
    return status, json.loads(raw)


def test_a_post_remembers_who_comes_again(town: Town) -> None:
    gate = helpers.post(town, kind="checkpoint")
    helpers.post(town, "仓库", kind="depot")
    for _ in range(2):
        passage(
            town,
            gate,
            "粤A12345",
            {"name": "王师傅", "phone": "13800138000", "temperature": "36.5"},
            from_place="菜场",
            to_place="怡景社区",
        )
    (one,) = posts(phone(town, "staff"))
    assert (one["id"], one["fever"], one["places"]) == (str(gate), 373, ["怡景社区", "菜场"])
    ((plate, start, end, people, travellers),) = one["vehicles"]
    assert (plate, start, end, people) == ("粤A12345", "菜场", "怡景社区", 1)
    # The post's staff recognises; it does not read.
    assert travellers[0][1:] == ["王**", "138****8000"]
    assert posts(phone(town, "street")) == []
    assert posts(phone(town, "other")) == []


def test_the_filter_of_a_shift_is_taken_with_the_phones_secrets(town: Town) -> None:
    gate = helpers.post(town, kind="checkpoint")
    town.register(1, "3-2-501")
    person = Person.objects.filter(household_id=town.households["3-2-501"])[0]
    lead = town.actor("lead")
    do(lead, "person.correct", {"person_id": str(person.id), "phone": "13711112222"})
    watch = {
        "person_id": str(person.id),
        "reason": "contact",
        "from_day": str(timezone.localdate()),
        "area_id": str(town.grid(1).id),
    }
    do(lead, "watch.start", watch)
    staff = phone(town, "staff")
    status, got = take(staff, gate)
    assert status == 200
    made = filter_rules.Filter(b64decode(got["salt"]), got["bits"], b64decode(got["data"]))
    assert made.holds("phone:13711112222")
    assert got["lasts"] == 8 * 3600
    record = Record.objects.get(command="passage.filter")
    assert record.actor == town.actor("staff").ref
    # A shift of more than twelve hours by the phone's clock gets twelve.
    until = datetime.now(UTC) + timedelta(hours=20)
    assert take(staff, gate, until=until.isoformat())[1]["lasts"] == 12 * 3600
    assert take(phone(town, "other"), gate)[0] == 404
    assert take(staff, new_id())[0] == 404
    staff.read = "wrong"
    assert take(staff, gate)[0] == 401
    assert Record.objects.filter(command="passage.filter").count() == 2


def test_many_posts_are_listed_without_plates(town: Town) -> None:
    gates = [helpers.post(town, f"{n}号门") for n in range(9)]
    for _ in range(2):
        passage(town, gates[0], "粤A12345", {"temperature": "36.5"})
    listed = posts(phone(town, "staff"))
    assert len(listed) == 9
    assert not any(p["vehicles"] for p in listed)
    assert COMMUNITY in listed[0]["path"]
