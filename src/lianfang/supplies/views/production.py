"""Production at the desk: where the pieces lie, when it is finished, what holds it up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb
from lianfang.people.pages import (
    Section,
    Stat,
    area_choices,
    badge,
    district_of,
    filtered,
    listed,
    searched,
    show,
    status_of,
    want,
    when,
)
from lianfang.supplies import production_queries as queries
from lianfang.supplies.forms import CountForm, ProductionForm
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.acting import page

if TYPE_CHECKING:
    from lianfang.supplies.forecast_rules import Forecast
    from lianfang.supplies.models import Production


@require_safe
@page
def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the production orders in the actor's scope."""
    want(actor, Verb.READ)
    text = searched(request, _("What is made"))
    found = queries.orders(actor)
    if text.value:
        found = found.filter(name__icontains=text.value)

    def rows(page_: list[Production]) -> list[c.Row]:
        return [
            c.Row(
                [
                    r.name,
                    f"{r.quantity} {r.unit}" if r.quantity else "",
                    f"{r.daily_target} {r.unit}" if r.daily_target else "",
                    when(r.deadline),
                    badge(_("Closed")) if r.closed_at else badge(_("Running"), "info"),
                ],
                reverse("production", args=[r.district, r.id]),
            )
            for r in page_
        ]

    table = listed(
        request,
        found,
        ["-opened_at", "id"],
        rows,
        id="productions",
        caption=_("Production"),
        columns=[
            c.Column(_("What is made"), primary=True),
            c.Column(_("In all"), numeric=True),
            c.Column(_("Each day"), numeric=True),
            c.Column(_("To be finished by")),
            c.Column(_("State")),
        ],
        filters=[text],
        empty_title=_("No production order"),
        empty_text=_("Open one with its stages; the counts of each shift give the forecast."),
    )
    actions = []
    if actor.may_somewhere(Verb.SUPPLY):
        new_ = c.Action(_("New order"), reverse("production_new"), icon="plus", kind="primary")
        actions.append(new_)
    path = [c.Link(_("Stock and supplies"), reverse("supplies")), c.Link(_("Production"))]
    sections = [Section("", table)]
    return show(request, _("Production"), sections=sections, actions=actions, path=path)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Open a production order."""
    want(actor, Verb.SUPPLY)
    form = ProductionForm(
        request.POST if request.method == "POST" else None,
        areas=area_choices(actor, Verb.SUPPLY),
        initial={"starts_at": now()},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        payload = {
            "production_id": form.child("production"),
            **acts.cleaned(form, ["area_id", "name", "unit", "quantity", "daily_target"]),
            "stages": [s.strip() for s in data["stages"].splitlines() if s.strip()],
            "starts_at": data["starts_at"].isoformat(),
        }
        if data["deadline"]:
            payload["deadline"] = data["deadline"].isoformat()
        district = district_of(actor, data["area_id"])
        receipt = acts.send(actor, form, "production.open", payload, district)
        if receipt is not None:
            where = reverse("production", args=[district, payload["production_id"]])
            return acts.done(request, receipt, _("The order is open."), where)
    context = {
        "title": _("New order"),
        "submit": _("Open the order"),
        "back": reverse("productions"),
    }
    return acts.show(request, "people/parts/form.html", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def detail(request: HttpRequest, actor: Actor, district: str, production_id: UUID) -> HttpResponse:
    """Show an order: the forecast, the stages, the days, and the form for a shift."""
    row = queries.order(actor, district, production_id)
    if row is None:
        raise Refuse(NOT_FOUND)
    act = filtered(request.POST.get("act", ""), ["count", "close"])
    form = CountForm(
        request.POST if act == "count" else None,
        stages=row.stages,
        initial={"from_at": now() - timedelta(hours=3), "to_at": now()},
    )
    if act == "close":
        payload = {"production_id": str(row.id)}
        words_ = _("The order is closed.")
        return acts.press(
            request, actor, "production.close", payload, request.path, words_, district
        )
    if act == "count" and form.is_valid():
        receipt = acts.send(actor, form, "production.count", _count(form, row), district)
        if receipt is not None:
            return acts.done(request, receipt, _("Noted."), request.path)
    outlook = queries.outlook(row, row.closed_at or now())
    sections = []
    if outlook:
        sections.append(Section(_("Stages"), _stages_table(outlook.forecast)))
    if row.daily_target or not outlook:
        sections.append(Section(_("Day by day"), _days_table(row)))
    if actor.may(Verb.WORK, row.path) and not row.closed_at:
        button = c.Action(_("Write it down"), "count", icon="check", kind="primary")
        sections.append(
            Section(_("A shift's count"), form=form, buttons=[button], href=request.path)
        )
    path = [
        c.Link(_("Stock and supplies"), reverse("supplies")),
        c.Link(_("Production"), reverse("productions")),
        c.Link(row.name),
    ]
    return show(
        request,
        row.name,
        over=_("Production"),
        note=_note(row),
        sections=sections,
        stats=_stats(row, outlook) if outlook else (),
        path=path,
        status=status_of(form),
    )


def _note(row: Production) -> str:
    parts = []
    if row.quantity:
        parts.append(f"{row.quantity} {row.unit}")
    if row.deadline:
        parts.append(_("by %s") % when(row.deadline))
    if row.daily_target:
        parts.append(_("%(n)d %(unit)s a day") % {"n": row.daily_target, "unit": row.unit})
    return " · ".join(parts)


def _count(form: CountForm, row: Production) -> dict[str, object]:
    data = form.cleaned_data
    return {
        "production_id": str(row.id),
        "stage": int(data["stage"]),
        "from_at": data["from_at"].isoformat(),
        "to_at": data["to_at"].isoformat(),
        "out": data["out"],
        "spoilt": data["spoilt"],
        "people": data["people"],
    }


def _span(length: timedelta) -> str:
    """Return a length of time in hours and minutes, with its sign."""
    minutes = round(abs(length).total_seconds() / 60)
    sign = "−" if length < timedelta(0) else ""
    return _("%(sign)s%(h)d h %(m)02d min") % {
        "sign": sign,
        "h": minutes // 60,
        "m": minutes % 60,
    }


def _between(early: datetime | None, late: datetime | None) -> str:
    return _("8 of 10 times between %(a)s and %(b)s") % {"a": when(early), "b": when(late)}


def _stats(row: Production, outlook: queries.Outlook) -> list[Stat]:
    found = outlook.forecast
    done = found.stages[-1].out
    stats = [Stat(_("Finished"), done, row.quantity)]
    if found.finish is None or found.margin is None:
        name = found.stages[found.bottleneck].name if found.bottleneck is not None else ""
        note = _("nothing has left “%s” yet") % name
        return [*stats, Stat(_("Finish"), _("not known yet"), note=note)]
    if found.bottleneck is None:
        return [*stats, Stat(_("Finish"), _("all done"), tone="good")]
    late = found.margin < timedelta(0)
    stats += [
        Stat(
            _("Finish"),
            when(found.finish),
            note=_between(found.earliest, found.latest),
            tone="bad" if late else "good",
        ),
        Stat(
            _("Margin to the deadline"),
            _span(found.margin),
            note=_("in time with %d %% probability") % round((found.likely or 0) * 100),
            tone="bad" if late else "good",
        ),
    ]
    gain = outlook.gain
    note = _("one more person there: %s earlier") % _span(gain) if gain else ""
    stats.append(Stat(_("Bottleneck"), found.stages[found.bottleneck].name, note=note, tone="warn"))
    return stats


def _stages_table(found: Forecast) -> c.Table:
    rows = []
    for number, s in enumerate(found.stages):
        rows.append(
            c.Row(
                [
                    s.name,
                    s.came_in,
                    s.out,
                    s.spoilt,
                    s.waiting,
                    f"{s.rate:.0f}",
                    f"{s.people:.0f}",
                    badge(_("Bottleneck"), "warn", "warning")
                    if number == found.bottleneck
                    else (badge(_("Waits for work")) if s.starved and s.owed else ""),
                ],
                tone="warn" if number == found.bottleneck else "plain",
            )
        )
    return c.Table(
        id="stages",
        caption=_("Stages"),
        columns=[
            c.Column(_("Stage"), primary=True),
            c.Column(_("Pieces in"), numeric=True),
            c.Column(_("Pieces out"), numeric=True),
            c.Column(_("Spoilt"), numeric=True),
            c.Column(_("In work"), numeric=True),
            c.Column(_("An hour"), numeric=True),
            c.Column(_("People at work"), numeric=True),
            c.Column(""),
        ],
        rows=rows,
    )


def _days_table(row: Production) -> c.Table:
    return c.Table(
        id="days",
        caption=_("Day by day"),
        columns=[
            c.Column(_("Date"), primary=True),
            c.Column(_("Finished"), numeric=True),
            c.Column(_("Target"), numeric=True),
            c.Column(_("Reached"), numeric=True),
            c.Column(_("Shifts"), numeric=True),
        ],
        rows=[
            c.Row(
                [
                    f"{d.day:%m-%d}",
                    d.out,
                    d.target or "–",
                    f"{100 * d.out / d.target:.0f} %" if d.target else "–",
                    d.shifts,
                ],
                tone="bad" if d.target and d.out < d.target else "plain",
            )
            for d in queries.days(row)
        ],
        empty_title=_("Nothing counted yet"),
    )
