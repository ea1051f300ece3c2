"""Who may do what, as a table: each role, allowed and refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.directives.helpers import build, issue, open_task
from tests.town import COMMUNITY, DISTRICT, Town, entry

from lianfang.kernel.actors import CLOCK, OPERATOR
from lianfang.kernel.ids import new_id
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now

pytestmark = pytest.mark.django_db

ROLES = {
    "volunteer": COMMUNITY,
    "grid_worker": COMMUNITY + "001",
    "building_lead": COMMUNITY + "001",
    "community_lead": COMMUNITY,
    "street_command": "440605011",
    "district_command": DISTRICT,
    "city_command": "4406",
    "health_officer": COMMUNITY,
    "site_staff": COMMUNITY,
    "auditor": COMMUNITY,
}
DENIED = {"kernel.forbidden", "kernel.not_found", "directive.not_receiver"}
COMMANDERS = {"street_command", "district_command", "city_command"}
AT_DOORS = {"grid_worker", "building_lead", "community_lead"}
# Command -> who may send it (a command that is allowed may still be refused by its state).
ALLOWED: dict[str, set[str]] = {
    "directive.issue": {"district_command", "city_command"},
    "directive.withdraw": set(),
    "directive.acknowledge": {"community_lead"},
    "directive.read": {"community_lead"},
    "directive.pass_on": {"community_lead"},
    "directive.measure": {"community_lead"},
    "directive.acknowledge_above": {"city_command"},
    "directive.read_above": {"city_command"},
    "directive.pass_on_above": {"city_command"},
    "directive.measure_above": {"city_command"},
    "directive.remind": {"district_command", "city_command"},
    "directive.remind_above": {"city_command"},
    "directive.arrive": set(),
    "directive.end_district": set(),
    "task.open": {"community_lead", *COMMANDERS},
    "task.join": {"community_lead", *COMMANDERS},
    "task.close_district": {"community_lead", *COMMANDERS},
    "task.close": {"community_lead", *COMMANDERS},
    "task.done": AT_DOORS,
    "task.excuse": AT_DOORS,
    "task.doors": AT_DOORS,
    "task.reopen": {"community_lead", *COMMANDERS},
}
ABOVE = {"directive.issue", "directive.withdraw", "task.open", "task.close"}


def payload(town: Town, command: str, directive: str, task: str) -> dict[str, Any]:
    area = {code: str(town.areas[code].id) for code in (DISTRICT, COMMUNITY, "4406")}
    grid = {"task_id": task, "area_id": str(town.grid(1).id)}
    measure = {"measure_id": str(new_id()), "kind": "care"}
    content: dict[str, dict[str, Any]] = {
        "directive.issue": {
            "directive_id": str(new_id()),
            "title": "通知",
            "from_area_id": area[DISTRICT],
        },
        "directive.withdraw": {"directive_id": directive, "why": "有误"},
        "directive.remind": {"area_id": area[DISTRICT]},
        "directive.remind_above": {"area_id": area["4406"]},
        "directive.measure": {"directive_id": directive, "area_id": area[COMMUNITY], **measure},
        "directive.measure_above": {"directive_id": directive, "area_id": area["4406"], **measure},
        "task.open": {
            "task_id": str(new_id()),
            "name": "宣传",
            "kind": "science",
            "area_ids": [area[COMMUNITY]],
            "first_day": str(timezone.localdate()),
            "due_at": (now() + timedelta(days=1)).isoformat(),
        },
        "task.done": grid,
        "task.excuse": {**grid, "why": "没有"},
        "task.doors": grid,
        "task.reopen": grid,
    }
    if command in content:
        return content[command]
    if command.startswith("task."):
        return {"task_id": task}
    if command in ("directive.arrive", "directive.end_district"):
        return {"directive_id": directive}
    where = area["4406"] if command.endswith("_above") else area[COMMUNITY]
    return {"directive_id": directive, "area_id": where}


def test_each_command_is_for_the_roles_of_the_table() -> None:
    town = build()
    for role, code in ROLES.items():
        town.hire(role, role, code)
    directive, task = issue(town.actor("country")), open_task(town)
    for command, allowed in ALLOWED.items():
        district = "" if command in ABOVE or command.endswith("_above") else DISTRICT
        for role in ROLES:
            content = payload(town, command, directive, task)
            sent = submit(town.actor(role), [entry(command, content, district)])[0]
            denied = bool(sent.refusal and sent.refusal.code in DENIED)
            assert denied is (role not in allowed), (command, role, sent)
    last = payload(town, "directive.withdraw", directive, task)
    assert submit(town.actor("country"), [entry("directive.withdraw", last, "")])[0].stands
    for actor in (CLOCK, OPERATOR):
        part = entry("directive.arrive", {"directive_id": issue(town.actor("country"))})
        assert submit(actor, [part])[0].refusal is None
