"""Calls at the desk: the list, a new one, its page, its people, its poster, its proofs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.verbs import Sight, Verb
from lianfang.mobilising import links, proofs, queries, words
from lianfang.mobilising.forms import CallForm, ShareForm
from lianfang.mobilising.rules import CallState, SignUpAction, SignUpState, next_sign_up
from lianfang.mobilising.views.common import (
    Section,
    Stat,
    absolute,
    area_choices,
    badge,
    district_of,
    filtered,
    show,
    status_of,
    want,
    when,
)
from lianfang.people.rules import mask_name, mask_phone
from lianfang.people.workbook import write
from lianfang.web import acts, paging
from lianfang.web import components as c
from lianfang.web.acting import found, page

if TYPE_CHECKING:
    from lianfang.mobilising.models import Call, SignUp

_ACTS = {
    "check_in": ("call.check_in", SignUpAction.CHECK_IN),
    "check_out": ("call.check_out", SignUpAction.CHECK_OUT),
    "no_show": ("call.no_show", SignUpAction.MISS),
    "drop": ("call.drop", SignUpAction.DROP),
}
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
    text = request.GET.get("q", "").strip()[:60]
    state = filtered(request.GET.get("state", ""), CallState)
    rows = queries.calls(actor)
    if text:
        rows = rows.filter(name__icontains=text)
    if state:
        rows = rows.filter(state=state)
    part = paging.page(rows, ["-opened_at", "id"], request.GET.get("cursor", ""), size=25)
    places = area_queries.labels(r.area_id for r in part.rows)
    table = c.Table(
        id="calls",
        caption=_("Calls"),
        columns=[
            c.Column(_("Call"), primary=True),
            c.Column(_("Where")),
            c.Column(_("Opened")),
            c.Column(_("State")),
            c.Column(_("Places taken"), numeric=True),
            c.Column(_("Waiting"), numeric=True),
        ],
        rows=[_call_row(r, places.get(r.area_id, "")) for r in part.rows],
        filters=[
            c.Filter("q", _("Call"), value=text),
            c.Filter("state", _("State"), [("", _("All")), *words.CALL_STATES.items()], state),
        ],
        action=request.path,
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        empty_title=_("No calls yet"),
        empty_text=_("Call for helpers, and share the link in the group chat."),
    )
    actions = []
    if actor.may_somewhere(Verb.CALL_UP):
        new = reverse("call_new")
        actions.append(c.Action(_("Call for helpers"), new, icon="plus", kind="primary"))
    sections = [Section(_("Calls"), table)]
    return show(request, _("Calls"), sections=sections, actions=actions)


def _call_row(call: Call, place: str) -> c.Row:
    figures = queries.call_figures(call)
    tone: c.Tone = "good" if call.state == CallState.OPEN else "plain"
    return c.Row(
        [
            call.name,
            place,
            when(call.opened_at),
            badge(words.CALL_STATES[CallState(call.state)], tone),
            f"{figures.taken}/{figures.capacity}",
            figures.waiting,
        ],
        reverse("call", args=[call.district, call.id]),
    )


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
    return acts.show(request, "mobilising/form.html", form, context)


def _call(actor: Actor, district: str, call_id: UUID) -> Call:
    call = queries.call(actor, district, call_id)
    found(call)
    assert call is not None
    return call


@require_http_methods(["GET", "HEAD", "POST"])
@page
def detail(request: HttpRequest, actor: Actor, district: str, call_id: UUID) -> HttpResponse:
    """Show a call: its groups, its people, its links; share buildings among the helpers."""
    call = _call(actor, district, call_id)
    form = ShareForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        payload = {"call_id": str(call.id), "places": form.cleaned_data["places"]}
        receipt = acts.send(actor, form, "call.share_out", payload, district)
        if receipt is not None:
            return acts.done(request, receipt, _("Shared out."), request.path)
    figures = queries.call_figures(call)
    leads = actor.may(Verb.CALL_UP, call.path)
    stats = [
        Stat(_("Places taken"), figures.taken, figures.capacity),
        Stat(_("Waiting"), figures.waiting, tone="warn" if figures.waiting else "plain"),
        Stat(_("On duty"), figures.present),
        Stat(_("Hours served"), round(figures.minutes / 60, 1)),
    ]
    if figures.households:
        stats.append(Stat(_("Most households of one helper"), figures.load, figures.households))
    sections = [
        Section(_("Groups"), _groups_table(call)),
        Section(_("Helpers"), _people_table(request, actor, call)),
        Section(_("Links for the group chat and the post"), codes=_codes(request, call)),
    ]
    if leads:
        button = c.Action(_("Share out"), "share", icon="check", kind="primary")
        sections.append(
            Section(
                _("Share buildings among the helpers"),
                form=form,
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
    state = filtered(request.GET.get("state", ""), SignUpState)
    text = request.GET.get("q", "").strip()[:40]
    rows = queries.sign_ups(call)
    if state:
        rows = rows.filter(state=state)
    named = actor.sees(Sight.IDENTITY, call.path)
    if text and named:
        rows = rows.filter(name__icontains=text)
    part = paging.page(rows, ["signed_at", "id"], request.GET.get("cursor", ""), size=50)
    groups = {g.id: g.name for g in queries.groups(call)}
    return c.Table(
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
        rows=[_person_row(actor, call, r, groups, named) for r in part.rows],
        filters=[
            c.Filter("q", _("Name"), value=text),
            c.Filter(
                "state",
                _("State"),
                [("", _("All")), *words.SIGN_UP_STATES.items()],
                state,
            ),
        ],
        action=request.path,
        export=reverse("call_xlsx", args=[call.district, call.id])
        if actor.may(Verb.EXPORT, call.path)
        else "",
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
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


@require_safe
@page
def helper(
    request: HttpRequest, actor: Actor, district: str, call_id: UUID, sign_up_id: UUID
) -> HttpResponse:
    """Show one helper of a call, with what can be done now."""
    call = _call(actor, district, call_id)
    row = queries.sign_up(district, sign_up_id)
    found(row if row and row.call_id == call.id else None)
    assert row is not None
    named = actor.sees(Sight.IDENTITY, call.path)
    labels = {
        "check_in": (_("Check in"), "check"),
        "check_out": (_("Check out"), "logout"),
        "no_show": (_("Did not come"), "nobody"),
        "drop": (_("Gives the place up"), "undo"),
    }
    actions = [
        c.Action(
            label,
            reverse("call_act", args=[district, call.id, row.id, act]),
            icon=icon,
            post=True,
            fields=acts.once(),
        )
        for act, (label, icon) in labels.items()
        if next_sign_up(row.state, _ACTS[act][1]) and actor.may(Verb.WORK, call.path)
    ]
    if named and row.minutes:
        href = reverse("call_proof", args=[district, call.id, row.id])
        actions.append(c.Action(_("Proof of service"), href, icon="file"))
    moments = [
        c.Moment(at, what)
        for at, what in (
            (row.signed_at, _("Signed up")),
            (row.moved_up_at, _("Moved up from the wait list")),
            (row.checked_in_at, _("Checked in")),
            (row.checked_out_at, _("Checked out")),
        )
        if at
    ]
    return show(
        request,
        row.name if named else mask_name(row.name),
        over=call.name,
        note=words.SIGN_UP_STATES[SignUpState(row.state)],
        path=[c.Link(call.name, reverse("call", args=[district, call.id])), c.Link(_("Helper"))],
        actions=actions,
        sections=[Section(_("What happened"), moments=moments)],
    )


@require_POST
@page
def act(
    request: HttpRequest,
    actor: Actor,
    district: str,
    call_id: UUID,
    sign_up_id: UUID,
    act: str,
) -> HttpResponse:
    """Do something with a sign-up and go back to it."""
    found(act if act in _ACTS else None)
    payload = {"call_id": str(call_id), "sign_up_id": str(sign_up_id)}
    where = reverse("call_helper", args=[district, call_id, sign_up_id])
    return acts.press(request, actor, _ACTS[act][0], payload, where, _("Noted."), district)


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
    call = _call(actor, district, call_id)
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


@require_safe
@page
def xlsx(request: HttpRequest, actor: Actor, district: str, call_id: UUID) -> HttpResponse:
    """Give the list of helpers as a file, with what the actor may see; the journal keeps it."""
    call = _call(actor, district, call_id)
    named = actor.sees(Sight.IDENTITY, call.path)
    groups = {g.id: g.name for g in queries.groups(call)}
    heads = [
        ("name", _("Name")),
        ("phone", _("Telephone")),
        ("group", _("Group")),
        ("state", _("State")),
        ("minutes", _("Minutes")),
        ("share", _("Buildings")),
    ]
    lines = [
        {
            "name": row.name if named else mask_name(row.name),
            "phone": mask_phone(row.phone) if actor.sees(Sight.CONTACT, call.path) else "",
            "group": groups.get(row.group_id, ""),
            "state": str(words.SIGN_UP_STATES[SignUpState(row.state)]),
            "minutes": row.minutes,
            "share": "、".join(row.share),  # cjk: a list
        }
        for row in queries.sign_ups(call)
    ]
    data, count = write(heads, lines, title=call.name, who=actor.ref)
    form = acts.Once({"entry_id": ""})
    form.is_valid()
    record: dict[str, Any] = {"area_id": str(call.area_id), "what": "call", "rows": count}
    if acts.send(actor, form, "export.record", record, district) is None:
        return HttpResponseRedirect(reverse("call", args=[district, call.id]))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = 'attachment; filename="helpers.xlsx"'
    return response


@require_safe
@page
def proof(
    request: HttpRequest, actor: Actor, district: str, call_id: UUID, sign_up_id: UUID
) -> HttpResponse:
    """Give a helper's proof of service as a PDF."""
    call = _call(actor, district, call_id)
    row = queries.sign_up(district, sign_up_id)
    named = actor.sees(Sight.IDENTITY, call.path)
    found(row if row and row.call_id == call.id and named else None)
    assert row is not None
    return pdf(proofs.of_person(district, row.person_id, row.name))


def pdf(data: bytes) -> HttpResponse:
    """Return a PDF as a file to keep."""
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="proof.pdf"'
    return response
