"""Whistles at the desk: the list, a new one, its page with what each side can do, the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.verbs import Verb
from lianfang.mobilising import whistle_queries as queries
from lianfang.mobilising import words
from lianfang.mobilising.forms import CloseForm, DepartmentForm, TextForm, WhistleForm
from lianfang.mobilising.queries import organisation_names
from lianfang.mobilising.rules import DepartmentState, Urgency, WhistleState
from lianfang.mobilising.views.common import (
    Section,
    Stat,
    area_choices,
    badge,
    district_of,
    filtered,
    show,
    status_of,
    units,
    want,
    when,
)
from lianfang.people import account_queries
from lianfang.web import acts, paging
from lianfang.web import components as c
from lianfang.web.acting import found, page

if TYPE_CHECKING:
    from lianfang.mobilising.models import Whistle, WhistleDepartment

    Called = list[tuple[WhistleDepartment, str]]

_TONES: dict[str, c.Tone] = {
    WhistleState.OPEN: "warn",
    WhistleState.HANDLED: "info",
    WhistleState.CLOSED: "good",
    DepartmentState.CALLED: "warn",
    DepartmentState.REPORTED: "good",
    DepartmentState.REFUSED: "bad",
}


@require_safe
@page
def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the matters in the actor's scope."""
    want(actor, Verb.READ)
    text = request.GET.get("q", "").strip()[:60]
    state = filtered(request.GET.get("state", ""), WhistleState)
    rows = queries.whistles(actor)
    if text:
        rows = rows.filter(title__icontains=text)
    if state:
        rows = rows.filter(state=state)
    part = paging.page(rows, ["-raised_at", "id"], request.GET.get("cursor", ""), size=25)
    places = area_queries.labels(r.area_id for r in part.rows)
    table = c.Table(
        id="whistles",
        caption=_("Whistles"),
        columns=[
            c.Column(_("Matter"), primary=True),
            c.Column(_("Kind")),
            c.Column(_("Raised by")),
            c.Column(_("When")),
            c.Column(_("Report in by")),
            c.Column(_("State")),
        ],
        rows=[
            c.Row(
                [
                    r.title,
                    words.MATTERS.get(r.kind, r.kind),
                    places.get(r.area_id, ""),
                    when(r.raised_at),
                    when(r.report_by),
                    badge(words.WHISTLE_STATES[WhistleState(r.state)], _TONES[r.state]),
                ],
                reverse("whistle", args=[r.district, r.id]),
            )
            for r in part.rows
        ],
        filters=[
            c.Filter("q", _("Matter"), value=text),
            c.Filter("state", _("State"), [("", _("All")), *words.WHISTLE_STATES.items()], state),
        ],
        action=request.path,
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        empty_title=_("No matters"),
        empty_text=_("Whistle when a street or community can't solve something alone."),
    )
    actions = [c.Action(_("How departments answer"), reverse("whistle_figures"), icon="chart")]
    if actor.may_somewhere(Verb.WHISTLE):
        blow = c.Action(_("Whistle"), reverse("whistle_new"), icon="bell", kind="primary")
        actions.append(blow)
    return show(request, _("Whistles"), sections=[Section("", table)], actions=actions)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Raise a matter."""
    want(actor, Verb.WHISTLE)
    form = WhistleForm(
        request.POST if request.method == "POST" else None,
        areas=area_choices(actor, Verb.WHISTLE),
        units=units(actor),
    )
    if request.method == "POST" and form.is_valid():
        whistle_id = form.child("whistle")
        names = ["area_id", "kind", "title", "text", "place", "urgency", "departments"]
        payload = {"whistle_id": whistle_id, **acts.cleaned(form, names)}
        district = district_of(actor, form.cleaned_data["area_id"])
        receipt = acts.send(actor, form, "whistle.raise", payload, district)
        if receipt is not None:
            where = reverse("whistle", args=[district, whistle_id])
            return acts.done(request, receipt, _("The departments are called."), where)
    context = {"title": _("Whistle"), "submit": _("Whistle"), "back": reverse("whistles")}
    return acts.show(request, "mobilising/form.html", form, context)


_COMMANDS = {
    "report": "whistle.report",
    "refuse": "whistle.refuse",
    "log": "whistle.log",
    "handle": "whistle.handle",
    "close": "whistle.close",
    "reopen": "whistle.reopen",
}


@require_http_methods(["GET", "HEAD", "POST"])
@page
def detail(request: HttpRequest, actor: Actor, district: str, whistle_id: UUID) -> HttpResponse:
    """Show a matter: its departments, its log, and what the reader can do."""
    row = queries.whistle(actor, district, whistle_id)
    found(row)
    assert row is not None
    act = filtered(request.POST.get("act", ""), _COMMANDS)
    called = queries.whistle_departments(row)
    names = [(str(d.organisation_id), name) for d, name in called]
    data = request.POST if request.method == "POST" else None
    department = DepartmentForm(data if act in ("report", "refuse") else None, units=names)
    note = TextForm(data if act in ("log", "handle", "reopen") else None)
    closing = CloseForm(data if act == "close" else None)
    form = {"report": department, "refuse": department, "close": closing}.get(act, note)
    if act and form.is_valid():
        fields = ["text"]
        if form is department:
            fields = ["organisation_id", "by"] if act == "report" else ["organisation_id", "why"]
        elif form is closing:
            fields = ["text", "mark"]
        payload = {"whistle_id": str(row.id), **acts.cleaned(form, fields)}
        receipt = acts.send(actor, form, _COMMANDS[act], payload, district)
        if receipt is not None:
            return acts.done(request, receipt, _("Noted."), request.path)
    sections = [Section(_("Departments"), _departments_table(called))]
    sections += _forms(request, actor, row, department, note, closing)
    sections.append(Section(_("Log"), moments=_moments(row)))
    return show(
        request,
        row.title,
        over=words.MATTERS.get(row.kind, row.kind),
        note=f"{words.WHISTLE_STATES[WhistleState(row.state)]} · "
        f"{words.URGENCIES[Urgency(row.urgency)]} · {row.place}".rstrip(" ·"),
        sections=sections,
        stats=_stats(row, called),
        status=status_of(form),
        path=[c.Link(_("Whistles"), reverse("whistles")), c.Link(row.title)],
    )


def _stats(row: Whistle, called: Called) -> list[Stat]:
    lines = [d for d, _name in called]
    came = sum(d.state == DepartmentState.REPORTED for d in lines)
    refused = sum(d.state == DepartmentState.REFUSED for d in lines)
    return [
        Stat(_("Reported in"), came, len(lines)),
        Stat(_("Refused to come"), refused, tone="bad" if refused else "plain"),
        Stat(_("Reopened"), row.reopened),
        Stat(_("Mark"), row.mark or "–"),
    ]


def _departments_table(called: Called) -> c.Table:
    rows = []
    for line, name in called:
        state = words.DEPARTMENT_STATES[DepartmentState(line.state)]
        late = line.in_time is False and line.state == DepartmentState.REPORTED
        rows.append(
            c.Row(
                [
                    name,
                    badge(state, _TONES[line.state]),
                    when(line.answered_at) + (f" ({_('late')})" if late else ""),
                    line.by,
                    line.why,
                ]
            )
        )
    return c.Table(
        id="departments",
        caption=_("Departments"),
        columns=[
            c.Column(_("Department"), primary=True),
            c.Column(_("State")),
            c.Column(_("When")),
            c.Column(_("Who came")),
            c.Column(_("Reason for refusing")),
        ],
        rows=rows,
    )


def _forms(
    request: HttpRequest,
    actor: Actor,
    row: Whistle,
    department: DepartmentForm,
    note: TextForm,
    closing: CloseForm,
) -> list[Section]:
    """Return the forms that fit the state: departments answer, the raiser closes or reopens."""
    where, sections = request.path, []
    raises = actor.may(Verb.WHISTLE, row.path)
    if row.state != WhistleState.CLOSED:
        buttons = [
            c.Action(_("Reports in"), "report", icon="check", kind="primary"),
            c.Action(_("Does not come"), "refuse", icon="refused"),
        ]
        sections.append(
            Section(_("A department answers"), form=department, buttons=buttons, href=where)
        )
    buttons = [c.Action(_("Add to the log"), "log", icon="edit")]
    if row.state == WhistleState.OPEN:
        buttons.append(c.Action(_("It is handled"), "handle", icon="check"))
    if raises and row.state != WhistleState.OPEN:
        buttons.append(c.Action(_("Reopen"), "reopen", icon="undo"))
    sections.append(Section(_("Say something"), form=note, buttons=buttons, href=where))
    if raises and row.state != WhistleState.CLOSED:
        button = c.Action(_("Close the matter"), "close", icon="lock", kind="primary")
        sections.append(Section(_("The raiser closes"), form=closing, buttons=[button], href=where))
    return sections


def _moments(row: Whistle) -> list[c.Moment]:
    steps = queries.whistle_steps(row)
    who = account_queries.names(s.actor for s in steps)
    units_ = organisation_names(s.organisation_id for s in steps if s.organisation_id)
    return [
        c.Moment(
            s.at,
            words.STEPS.get(s.action, s.action),
            who.get(s.actor, ""),
            " · ".join(x for x in (units_.get(s.organisation_id, ""), s.text) if x)
            if s.organisation_id
            else s.text,
            tone="bad" if s.action == "refuse" else "plain",
        )
        for s in steps
    ]


@require_safe
@page
def figures(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show how departments answer: derived from the records, never typed."""
    want(actor, Verb.READ)
    rows = [
        c.Row(
            [
                f.name,
                f.called,
                f"{f.in_time}/{f.reported}",
                f.refused,
                f.open,
                f.solved,
                f.reopened,
                f"{f.mark:.1f}" if f.mark is not None else "–",
            ]
        )
        for f in queries.department_figures(actor)
    ]
    table = c.Table(
        id="figures",
        caption=_("How departments answer"),
        columns=[
            c.Column(_("Department"), primary=True),
            c.Column(_("Called"), numeric=True),
            c.Column(_("In time / reported in"), numeric=True),
            c.Column(_("Refused to come"), numeric=True),
            c.Column(_("Has not come yet"), numeric=True),
            c.Column(_("Solved"), numeric=True),
            c.Column(_("Reopened"), numeric=True),
            c.Column(_("Mark"), numeric=True),
        ],
        rows=rows,
        empty_title=_("No matters"),
    )
    path = [c.Link(_("Whistles"), reverse("whistles")), c.Link(_("How departments answer"))]
    sections = [Section("", table)]
    return show(request, _("How departments answer"), sections=sections, path=path)
