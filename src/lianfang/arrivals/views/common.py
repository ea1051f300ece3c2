"""What the pages of this room share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from lianfang.areas import queries as area_queries
from lianfang.areas.rules import Level
from lianfang.arrivals import queries, site_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.verbs import Verb
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.problems import is_htmx

if TYPE_CHECKING:
    from lianfang.areas.models import Area
    from lianfang.arrivals.models import Manifest

# A select holds so many at most.
_MOST = 300


def show(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """Render a page; HTMX gets the table that it asked for."""
    if is_htmx(request) and (table := context.get("table")):
        return render(request, "web/table.html", {"table": table})
    return render(request, f"arrivals/{template}.html", context)


def form_page(
    request: HttpRequest,
    form: acts.CommandForm,
    title: c.Text,
    back: str,
    *,
    over: c.Text = "",
    hint: c.Text = "",
) -> HttpResponse:
    """Show a form on a page of its own."""
    context = {"title": title, "back": back, "over": over, "hint": hint}
    return acts.show(request, "arrivals/form.html", form, context)


def typed(request: HttpRequest, name: str = "q") -> str:
    """Return what was typed into a list's search."""
    return request.GET.get(name, "").strip().replace("\x00", "")[:60]


def manifest_of(actor: Actor, district: str, manifest_id: UUID) -> Manifest:
    """Return a manifest in scope; raises Refuse otherwise."""
    found = queries.manifest(actor, district, manifest_id)
    if found is None:
        raise Refuse(NOT_FOUND)
    return found


def site_of(actor: Actor, district: str, site_id: UUID) -> Any:
    """Return a site in scope; raises Refuse otherwise."""
    found = site_queries.site(actor, district, site_id)
    if found is None:
        raise Refuse(NOT_FOUND)
    return found


def areas(actor: Actor, verb: Verb) -> list[tuple[str, str]]:
    """Return the communities and grids in which the actor may do something, as choices."""
    found = area_queries.areas(actor).filter(level__in=[Level.COMMUNITY, Level.GRID])
    wanted = [a for a in found.order_by("path")[:_MOST] if actor.may(verb, a.path)]
    labels = area_queries.labels(a.id for a in wanted)
    return [(str(a.id), labels.get(a.id, a.name)) for a in wanted]


def area_of(actor: Actor, text: str, verb: Verb) -> Area:
    """Return the area that a form names, if the actor may do that there."""
    try:
        found = area_queries.area(actor, UUID(text))
    except ValueError:
        found = None
    if found is None or not actor.may(verb, found.path):
        raise Refuse(NOT_FOUND)
    return found


def crumbs(area: Area, *more: c.Link) -> list[c.Link]:
    """Return the way to an area, and what lies below it."""
    home = c.Link(_("Arrivals"), reverse("arrivals"))
    return [home, c.Link(area.name, reverse("area", args=[area.id])), *more]


def texts(lines: Iterable[Sequence[object]]) -> list[list[str]]:
    """Return cells as the texts that a file gets."""
    return [["" if v is None else str(v) for v in line] for line in lines]
