"""The pages of directives and tasks: what each role sees, does, and does not see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.directives.helpers import answer, build, issue, open_task
from tests.town import COMMUNITY, DISTRICT, Town, do

from lianfang.directives.models import Directive, LocalNode, TaskLine, UpperMeasure, UpperNode
from lianfang.kernel.ids import new_id
from lianfang.kernel.times import now

pytestmark = pytest.mark.django_db

SOON = "2999-01-01T12:00"


def client(town: Town, who: str) -> Client:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(town.accounts[who])
    return browser


def text(browser: Client, path: str, **query: Any) -> str:
    response = browser.get(path, query)
    assert response.status_code == 200, (path, response.status_code, response.content[-800:])
    return response.content.decode()


def test_a_directive_is_issued_read_acknowledged_answered_and_withdrawn_by_pages() -> None:
    town = build()
    top, lead = client(town, "country"), client(town, "lead")
    text(top, "/directives/new")
    empty = top.post("/directives/new", {"title": ""})
    assert empty.status_code == 422
    paper = SimpleUploadedFile("通知.pdf", b"%PDF-1.7 text")
    form = {
        "kind": "notice",
        "title": "关于疫情防控的通知",
        "number": "组通字〔2020〕5号",
        "text": "各级组织：",
        "to_level": "5",
        "passing": "straight",
        "ack_due": SOON,
        "act_due": SOON,
        "papers": paper,
    }
    response = top.post("/directives/new", form)
    assert response.status_code == 302, response.content[-2000:]
    row = Directive.objects.get()
    page = f"/directives/{row.id}"
    shown = text(top, page)
    assert "The way down" in shown
    assert "广东省" in shown
    named = row.attachments[0]
    file = top.get(f"{page}/files/{named['id']}")
    assert file.content == b"%PDF-1.7 text"
    assert "attachment" in file["Content-Disposition"]
    assert "waits for your acknowledgement" in text(lead, "/")
    assert "关于疫情防控的通知" in text(lead, "/directives/mine")
    assert "Acknowledge" in text(lead, page)
    here = f"{page}/area/{town.areas[COMMUNITY].id}"
    assert lead.post(f"{here}/read").status_code == 204
    assert LocalNode.objects.get().state == "read"
    assert lead.post(f"{here}/acknowledge").status_code == 302
    assert LocalNode.objects.get().state == "acknowledged"
    assert client(town, "county").post(f"{here}/acknowledge").status_code == 404
    province = client(town, "province")
    above = f"{page}/area/{town.areas['44'].id}"
    do(
        town.actor("province"),
        "directive.read_above",
        {"directive_id": str(row.id), "area_id": str(town.areas["44"].id)},
        "",
    )
    issue(town.actor("province"), from_area_id=str(town.areas["44"].id), title="广东省通知")
    choices = text(province, f"{above}/measure")
    record = choices.split('value=":')[1].split('"')[0]
    sent = {"kind": "notices", "text": "省里发文", "record": f":{record}"}
    assert province.post(f"{above}/measure", sent).status_code == 302
    assert UpperMeasure.objects.get().links
    assert UpperNode.objects.get(directive=row, area=town.areas["44"]).state == "acted"
    assert "Issue a directive: 0 / 6" in text(top, page)
    assert top.post(f"{page}/withdraw", {"why": "内容有误"}).status_code == 302
    assert "Withdrawn" in text(lead, page)


def test_lists_search_filter_page_and_export() -> None:
    town = build()
    top = client(town, "country")
    for number in range(27):
        issue(town.actor("country"), title=f"第{number:02d}号通知", number=f"{number:02d}")
    shown = text(top, "/directives")
    assert "第26号通知" in shown
    assert "第00号通知" not in shown
    assert "cursor=" in shown
    assert "第03号通知" in text(top, "/directives", q="第03号")
    assert "第03号通知" not in text(top, "/directives", state="withdrawn")
    assert top.get("/directives/list.xlsx").status_code == 200
    row = Directive.objects.first()
    assert row
    assert top.get(f"/directives/{row.id}/receivers.xlsx").status_code == 200
    part = top.get(f"/directives/{row.id}", headers={"hx-request": "true"})
    assert b"<html" not in part.content


def test_reminders_and_versions_by_pages() -> None:
    town = build()
    id_ = issue(town.actor("country"))
    county = client(town, "county")
    assert county.post("/directives/remind").status_code == 302
    assert "receivers reminded" in text(county, "/directives")
    top = client(town, "country")
    text(top, f"/directives/{id_}/version")
    form = {"kind": "notice", "title": "新版", "to_level": "5", "passing": "stepwise"}
    assert top.post(f"/directives/{id_}/version", form).status_code == 302
    assert Directive.objects.get(title="新版").version == 2
    assert "Open the newest version" in text(top, f"/directives/{id_}")
    assert county.get(f"/directives/{id_}/version").status_code == 404


def test_nobody_sees_beside_the_own_scope() -> None:
    town = build()
    town.hire("other", "community_lead", "440605012901")
    id_ = issue(town.actor("street"), from_area_id=str(town.areas["440605011"].id))
    other = client(town, "other")
    assert other.get(f"/directives/{id_}").status_code == 404
    assert "关于加强" not in text(other, "/directives")
    national = issue(town.actor("country"))
    county = str(town.areas[DISTRICT].id)
    assert other.get(f"/directives/{national}", {"area": county}).status_code == 404
    assert other.get(f"/directives/{national}", {"area": "x"}).status_code == 404
    assert other.get(f"/directives/{new_id()}").status_code == 404


def test_the_cascade_opens_on_every_level_with_late_ones() -> None:
    town = build()
    id_ = issue(town.actor("country"), ack_due=(now() + timedelta(hours=1)).isoformat())
    answer(town, "lead", id_, COMMUNITY)
    Directive.objects.update(ack_due=now() - timedelta(minutes=1))
    top = client(town, "country")
    for code in ("44", "4406", DISTRICT, "440605011", COMMUNITY):
        shown = text(top, f"/directives/{id_}", area=str(town.areas[code].id))
        assert "late" in shown or code == COMMUNITY
    assert "广东省" in text(top, f"/directives/{id_}", state="late")
    assert "Nobody here" in text(top, f"/directives/{id_}", q="没有这个")


def test_a_task_by_pages_household_by_household() -> None:
    town = build()
    a, b = town.register(1, "3-2-501", "3-2-502")
    lead, grid = client(town, "lead"), client(town, "grid1")
    text(lead, "/tasks/new")
    form = {
        "name": "健康提示入户",
        "kind": "health_tips",
        "area_id": str(town.areas[COMMUNITY].id),
        "households": "on",
        "proof": "none",
        "first_day": "2020-02-01",
        "due_at": SOON,
    }
    response = lead.post("/tasks/new", form)
    assert response.status_code == 302, response.content[-2000:]
    task = TaskLine.objects.values_list("task_id", flat=True)[0]
    assert "健康提示入户" in text(lead, "/tasks")
    assert "Households settled" in text(lead, f"/tasks/{task}")
    page = f"/tasks/{task}/grids/{town.grid(1).id}"
    assert "3-2-501" in text(grid, page)
    assert grid.post(page, {"act": "done"}).status_code == 409
    assert grid.post(page, {"act": "doors_done", "doors": [str(a)]}).status_code == 302
    refused = grid.post(page, {"act": "doors_excused", "doors": [str(b)]})
    assert refused.status_code == 422
    excused = {"act": "doors_excused", "doors": [str(b)], "why": "长期外出"}
    assert grid.post(page, excused).status_code == 302
    assert TaskLine.objects.get(task_id=task, area_id=town.grid(1).id).state == "done"
    assert lead.post(page, {"act": "reopen"}).status_code == 302
    assert lead.get(f"/tasks/{task}/open.xlsx").status_code == 200
    assert grid.get(f"/tasks/{task}/grids/{town.grid(2).id}").status_code == 404
    assert lead.post(f"/tasks/{task}/close").status_code == 302


def test_a_photo_shows_that_a_grid_is_done() -> None:
    town = build()
    task = UUID(open_task(town, proof="photo"))
    grid = client(town, "grid1")
    page = f"/tasks/{task}/grids/{town.grid(1).id}"
    assert grid.post(page, {"act": "done"}).status_code == 422
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 20
    bad = SimpleUploadedFile("a.png", b"text")
    assert grid.post(page, {"act": "done", "photo": bad}).status_code == 422
    good = SimpleUploadedFile("a.png", png)
    assert grid.post(page, {"act": "done", "photo": good}).status_code == 302
    assert grid.get(f"{page}/photo").content == png
    assert client(town, "grid2").get(f"{page}/photo").status_code == 404
