"""A task goes to every grid; its coverage counts, and no household is left out."""

from __future__ import annotations

from uuid import UUID

import pytest
from tests.directives.helpers import build, open_task
from tests.town import DISTRICT, Town, do, entry

from lianfang.directives.models import TaskLine, TaskTally
from lianfang.directives.task_commands import TASK
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.kernel.rules import LIVE
from lianfang.kernel.submit import submit

pytestmark = pytest.mark.django_db


def line(town: Town, task: str, grid: int = 1) -> TaskLine:
    return TaskLine.objects.get(task_id=task, area_id=town.grid(grid).id)


def top(task: str) -> TaskTally:
    return TaskTally.objects.get(task_id=task, level=3)


def on(town: Town, task: str, grid: int = 1, **more: object) -> dict[str, object]:
    return {"task_id": task, "area_id": str(town.grid(grid).id), **more}


def live(task: str) -> int:
    return Duty.objects.filter(kind=TASK, context_id=task, state__in=LIVE).count()


def code(town: Town, who: str, command: str, payload: dict[str, object]) -> str:
    receipt = submit(town.actor(who), [entry(command, payload)])[0]
    assert receipt.refusal, receipt
    return receipt.refusal.code


def test_each_grid_has_a_duty_and_is_done_or_excused_with_a_reason() -> None:
    town = build()
    task = open_task(town, proof="count")
    assert (top(task).grids, live(task)) == (2, 2)
    assert code(town, "grid1", "task.done", on(town, task)) == "task.no_proof"
    do(town.actor("grid1"), "task.done", on(town, task, number=40, note="楼道已清"))
    do(town.actor("lead"), "task.excuse", on(town, task, 2, why="拆迁空置"))
    tally = top(task)
    assert (tally.done, tally.excused, tally.number, live(task)) == (1, 1, 40, 0)
    assert code(town, "grid1", "task.done", on(town, task, number=1)) == "task.not_now"
    do(town.actor("lead"), "task.reopen", on(town, task))
    assert (top(task).done, live(task)) == (0, 1)
    assert line(town, task).note == "楼道已清"
    assert code(town, "grid2", "task.done", on(town, task, number=3)) == "kernel.not_found"


def test_per_household_the_grid_is_done_with_its_last_door() -> None:
    town = build()
    a, b = town.register(1, "3-2-501", "3-2-502")
    task = open_task(town, households=True)
    assert top(task).doors == 2
    assert code(town, "grid1", "task.done", on(town, task)) == "task.doors_open"
    do(town.actor("grid1"), "task.doors", on(town, task, done=[str(a)]))
    assert line(town, task).state == "open"
    assert code(town, "grid1", "task.doors", on(town, task, excused=[str(b)])) == "task.no_reason"
    do(town.actor("grid1"), "task.doors", on(town, task, excused=[str(b)], why="长期外出"))
    assert (line(town, task).state, top(task).doors_done, top(task).doors_excused) == ("done", 1, 1)
    (c,) = town.register(1, "3-2-503")
    assert line(town, task).state == "open", "a new door is left out by nobody"
    assert (top(task).doors, top(task).done, live(task)) == (3, 0, 2)
    moved = {"area_id": str(town.grid(2).id), "household_ids": [str(c)]}
    do(town.actor("lead"), "household.assign", moved)
    assert line(town, task, 2).doors == 1
    assert top(task).doors == 3
    gone = {"household_id": str(c), "why": "拆除"}
    do(town.actor("lead"), "household.close", gone)
    assert top(task).doors == 2
    other = on(town, task, 2, done=[str(a)])
    assert code(town, "grid2", "task.doors", other) == "task.not_here"


def test_the_duty_on_a_phone_ends_the_task_where_no_proof_is_asked() -> None:
    town = build()
    plain, proved = open_task(town), open_task(town, proof="note")
    for task in (plain, proved):
        duty = Duty.objects.get(kind=TASK, context_id=task, subject_id=town.grid(1).id)
        do(town.actor("grid1"), "duty.claim", {"duty_id": str(duty.id)})
        do(town.actor("grid1"), "duty.done", {"duty_id": str(duty.id)})
    assert (line(town, plain).state, live(plain)) == ("done", 1)
    assert (line(town, proved).state, live(proved)) == ("open", 2)


def test_closing_ends_the_duties_and_keeps_the_lines() -> None:
    from lianfang.directives import tasks

    town = build()
    task = open_task(town)
    assert tasks.close_task(town.actor("lead"), UUID(task)).stands
    assert live(task) == 0
    assert line(town, task).state == "open"
    assert code(town, "grid1", "task.done", on(town, task)) == "task.over"
    assert code(town, "lead", "task.join", {"task_id": str(new_id())}) == "kernel.not_found"
    again = submit(town.actor("lead"), [entry("task.join", {"task_id": task}, DISTRICT)])[0]
    assert again.refusal is not None
    assert again.refusal.code == "task.over"
