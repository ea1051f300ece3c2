"""Whistles at the desk: the list, a new one, its page with what each side can do, the figures."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.ids import derive_id
from lianfang.kernel.problems import Refuse
from lianfang.kernel.scope import within
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb
from lianfang.mobilising import whistle_queries as queries
from lianfang.mobilising import words
from lianfang.mobilising.forms import CloseForm, DepartmentForm, LogForm, WhistleForm
from lianfang.mobilising.queries import organisation_names
from lianfang.mobilising.rules import DepartmentState, Urgency, WhistleState
from lianfang.people import account_queries
from lianfang.people.pages import (
    MOST_ROWS,
    Section,
    Stat,
    area_choices,
    badge,
    chosen,
    district_of,
    filtered,
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
from lianfang.web import acts, photos
from lianfang.web import components as c
from lianfang.web.acting import found, page

if TYPE_CHECKING:
    from django.db.models import QuerySet

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
    rows, filters = _found(request, actor)

    def lines(part: list[Whistle]) -> list[c.Row]:
        places = area_queries.labels(r.area_id for r in part)
        return [_row(r, places.get(r.area_id, "")) for r in part]

    table = listed(
        request,
        rows,
        ["-raised_at", "id"],
        lines,
        id="whistles",
        caption=_("Whistles"),
        columns=_columns(),
        filters=filters,
        export=sheet_link(request, actor, "whistles_xlsx"),
        empty_title=_("No matters"),
        empty_text=_("Whistle when a street or community can't solve something alone."),
    )
    actions = [c.Action(_("How departments answer"), reverse("whistle_figures"), icon="chart")]
    if actor.may_somewhere(Verb.WHISTLE):
        blow = c.Action(_("Whistle"), reverse("whistle_new"), icon="bell", kind="primary")
        actions.append(blow)
    return show(request, _("Whistles"), sections=[Section("", table)], actions=actions)


def _found(request: HttpRequest, actor: Actor) -> tuple[QuerySet[Whistle], list[c.Filter]]:
    title = searched(request, _("Matter"))
    state = chosen(request, _("State"), words.WHISTLE_STATES)
    rows = queries.whistles(actor)
    rows = rows.filter(title__icontains=title.value) if title.value else rows
    return (rows.filter(state=state.value) if state.value else rows), [title, state]


def _columns() -> list[c.Column]:
    return [
        c.Column(_("Matter"), primary=True),
        c.Column(_("Kind")),
        c.Column(_("Raised by")),
        c.Column(_("When")),
        c.Column(_("Report in by")),
        c.Column(_("State")),
    ]


def _of(row: Whistle, place: str, state: object) -> list[object]:
    kind = words.MATTERS.get(row.kind, row.kind)
    return [row.title, kind, place, when(row.raised_at), when(row.report_by), state]


def _row(row: Whistle, place: str) -> c.Row:
    state = badge(words.WHISTLE_STATES[WhistleState(row.state)], _TONES[row.state])
    return c.Row(_of(row, place, state), reverse("whistle", args=[row.district, row.id]))


@require_safe
@page
def listing_xlsx(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Give the list of matters as a file, as it is filtered."""
    found_, _filters = _found(request, actor)
    rows = list(found_.filter(within(actor.paths(Verb.EXPORT), "path"))[:MOST_ROWS])
    places = area_queries.labels(r.area_id for r in rows)
    lines = (
        _of(r, places.get(r.area_id, ""), words.WHISTLE_STATES[WhistleState(r.state)]) for r in rows
    )
    columns = [column.label for column in _columns()]
    return sheet(actor, _("Whistles"), columns, lines, name="whistles")


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
    return acts.show(request, "people/parts/form.html", form, context)


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
    said = act in ("log", "handle", "reopen")
    note = LogForm(data if said else None, request.FILES if said else None, units=names)
    closing = CloseForm(data if act == "close" else None)
    form = {"report": department, "refuse": department, "close": closing}.get(act, note)
    if act and form.is_valid():
        try:
            payload = _payload(row, act, form)
        except Refuse as refuse:
            form.refuse(refuse.refusal)
        else:
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


def _payload(row: Whistle, act: str, form: acts.CommandForm) -> dict[str, Any]:
    """Return the payload of an act; a photo is kept first. Raises Refuse for what is no photo."""
    fields = {
        "report": ["organisation_id", "by"],
        "refuse": ["organisation_id", "why"],
        "close": ["text", "mark"],
        "log": ["text", "organisation_id"],
    }.get(act, ["text"])
    payload = {"whistle_id": str(row.id), **acts.cleaned(form, fields)}
    if photo := form.cleaned_data.get("photo"):
        kept = photos.store(
            row.district, row.id, derive_id(form.entry, "photo"), photo.read(photos.MOST + 1)
        )
        payload["photo_id"] = str(kept)
    return payload


@require_safe
@page
def photo(
    request: HttpRequest, actor: Actor, district: str, whistle_id: UUID, photo_id: UUID
) -> HttpResponse:
    """Show a photo of a matter's log to whoever may read the matter."""
    row = queries.whistle(actor, district, whistle_id)
    known = row and any(s.photo_id == photo_id for s in queries.whistle_steps(row))
    kept = photos.read(district, whistle_id, photo_id) if known else None
    found(kept)
    assert kept is not None
    return HttpResponse(kept[0], content_type=kept[1])


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
    note: LogForm,
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
            icon="file" if s.photo_id else "check",
            tone="bad" if s.action == "refuse" else "plain",
            href=reverse("whistle_photo", args=[row.district, row.id, s.photo_id])
            if s.photo_id
            else "",
        )
        for s in steps
    ]


@require_safe
@page
def figures(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show how departments answer: derived from the records, never typed."""
    want(actor, Verb.READ)
    period = _period(request)
    rows = [c.Row(list(_cells(f))) for f in queries.department_figures(actor, _since(period.value))]
    export = f"{reverse('whistle_figures_xlsx')}?{request.GET.urlencode()}"
    table = c.Table(
        id="figures",
        caption=_("How departments answer"),
        columns=[
            c.Column(label, primary=not n, numeric=bool(n)) for n, label in enumerate(_heads())
        ],
        rows=rows,
        filters=[period],
        action=request.path,
        export=export if actor.may_somewhere(Verb.EXPORT) else "",
        empty_title=_("No matters"),
    )
    path = [c.Link(_("Whistles"), reverse("whistles")), c.Link(_("How departments answer"))]
    sections = [Section("", table)]
    return show(request, _("How departments answer"), sections=sections, path=path)


def _period(request: HttpRequest) -> c.Filter:
    spans = {"7": _("The last 7 days"), "30": _("The last 30 days")}
    return chosen(request, _("Time"), spans, "days")


def _since(days: str) -> datetime | None:
    return now() - timedelta(days=int(days)) if days else None


def _heads() -> list[str]:
    return [
        _("Department"),
        _("Called"),
        _("Reported in"),
        _("Reported in in time"),
        _("Refused to come"),
        _("Has not come yet"),
        _("Solved"),
        _("Reopened"),
        _("Mark"),
    ]


def _cells(one: queries.DepartmentFigures) -> tuple[object, ...]:
    mark = f"{one.mark:.1f}" if one.mark is not None else "–"
    return (
        one.name,
        one.called,
        one.reported,
        one.in_time,
        one.refused,
        one.open,
        one.solved,
        one.reopened,
        mark,
    )


@require_safe
@page
def figures_xlsx(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Give how departments answer as a file."""
    want(actor, Verb.EXPORT)
    area = area_queries.roots(actor).first()
    found(area)
    assert area is not None
    heads = [(str(n), label) for n, label in enumerate(_heads())]
    lines = (
        {str(n): cell for n, cell in enumerate(_cells(f))}
        for f in queries.department_figures(actor, _since(_period(request).value))
    )
    title = _("How departments answer")
    return workbook(actor, title, heads, lines, area=area, name="departments")
