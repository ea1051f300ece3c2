"""Shifts of a plan at the desk: who knows of them, substitutes, swaps, planning again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.kernel.actors import Actor
from lianfang.kernel.verbs import Verb
from lianfang.mobilising import deploying, shift_queries, words
from lianfang.mobilising import deployment_queries as queries
from lianfang.mobilising.forms import GiveUpForm, ReplanForm, SubstituteForm, SwapForm
from lianfang.mobilising.queries import names_of
from lianfang.mobilising.rules import ShiftState
from lianfang.people.pages import (
    Section,
    Stat,
    badge,
    chosen,
    first_refusal,
    listed,
    searched,
    show,
    status_of,
    want,
    when,
    workbook,
)
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.acting import found, page

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from lianfang.mobilising.models import Deployment, DeploymentNeed, PlannedShift

_TONES: dict[str, c.Tone] = {
    ShiftState.PLANNED: "warn",
    ShiftState.ACKNOWLEDGED: "good",
    ShiftState.DROPPED: "bad",
}


def _plan(actor: Actor, deployment_id: UUID) -> Deployment:
    plan = queries.deployment(actor, deployment_id)
    found(plan)
    assert plan is not None
    return plan


def _span(row: PlannedShift) -> str:
    return f"{when(row.starts_at)} – {when(row.ends_at)}"


def _filtered(
    request: HttpRequest, actor: Actor, plan: Deployment
) -> tuple[QuerySet[PlannedShift], list[c.Filter]]:
    place = searched(request, _("Place"))
    state = chosen(request, _("State"), words.SHIFT_STATES)
    rows = shift_queries.shifts(actor, plan)
    rows = rows.filter(place__icontains=place.value) if place.value else rows
    rows = rows.filter(state=state.value) if state.value else rows
    return rows, [place, state]


@require_safe
@page
def shifts(request: HttpRequest, actor: Actor, deployment_id: UUID) -> HttpResponse:
    """List a plan's shifts with who has them and whether they know."""
    plan = _plan(actor, deployment_id)
    rows, filters = _filtered(request, actor, plan)
    where = reverse("deployment_shifts_xlsx", args=[plan.id])

    def lines(part: list[PlannedShift]) -> list[c.Row]:
        names = names_of(actor, ((r.person_district, r.person_id) for r in part))
        return [
            c.Row(
                [
                    names.get(r.person_id, "") or "–",
                    r.place,
                    _span(r),
                    badge(words.SHIFT_STATES[ShiftState(r.state)], _TONES[r.state]),
                    r.why,
                ],
                reverse("deployment_shift", args=[plan.id, r.district, r.id]),
            )
            for r in part
        ]

    table = listed(
        request,
        rows,
        ["starts_at", "id"],
        lines,
        size=50,
        id="shifts",
        caption=_("Shifts"),
        columns=[
            c.Column(_("Name"), primary=True),
            c.Column(_("Place")),
            c.Column(_("Time")),
            c.Column(_("State")),
            c.Column(_("Reason")),
        ],
        filters=filters,
        export=f"{where}?{request.GET.urlencode()}"
        if actor.may(Verb.EXPORT, plan.area.path)
        else "",
        empty_title=_("No shifts"),
    )
    counts = shift_queries.acknowledgement(actor, plan)
    stats = [
        Stat(words.SHIFT_STATES[state], counts[state], href=f"{request.path}?state={state}")
        for state in ShiftState
    ]
    return show(
        request,
        _("People and shifts"),
        over=plan.name,
        stats=stats,
        sections=[Section("", table)],
        path=[c.Link(plan.name, reverse("deployment", args=[plan.id])), c.Link(_("Shifts"))],
    )


@require_safe
@page
def shifts_xlsx(request: HttpRequest, actor: Actor, deployment_id: UUID) -> HttpResponse:
    """Give the list of shifts as a file, with the names that the actor may see."""
    plan = _plan(actor, deployment_id)
    rows = list(_filtered(request, actor, plan)[0][:50_000])
    names: dict[UUID, str] = {}
    for start in range(0, len(rows), 500):
        part = rows[start : start + 500]
        names |= names_of(actor, ((r.person_district, r.person_id) for r in part))
    heads = [
        ("name", _("Name")),
        ("place", _("Place")),
        ("from", _("From")),
        ("to", _("To")),
        ("state", _("State")),
        ("why", _("Reason")),
    ]
    lines = (
        {
            "name": names.get(r.person_id, ""),
            "place": r.place,
            "from": when(r.starts_at),
            "to": when(r.ends_at),
            "state": str(words.SHIFT_STATES[ShiftState(r.state)]),
            "why": r.why,
        }
        for r in rows
    )
    return workbook(actor, plan.name, heads, lines, area=plan.area, name="shifts")


def _substitute_form(actor: Actor, plan: Deployment, row: PlannedShift, data: Any) -> Any:
    proposed = shift_queries.substitutes(plan, row)
    keys = [(p.district, p.person_id) for p in proposed]
    names = names_of(actor, keys)
    units = shift_queries.unit_names(keys, plan.pools)
    labels = []
    for one in proposed:
        about = [
            names.get(one.person_id, "") or "–",
            units.get(one.person_id, ""),
            _("%(n)s min of travel") % {"n": one.minutes},
            _("%(n)s shifts near it") % {"n": one.shifts},
            _("knows the place") if one.here else "",
        ]
        labels.append((f"{one.district}:{one.person_id}", " · ".join(a for a in about if a)))
    return SubstituteForm(data, people=labels)


def _swap_form(actor: Actor, plan: Deployment, row: PlannedShift, data: Any) -> Any:
    found_ = shift_queries.swaps(plan, row)
    names = names_of(actor, ((r.person_district, r.person_id) for r in found_))
    labels = [
        (str(r.id), f"{names.get(r.person_id, '') or '–'} · {_span(r)} · {r.place}") for r in found_
    ]
    return SwapForm(data, shifts=labels)


_LABELS = {"substitute": "shift.substitute", "swap": "shift.swap", "drop": "shift.drop"}


@require_http_methods(["GET", "HEAD", "POST"])
@page
def shift(
    request: HttpRequest, actor: Actor, deployment_id: UUID, district: str, shift_id: UUID
) -> HttpResponse:
    """Show a shift; acknowledge it for somebody, give it up, find a substitute, swap it."""
    plan = _plan(actor, deployment_id)
    row = shift_queries.shift(actor, plan, district, shift_id)
    found(row)
    assert row is not None
    act = request.POST.get("act", "")
    data = request.POST if request.method == "POST" else None
    live = row.state != ShiftState.DROPPED
    forms: dict[str, acts.CommandForm] = {}
    if actor.may(Verb.ASSIGN, row.path):
        forms["substitute"] = _substitute_form(
            actor, plan, row, data if act == "substitute" else None
        )
        if live:
            forms["swap"] = _swap_form(actor, plan, row, data if act == "swap" else None)
    if live and actor.may(Verb.WORK, row.path):
        forms["drop"] = GiveUpForm(data if act == "drop" else None)
    form = forms.get(act)
    if form is not None and form.is_valid():
        receipt = acts.send(actor, form, _LABELS[act], _payload(row, act, form), district)
        if receipt is not None:
            where = reverse("deployment_need", args=[plan.id, district, row.need_id])
            return acts.done(request, receipt, _("Noted."), where)
    if act == "acknowledge":
        payload = {"shift_id": str(row.id)}
        return acts.press(
            request, actor, "shift.acknowledge", payload, request.path, _("Noted."), district
        )
    name = names_of(actor, [(row.person_district, row.person_id)]).get(row.person_id, "") or "–"
    return show(
        request,
        name,
        over=plan.name,
        note=f"{row.place} · {_span(row)} · {words.SHIFT_STATES[ShiftState(row.state)]}"
        + (f" · {row.why}" if row.why else ""),
        sections=_shift_sections(request, forms),
        actions=_shift_actions(request, actor, plan, row),
        status=status_of(form) if form is not None else 200,
        path=[
            c.Link(plan.name, reverse("deployment", args=[plan.id])),
            c.Link(row.place, reverse("deployment_need", args=[plan.id, district, row.need_id])),
            c.Link(name),
        ],
    )


def _payload(row: PlannedShift, act: str, form: acts.CommandForm) -> dict[str, Any]:
    data, payload = form.cleaned_data, {"shift_id": str(row.id)}
    if act == "substitute":
        home, _colon, person_id = data["by"].partition(":")
        payload |= {"person_district": home, "person_id": person_id}
    if act == "swap":
        return payload | {"other_id": data["other_id"]}
    return payload | ({"why": data["why"]} if data["why"] else {})


def _shift_sections(request: HttpRequest, forms: dict[str, acts.CommandForm]) -> list[Section]:
    titles = {
        "substitute": (_("Find a substitute"), _("Takes the shift"), "check"),
        "swap": (_("Swap with somebody"), _("Swap"), "refresh"),
        "drop": (_("Give the shift up"), _("Give it up"), "undo"),
    }
    sections = []
    for name, form in forms.items():
        title, label, icon = titles[name]
        field: Any = next(iter(form.visible_fields())).field
        if name != "drop" and not field.choices:
            told = _("Nobody fits: rest, days in a row, shifts and skill leave no one.")
            sections.append(Section(title, text=told, icon="team"))
        else:
            button = c.Action(label, name, icon=icon, kind="primary")
            sections.append(Section(title, form=form, buttons=[button], href=request.path))
    return sections


def _shift_actions(
    request: HttpRequest, actor: Actor, plan: Deployment, row: PlannedShift
) -> list[c.Action]:
    actions = []
    if row.state == ShiftState.PLANNED and plan.published_at and actor.may(Verb.WORK, row.path):
        fields = (*acts.once(), ("act", "acknowledge"))
        label = _("Has told that it is known")
        actions.append(c.Action(label, request.path, icon="check", post=True, fields=fields))
    if plan.published_at and plan.pools and actor.may(Verb.CALL_UP, plan.area.path):
        where = reverse("deployment_replan", args=[plan.id])
        href = f"{where}?gone={row.person_district}:{row.person_id}&q={row.place}"
        actions.append(c.Action(_("Falls out altogether: plan again"), href, icon="refresh"))
    return actions


@require_http_methods(["GET", "HEAD", "POST"])
@page
def replan(request: HttpRequest, actor: Actor, deployment_id: UUID) -> HttpResponse:
    """Plan again after drop-outs: first the fewest changes are shown, then they are made."""
    plan = _plan(actor, deployment_id)
    want(actor, Verb.CALL_UP)
    found(plan if plan.published_at and actor.may(Verb.CALL_UP, plan.area.path) else None)
    place = searched(request, _("Place"))
    people = _people(actor, plan, place.value)
    form = ReplanForm(request.POST if request.method == "POST" else None, people=people)
    if not form.is_bound:
        form.initial["gone"] = request.GET.getlist("gone")
    sections, note = [], ""
    buttons = [c.Action(_("Show the changes"), "look", icon="refresh", kind="primary")]
    if request.method == "POST" and form.is_valid():
        task = deploying.task(plan, [UUID(str(u)) for u in plan.pools])
        proposal = deploying.propose(task, [(key, None) for key in form.people()])
        same = form.cleaned_data["digest"] == proposal.digest
        if request.POST.get("act") == "apply" and same and proposal.changes:
            receipts = deploying.apply(actor, proposal, form.entry)
            if not first_refusal(form, receipts):
                told = _("The changes are made; who is concerned sees them.")
                return acts.done(request, receipts[-1], told, reverse("deployment", args=[plan.id]))
        elif request.POST.get("act") == "apply":
            note = _("Something has changed meanwhile. Look again.")
        form.data = form.data.copy()  # type: ignore[attr-defined]
        form.data["digest"] = proposal.digest  # type: ignore[index]
        sections.append(Section(_("Changes"), _changes(actor, proposal)))
        if proposal.changes:
            buttons.append(c.Action(_("Make these changes"), "apply", icon="check"))
    href = f"{request.path}?{request.GET.urlencode()}"
    sections.insert(
        0, Section(_("Who falls out"), form=form, buttons=buttons, href=href, icon="team")
    )
    counts = shift_queries.acknowledgement(actor, plan)
    return show(
        request,
        _("Plan again after drop-outs"),
        over=plan.name,
        note=note,
        stats=[
            Stat(words.SHIFT_STATES[ShiftState.DROPPED], counts[ShiftState.DROPPED]),
            Stat(_("Unfilled"), queries.unfilled(actor, plan)),
        ],
        sections=sections,
        path=[c.Link(plan.name, reverse("deployment", args=[plan.id])), c.Link(_("Plan again"))],
        status=status_of(form),
    )


def _people(actor: Actor, plan: Deployment, place: str) -> list[tuple[str, str]]:
    """Return the people of the plan (at a place) to choose from, by name."""
    rows = shift_queries.shifts(actor, plan).exclude(state=ShiftState.DROPPED)
    rows = rows.filter(place__icontains=place) if place else rows
    keys = dict.fromkeys((r.person_district, r.person_id) for r in rows[:3_000])
    listed_ = list(keys)[:300]
    names, offices = names_of(actor, listed_), shift_queries.unit_names(listed_, plan.pools)
    labels = []
    for district, person in listed_:
        # Who may not see names still tells people apart.
        name = names.get(person, "") or str(person)[-6:]
        labels.append((f"{district}:{person}", f"{name} · {offices.get(person, '')}".rstrip(" ·")))
    return sorted(labels, key=lambda one: one[1])


def _changes(actor: Actor, proposal: deploying.Proposal) -> c.Table:
    """Return who is new at a place and who leaves one, with what stays unfilled."""
    task, change = proposal.task, proposal.change
    keys = {task.people[a.person] for a in (*change.added, *change.removed)}
    names = names_of(actor, keys)
    rows: list[tuple[tuple[int, str, str], str, object]] = []

    def add(need: DeploymentNeed, what: object, who: object) -> None:
        rows.append(((need.day, need.place, need.shift), who or "–", what))  # type: ignore[arg-type]

    for one in change.removed:
        add(task.needs[one.need], badge(_("leaves"), "warn"), names.get(task.people[one.person][1]))
    for one in change.added:
        add(task.needs[one.need], badge(_("comes"), "good"), names.get(task.people[one.person][1]))
    for gap in change.plan.unfilled:
        why = str(words.REASONS.get(gap.reason, gap.reason))
        add(task.needs[gap.need], badge(_("unfilled"), "bad"), why)
    rows.sort(key=lambda r: r[0])
    shifts_ = {"day": _("Day"), "night": _("Night")}
    return c.Table(
        id="changes",
        caption=_("Changes"),
        columns=[
            c.Column(_("Place"), primary=True),
            c.Column(_("Day of the plan"), numeric=True),
            c.Column(_("Shift")),
            c.Column(_("Comes or leaves")),
            c.Column(_("Who")),
        ],
        rows=[
            c.Row([place, day + 1, shifts_.get(shift_, shift_), what, who])
            for (day, place, shift_), who, what in rows
        ],
        empty_title=_("No changes are needed"),
    )
