"""What can be read of the tree, and the grants of an account."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Abs, StrIndex

from lianfang.areas.models import Area, AreaSetMember, Grant
from lianfang.areas.rules import (
    MAY_GRANT,
    ROLE_SIGHTS,
    ROLE_VERBS,
    Level,
    Role,
    district_of,
)
from lianfang.kernel.actors import Actor, ActorKind, Granted
from lianfang.kernel.models import Tally
from lianfang.kernel.queries import streams
from lianfang.kernel.scope import within
from lianfang.kernel.verbs import Verb

# How long an ended grant still explains a late entry (it is then held, not refused).
REMEMBER = timedelta(days=30)


def granted(account_id: UUID, now: datetime) -> tuple[Granted, ...]:
    """Return the grants of an account: the standing ones and those that ended lately."""
    rows = Grant.objects.filter(account_id=account_id).filter(
        Q(ended_at=None) | Q(ended_at__gte=now - REMEMBER)
    )
    return tuple(
        Granted(role, path or "", ROLE_VERBS[Role(role)], ROLE_SIGHTS[Role(role)], ended)
        for role, path, ended in rows.order_by("given_at", "id").values_list(
            "role", "area__path", "ended_at"
        )
    )


def areas(actor: Actor, *, all_times: bool = False) -> QuerySet[Area]:
    """Return the areas that the actor may read, live ones unless `all_times`."""
    found = Area.objects.filter(within(actor.paths(Verb.READ), "path"))
    return found if all_times else found.filter(valid_to=None)


def area(actor: Actor, area_id: UUID) -> Area | None:
    """Return one area within the actor's scope, live or ended; None when absent or forbidden."""
    return areas(actor, all_times=True).filter(id=area_id).first()


def roots(actor: Actor) -> QuerySet[Area]:
    """Return the topmost areas of the actor's scope, from which the tree is opened."""
    paths = actor.paths(Verb.READ)
    if "" in paths:
        return Area.objects.filter(parent=None, valid_to=None).order_by("code")
    return Area.objects.filter(path__in=paths, valid_to=None).order_by("path")


def children(actor: Actor, parent: Area) -> QuerySet[Area]:
    """Return the live areas directly below `parent`."""
    return areas(actor).filter(parent=parent).order_by("code")


def ancestors(item: Area) -> list[Area]:
    """Return the areas above `item`, the topmost first; names of upper areas are no secret."""
    codes = item.path.rstrip("/").split("/")[:-1]
    paths = ["/".join(codes[:n]) + "/" for n in range(1, len(codes) + 1)]
    return list(Area.objects.filter(path__in=paths, valid_to=None).order_by("level"))


def search(actor: Actor, text: str, limit: int = 20) -> list[Area]:
    """Return the areas whose code begins with `text` or whose name holds it, the nearest first.

    Codes and beginnings of names are found by index; only when they do not fill the page is the
    actor's scope looked through for names that hold the text further in.
    """
    text = text.strip()
    if not text:
        return []
    mine = areas(actor)
    field = "code" if text[0].isascii() and text.replace("-", "").isalnum() else "name"
    begin = mine.filter(starts(field, text))
    first: list[Area] = []
    if field == "code":
        # A short code begins a hundred thousand others: few are looked at level by level.
        for level in range(Level.COMMUNITY):
            first += begin.filter(level=level).order_by("path")[: limit - len(first)]
            if len(first) == limit:
                return first
        begin = begin.filter(level__gte=Level.COMMUNITY)
    first += begin.order_by("level", "path")[: limit - len(first)]
    if field == "code" or len(first) == limit:
        return first
    seen = {a.id for a in first}
    more = _holding(mine.exclude(id__in=seen), text)[: limit - len(first)]
    return first + list(more)


def _holding(found: QuerySet[Area], text: str) -> QuerySet[Area]:
    """Return the areas whose names hold the text, the upper levels first.

    SQLite walks its index by level and name, no further than the page is long; PostgreSQL, which
    would fetch a row for each entry of that index, reads the table with several workers.
    """
    from lianfang.kernel.routing import current_connection

    if current_connection().vendor == "sqlite":
        return found.alias(at=StrIndex("name", Value(text))).filter(at__gt=0).order_by("level")
    return found.filter(name__contains=text).order_by(Abs("level"))


def starts(field: str, text: str) -> Q:
    """Return a condition that uses the index on both databases."""
    from lianfang.kernel.routing import current_connection

    if current_connection().vendor == "postgresql":
        return Q(**{f"{field}__startswith": text})
    return Q(**{f"{field}__gte": text, f"{field}__lt": text + chr(0x10FFFF)})


def set_paths(area_set_id: UUID) -> list[str]:
    """Return the paths of a functional area's members."""
    members = AreaSetMember.objects.filter(area_set_id=area_set_id)
    return list(members.order_by("area__path").values_list("area__path", flat=True))


def unnamed_grids(paths: Iterable[str]) -> QuerySet[Area]:
    """Return the live grids under `paths` for which no grid worker is named."""
    return Area.objects.filter(
        within(paths, "path"), level=Level.GRID, valid_to=None, named=0
    ).order_by("path")


def by_code(code: str) -> Area | None:
    """Return the live area of that code, for operators' commands and imports."""
    return Area.objects.filter(code=code, valid_to=None).first()


def districts(actor: Actor) -> list[str]:
    """Return the districts with a journal in which the actor has any grant, sorted."""
    paths = [g.path for g in actor.live_grants if actor.active]
    found = {district_of(path) for path in paths} - {""}
    above = [path for path in paths if not district_of(path)]
    if "" in above:
        return sorted(found | set(streams()))
    if above:
        counties = Area.objects.filter(
            within(above, "path"), level=Level.COUNTY, code__in=streams(), valid_to=None
        )
        found |= set(counties.values_list("code", flat=True))
    return sorted(found)


def labels(area_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of areas, ended ones too; a grid's with its community's before it."""
    rows = Area.objects.filter(id__in=set(area_ids)).values_list(
        "id", "name", "level", "parent__name"
    )
    return {
        id_: f"{parent} · {name}" if level == Level.GRID and parent else name
        for id_, name, level, parent in rows
    }


def below(area: Area, level: Level) -> QuerySet[Area]:
    """Return the live areas of `level` under an area (which the caller has found in scope)."""
    return Area.objects.filter(path__under=area.path, level=level, valid_to=None).order_by("path")


def with_children(found: QuerySet[Area]) -> QuerySet[Area]:
    """Add to each area how many live ones lie directly below it (`below`)."""
    return found.annotate(below=Count("children", filter=Q(children__valid_to=None)))


def numbers(area_ids: Iterable[UUID], metric: str, period: str = "now") -> dict[UUID, int]:
    """Return a counter of each area; above the districts the parts are not added up here."""
    rows = Tally.objects.filter(
        district__in=streams(), period=period, metric=metric, area_id__in=set(area_ids)
    )
    return dict(rows.values_list("area_id", "value"))


def total(area: Area, metric: str, period: str = "now") -> int:
    """Return a counter of one area; above the districts it is the sum of its districts'."""
    if area.district:
        return numbers([area.id], metric, period).get(area.id, 0)
    counties = Area.objects.filter(
        path__under=area.path, level=Level.COUNTY, code__in=streams(), valid_to=None
    )
    return sum(numbers(counties.values_list("id", flat=True), metric, period).values())


def grantable(actor: Actor, path: str) -> set[Role]:
    """Return the roles that the actor may give and end at `path`."""
    if actor.kind is ActorKind.SYSTEM or actor.trusted:
        return set(Role)
    roles: set[Role] = set()
    for granted_ in actor.live_grants if actor.kind is ActorKind.ACCOUNT else ():
        # A duty's own grant is no role.
        if actor.active and granted_.subject is None and path.startswith(granted_.path):
            roles |= MAY_GRANT.get(Role(granted_.role), frozenset())
    return roles


def governs(actor: Actor, account_id: UUID) -> bool:
    """Tell whether every live role of an account is one that the actor may give where it is.

    Only then may the actor shut the account out or make a link to log in with it; else a community
    lead could take over the account of a commander who also helps in the community.
    """
    return account_id in governed(actor, [account_id])


def governed(actor: Actor, account_ids: Iterable[UUID]) -> set[UUID]:
    """Return those accounts which the actor governs (see `governs`), with one query."""
    ids = set(account_ids)
    live = Grant.objects.filter(account_id__in=ids, ended_at=None).select_related("area")
    above = {
        g.account_id
        for g in live
        if Role(g.role) not in grantable(actor, g.area.path if g.area else "")
    }
    return ids - above


def grants_of(account_ids: Iterable[UUID], *, live: bool = True) -> QuerySet[Grant]:
    """Return the grants of accounts with their areas, the oldest first."""
    found = Grant.objects.filter(account_id__in=list(account_ids)).select_related("area")
    return (found.filter(ended_at=None) if live else found).order_by("given_at", "id")


def grants_within(actor: Actor) -> QuerySet[Grant]:
    """Return the live grants on the areas in which the actor gives roles."""
    paths = actor.paths(Verb.GRANT)
    found = Grant.objects.filter(ended_at=None).select_related("area")
    if "" in paths:
        return found
    return found.filter(within(paths, "area__path"))


def grants_on(area: Area) -> QuerySet[Grant]:
    """Return the live grants on this very area."""
    return Grant.objects.filter(area=area, ended_at=None).order_by("given_at", "id")


def staff_under(path: str) -> int:
    """Return how many accounts hold a grid worker's or a community lead's role at or below."""
    found = Grant.objects.filter(
        area__path__under=path,
        ended_at=None,
        role__in=[Role.GRID_WORKER, Role.COMMUNITY_LEAD],
    )
    return found.values("account_id").distinct().count()


def grant(grant_id: UUID) -> Grant | None:
    """Return a grant with its area; the caller checks the right to see it."""
    return Grant.objects.select_related("area").filter(id=grant_id).first()


def next_code(parent: Area) -> str:
    """Return a free code for a new area below `parent`: three digits more for a grid."""
    taken = set(Area.objects.filter(path__under=parent.path).values_list("code", flat=True))
    for number in range(1, 1000):
        code = f"{parent.code}{number:03d}"
        if code not in taken:
            return code
    return f"{parent.code}-1000"


def path(area_id: UUID) -> str | None:
    """Return the path of an area, live or ended."""
    return Area.objects.filter(id=area_id).values_list("path", flat=True).first()


def paths_by_id(area_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the paths of areas, live or ended."""
    wanted = set(area_ids)
    return dict(Area.objects.filter(id__in=wanted).values_list("id", "path")) if wanted else {}


def ids_below(parent_id: UUID) -> QuerySet[Area, UUID]:
    """Return the ids of the areas directly below one, ended ones too, for use inside a query."""
    return Area.objects.filter(parent_id=parent_id).values_list("id", flat=True)


def ids_within(paths: Iterable[str]) -> QuerySet[Area, UUID]:
    """Return the ids of all areas under `paths`, ended ones too, for use inside a query."""
    return Area.objects.filter(within(paths, "path")).values_list("id", flat=True)


def live(area_id: UUID) -> bool:
    """Tell whether an area exists and was not closed."""
    return Area.objects.filter(id=area_id, valid_to=None).exists()


def communities_named(text: str, limit: int = 8) -> list[Area]:
    """Return the live communities of that code or name, wherever: their names are no secret."""
    text = text.strip()
    if not text:
        return []
    found = Area.objects.filter(level=Level.COMMUNITY, valid_to=None)
    exact = list(found.filter(Q(code=text) | Q(name=text)).order_by("path")[:limit])
    return exact or list(found.filter(name__startswith=text).order_by("path")[:limit])
