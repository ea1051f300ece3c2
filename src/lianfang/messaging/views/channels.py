"""Where notices go besides the application: one's own channels, and those of groups."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianfang.areas.rules import Level
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.verbs import Verb
from lianfang.messaging import channel_queries as queries
from lianfang.messaging import delivering, reading, secrets, words
from lianfang.messaging.forms import ChannelForm
from lianfang.messaging.rules import ChannelKind, MessageState
from lianfang.messaging.senders.outcome import Fault
from lianfang.messaging.views.common import listing
from lianfang.people import account_queries, throttle
from lianfang.people.pages import area_choices, badge, when
from lianfang.web import acts, paging
from lianfang.web import components as c
from lianfang.web.acting import found, page

if TYPE_CHECKING:
    from lianfang.messaging.models import Channel

TESTED = problem("channel.tested_often", words.TOO_OFTEN, words.WAIT, status=429)
_TONES: dict[str, c.Tone] = {"sent": "good", "failed": "bad", "unsure": "warn"}


@require_safe
@page
def channels(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the own channels and those of the groups that the actor informs."""
    text = request.GET.get("q", "").strip()[:60]
    part = paging.page(
        (queries.own(actor) | queries.groups(actor)).filter(name__icontains=text),
        ["name", "id"],
        request.GET.get("cursor", ""),
        size=30,
    )
    ids = [r.id for r in part.rows]
    last, waiting = queries.last(ids), queries.waiting(ids)
    table = c.Table(
        id="channels",
        caption=_("Channels"),
        columns=[
            c.Column(_("Channel"), primary=True),
            c.Column(_("By what")),
            c.Column(_("For whom")),
            c.Column(_("Queued"), numeric=True),
            c.Column(_("Last message")),
        ],
        rows=[
            c.Row(
                [
                    r.name,
                    words.CHANNELS[ChannelKind(r.kind)],
                    _whom(r),
                    waiting.get(r.id, 0),
                    badge(
                        f"{words.MESSAGES[MessageState(last[r.id].state)]} "
                        f"{when(last[r.id].made_at)}",
                        _TONES.get(last[r.id].state, "plain"),
                    )
                    if r.id in last
                    else "–",
                ],
                reverse("channel", args=[r.id]),
            )
            for r in part.rows
        ],
        filters=[c.Filter("q", _("Channel"), value=text)],
        action=request.path,
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        empty_title=_("Notices stay in the application"),
        empty_text=_("Add a channel, and they come by e-mail, text message or group robot too."),
    )
    buttons = [c.Action(_("A channel for me"), reverse("channel_new"), "plus", "primary")]
    if actor.may_somewhere(Verb.ANNOUNCE):
        where = reverse("channel_new_group")
        buttons.append(c.Action(_("A channel for a group"), where, "plus"))
    return listing(request, _("Channels"), table, buttons=buttons)


def _whom(row: Channel) -> str:
    if row.area:
        return row.area.name
    return row.organisation.name if row.organisation else _("Me")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: HttpRequest, actor: Actor, *, group: bool = False) -> HttpResponse:
    """Add a channel."""
    form = ChannelForm(request.POST if request.method == "POST" else None, own=not group)
    if group:
        _add_group(form, actor)
    if request.method == "POST" and form.is_valid():
        channel_id = form.child("channel")
        if response := _keep(request, actor, form, channel_id, group):
            return response
    return _form(request, form, _("New channel"), reverse("channels"))


def _add_group(form: ChannelForm, actor: Actor) -> None:
    from django import forms

    areas = area_choices(actor, Verb.ANNOUNCE, below=False, deepest=Level.GRID)
    units = account_queries.organisations(actor).order_by("path").values_list("id", "name")[:300]
    form.fields["area_id"] = forms.ChoiceField(
        label=_("Follows the area"), choices=[("", "–"), *areas], required=False
    )
    form.fields["organisation_id"] = forms.ChoiceField(
        label=_("Or the organisation"),
        choices=[("", "–"), *((str(i), n) for i, n in units)],
        required=False,
    )
    form.order_fields(["kind", "name", "area_id", "organisation_id"])


def _keep(
    request: HttpRequest, actor: Actor, form: ChannelForm, channel_id: str, group: bool
) -> HttpResponse | None:
    """Send the command, then keep the credentials; None when either was refused."""
    data = form.cleaned_data
    if data["address"].strip():
        try:
            secrets.clean_address(data["kind"], data["address"])
        except Refuse as refuse:
            form.add_error("address", f"{refuse.refusal.message} {refuse.refusal.hint}")
            return None
    payload = form.payload(channel_id)
    if group:
        payload["area_id"] = data.get("area_id") or None
        payload["organisation_id"] = data.get("organisation_id") or None
    receipt = acts.send(actor, form, "channel.keep" if group else "channel.own", payload)
    if receipt is None:
        return None
    try:
        secrets.put(actor, UUID(channel_id), data["kind"], data["address"], data["key"])
    except Refuse as refuse:
        form.add_error("key", f"{refuse.refusal.message} {refuse.refusal.hint}")
        return None
    return acts.done(request, receipt, _("Kept."), reverse("channel", args=[channel_id]))


def _form(request: HttpRequest, form: ChannelForm, title: str, back: str) -> HttpResponse:
    return acts.show(request, "messaging/form.html", form, {"title": title, "back": back})


def _one(actor: Actor, channel_id: UUID) -> Channel:
    row = queries.channel(actor, channel_id)
    found(row)
    assert row
    return row


@require_safe
@page
def channel(request: HttpRequest, actor: Actor, channel_id: UUID) -> HttpResponse:
    """Show a channel with its messages; its address is not shown."""
    row = _one(actor, channel_id)
    part = paging.page(
        queries.messages(row), ["-made_at", "id"], request.GET.get("cursor", ""), size=25
    )
    table = c.Table(
        id="messages",
        caption=_("Messages"),
        columns=[
            c.Column(_("Made"), primary=True),
            c.Column(_("State")),
            c.Column(_("Notices"), numeric=True),
            c.Column(_("Tries"), numeric=True),
            c.Column(_("What went wrong")),
        ],
        rows=[
            c.Row(
                [
                    when(m.made_at),
                    badge(words.MESSAGES[MessageState(m.state)], _TONES.get(m.state, "plain")),
                    m.notices,
                    m.tries,
                    f"{words.FAULTS.get(Fault(m.fault), '')} {m.detail}".strip(),
                ]
            )
            for m in part.rows
        ],
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        empty_title=_("No message yet"),
    )
    buttons = [
        c.Action(_("Send a test"), reverse("channel_test", args=[row.id]), "send", post=True),
        c.Action(_("Change"), reverse("channel_edit", args=[row.id]), "edit", "quiet"),
        c.Action(
            _("Stop"),
            reverse("channel_stop", args=[row.id]),
            "close",
            "danger",
            post=True,
            fields=acts.once(),
        ),
    ]
    failed = queries.messages(row).filter(state__in=["failed", "unsure"]).order_by("-made_at")
    if first := failed.first():
        again = reverse("channel_again", args=[row.id, first.id])
        buttons.append(c.Action(_("Send the failed one again"), again, "refresh", post=True))
    note = _whom(row) if secrets.has(row.id) else words.FAULTS[Fault.NO_ADDRESS]
    return listing(
        request,
        row.name,
        table,
        buttons=buttons,
        note=note,
        over=words.CHANNELS[ChannelKind(row.kind)],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def edit(request: HttpRequest, actor: Actor, channel_id: UUID) -> HttpResponse:
    """Change a channel; empty address and key stay as they were."""
    row = _one(actor, channel_id)
    group = row.account_id is None
    names = ("kind", "name", "topics", "urgent_only", "interval", "per_hour", "digest_at")
    initial = {n: getattr(row, n) for n in (*names, "quiet_from", "quiet_until", "language")}
    if group:
        initial |= {"area_id": row.area_id, "organisation_id": row.organisation_id}
    form = ChannelForm(
        request.POST if request.method == "POST" else None, own=not group, initial=initial
    )
    if group:
        _add_group(form, actor)
    post = request.method == "POST" and form.is_valid()
    if post and (response := _keep(request, actor, form, str(row.id), group)):
        return response
    return _form(request, form, row.name, reverse("channel", args=[row.id]))


@require_POST
@page
def test(request: HttpRequest, actor: Actor, channel_id: UUID) -> HttpResponse:
    """Send a test now and say what became of it."""
    row = _one(actor, channel_id)
    keys = [throttle.Key(f"channel-test:{row.id.hex}", 5, 600)]
    if seconds := throttle.wait(keys):
        raise Refuse(TESTED, None, seconds=seconds)
    throttle.failed(keys)
    outcome = delivering.try_out(row)
    if outcome.sent:
        messages.success(request, _("The service took the test. Look whether it arrived."))
    else:
        messages.error(request, f"{words.FAULTS[outcome.fault]} {outcome.detail}".strip())
    return HttpResponseRedirect(reverse("channel", args=[row.id]))


@require_POST
@page
def stop(request: HttpRequest, actor: Actor, channel_id: UUID) -> HttpResponse:
    """Stop a channel."""
    row = _one(actor, channel_id)
    name = "channel.stop_own" if row.account_id else "channel.stop"
    content = {"channel_id": str(row.id)}
    return acts.press(request, actor, name, content, reverse("channels"), _("Stopped."))


@require_POST
@page
def again(request: HttpRequest, actor: Actor, channel_id: UUID, message_id: UUID) -> HttpResponse:
    """Put a failed message back into the queue."""
    row = _one(actor, channel_id)
    reading.again(row, message_id)
    return acts.said(request, _("It is sent again."), reverse("channel", args=[row.id]))
