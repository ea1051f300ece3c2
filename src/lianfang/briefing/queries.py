"""The numbers of an area: now, on a past day, day by day, by the areas below, and their rows.

Every number costs one statement at most, whatever the size of the area: counters are read all at
once, rows are counted by an index. The caller has found the area in the actor's scope.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum

from lianfang.areas import queries as area_queries
from lianfang.areas.models import Area
from lianfang.areas.rules import DISTRICT_LEVEL, Level
from lianfang.briefing.figures import FIGURES
from lianfang.briefing.kinds import Figure
from lianfang.briefing.models import BriefLayout, DayFigures
from lianfang.briefing.rules import Frame, Span, frames, order_of, prefixes, rolled
from lianfang.briefing.sources import Source
from lianfang.kernel.actors import Actor
from lianfang.kernel.models import Tally
from lianfang.kernel.queries import streams
from lianfang.kernel.times import local, now
from lianfang.screening import queries as screening
from lianfang.screening.models import Round
from lianfang.screening.rules import Counts

NOW = "now"


def span_of(moment: datetime, day: date | None = None) -> Span:
    """Return a moment with the bounds of a local day: the given one, else that of the moment."""
    zone = ZoneInfo(settings.TIME_ZONE)
    wanted = day or local(moment).date()
    start = datetime.combine(wanted, time(), zone)
    end = datetime.combine(wanted + timedelta(days=1), time(), zone)
    return Span(moment, wanted, start, end)


def today() -> date:
    """Return the day in which the deployment is."""
    return local(now()).date()


def districts_of(area: Area) -> dict[str, UUID]:
    """Return the districts of an area that have a journal, with the ids of their areas."""
    if area.level == DISTRICT_LEVEL:
        return {area.district: area.id}
    if area.district:
        county = area_queries.by_code(area.district)
        return {area.district: county.id if county else area.id}
    found = area_queries.below(area, Level.COUNTY).filter(code__in=streams())
    return dict(found.values_list("code", "id"))


def _kept_at(area: Area, districts: dict[str, UUID]) -> list[UUID]:
    """Return the areas whose counters add up to those of `area`."""
    return [area.id] if area.district else list(districts.values())


def _under(source: Source, found: QuerySet[Any], path: str) -> QuerySet[Any]:
    if source.place == "area_id":
        return found.filter(area_id__in=area_queries.ids_within([path]))
    return found.filter(**{f"{source.place}__under": path})


def _tallies(
    districts: Collection[str], areas: Iterable[UUID], figures: Iterable[Figure], days: list[str]
) -> dict[tuple[str, str], int]:
    """Return {(period, metric): sum} over areas, in one statement."""
    metrics = {m for f in figures for m in f.metrics}
    rows = Tally.objects.filter(
        district__in=districts,
        period__in=[NOW, *days],
        metric__in=metrics,
        area_id__in=list(areas),
    )
    found = rows.order_by().values_list("period", "metric").annotate(number=Sum("value"))
    return {(period, metric): number for period, metric, number in found}


def count(source: Source, districts: Collection[str], span: Span, path: str) -> int:
    """Return how many rows (or how much) a source has at and below a path."""
    found = _under(source, source.rows(districts, span), path)
    if source.amount:
        return sum(found.values_list(source.amount, flat=True))
    return found.order_by().count()


def by_place(
    source: Source, districts: Collection[str], span: Span, path: str = ""
) -> dict[str, int]:
    """Return the rows of a source by the path of the place where they lie."""
    found = source.rows(districts, span).order_by()
    if path:
        found = _under(source, found, path)
    sums: dict[Any, int] = defaultdict(int)
    if source.amount:
        for place, number in found.values_list(source.place, source.amount):
            sums[place] += number
    else:
        for place, number in found.values_list(source.place).annotate(number=Count("pk")):
            sums[place] += number
    if source.place != "area_id":
        return dict(sums)
    paths = area_queries.paths_by_id(sums)
    return {paths[id_]: number for id_, number in sums.items() if id_ in paths}


def current_round(path: str, span: Span) -> Round | None:
    """Return the last round of a day that covers an area or lies in it."""
    covering = Q(areas__area__path__in=prefixes(path)) | Q(areas__area__path__under=path)
    running = Q(closed_at=None) | Q(closed_at__gte=span.end - timedelta(days=1))
    found = Round.objects.filter(covering, running, opened_at__lt=span.end)
    return found.order_by("-opened_at", "-id").first()


def counted(counts: Counts, what: str) -> int:
    """Return a part of a round's coverage by its name."""
    return int(getattr(counts, what))


def numbers(
    actor: Actor, area: Area, figures: Sequence[Figure], span: Span
) -> dict[str, int | None]:
    """Return the numbers of figures for an area: as they stand, or as a past day ended.

    None for a number of a past day that was not kept.
    """
    districts = districts_of(area)
    tallies = _tallies(districts, _kept_at(area, districts), figures, [span.day.isoformat()])
    past = span.day < local(span.at).date()
    kept = _kept(area, districts, [span.day]).get(span.day) if past else None
    result: dict[str, int | None] = {}
    coverage: Counts | None = None
    for figure in figures:
        if figure.daily:
            period = span.day.isoformat()
            result[figure.code] = sum(tallies.get((period, m), 0) for m in figure.metrics)
        elif past:
            result[figure.code] = None if kept is None else kept.get(figure.code, 0)
        elif figure.metrics:
            result[figure.code] = sum(tallies.get((NOW, m), 0) for m in figure.metrics)
        elif figure.counted:
            if coverage is None:
                round_ = current_round(area.path, span)
                coverage = screening.coverage(actor, round_.id, area) if round_ else Counts()
            result[figure.code] = counted(coverage, figure.counted)
        elif figure.source:
            result[figure.code] = count(figure.source, districts, span, area.path)
    return result


def _kept(
    area: Area, districts: dict[str, UUID], days: Sequence[date]
) -> dict[date, dict[str, int]]:
    """Return the kept figures of days; a day on which a district is missing is left out."""
    if area.level > Level.COMMUNITY:
        return {}
    ids = _kept_at(area, districts)
    rows = DayFigures.objects.filter(district__in=districts, area_id__in=ids, day__in=list(days))
    sums: dict[date, dict[str, int]] = {}
    for day, figures in rows.values_list("day", "figures"):
        total = sums.setdefault(day, defaultdict(int))
        for code, number in figures.items():
            total[code] += number
    return sums


def yesterday(area: Area, figures: Sequence[Figure], day: date) -> dict[str, int]:
    """Return the numbers of the day before `day`, those that were kept."""
    before = day - timedelta(days=1)
    found = series(area, figures, before, 1)
    return {code: line[0][1] for code, line in found.items() if line[0][1] is not None}


def series(
    area: Area, figures: Sequence[Figure], last: date, days: int
) -> dict[str, list[tuple[date, int | None]]]:
    """Return each figure day by day up to `last`; None for a day that was not kept.

    Two or three statements, however many figures and days.
    """
    wanted = [last - timedelta(days=n) for n in range(days - 1, -1, -1)]
    districts = districts_of(area)
    tallies = _tallies(
        districts, _kept_at(area, districts), figures, [d.isoformat() for d in wanted]
    )
    kept = _kept(area, districts, wanted)
    result: dict[str, list[tuple[date, int | None]]] = {}
    for figure in figures:
        line: list[tuple[date, int | None]] = []
        for day in wanted:
            if figure.daily:
                value: int | None = sum(
                    tallies.get((day.isoformat(), m), 0) for m in figure.metrics
                )
            else:
                value = kept[day].get(figure.code, 0) if day in kept else None
            line.append((day, value))
        result[figure.code] = line
    return result


def below(actor: Actor, area: Area, figure: Figure, span: Span) -> list[tuple[Area, int]]:
    """Return a figure of each live area directly below, as it stands (or in the day)."""
    children = list(area_queries.children(actor, area))
    if not children:
        return []
    districts = districts_of(area)
    sums: dict[str, int] = {}
    if figure.metrics:
        sums = _tallies_below(area, children, districts, figure, span)
    elif figure.counted:
        round_ = current_round(area.path, span)
        if round_:
            found = screening.coverage_of(round_.id, area.path, children)
            sums = {one.path: counted(counts, figure.counted) for one, counts in found}
    elif figure.source:
        places = by_place(figure.source, districts, span, area.path)
        sums = rolled(places, [c.path for c in children])
    return [(child, sums.get(child.path, 0)) for child in children]


def _tallies_below(
    area: Area, children: list[Area], districts: dict[str, UUID], figure: Figure, span: Span
) -> dict[str, int]:
    low = children[0].level >= DISTRICT_LEVEL
    ids = [c.id for c in children] if low else list(districts.values())
    rows = Tally.objects.filter(
        district__in=districts,
        period=span.day.isoformat() if figure.daily else NOW,
        metric__in=figure.metrics,
        area_id__in=ids,
    )
    found = dict(rows.order_by().values_list("area_id").annotate(number=Sum("value")))
    paths = area_queries.paths_by_id(found)
    return rolled({paths[i]: n for i, n in found.items() if i in paths}, [c.path for c in children])


def records(actor: Actor, area: Area, figure: Figure, span: Span) -> QuerySet[Any] | None:
    """Return the rows behind a figure that the actor sees one by one; None where it has none."""
    if figure.source is None:
        return None
    found = _under(figure.source, figure.source.rows(list(districts_of(area)), span), area.path)
    return found.filter(figure.source.seen_by(actor))


def film(areas: Sequence[Area], last: date, days: int) -> list[tuple[date, list[Frame]]]:
    """Return how far the round had come in each of some areas, day by day, in one statement.

    Days that were not kept are left out; so are grids, of which no past stand is kept.
    """
    kept = [a for a in areas if a.district and a.level <= Level.COMMUNITY]
    if not kept:
        return []
    rows = DayFigures.objects.filter(
        district__in={a.district for a in kept},
        area_id__in=[a.id for a in kept],
        day__gt=last - timedelta(days=days),
        day__lte=last,
    )
    found: dict[date, dict[UUID, dict[str, int]]] = defaultdict(dict)
    for day, area_id, figures in rows.values_list("day", "area_id", "figures"):
        found[day][area_id] = figures
    result = []
    for day in sorted(found):
        lines = [found[day].get(a.id, {}) for a in kept]
        reached = [(f.get("round_done", 0), f.get("round_open", 0)) for f in lines]
        if any(sum(pair) for pair in reached):
            result.append((day, frames([a.name for a in kept], reached)))
    return result


def areas_of(rows: Iterable[Any]) -> set[UUID]:
    """Return the areas named by rows; those which lie at a post or case name none."""
    return {row.area_id for row in rows if getattr(row, "area_id", None)}


def layout(area: Area) -> list[tuple[Any, bool]]:
    """Return the groups of an area's brief in its order, with whether each is shown.

    An area that has not arranged its own takes that of the nearest area above.
    """
    rows = BriefLayout.objects.filter(area__path__in=prefixes(area.path))
    nearest = max(rows.select_related("area"), key=lambda r: r.area.level, default=None)
    return order_of(nearest.groups if nearest else [])


def stand(district: str, span: Span) -> dict[Area, dict[str, int]]:
    """Return all figures that are not daily, for a district, its streets and communities.

    For the record that keeps them when a day ends; figures that are 0 are left out.
    """
    areas = list(Area.objects.filter(code=district, level=DISTRICT_LEVEL).order_by("id"))
    county = next((a for a in areas if a.valid_to is None), areas[-1] if areas else None)
    if county is None:
        return {}
    places = Area.objects.filter(path__under=county.path, level__lte=Level.COMMUNITY, valid_to=None)
    by_path = {a.path: a for a in places.order_by("path")}
    by_id = {a.id: a for a in by_path.values()}
    result: dict[Area, dict[str, int]] = {a: {} for a in by_path.values()}
    standing = [f for f in FIGURES.values() if not f.daily]
    metrics = {m: f.code for f in standing for m in f.metrics}
    rows = Tally.objects.filter(
        district=district, period=NOW, metric__in=metrics, level__lte=Level.COMMUNITY
    )
    for area_id, metric, value in rows.values_list("area_id", "metric", "value"):
        if value and area_id in by_id:
            result[by_id[area_id]][metrics[metric]] = value
    for figure in standing:
        if figure.source and not figure.metrics:
            found = rolled(by_place(figure.source, [district], span), by_path)
            for path, number in found.items():
                if number:
                    result[by_path[path]][figure.code] = number
    _rounds(county, by_path, result, span)
    return result


def _rounds(
    county: Area, by_path: dict[str, Area], result: dict[Area, dict[str, int]], span: Span
) -> None:
    """Add what the current round of the district stands at."""
    round_ = current_round(county.path, span)
    if round_ is None:
        return
    of_round = [f for f in FIGURES.values() if f.counted]
    for level in {a.level for a in by_path.values()}:
        areas = [a for a in by_path.values() if a.level == level]
        for one, counts in screening.coverage_of(round_.id, county.path, areas):
            for figure in of_round:
                number = counted(counts, figure.counted)
                if number:
                    result[one][figure.code] = number
