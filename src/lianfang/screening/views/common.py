"""What the pages of rounds share: the round, the area one stands in, the way there."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.verbs import Verb
from lianfang.screening import door_queries, queries
from lianfang.web.components import Link

if TYPE_CHECKING:
    from lianfang.areas.models import Area
    from lianfang.people.models import Household
    from lianfang.screening.models import Round


def the_round(actor: Actor, round_id: UUID) -> Round:
    """Return one of the actor's rounds or refuse: absent and forbidden look the same."""
    found = queries.round_(actor, round_id)
    if found is None:
        raise Refuse(NOT_FOUND)
    return found


def area_of(request: HttpRequest, actor: Actor, round_: Round) -> Area | None:
    """Return the area that the address names, or the one at which the actor enters the round.

    None when the actor enters it at several. An area outside the round, or out of scope, is
    refused as not found.
    """
    wanted = request.GET.get("area", "")
    if wanted:
        try:
            found = area_queries.area(actor, UUID(wanted))
        except ValueError:
            raise Refuse(NOT_FOUND) from None
        if found is None or not touches(round_, found):
            raise Refuse(NOT_FOUND)
        return found
    entries = queries.entries(actor, round_.id)
    return entries[0] if len(entries) == 1 else None


def one_area(request: HttpRequest, actor: Actor, round_: Round) -> Area:
    """Return the area of a page that needs one; the first where the actor enters at several."""
    found = area_of(request, actor, round_)
    if found is None:
        entries = queries.entries(actor, round_.id)
        if not entries:
            raise Refuse(NOT_FOUND)
        found = entries[0]
    return found


def touches(round_: Round, area: Area) -> bool:
    """Tell whether a round covers an area, or something above or below it."""
    paths = door_queries.paths_of(round_.id)
    return any(p.startswith(area.path) or area.path.startswith(p) for p in paths)


def crumbs(actor: Actor, round_: Round, area: Area, last: str = "") -> list[Link]:
    """Return the way from the list of rounds over the areas above to this one (and page)."""
    way = [
        Link(a.name, there("round", round_, a))
        for a in [*area_queries.ancestors(area), area]
        if actor.may(Verb.READ, a.path) and (a.id == area.id or touches(round_, a))
    ]
    links = [Link(round_.name, reverse("round", args=[round_.id])), *way]
    return [*links, Link(last)] if last else links


def there(name: str, round_: Round, area: Area | None = None, **query: str) -> str:
    """Return the address of a page of the round, in an area."""
    parts = {"area": str(area.id)} if area else {}
    parts.update({k: v for k, v in query.items() if v})
    text = urlencode(parts)
    return reverse(name, args=[round_.id]) + (f"?{text}" if text else "")


def may_close(actor: Actor, round_: Round) -> bool:
    """Tell whether the actor may close a round: it takes the right on each of its areas."""
    paths = door_queries.paths_of(round_.id)
    return bool(paths) and all(actor.may(Verb.PLAN_ROUND, p) for p in paths)


def household_page(household: Household) -> str:
    """Return the address of a door's own page."""
    return reverse("household", args=[household.district, household.id])
