"""The home page, "what needs me now", and the list of duties behind it."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from lianfang.areas import queries as area_queries
from lianfang.kernel import queries as kernel
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.verbs import Verb
from lianfang.people import duty_cards
from lianfang.web import paging
from lianfang.web.acting import page
from lianfang.web.acts import press
from lianfang.web.slots import HOME, Line

_FIRST = 6
_STEPS = {
    "claim": gettext_lazy("The duty is yours."),
    "start": gettext_lazy("Started."),
    "done": gettext_lazy("Done. Thank you."),
    "return": gettext_lazy("Given back; others can take it now."),
}


@require_safe
@page
def home(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show what needs the actor now."""
    districts = area_queries.districts(actor)
    mine = list(
        kernel.own_duties(actor, districts).order_by(F("due_at").asc(nulls_last=True), "id")[
            : _FIRST + 1
        ]
    )
    open_ = list(
        kernel.open_duties(actor, districts).order_by(F("due_at").asc(nulls_last=True), "id")[
            : _FIRST + 1
        ]
    )
    cards = duty_cards.cards(actor, [*mine[:_FIRST], *open_[:_FIRST]])
    context = {
        "mine": cards[: len(mine[:_FIRST])],
        "more_mine": len(mine) > _FIRST,
        "open": cards[len(mine[:_FIRST]) :],
        "more_open": len(open_) > _FIRST,
        "lines": _lines(actor, districts),
        "cards": HOME.gather(actor),
        "works": actor.may_somewhere(Verb.WORK),
        "ungranted": not actor.live_grants,
    }
    context["calm"] = not (context["mine"] or context["open"] or context["lines"])
    return render(request, "people/home.html", context)


def _lines(actor: Actor, districts: list[str]) -> list[Line]:
    """Return the sentences with a number: what waits for a decision, what is broken."""
    lines = []
    if paths := actor.paths(Verb.DECIDE):
        count = kernel.held(actor, districts).count() if paths else 0
        lines.append(
            Line(_("Entries wait for your decision"), count, reverse("held"), "question", "warn")
        )
    refused = kernel.refused(actor, districts).count()
    lines.append(
        Line(_("Entries of yours were not taken in"), refused, reverse("refused"), "undo", "bad")
    )
    paths = actor.paths(Verb.GRANT)
    if paths and "" not in paths:
        gaps = area_queries.unnamed_grids(paths).count()
        lines.append(
            Line(_("Grids without a named person"), gaps, reverse("gaps"), "unowned", "bad")
        )
    return [line for line in lines if line.count]


@require_safe
@page
def duties(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the duties of the actor, or those that nobody has taken, page by page."""
    districts = area_queries.districts(actor)
    which = "open" if request.GET.get("which") == "open" else "mine"
    read = kernel.open_duties if which == "open" else kernel.own_duties
    # Ordered by id within the day would hide what is due first; without a deadline comes last.
    found = read(actor, districts)
    dated = request.GET.get("dated", "yes") != "no"
    found = found.exclude(due_at=None) if dated else found.filter(due_at=None)
    by = ["due_at", "id"] if dated else ["opened_at", "id"]
    part = paging.page(found, by, request.GET.get("cursor", ""), size=24)
    undated = read(actor, districts).filter(due_at=None).exists() if dated else False
    return render(
        request,
        "people/duties.html",
        {
            "which": which,
            "dated": dated,
            "undated": undated,
            "duties": duty_cards.cards(actor, part.rows),
            "next": paging.neighbour(request, part.next),
            "previous": paging.neighbour(request, part.previous),
        },
    )


@require_POST
@page
def duty_step(
    request: HttpRequest, actor: Actor, district: str, duty_id: UUID, step: str
) -> HttpResponse:
    """Take, start, finish or give back a duty."""
    if step not in _STEPS:
        raise Refuse(NOT_FOUND)
    payload = {"duty_id": str(duty_id), "why": request.POST.get("why", "")}
    return press(
        request, actor, f"duty.{step}", payload, back(request), str(_STEPS[step]), district
    )


def back(request: HttpRequest, default: str = "/") -> str:
    """Return the page that a button was pressed on."""
    came = request.META.get("HTTP_REFERER", "")
    if url_has_allowed_host_and_scheme(
        came, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return str(came)
    return default
