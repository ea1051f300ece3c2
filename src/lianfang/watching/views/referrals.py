"""The board of referrals with their clocks, and the page of one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import DateTimeField, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.queries import records_about
from lianfang.kernel.times import local
from lianfang.kernel.verbs import Verb
from lianfang.people import history
from lianfang.people.pages import badge, take_out
from lianfang.stations import queries as stations
from lianfang.stations.rules import PostKind
from lianfang.watching import forms, queries, referral_queries, rules, words
from lianfang.watching.rules import LIVE_REFERRALS, ReferralAction, ReferralState
from lianfang.watching.views import common
from lianfang.web import acts, paging
from lianfang.web import components as c
from lianfang.web.acting import page

if TYPE_CHECKING:
    from lianfang.watching.models import Referral

_NEVER = datetime(9000, 1, 1, tzinfo=UTC)
_LISTS = ("live", "late", *sorted(LIVE_REFERRALS), "over")
# The acts in their order, each with the action of the table that it is.
_ACTS = {
    "transport": ReferralAction.TRANSPORT,
    "accept": ReferralAction.ACCEPT,
    "depart": ReferralAction.DEPART,
    "arrive": ReferralAction.ARRIVE,
    "result": ReferralAction.RESULT,
    "cancel": ReferralAction.CANCEL,
}


def _list_words() -> list[tuple[str, Any]]:
    return [
        ("live", _("All that are not over")),
        ("late", _("Late")),
        *((str(s), words.REFERRALS[s]) for s in ReferralState if s in LIVE_REFERRALS),
        ("over", _("Over")),
    ]


def act_words() -> dict[str, str]:
    """Return what each step is called on its button."""
    return {
        "transport": _("Arrange transport"),
        "accept": _("A clinic accepts"),
        "depart": _("Is on the way"),
        "arrive": _("Has arrived"),
        "result": _("Enter the result"),
        "cancel": _("Call off"),
    }


def _cells(actor: Actor, rows: list[Referral]) -> list[list[Any]]:
    posts = stations.of_rows(rows)
    cells: list[list[Any]] = []
    for row in rows:
        seen = queries.seen(actor, row, posts)
        reading = f"{row.tenths / 10:.1f} °C" if row.tenths and seen.health else "—"
        cells.append(
            [
                seen.name or (_("A person") if row.person_id else _("A traveller")),
                seen.where,
                badge(
                    words.RESULTS.get(row.result, "")
                    if row.state == ReferralState.CLOSED and seen.health
                    else words.REFERRALS[row.state]
                ),
                common.due(row.due_at),
                reading,
                words.ORIGINS[row.origin],
                f"{local(row.opened_at):%m-%d %H:%M}",
            ]
        )
    return cells


def _heads() -> list[str]:
    return [
        _("Person"),
        _("Where"),
        _("Step"),
        _("Next step due"),
        _("Temperature"),
        _("Seen by"),
        _("Since"),
    ]


@require_safe
@page
def board(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List referrals by the clock of their step, the latest first."""
    where = common.districts(actor, Verb.REFER)
    which = common.chosen(request, "which", _LISTS, "live")
    text = request.GET.get("q", "").strip()[:60]
    found = queries.narrowed(
        actor, referral_queries.referrals(actor, where, which=which), text=text
    )
    never = Value(_NEVER, output_field=DateTimeField())
    found = found.annotate(due_or_never=Coalesce("due_at", never))
    part = paging.page(found, ["due_or_never", "id"], request.GET.get("cursor", ""), 40)
    counts = referral_queries.counts(actor, where)
    here = reverse("referrals")
    query = urlencode({"which": which, "q": text})
    table = c.Table(
        "referrals",
        _("Referrals"),
        [c.Column(head, primary=n == 0) for n, head in enumerate(_heads())],
        [
            c.Row(cells, reverse("referral", args=[row.district, row.id]))
            for row, cells in zip(part.rows, _cells(actor, part.rows), strict=True)
        ],
        filters=[
            c.Filter("q", _("Name, door or grid"), (), text),
            c.Filter("which", _("Which"), _list_words(), which),
        ],
        action=here,
        export=f"{reverse('referrals_export')}?{query}" if common.may_export(actor) else "",
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        empty_title=_("No referral here"),
        empty_text=_("A fever at a check, a visit or a checkpoint opens one by itself."),
    )
    stats = [
        {
            "label": label,
            "value": counts.get(name, 0),
            "href": f"{here}?which={name}",
            "tone": "bad" if name == "late" and counts.get("late") else "plain",
        }
        for name, label in _list_words()
        if name != "over"
    ]
    return common.listing(request, actor, table, title=_("Referrals"), stats=stats)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def export(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Give the referrals as xlsx, narrowed as the list was."""
    where = common.districts(actor, Verb.REFER)
    which = common.chosen(request, "which", _LISTS, "live")
    text = request.GET.get("q", "").strip()[:60]
    found = queries.narrowed(
        actor, referral_queries.referrals(actor, where, which=which), text=text
    )
    lines = []
    for row in found.order_by("opened_at", "id")[: common.TAKEN_OUT]:
        seen = queries.seen(actor, row)
        step = words.REFERRALS[row.state]
        result = words.RESULTS.get(row.result, "") if seen.health else ""
        lines.append(
            [
                seen.name,
                seen.where,
                str(step),
                str(result),
                f"{local(row.opened_at):%Y-%m-%d %H:%M}",
            ]
        )
    heads = [_("Person"), _("Where"), _("Step"), _("Result"), _("Since")]
    filters = {"which": which, "q": text}
    back = f"{reverse('referrals')}?{urlencode(filters)}"
    area = common.export_area(actor)
    return take_out(request, actor, area, "referrals", _("Referrals"), heads, lines, back, filters)


def _row(actor: Actor, district: str, referral_id: UUID) -> Referral:
    row = referral_queries.one(actor, district, referral_id)
    if row is None:
        raise Refuse(NOT_FOUND)
    return row


@require_safe
@page
def referral(request: HttpRequest, actor: Actor, district: str, referral_id: UUID) -> HttpResponse:
    """Show one referral with its steps."""
    row = _row(actor, district, referral_id)
    seen = queries.seen(actor, row, stations.of_rows([row]))
    clinic = row.clinic
    if row.clinic_id and not clinic:
        post = stations.named(district, [row.clinic_id]).get(row.clinic_id)
        clinic = post.name if post else ""
    names = act_words()
    buttons = [
        c.Action(
            names[name],
            reverse("referral_act", args=[district, row.id, name]),
            "close" if name == "cancel" else "arrow-right",
            "quiet" if name == "cancel" else "primary",
        )
        for name, action in _ACTS.items()
        if rules.next_referral_state(row.state, action) and actor.may(Verb.REFER, row.area.path)
    ]
    steps = [
        (words.REFERRALS[state], datetime.fromisoformat(row.steps[state]))
        for state in map(str, ReferralState)
        if state in row.steps
    ]
    records = records_about(district, [row.id]).filter(command__startswith="referral.")
    context = {
        "row": row,
        "seen": seen,
        "title": seen.name or _("Referral"),
        "state": words.REFERRALS[row.state],
        "due": common.due(row.due_at) if row.due_at else "",
        "result": words.RESULTS.get(row.result, "") if seen.health else "",
        "origin": words.ORIGINS[row.origin],
        "reading": f"{row.tenths / 10:.1f} °C" if row.tenths and seen.health else "",
        "symptoms": [words.SYMPTOMS.get(s, s) for s in row.symptoms] if seen.health else [],
        "clinic": clinic,
        "transport": words.TRANSPORT.get(row.transport, ""),
        "steps": steps,
        "buttons": buttons,
        "watch": reverse("watch", args=[district, row.watch_id])
        if row.watch_id and queries.one(actor, district, row.watch_id)
        else "",
        "moments": history.moments(
            list(records[:20]), sees=history.seeing(actor, row.area.path), reader=actor
        ),
        "tabs": common.tabs(actor),
    }
    return render(request, "watching/referral.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def act(
    request: HttpRequest, actor: Actor, district: str, referral_id: UUID, act: str
) -> HttpResponse:
    """Take one step of a referral."""
    row = _row(actor, district, referral_id)
    if act not in _ACTS:
        raise Refuse(NOT_FOUND)
    post = request.POST if request.method == "POST" else None
    form: acts.CommandForm
    if act == "accept":
        kinds = (PostKind.CLINIC, PostKind.HOSPITAL)
        known = stations.posts(actor, [district], kinds=kinds)[:100]
        form = forms.AcceptForm(post, clinics=[(str(p.id), p.name) for p in known])
    else:
        made: dict[str, type[acts.CommandForm]] = {
            "transport": forms.TransportForm,
            "result": forms.ResultForm,
            "cancel": forms.CancelForm,
        }
        form = made.get(act, forms.NoteForm)(post)
    where = reverse("referral", args=[district, row.id])
    if post is not None and form.is_valid():
        names = ("by", "clinic_id", "clinic", "result", "note")
        payload = {"referral_id": str(row.id), **acts.cleaned(form, names)}
        if receipt := acts.send(actor, form, f"referral.{act}", payload, district):
            return acts.done(request, receipt, _("It is written down."), where)
    seen = queries.seen(actor, row)
    context = {"title": act_words()[act], "back": where, "over": seen.name or seen.where}
    return acts.show(request, "people/form.html", form, context)
