"""Door cards on paper: A4 sheets for each building, with the code that opens the door's page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianfang.areas import queries as area_queries
from lianfang.areas.rules import Level
from lianfang.areas.trail import crumbs
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people import queries as people
from lianfang.services import cards
from lianfang.web import components as c
from lianfang.web.acting import page
from lianfang.web.acts import press

if TYPE_CHECKING:
    from lianfang.areas.models import Area

# Sheets of one print; a larger building is printed unit by unit.
MOST = 400


def _area(actor: Actor, area_id: UUID) -> Area:
    """Return a community or grid whose cards the actor may print."""
    area = area_queries.area(actor, area_id)
    if area is None or area.level < Level.COMMUNITY:
        raise Refuse(NOT_FOUND)
    if not actor.may(Verb.SERVE, area.path) or not actor.sees(Sight.ADDRESS, area.path):
        raise Refuse(NOT_FOUND)
    return area


@require_safe
@page
def index(request: HttpRequest, actor: Actor, area_id: UUID) -> HttpResponse:
    """List the buildings of a community or grid, each with its sheets."""
    area = _area(actor, area_id)
    rows = [
        c.Row(
            [building or _("Without a building"), unit, count],
            reverse("card_print", args=[area.id])
            + "?"
            + urlencode({"building": building, "unit": unit}),
        )
        for building, unit, count in people.buildings(area)
    ]
    table = c.Table(
        "cards",
        _("Door cards"),
        [
            c.Column(_("Building"), primary=True),
            c.Column(_("Unit (entrance)")),
            c.Column(_("Number of doors"), numeric=True),
        ],
        rows,
        empty_title=_("No doors yet"),
        empty_text=_("Register or import the doors first."),
    )
    context = {"area": area, "crumbs": crumbs(actor, area), "table": table}
    return render(request, "services/cards.html", context)


@require_safe
@page
def sheet(request: HttpRequest, actor: Actor, area_id: UUID) -> HttpResponse:
    """Show the cards of one building (or unit) as A4 sheets, ready to be printed."""
    area = _area(actor, area_id)
    found = people.in_area(actor, area)
    building, unit = request.GET.get("building"), request.GET.get("unit")
    if building is not None:
        found = found.filter(building=building[:40])
    if unit:
        found = found.filter(unit=unit[:20])
    doors = list(found.order_by("sort_key", "id")[: MOST + 1])
    changed = cards.serials(area.district, [d.id for d in doors])
    shown = []
    for one in doors[:MOST]:
        row = changed.get(one.id)
        if row and row.stopped:
            continue
        code = cards.code_of(one.district, one.id, row.serial if row else 0)
        link = request.build_absolute_uri(reverse("door", args=[code]))
        shown.append({"door": one, "link": link})
    context = {
        "area": area,
        "building": building or "",
        "cards": shown,
        "more": len(doors) > MOST,
        "crumbs": [
            *crumbs(actor, area),
            c.Link(_("Door cards"), reverse("cards", args=[area.id])),
        ],
    }
    return render(request, "services/card_sheet.html", context)


@require_POST
@page
def change(
    request: HttpRequest, actor: Actor, district: str, household_id: UUID, act: str
) -> HttpResponse:
    """Give a door a new card, or stop its card."""
    said = {"renew": _("The old card is worthless now; print the new one."), "stop": _("Stopped.")}
    if act not in said:
        raise Refuse(NOT_FOUND)
    where = reverse("household", args=[district, household_id])
    payload = {"household_id": str(household_id)}
    return press(request, actor, f"card.{act}", payload, where, said[act], district)
