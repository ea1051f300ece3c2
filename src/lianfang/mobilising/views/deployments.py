"""Deployment plans at the desk: needs in the short way, the plan with its proof, the gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianfang.areas import queries as area_queries
from lianfang.areas.rules import Level
from lianfang.kernel.actors import Actor
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import derive_id
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb
from lianfang.mobilising import deploying, links, shift_queries, words
from lianfang.mobilising import deployment_queries as queries
from lianfang.mobilising.forms import PlanForm, SolveForm
from lianfang.mobilising.queries import names_of
from lianfang.mobilising.rules import ShiftState
from lianfang.people.pages import (
    MOST_ROWS,
    Section,
    Stat,
    absolute,
    area_choices,
    badge,
    first_refusal,
    listed,
    searched,
    sheet,
    sheet_link,
    show,
    status_of,
    units,
    want,
    when,
    workbook,
)
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.acting import found, page

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from lianfang.areas.models import Area
    from lianfang.mobilising.models import Deployment, DeploymentNeed

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
    found_, name = _found(request, actor)
    table = listed(
        request,
        found_,
        ["-made_at", "id"],
        lambda part: [_plan_row(d) for d in part],
        id="deployments",
        caption=_("Deployment plans"),
        columns=_columns(),
        filters=[name],
        export=sheet_link(request, actor, "deployments_xlsx"),
        empty_title=_("No plans yet"),
        empty_text=_("Say what places want; the plan says who goes where."),
    )
    actions = []
    if actor.may_somewhere(Verb.CALL_UP):
        new = reverse("deployment_new")
        actions.append(c.Action(_("New plan"), new, icon="plus", kind="primary"))
    return show(request, _("Deployment plans"), sections=[Section("", table)], actions=actions)


def _found(
    request: HttpRequest, actor: Actor, verb: Verb = Verb.READ
) -> tuple[QuerySet[Deployment], c.Filter]:
    name = searched(request, _("Deployment plan"))
    rows = queries.deployments(actor, verb)
    return (rows.filter(name__icontains=name.value) if name.value else rows), name


def _columns() -> list[c.Column]:
    return [
        c.Column(_("Deployment plan"), primary=True),
        c.Column(_("Where")),
        c.Column(_("First day")),
        c.Column(_("Number of days"), numeric=True),
        c.Column(_("Filled"), numeric=True),
        c.Column(_("State")),
    ]


def _plan_cells(plan: Deployment, state: object) -> list[object]:
    filled = f"{plan.figures['filled']}/{plan.figures['asked']}" if plan.figures else "–"
    return [plan.name, plan.area.name, str(plan.first_day), plan.days, filled, state]


def _plan_row(plan: Deployment) -> c.Row:
    if plan.published_at:
        state = badge(_("Published"), "good")
    else:
        state = badge(_("Draft"), "info" if plan.figures else "plain")
    return c.Row(_plan_cells(plan, state), reverse("deployment", args=[plan.id]))


@require_safe
@page
def listing_xlsx(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Give the list of plans as a file, as it is filtered."""
    rows, _name = _found(request, actor, Verb.EXPORT)
    lines = (
        _plan_cells(p, _("Published") if p.published_at else _("Draft")) for p in rows[:MOST_ROWS]
    )
    columns = [column.label for column in _columns()]
    return sheet(actor, _("Deployment plans"), columns, lines, name="deployments")


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
    return acts.show(request, "people/parts/form.html", form, context)


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
        receipts = deploying.keep(actor, task, solution, form.entry)
        if not first_refusal(form, receipts):
            told = _("Planned. Look at it, then publish it.")
            return acts.done(request, receipts[-1], told, request.path)
    sections = []
    if plan.published_at:
        sections.append(Section(_("Who knows of the own shifts"), table=_known(actor, plan)))
    elif leads:
        button = c.Action(_("Plan it"), "solve", icon="check", kind="primary")
        sections.append(
            Section(
                _("Whose members are sent"),
                form=form,
                buttons=[button],
                href=request.path,
                icon="team",
            )
        )
    if plan.figures.get("office_filled") is not None:
        sections.append(Section(_("Next to what an office would do by hand"), _compared(plan)))
    sections.append(Section(_("Places"), _needs_table(request, actor, plan)))
    return show(
        request,
        plan.name,
        over=plan.area.name,
        note=_("%(days)s days from %(first)s") % {"days": plan.days, "first": plan.first_day},
        stats=_figures(plan),
        sections=sections,
        actions=_actions(plan, leads),
        path=[c.Link(_("Deployment plans"), reverse("deployments")), c.Link(plan.name)],
        status=status_of(form),
    )


def _actions(plan: Deployment, leads: bool) -> list[c.Action]:
    people = reverse("deployment_shifts", args=[plan.id])
    if plan.published_at:
        actions = [c.Action(_("People and shifts"), people, icon="team")]
        if leads and plan.pools:
            again = reverse("deployment_replan", args=[plan.id])
            actions.append(c.Action(_("Plan again after drop-outs"), again, icon="refresh"))
        return actions
    if not plan.figures:
        return []
    actions = [c.Action(_("People and shifts"), people, icon="team")]
    if leads:
        href = reverse("deployment_publish", args=[plan.id])
        button = c.Action(
            _("Publish"), href, icon="check", kind="primary", post=True, fields=acts.once()
        )
        actions.append(button)
    return actions


@require_POST
@page
def publish(request: HttpRequest, actor: Actor, deployment_id: UUID) -> HttpResponse:
    """Tell a plan that was looked at to everybody."""
    plan = _plan(actor, deployment_id)
    found(plan if plan.figures else None)
    where = reverse("deployment", args=[plan.id])
    payload = {"deployment_id": str(plan.id)}
    return acts.press(request, actor, "deployment.publish", payload, where, _("Published."))


def _known(actor: Actor, plan: Deployment) -> c.Table:
    """Return how many shifts are acknowledged, not yet, given up."""
    counts = shift_queries.acknowledgement(actor, plan)
    where = reverse("deployment_shifts", args=[plan.id])
    rows = [
        c.Row([words.SHIFT_STATES[state], counts[state]], f"{where}?state={state}")
        for state in ShiftState
    ]
    columns = [c.Column(_("State"), primary=True), c.Column(_("Shifts"), numeric=True)]
    return c.Table(id="known", caption=_("Shifts"), columns=columns, rows=rows)


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
        Stat(
            _("Shifts of one person"),
            f"{f['fewest']}–{f['most']}",
            note=_("spread %s") % f.get("spread", "–"),
        ),
        Stat(_("Most nights of one person"), f.get("most_nights", "–")),
        Stat(_("Wishes kept"), f.get("requests_kept", 0), f.get("requests", 0)),
    ]


def _compared(plan: Deployment) -> c.Table:
    """Return the plan next to the one that fills place after place with whoever is nearest."""
    f = plan.figures
    rows = [
        c.Row([_("Filled"), f["filled"], f["office_filled"]]),
        c.Row([_("Mean travel, minutes"), f["travel_mean"], f["office_travel_mean"]]),
        c.Row(
            [
                _("With a colleague"),
                f"{100 * f['together']:.0f} %",
                f"{100 * f['office_together']:.0f} %",
            ]
        ),
        c.Row(
            [
                _("At the place of the day before"),
                f"{100 * f['continuity']:.0f} %",
                f"{100 * f['office_continuity']:.0f} %",
            ]
        ),
        c.Row([_("Cost in cover and travel"), "1.00", f"{f['office_ratio']:.2f}"]),
    ]
    return c.Table(
        id="compared",
        caption=_("Next to what an office would do by hand"),
        columns=[
            c.Column(_("Figure"), primary=True),
            c.Column(_("This plan"), numeric=True),
            c.Column(_("By hand"), numeric=True),
        ],
        rows=rows,
    )


def _needs_table(request: HttpRequest, actor: Actor, plan: Deployment) -> c.Table:
    only = request.GET.get("open", "") == "yes"
    place = searched(request, _("Place"))
    rows = queries.needs(actor, plan)
    rows = rows.filter(unfilled__gt=0) if only else rows
    rows = rows.filter(place__icontains=place.value) if place.value else rows
    options = [("", _("All")), ("yes", _("Only unfilled"))]
    may_export = actor.may(Verb.EXPORT, plan.area.path)
    return listed(
        request,
        rows,
        ["path", "day", "shift", "id"],
        lambda part: [_need_row(plan, n) for n in part],
        size=50,
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
        filters=[place, c.Filter("open", _("Show"), options, "yes" if only else "")],
        export=reverse("deployment_needs_xlsx", args=[plan.id]) if may_export else "",
        empty_title=_("Nothing is wanted here"),
    )


def _need_cells(need: DeploymentNeed) -> list[Any]:
    shifts = {"day": _("Day"), "night": _("Night")}
    why = words.REASONS.get(need.reason, need.reason) if need.unfilled else ""
    return [
        need.place,
        need.day + 1,
        shifts.get(need.shift, need.shift),
        f"{need.number} {need.skill}".strip(),
        need.unfilled or "",
        why,
    ]


def _need_row(plan: Deployment, need: DeploymentNeed) -> c.Row:
    return c.Row(
        _need_cells(need),
        reverse("deployment_need", args=[plan.id, need.district, need.id]),
        tone="warn" if need.unfilled and plan.figures else "plain",
    )


@require_safe
@page
def needs_xlsx(request: HttpRequest, actor: Actor, deployment_id: UUID) -> HttpResponse:
    """Give what every place wants, what stays unfilled, and why, as a file."""
    plan = _plan(actor, deployment_id)
    names = ["place", "day", "shift", "wanted", "unfilled", "why"]
    labels = [_("Place"), _("Day of the plan"), _("Shift"), _("Wanted"), _("Unfilled"), _("Why")]
    lines = (
        dict(zip(names, map(_plain, _need_cells(n)), strict=True))
        for n in queries.needs(actor, plan)
    )
    heads = list(zip(names, labels, strict=True))
    return workbook(actor, plan.name, heads, lines, area=plan.area, name="deployment")


def _plain(cell: Any) -> Any:
    return cell if isinstance(cell, int) else str(cell)


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
    people = [
        c.Row(
            [
                names.get(r.person_id, "") or "–",
                f"{when(r.starts_at)} – {when(r.ends_at)}",
                badge(words.SHIFT_STATES[ShiftState(r.state)]),
            ],
            reverse("deployment_shift", args=[plan.id, r.district, r.id]),
        )
        for r in rows
    ]
    columns = [c.Column(_("Name"), primary=True), c.Column(_("Time")), c.Column(_("State"))]
    table = c.Table(
        id="people",
        caption=_("Who stands here"),
        columns=columns,
        rows=people,
        empty_title=_("Nobody stands here yet"),
    )
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
        note=words.REASONS.get(one.reason, one.reason) if one.unfilled else "",
        sections=[
            Section(_("Who stands here"), table),
            *([Section(_("Links to the own shifts"), codes=codes)] if codes else []),
        ],
        actions=[feed] if plan.published_at else [],
        path=[c.Link(plan.name, reverse("deployment", args=[plan.id])), c.Link(one.place)],
    )
