"""S20: the highway checkpoint Weishi North (尉氏北): plates, contacts, temperatures, by the API.

A vehicle in a few keys, without network too; a fever raises a referral; who should be in isolation
is recognised, online and by the filter; the team that has worked since New Year's day is flagged.
"""

from __future__ import annotations

import re
from base64 import b64decode
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.test import Client
from tests.scenarios.city import hire
from tests.scenarios.gate import Gate, act
from tests.scenarios.hands import import_city, people, serve, unit

from lianfang.areas.models import Area
from lianfang.kernel import times
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.kernel.times import local
from lianfang.people.auth import actor_for
from lianfang.people.models import Account
from lianfang.stations import isolation, queries, stand_queries
from lianfang.stations.filter_rules import Filter
from lianfang.stations.models import Passage, PostHour, Traveller, Vehicle
from lianfang.watching.models import Referral, Watch

pytestmark = pytest.mark.django_db

NEW_YEAR = datetime.fromisoformat("2020-01-25T08:00:00+08:00")
MORNING = NEW_YEAR + timedelta(days=7)
EXIT = "尉氏北出口"


class Exit:
    """The checkpoint with its staff and the lead of the community beside it."""

    def __init__(self) -> None:
        cache.clear()
        self.area: Area = import_city("4102")[0]
        self.district = self.area.district
        hire("site", "site_staff", self.area)
        hire("lead", "community_lead", self.area)
        hire("doctor", "health_officer", self.area)
        self.site, self.lead = Gate("site"), Gate("lead")
        self.post_id = new_id()
        content = {
            "post_id": str(self.post_id),
            "kind": "checkpoint",
            "name": EXIT,
            "area_id": str(self.area.id),
            "address": "大广高速尉氏北站",
        }
        with times.at(NEW_YEAR):
            self.lead.must([act("post.open", content, self.district)])

    def passage(self, plate: str, *travellers: dict[str, Any], **more: Any) -> dict[str, Any]:
        payload = {"post_id": str(self.post_id), "plate": plate, **more}
        payload["travellers"] = list(travellers)
        (receipt,) = self.site.must([act("passage.record", payload, self.district)])
        return dict(receipt["result"])

    def ask(self, what: str, body: dict[str, Any]) -> dict[str, Any]:
        """Ask the server something as the checkpoint's staff."""
        where = f"/api/posts/{self.post_id}/{what}"
        answer = self.site.client.post(where, body, content_type="application/json")
        assert answer.status_code == 200, answer.content
        return dict(answer.json())

    def isolate(self, name: str, phone: str) -> UUID:
        """Register somebody who has to stay at home for 14 days."""
        person_id = new_id()
        who = {
            "person_id": str(person_id),
            "area_id": str(self.area.id),
            "name": name,
            "phone": phone,
        }
        watch = {
            "person_id": str(person_id),
            "area_id": str(self.area.id),
            "reason": "contact",
            "place": "home",
            "from_day": f"{local(times.now()):%Y-%m-%d}",
            "days": 14,
            "checks_a_day": 2,
        }
        self.lead.must([act("person.register", who, self.district)])
        self.lead.must([act("watch.start", watch, self.district)])
        return person_id


def who(number: int, temperature: str = "36.5", **more: Any) -> dict[str, Any]:
    return {
        "name": f"司机{number}",
        "phone": f"1371234{number:04d}",
        "temperature": temperature,
    } | more


def test_s20_each_vehicle_is_registered_and_a_wrong_reading_is_not() -> None:
    exit_ = Exit()
    with times.at(MORNING):
        for number in range(60):
            exit_.passage(f"豫B{number:05d}", who(number), who(900 + number), direction="out")
        hour = PostHour.objects.get()
        assert (hour.passages, hour.people, hour.people_out, hour.fevers) == (60, 120, 120, 0)
        # The same truck the next day: plate and two temperatures are all that is typed.
        with times.at(MORNING + timedelta(days=1)):
            browser = Client(headers={"hx-request": "true"})
            browser.force_login(Account.objects.get(username="site"))
            page = f"/posts/{exit_.district}/{exit_.post_id}/pass"
            fields = browser.get(f"{page}?plate=豫B00007").content.decode()
            known = re.findall(r'name="t\d_id" value="([0-9a-f-]+)"', fields)
            assert len(known) == 2
            exit_.passage("豫b·00007", *({"traveller_id": i, "temperature": "36.6"} for i in known))
        assert Vehicle.objects.filter(passages=2).count() == 1
        assert Traveller.objects.filter(passages=2).count() == 2
        for text in ("375", "36,5", "正常"):
            payload = {
                "post_id": str(exit_.post_id),
                "plate": "豫B99999",
                "travellers": [who(1, text)],
            }
            (refused,) = exit_.site.send([act("passage.record", payload, exit_.district)])
            assert refused["problem"]["field"] == "travellers.0.temperature"
            assert refused["problem"]["code"].endswith("_temperature")
    assert Passage.objects.count() == 61


def test_s20_what_was_written_down_without_network_arrives_later_and_once() -> None:
    exit_ = Exit()
    entries = []
    for number in range(40):
        with times.at(MORNING + timedelta(minutes=number * 3)):
            payload = {
                "post_id": str(exit_.post_id),
                "plate": f"豫B{number % 20:05d}",
                "travellers": [who(number % 20)],
            }
            entries.append(act("passage.record", payload, exit_.district))
    with times.at(MORNING + timedelta(hours=9)):
        exit_.site.must(entries)
        again = exit_.site.send(entries)
    assert {r["status"] for r in again} == {"repeated"}
    assert Passage.objects.count() == 40
    assert list(PostHour.objects.order_by("hour").values_list("passages", flat=True)) == [20, 20]
    assert Vehicle.objects.filter(passages=2).count() == 20


def test_s20_a_fever_raises_a_referral_with_a_clock() -> None:
    exit_ = Exit()
    with times.at(MORNING):
        told = exit_.passage("豫B12345", who(1), who(2, "37.8"), from_place="武汉")
        assert told["fevers"] == 1
        referral = Referral.objects.get()
        assert str(referral.subject_id) == told["travellers"][1]["traveller_id"]
        assert (referral.tenths, referral.post_id) == (378, exit_.post_id)
        assert Duty.objects.filter(subject_id=referral.subject_id, state="open").exists()


def test_s20_who_should_be_at_home_is_recognised_online_and_by_the_filter() -> None:
    exit_ = Exit()
    with times.at(MORNING):
        exit_.isolate("赵在家", "13712340001")
        ask = f"/api/posts/{exit_.post_id}"
        at_home = {"phone": "13712340001"}
        answer = exit_.site.client.post(
            f"{ask}/isolation", at_home, content_type="application/json"
        )
        assert answer.json() == {"call_desk": True}
        taken = exit_.site.client.post(f"{ask}/filter", {}, content_type="application/json")
        body = taken.json()
        made = Filter(b64decode(body["salt"]), body["bits"], b64decode(body["data"]))
        # Now the phone has no network: the filter answers, and only "call the desk".
        assert made.holds("phone:13712340001")
        false = sum(made.holds(f"phone:1369{n:07d}") for n in range(10_000))
        assert false / 10_000 < 0.015
        assert datetime.fromisoformat(body["expires_at"]) <= MORNING + timedelta(hours=12)
        told = exit_.passage(
            "豫B12345", who(2), {"name": "赵在家", "temperature": "36.5"} | at_home
        )
        assert told["call_desk"] is True
        assert [t["call_desk"] for t in told["travellers"]] == [False, True]
        # Whoever looks after the watch is asked to look for him.
        assert Watch.objects.get().left_at
        # The car in which he was seen is known from now on.
        assert isolation.should_be_isolated(exit_.district, exit_.area.path, plate="豫B12345")
        assert not exit_.passage("豫B54321", who(3))["call_desk"]


def test_s20_the_tired_team_is_flagged_at_its_post() -> None:
    exit_ = Exit()
    crew = people(exit_.area, unit("尉氏北出口检查组"), 4)
    for day in range(7):
        for member in crew:
            serve(exit_.site, exit_.area, member, NEW_YEAR + timedelta(days=day), 8, EXIT)
    with times.at(MORNING + timedelta(hours=1)):
        for member in crew:
            content = {"area_id": str(exit_.area.id), "person_id": str(member), "place": EXIT}
            exit_.site.must([act("duty_time.begin", content, exit_.district)])
        lead = actor_for(Account.objects.get(username="lead"))
        post = queries.find(exit_.district, exit_.post_id)
        assert post
        stands = stand_queries.at_posts(lead, [post])[post.id]
        assert len(stands) == 4
        assert all(s.relief and s.days_in_row == 8 for s in stands)
        browser = Client(headers={"accept-language": "zh-hans"})
        browser.force_login(Account.objects.get(username="lead"))
        page = browser.get(f"/posts/{exit_.district}/{exit_.post_id}").content.decode()
        assert page.count("连续第 8 天") == 4
