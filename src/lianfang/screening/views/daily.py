"""The days of a daily round: each day's coverage by area, and who was missed, how long."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.times import now
from lianfang.people import account_queries
from lianfang.screening import daily_queries, door_queries, looks
from lianfang.screening.rules import Counts
from lianfang.screening.views.common import crumbs, household_page, one_area, the_round, there
from lianfang.screening.words import OUTCOMES
from lianfang.web import components as c
from lianfang.web.acting import page

if TYPE_CHECKING:
    from lianfang.areas.models import Area
    from lianfang.screening.models import Round

_SHOWN = 7


@require_safe
@page
def days(request: HttpRequest, actor: Actor, round_id: UUID) -> HttpResponse:
    """Show the days of a series: coverage by area and day, and the doors missed on one day."""
    round_ = the_round(actor, round_id)
    if round_.series_id is None:
        raise Refuse(NOT_FOUND)
    area = one_area(request, actor, round_)
    wanted = _day(request.GET.get("day", ""))
    listed = daily_queries.days(round_.series_id, limit=_SHOWN)
    over = [r for r in listed if r.last_day < timezone.localdate(now()) or r.state == "closed"]
    day = wanted or (over[0].first_day if over else None)
    missed = daily_queries.missed(actor, round_.series_id, area, day) if day else []
    context = {
        "round": round_,
        "area": area,
        "crumbs": crumbs(actor, round_, area, _("Day by day")),
        "table": _table(actor, round_, area, listed),
        "day": day,
        "lists": door_queries.may_list(actor, area),
        "missed": _missed(missed),
        "before": _near(round_, area, day, -1),
        "after": _near(round_, area, day, 1),
    }
    return render(request, "screening/days.html", context)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _near(round_: Round, area: Area, day: date | None, step: int) -> str:
    if day is None or not round_.until:
        return ""
    other = day + timedelta(days=step)
    if other >= timezone.localdate(now()) or other > round_.until:
        return ""
    return there("round_days", round_, area, day=other.isoformat())


def _table(actor: Actor, round_: Round, area: Area, listed: list[Round]) -> c.Table:
    shown = list(reversed(listed))
    areas = [area, *area_queries.children(actor, area)]
    found = daily_queries.coverage_of_days(actor, listed, areas)
    rows = []
    for one in areas:
        counts = [found.get((r.id, one.id), Counts()) for r in shown]
        if not any(n.households for n in counts):
            continue
        cells = [f"{looks.per_cent(n)} · {n.open}" if n.households else "—" for n in counts]
        name = one.name if one.id != area.id else _("All of %(area)s") % {"area": area.name}
        rows.append(c.Row([name, *cells], there("round_days", round_, one)))
    return c.Table(
        id="days",
        caption=_("Covered · open doors, day by day"),
        columns=[
            c.Column(_("Area"), primary=True),
            *(c.Column(f"{r.first_day:%m-%d}", numeric=True) for r in shown),
        ],
        rows=rows,
        empty_title=_("No day yet"),
        empty_text=_("The first day runs; at midnight it is closed and counted."),
    )


def _missed(found: list[daily_queries.Missed]) -> c.Table:
    workers = account_queries.named_workers({m.household.area_id for m in found})
    rows = [
        c.Row(
            [
                m.household.label,
                m.household.area.name,
                OUTCOMES[m.outcome],
                ngettext("%(n)d day", "%(n)d days", m.days) % {"n": m.days},
                f"{m.last_met:%m-%d}" if m.last_met else "—",
                ", ".join(workers.get(m.household.area_id, [])) or "—",
            ],
            household_page(m.household),
            "bad" if m.days >= 3 else "plain",
        )
        for m in found
    ]
    return c.Table(
        id="missed",
        caption=_("Missed doors"),
        columns=[
            c.Column(_("Door"), primary=True),
            c.Column(_("Grid")),
            c.Column(_("Outcome")),
            c.Column(_("In a row"), numeric=True),
            c.Column(_("Last met")),
            c.Column(_("Owner")),
        ],
        rows=rows,
        count=len(rows),
        empty_title=_("Nobody was missed"),
        empty_text=_("Every household was met on this day, or is vacant."),
    )
