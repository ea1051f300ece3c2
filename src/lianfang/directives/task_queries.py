"""What can be read of task rounds: coverage by each level from tallies, open grids and doors."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from lianfang.areas.models import Area
from lianfang.areas.rules import DISTRICT_LEVEL, Level
from lianfang.directives.models import TaskArea, TaskDoor, TaskLine, TaskRound, TaskTally
from lianfang.directives.rules import LineState, rungs
from lianfang.kernel.actors import Actor
from lianfang.kernel.scope import within
from lianfang.kernel.verbs import Verb
from lianfang.people.models import Household
from lianfang.people.rules import HouseholdState


@dataclass(frozen=True, slots=True)
class Covered:
    """Coverage of a task in an area. `silent` are open grids for which nobody is named."""

    grids: int = 0
    done: int = 0
    excused: int = 0
    number: int = 0
    doors: int = 0
    doors_done: int = 0
    doors_excused: int = 0
    silent: int = 0

    @property
    def open(self) -> int:
        """Return the grids that are neither done nor excused."""
        return self.grids - self.done - self.excused

    @property
    def open_doors(self) -> int:
        """Return the households that are neither done nor excused."""
        return self.doors - self.doors_done - self.doors_excused


_NAMES = tuple(f.name for f in fields(Covered) if f.name != "silent")


def tasks(actor: Actor) -> QuerySet[TaskRound]:
    """Return the tasks that run in the actor's scope or whose area holds it."""
    paths = actor.paths(Verb.READ)
    if "" in paths:
        return TaskRound.objects.all()
    reach = within(paths, "area__path")
    for path in paths:
        reach |= Q(area__path__in=rungs(path))
    return TaskRound.objects.filter(id__in=TaskArea.objects.filter(reach).values("task_id"))


def task(actor: Actor, task_id: UUID) -> TaskRound | None:
    """Return one task; None when absent or forbidden."""
    return tasks(actor).filter(id=task_id).first()


def entries(actor: Actor, task_id: UUID) -> list[Area]:
    """Return the topmost areas at which the actor can look at a task."""
    found = TaskArea.objects.filter(task_id=task_id).values_list("area__path", flat=True)
    targets, paths = list(found), actor.paths(Verb.READ)
    wanted = {t for t in targets if any(t.startswith(p) for p in paths)}
    wanted |= {p for p in paths if any(p.startswith(t) for t in targets)}
    return list(Area.objects.filter(path__in=wanted, valid_to=None).order_by("path"))


def coverage(row: TaskRound, area: Area) -> Covered:
    """Return the coverage of an area that the caller has found in scope."""
    found = TaskTally.objects.filter(task_id=row.id)
    if area.level >= DISTRICT_LEVEL:
        found = found.filter(district=area.district, area_id=area.id)
    else:
        found = found.filter(level=DISTRICT_LEVEL, path__startswith=area.path)
    sums = found.aggregate(**{f"s_{n}": Sum(n) for n in _NAMES})
    counts = {n: sums[f"s_{n}"] or 0 for n in _NAMES}
    return Covered(**counts, silent=len(silent(row, area)))


def of_children(row: TaskRound, area: Area) -> list[tuple[Area, Covered]]:
    """Return the areas directly below with their coverage, those that the task touches."""
    kids = list(Area.objects.filter(parent=area, valid_to=None).order_by("code"))
    found = TaskTally.objects.filter(task_id=row.id)
    sums: dict[UUID, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_NAMES, 0))
    if area.level >= DISTRICT_LEVEL - 1:
        found = found.filter(area_id__in=[k.id for k in kids])
    else:
        found = found.filter(level=DISTRICT_LEVEL, path__startswith=area.path)
    for tally in found:
        kid = next((k for k in kids if tally.path.startswith(k.path)), None)
        if kid:
            for name in _NAMES:
                sums[kid.id][name] += getattr(tally, name)
    without = silent(row, area)
    return [
        (k, Covered(**sums[k.id], silent=sum(p.startswith(k.path) for p in without)))
        for k in kids
        if k.id in sums
    ]


def silent(row: TaskRound, area: Area) -> list[str]:
    """Return the paths of the open grids under an area for which nobody is named."""
    lines = lines_of(row, area, LineState.OPEN)
    nobody = Area.objects.filter(path__under=area.path, level=Level.GRID, named=0, valid_to=None)
    return list(lines.filter(area_id__in=nobody.values("id")).values_list("path", flat=True))


def lines_of(row: TaskRound, area: Area, state: str = "") -> QuerySet[TaskLine]:
    """Return the grids' lines under an area that the caller has found in scope."""
    found = TaskLine.objects.filter(task_id=row.id, path__under=area.path)
    if area.district:
        found = found.filter(district=area.district)
    return found.filter(state=state) if state else found


def line(row: TaskRound, area: Area) -> TaskLine | None:
    """Return the line of a grid."""
    return TaskLine.objects.filter(district=area.district, task_id=row.id, area_id=area.id).first()


def open_doors(row: TaskRound, area: Area) -> list[Household]:
    """Return the live doors of a grid that are neither done nor excused, in order."""
    ticked = TaskDoor.objects.filter(district=area.district, task_id=row.id, area_id=area.id)
    found = Household.objects.filter(
        district=area.district, area_id=area.id, state=HouseholdState.LIVE
    ).exclude(id__in=ticked.values("household_id"))
    return list(found.order_by("sort_key", "id")[:1_000])


def runs(row: TaskRound) -> bool:
    """Tell whether a task is not closed."""
    return row.closed_at is None
