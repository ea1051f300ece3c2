"""Watches that other districts offer: the list, and taking one over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.watching import forms, handover, queries, words
from lianfang.watching.views import common
from lianfang.web import acts, paging
from lianfang.web import components as c
from lianfang.web.acting import page


@require_safe
@page
def incoming(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the watches that other districts offer to the actor's areas."""
    where = common.districts(actor)
    text = request.GET.get("q", "").strip()[:60]
    found = queries.incoming(actor, where)
    if text:
        found = found.filter(person__name__icontains=text)
    part = paging.page(found, ["until_day", "id"], request.GET.get("cursor", ""), 40)
    labels = area_queries.labels([row.area_id for row in part.rows])
    table = c.Table(
        "incoming",
        _("Offered by other districts"),
        [
            c.Column(_("Person"), primary=True),
            c.Column(_("From")),
            c.Column(_("Release")),
            c.Column(_("Place")),
        ],
        [
            c.Row(
                [
                    row.person.name if row.person_id and row.person else "—",
                    labels.get(row.area_id, row.district),
                    f"{row.until_day:%m-%d}",
                    words.PLACES[row.place],
                ],
                reverse("watch_take_over", args=[row.district, row.id]),
            )
            for row in part.rows
        ],
        filters=[c.Filter("q", _("Name"), (), text)],
        action=reverse("watch_incoming"),
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        empty_title=_("Nothing is offered"),
        empty_text=_("What another district hands over to your area appears here."),
    )
    return common.listing(request, actor, table, title=_("Offered by other districts"))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def take_over(request: HttpRequest, actor: Actor, district: str, watch_id: UUID) -> HttpResponse:
    """Take a watch over into one of the actor's grids."""
    row = queries.offered(actor, area_queries.districts(actor), watch_id)
    if row is None or row.district != district:
        raise Refuse(NOT_FOUND)
    areas = [
        (str(a.id), a.name)
        for a in area_queries.areas(actor).filter(path__under=row.to_path).order_by("path")[:200]
    ]
    post: Any = request.POST if request.method == "POST" else None
    form = forms.TakeOverForm(post, areas=areas)
    if post is not None and form.is_valid():
        receipts = handover.take_over(actor, form.entry, row, UUID(form.cleaned_data["area"]))
        bad = next((r for r in receipts if r.refusal and not r.stands), None)
        if bad is None:
            return acts.said(
                request,
                _("The watch is yours now."),
                reverse("watch", args=[row.to_district, receipts[-1].result["watch_id"]]),
            )
        assert bad.refusal
        form.refuse(bad.refusal)
    context = {
        "title": _("Take the watch over"),
        "back": reverse("watch_incoming"),
        "over": row.person.name if row.person_id and row.person else "",
        "hint": _("The other district goes on checking until you save this."),
    }
    return acts.show(request, "people/form.html", form, context)
