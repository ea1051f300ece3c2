"""What can be read of rounds, visits and coverage: the actor first, then scope and sight."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery, Sum

from lianfang.areas.models import Area
from lianfang.areas.queries import unnamed_grids
from lianfang.areas.rules import DISTRICT_LEVEL
from lianfang.kernel.actors import Actor
from lianfang.kernel.scope import within
from lianfang.kernel.verbs import Verb
from lianfang.people.models import Household
from lianfang.screening.ledger import owed
from lianfang.screening.models import (
    Coverage,
    Reading,
    Round,
    RoundArea,
    RoundDistrict,
    RoundTally,
    Visit,
)
from lianfang.screening.rules import OPEN, Counts, Outcome

_COUNTERS = RoundTally.counters


def rounds(actor: Actor) -> QuerySet[Round]:
    """Return the rounds that touch the actor's scope: above it, in it or below it."""
    paths = actor.paths(Verb.READ)
    if not paths:
        return Round.objects.none()
    mine = within(paths, "area__path")
    above = ["/".join(p.split("/")[:n]) + "/" for p in paths for n in range(1, p.count("/") + 1)]
    ids = RoundArea.objects.filter(mine) | RoundArea.objects.filter(area__path__in=above)
    return Round.objects.filter(id__in=ids.values("round_id")).order_by("-opened_at", "-id")


def round_(actor: Actor, round_id: UUID) -> Round | None:
    """Return one of the actor's rounds; None when absent or forbidden."""
    return rounds(actor).filter(id=round_id).first()


def round_areas(round_id: UUID) -> list[Area]:
    """Return the areas that a round covers."""
    return [r.area for r in RoundArea.objects.filter(round_id=round_id).select_related("area")]


def _districts_under(path: str) -> list[str]:
    codes = path.rstrip("/").split("/") if path else []
    if len(codes) >= DISTRICT_LEVEL:
        return [codes[DISTRICT_LEVEL - 1]]
    below = Area.objects.filter(path__under=path, level=DISTRICT_LEVEL)
    return list(below.values_list("code", flat=True))


def coverage_by_level(round_id: UUID, path: str, level: int) -> dict[UUID, Counts]:
    """Return the coverage of each area of `level` under `path`, from the tallies alone.

    `level` must be at or below the district's; silent doors are not in these counts.
    """
    rows = RoundTally.objects.filter(
        district__in=_districts_under(path), round_id=round_id, level=level
    )
    if level > DISTRICT_LEVEL and path.count("/") > DISTRICT_LEVEL:
        rows = rows.filter(area_id__in=Area.objects.filter(path__under=path).values("id"))
    return {row[0]: Counts(*row[1:]) for row in rows.values_list("area_id", *_COUNTERS)}


def silent_by_grid(round_id: UUID, path: str) -> dict[UUID, tuple[str, int]]:
    """Return (path, open doors) of each grid under `path` for which nobody is named."""
    grids = dict(unnamed_grids([path]).values_list("id", "path"))
    rows = RoundTally.objects.filter(
        district__in=_districts_under(path), round_id=round_id, area_id__in=list(grids)
    )
    counts = {row[0]: Counts(*row[1:]).open for row in rows.values_list("area_id", *_COUNTERS)}
    return {area_id: (grids[area_id], n) for area_id, n in counts.items() if n}


def coverage(actor: Actor, round_id: UUID, area: Area) -> Counts:
    """Return the coverage of one area within the actor's scope; zero for any other."""
    if not actor.may(Verb.READ, area.path):
        return Counts()
    total = _total(round_id, area)
    silent = sum(n for _, n in silent_by_grid(round_id, area.path).values())
    return total + Counts(silent=silent)


def _total(round_id: UUID, area: Area) -> Counts:
    if area.level >= DISTRICT_LEVEL:
        row = (
            RoundTally.objects.filter(
                district__in=_districts_under(area.path), round_id=round_id, area_id=area.id
            )
            .values_list(*_COUNTERS)
            .first()
        )
        return Counts(*row) if row else Counts()
    sums = RoundTally.objects.filter(
        district__in=_districts_under(area.path), round_id=round_id, level=DISTRICT_LEVEL
    ).aggregate(**{name: Sum(name) for name in _COUNTERS})
    return Counts(**{name: value or 0 for name, value in sums.items()})


def coverage_of_children(actor: Actor, round_id: UUID, area: Area) -> list[tuple[Area, Counts]]:
    """Return the coverage of each live area directly below `area`, in the order of codes.

    An area in which the round owes nothing has zero households.
    """
    if not actor.may(Verb.READ, area.path):
        return []
    children = list(Area.objects.filter(parent=area, valid_to=None).order_by("code"))
    silent: dict[str, int] = {}
    for path, number in silent_by_grid(round_id, area.path).values():
        silent[path] = number
    by_child = _of_children(round_id, area, children)
    return [
        (
            child,
            by_child.get(child.id, Counts())
            + Counts(silent=sum(n for p, n in silent.items() if p.startswith(child.path))),
        )
        for child in children
    ]


def _of_children(round_id: UUID, area: Area, children: list[Area]) -> dict[UUID, Counts]:
    if not children:
        return {}
    if children[0].level >= DISTRICT_LEVEL:
        rows = RoundTally.objects.filter(
            district__in=_districts_under(area.path),
            round_id=round_id,
            area_id__in=[c.id for c in children],
        )
        return {row[0]: Counts(*row[1:]) for row in rows.values_list("area_id", *_COUNTERS)}
    by_district = coverage_by_level(round_id, area.path, DISTRICT_LEVEL)
    paths = dict(Area.objects.filter(id__in=by_district).values_list("id", "path"))
    sums: dict[UUID, Counts] = {}
    for district_id, counts in by_district.items():
        for child in children:
            if paths[district_id].startswith(child.path):
                sums[child.id] = sums.get(child.id, Counts()) + counts
    return sums


def lines(actor: Actor, round_id: UUID, area: Area) -> QuerySet[Coverage]:
    """Return the ledger of an area: one line for each door that somebody has been to.

    After the round has closed there is a line for every door.
    """
    # By the line's own area: no join is needed to count, and the planner cannot go wrong.
    areas = Area.objects.filter(within(actor.paths(Verb.READ), "path"), path__under=area.path)
    found = Coverage.objects.filter(
        district__in=_districts_under(area.path), round_id=round_id, area_id__in=areas.values("id")
    )
    return found.select_related("household").order_by("household__sort_key", "household_id")


def open_doors(actor: Actor, round_id: UUID, area: Area) -> QuerySet[Household]:
    """Return the doors that the round still owes a visit, in the order of the building.

    Each has `outcome` (None where nobody has been) and `owner` once the round is closed.
    """
    district = area.district
    paths = list(RoundArea.objects.filter(round_id=round_id).values_list("area__path", flat=True))
    continues = Round.objects.filter(id=round_id).values_list("continues_id", flat=True).first()
    line = Coverage.objects.filter(
        district=OuterRef("district"), round_id=round_id, household_id=OuterRef("id")
    )
    return (
        Household.objects.filter(
            owed(district, paths, continues),
            within(actor.paths(Verb.READ), "area__path"),
            area__path__under=area.path,
        )
        .annotate(
            outcome=Subquery(line.values("outcome")[:1]), owner=Subquery(line.values("owner")[:1])
        )
        .exclude(outcome__in=[o for o in Outcome if o not in OPEN])
        .select_related("area")
        .order_by("sort_key", "id")
    )


def standings(district: str, round_id: UUID, ids: Iterable[UUID]) -> dict[UUID, Coverage]:
    """Return the lines of the households `ids` in a round; those without one are unvisited."""
    rows = Coverage.objects.filter(district=district, round_id=round_id, household_id__in=list(ids))
    return {row.household_id: row for row in rows}


def visits(district: str, household_id: UUID) -> list[tuple[Visit, list[Reading]]]:
    """Return the visits to a door, the latest first, each with its readings.

    For pages that have checked the actor's scope and health sight on that door.
    """
    rows = list(
        Visit.objects.filter(district=district, household_id=household_id).order_by(
            "-occurred_at", "-id"
        )[:200]
    )
    readings: dict[Any, list[Reading]] = {}
    for reading in Reading.objects.filter(
        district=district, visit_id__in=[v.id for v in rows]
    ).order_by("id"):
        readings.setdefault(reading.visit_id, []).append(reading)
    return [(row, readings.get(row.id, [])) for row in rows]


def parts(round_id: UUID) -> QuerySet[RoundDistrict]:
    """Return the districts' parts in a round."""
    return RoundDistrict.objects.filter(id=round_id).order_by("district")
