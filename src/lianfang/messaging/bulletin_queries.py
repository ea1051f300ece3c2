"""What can be read of what was told, whom it reached, and what is asked most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from lianfang.areas import queries as area_queries
from lianfang.areas.models import Area
from lianfang.areas.rules import Level
from lianfang.kernel import queries as kernel
from lianfang.kernel.actors import Actor
from lianfang.kernel.models import Duty, Record, Tally
from lianfang.kernel.rules import LIVE
from lianfang.kernel.scope import within
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Sight, Verb
from lianfang.messaging import knocking
from lianfang.messaging.models import Bulletin, Gram, Reach
from lianfang.messaging.rules import ASKS, Audience, BulletinKind, Reached, asked_grams
from lianfang.people.models import Household

# A search looks for so many parts of its text at most.
_PARTS = 12


def above(path: str) -> list[str]:
    """Return the paths of an area and of all above it."""
    return ["/".join(path.split("/")[:n]) + "/" for n in range(1, path.count("/") + 1)]


def bulletins(actor: Actor) -> QuerySet[Bulletin]:
    """Return what was told in the actor's scope, or above it and so to those in it."""
    paths = {*actor.paths(Verb.READ), *actor.paths(Verb.WORK)}
    up = {p for path in paths for p in above(path)}
    return Bulletin.objects.filter(
        within(paths, "path") | Q(path__in=up), district__in=area_queries.districts(actor)
    )


def bulletin(actor: Actor, district: str, bulletin_id: UUID) -> Bulletin | None:
    """Return one; None when absent or forbidden."""
    return bulletins(actor).filter(district=district, id=bulletin_id).first()


def live(found: QuerySet[Bulletin]) -> QuerySet[Bulletin]:
    """Leave out what was withdrawn or has run out."""
    return found.filter(Q(expires_at=None) | Q(expires_at__gt=now()), withdrawn_at=None)


def search(found: QuerySet[Bulletin], text: str) -> QuerySet[Bulletin]:
    """Narrow to what holds every part of `text`: pairs of characters, beginnings of words."""
    whole, begins = asked_grams(text)
    mine = Gram.objects.filter(district=OuterRef("district"), bulletin_id=OuterRef("id"))
    for gram in sorted(whole)[:_PARTS]:
        found = found.filter(Exists(mine.filter(gram=gram)))
    for gram in sorted(begins)[:_PARTS]:
        found = found.filter(Exists(mine.filter(gram__under=gram)))
    return found


@dataclass(frozen=True, slots=True)
class Figures:
    """How far something has come: doors, and of these read, reached, missed; duties open."""

    doors: int
    read: int
    reached: int
    missed: int
    knocks: int


def figures(row: Bulletin) -> Figures:
    """Return how far a bulletin has come to the households that live there now."""
    doors = knocking.doors(row)
    mine = Reach.objects.filter(
        district=OuterRef("district"), bulletin_id=row.id, household_id=OuterRef("id")
    )
    total = doors.count()
    read = doors.filter(Exists(mine.exclude(read_at=None))).count()
    reached = doors.filter(Exists(mine.filter(reached=True))).count()
    knocks = Duty.objects.filter(
        district=row.district, kind=knocking.KNOCK, context_id=row.id, state__in=LIVE
    ).count()
    return Figures(total, read, reached, total - reached, knocks)


def by_grid(actor: Actor, row: Bulletin) -> list[tuple[Area, int, int]]:
    """Return the grids in the actor's scope with doors, and of these the missed ones."""
    scope = within([*actor.paths(Verb.READ)], "area__path")
    every = dict(
        knocking.doors(row).filter(scope).order_by().values_list("area_id").annotate(n=Count("id"))
    )
    missed = dict(
        knocking.missed(row).filter(scope).order_by().values_list("area_id").annotate(n=Count("id"))
    )
    areas = Area.objects.filter(id__in=every).order_by("path")
    return [(a, every[a.id], missed.get(a.id, 0)) for a in areas]


def missed(actor: Actor, row: Bulletin, area_id: UUID | None = None) -> QuerySet[Household]:
    """Return the doors in the actor's scope and sight that something has not reached."""
    found = knocking.missed(row).filter(
        within(actor.paths(Verb.READ), "area__path"),
        within(actor.sight_paths(Sight.ADDRESS), "area__path"),
    )
    found = found.filter(area_id=area_id) if area_id else found
    return found.select_related("area")


def for_door(home: Household, text: str = "") -> QuerySet[Bulletin]:
    """Return what a household is told now."""
    found = live(
        Bulletin.objects.filter(
            district=home.district,
            path__in=above(home.area.path),
            audience=Audience.HOUSEHOLDS,
        )
    )
    # Few bulletins name doors, and each few doors: they are looked through here.
    named = found.exclude(doors=[]).values_list("id", "doors")
    others = [id_ for id_, doors in named if str(home.id) not in doors]
    return search(found.exclude(id__in=others), text) if text else found.exclude(id__in=others)


def states(home: Household, ids: Iterable[UUID]) -> dict[UUID, Reached]:
    """Return how far bulletins have come to a household; those without a state are left out."""
    rows = Reach.objects.filter(
        district=home.district, bulletin_id__in=list(ids), household_id=home.id
    )
    return {bulletin_id: Reached(s) for bulletin_id, s in rows.values_list("bulletin_id", "state")}


def public(area: Area) -> QuerySet[Bulletin]:
    """Return what everybody in an area is told, for feeds; withdrawn ones too."""
    return Bulletin.objects.filter(
        Q(path__in=above(area.path)) | Q(path__under=area.path),
        audience=Audience.HOUSEHOLDS,
        doors=[],
        district=area.district,
    )


def answers(actor: Actor, text: str = "") -> QuerySet[Bulletin]:
    """Return the answers that a question could be given."""
    found = live(bulletins(actor)).filter(kind__in=[BulletinKind.FAQ, BulletinKind.RUMOUR])
    return search(found, text) if text else found


@dataclass(frozen=True, slots=True)
class Often:
    """A question that was asked often: its answer, how many times, and on how many days."""

    bulletin: Bulletin
    times: int
    days: int


def asked_most(area: Area, first: date, last: date, limit: int = 20) -> list[Often]:
    """Return the questions asked most in an area from `first` to `last`, from the counters."""
    rows = (
        Tally.objects.filter(
            district=area.district,
            period__gte=first.isoformat(),
            period__lte=last.isoformat(),
            metric__startswith="asked:",
            area_id=area.id,
        )
        .order_by()
        .values_list("metric")
        .annotate(times=Sum("value"), days=Count("period"))
    )
    ids = {UUID(metric.partition(":")[2]): (times, days) for metric, times, days in rows}
    found = Bulletin.objects.filter(district=area.district, id__in=ids)
    often = [Often(b, *ids[b.id]) for b in found]
    return sorted(often, key=lambda o: (-o.times, o.bulletin.title))[:limit]


def asked_by_day(area: Area, last: date, days: int = 14) -> list[tuple[date, int]]:
    """Return how many questions came on each of the last days."""
    first = last - timedelta(days=days - 1)
    rows = dict(
        Tally.objects.filter(
            district=area.district,
            period__gte=first.isoformat(),
            period__lte=last.isoformat(),
            metric=ASKS,
            area_id=area.id,
        ).values_list("period", "value")
    )
    span = [first + timedelta(days=n) for n in range(days)]
    return [(day, rows.get(day.isoformat(), 0)) for day in span]


def records(row: Bulletin, limit: int = 50) -> list[Record]:
    """Return what was recorded about a bulletin."""
    return list(kernel.records_about(row.district, [row.id])[:limit])


def area_of(row: Bulletin) -> Area | None:
    """Return the area to which something is told."""
    return Area.objects.filter(id=row.area_id).first()


def targets(actor: Actor, area_id: UUID) -> list[tuple[str, UUID]]:
    """Return (district, area) to which something for an area goes: above districts, one in each."""
    area = area_queries.area(actor, area_id)
    if area is None or not actor.may(Verb.ANNOUNCE, area.path):
        return []
    if area.district:
        return [(area.district, area.id)]
    here = area_queries.below(area, Level.COUNTY).filter(district__in=area_queries.districts(actor))
    return [(county.district, county.id) for county in here]
