"""Keeps task rounds in step with the list of doors, and with duties that are ended by hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from lianfang.areas.tree import places
from lianfang.directives.models import TaskDistrict, TaskDoor, TaskLine, TaskRound
from lianfang.directives.rules import LineAction, LineState, Proof
from lianfang.directives.task_commands import TASK, move, recount, write
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.models import Duty
from lianfang.kernel.registry import follow


def _lines(batch: Batch[Any]) -> dict[UUID, list[tuple[TaskRound, TaskLine]]]:
    """Return the lines of open tasks that count doors, by grid."""
    open_parts = TaskDistrict.objects.filter(district=batch.district, closed_at=None)
    ids = list(open_parts.values_list("id", flat=True))
    tasks = {t.id: t for t in TaskRound.objects.filter(id__in=ids, households=True)}
    result: dict[UUID, list[tuple[TaskRound, TaskLine]]] = {}
    for line in TaskLine.objects.filter(district=batch.district, task_id__in=list(tasks)):
        result.setdefault(line.area_id, []).append((tasks[line.task_id], line))
    return result


def _again(
    batch: Batch[Any],
    item: Item[Any],
    lines: dict[UUID, list[tuple[TaskRound, TaskLine]]],
    grids: Iterable[UUID],
) -> None:
    result = item.result
    for grid in sorted(set(grids)):
        for task, line in lines.get(grid, ()):
            recount(batch, item, task, line)
    item.result = result


@follow("household.register", "household.close", "household.merge")
def door_listed(batch: Batch[Any]) -> None:
    """A door that comes on the list is owed by each open task; one that leaves is owed no more."""
    lines = _lines(batch)
    if not lines:
        return
    last = {item.place.id: item for item in batch if item.place}
    if batch.command.name != "household.register":
        gone = [item.payload.household_id for item in batch]
        TaskDoor.objects.filter(district=batch.district, household_id__in=gone).delete()
    for grid, item in last.items():
        _again(batch, item, lines, [grid])


@follow("household.assign")
def door_moved(batch: Batch[Any]) -> None:
    """A door that changes its grid takes its tick along."""
    lines = _lines(batch)
    if not lines:
        return
    for item in batch:
        moved = item.result.get("moved", {})
        assert item.place
        for labels in moved.values():
            TaskDoor.objects.filter(
                district=batch.district, household_id__in=[UUID(label) for label in labels]
            ).update(area_id=item.place.id)
        _again(batch, item, lines, [item.place.id, *(UUID(grid) for grid in moved)])


@follow("duty.done")
def duty_done(batch: Batch[Any]) -> None:
    """A grid worker who ends the duty has done the task, where it asks for no proof.

    Where it does, or where doors are open, the duty comes back.
    """
    by_duty = {item.payload.duty_id: item for item in batch}
    duties = Duty.objects.filter(district=batch.district, id__in=list(by_duty), kind=TASK)
    for duty in duties.order_by("id"):
        item = by_duty[duty.id]
        if duty.context_id is None:
            continue
        task = TaskRound.objects.filter(id=duty.context_id).first()
        line = TaskLine.objects.filter(
            district=batch.district, task_id=duty.context_id, area_id=duty.area_id
        ).first()
        if task is None or line is None or line.state != LineState.OPEN:
            continue
        result, place = item.result, item.place
        item.place = places({duty.area_id}, batch)[duty.area_id]
        open_doors = line.doors - line.doors_done - line.doors_excused
        counts = move(batch, item, task, line, LineAction.DONE)
        if task.proof != Proof.NONE or open_doors:
            move(batch, item, task, line, LineAction.REOPEN)
        else:
            line.save()
            write(batch, [(item.place, task.id, counts)])
        item.result, item.place = result, place
