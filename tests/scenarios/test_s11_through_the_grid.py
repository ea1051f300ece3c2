"""S11: monitoring, science, health tips, answers and hygiene through the grid; nobody left out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.scenarios import city
from tests.scenarios.gate import Gate, act

from lianfang.areas.models import Area
from lianfang.areas.rules import Level
from lianfang.directives import task_queries
from lianfang.directives.models import TaskLine, TaskRound
from lianfang.directives.task_commands import TASK
from lianfang.kernel import clock, times
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.kernel.rules import LIVE
from lianfang.people.models import Account

pytestmark = pytest.mark.django_db

DISTRICT = "110102"
FIVE = {
    "monitoring": "note",
    "science": "count",
    "health_tips": "none",
    "answers": "note",
    "hygiene": "count",
}
SHOWN: dict[str, dict[str, Any]] = {
    "note": {"note": "已完成"},
    "count": {"number": 30},
    "none": {},
}


def open_task(gate: Gate, kind: str, area: Area, **more: Any) -> str:
    """Open a task through the API and let the district join."""
    id_ = str(new_id())
    payload = {
        "task_id": id_,
        "name": kind,
        "kind": kind,
        "area_ids": [str(area.id)],
        "first_day": str(times.local(times.now()).date()),
        "due_at": (times.now() + timedelta(days=1)).isoformat(),
        **more,
    }
    gate.must([act("task.open", payload, "")])
    gate.must([act("task.join", {"task_id": id_}, DISTRICT)])
    return id_


def test_every_grid_has_each_task_and_not_a_household_is_left_out() -> None:
    areas = city.import_areas(DISTRICT)
    district = areas[DISTRICT]
    communities = [a for a in areas.values() if a.level == Level.COMMUNITY]
    grids = city.draw_grids(communities, 4)
    named, alone = grids[:-1], grids[-1]
    city.hire_all([(f"w{g.code}", "grid_worker", g, "") for g in named])
    city.hire("command", "district_command", district)
    city.hire("lead", "community_lead", district)
    homes = city.settle(Gate("lead"), grids, each=5, persons=1)
    desk = Gate("command")
    tasks = {
        kind: open_task(desk, kind, district, proof=proof, households=kind == "health_tips")
        for kind, proof in FIVE.items()
    }
    assert Duty.objects.filter(kind=TASK, state__in=LIVE).count() == 5 * len(grids)

    # The workers say what they did, each for the own grid.
    for grid in named:
        worker = Gate(f"w{grid.code}")
        doors = [h.id for h in homes if h.grid == grid.code]
        entries = []
        for kind, proof in FIVE.items():
            where = {"task_id": tasks[kind], "area_id": str(grid.id)}
            shown = SHOWN[proof]
            if kind == "health_tips":
                entries.append(act("task.doors", {**where, "done": doors[:4]}, DISTRICT))
                away = {**where, "excused": doors[4:], "why": "全家外出"}
                entries.append(act("task.doors", away, DISTRICT))
            else:
                entries.append(act("task.done", {**where, **shown}, DISTRICT))
        worker.must(entries)

    for kind, task in tasks.items():
        row = TaskRound.objects.get(id=task)
        counts = task_queries.coverage(row, district)
        assert (counts.grids, counts.done, counts.open) == (len(grids), len(named), 1), kind
        assert counts.silent == 1, "the grid without a worker is seen"
        by_street = task_queries.of_children(row, district)
        assert sum(c.done for _, c in by_street) == len(named)
        for community in communities:
            below = task_queries.coverage(row, community)
            lines = TaskLine.objects.filter(task_id=task, path__startswith=community.path)
            assert below.grids == lines.count() == 4
            assert below.done == lines.filter(state="done").count()
    tips = task_queries.coverage(TaskRound.objects.get(id=tasks["health_tips"]), district)
    assert tips.doors == len(homes)
    assert tips.open_doors == 5
    assert tips.doors_excused == len(named)
    leaflets = task_queries.coverage(TaskRound.objects.get(id=tasks["science"]), district)
    assert leaflets.number == 30 * len(named)

    # What nobody does climbs to the community, and the page leads to it.
    with times.at(times.now() + timedelta(days=1, hours=1)):
        clock.run()
    late = Duty.objects.filter(kind=TASK, subject_id=alone.id, climbs__gte=1)
    assert late.count() == 5
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(Account.objects.get(username="command"))
    page = browser.get(f"/tasks/{tasks['hygiene']}")
    assert page.status_code == 200
    assert alone.name in page.content.decode()

    # The lead takes the last grid, household by household.
    lead = Gate("lead")
    rest = [h.id for h in homes if h.grid == alone.code]
    where = {"task_id": tasks["health_tips"], "area_id": str(alone.id)}
    lead.must([act("task.doors", {**where, "done": rest}, DISTRICT)])
    tips = task_queries.coverage(TaskRound.objects.get(id=tasks["health_tips"]), district)
    assert (tips.open_doors, tips.open, tips.silent) == (0, 0, 0)
