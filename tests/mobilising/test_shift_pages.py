"""Shifts of a published plan at the desk: known, given up, taken over, swapped, planned again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from tests import town as towns
from tests.mobilising.helpers import organisation, staff
from tests.mobilising.test_pages import body, client, send
from tests.town import COMMUNITY, DISTRICT, Town, do

from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.kernel.times import now
from lianfang.kernel.verification import verify
from lianfang.mobilising import deploying, shift_queries
from lianfang.mobilising.models import Deployment, DeploymentNeed, PlannedShift

pytestmark = pytest.mark.django_db
SHIFTS = [
    {"key": "day", "start": 480, "end": 1200},
    {"key": "night", "start": 1200, "end": 1920, "night": True},
]


@pytest.fixture
def town() -> Town:
    town = towns.build()
    town.hire("command", "district_command", DISTRICT)
    return town


def published(town: Town, units: list[UUID], days: int = 3, **rules: Any) -> Deployment:
    """Plan and publish: one by day and one by night in the community."""
    area = str(town.areas[COMMUNITY].id)
    plan_id = new_id()
    command = town.actor("command")
    opened = {
        "deployment_id": str(plan_id),
        "area_id": str(town.areas[DISTRICT].id),
        "name": "下沉",
        "first_day": str((now() + timedelta(days=1)).date()),
        "days": days,
        "shifts": SHIFTS,
        "rules": {"rest": 660, "days_in_row": 6, **rules},
    }
    do(command, "deployment.open", opened, "")
    needs = [
        {
            "need_id": str(new_id()),
            "area_id": area,
            "place": "北门",
            "day": day,
            "shift": shift,
            "number": 1,
        }
        for day in range(days)
        for shift in ("day", "night")
    ]
    content = {
        "deployment_id": str(plan_id),
        "area_id": str(town.areas[DISTRICT].id),
        "needs": needs,
    }
    do(command, "deployment.need", content)
    plan = Deployment.objects.select_related("area").get(id=plan_id)
    task = deploying.task(plan, units)
    found = deploying.solve(task, seconds=2)
    assert all(r.stands for r in deploying.keep(command, task, found))
    deploying.publish(command, task, found)
    plan.refresh_from_db()
    return plan


def test_a_shift_is_given_up_and_taken_over_by_somebody_who_is_rested(town: Town) -> None:
    unit = organisation("机关")
    staff(town, unit, 6)
    plan = published(town, [unit])
    desk = client(town, "command")
    where = f"/deployments/{plan.id}"
    listed = body(desk.get(f"{where}/shifts"))
    assert "北门" in listed
    assert desk.get(f"{where}/shifts?state=acknowledged&q=北").status_code == 200
    first = PlannedShift.objects.order_by("starts_at").first()
    assert first
    page = f"{where}/shifts/{DISTRICT}/{first.id}"
    assert desk.get(page).status_code == 200
    # The community's lead notes what was told by telephone.
    lead = client(town, "lead")
    known = lead.post(page, {"entry_id": str(new_id()), "act": "acknowledge"})
    assert known.status_code == 302
    assert shift_queries.acknowledgement(town.actor("command"), plan)["acknowledged"] == 1  # type: ignore[index]
    assert send(lead, page, act="drop", why="发热").status_code == 302
    assert Duty.objects.get(kind="substitute").state == "open"
    first.refresh_from_db()
    proposed = shift_queries.substitutes(plan, first)
    assert proposed
    assert first.person_id not in {p.person_id for p in proposed}
    best = proposed[0]
    by = f"{best.district}:{best.person_id}"
    assert by in body(desk.get(page))
    done = send(desk, page, act="substitute", by=by)
    assert done.status_code == 302, body(done)
    assert Duty.objects.get(kind="substitute").state == "done"
    assert DeploymentNeed.objects.get(id=first.need_id).unfilled == 0
    assert "发热" in body(desk.get(f"{where}/shifts?state=dropped"))


def test_two_swap_and_both_acknowledge_anew(town: Town) -> None:
    unit = organisation("机关")
    staff(town, unit, 6)
    plan = published(town, [unit])
    desk = client(town, "command")
    first = PlannedShift.objects.order_by("starts_at").first()
    assert first
    other = shift_queries.swaps(plan, first)[0]
    page = f"/deployments/{plan.id}/shifts/{DISTRICT}/{first.id}"
    assert str(other.id) in body(desk.get(page))
    assert send(desk, page, act="swap", other_id=str(other.id)).status_code == 302
    assert PlannedShift.objects.get(id=first.id).person_id == other.person_id
    assert PlannedShift.objects.get(id=other.id).person_id == first.person_id
    assert verify().differences == []


def test_the_changes_are_shown_before_they_are_made(town: Town) -> None:
    unit = organisation("机关")
    staff(town, unit, 6)
    plan = published(town, [unit], shifts=2)
    desk = client(town, "command")
    ill = PlannedShift.objects.order_by("starts_at").first()
    assert ill
    key = f"{ill.person_district}:{ill.person_id}"
    where = f"/deployments/{plan.id}/replan"
    before = set(PlannedShift.objects.filter(state="planned").values_list("id", flat=True))
    shown = send(desk, where, act="look", gone=key)
    assert shown.status_code == 200
    assert "leaves" in body(shown)
    assert "comes" in body(shown)
    # Shown is not done.
    assert set(PlannedShift.objects.filter(state="planned").values_list("id", flat=True)) == before
    digest = deploying.propose(
        deploying.task(plan, [unit]), [((ill.person_district, ill.person_id), None)]
    ).digest
    assert f'value="{digest}"' in body(shown)
    stale = send(desk, where, act="apply", gone=key, digest="other")
    assert "Look again" in body(stale)
    done = send(desk, where, act="apply", gone=key, digest=digest)
    assert done.status_code == 302
    mine = PlannedShift.objects.filter(person_id=ill.person_id).exclude(state="dropped")
    assert not mine.exists()
    assert not DeploymentNeed.objects.exclude(unfilled=0).exists()
    assert verify().differences == []


def test_files_of_needs_and_shifts_are_kept_in_the_journal(town: Town) -> None:
    unit = organisation("机关")
    staff(town, unit, 6)
    plan = published(town, [unit])
    town.hire("city", "district_command", DISTRICT)
    desk = client(town, "command")
    for name in ("needs", "shifts"):
        answer = desk.get(f"/deployments/{plan.id}/{name}.xlsx")
        assert answer.status_code == 200, name
        assert answer.content.startswith(b"PK")


def test_others_neither_see_nor_change_a_plan(town: Town) -> None:
    unit = organisation("机关")
    staff(town, unit, 4)
    plan = published(town, [unit])
    row = PlannedShift.objects.first()
    assert row
    town.hire("elsewhere", "community_lead", "440605012901")
    for username in ("elsewhere", "grid1"):
        browser = client(town, username)
        page = f"/deployments/{plan.id}/shifts/{DISTRICT}/{row.id}"
        assert browser.get(page).status_code == 404
        assert browser.get(f"/deployments/{plan.id}/replan").status_code == 404
        sent = browser.post(page, {"entry_id": str(new_id()), "act": "drop", "why": "不"})
        assert sent.status_code in (403, 404)
    assert Client().get(f"/deployments/{plan.id}/shifts").status_code == 302


def test_what_a_person_may_not_exceed() -> None:
    from datetime import datetime

    from lianfang.mobilising.rules import Limits, Standing, hindrance

    def on(day: int, hour: int = 8, night: bool = False) -> Standing:
        start = datetime(2020, 2, day, hour)
        return Standing(date(2020, 2, day), start, start + timedelta(hours=12), night)

    limits = Limits(rest=660, days_in_row=3, shifts=4, nights=1)
    assert hindrance([], on(1), limits) == ""
    assert hindrance([on(1)], on(1, 21), limits) == "one_a_day"
    assert hindrance([on(1, 20, night=True)], on(2), limits) == "no_rest"
    assert hindrance([on(1), on(2), on(4)], on(3), limits) == "in_a_row"
    assert hindrance([on(1), on(3), on(5), on(7)], on(9), limits) == "at_limit"
    assert hindrance([on(1, 20, night=True)], on(4, 20, night=True), limits) == "nights"
