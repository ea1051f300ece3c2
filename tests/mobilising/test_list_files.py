"""The lists of this room as files: for those who may export, as filtered, kept in the journal."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook
from tests import town as towns
from tests.mobilising.helpers import call, organisation
from tests.mobilising.test_pages import body, client
from tests.town import COMMUNITY, DISTRICT, Town, do

from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Record
from lianfang.kernel.times import now
from lianfang.mobilising import gathering

pytestmark = pytest.mark.django_db

LISTS = {
    "calls": "口罩包装",
    "whistles": "北门无人值守",
    "teams": "摩托联防队",
    "recalls": "返岗",
    "deployments": "下沉安排",
}


@pytest.fixture
def town() -> Town:
    """Return a town with one row for each list, and a lead of another community."""
    town = towns.build()
    town.hire("command", "district_command", DISTRICT)
    town.hire("elsewhere", "community_lead", "440605012901")
    lead, unit = town.actor("lead"), str(organisation("机关"))
    area, district = (str(town.areas[code].id) for code in (COMMUNITY, DISTRICT))
    call(town, 2)
    whistle: dict[str, Any] = {"whistle_id": str(new_id()), "area_id": area, "kind": "guarding"}
    whistle |= {"title": LISTS["whistles"], "urgency": "half_hour", "departments": [unit]}
    do(lead, "whistle.raise", whistle)
    team: dict[str, Any] = {
        "team_id": str(new_id()),
        "area_id": area,
        "kind": "task_force",
        "purpose": "巡逻",
    }
    team |= {"first_day": str(timezone.localdate()), "charter": "听指挥", "equipment": []}
    assert all(r.stands for r in gathering.form_team(lead, LISTS["teams"], team))
    recall = {"recall_id": str(new_id()), "organisation_id": unit, "area_id": district}
    recall |= {"name": LISTS["recalls"], "deadline": (now() + timedelta(days=1)).isoformat()}
    assert all(r.stands for r in gathering.open_recall(town.actor("command"), recall))
    plan: dict[str, Any] = {
        "deployment_id": str(new_id()),
        "area_id": area,
        "name": LISTS["deployments"],
    }
    plan |= {"first_day": str(timezone.localdate()), "days": 3}
    plan["shifts"] = [{"key": "day", "start": 480, "end": 1200}]
    do(lead, "deployment.open", plan, "")
    return town


def rows_of(answer: Any) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    return book.get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("name", LISTS)
def test_a_list_goes_out_as_a_file_with_its_rows(town: Town, name: str) -> None:
    desk = client(town, "lead")
    assert f'href="/{name}.xlsx"' in body(desk.get(f"/{name}"))
    answer = desk.get(f"/{name}.xlsx")
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="{name}.xlsx"'
    head, *rows = rows_of(answer)
    assert len(rows) == 1
    assert rows[0][0] == LISTS[name]
    assert not any("<" in str(cell) for cell in rows[0])
    assert len(head) == len(rows[0])
    # As it is filtered; and each is in the journal.
    assert len(rows_of(desk.get(f"/{name}.xlsx?q=没有"))) == 1
    assert Record.objects.filter(command="export.record").count() == 2
    assert f'href="/{name}.xlsx?q=x"' in body(desk.get(f"/{name}?q=x"))


@pytest.mark.parametrize("name", LISTS)
def test_a_list_goes_to_nobody_who_may_not_export(town: Town, name: str) -> None:
    worker = client(town, "grid1")
    assert f"/{name}.xlsx" not in body(worker.get(f"/{name}"))
    assert worker.get(f"/{name}.xlsx").status_code == 404
    assert Client().get(f"/{name}.xlsx").status_code == 302
    assert not Record.objects.filter(command="export.record").exists()
    # A lead of elsewhere gets the own rows: a recall of the whole district is one.
    (_head, *rows) = rows_of(client(town, "elsewhere").get(f"/{name}.xlsx"))
    assert [r[0] for r in rows] == ([LISTS[name]] if name == "recalls" else [])


def test_the_file_ends_where_the_right_to_export_does(town: Town) -> None:
    # Who reads here and exports elsewhere takes nothing of here away.
    town.hire("both", "auditor", COMMUNITY)
    area = town.areas["440605012901"]
    grant = {"account_id": str(town.accounts["both"].id), "role": "community_lead"}
    do(town.actor("command"), "grant.give", grant | {"area_id": str(area.id)}, "")
    desk = client(town, "both")
    for name in set(LISTS) - {"recalls"}:
        assert LISTS[name] in body(desk.get(f"/{name}"))
        assert len(rows_of(desk.get(f"/{name}.xlsx"))) == 1, name
