"""The pages of posts and passages: what they show, to whom, and what their forms do."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook
from tests.mobilising.helpers import organisation, staff
from tests.mobilising.test_shift_pages import published
from tests.stations.helpers import build, passage, post
from tests.town import COMMUNITY, DISTRICT, Town, do

from lianfang.kernel import times
from lianfang.kernel.ids import new_id
from lianfang.kernel.times import local, now
from lianfang.people.models import Account
from lianfang.stations.models import Passage, Post, Traveller

pytestmark = pytest.mark.django_db

WANG = {"name": "王小明", "phone": "13800000001", "temperature": "36.5"}


def client(town: Town, username: str, language: str = "en") -> Client:
    result = Client(headers={"accept-language": language})
    result.force_login(Account.objects.get(username=username))
    return result


def body(answer: Any) -> str:
    return str(answer.content.decode())


def entry_id(answer: Any) -> str:
    found = re.search(r'name="entry_id" value="([0-9a-f-]+)"', body(answer))
    assert found
    return found.group(1)


def send(browser: Client, where: str, **data: Any) -> Any:
    """Fill the form of a page and send it."""
    data.setdefault("entry_id", entry_id(browser.get(where)))
    return browser.post(where, data)


def where(post_id: UUID, name: str = "") -> str:
    return f"/posts/{DISTRICT}/{post_id}{name}"


def test_the_list_searches_pages_and_leaves_as_a_file() -> None:
    town = build()
    for n in range(45):
        post(town, f"门岗{n:02d}")
    station = post(town, "佛山西站", kind="station", address="站前路 1 号")
    passage(town, station, "", WANG, WANG | {"temperature": "38.5", "phone": "13800000002"})
    browser = client(town, "lead")
    page = body(browser.get("/posts"))
    assert "佛山西站" in page
    assert page.count("门岗") == 39
    assert "cursor=n" in page
    found = body(browser.get("/posts?q=站前"))
    assert "佛山西站" in found
    assert "门岗" not in found
    assert "点位" in body(client(town, "lead", "zh-hans").get("/posts"))
    book = CalamineWorkbook.from_filelike(io.BytesIO(browser.get("/posts/export?q=站前").content))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[1][0] == "佛山西站"
    assert rows[1][4:7] == [2, 0, 1]
    assert "No posts here" in body(client(town, "other").get("/posts"))


def test_a_post_is_put_up_corrected_and_closed_on_its_pages() -> None:
    town = build()
    browser = client(town, "lead")
    area = str(town.areas[COMMUNITY].id)
    answer = send(browser, "/posts/new", area_id=area, kind="gate", name="北门", fever="37.5")
    row = Post.objects.get()
    assert answer["location"] == where(row.id)
    assert row.fever == 375
    again = send(browser, "/posts/new", area_id=area, kind="gate", name="北门")
    assert again.status_code == 409
    assert "already" in body(again)
    send(
        browser, where(row.id, "/edit"), area_id=area, kind="checkpoint", name="东门", fever="37.3"
    )
    row.refresh_from_db()
    assert (row.name, row.kind, row.fever) == ("东门", "checkpoint", 373)
    send(browser, where(row.id, "/count"), entered="7", left="2")
    page = body(browser.get(where(row.id)))
    assert "东门" in page
    assert '<rect class="hours-in"' in page
    send(browser, where(row.id, "/close"), why="撤卡")
    page = body(browser.get(where(row.id)))
    assert "撤卡" in page
    assert "Record a passage" not in page


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("", {"lead", "staff", "street", "grid"}),
        ("/hours", {"lead", "staff", "street", "grid"}),
        ("/edit", {"lead", "street"}),
        ("/close", {"lead", "street"}),
        ("/count", {"lead", "staff", "street", "grid"}),
        ("/pass", {"lead", "staff", "grid"}),
        ("/recognise", {"lead", "staff", "grid"}),
    ],
)
def test_pages_open_for_those_they_are_for(name: str, allowed: set[str]) -> None:
    town = build()
    town.hire("grid", "grid_worker", COMMUNITY)
    town.hire("helper", "volunteer", COMMUNITY)
    post_id = post(town)
    for who in ("lead", "staff", "street", "grid", "other", "helper"):
        status = client(town, who).get(where(post_id, name)).status_code
        assert (status == 200) is (who in allowed), (who, status)
    assert client(town, "other").get(where(post_id, name)).status_code == 404
    assert Client().get(where(post_id, name)).status_code == 302


def test_a_passage_is_typed_and_the_next_time_recognised() -> None:
    town = build()
    post_id = post(town)
    browser = client(town, "staff")
    page = where(post_id, "/pass")
    answer = send(
        browser,
        page,
        plate="粤e12345",
        direction="in",
        from_place="武汉",
        t0_name="王小明",
        t0_phone="13800000001",
        t0_temperature="36.5",
        t1_temperature="38.2",
    )
    assert answer.status_code == 302, body(answer)
    shown = body(browser.get(answer["location"]))
    assert "2 people written down" in shown
    assert "fever" in shown
    fields = body(browser.get(f"{page}?plate=粤E12345", headers={"HX-Request": "true"}))
    assert "王**" in fields
    assert "王小明" not in fields
    assert "138****0001" in fields
    assert 'value="武汉"' in fields
    assert "autofocus" in fields
    assert "<html" not in fields
    known = re.search(r'name="t0_id" value="([0-9a-f-]+)"', fields)
    assert known
    again = send(
        browser,
        page,
        plate="粤E12345",
        direction="out",
        t0_id=known.group(1),
        t0_temperature="36.4",
    )
    assert again.status_code == 302
    assert Passage.objects.get(direction="out").people == 1
    assert Traveller.objects.get(id=known.group(1)).passages == 2


def test_seventeen_keys_are_enough_for_a_vehicle_that_is_known() -> None:
    """Under ten seconds: the plate, a temperature each, Enter (two keys a second are slow)."""
    town = build()
    post_id = post(town)
    passage(town, post_id, "粤E12345", WANG, WANG | {"phone": "13800000002", "name": "李红"})
    browser = client(town, "staff")
    page = where(post_id, "/pass")
    fields = body(browser.get(f"{page}?plate=粤E12345", headers={"HX-Request": "true"}))
    hidden = dict(re.findall(r'name="(t\d_id)" value="([0-9a-f-]+)"', fields))
    typed = {"plate": "粤E12345", "t0_temperature": "36.5", "t1_temperature": "36.6"}
    assert sum(map(len, typed.values())) + len("\t\n") <= 17
    answer = send(browser, page, direction="in", rows="4", **hidden, **typed)
    assert answer.status_code == 302, body(answer)
    assert Traveller.objects.filter(passages=2).count() == 2


def test_a_wrong_temperature_and_plate_are_shown_at_their_fields_and_mended() -> None:
    town = build()
    post_id = post(town)
    browser = client(town, "staff")
    page = where(post_id, "/pass")
    answer = send(
        browser, page, plate="粤E12345", direction="in", t0_name="王小明", t2_temperature="375"
    )
    assert answer.status_code == 422
    text = body(answer)
    assert "37.5" in text
    assert text.index("t2_temperature") < text.index("If 37.5 is meant")
    assert 'value="王小明"' in text
    assert re.search(r'name="mends" value="[0-9a-f-]{36}"', text)
    bad = send(browser, page, plate="粤EO2345", direction="in", t0_temperature="36.5")
    assert bad.status_code == 422
    assert "粤E02345" in body(bad)
    none = send(browser, page, plate="粤E12345", direction="in")
    assert none.status_code == 422
    assert "at least one traveller" in body(none)


def test_a_number_brings_those_who_gave_it_here_before() -> None:
    town = build()
    post_id, other = post(town), post(town, "南门")
    receipt = passage(town, post_id, "", WANG)
    chosen = receipt.result["travellers"][0]["traveller_id"]
    browser = client(town, "staff")
    ask = "/recognise?row=1&t1_phone=13800000001"
    found = body(browser.get(where(post_id, ask)))
    assert "王**" in found
    assert chosen in found
    assert "王**" not in body(browser.get(where(other, ask)))
    line = body(browser.get(where(post_id, f"/recognise?row=1&id={chosen}")))
    assert f'name="t1_id" value="{chosen}"' in line
    assert "t1_name" not in line
    assert "t1_name" in body(browser.get(where(post_id, "/recognise?row=1&id=")))


def test_who_passed_is_shown_to_the_post_only_and_counts_to_the_command() -> None:
    town = build()
    post_id = post(town)
    passage(town, post_id, "粤E12345", WANG, from_place="武汉")
    assert "粤E12345" in body(client(town, "staff").get(where(post_id)))
    command = body(client(town, "street").get(where(post_id)))
    assert "粤E12345" not in command
    assert "武汉" not in command
    assert "not shown to you" in command


def test_the_post_shows_who_stands_there_and_who_must_rest() -> None:
    town = build()
    post_id = post(town, "北门")
    person_id = str(new_id())
    area = str(town.areas[COMMUNITY].id)
    start = now() - timedelta(days=8)
    lead = town.actor("lead")
    with times.at(start):
        do(lead, "person.register", {"person_id": person_id, "area_id": area, "name": "赵站岗"})
    shift = {"area_id": area, "person_id": person_id}
    for day in range(8):
        with times.at(start + timedelta(days=day)):
            do(lead, "duty_time.begin", shift | {"place": "北门", "why": "人手不足"})
        if day < 7:
            with times.at(start + timedelta(days=day, hours=8)):
                do(lead, "duty_time.end", shift)
    page = body(client(town, "lead").get(where(post_id)))
    assert "赵站岗" in page
    assert "To be relieved" in page
    board = body(client(town, "lead").get("/posts/board"))
    assert "北门" in board
    assert "To be relieved" in board


def test_the_post_shows_the_shifts_that_were_planned_for_it() -> None:
    town = build()
    town.hire("command", "district_command", DISTRICT)
    post_id = post(town, "北门")
    unit = organisation("机关")
    staff(town, unit, 6)
    plan = published(town, [unit], days=1)
    morning = datetime.combine(plan.first_day, time(7), UTC)
    with times.at(morning):
        page = body(client(town, "lead").get(where(post_id)))
    assert "Planned shifts" in page
    assert len(re.findall(r"张\d", page)) >= 1


def test_a_day_in_the_past_can_be_looked_at_and_taken_as_a_file() -> None:
    town = build()
    post_id = post(town)
    yesterday = now() - timedelta(days=1)
    passage(town, post_id, "", WANG, occurred_at=yesterday)
    browser = client(town, "lead")
    day = f"{local(yesterday):%Y-%m-%d}"
    assert "Nothing counted" in body(browser.get(where(post_id)))
    assert "hours-in" in body(browser.get(f"{where(post_id)}?day={day}"))
    content = browser.get(f"{where(post_id, '/hours')}?day={day}").content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert len(rows) == 25
    assert [r[1] for r in rows[1:] if r[1]] == [1]


def test_an_area_shows_its_posts() -> None:
    town = build()
    post_id = post(town)
    area = town.areas[COMMUNITY].id
    page = body(client(town, "lead").get(f"/areas/{area}"))
    assert where(post_id) in page
    assert f"/posts/new?area={area}" in page


def test_the_home_page_leads_to_the_passages_of_those_who_record_them() -> None:
    town = build()
    post_id = post(town)
    assert where(post_id, "/pass") in body(client(town, "staff").get("/"))
    assert where(post_id, "/pass") in body(client(town, "lead").get("/"))
    assert where(post_id) not in body(client(town, "street").get("/"))
    assert where(post_id) not in body(client(town, "other").get("/"))


def test_the_pages_ask_the_database_no_more_with_more_rows(query_count: Any) -> None:
    town = build()
    first = post(town)
    for n in range(12):
        post(town, f"门岗{n:02d}")
        passage(town, first, f"粤E000{n:02d}", WANG | {"phone": f"138000001{n:02d}"})
    browser = client(town, "lead")
    staff = client(town, "staff")
    for warm in (browser, staff):
        warm.get("/posts")
    with query_count("stations: list of posts"):
        assert browser.get("/posts").status_code == 200
    with query_count("stations: page of a post"):
        assert staff.get(where(first)).status_code == 200
    with query_count("stations: situation"):
        assert browser.get("/posts/board").status_code == 200
    with query_count("stations: a vehicle is recognised"):
        ask = f"{where(first, '/pass')}?plate=粤E00003"
        assert staff.get(ask, headers={"HX-Request": "true"}).status_code == 200
