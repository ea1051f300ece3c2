"""The board of watches: who is due, overdue, missed, to be released."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import DateTimeField, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.kernel.actors import Actor
from lianfang.people.pages import badge, take_out
from lianfang.stations import queries as stations
from lianfang.watching import queries, words
from lianfang.watching.views import common
from lianfang.web import components as c
from lianfang.web import paging
from lianfang.web.acting import page

if TYPE_CHECKING:
    from lianfang.watching.models import Watch

_SHOWN = 40
# Later than any check: those that owe none come last.
_NEVER = datetime(9000, 1, 1, tzinfo=UTC)
_TONES = {"overdue": "bad", "missed": "bad", "left": "bad", "due": "warn", "release": "warn"}


def _filters(request: HttpRequest) -> dict[str, str]:
    return {
        "which": common.chosen(request, "which", words.LISTS, "live"),
        "place": common.chosen(request, "place", map(str, words.PLACES), ""),
        "area": request.GET.get("area", "")[:36],
        "q": request.GET.get("q", "").strip()[:60],
    }


def _found(actor: Actor, where: list[str], f: dict[str, str]) -> QuerySet[Watch]:
    found = queries.watches(actor, where, which=f["which"])
    areas = {id_ for id_, _name in queries.areas_of(queries.watches(actor, where))}
    area = f["area"] if f["area"] in areas else ""
    return queries.narrowed(actor, found, text=f["q"], place=f["place"], area_id=area)


def _cells(actor: Actor, rows: Sequence[Watch]) -> list[list[Any]]:
    posts = stations.of_rows(rows)
    cells: list[list[Any]] = []
    for row in rows:
        seen = queries.seen(actor, row, posts)
        state: Any = words.STATES[row.state]
        tone = "plain"
        if row.left_at:
            state, tone = words.LISTS["left"], "bad"
        elif row.away:
            state, tone = words.LISTS["away"], "warn"
        elif row.unwell and seen.health:
            state, tone = words.LISTS["unwell"], "bad"
        cells.append(
            [
                seen.name or _("A person"),
                seen.where,
                words.PLACES[row.place],
                f"{row.from_day:%m-%d} – {row.until_day:%m-%d}",
                (common.due(row.due_at) if row.opens_at and row.state in queries.LIVE else "—"),
                row.missed or "—",
                badge(state, tone),
            ]
        )
    return cells


def _heads() -> list[str]:
    return [
        _("Person"),
        _("Where"),
        _("Place"),
        _("From – release"),
        _("Next check"),
        _("Missed"),
        _("State"),
    ]


@require_safe
@page
def board(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List people under watch by what has to be done, the most pressing first."""
    where = common.districts(actor)
    f = _filters(request)
    never = Value(_NEVER, output_field=DateTimeField())
    found = _found(actor, where, f).annotate(due_or_never=Coalesce("due_at", never))
    part = paging.page(found, ["due_or_never", "id"], request.GET.get("cursor", ""), _SHOWN)
    counts = queries.counts(actor, where)
    areas = queries.areas_of(queries.watches(actor, where))
    rows = [
        c.Row(
            cells,
            reverse("watch", args=[row.district, row.id]),
            "bad" if row.left_at else "plain",
        )
        for row, cells in zip(part.rows, _cells(actor, part.rows), strict=True)
    ]
    here = reverse("watches")
    table = c.Table(
        "watches",
        words.LISTS[f["which"]],
        [c.Column(head, primary=n == 0) for n, head in enumerate(_heads())],
        rows,
        filters=[
            c.Filter("q", _("Name, door or grid"), (), f["q"]),
            c.Filter("which", _("Which"), list(words.LISTS.items()), f["which"]),
            c.Filter(
                "place",
                _("Place"),
                [("", _("All")), *((str(k), v) for k, v in words.PLACES.items())],
                f["place"],
            ),
            c.Filter("area", _("Grid"), [("", _("All")), *areas], f["area"]),
        ],
        action=here,
        export=f"{reverse('watches_export')}?{urlencode(f)}" if common.may_export(actor) else "",
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        empty_title=_("Nobody in this list"),
        empty_text=_("People come here from arrivals, contacts, or a household's page."),
    )
    stats = [
        {
            "label": words.LISTS[name],
            "value": counts[name],
            "href": f"{here}?which={name}",
            "tone": _TONES.get(name, "plain") if counts[name] else "plain",
        }
        for name in ("live", "due", "overdue", "missed", "left", "release", "away", "handing")
    ]
    return common.listing(request, actor, table, title=_("Under watch"), stats=stats)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def export(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Give the list as xlsx, narrowed as it was, with what the actor sees."""
    where = common.districts(actor)
    f = _filters(request)
    found = list(_found(actor, where, f).order_by("area__path", "id")[: common.TAKEN_OUT])
    lines = []
    posts = stations.of_rows(found)
    for row in found:
        seen = queries.seen(actor, row, posts)
        lines.append(
            [
                seen.name,
                seen.where,
                str(words.PLACES[row.place]),
                f"{row.from_day}",
                f"{row.until_day}",
                row.missed,
                str(words.STATES[row.state]),
            ]
        )
    heads = [_("Person"), _("Where"), _("Place"), _("From"), _("Release"), _("Missed"), _("State")]
    back = f"{reverse('watches')}?{urlencode(f)}"
    area = common.export_area(actor)
    return take_out(request, actor, area, "watches", _("Under watch"), heads, lines, back, f)
