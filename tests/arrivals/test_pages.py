"""The pages of arrivals, as staff at an airport use them: from an empty list to the last bed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.arrivals import helpers as h
from tests.town import COMMUNITY, DISTRICT, Town

from lianfang.arrivals.models import Manifest, Passenger, Room, RuleSet, Site, Stay, StayNote
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.mobilising.models import Team
from lianfang.people.models import Person
from lianfang.stations.models import Post

pytestmark = pytest.mark.django_db


class Desk:
    """A browser of somebody who is logged in."""

    def __init__(self, town: Town, username: str = "lead") -> None:
        self.client = Client(headers={"accept-language": "en"})
        self.client.force_login(town.accounts[username])

    def get(self, path: str, status: int = 200, **query: Any) -> str:
        answer = self.client.get(path, query)
        assert answer.status_code == status, answer.content.decode()[:3000]
        return answer.content.decode()

    def press(self, path: str, **data: Any) -> str:
        """Post a form or a button; follow to the page after it."""
        data.setdefault("entry_id", str(new_id()))
        answer = self.client.post(path, data, follow=True)
        assert answer.status_code == 200, answer.content.decode()[:3000]
        return answer.content.decode()


@pytest.fixture
def town() -> Town:
    return h.build()


@pytest.fixture
def desk(town: Town) -> Desk:
    return Desk(town)


def manifest_page(row: Manifest, name: str = "manifest", *more: Any) -> str:
    return reverse(name, args=[row.district, row.id, *more])


def test_a_flight_from_the_empty_list_to_the_last_bed(town: Town, desk: Desk) -> None:
    assert "No manifest here" in desk.get("/arrivals")
    here = str(town.areas[COMMUNITY].id)
    said = desk.press(
        "/arrivals/new",
        area_id=here,
        mode="flight",
        vehicle="TR188",
        origin="Singapore",
        arrives_at="2020-01-24T22:00",
    )
    assert "Now import the list" in said
    row = Manifest.objects.select_related("area").get()
    assert f"for={row.id}" in said.replace("&amp;", "&")
    lines = [h.line(row, n, family="PNR7" if n < 2 else "") for n in range(12)]
    h.list_all(town.actor("lead"), lines)
    page = desk.get(manifest_page(row))
    assert "旅客1" in page
    assert "TR188" in desk.get("/arrivals", q="TR")
    assert "Nobody here" in desk.get(manifest_page(row), which="missing")
    assert "旅客5" in desk.get(manifest_page(row), q="1F")
    assert "旅客4" not in desk.get(manifest_page(row), q="1F")
    assert "head count is kept" in desk.press(
        manifest_page(row, "manifest_act", "count"), heads="12"
    )
    feverish = Passenger.objects.get(seat="1A")
    one = reverse("passenger", args=[DISTRICT, row.id, feverish.id])
    assert "旅客0" in desk.get(one)
    bad = desk.client.post(one, {"entry_id": str(new_id()), "temperature": "38,6"})
    assert bad.status_code == 422
    desk.press(one, temperature="38.6", symptoms="cough")
    assert Passenger.objects.get(seat="1A").temperature == 386
    gone = Passenger.objects.get(seat="2F")
    desk.press(reverse("passenger_mark", args=[DISTRICT, row.id, gone.id, "missing"]))
    assert Duty.objects.filter(kind="missing_passenger").exists()
    assert "Present: 10 more" in desk.press(manifest_page(row, "manifest_act", "all_present"))
    extra = desk.press(
        manifest_page(row, "passenger_new"), name="李增", sex="male", place_from="武汉", seat="9C"
    )
    assert "Received" in extra
    assert Person.objects.filter(name="李增").exists()
    # Without rules nobody is sorted.
    none = desk.client.post(
        manifest_page(row, "manifest_act", "triage"), {"entry_id": str(new_id())}
    )
    assert none.status_code == 409
    rules = desk.get("/arrivals/rules", area=here)
    assert "a proposal" in rules
    fields = dict(re.findall(r'name="(r\d+_\w+|count)"[^>]*?value="([^"]*)"', rules))
    chosen = re.findall(
        r'<select[^>]*name="(r\d+_\w+)".*?<option value="([^"]*)" selected', rules, re.S
    )
    form = {**fields, **dict(chosen), "area": here, "try_on": str(row.id)}
    tried = desk.press("/arrivals/rules", **form, act="try")
    assert "Tried on TR188" in tried
    assert "PNR7" in tried
    assert RuleSet.objects.count() == 0
    assert "as version 1" in desk.press("/arrivals/rules", **form, act="adopt")
    kept = RuleSet.objects.get()
    assert kept.tried["counts"] == {"hospital": 1, "hotel": 4, "site": 7}
    assert [r["destination"] for r in kept.rules] == ["hospital", "hotel", "site"]
    assert "Sorted by the rules: 12" in desk.press(manifest_page(row, "manifest_act", "triage"))
    assert "1 family is split" in desk.get(manifest_page(row))
    board = desk.get(manifest_page(row, "manifest_board"))
    assert "No site is open" in board
    for name, takes in (("医院", "hospital"), ("酒店", "hotel"), ("党校", "site")):
        opened = desk.press(
            "/sites/new",
            area_id=here,
            name=name,
            takes=takes,
            team="on",
            staff="12",
            first_floor="1",
            last_floor="2",
            each="4",
            beds="2",
            accessible="1",
        )
        assert "The site is open" in opened
    assert (Site.objects.count(), Team.objects.count(), Post.objects.count()) == (3, 3, 3)
    board = desk.get(manifest_page(row, "manifest_board"))
    assert "somebody has to decide" in board
    assert "In the plan" in board
    desk.press(manifest_page(row, "family_decide"), family="PNR7", way="apart")
    placed = desk.press(manifest_page(row, "manifest_board"))
    assert "Placed: 12. Without a place: 0." in placed
    assert Stay.objects.filter(until=None).count() == 12
    page = desk.press(manifest_page(row, "manifest_act", "close"))
    assert "Closed" in page
    assert "Open again" in page
    desk.press(manifest_page(row, "manifest_act", "reopen"))


def housed(town: Town) -> tuple[Manifest, Site]:
    lead, here = town.actor("lead"), town.areas[COMMUNITY].id
    row = h.open_manifest(lead, here)
    h.list_all(lead, [h.line(row, n, place_from="武汉") for n in range(6)])
    h.all_present(lead, row)
    h.triage(lead, row, h.adopt(lead, here))
    site = h.open_site(lead, here, "hotel", rooms=6)
    h.place(lead, row, site)
    return row, site


def test_a_site_with_its_rooms_and_who_stays(town: Town, desk: Desk) -> None:
    _, site = housed(town)
    page = desk.get(reverse("site", args=[DISTRICT, site.id]))
    assert "旅客1" in page
    assert "Full" in page
    assert "hotel-" in desk.get("/sites", takes="hotel")
    assert "No site here" in desk.get("/sites", q="nowhere")
    stay = Stay.objects.filter(sex="female", until=None).first()
    assert stay
    here = reverse("stay", args=[DISTRICT, stay.person_id])
    assert "Neighbours by room and table" in desk.get(here)
    assert "It is written down" in desk.press(here, text="晚上睡不好")
    assert StayNote.objects.count() == 1
    assert "晚上睡不好" in desk.get(reverse("site", args=[DISTRICT, site.id]))
    keep = reverse("stay_act", args=[DISTRICT, stay.person_id, "keep"])
    desk.press(keep, table="7", diets="halal")
    assert Stay.objects.get(id=stay.id, district=DISTRICT).diets == ["halal"]
    move = reverse("stay_act", args=[DISTRICT, stay.person_id, "move"])
    options = re.findall(r'<option value="([0-9a-f-]{36})">', desk.get(move))
    assert "Moved" in desk.press(move, room=options[0])
    leave = reverse("stay_act", args=[DISTRICT, stay.person_id, "leave"])
    desk.press(leave, why="early")
    assert Duty.objects.filter(kind="left_early").exists()
    desk.get(here, 404)
    room = Room.objects.filter(site_id=site.id).first()
    assert room
    change = reverse("room", args=[DISTRICT, site.id, room.id])
    assert f'value="{room.label}"' in desk.get(change)
    fresh = reverse("room", args=[DISTRICT, site.id, new_id()])
    desk.press(fresh, building="", floor="9", label="901", beds="3", used="on")
    assert Room.objects.get(label="901").beds == 3
    taken = desk.client.post(
        fresh, {"entry_id": str(new_id()), "floor": "9", "label": room.label, "beds": "3"}
    )
    assert taken.status_code == 409
    closed = desk.client.post(
        reverse("site_close", args=[DISTRICT, site.id]), {"entry_id": str(new_id()), "why": "关"}
    )
    assert closed.status_code == 409


def test_a_patient_is_found_and_gets_a_bed(town: Town, desk: Desk) -> None:
    town.register(1, "3-2-501")
    lead, here = town.actor("lead"), town.areas[COMMUNITY].id
    hospital = h.open_site(lead, here, "hospital", rooms=2, beds=1)
    page = reverse("site_place", args=[DISTRICT, hospital.id])
    assert "王3-2-5010" in desk.get(page, q="王3-2")
    who = Person.objects.order_by("name").first()
    assert who
    options = re.findall(r'<option value="([0-9a-f-]{36})">', desk.get(page, person=str(who.id)))
    assert "The bed is given" in desk.press(page, person=str(who.id), room=options[0])
    assert Stay.objects.get(person_id=who.id).destination == "hospital"


def test_a_bed_by_hand_and_a_double_by_seat(town: Town, desk: Desk) -> None:
    lead, here = town.actor("lead"), town.areas[COMMUNITY].id
    row = h.open_manifest(lead, here)
    h.list_all(lead, [h.line(row, n, place_from="武汉") for n in range(3)])
    h.all_present(lead, row)
    h.triage(lead, row, h.adopt(lead, here))
    h.open_site(lead, here, "hotel", rooms=2)
    first, second, _ = Passenger.objects.order_by("seat_key")
    place = reverse("passenger_place", args=[DISTRICT, row.id, first.id])
    options = re.findall(r'<option value="([0-9a-f-]{36})">', desk.get(place))
    assert "The bed is given" in desk.press(place, room=options[0])
    double = reverse("passenger_double", args=[DISTRICT, row.id, second.id])
    wrong = desk.client.post(double, {"entry_id": str(new_id()), "seat": "77Z"})
    assert wrong.status_code == 422
    assert "Marked as a double" in desk.press(double, seat=first.seat)
    single = reverse("passenger_mark", args=[DISTRICT, row.id, second.id, "single"])
    desk.press(single)
    assert Passenger.objects.get(seat=second.seat).state == "expected"
    rest = desk.press(manifest_page(row, "manifest_act", "rest_missing"))
    assert "Missing: 1" in rest


def test_lists_leave_as_files_and_the_journal_keeps_it(town: Town, desk: Desk) -> None:
    row, site = housed(town)
    for path in (
        manifest_page(row, "manifest_export"),
        reverse("sites_export"),
        reverse("site_export", args=[DISTRICT, site.id]),
    ):
        assert "The journal keeps" in desk.get(path)
        answer = desk.client.post(path, {"entry_id": str(new_id())})
        assert answer["Content-Type"].endswith("sheet")
        assert answer.content[:2] == b"PK"


def test_who_may_not_place_sees_no_passengers(town: Town, desk: Desk) -> None:
    row, site = housed(town)
    town.hire("helper", "volunteer", COMMUNITY)
    town.hire("auditor", "auditor", COMMUNITY)
    stay = Stay.objects.filter(until=None).first()
    assert stay
    for name in ("helper", "other", "auditor"):
        there = Desk(town, name)
        there.get(manifest_page(row), 404)
        there.get(manifest_page(row, "manifest_board"), 404)
        there.get(reverse("stay", args=[DISTRICT, stay.person_id]), 404)
    Desk(town, "other").get(reverse("site", args=[DISTRICT, site.id]), 404)
    seen = Desk(town, "auditor").get(reverse("site", args=[DISTRICT, site.id]))
    assert "旅客1" not in seen
    assert "旅" in seen
    Desk(town, "helper").get("/arrivals", 404)


def test_the_pages_speak_chinese(town: Town) -> None:
    row, site = housed(town)
    desk = Desk(town)
    desk.client = Client(headers={"accept-language": "zh-hans"})
    desk.client.force_login(town.accounts["lead"])
    assert "到达名单" in desk.get("/arrivals")
    assert "隔离酒店" in desk.get(manifest_page(row))
    assert "住在这里的人" in desk.get(reverse("site", args=[DISTRICT, site.id]))
    assert "分流规则" in desk.get("/arrivals/rules")
    assert "没有床位的人" in desk.get(manifest_page(row, "manifest_board"))
