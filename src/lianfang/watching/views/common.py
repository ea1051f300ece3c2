"""What the pages of this room share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from lianfang.areas import queries as area_queries
from lianfang.areas.rules import Level
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import FORBIDDEN, NOT_FOUND, Refuse
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb
from lianfang.people.pages import badge
from lianfang.watching import queries
from lianfang.web import components as c
from lianfang.web import words
from lianfang.web.problems import is_htmx

if TYPE_CHECKING:
    from lianfang.areas.models import Area
    from lianfang.watching.models import Watch

TAKEN_OUT = 20_000


def districts(actor: Actor, verb: Verb = Verb.WATCH) -> list[str]:
    """Return the districts of an actor; refuses who has the verb nowhere."""
    if not actor.may_somewhere(verb):
        raise Refuse(FORBIDDEN)
    return area_queries.districts(actor)


def the_watch(actor: Actor, district: str, watch_id: UUID) -> Watch:
    """Return a watch that the actor may see; refuses any other."""
    row = queries.one(actor, district, watch_id)
    if row is None:
        raise Refuse(NOT_FOUND)
    return row


def tabs(actor: Actor) -> list[c.Link]:
    """Return the pages of this room that the actor may open."""
    wanted = [
        (Verb.WATCH, "watches", _("Under watch")),
        (Verb.WATCH, "watch_entry", _("Enter checks")),
        (Verb.REFER, "referrals", _("Referrals")),
        (Verb.WATCH, "watch_incoming", _("Offered by other districts")),
        (Verb.READ_JOURNAL, "openings", _("Who saw what")),
    ]
    return [c.Link(label, reverse(n)) for verb, n, label in wanted if actor.may_somewhere(verb)]


def listing(request: HttpRequest, actor: Actor, table: c.Table, **more: Any) -> HttpResponse:
    """Show a list of this room; to HTMX the table alone."""
    context = {"table": table, "tabs": tabs(actor), **more}
    name = "web/table.html" if is_htmx(request) else "watching/list.html"
    return render(request, name, context)


def due(at: Any) -> Any:
    """Return a deadline as a badge, a dash for none."""
    if at is None:
        return "—"
    text, tone = words.due(at, now())
    return badge(text, tone, "clock")


def chosen(request: HttpRequest, name: str, among: Iterable[str], default: str) -> str:
    """Return a filter's value from the address, if it is one that exists."""
    value = request.GET.get(name, "")
    return value if value in among else default


def export_area(actor: Actor) -> Area:
    """Return the area under which the journal keeps an export; refuses who may not export."""
    found = [
        a
        for a in area_queries.areas(actor)
        .filter(level__gte=Level.COUNTY)
        .order_by("level", "path")[:500]
        if actor.may(Verb.EXPORT, a.path)
    ]
    if not found:
        raise Refuse(NOT_FOUND)
    return found[0]


def may_export(actor: Actor) -> bool:
    """Tell whether the actor may take lists out."""
    return bool(actor.paths(Verb.EXPORT))
