"""The pages of this room: what they show, to whom, and what their forms do."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests import town as towns
from tests.mobilising.helpers import call, group, organisation, sign_up, staff
from tests.town import COMMUNITY, DISTRICT, Town, do

from lianfang.kernel.ids import new_id
from lianfang.kernel.times import now
from lianfang.mobilising import links
from lianfang.mobilising.models import (
    Call,
    Deployment,
    DeploymentNeed,
    PlannedShift,
    Recall,
    SignUp,
    Team,
    Whistle,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    town = towns.build()
    town.hire("command", "district_command", DISTRICT)
    return town


def client(town: Town, username: str, language: str = "en") -> Client:
    result = Client(headers={"accept-language": language})
    result.force_login(town.accounts[username])
    return result


def body(answer: Any) -> str:
    return str(answer.content.decode())


def entry_id(answer: Any) -> str:
    found = re.search(r'name="entry_id" value="([0-9a-f-]+)"', body(answer))
    assert found
    return found.group(1)


def send(browser: Client, where: str, **data: Any) -> Any:
    """Fill the first form of a page and send it."""
    data.setdefault("entry_id", entry_id(browser.get(where)))
    return browser.post(where, data)


def soon(hours: int = 2) -> str:
    return f"{now() + timedelta(hours=hours + 8):%Y-%m-%dT%H:%M}"


def test_a_call_from_the_desk_to_the_proof(town: Town) -> None:
    desk, anybody = client(town, "lead"), Client(headers={"accept-language": "en"})
    area = str(town.areas[COMMUNITY].id)
    answer = send(
        desk,
        "/calls/new",
        name="口罩包装",
        area_id=area,
        starts_at=soon(),
        hours="4",
        groups="2",
        capacity="1",
        rest_hours="0",
    )
    assert answer.status_code == 302, body(answer)
    call_ = Call.objects.get()
    page = body(desk.get(answer.url))
    join = re.search(r'href="http://testserver(/c/[^"/]+)"', page)
    assert join
    assert "口罩包装" in body(desk.get("/calls"))
    assert anybody.get("/c/nonsense").status_code == 404

    # Three helpers sign up for two places, each with a name, a number, one tap.
    mine = []
    for number in range(3):
        got = send(anybody, join.group(1), name=f"王{number}", phone=f"1390000000{number}")
        assert got.status_code == 302, body(got)
        mine.append(got.url)
    assert "Signed up" in body(anybody.get(mine[0]))
    assert "wait list: 0" in body(anybody.get(mine[2]))
    again = send(anybody, join.group(1), name="王", phone="139 0000 0000")
    assert again.status_code == 409
    assert "signed up already" in body(again)

    # The first gives up; the late helper moves up without anybody doing anything.
    groups = {r.group_id for r in SignUp.objects.filter(state="waiting")}
    first = SignUp.objects.filter(group_id__in=groups, state="signed").get()
    token = links.token(links.Purpose.MINE, DISTRICT, first.id)
    send(anybody, f"/c/mine/{token}")
    assert "Signed up" in body(anybody.get(mine[2]))

    # At the post.
    post = f"/c/post/{links.token(links.Purpose.POST, DISTRICT, call_.id)}"
    missing = send(anybody, post, phone="13100000000", act="check_in")
    assert missing.status_code == 422
    got = send(anybody, post, phone="13900000002", act="check_in")
    assert got.status_code == 302, body(got)
    row = SignUp.objects.get(state="present")
    where = f"/calls/{DISTRICT}/{call_.id}/helpers/{row.id}"
    assert "Check out" in body(desk.get(where))
    desk.post(f"{where}/check_out", {"entry_id": str(new_id())})
    assert SignUp.objects.get(id=row.id).state == "served"
    SignUp.objects.filter(id=row.id).update(minutes=60)
    proof = desk.get(f"{where}/proof.pdf")
    assert proof["Content-Type"] == "application/pdf"
    assert proof.content.startswith(b"%PDF")

    sheet = desk.get(f"/calls/{DISTRICT}/{call_.id}/helpers.xlsx")
    assert sheet.status_code == 200
    assert sheet.content[:2] == b"PK"
    assert "<svg" in body(desk.get(f"/calls/{DISTRICT}/{call_.id}/poster"))
    share = send(desk, f"/calls/{DISTRICT}/{call_.id}", places="1号楼 60\n2号楼 40", act="share")
    assert share.status_code == 302
    bad = send(desk, f"/calls/{DISTRICT}/{call_.id}", places="1号楼", act="share")
    assert bad.status_code == 422


def test_pages_are_not_there_for_those_out_of_scope(town: Town) -> None:
    town.hire("elsewhere", "community_lead", "440605012901")
    c = call(town, 1)
    other = client(town, "elsewhere")
    assert other.get(f"/calls/{DISTRICT}/{c.id}").status_code == 404
    assert "口罩" not in body(other.get("/calls"))
    assert Client().get("/calls").status_code == 302
    assert group(c).taken == 0


def test_search_filters_and_names_by_sight(town: Town) -> None:
    c = call(town, 3)
    for n in range(2):
        sign_up(c, n)
    lead, command = client(town, "lead"), client(town, "command")
    where = f"/calls/{DISTRICT}/{c.id}"
    assert "王1" in body(lead.get(where))
    assert "王0" not in body(lead.get(f"{where}?q=王1"))
    seen = body(command.get(where))
    assert "王**" in seen
    assert "王1" not in seen
    assert "No calls yet" in body(lead.get("/calls?q=nothing"))


def test_a_whistle_from_the_desk(town: Town) -> None:
    desk = client(town, "lead")
    unit = organisation("城管局")
    answer = send(
        desk,
        "/whistles/new",
        area_id=str(town.areas[COMMUNITY].id),
        kind="supplies",
        title="断货",
        urgency="half_hour",
        departments=[str(unit)],
    )
    assert answer.status_code == 302, body(answer)
    row = Whistle.objects.get()
    where = f"/whistles/{DISTRICT}/{row.id}"
    assert "Has not come yet" in body(desk.get(where))
    no_reason = send(desk, where, act="refuse", organisation_id=str(unit))
    assert no_reason.status_code == 422
    send(desk, where, act="refuse", organisation_id=str(unit), why="不归我们管")
    assert "不归我们管" in body(desk.get(where))
    send(desk, where, act="report", organisation_id=str(unit), by="李科长")
    send(desk, where, act="handle", text="已补货")
    assert send(desk, where, act="close", mark="5").status_code == 302
    page = body(desk.get(where))
    assert "不归我们管" in page
    assert "Reopen" in page
    assert "断货" in body(desk.get("/whistles?state=closed"))
    assert "城管局" in body(desk.get("/whistles/departments"))


def test_teams_from_the_desk(town: Town) -> None:
    desk = client(town, "lead")
    area = str(town.areas[COMMUNITY].id)
    answer = send(
        desk,
        "/teams/new",
        name="摩托车队",
        area_id=area,
        kind="task_force",
        first_day="2020-01-28",
        motorcycles="3",
        vehicles="0",
        horses="0",
        charter="不退缩",
    )
    assert answer.status_code == 302, body(answer)
    team = Team.objects.get()
    staff(town, team.id, 2)
    page = body(desk.get(answer.url))
    assert "Motorcycles 3" in page
    assert "Not accepted yet" in page
    twice = send(
        desk,
        "/teams/new",
        name="摩托车队",
        area_id=area,
        kind="task_force",
        first_day="2020-01-28",
        motorcycles="0",
        vehicles="0",
        horses="0",
    )
    assert twice.status_code == 409
    village = organisation("驻村工作队")
    made = send(desk, "/teams/convert", team_id=str(village), area_id=area, parked="扶贫\n危房")
    assert made.status_code == 302, body(made)
    assert "危房" in body(desk.get(made.url))
    desk.post(f"/teams/{village}/resume", {"entry_id": str(new_id())})
    desk.post(f"/teams/{team.id}/disband", {"entry_id": str(new_id())})
    assert set(Team.objects.values_list("state", flat=True)) == {"disbanded"}
    assert "Disbanded" in body(desk.get("/teams"))


def test_a_recall_from_the_desk_and_the_members_own_link(town: Town) -> None:
    desk, lead = client(town, "command"), client(town, "lead")
    unit = organisation("一处")
    people = staff(town, unit, 2)
    answer = send(
        desk,
        "/recalls/new",
        name="全体返岗",
        organisation_id=str(unit),
        area_id=str(town.areas[DISTRICT].id),
        deadline=soon(24),
    )
    assert answer.status_code == 302, body(answer)
    one = Recall.objects.get()
    assert "一处" in body(desk.get(answer.url))
    assert "全体返岗" in body(desk.get("/recalls"))
    desk.post(f"/recalls/{one.id}/remind", {"entry_id": str(new_id())})
    member = f"/recalls/{one.id}/members/{DISTRICT}/{people[0]}"
    link = re.search(r'href="http://testserver(/r/[^"]+)"', body(lead.get(member)))
    assert link
    anybody = Client(headers={"accept-language": "en"})
    assert send(anybody, link.group(1), answer="excused").status_code == 422
    assert send(anybody, link.group(1), answer="back").status_code == 302
    assert send(lead, member.replace(str(people[0]), str(people[1])), answer="on_the_way")
    page = body(lead.get(f"/recalls/{one.id}/units/{unit}?answer=back"))
    assert page.count("Back at the post") >= 2
    desk.post(f"/recalls/{one.id}/close", {"entry_id": str(new_id())})
    assert Recall.objects.get().closed_at


def test_the_board_of_the_tired_and_the_relief(town: Town) -> None:
    desk = client(town, "lead")
    unit = organisation("卡口")
    people = staff(town, unit, 2)
    area = str(town.areas[COMMUNITY].id)
    begin = {"area_id": area, "person_id": str(people[0]), "place": "北出口"}
    do(town.actor("lead"), "duty_time.begin", begin)
    assert "北出口" in body(desk.get("/duty-times"))
    where = f"/duty-times/{DISTRICT}/{people[0]}"
    assert "a colleague" in body(desk.get(where))
    done = send(desk, where, by_id=str(people[1]))
    assert done.status_code == 302, body(done)
    assert "On duty now" in body(desk.get("/mobilising"))
    proof = desk.get(f"{where}/proof.pdf")
    assert proof.content.startswith(b"%PDF")


def test_a_plan_from_the_desk_to_the_calendar(town: Town) -> None:
    desk = client(town, "command")
    unit = organisation("机关")
    staff(town, unit, 6)
    answer = send(
        desk,
        "/deployments/new",
        name="下沉",
        area_id=str(town.areas[DISTRICT].id),
        first_day=str((now() + timedelta(days=1)).date()),
        days="2",
        by_day="1",
        by_night="1",
        shifts="2",
        nights="1",
    )
    assert answer.status_code == 302, body(answer)
    assert DeploymentNeed.objects.count() == 2 * 2 * 2
    where = answer.url
    done = send(desk, where, units=[str(unit)])
    assert done.status_code == 302, body(done)
    page = body(desk.get(where))
    assert "Proven distance" in page
    assert "by hand" in page
    # Nobody is told before it was looked at.
    assert Deployment.objects.get().published_at is None
    told = desk.post(f"{where}/publish", {"entry_id": str(new_id())})
    assert told.status_code == 302
    assert Deployment.objects.get().published_at
    assert "下沉" in body(desk.get("/deployments"))
    plan = Deployment.objects.get()
    row = PlannedShift.objects.first()
    assert row
    need = f"{where}/needs/{row.district}/{row.need_id}"
    found = re.search(r'href="http://testserver(/s/[^"]+)"', body(desk.get(need)))
    assert found
    anybody = Client(headers={"accept-language": "en"})
    mine = found.group(1)
    data = {"entry_id": str(new_id()), "shift": str(row.id)}
    assert anybody.post(mine, data).status_code == 302
    assert PlannedShift.objects.get(id=row.id).state == "acknowledged"
    feed = anybody.get(f"{mine}/shifts.ics")
    assert feed["Content-Type"].startswith("text/calendar")
    lines = body(feed).split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert f"UID:{row.id}@lianfang" in lines
    assert all(len(line.encode()) <= 75 for line in lines)
    place = links.token(links.Purpose.PLACE, row.district, plan.id, row.area_id)
    assert "BEGIN:VEVENT" in body(anybody.get(f"/o/{place}/place.ics"))
    anybody.post(mine, {**data, "entry_id": str(new_id()), "act": "drop"})
    assert PlannedShift.objects.get(id=row.id).state == "dropped"
    assert "somebody gave it up" in body(desk.get(f"{where}?open=yes"))


@pytest.mark.parametrize(
    "path",
    ["/mobilising", "/calls", "/whistles", "/teams", "/recalls", "/duty-times", "/deployments"],
)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_list_has_its_empty_state_in_both_languages(
    town: Town, path: str, language: str
) -> None:
    answer = client(town, "lead", language).get(path)
    assert answer.status_code == 200
    assert client(town, "grid1", language).get(path).status_code == 200
