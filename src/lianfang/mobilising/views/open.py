"""Pages without an account: sign up, see one's place, check in, answer a recall, one's shifts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.mobilising import calendars, deployment_queries, links, queries, team_queries, words
from lianfang.mobilising.forms import AnswerForm, PostForm, SignUpForm
from lianfang.mobilising.rules import Answer, CallState, ShiftState, SignUpState
from lianfang.people.pages import status_of, when
from lianfang.web import acts
from lianfang.web import components as c

if TYPE_CHECKING:
    from lianfang.mobilising.models import Call, CallGroup, SignUp


def _target(purpose: links.Purpose, token: str) -> links.Target:
    found = links.read(purpose, token)
    if found is None:
        raise Refuse(NOT_FOUND)
    return found


def _call(target: links.Target) -> Call:
    call = queries.call_by_link(target.district, target.id)
    if call is None:
        raise Refuse(NOT_FOUND)
    return call


def _show(request: HttpRequest, title: c.Text, **context: Any) -> HttpResponse:
    form = context.get("form")
    status = status_of(form) if form is not None else 200
    response = render(request, "mobilising/open.html", {"title": title, **context}, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def _label(group: CallGroup) -> str:
    left = max(group.capacity - group.taken, 0)
    room = ngettext("%(n)s place left", "%(n)s places left", left) % {"n": left}
    span = f"{when(group.starts_at)} – {when(group.ends_at)}"
    return f"{group.name} · {span} · {room if left else _('full: wait list')}"


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Sign up for a call: a name, a number, one tap."""
    call = _call(_target(links.Purpose.SIGN_UP, token))
    groups = queries.groups(call)
    skills = sorted({s for g in groups for s in g.skills})
    form = SignUpForm(
        request.POST if request.method == "POST" else None,
        groups=[(str(g.id), _label(g)) for g in groups],
        skills=[(s, s) for s in skills],
    )
    if call.state != CallState.OPEN:
        return _show(request, call.name, lines=[_("Sign-up has ended. Thank you all the same.")])
    if request.method == "POST" and form.is_valid():
        payload = {
            "call_id": str(call.id),
            "person_id": form.child("person"),
            "phone": form.cleaned_data["phone"].replace(" ", ""),
            **acts.cleaned(form, ["name", "skills", "group_id"]),
        }
        actor = links.holder(call.id, call.path)
        receipt = acts.send(actor, form, "call.sign_up", payload, call.district)
        if receipt is not None:
            row = queries.sign_up(call.district, UUID(receipt.result["sign_up_id"]))
            assert row is not None
            mine = links.token(links.Purpose.MINE, call.district, row.id)
            return HttpResponseRedirect(reverse("call_mine", args=[mine]))
    lines = [call.place] if call.place else []
    if len(groups) == 1:
        lines.append(_label(groups[0]))
    button = c.Action(_("I will help"), "join", icon="check", kind="primary")
    return _show(request, call.name, note=call.purpose, lines=lines, form=form, buttons=[button])


def _standing(row: SignUp) -> c.Badge:
    state = SignUpState(row.state)
    tones: dict[SignUpState, c.Tone] = {
        SignUpState.SIGNED: "good",
        SignUpState.PRESENT: "good",
        SignUpState.SERVED: "good",
        SignUpState.WAITING: "warn",
    }
    return c.Badge(words.SIGN_UP_STATES[state], tones.get(state, "plain"))


@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest, token: str) -> HttpResponse:
    """Show a helper's own place, and let it be given up."""
    target = _target(links.Purpose.MINE, token)
    row = queries.sign_up(target.district, target.id)
    if row is None:
        raise Refuse(NOT_FOUND)
    call = _call(links.Target(row.district, row.call_id))
    if request.method == "POST":
        payload = {"call_id": str(call.id), "sign_up_id": str(row.id)}
        actor = links.holder(call.id, call.path)
        return acts.press(
            request,
            actor,
            "call.drop",
            payload,
            request.path,
            _("Thank you for telling."),
            row.district,
        )
    group = next(g for g in queries.groups(call) if g.id == row.group_id)
    lines = [f"{group.name} · {when(group.starts_at)} – {when(group.ends_at)}"]
    if call.place:
        lines.append(call.place)
    if row.share:
        lines.append(
            _("Your buildings: %(names)s") % {"names": "、".join(row.share)}  # cjk: a list
        )
    if row.state == SignUpState.WAITING:
        before = queries.ahead(row)
        lines.append(
            _("Before you on the wait list: %(n)s. You move up by yourself.") % {"n": before}
        )
    lines.append(_("Keep this page: it is your place. At the post, open its QR to check in."))
    actions = []
    if row.state in (SignUpState.SIGNED, SignUpState.WAITING):
        actions.append(
            c.Action(_("I can't come"), request.path, icon="undo", post=True, fields=acts.once())
        )
    return _show(request, call.name, badges=[_standing(row)], lines=lines, actions=actions)


@require_http_methods(["GET", "HEAD", "POST"])
def post(request: HttpRequest, token: str) -> HttpResponse:
    """Check in or out at the post by the number given at the sign-up."""
    call = _call(_target(links.Purpose.POST, token))
    form = PostForm(request.POST if request.method == "POST" else None)
    buttons = [
        c.Action(_("Check in"), "check_in", icon="login", kind="primary"),
        c.Action(_("Check out"), "check_out", icon="logout"),
    ]
    if request.method == "POST" and form.is_valid():
        row = queries.sign_up_of_phone(call, form.cleaned_data["phone"].replace(" ", ""))
        command = "call.check_out" if request.POST.get("act") == "check_out" else "call.check_in"
        if row is None:
            form.add_error("phone", _("Nobody signed up with this number."))
        else:
            payload = {"call_id": str(call.id), "sign_up_id": str(row.id)}
            actor = links.holder(call.id, call.path)
            receipt = acts.send(actor, form, command, payload, call.district)
            if receipt is not None:
                told = (
                    _("Checked in. Thank you.")
                    if command == "call.check_in"
                    else _("Checked out. You have served %(minutes)s minutes.")
                    % {"minutes": receipt.result.get("minutes", 0)}
                )
                messages.success(request, told)
                return HttpResponseRedirect(request.path)
    return _show(request, call.name, note=call.place, form=form, buttons=buttons)


@require_http_methods(["GET", "HEAD", "POST"])
def recall(request: HttpRequest, token: str) -> HttpResponse:
    """Answer a recall: back, on the way, or excused with a reason."""
    target = _target(links.Purpose.RECALL, token)
    assert target.other is not None
    row = team_queries.own_recalled(target.district, target.id, target.other)
    if row is None:
        raise Refuse(NOT_FOUND)
    one, path = row[0], row[1]
    about = team_queries.recall_by_link(target.id)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        payload = {
            "recall_id": str(target.id),
            "person_id": str(target.other),
            **acts.cleaned(form, ["answer", "why"]),
        }
        actor = links.holder(one.id, path)
        receipt = acts.send(actor, form, "recall.answer", payload, target.district)
        if receipt is not None:
            return acts.done(request, receipt, _("Thank you. Your unit sees it."), request.path)
    state = words.ANSWERS[Answer(one.answer)]
    lines = [_("Back by %(when)s") % {"when": when(about.deadline)}]
    button = c.Action(_("Answer"), "answer", icon="send", kind="primary")
    return _show(
        request,
        about.name,
        note=about.text,
        lines=lines,
        badges=[c.Badge(state)],
        form=form,
        buttons=[button],
    )


@require_http_methods(["GET", "HEAD", "POST"])
def shifts(request: HttpRequest, token: str) -> HttpResponse:
    """Show somebody's own shifts; acknowledge them, give one up, take them into a calendar."""
    target = _target(links.Purpose.SHIFTS, token)
    rows = deployment_queries.shifts_of(target.district, target.id)
    if request.method == "POST":
        row = next((r for r in rows if str(r.id) == request.POST.get("shift")), None)
        if row is None:
            raise Refuse(NOT_FOUND)
        command = "shift.drop" if request.POST.get("act") == "drop" else "shift.acknowledge"
        actor = links.holder(target.id, row.path)
        payload = {"shift_id": str(row.id)}
        return acts.press(request, actor, command, payload, request.path, _("Noted."), row.district)
    lines, actions = [], []
    for row in rows:
        label = f"{when(row.starts_at)} – {when(row.ends_at)}  {row.place}"
        lines.append(f"{label} · {words.SHIFT_STATES[ShiftState(row.state)]}")
        fields = (("shift", str(row.id)),)
        if row.state == ShiftState.PLANNED:
            words_ = _("Yes: %(shift)s") % {"shift": label}
            extra = (*acts.once(), *fields)
            actions.append(c.Action(words_, request.path, icon="check", post=True, fields=extra))
        words_ = _("I can't: %(shift)s") % {"shift": label}
        extra = (*acts.once(), *fields, ("act", "drop"))
        actions.append(
            c.Action(words_, request.path, icon="undo", kind="quiet", post=True, fields=extra)
        )
    feed = reverse("shift_feed", args=[token])
    actions.append(c.Action(_("Into my calendar"), feed, icon="calendar", kind="quiet"))
    return _show(request, _("My shifts"), lines=lines or [_("No shifts.")], actions=actions)


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Give somebody's shifts as an iCalendar feed."""
    target = _target(links.Purpose.SHIFTS, token)
    rows = deployment_queries.shifts_of(target.district, target.id)
    return calendar(rows, _("My shifts"))


@require_safe
def place_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Give the shifts at a place of a plan as an iCalendar feed, without names."""
    target = _target(links.Purpose.PLACE, token)
    assert target.other is not None
    rows = deployment_queries.shifts_of_place(target.district, target.id, target.other)
    return calendar(rows, rows[0].place if rows else _("Shifts"))


def calendar(rows: Any, name: str) -> HttpResponse:
    """Return rows of shifts as a calendar."""
    text = calendars.write(rows, name)
    return HttpResponse(text, content_type="text/calendar; charset=utf-8")
