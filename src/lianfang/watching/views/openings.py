"""Who saw what: every opening of a person, and every list taken out, by area and time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.areas import queries as area_queries
from lianfang.kernel import queries as kernel
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.times import local
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people import account_queries, history
from lianfang.people.pages import take_out
from lianfang.people.rules import mask_name
from lianfang.watching import opening_queries
from lianfang.watching.opening_queries import SEEN
from lianfang.watching.views import common
from lianfang.web import components as c
from lianfang.web import paging
from lianfang.web.acting import page

if TYPE_CHECKING:
    from lianfang.kernel.models import Record


def _filters(request: HttpRequest) -> dict[str, str]:
    return {
        "what": common.chosen(request, "what", SEEN, ""),
        "q": request.GET.get("q", "").strip()[:60],
        "from": request.GET.get("from", "")[:10],
        "to": request.GET.get("to", "")[:10],
        "area": request.GET.get("area", "")[:36],
        "district": request.GET.get("district", "")[:12],
    }


def _cells(actor: Actor, rows: list[Record]) -> list[list[Any]]:
    names = account_queries.names(r.actor for r in rows)
    labels = area_queries.labels(r.area_id for r in rows if r.area_id)
    paths = area_queries.paths_by_id(r.area_id for r in rows if r.area_id)
    contents = kernel.contents(rows, opened=False)
    people = opening_queries.names(rows)
    cells: list[list[Any]] = []
    for row in rows:
        content = contents[row.id]
        path = paths.get(row.area_id, "\0") if row.area_id else "\0"
        name = people.get(row.subject_id, "") if row.subject_id else ""
        named = name if actor.sees(Sight.IDENTITY, path) else mask_name(name)
        about = named if row.command != "export.record" else str(content.get("what", ""))
        cells.append(
            [
                f"{local(row.received_at):%Y-%m-%d %H:%M}",
                history.who(row.actor, names),
                history.title(row.command),
                about or "—",
                labels.get(row.area_id, "—") if row.area_id else "—",
                str(content.get("reason") or content.get("why") or "—"),
                content.get("rows", "—"),
            ]
        )
    return cells


def _heads() -> list[str]:
    return [_("When"), _("Who"), _("What"), _("About"), _("Area"), _("Reason"), _("Rows")]


def _start(request: HttpRequest, actor: Actor) -> tuple[list[str], dict[str, str]]:
    if not actor.paths(Verb.READ_JOURNAL):
        raise Refuse(NOT_FOUND)
    where = area_queries.districts(actor)
    f = _filters(request)
    if f["district"] not in where:
        f["district"] = where[0] if where else ""
    return where, f


@require_safe
@page
def openings(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List who opened whom, and who took which list out, the latest first."""
    where, f = _start(request, actor)
    found = opening_queries.openings(actor, f["district"], f)
    part = paging.page(found, ["-seq"], request.GET.get("cursor", ""), 40)
    kinds = [("", _("All")), *((name, history.title(name)) for name in SEEN)]
    filters = [
        c.Filter("q", _("Who, or a word of the reason"), (), f["q"]),
        c.Filter("what", _("What"), kinds, f["what"]),
        c.Filter("area", _("Area"), [("", _("All")), *opening_queries.areas(actor)], f["area"]),
        c.Filter("from", _("From (day)"), (), f["from"]),
        c.Filter("to", _("To (day)"), (), f["to"]),
    ]
    if len(where) > 1:
        choices = [(d, d) for d in where]
        filters.insert(0, c.Filter("district", _("District"), choices, f["district"]))
    table = c.Table(
        "openings",
        _("Who saw what"),
        [c.Column(head, primary=n == 0) for n, head in enumerate(_heads())],
        [
            c.Row(cells, reverse("record", args=[row.district, row.id]))
            for row, cells in zip(part.rows, _cells(actor, part.rows), strict=True)
        ],
        filters=filters,
        action=reverse("openings"),
        export=f"{reverse('openings_export')}?{urlencode(f)}" if common.may_export(actor) else "",
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        empty_title=_("Nobody opened anything here"),
        empty_text=_("Choose a longer time, or all areas."),
    )
    note = _("Each opening of a person and each list taken out, with its reason.")
    return common.listing(request, actor, table, title=_("Who saw what"), note=note)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def export(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Give the openings as xlsx, narrowed as the list was."""
    _where, f = _start(request, actor)
    found = list(opening_queries.openings(actor, f["district"], f)[: common.TAKEN_OUT])
    lines = [[str(cell) for cell in line] for line in _cells(actor, found)] if found else []
    back = f"{reverse('openings')}?{urlencode(f)}"
    area = common.export_area(actor)
    return take_out(request, actor, area, "openings", _("Who saw what"), _heads(), lines, back, f)
