"""Grids redrawn on a page: split by buildings, merge into a neighbour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lianfang.areas import queries as area_queries
from lianfang.areas.forms import DrawForm
from lianfang.areas.rules import Level
from lianfang.areas.trail import crumbs
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.times import local, now
from lianfang.kernel.verbs import Verb
from lianfang.people import queries, redraw
from lianfang.web import acts
from lianfang.web.acting import page

if TYPE_CHECKING:
    from lianfang.areas.models import Area


class SplitForm(DrawForm):
    """The new grid, and the buildings that go to it."""

    fields_of = {"household_ids": "stairs", "area_id": "stairs"}

    stairs = forms.MultipleChoiceField(
        label=gettext_lazy("Buildings that go to the new grid"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one building.")},
    )
    field_order = ["name", "code", "stairs"]


class MergeGridsForm(acts.CommandForm):
    """The grid that takes everything over."""

    into = forms.ChoiceField(label=gettext_lazy("The grid that takes the doors over"))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def split(request: HttpRequest, actor: Actor, area_id: UUID) -> HttpResponse:
    """Draw a new grid from some buildings of this one."""
    grid, community = _grid(actor, area_id)
    stairs = queries.buildings(grid)
    labels = [(f"{b}|{u}", _stair(b, u, count)) for b, u, count in stairs]
    form = SplitForm(request.POST or None, initial={"code": area_queries.next_code(community)})
    form.fields["stairs"].choices = labels  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["stairs"]
        if len(chosen) == len(stairs):
            form.add_error("stairs", _("Leave at least one building in this grid."))
        else:
            keys = frozenset((b, u) for b, _bar, u in (key.partition("|") for key in chosen))
            part = redraw.Part(form.cleaned_data["code"], form.cleaned_data["name"], keys)
            try:
                (new,) = redraw.split(actor, form.entry, grid, [part])
            except Refuse as refuse:
                form.refuse(refuse.refusal)
            else:
                where = reverse("area", args=[new])
                return acts.said(request, _("The new grid is drawn. Name a person for it."), where)
    context = _context(actor, grid, _("Split"))
    context["hint"] = _("The doors keep their history; open duties go along.")
    context["few"] = len(stairs) < 2
    return acts.show(request, "people/grids/form.html", form, context)


def _stair(building: str, unit: str, count: int) -> str:
    if building and unit:
        label = _("Building %(b)s, unit %(u)s") % {"b": building, "u": unit}
    elif building:
        label = _("Building %(b)s") % {"b": building}
    else:
        label = _("Without a building")
    return _("%(label)s (%(n)d doors)") % {"label": label, "n": count}


@require_http_methods(["GET", "HEAD", "POST"])
@page
def merge(request: HttpRequest, actor: Actor, area_id: UUID) -> HttpResponse:
    """Give all doors of this grid to a neighbour and close it."""
    grid, _community = _grid(actor, area_id)
    others = redraw.neighbours(actor, grid)
    form = MergeGridsForm(request.POST or None)
    form.fields["into"].choices = [(str(a.id), a.name) for a in others]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        into = next(a for a in others if str(a.id) == form.cleaned_data["into"])
        try:
            redraw.merge(actor, form.entry, grid, into, last_day=local(now()).date())
        except Refuse as refuse:
            form.refuse(refuse.refusal)
        else:
            where = reverse("area", args=[into.id])
            return acts.said(request, _("The grids are one now."), where)
    context = _context(actor, grid, _("Merge"))
    context["hint"] = _(
        "All doors go over, then this grid is closed, and the roles on it end. What was recorded "
        "in it stays."
    )
    context["few"] = not others
    return acts.show(request, "people/grids/form.html", form, context)


def _context(actor: Actor, grid: Area, title: str) -> dict[str, Any]:
    return {
        "crumbs": crumbs(actor, grid),
        "title": title,
        "over": grid.name,
        "back": reverse("area", args=[grid.id]),
    }


def _grid(actor: Actor, area_id: UUID) -> tuple[Area, Area]:
    """Return a live grid that the actor may redraw, and its community."""
    grid = area_queries.area(actor, area_id)
    if grid is None or grid.level != Level.GRID or grid.valid_to or grid.parent is None:
        raise Refuse(NOT_FOUND)
    if not actor.may(Verb.DRAW, grid.path) or not actor.may(Verb.DRAW, grid.parent.path):
        raise Refuse(NOT_FOUND)
    return grid, grid.parent
