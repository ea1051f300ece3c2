"""What the desk's pages share: the community that is looked at, its helpers, an order's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.verbs import Verb
from lianfang.people import account_queries
from lianfang.services import queries, words
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.problems import is_htmx

if TYPE_CHECKING:
    from lianfang.areas.models import Area


def community(request: HttpRequest, actor: Actor, verb: Verb = Verb.SERVE) -> Area:
    """Return the community in the address, or the actor's first; refuses where there is none."""
    found = queries.communities(actor, verb)
    wanted = request.GET.get("community", "")
    chosen = next((a for a in found if str(a.id) == wanted), None)
    if chosen is None and (wanted or not found):
        raise Refuse(NOT_FOUND)
    return chosen or found[0]


def kind_name(district: str, community_id: UUID, code: str) -> str:
    """Return what a kind is called in a community."""
    return kind_names(district, community_id).get(code, code)


def kind_names(district: str, community_id: UUID) -> dict[str, str]:
    """Return what the kinds of a community are called."""
    return {
        kind.code: (row.name if row and row.name else str(words.KINDS.get(kind.code, kind.code)))
        for kind, row in queries.catalogue(district, community_id)
    }


def helpers(area: Area) -> list[tuple[str, str]]:
    """Return the accounts that can carry orders in a community, as choices."""
    return [(str(r.account_id), r.name) for r in account_queries.workers(area)]


def tabs(actor: Actor, area: Area) -> list[c.Link]:
    """Return the pages of the desk that the actor may open."""
    query = f"?community={area.id}"
    wanted = [
        (Verb.SERVE, "services", _("Orders")),
        (Verb.SERVE, "services_asks", _("Questions of households")),
        (Verb.SERVE, "services_care", _("Standing care")),
        (Verb.ASSIGN, "services_runs", _("Runs")),
        (Verb.SERVE, "services_money", _("Money")),
        (Verb.SERVE, "services_catalogue", _("Catalogue")),
    ]
    return [
        c.Link(label, reverse(name) + query)
        for verb, name, label in wanted
        if actor.may_somewhere(verb)
    ]


def listing(
    request: HttpRequest, actor: Actor, area: Area, table: c.Table, **more: Any
) -> HttpResponse:
    """Show a list of the desk; to HTMX the table alone."""
    context = {"table": table, "area": area, "tabs": tabs(actor, area), **more}
    template = "web/table.html" if is_htmx(request) else "services/list.html"
    return render(request, template, context)


def form_page(
    request: HttpRequest, form: acts.CommandForm, title: str, back: str, hint: str = ""
) -> HttpResponse:
    """Show a form on a page of its own."""
    context = {"title": title, "back": back, "hint": hint}
    return acts.show(request, "services/form.html", form, context)
