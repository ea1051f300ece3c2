"""The wall of communities: a municipality at a glance, each community a tile under its county."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from lianfang.areas import queries as area_queries
from lianfang.areas.rules import Level
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.verbs import Verb
from lianfang.screening import queries
from lianfang.screening.views.common import crumbs, one_area, the_round, there
from lianfang.web import components as c
from lianfang.web.acting import page

if TYPE_CHECKING:
    from lianfang.areas.models import Area
    from lianfang.screening.models import Round

_LEVEL = Level.COMMUNITY


@require_safe
@page
def wall(request: HttpRequest, actor: Actor, round_id: UUID) -> HttpResponse:
    """Show every community under an area as a tile, in a fixed number of queries."""
    round_ = the_round(actor, round_id)
    area = one_area(request, actor, round_)
    if not may_show(actor, area):
        raise Refuse(NOT_FOUND)
    shares = {UUID(str(row[0])): row[1:] for row in queries.shares(round_.id, area.path, _LEVEL)}
    communities = [a for a in area_queries.below(area, _LEVEL) if a.id in shares]
    silent: dict[str, int] = {}
    for length in {len(a.path) for a in communities}:
        silent.update(queries.silent_by_prefix(round_.id, area.path, length))
    groups: dict[str, list[c.Tile]] = {}
    for one in communities:
        tile = _tile(round_, one, shares[one.id], silent.get(one.path, 0))
        groups.setdefault(one.district, []).append(tile)
    counties = {a.district: a.name for a in area_queries.below(area, Level.COUNTY)}
    walls = [
        (counties.get(district, area.name), f"wall-{district}", tiles)
        for district, tiles in sorted(groups.items())
    ]
    context = {"round": round_, "area": area, "walls": walls, "crumbs": crumbs(actor, round_, area)}
    return render(request, "screening/wall.html", context)


def _tile(round_: Round, area: Area, share: tuple[int, int, int, int], silent: int) -> c.Tile:
    households, done, excused, fever = share
    left = max(households - done - excused, 0)
    alert = ngettext("%(n)d fever", "%(n)d fevers", fever) % {"n": fever} if fever else ""
    coverage = c.Coverage(done, excused, left, min(silent, left))
    return c.Tile(area.name, coverage, there("round", round_, area), alert=alert)


def may_show(actor: Actor, area: Area) -> bool:
    """Tell whether there is a wall of that area for the actor."""
    return area.level < Level.COMMUNITY and bool(area.path) and actor.may(Verb.READ, area.path)
