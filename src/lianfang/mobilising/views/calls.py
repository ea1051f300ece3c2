"""Calls at the desk: the list, a new one, its page, its output, its poster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.scope import within
from lianfang.kernel.verbs import Sight, Verb
from lianfang.mobilising import links, queries, words
from lianfang.mobilising.forms import CallForm, CountForm, ShareForm
from lianfang.mobilising.rules import CallState, SignUpState
from lianfang.people.pages import (
    MOST_ROWS,
    Section,
    Stat,
    absolute,
    area_choices,
    badge,
    chosen,
    district_of,
    listed,
    searched,
    sheet,
    sheet_link,
    show,
    status_of,
    want,
    when,
)
from lianfang.people.rules import mask_name, mask_phone
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.acting import found, page

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from lianfang.mobilising.models import Call, CallGroup, SignUp

_TONES: dict[str, c.Tone] = {
    SignUpState.PRESENT: "good",
    SignUpState.SERVED: "good",
    SignUpState.WAITING: "warn",
    SignUpState.NO_SHOW: "bad",
}


@require_safe
@page
def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the calls in the actor's scope."""
    want(actor, Verb.READ)
    rows, filters = _found(request, actor)

    def lines(part: list[Call]) -> list[c.Row]:
        places = area_queries.labels(r.area_id for r in part)
        return [_call_row(r, places.get(r.area_id, "")) for r in part]

    table = listed(
        request,
        rows,
        ["-opened_at", "id"],
        lines,
        id="calls",
        caption=_("Calls"),
        columns=_columns(),
        filters=filters,
        export=sheet_link(request, actor, "calls_xlsx"),
        empty_title=_("No calls yet"),
        empty_text=_("Call for helpers, and share the link in the group chat."),
    )
    actions = []
    if actor.may_somewhere(Verb.CALL_UP):
        new = reverse("call_new")
        actions.append(c.Action(_("Call for helpers"), new, icon="plus", kind="primary"))
    sections = [Section(_("Calls"), table)]
    return show(request, _("Calls"), sections=sections, actions=actions)


def _found(request: HttpRequest, actor: Actor) -> tuple[QuerySet[Call], list[c.Filter]]:
    name = searched(request, _("Call"))
    state = chosen(request, _("State"), words.CALL_STATES)
    rows = queries.calls(actor)
    rows = rows.filter(name__icontains=name.value) if name.value else rows
    return (rows.filter(state=state.value) if state.value else rows), [name, state]


def _columns() -> list[c.Column]:
    return [
        c.Column(_("Call"), primary=True),
        c.Column(_("Where")),
        c.Column(_("Opened")),
        c.Column(_("State")),
        c.Column(_("Places taken"), numeric=True),
        c.Column(_("Waiting"), numeric=True),
    ]


def _cells(call: Call, place: str, state: object) -> list[object]:
    figures = queries.call_figures(call)
    taken = f"{figures.taken}/{figures.capacity}"
    return [call.name, place, when(call.opened_at), state, taken, figures.waiting]


def _call_row(call: Call, place: str) -> c.Row:
    tone: c.Tone = "good" if call.state == CallState.OPEN else "plain"
    state = badge(words.CALL_STATES[CallState(call.state)], tone)
    return c.Row(_cells(call, place, state), reverse("call", args=[call.district, call.id]))


@require_safe
@page
def listing_xlsx(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Give the list of calls as a file, as it is filtered."""
    found_, _filters = _found(request, actor)
    rows = list(found_.filter(within(actor.paths(Verb.EXPORT), "path"))[:MOST_ROWS])
    places = area_queries.labels(r.area_id for r in rows)
    lines = (
        _cells(r, places.get(r.area_id, ""), words.CALL_STATES[CallState(r.state)]) for r in rows
    )
    columns = [column.label for column in _columns()]
    return sheet(actor, _("Calls"), columns, lines, name="calls")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Call for helpers."""
    want(actor, Verb.CALL_UP)
    areas = area_choices(actor, Verb.CALL_UP)
    form = CallForm(request.POST if request.method == "POST" else None, areas=areas)
    if request.method == "POST" and form.is_valid():
        data, call_id = form.cleaned_data, form.child("call")
        payload = {
            "call_id": call_id,
            "rest_minutes": data["rest_hours"] * 60,
            "groups": form.payload_groups(_("Group")),
            **acts.cleaned(form, ["area_id", "name", "purpose", "place"]),
        }
        district = district_of(actor, data["area_id"])
        receipt = acts.send(actor, form, "call.open", payload, district)
        if receipt is not None:
            where = reverse("call", args=[district, call_id])
            return acts.done(request, receipt, _("The call is open. Share its link."), where)
    context = {
        "title": _("Call for helpers"),
        "submit": _("Open the call"),
        "back": reverse("calls"),
    }
    return acts.show(request, "people/parts/form.html", form, context)


def call_of(actor: Actor, district: str, call_id: UUID) -> Call:
    """Return the call of a page; refuses an absent or forbidden one."""
    call = queries.call(actor, district, call_id)
    found(call)
    assert call is not None
    return call


@require_http_methods(["GET", "HEAD", "POST"])
@page
def detail(request: HttpRequest, actor: Actor, district: str, call_id: UUID) -> HttpResponse:
    """Show a call: its groups, its people, its links; share buildings among the helpers."""
    call = call_of(actor, district, call_id)
    act = request.POST.get("act", "")
    data = request.POST if request.method == "POST" else None
    share = ShareForm(None if act == "count" else data)
    groups = queries.groups(call)
    count = CountForm(
        data if act == "count" else None, groups=[(str(g.id), g.name) for g in groups]
    )
    form: acts.CommandForm = count if act == "count" else share
    if request.method == "POST" and form.is_valid():
        payload: dict[str, Any] = {"call_id": str(call.id)}
        command = "call.output" if act == "count" else "call.share_out"
        payload |= acts.cleaned(form, ["group_id", "made"] if act == "count" else ["places"])
        receipt = acts.send(actor, form, command, payload, district)
        if receipt is not None:
            told = _("Counted.") if act == "count" else _("Shared out.")
            return acts.done(request, receipt, told, request.path)
    leads = actor.may(Verb.CALL_UP, call.path)
    if leads and not share.is_bound:
        # What the register knows is not typed again.
        known = queries.buildings(call).items()
        share.initial["places"] = "\n".join(f"{name} {n}" for name, n in known)
    stats = _call_stats(call, groups)
    sections = [
        Section(_("Groups"), _groups_table(call)),
        Section(_("Helpers"), _people_table(request, actor, call)),
        *_output_sections(request, actor, call, groups, count),
        Section(_("Links for the group chat and the post"), codes=_codes(request, call)),
    ]
    if leads:
        button = c.Action(_("Share out"), "share", icon="check", kind="primary")
        sections.append(
            Section(
                _("Share buildings among the helpers"),
                form=share,
                buttons=[button],
                href=request.path,
                icon="building",
            )
        )
    return show(
        request,
        call.name,
        note=call.purpose,
        over=words.CALL_STATES[CallState(call.state)],
        stats=stats,
        sections=sections,
        actions=_call_actions(call, leads),
        status=status_of(form),
    )


def _call_stats(call: Call, groups: list[CallGroup]) -> list[Stat]:
    """Return a call in numbers, derived from its records."""
    figures = queries.call_figures(call)
    stats = [
        Stat(_("Places taken"), figures.taken, figures.capacity),
        Stat(_("Waiting"), figures.waiting, tone="warn" if figures.waiting else "plain"),
        Stat(_("On duty"), figures.present),
        Stat(_("Hours served"), round(figures.minutes / 60, 1)),
    ]
    if target := sum(g.target for g in groups):
        stats.append(Stat(_("Output"), sum(g.output for g in groups), target))
    if figures.households:
        stats.append(Stat(_("Most households of one helper"), figures.load, figures.households))
        span = queries.coverage_time(call)
        before = f"{span.before:g}" if span.before is not None else "–"
        alone = _("by the staff of %(n)s alone: %(hours)s") % {"n": span.staff, "hours": before}
        stats.append(
            Stat(
                _("Hours to go to every door"),
                f"{span.after:g}" if span.after is not None else "–",
                note=alone,
            )
        )
    return stats


def _output_sections(
    request: HttpRequest, actor: Actor, call: Call, groups: list[CallGroup], form: CountForm
) -> list[Section]:
    """Return what was counted, and the form to count, where a call has a target."""
    if not any(g.target for g in groups):
        return []
    names = {g.id: g.name for g in groups}
    rows = [c.Row([names.get(n.group_id, ""), when(n.at), n.made]) for n in queries.counts(call)]
    table = c.Table(
        id="counts",
        caption=_("Counts"),
        columns=[
            c.Column(_("Group"), primary=True),
            c.Column(_("When")),
            c.Column(_("Pieces"), numeric=True),
        ],
        rows=rows,
        empty_title=_("Nothing counted yet"),
    )
    sections = [Section(_("Counts"), table)]
    if actor.may(Verb.WORK, call.path):
        button = c.Action(_("Count"), "count", icon="plus", kind="primary")
        sections.append(
            Section(_("Count the output"), form=form, buttons=[button], href=request.path)
        )
    return sections


def _call_actions(call: Call, leads: bool) -> list[c.Action]:
    where = [call.district, call.id]
    actions = [c.Action(_("Poster"), reverse("call_poster", args=where), icon="print")]
    if leads and call.state == CallState.OPEN:
        href = reverse("call_close", args=where)
        actions.append(c.Action(_("End sign-up"), href, icon="lock", post=True, fields=acts.once()))
    return actions


def _codes(request: HttpRequest, call: Call) -> list[c.Link]:
    join = links.token(links.Purpose.SIGN_UP, call.district, call.id)
    post = links.token(links.Purpose.POST, call.district, call.id)
    return [
        c.Link(
            _("Sign up"),
            absolute(request, reverse("call_join", args=[join])),
            _("For the group chat and the poster."),
        ),
        c.Link(
            _("Check in and out"),
            absolute(request, reverse("call_post", args=[post])),
            _("Hang it at the post only."),
        ),
    ]


def _groups_table(call: Call) -> c.Table:
    rows = [
        c.Row(
            [
                g.name,
                f"{when(g.starts_at)} – {when(g.ends_at)}",
                f"{g.taken}/{g.capacity}",
                "、".join(g.skills),  # cjk: a list
                f"{g.output}/{g.target}" if g.target else "",
            ]
        )
        for g in queries.groups(call)
    ]
    return c.Table(
        id="groups",
        caption=_("Groups"),
        columns=[
            c.Column(_("Group"), primary=True),
            c.Column(_("Time")),
            c.Column(_("Places taken"), numeric=True),
            c.Column(_("Skills")),
            c.Column(_("Output"), numeric=True),
        ],
        rows=rows,
    )


def _people_table(request: HttpRequest, actor: Actor, call: Call) -> c.Table:
    state = chosen(request, _("State"), words.SIGN_UP_STATES)
    name = searched(request, _("Name"))
    rows = queries.sign_ups(call)
    rows = rows.filter(state=state.value) if state.value else rows
    named = actor.sees(Sight.IDENTITY, call.path)
    rows = rows.filter(name__icontains=name.value) if name.value and named else rows
    groups = {g.id: g.name for g in queries.groups(call)}
    may_export = actor.may(Verb.EXPORT, call.path)
    return listed(
        request,
        rows,
        ["signed_at", "id"],
        lambda part: [_person_row(actor, call, r, groups, named) for r in part],
        size=50,
        id="helpers",
        caption=_("Helpers"),
        columns=[
            c.Column(_("Name"), primary=True),
            c.Column(_("Telephone")),
            c.Column(_("Group")),
            c.Column(_("State")),
            c.Column(_("Buildings")),
            c.Column(_("Hours"), numeric=True),
        ],
        filters=[name, state],
        export=reverse("call_xlsx", args=[call.district, call.id]) if may_export else "",
        empty_title=_("Nobody has signed up yet"),
        empty_text=_("Share the link in the group chat."),
    )


def _person_row(
    actor: Actor, call: Call, row: SignUp, groups: dict[UUID, str], named: bool
) -> c.Row:
    phone = mask_phone(row.phone) if actor.sees(Sight.CONTACT, call.path) else ""
    return c.Row(
        [
            row.name if named else mask_name(row.name),
            phone,
            groups.get(row.group_id, ""),
            badge(words.SIGN_UP_STATES[SignUpState(row.state)], _TONES.get(row.state, "plain")),
            "、".join(row.share),  # cjk: a list
            round(row.minutes / 60, 1) if row.minutes else "",
        ],
        reverse("call_helper", args=[call.district, call.id, row.id]),
    )


@require_POST
@page
def close(request: HttpRequest, actor: Actor, district: str, call_id: UUID) -> HttpResponse:
    """Take no more sign-ups."""
    where = reverse("call", args=[district, call_id])
    payload = {"call_id": str(call_id)}
    return acts.press(request, actor, "call.close", payload, where, _("Sign-up ended."), district)


@require_safe
@page
def poster(request: HttpRequest, actor: Actor, district: str, call_id: UUID) -> HttpResponse:
    """Show the sign-up's QR large, to print or to show on a screen."""
    call = call_of(actor, district, call_id)
    capacity = queries.call_figures(call).capacity
    text = ngettext("%(n)s helper is wanted", "%(n)s helpers are wanted", capacity)
    lines = "\n".join(
        f"{g.name}  {when(g.starts_at)} – {when(g.ends_at)}  {g.capacity}"
        for g in queries.groups(call)[:20]
    )
    return show(
        request,
        call.name,
        note=call.purpose,
        sections=[
            Section(text % {"n": capacity}, codes=_codes(request, call)[:1]),
            Section(call.place or _("Groups"), text=lines, icon="clock"),
        ],
        path=[c.Link(call.name, reverse("call", args=[district, call.id])), c.Link(_("Poster"))],
    )
