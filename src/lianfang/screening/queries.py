"""What can be read of rounds, visits and coverage: the actor first, then scope and sight."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Substr

from lianfang.areas.models import Area
from lianfang.areas.queries import unnamed_grids
from lianfang.areas.rules import DISTRICT_LEVEL
from lianfang.kernel.actors import Actor, shortest
from lianfang.kernel.scope import within
from lianfang.kernel.verbs import Verb
from lianfang.people.models import Household
from lianfang.screening.ledger import open_rounds, owed
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
_SETTLED = ("met", "by_phone", "self_reported", "vacant", "moved_away")


def rounds(actor: Actor, verb: Verb = Verb.READ) -> QuerySet[Round]:
    """Return the rounds that touch the actor's scope: above it, in it or below it."""
    paths = actor.paths(verb)
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
    # Thousands of rows: `_make` takes the tuple as it is, with no silent doors.
    make = Counts._make
    return {row[0]: make((*row[1:], 0)) for row in rows.values_list("area_id", *_COUNTERS)}


def shares(round_id: UUID, path: str, level: int) -> list[tuple[Any, int, int, int, int]]:
    """Return (area, households, done, excused, doors with a fever) of each area of `level`
    under `path`, in no order; the area's id is as the database writes it (`UUID(str(id))`).

    `level` must be below the district's and `path` at or above it. A municipality has thousands of
    communities, so the statement is written by hand: the database adds the outcomes up, and nothing
    is done to a row on its way.
    """
    districts = _districts_under(path)
    if not districts:
        return []
    postgres = connection.vendor == "postgresql"
    marks = ", ".join(["%s"] * len(districts))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {'area_id::text' if postgres else 'area_id'}, households,"
            " met + by_phone + self_reported, vacant + moved_away, fever"
            " FROM screening_roundtally"
            f" WHERE district IN ({marks}) AND round_id = %s AND level = %s",
            [*districts, round_id if postgres else round_id.hex, level],
        )
        rows: list[tuple[Any, int, int, int, int]] = cursor.fetchall()
        return rows


def silent_by_prefix(round_id: UUID, path: str, length: int) -> dict[str, int]:
    """Return the silent doors under `path` by the first `length` signs of their grids' paths.

    Silent is an open door in a grid for which nobody is named. One query, whatever the number of
    grids: the database adds up.
    """
    tally = RoundTally.objects.filter(
        district=OuterRef("district"), round_id=round_id, area_id=OuterRef("id")
    )
    left = F("households") - sum((F(name) for name in _SETTLED[1:]), start=F(_SETTLED[0]))
    rows = (
        unnamed_grids([path])
        .order_by()
        .annotate(prefix=Substr("path", 1, length), left=Subquery(tally.values(n=left)[:1]))
        .filter(left__gt=0)
        .values("prefix")
        .annotate(silent=Sum("left"))
    )
    return {row["prefix"]: row["silent"] for row in rows}


def silent_grids(actor: Actor, round_id: UUID, area: Area, limit: int = 50) -> list[Area]:
    """Return the grids under `area` with open doors and nobody named, with `left` of each."""
    if not actor.may(Verb.READ, area.path):
        return []
    tally = RoundTally.objects.filter(
        district=OuterRef("district"), round_id=round_id, area_id=OuterRef("id")
    )
    left = F("households") - sum((F(name) for name in _SETTLED[1:]), start=F(_SETTLED[0]))
    found = unnamed_grids([area.path]).annotate(left=Subquery(tally.values(n=left)[:1]))
    return list(found.filter(left__gt=0).order_by("path")[:limit])


def coverage(actor: Actor, round_id: UUID, area: Area) -> Counts:
    """Return the coverage of one area within the actor's scope; zero for any other."""
    if not actor.may(Verb.READ, area.path):
        return Counts()
    total = _total(round_id, area)
    silent = silent_by_prefix(round_id, area.path, len(area.path)) if total.open else {}
    return total + Counts(silent=sum(silent.values()))


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
    return coverage_of(round_id, area.path, children)


def coverage_of(round_id: UUID, path: str, areas: list[Area]) -> list[tuple[Area, Counts]]:
    """Return the coverage of areas that lie under `path` and are alike in level.

    For areas that the caller has found in scope.
    """
    silent: dict[str, int] = {}
    for length in {len(a.path) for a in areas}:
        silent.update(silent_by_prefix(round_id, path, length))
    known = _of_areas(round_id, path, areas)
    return [
        (one, known.get(one.id, Counts()) + Counts(silent=silent.get(one.path, 0))) for one in areas
    ]


def _of_areas(round_id: UUID, path: str, areas: list[Area]) -> dict[UUID, Counts]:
    if not areas:
        return {}
    if areas[0].level >= DISTRICT_LEVEL:
        rows = RoundTally.objects.filter(
            district__in={a.district for a in areas},
            round_id=round_id,
            area_id__in=[a.id for a in areas],
        )
        return {row[0]: Counts(*row[1:]) for row in rows.values_list("area_id", *_COUNTERS)}
    by_district = coverage_by_level(round_id, path, DISTRICT_LEVEL)
    paths = dict(Area.objects.filter(id__in=by_district).values_list("id", "path"))
    sums: dict[UUID, Counts] = {}
    for district_id, counts in by_district.items():
        for one in areas:
            if paths[district_id].startswith(one.path):
                sums[one.id] = sums.get(one.id, Counts()) + counts
    return sums


def entries(actor: Actor, round_id: UUID) -> list[Area]:
    """Return the areas at which the actor enters a round: its own areas, or the actor's in them."""
    paths: set[str] = set()
    covered = RoundArea.objects.filter(round_id=round_id).values_list("area__path", flat=True)
    scope = actor.paths(Verb.READ)
    for path in covered:
        if any(path.startswith(mine) for mine in scope):
            paths.add(path)
        paths.update(mine for mine in scope if mine.startswith(path))
    found = Area.objects.filter(path__in=shortest(paths), valid_to=None)
    return list(found.order_by("level", "path"))


def areas_of(round_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Return the names of the areas that each of the rounds covers."""
    names: dict[UUID, list[str]] = {}
    rows = RoundArea.objects.filter(round_id__in=list(round_ids)).order_by("area__path")
    for round_id, name in rows.values_list("round_id", "area__name"):
        names.setdefault(round_id, []).append(name)
    return names


def names_of(round_ids: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """Return name and state of rounds."""
    rows = Round.objects.filter(id__in=list(round_ids)).values_list("id", "name", "state")
    return {id_: (name, state) for id_, name, state in rows}


def totals(actor: Actor, round_ids: Iterable[UUID]) -> dict[UUID, Counts]:
    """Return the coverage of the actor's part of each round, without the silent ones.

    Five queries at most, however many rounds; for lists of them.
    """
    ids = list(round_ids)
    scope = actor.paths(Verb.READ)
    parts: dict[UUID, set[str]] = {}
    rows = RoundArea.objects.filter(round_id__in=ids).values_list("round_id", "area__path")
    for round_id, path in rows:
        mine = parts.setdefault(round_id, set())
        if any(path.startswith(one) for one in scope):
            mine.add(path)
        mine.update(one for one in scope if one.startswith(path))
    wanted = {p for paths in parts.values() for p in paths}
    areas = {a.path: a for a in Area.objects.filter(path__in=wanted, valid_to=None)}
    low = [a for a in areas.values() if a.level >= DISTRICT_LEVEL]
    high = [a for a in areas.values() if a.level < DISTRICT_LEVEL]
    counts: dict[tuple[UUID, UUID], Counts] = {}
    tallies = RoundTally.objects.filter(round_id__in=ids)
    if low:
        found = tallies.filter(
            district__in={a.district for a in low}, area_id__in=[a.id for a in low]
        )
        for row in found.values_list("round_id", "area_id", *_COUNTERS):
            counts[row[0], row[1]] = Counts(*row[2:])
    for area in high:
        found = tallies.filter(district__in=_districts_under(area.path), level=DISTRICT_LEVEL)
        sums = found.values_list("round_id").annotate(*(Sum(n) for n in _COUNTERS))
        for one in sums:
            counts[one[0], area.id] = Counts(*one[1:])
    return {
        round_id: sum(
            (
                counts.get((round_id, areas[path].id), Counts())
                for path in shortest(paths)
                if path in areas
            ),
            Counts(),
        )
        for round_id, paths in parts.items()
    }


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


def takes_reports(district: str, path: str) -> Round | None:
    """Return the open round in which a door at `path` may report for itself, the latest one."""
    covering = [
        id_
        for id_, (paths, _) in open_rounds(district).items()
        if any(path.startswith(part) for part in paths)
    ]
    found = Round.objects.filter(id__in=covering, self_report=True)
    return found.order_by("-opened_at", "-id").first()


def visits_between(
    district: str, household_ids: Iterable[UUID], since: datetime, until: datetime
) -> list[tuple[UUID, str, datetime]]:
    """Return (household, visitor's reference, when) of visits at which somebody was met.

    For tracing: nobody's scope is asked.
    """
    rows = Visit.objects.filter(
        district=district,
        household_id__in=list(household_ids),
        occurred_at__gte=since,
        occurred_at__lt=until,
        outcome=Outcome.MET,
    )
    return list(rows.order_by("occurred_at").values_list("household_id", "actor", "occurred_at"))
