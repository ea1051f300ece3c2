"""The situation board of an area, and one figure with its days, its areas and its records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianfang.areas import queries as area_queries
from lianfang.briefing import queries
from lianfang.briefing.figures import FIGURES
from lianfang.briefing.kinds import Figure
from lianfang.briefing.rules import (
    FILM_ROW,
    FILM_STEP,
    HEIGHT,
    SERIES_DAYS,
    WIDTH,
    Group,
    Span,
    bars,
)
from lianfang.briefing.views import common
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.verbs import Verb
from lianfang.people.pages import area_choices, listed, when
from lianfang.web import components as c
from lianfang.web.acting import page
from lianfang.web.problems import is_htmx

if TYPE_CHECKING:
    from lianfang.areas.models import Area


@require_safe
@page
def board(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show all figures of an area that the actor sees, with the change since yesterday."""
    area = common.asked_area(request, actor)
    span = common.asked_span(request)
    shown = common.parts(actor, area, span, list(Group))
    round_ = queries.current_round(area.path, span)
    wall = ""
    if round_:
        wall = f"{reverse('round_wall', args=[round_.id])}?area={area.id}"
    children = list(area_queries.children(actor, area))
    context = {
        "area": area,
        "day": span.day,
        "today": queries.today(),
        "parts": shown,
        "film": queries.film(children, span.day, SERIES_DAYS),
        "film_height": (max(len(children) - 1, 0) // FILM_ROW + 1) * FILM_STEP,
        "choices": area_choices(actor, Verb.READ, below=False),
        "below": children[:60],
        "wall": wall,
        "round": round_,
        "brief": f"{reverse('brief')}?{common.query(area, span.day)}",
        "path": common.crumbs(actor, area, "board"),
    }
    return render(request, "briefing/board.html", context)


@require_safe
@page
def figure(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Open one number: its days, the areas below, and the records that the actor may see."""
    area = common.asked_area(request, actor)
    span = common.asked_span(request)
    one = FIGURES.get(code)
    if one is None or not one.seen_by(actor, area.path):
        raise Refuse(NOT_FOUND)
    records = _records(request, actor, area, one, span)
    if is_htmx(request) and records:
        return render(request, "web/table.html", {"table": records})
    value = queries.numbers(actor, area, [one], span)[code]
    line = queries.series(area, [one], span.day, SERIES_DAYS)[code]
    if span.day == queries.today():
        line[-1] = (span.day, value)
    now_ = queries.span_of(span.at, span.day if one.daily else None)
    context = {
        "area": area,
        "figure": one,
        "value": value,
        "day": span.day,
        "today": queries.today(),
        "past": span.day != queries.today(),
        "bars": bars(line),
        "line": line,
        "width": WIDTH,
        "height": HEIGHT,
        "areas": _areas(actor, area, one, now_),
        "records": records,
        "home": _home(actor, area, one, span),
        "path": common.crumbs(actor, area, "board", one.label),
    }
    return render(request, "briefing/figure.html", context)


def _areas(actor: Actor, area: Area, one: Figure, span: Span) -> c.Table | None:
    """Return the figure of each area below, the highest first."""
    found = queries.below(actor, area, one, span)
    if not found:
        return None
    found.sort(key=lambda pair: (-pair[1], pair[0].code))
    return c.Table(
        id="areas",
        caption=_("By area"),
        columns=[
            c.Column(_("Area"), primary=True),
            c.Column(one.unit, numeric=True),
        ],
        rows=[
            c.Row([child.name, number], common.link(one, child, span.day))
            for child, number in found
        ],
    )


def _records(
    request: HttpRequest, actor: Actor, area: Area, one: Figure, span: Span
) -> c.Table | None:
    """Return the rows behind the number that the actor sees one by one."""
    moment = span if one.daily else queries.span_of(span.at)
    found = queries.records(actor, area, one, moment)
    if found is None or one.source is None:
        return None
    source = one.source

    def rows(page_: list[Any]) -> list[c.Row]:
        names = area_queries.labels(queries.areas_of(page_))
        result = []
        for row in page_:
            told = source.line(row)
            name = names.get(row.area_id, "") if hasattr(row, "area_id") else ""
            result.append(c.Row([told.what, name, when(told.at)], told.href))
        return result

    return listed(
        request,
        found,
        source.order,
        rows,
        id="records",
        caption=_("Records"),
        columns=[
            c.Column(_("What"), primary=True),
            c.Column(_("Area")),
            c.Column(_("When")),
        ],
        empty_title=_("No record to open"),
        empty_text=_("Nothing counts here now, or your role sees the number and not the rows."),
    )


def _home(actor: Actor, area: Area, one: Figure, span: Span) -> str:
    """Return the page of the room that lists such records, where the actor may open it."""
    if one.counted:
        round_ = queries.current_round(area.path, span)
        return f"{reverse('round', args=[round_.id])}?area={area.id}" if round_ else ""
    if one.code in ("households", "persons"):
        return reverse("households", args=[area.id]) if area.district else ""
    if not one.home or not actor.may(one.home_verb, area.path):
        return ""
    return reverse(one.home) + (f"?{one.query}" if one.query else "")
