"""Standing care, needs, orders written down for a household, and runs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse, problem
from lianfang.kernel.times import local, now
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people import account_queries
from lianfang.people import queries as people
from lianfang.services import care_queries, planning, queries, run_state, runs
from lianfang.services import desk_forms as f
from lianfang.services.door_forms import OrderForm
from lianfang.services.runs import Volunteer
from lianfang.services.views.common import community, form_page, helpers, kind_names, listing
from lianfang.services.views.files import give
from lianfang.web import acts, paging
from lianfang.web import components as c
from lianfang.web.acting import page

if TYPE_CHECKING:
    from lianfang.areas.models import Area
    from lianfang.people.models import Household

NO_SOLVER = problem(
    "run.no_solver",
    gettext_lazy("Planning of runs is not installed on this server."),
    gettext_lazy("Ask the operator to install the extra “runs”; orders can be assigned by hand."),
    status=503,
)
_SHOWN, _TAKEN_OUT = 50, 20_000


def _which(request: HttpRequest) -> str:
    which = request.GET.get("which", "")
    return which if which in ("alarm", "due", "isolated", "unasked") else ""


def _heads() -> list[str]:
    return [_("Door"), _("Last seen"), _("Next visit"), _("In isolation until"), _("Needs")]


def _cells(actor: Actor, area: Area, found: list[Any]) -> list[list[str]]:
    """Return the cells of households under care, as far as the actor's sight goes."""
    needs = care_queries.needs(area.district, [row.household_id for row in found])
    kinds = kind_names(area.district, area.id)
    cells = []
    for row in found:
        home: Any = row.household
        wanted = ", ".join(kinds.get(n.kind, n.kind) for n in needs.get(row.household_id, []))
        if not wanted:
            wanted = "—" if row.asked_at else _("Not asked yet")
        seen = row.last_seen_at
        cells.append(
            [
                home.label if actor.sees(Sight.ADDRESS, home.path) else home.area.name,
                local(seen).strftime("%m-%d %H:%M") if seen else _("Not since it began"),
                local(row.next_visit_at).strftime("%m-%d") if row.next_visit_at else "—",
                str(row.isolated_until or "—"),
                wanted,
            ]
        )
    return cells


@require_safe
@page
def care(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the households under care, the longest unseen first."""
    area = community(request, actor)
    which = _which(request)
    found = care_queries.cared(actor, [area.district], which=which, under=area.path)
    part = paging.page(found, care_queries.CARE_ORDER, request.GET.get("cursor", ""), _SHOWN)
    moment = now()
    rows = [
        c.Row(
            cells,
            reverse("household", args=[row.district, row.household_id]),
            "bad" if row.alarm_at and row.alarm_at <= moment else "plain",
        )
        for row, cells in zip(part.rows, _cells(actor, area, part.rows), strict=True)
    ]
    query = urlencode({"community": str(area.id), "which": which})
    choices: list[tuple[str, Any]] = [("", _("All")), ("alarm", _("Not seen for too long"))]
    choices += [("due", _("A visit is due")), ("isolated", _("In isolation"))]
    choices += [("unasked", _("In isolation, not asked yet"))]
    table = c.Table(
        "care",
        _("Standing care"),
        [c.Column(head, primary=n == 0) for n, head in enumerate(_heads())],
        rows,
        filters=[c.Filter("which", _("Which"), choices, which)],
        action=f"{reverse('services_care')}?community={area.id}",
        export=f"{reverse('services_care_export')}?{query}" if _may_take_out(actor, area) else "",
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        empty_title=_("Nobody here"),
        empty_text=_("Put a household under care from its page."),
    )
    sums = care_queries.isolated(actor, [area.district], area.path)
    note = _("In isolation: %(n)d, not asked yet: %(a)d, with a need nobody answered: %(u)d") % {
        "n": sums.households,
        "a": sums.unasked,
        "u": sums.unanswered,
    }
    return listing(request, actor, area, table, title=_("Standing care"), note=note)


def _may_take_out(actor: Actor, area: Area) -> bool:
    """Tell whether the actor may take the list out: it says who is isolated, and where."""
    return actor.may(Verb.SERVE, area.path) and actor.may(Verb.EXPORT, area.path)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def care_export(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Give the households under care as xlsx, narrowed as the list was; no numbers, no names."""
    area = community(request, actor)
    if not _may_take_out(actor, area):
        raise Refuse(NOT_FOUND)
    which = _which(request)
    found = care_queries.cared(actor, [area.district], which=which, under=area.path)
    sheet = [_heads(), *_cells(actor, area, list(found[:_TAKEN_OUT]))]
    back = f"{reverse('services_care')}?{urlencode({'community': str(area.id), 'which': which})}"
    return give(request, actor, area, "care", {_("Standing care"): sheet}, {"which": which}, back)


def _door(actor: Actor, district: str, household_id: UUID) -> Household:
    home = people.household(actor, district, household_id)
    if home is None:
        raise Refuse(NOT_FOUND)
    return home


@require_http_methods(["GET", "HEAD", "POST"])
@page
def household(
    request: HttpRequest, actor: Actor, district: str, household_id: UUID, act: str
) -> HttpResponse:
    """Look after a household, ask what it needs, look in on it, or order for it."""
    home = _door(actor, district, household_id)
    data = request.POST if request.method == "POST" else None
    row = care_queries.care_of(district, home.id)
    kinds = kind_names(district, home.community_id)
    form: Any
    if act == "care":
        names = ("isolated_until", "every_days", "unseen_days")
        form = f.CareForm(data, initial={n: getattr(row, n) for n in names} if row else {})
        title, command = _("Look after this household"), "care.keep"
    elif act == "needs":
        open_ = care_queries.needs(district, [home.id]).get(home.id, [])
        form = f.NeedsForm(data, initial={"needs": [n.kind for n in open_]})
        title, command = _("What the household needs"), "needs.ask"
    elif act == "look":
        form, title, command = f.LookForm(data), _("Look in on this household"), "care.visit"
    elif act == "order":
        form = OrderForm(data, kinds=list(kinds.items()), moment=now())
        title, command = _("Order for this household"), "order.place"
    else:
        raise Refuse(NOT_FOUND)
    back = reverse("household", args=[district, home.id])
    if data is not None and form.is_valid():
        if act == "order":
            payload = form.payload(home.id)
        elif act == "needs":
            wanted = [{"kind": k} for k in form.cleaned_data["needs"]]
            payload = {"household_id": str(home.id), "needs": wanted}
        else:
            names = tuple(n for n in form.fields if n not in ("entry_id", "mends"))
            content = acts.cleaned(form, names)
            if content.get("isolated_until"):
                content["isolated_until"] = content["isolated_until"].isoformat()
            payload = {"household_id": str(home.id), **content}
        if receipt := acts.send(actor, form, command, payload, district):
            return acts.done(request, receipt, _("It is written down."), back)
    return form_page(request, form, title, back)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def plan(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the runs of a community; plan them anew for the helpers who can go now."""
    area = community(request, actor, Verb.ASSIGN)
    data = request.POST if request.method == "POST" else None
    form = f.PlanForm(data, who=helpers(area))
    where = reverse("services_runs") + f"?community={area.id}"
    if data is not None and form.is_valid():
        if not planning.available():
            raise Refuse(NO_SOLVER)
        moment = now()
        until = moment + timedelta(hours=form.cleaned_data["hours"])
        who = [
            Volunteer(UUID(i), form.cleaned_data["bag"], until)
            for i in form.cleaned_data["helpers"]
        ]
        payload = runs.make(area.district, area.id, who, moment, seconds=5)
        if receipt := acts.send(actor, form, "run.plan", payload, area.district):
            if left := payload["left_out"]:
                messages.warning(request, _("Left out: %(n)d") % {"n": len(left)})
            words = _("Planned: %(n)d orders") % {"n": receipt.result.get("carried", 0)}
            return acts.done(request, receipt, words, where)
    found = list(run_state.open_runs(area.district, area.id)[:60])
    stops = run_state.stops(area.district, [r.id for r in found])
    names = account_queries.names(r.helper for r in found)
    shops = {s.id: s.name for s in queries.shops(area.district, area.id, all_=True)}
    ids = [i for rows in stops.values() for i in run_state.orders_of(rows)]
    doors = queries.by_ids(area.district, ids)
    rows = []
    for run in found:
        steps = []
        for stop in stops[run.id]:
            here = [doors[UUID(i)] for i in stop.orders if UUID(i) in doors]
            place = (
                shops.get(stop.shop_id, "")
                if stop.shop_id
                else (queries.shown(actor, here[0]).door if here else "")
            )
            steps.append(f"{place} ({len(stop.orders)})")
        rows.append(c.Row([names.get(run.helper, "—"), " → ".join(steps), run.metres]))
    table = c.Table(
        "runs",
        _("Runs"),
        [
            c.Column(_("Helper"), primary=True),
            c.Column(_("Stops")),
            c.Column(_("Metres"), numeric=True),
        ],
        rows,
        empty_title=_("No runs yet"),
        empty_text=_("Choose who can go now, and plan."),
    )
    if form.errors:
        return form_page(request, form, _("Plan runs"), where)
    return listing(
        request,
        actor,
        area,
        table,
        title=_("Runs"),
        form=form,
        note=_("Orders that wait for somebody: %(n)d")
        % {"n": run_state.plannable(area.district, area.id).count()},
    )
