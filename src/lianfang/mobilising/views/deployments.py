"""Deployment plans at the desk: needs in the short way, the plan with its proof, the gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.areas import queries as area_queries
from lianfang.areas.rules import Level
from lianfang.kernel.actors import Actor
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import derive_id
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb
from lianfang.mobilising import deploying, links, words
from lianfang.mobilising import deployment_queries as queries
from lianfang.mobilising.forms import PlanForm, SolveForm
from lianfang.mobilising.queries import names_of
from lianfang.mobilising.views.common import (
    Section,
    Stat,
    absolute,
    area_choices,
    badge,
    show,
    status_of,
    units,
    want,
    when,
)
from lianfang.web import acts, paging
from lianfang.web import components as c
from lianfang.web.acting import found, page

if TYPE_CHECKING:
    from lianfang.areas.models import Area
    from lianfang.mobilising.models import Deployment

# A page waits so long for a plan; a city's is made by `lianfang plan`.
_SECONDS = 20.0
_SHIFTS = [
    {"key": "day", "start": 480, "end": 1200},
    {"key": "night", "start": 1200, "end": 1920, "night": True},
]


@require_safe
@page
def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the plans that touch the actor's scope."""
    want(actor, Verb.READ)
    text = request.GET.get("q", "").strip()[:60]
    rows = queries.deployments(actor)
    rows = rows.filter(name__icontains=text) if text else rows
    part = paging.page(rows, ["-made_at", "id"], request.GET.get("cursor", ""), size=25)
    table = c.Table(
        id="deployments",
        caption=_("Deployment plans"),
        columns=[
            c.Column(_("Deployment plan"), primary=True),
            c.Column(_("Where")),
            c.Column(_("First day")),
            c.Column(_("Number of days"), numeric=True),
            c.Column(_("Filled"), numeric=True),
            c.Column(_("State")),
        ],
        rows=[
            c.Row(
                [
                    d.name,
                    d.area.name,
                    str(d.first_day),
                    d.days,
                    f"{d.figures['filled']}/{d.figures['asked']}" if d.figures else "–",
                    badge(_("Published"), "good") if d.published_at else badge(_("Draft")),
                ],
                reverse("deployment", args=[d.id]),
            )
            for d in part.rows
        ],
        filters=[c.Filter("q", _("Deployment plan"), value=text)],
        action=request.path,
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        empty_title=_("No plans yet"),
        empty_text=_("Say what places want; the plan says who goes where."),
    )
    actions = []
    if actor.may_somewhere(Verb.CALL_UP):
        new = reverse("deployment_new")
        actions.append(c.Action(_("New plan"), new, icon="plus", kind="primary"))
    return show(request, _("Deployment plans"), sections=[Section("", table)], actions=actions)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Open a plan in which every community below an area wants so many."""
    want(actor, Verb.CALL_UP)
    areas = area_choices(actor, Verb.CALL_UP, below=False)
    form = PlanForm(request.POST if request.method == "POST" else None, areas=areas)
    if request.method == "POST" and form.is_valid():
        data, plan_id = form.cleaned_data, form.child("plan")
        payload = {
            "deployment_id": plan_id,
            "area_id": data["area_id"],
            "name": data["name"],
            "first_day": str(data["first_day"]),
            "days": data["days"],
            "shifts": _SHIFTS,
            "rules": {"shifts": data["shifts"], "nights": data["nights"]},
        }
        receipt = acts.send(actor, form, "deployment.open", payload)
        if receipt is not None:
            _needs(actor, form, UUID(plan_id))
            where = reverse("deployment", args=[plan_id])
            return acts.done(request, receipt, _("Now choose whose members are sent."), where)
    context = {"title": _("New plan"), "submit": _("Open it"), "back": reverse("deployments")}
    return acts.show(request, "mobilising/form.html", form, context)


def _needs(actor: Actor, form: PlanForm, plan_id: UUID) -> None:
    """Send the needs of every community below the area, district by district."""
    data = form.cleaned_data
    area = area_queries.area(actor, UUID(data["area_id"]))
    found(area)
    assert area is not None
    places: list[Area] = (
        [area] if area.level >= Level.COMMUNITY else list(area_queries.below(area, Level.COMMUNITY))
    )
    wants: dict[str, list[dict[str, Any]]] = {}
    for place in places:
        for day in range(data["days"]):
            for key, number in (("day", data["by_day"]), ("night", data["by_night"])):
                if number:
                    one = {
                        "need_id": form.child("need", place.id, day, key),
                        "area_id": str(place.id),
                        "place": place.name,
                        "day": day,
                        "shift": key,
                        "number": number,
                    }
                    wants.setdefault(place.district, []).append(one)
    for district, needs in wants.items():
        top = area if area.district == district else area_queries.by_code(district)
        for start in range(0, len(needs), 2_000):
            content = {
                "deployment_id": str(plan_id),
                "area_id": str(top.id if top else area.id),
                "needs": needs[start : start + 2_000],
            }
            id_ = derive_id(form.entry, "needs", district, start)
            submit(actor, [Entry(id_, "deployment.need", content, now(), district)])


def _plan(actor: Actor, deployment_id: UUID) -> Deployment:
    plan = queries.deployment(actor, deployment_id)
    found(plan)
    assert plan is not None
    return plan


@require_http_methods(["GET", "HEAD", "POST"])
@page
def detail(request: HttpRequest, actor: Actor, deployment_id: UUID) -> HttpResponse:
    """Show a plan with its proof; plan it; list each need with who stands there or why nobody."""
    plan = _plan(actor, deployment_id)
    leads = actor.may(Verb.CALL_UP, plan.area.path)
    form = SolveForm(request.POST if request.method == "POST" else None, units=units(actor))
    if request.method == "POST" and leads and form.is_valid() and not plan.published_at:
        task = deploying.task(plan, [UUID(u) for u in form.cleaned_data["units"]])
        solution = deploying.solve(task, seconds=_SECONDS)
        origin = form.entry
        deploying.keep(actor, task, solution, derive_id(origin, "keep"))
        receipt = deploying.publish(actor, task, solution, origin)
        return acts.done(request, receipt, _("Planned and published."), request.path)
    sections = []
    if leads and not plan.published_at:
        button = c.Action(_("Plan and publish"), "solve", icon="check", kind="primary")
        sections.append(
            Section(
                _("Whose members are sent"),
                form=form,
                buttons=[button],
                href=request.path,
                icon="team",
            )
        )
    sections.append(Section(_("Places"), _needs_table(request, actor, plan)))
    return show(
        request,
        plan.name,
        over=plan.area.name,
        note=_("%(days)s days from %(first)s") % {"days": plan.days, "first": plan.first_day},
        stats=_figures(plan),
        sections=sections,
        path=[c.Link(_("Deployment plans"), reverse("deployments")), c.Link(plan.name)],
        status=status_of(form),
    )


def _figures(plan: Deployment) -> list[Stat]:
    if not plan.figures:
        return []
    f = plan.figures
    return [
        Stat(_("Filled"), f["filled"], f["asked"]),
        Stat(
            _("Proven distance from the best plan"),
            f"{100 * f['gap']:.2f} %",
            note=_("on cover and travel"),
        ),
        Stat(_("Mean travel, minutes"), f["travel_mean"], note=_("at most %s") % f["travel_most"]),
        Stat(_("With a colleague"), f"{100 * f['together']:.0f} %"),
        Stat(_("At the place of the day before"), f"{100 * f['continuity']:.0f} %"),
        Stat(_("Shifts of one person"), f"{f['fewest']}–{f['most']}"),
    ]


def _needs_table(request: HttpRequest, actor: Actor, plan: Deployment) -> c.Table:
    only = request.GET.get("open", "") == "yes"
    text = request.GET.get("q", "").strip()[:40]
    rows = queries.needs(actor, plan)
    rows = rows.filter(unfilled__gt=0) if only else rows
    rows = rows.filter(place__icontains=text) if text else rows
    part = paging.page(rows, ["path", "day", "shift", "id"], request.GET.get("cursor", ""), size=50)
    shifts = {"day": _("Day"), "night": _("Night")}
    return c.Table(
        id="needs",
        caption=_("Places"),
        columns=[
            c.Column(_("Place"), primary=True),
            c.Column(_("Day of the plan"), numeric=True),
            c.Column(_("Shift")),
            c.Column(_("Wanted"), numeric=True),
            c.Column(_("Unfilled"), numeric=True),
            c.Column(_("Why")),
        ],
        rows=[
            c.Row(
                [
                    n.place,
                    n.day + 1,
                    shifts.get(n.shift, n.shift),
                    f"{n.number} {n.skill}".strip(),
                    n.unfilled or "",
                    words.REASONS.get(n.reason, n.reason) if n.unfilled else "",
                ],
                reverse("deployment_need", args=[plan.id, n.district, n.id]),
                tone="warn" if n.unfilled and plan.published_at else "plain",
            )
            for n in part.rows
        ],
        filters=[
            c.Filter("q", _("Place"), value=text),
            c.Filter(
                "open",
                _("Show"),
                [("", _("All")), ("yes", _("Only unfilled"))],
                "yes" if only else "",
            ),
        ],
        action=request.path,
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        empty_title=_("Nothing is wanted here"),
    )


@require_safe
@page
def need(
    request: HttpRequest, actor: Actor, deployment_id: UUID, district: str, need_id: UUID
) -> HttpResponse:
    """Show who stands on a need, each with the link to the own shifts."""
    plan = _plan(actor, deployment_id)
    one = queries.needs(actor, plan).filter(district=district, id=need_id).first()
    found(one)
    assert one is not None
    rows = queries.shifts_at(district, [one.id])
    names = names_of(actor, ((r.person_district, r.person_id) for r in rows))
    codes = []
    for row in rows:
        token = links.token(links.Purpose.SHIFTS, row.person_district, row.person_id)
        href = absolute(request, reverse("shifts", args=[token]))
        codes.append(c.Link(names.get(row.person_id, "") or "–", href, when(row.starts_at)))
    token = links.token(links.Purpose.PLACE, district, plan.id, one.area_id)
    feed = c.Action(
        _("Calendar of the place"), reverse("place_feed", args=[token]), icon="calendar"
    )
    return show(
        request,
        one.place or _("Place"),
        over=plan.name,
        stats=[Stat(_("Wanted"), one.number), Stat(_("Unfilled"), one.unfilled)],
        sections=[Section(_("Who stands here"), codes=codes)] if codes else [],
        actions=[feed] if plan.published_at else [],
        path=[c.Link(plan.name, reverse("deployment", args=[plan.id])), c.Link(one.place)],
    )
