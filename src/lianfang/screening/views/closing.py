"""Closing a round: first what is missing, then every open door with its reason and owner."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.screening import door_queries, looks, queries, rounds
from lianfang.screening.rules import Counts, RoundState
from lianfang.screening.views.common import may_close, the_round, there
from lianfang.web import acts
from lianfang.web.acting import page


@require_http_methods(["GET", "HEAD", "POST"])
@page
def close(request: HttpRequest, actor: Actor, round_id: UUID) -> HttpResponse:
    """Show what a round still lacks, and close it."""
    round_ = the_round(actor, round_id)
    if not may_close(actor, round_) or round_.state != RoundState.OPEN:
        raise Refuse(NOT_FOUND)
    form = acts.Once(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        last = rounds.close_round(actor, round_.id, form.entry)[-1]
        if last.stands:
            where = reverse("round_doors", args=[round_.id])
            entries = queries.entries(actor, round_.id)
            if len(entries) != 1 or not door_queries.may_list(actor, entries[0]):
                where = reverse("round", args=[round_.id])
            return acts.done(request, last, _("The round is closed."), where)
        if last.refusal:
            form.refuse(last.refusal)
    areas = queries.round_areas(round_.id)
    counts = Counts()
    silent = []
    for area in areas:
        counts += queries.coverage(actor, round_.id, area)
        silent += queries.silent_grids(actor, round_.id, area)
    context = {
        "round": round_,
        "counts": counts,
        "coverage": looks.coverage(counts),
        "silent": [
            {"area": one, "left": one.left, "href": reverse("grant_give", args=[one.id])}  # type: ignore[attr-defined]
            for one in silent[:50]
        ],
        "open_href": there("round_doors", round_, areas[0])
        if len(areas) == 1 and door_queries.may_list(actor, areas[0])
        else "",
        "back": reverse("round", args=[round_.id]),
    }
    return acts.show(request, "screening/close.html", form, context)
