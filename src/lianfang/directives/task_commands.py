"""Task rounds: one duty for each grid, done with what shows it, excused with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from lianfang.areas.locate import at_area
from lianfang.areas.models import Area
from lianfang.areas.rules import Level
from lianfang.areas.tree import places
from lianfang.directives import problems
from lianfang.directives.models import (
    TaskArea,
    TaskDistrict,
    TaskDoor,
    TaskLine,
    TaskRound,
    TaskTally,
)
from lianfang.directives.payloads import Doors, Excuse, Finish, OfTask, OnLine, OpenTask
from lianfang.directives.rules import LineAction, LineState, Proof, next_line
from lianfang.directives.words import PROOFS
from lianfang.kernel import bulk
from lianfang.kernel.batch import Batch, Item, NewDuty
from lianfang.kernel.kinds import duty_kind
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.registry import command
from lianfang.kernel.rules import DutyAction
from lianfang.kernel.scope import Place, within
from lianfang.kernel.verbs import Verb
from lianfang.people.models import Household
from lianfang.people.rules import HouseholdState

TASK = duty_kind("grid_task", _("A task for the whole grid"))


def _by_areas(batch: Batch[OpenTask]) -> None:
    """Locate a new task: its verb is asked for at each of its areas."""
    for item in batch:
        found = places(item.payload.area_ids)
        item.subject_id = item.payload.task_id
        if len(found) == len(set(item.payload.area_ids)):
            paths = sorted(p.path for p in found.values())
            item.path = next((p for p in paths if not _may(batch, p)), paths[0])


def _may(batch: Batch[Any], path: str) -> bool:
    return batch.actor.may(batch.command.verb, path)


def _by_task(batch: Batch[Any]) -> None:
    """Locate entries by their task: the first of its areas for which the verb is missing."""
    rows = TaskArea.objects.filter(task_id__in={i.payload.task_id for i in batch})
    paths: dict[UUID, list[str]] = {}
    for task_id, path in rows.order_by("area__path").values_list("task_id", "area__path"):
        paths.setdefault(task_id, []).append(path)
    for item in batch:
        item.subject_id = item.payload.task_id
        if mine := paths.get(item.payload.task_id):
            item.path = next((p for p in mine if not _may(batch, p)), mine[0])


# Entries act at the grid of their line.
_by_line = at_area(subject="task_id")


@command(
    "task.open",
    OpenTask,
    verb=Verb.PLAN_ROUND,
    locate=_by_areas,
    title=_("Give all grids a task"),
    reference=True,
)
def open_task(batch: Batch[OpenTask], item: Item[OpenTask]) -> None:
    """Define a task; each district joins with a record of its own."""
    payload = item.payload
    if TaskRound.objects.filter(id=payload.task_id).exists():
        raise Refuse(problems.TASK_EXISTS, "task_id")
    if payload.due_at <= batch.received_at and not batch.replaying:
        raise Refuse(problems.PAST_DUE, "due_at")
    bulk.insert(
        [
            TaskRound(
                id=payload.task_id,
                name=payload.name,
                kind=payload.kind,
                text=payload.text,
                proof=payload.proof,
                households=payload.households,
                unit=payload.unit,
                directive_id=payload.directive_id,
                first_day=payload.first_day,
                due_at=payload.due_at,
                opened_at=batch.received_at,
                opened_by=batch.actor.ref,
            )
        ]
    )
    bulk.insert(
        [
            TaskArea(id=item.derive(area_id), task_id=payload.task_id, area_id=area_id)
            for area_id in sorted(set(payload.area_ids))
        ]
    )
    item.result = {"task_id": str(payload.task_id)}


@command(
    "task.join",
    OfTask,
    verb=Verb.PLAN_ROUND,
    locate=_by_task,
    title=_("Take part in a task"),
    hidden=True,
)
def join(batch: Batch[OfTask], item: Item[OfTask]) -> None:
    """Give each grid of the district its line and its duty. Again adds grids drawn since."""
    task = TaskRound.objects.get(id=item.payload.task_id)
    _open_part(batch, task.id, make=True)
    paths = list(TaskArea.objects.filter(task=task).values_list("area__path", flat=True))
    grids = Area.objects.filter(
        within(paths, "path"), district=batch.district, level=Level.GRID, valid_to=None
    )
    known = set(
        TaskLine.objects.filter(district=batch.district, task_id=task.id).values_list(
            "area_id", flat=True
        )
    )
    fresh = [i for i in grids.order_by("path").values_list("id", flat=True) if i not in known]
    found = places(fresh, batch)
    doors = live_doors(batch.district, fresh) if task.households else Counter()
    lines = [
        TaskLine(
            district=batch.district,
            task_id=task.id,
            area_id=area_id,
            path=found[area_id].path,
            doors=doors[area_id],
            changed_at=batch.received_at,
        )
        for area_id in fresh
    ]
    bulk.insert(lines)
    write(
        batch,
        [(found[line.area_id], task.id, {"grids": 1, "doors": line.doors}) for line in lines],
    )
    for line in lines:
        _duty(item, task, found[line.area_id])
    item.result = {"grids": len(lines)}


def _open_part(batch: Batch[Any], task_id: UUID, *, make: bool = False) -> None:
    part = TaskDistrict.objects.filter(district=batch.district, id=task_id).first()
    if part is None and make:
        bulk.insert(
            [TaskDistrict(district=batch.district, id=task_id, joined_at=batch.received_at)]
        )
    elif part is None or part.closed_at:
        raise Refuse(problems.TASK_OVER, "task_id")


def _duty(item: Item[Any], task: TaskRound, place: Place) -> None:
    item.open_duty(
        NewDuty(
            TASK,
            f"task-{place.id}",
            place,
            due_at=task.due_at,
            subject_kind="area",
            subject_id=place.id,
            context_id=task.id,
            priority=3,
        )
    )


def live_doors(district: str, area_ids: Iterable[UUID]) -> Counter[UUID]:
    """Return how many live doors each of these grids has."""
    found = Household.objects.filter(
        district=district, area_id__in=list(area_ids), state=HouseholdState.LIVE
    )
    return Counter(dict(found.order_by().values_list("area_id").annotate(Count("id"))))


def write(batch: Batch[Any], changes: Iterable[tuple[Place, UUID, dict[str, int]]]) -> None:
    """Add to the tallies of a task at a grid and at each area above it up to the district."""
    sums: dict[tuple[Any, ...], tuple[tuple[Any, ...], list[int]]] = {}
    for place, task_id, counts in changes:
        for level, area_id in place.ladder:
            # Areas are named by their codes along the path.
            path = "/".join(place.path.split("/")[:level]) + "/"
            numbers = sums.setdefault(
                (batch.district, task_id, area_id),
                ((level, path), [0] * len(TaskTally.counters)),
            )[1]
            for position, name in enumerate(TaskTally.counters):
                numbers[position] += counts.get(name, 0)
    bulk.add_counters(TaskTally, TaskTally.key_fields, TaskTally.plain, TaskTally.counters, sums)


def _line(batch: Batch[Any], item: Item[Any]) -> tuple[TaskRound, TaskLine]:
    task = TaskRound.objects.filter(id=item.payload.task_id).first()
    if task is None:
        raise Refuse(NOT_FOUND, "task_id")
    _open_part(batch, task.id)
    line = TaskLine.objects.filter(
        district=batch.district, task_id=task.id, area_id=item.payload.area_id
    ).first()
    if line is None:
        raise Refuse(NOT_FOUND, "area_id")
    return task, line


def move(
    batch: Batch[Any], item: Item[Any], task: TaskRound, line: TaskLine, action: LineAction
) -> dict[str, int]:
    """Move a line along the table, in memory, with its duty; returns the counters that change.

    Raises Refuse when the table does not allow it.
    """
    before = LineState(line.state)
    after = next_line(before, action)
    if after is None:
        raise Refuse(problems.NOT_NOW, "area_id")
    line.state = after
    line.changed_at, line.changed_by = batch.received_at, batch.actor.ref
    counts: dict[str, int] = {}
    for state, by in ((before, -1), (after, 1)):
        if state is not LineState.OPEN:
            counts[str(state)] = by
    assert item.place
    if after is LineState.OPEN:
        _duty(item, task, item.place)
    else:
        done = after is LineState.DONE
        item.settle(
            TASK, line.area_id, task.id, DutyAction.DONE if done else DutyAction.CANCEL, line.why
        )
    item.result = {"state": str(after)}
    return counts


@command(
    "task.done",
    Finish,
    verb=Verb.VISIT,
    locate=_by_line,
    title=_("Say that a task is done"),
)
def done(batch: Batch[Finish], item: Item[Finish]) -> None:
    """Say that a grid is done, with the proof that the task asks for."""
    payload = item.payload
    task, line = _line(batch, item)
    given = {Proof.NOTE: payload.note, Proof.COUNT: payload.number, Proof.PHOTO: payload.photo_id}
    # A note that was purged is gone for good; in a replay it is not asked for again.
    if not given.get(Proof(task.proof), True) and not batch.replaying:
        raise Refuse(problems.NO_PROOF, task.proof, proof=PROOFS[Proof(task.proof)])
    open_doors = line.doors - line.doors_done - line.doors_excused
    if task.households and open_doors > 0:
        raise Refuse(problems.DOORS_OPEN, "area_id", count=open_doors)
    counts = move(batch, item, task, line, LineAction.DONE)
    counts["number"] = payload.number - line.number
    line.note, line.number, line.photo_id, line.why = (
        payload.note,
        payload.number,
        payload.photo_id,
        "",
    )
    line.save()
    assert item.place
    write(batch, [(item.place, task.id, counts)])


@command(
    "task.excuse",
    Excuse,
    verb=Verb.VISIT,
    locate=_by_line,
    title=_("Excuse a grid"),
)
def excuse(batch: Batch[Excuse], item: Item[Excuse]) -> None:
    """Say why the task has no object in a grid; the reason stays for everybody above to read."""
    task, line = _line(batch, item)
    line.why = item.payload.why
    counts = move(batch, item, task, line, LineAction.EXCUSE)
    line.save()
    assert item.place
    write(batch, [(item.place, task.id, counts)])


@command(
    "task.reopen",
    OnLine,
    verb=Verb.ASSIGN,
    locate=_by_line,
    title=_("Reopen a grid"),
)
def reopen(batch: Batch[OnLine], item: Item[OnLine]) -> None:
    """Open a line again that was called done or excused without being so."""
    task, line = _line(batch, item)
    counts = move(batch, item, task, line, LineAction.REOPEN)
    line.save()
    assert item.place
    write(batch, [(item.place, task.id, counts)])


@command(
    "task.doors",
    Doors,
    verb=Verb.VISIT,
    locate=_by_line,
    title=_("Tick off households"),
)
def doors(batch: Batch[Doors], item: Item[Doors]) -> None:
    """Tick doors off: done, or excused with a reason. With the last one the grid is done."""
    payload = item.payload
    task, line = _line(batch, item)
    if payload.excused and not payload.why:
        raise Refuse(problems.NO_REASON, "why")
    wanted = dict.fromkeys(payload.excused, True) | dict.fromkeys(payload.done, False)
    here = set(
        Household.objects.filter(
            district=batch.district,
            area_id=line.area_id,
            state=HouseholdState.LIVE,
            id__in=list(wanted),
        ).values_list("id", flat=True)
    )
    if not task.households or here != set(wanted):
        raise Refuse(problems.NOT_HERE, "done")
    rows = [
        TaskDoor(
            district=batch.district,
            task_id=task.id,
            household_id=door,
            area_id=line.area_id,
            excused=excused,
            why=payload.why if excused else "",
            at=item.at,
            by=batch.actor.ref,
        )
        for door, excused in sorted(wanted.items())
    ]
    bulk.upsert(
        rows, ("district", "task_id", "household_id"), ("area_id", "excused", "why", "at", "by")
    )
    recount(batch, item, task, line)


def recount(batch: Batch[Any], item: Item[Any], task: TaskRound, line: TaskLine) -> None:
    """Count a grid's doors anew, put the difference into the tallies, and end or reopen its line.

    The rows are the truth; so it holds whatever happened to the list of doors meanwhile.
    """
    rows = TaskDoor.objects.filter(
        district=batch.district, task_id=task.id, area_id=line.area_id
    ).order_by()
    by_kind = dict(rows.values_list("excused").annotate(Count("household_id")))
    now = {
        "doors": live_doors(batch.district, [line.area_id])[line.area_id],
        "doors_done": by_kind.get(False, 0),
        "doors_excused": by_kind.get(True, 0),
    }
    counts = {name: number - getattr(line, name) for name, number in now.items()}
    for name, number in now.items():
        setattr(line, name, number)
    open_doors = line.doors - line.doors_done - line.doors_excused
    place = item.place
    item.place = places({line.area_id}, batch)[line.area_id]
    proved = task.proof == Proof.NONE
    result = item.result
    if open_doors == 0 and line.doors and line.state == LineState.OPEN and proved:
        counts |= move(batch, item, task, line, LineAction.DONE)
    elif open_doors > 0 and line.state == LineState.DONE:
        counts |= move(batch, item, task, line, LineAction.REOPEN)
    line.save()
    write(batch, [(item.place, task.id, counts)])
    item.place = place
    item.result = {**result, "open_doors": open_doors, "state": str(line.state)}


@command(
    "task.close_district",
    OfTask,
    verb=Verb.PLAN_ROUND,
    locate=_by_task,
    title=_("Close a task in a district"),
    hidden=True,
)
def close_district(batch: Batch[OfTask], item: Item[OfTask]) -> None:
    """End a task in a district; what is open stays open on record, its duties expire."""
    part = TaskDistrict.objects.filter(
        district=batch.district, id=item.payload.task_id, closed_at=None
    ).first()
    if part is None:
        return
    _close(part, batch.received_at)
    lines = TaskLine.objects.filter(
        district=batch.district, task_id=part.id, state=LineState.OPEN
    ).order_by("path")
    open_grids = list(lines.values_list("area_id", flat=True))
    for area_id in open_grids:
        item.settle(TASK, area_id, part.id, DutyAction.EXPIRE, "task.closed")
    item.result = {"open": len(open_grids)}


def _close(part: TaskDistrict, at: datetime) -> None:
    part.closed_at = at
    part.save(update_fields=["closed_at"])


@command(
    "task.close",
    OfTask,
    verb=Verb.PLAN_ROUND,
    locate=_by_task,
    title=_("Close a task"),
    reference=True,
)
def close(batch: Batch[OfTask], item: Item[OfTask]) -> None:
    """Mark a task as closed."""
    TaskRound.objects.filter(id=item.payload.task_id, closed_at=None).update(
        closed_at=batch.received_at
    )
