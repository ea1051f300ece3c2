"""The area tree, its search, and the page of each area."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.areas import naming, queries
from lianfang.areas.forms import DrawForm, RenameForm, RetireForm
from lianfang.areas.rules import Level
from lianfang.areas.trail import crumbs
from lianfang.areas.words import LEVELS
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.verbs import Verb
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.acting import page
from lianfang.web.problems import is_htmx
from lianfang.web.slots import AREA

if TYPE_CHECKING:
    from lianfang.areas.models import Area


@require_safe
@page
def tree(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the topmost areas of the actor's scope; each opens in place."""
    roots = list(queries.with_children(queries.roots(actor)))
    if len(roots) == 1:
        only = roots[0]
        children = list(queries.with_children(queries.children(actor, only)))
        context = {"nodes": nodes(roots), "branch": nodes(children), "open": only.id}
    else:
        context = {"nodes": nodes(roots), "branch": [], "open": None}
    return render(request, "areas/tree.html", context)


@require_safe
@page
def branch(request: HttpRequest, actor: Actor, area_id: UUID) -> HttpResponse:
    """Show what lies directly below an area, for the tree to open in place."""
    area = _area(actor, area_id)
    children = list(queries.with_children(queries.children(actor, area)))
    return render(request, "areas/branch.html", {"nodes": nodes(children)})


def nodes(found: Sequence[Area]) -> list[dict[str, object]]:
    """Return areas as the tree shows them."""
    households = queries.numbers([a.id for a in found if a.district], "households")
    workers = naming.workers(a.id for a in found if a.level == Level.GRID and a.named)
    return [
        {
            "id": area.id,
            "name": area.name,
            "code": area.code,
            "level": LEVELS[Level(area.level)],
            "below": getattr(area, "below", 0),
            "households": households.get(area.id),
            "workers": workers.get(area.id, []),
            "gap": area.level == Level.GRID and not area.named,
        }
        for area in found
    ]


@require_safe
@page
def search(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Answer a search among areas, as one types."""
    text = request.GET.get("q", "")[:60]
    links = suggestions(actor, text)
    template = "areas/suggestions.html" if is_htmx(request) else "areas/found.html"
    return render(request, template, {"links": links, "query": text})


def suggestions(actor: Actor, text: str, limit: int = 12) -> list[c.Link]:
    """Return the areas that fit `text`, as links with what they belong to."""
    found = queries.search(actor, text, limit)
    parents = queries.labels(a.parent_id for a in found if a.parent_id)
    return [
        c.Link(
            a.name,
            reverse("area", args=[a.id]),
            " · ".join(
                str(part)
                for part in (LEVELS[Level(a.level)], parents.get(a.parent_id), a.code)  # type: ignore[arg-type]
                if part
            ),
            "grid" if a.level == Level.GRID else "map",
        )
        for a in found
    ]


@require_safe
@page
def area(request: HttpRequest, actor: Actor, area_id: UUID) -> HttpResponse:
    """Show an area: where it lies, its numbers, its parts, who is responsible."""
    one = _area(actor, area_id)
    children = list(queries.with_children(queries.children(actor, one)))
    context = {
        "area": one,
        "level": LEVELS[Level(one.level)],
        "crumbs": crumbs(actor, one),
        "households": queries.total(one, "households"),
        "persons": queries.total(one, "persons"),
        "children": nodes(children),
        "grids": one.level == Level.COMMUNITY,
        "cards": AREA.gather(actor, one),
        "actions": _actions(actor, one, bool(children)),
        "lists_doors": one.level >= Level.STREET and one.valid_to is None,
    }
    return render(request, "areas/area.html", context)


def _actions(actor: Actor, one: Area, has_children: bool) -> list[c.Action]:
    """Return what the actor can do with an area; the pages of higher rooms by their names."""
    if one.valid_to is not None:
        return []
    draws = actor.may(Verb.DRAW, one.path)
    wanted: list[tuple[bool, str, str, str]] = [
        (draws and one.level < Level.GRID, "area_draw", _("Draw a grid"), "plus"),
        (draws and one.level == Level.GRID, "grid_split", _("Split"), "grid"),
        (draws and one.level == Level.GRID, "grid_merge", _("Merge"), "undo"),
        (draws, "area_rename", _("Rename"), "edit"),
        (draws and not has_children, "area_retire", pgettext("area", "Close"), "close"),
    ]
    if one.level < Level.COMMUNITY:
        wanted[0] = (wanted[0][0], "area_draw", _("Add an area"), "plus")
    result = []
    for allowed, name, label, icon in wanted:
        if not allowed:
            continue
        try:
            result.append(c.Action(label, reverse(name, args=[one.id]), icon, "quiet"))
        except NoReverseMatch:
            continue
    return result


@require_http_methods(["GET", "HEAD", "POST"])
@page
def draw(request: HttpRequest, actor: Actor, area_id: UUID) -> HttpResponse:
    """Draw an area below another one."""
    parent = _drawable(actor, area_id)
    code = queries.next_code(parent)
    form = DrawForm(request.POST or None, initial={"code": code})
    if request.method == "POST" and form.is_valid():
        payload = {"parent_id": str(parent.id), **acts.cleaned(form, ["name", "code"])}
        if receipt := acts.send(actor, form, "area.draw", payload):
            where = reverse("area", args=[parent.id])
            return acts.done(request, receipt, _("The area is drawn."), where)
    title = _("Draw a grid") if parent.level >= Level.COMMUNITY else _("Add an area")
    return acts.show(request, "areas/form.html", form, _around(actor, parent, title))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def rename(request: HttpRequest, actor: Actor, area_id: UUID) -> HttpResponse:
    """Give an area another name."""
    one = _drawable(actor, area_id)
    form = RenameForm(request.POST or None, initial={"name": one.name})
    if request.method == "POST" and form.is_valid():
        payload = {"area_id": str(one.id), "name": form.cleaned_data["name"]}
        if receipt := acts.send(actor, form, "area.rename", payload):
            where = reverse("area", args=[one.id])
            return acts.done(request, receipt, _("The name is changed."), where)
    return acts.show(request, "areas/form.html", form, _around(actor, one, _("Rename")))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def retire(request: HttpRequest, actor: Actor, area_id: UUID) -> HttpResponse:
    """Close an area, which must be empty."""
    one = _drawable(actor, area_id)
    left = queries.total(one, "households")
    form = RetireForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and not left:
        payload = {"area_id": str(one.id), "last_day": str(form.cleaned_data["last_day"])}
        if receipt := acts.send(actor, form, "area.retire", payload):
            return acts.done(request, receipt, _("The area is closed."), reverse("areas"))
    context = {**_around(actor, one, pgettext("area", "Close")), "left": left, "danger": True}
    return acts.show(request, "areas/form.html", form, context)


def _around(actor: Actor, one: Area, title: str) -> dict[str, object]:
    return {
        "area": one,
        "crumbs": crumbs(actor, one),
        "title": title,
        "back": reverse("area", args=[one.id]),
    }


@require_safe
@page
def gaps(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the grids for which nobody is named."""
    found = list(queries.unnamed_grids(actor.paths(Verb.READ))[:200])
    names = queries.labels(a.id for a in found)
    households = queries.numbers([a.id for a in found], "households")
    rows = [
        {"area": a, "label": names.get(a.id, a.name), "households": households.get(a.id, 0)}
        for a in found
    ]
    return render(request, "areas/gaps.html", {"rows": rows})


def _area(actor: Actor, area_id: UUID) -> Area:
    found = queries.area(actor, area_id)
    if found is None:
        raise Refuse(NOT_FOUND)
    return found


def _drawable(actor: Actor, area_id: UUID) -> Area:
    """Return an area that the actor may draw in; for others there is no such page."""
    found = _area(actor, area_id)
    if not actor.may(Verb.DRAW, found.path) or found.valid_to is not None:
        raise Refuse(NOT_FOUND)
    return found
