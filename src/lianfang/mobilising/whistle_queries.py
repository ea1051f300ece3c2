"""What can be read of whistles and how departments answer them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.scope import within
from lianfang.kernel.verbs import Verb
from lianfang.mobilising.models import (
    Whistle,
    WhistleDepartment,
    WhistleStep,
)
from lianfang.mobilising.queries import organisation_names
from lianfang.mobilising.rules import (
    DepartmentState,
    WhistleState,
)


def whistles(actor: Actor) -> QuerySet[Whistle]:
    """Return the matters in the actor's scope, the latest first."""
    found = Whistle.objects.filter(
        within(actor.paths(Verb.READ), "path"), district__in=area_queries.districts(actor)
    )
    return found.order_by("-raised_at", "-id")


def whistle(actor: Actor, district: str, whistle_id: UUID) -> Whistle | None:
    """Return one matter; None when absent or forbidden."""
    found = Whistle.objects.filter(district=district, id=whistle_id).first()
    return found if found and actor.may(Verb.READ, found.path) else None


def whistle_departments(row: Whistle) -> list[tuple[WhistleDepartment, str]]:
    """Return the departments of a matter with their names, those who refused too."""
    found = WhistleDepartment.objects.filter(district=row.district, whistle_id=row.id)
    listed = list(found.order_by("called_at", "id"))
    names = organisation_names(d.organisation_id for d in listed)
    return [(d, names.get(d.organisation_id, "")) for d in listed]


def whistle_steps(row: Whistle) -> list[WhistleStep]:
    """Return a matter's log, the first step first."""
    found = WhistleStep.objects.filter(district=row.district, whistle_id=row.id)
    return list(found.order_by("at", "id"))


@dataclass(frozen=True, slots=True)
class DepartmentFigures:
    """How a department answers whistles: all derived, nothing typed."""

    organisation_id: UUID
    name: str
    called: int
    reported: int
    in_time: int
    refused: int
    open: int
    solved: int
    reopened: int
    mark: float | None


def department_figures(actor: Actor, since: datetime | None = None) -> list[DepartmentFigures]:
    """Return the statistics of each department over the matters in the actor's scope."""
    mine = whistles(actor)
    if since:
        mine = mine.filter(raised_at__gte=since)
    matters = {w.id: w for w in mine.order_by()}
    rows = WhistleDepartment.objects.filter(
        district__in=area_queries.districts(actor), whistle_id__in=list(matters)
    )
    by_unit: dict[UUID, list[WhistleDepartment]] = defaultdict(list)
    for row in rows:
        by_unit[row.organisation_id].append(row)
    names = organisation_names(by_unit)
    result = []
    for unit, called in by_unit.items():
        came = [d for d in called if d.state == DepartmentState.REPORTED]
        about = [matters[d.whistle_id] for d in called]
        marks = [m.mark for m in about if m.mark is not None]
        result.append(
            DepartmentFigures(
                unit,
                names.get(unit, ""),
                len(called),
                len(came),
                sum(bool(d.in_time) for d in came),
                sum(d.state == DepartmentState.REFUSED for d in called),
                sum(d.state == DepartmentState.CALLED for d in called),
                sum(m.state == WhistleState.CLOSED for m in about),
                sum(m.reopened for m in about),
                sum(marks) / len(marks) if marks else None,
            )
        )
    return sorted(result, key=lambda f: (-f.called, f.name))
