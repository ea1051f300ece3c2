"""What can be read of the tree, and the grants of an account."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Case, F, Q, QuerySet, Value, When

from lianfang.areas.models import Area, AreaSetMember, Grant
from lianfang.areas.rules import ROLE_SIGHTS, ROLE_VERBS, Level, Role
from lianfang.kernel.actors import Actor, Granted
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
    first = list(mine.filter(starts(field, text)).order_by("level", "path")[:limit])
    if field == "code" or len(first) == limit:
        return first
    seen = {a.id for a in first}
    more = (
        mine.filter(name__contains=text)
        .exclude(id__in=seen)
        .annotate(rank=Case(When(level__lte=Level.STREET, then=Value(0)), default=Value(1)))
        .order_by("rank", F("level"))[: limit - len(first)]
    )
    return first + list(more)


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
