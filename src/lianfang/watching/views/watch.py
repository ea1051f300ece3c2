"""The page of one watch: facts, checks, history, and what can be done; its certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.areas import queries as area_queries
from lianfang.areas.rules import Level
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.queries import records_about
from lianfang.kernel.times import local, now
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people import history, throttle
from lianfang.people import queries as people
from lianfang.people.pages import badge
from lianfang.people.rules import mask_name
from lianfang.stations import queries as stations
from lianfang.watching import certificates, forms, queries, referral_queries, words
from lianfang.watching.rules import LIVE_WATCHES, WatchState
from lianfang.watching.views import common
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.acting import page

if TYPE_CHECKING:
    from lianfang.watching.models import Check, Watch

_TRIES = 40


@require_safe
@page
def watch(request: HttpRequest, actor: Actor, district: str, watch_id: UUID) -> HttpResponse:
    """Show one watch."""
    row = common.the_watch(actor, district, watch_id)
    posts = stations.of_rows([row])
    seen = queries.seen(actor, row, posts)
    path = row.area.path
    subjects = [row.id, *([row.person_id] if row.person_id else [])]
    records = records_about(district, subjects).filter(command__startswith="watch.")
    records = records.exclude(command__in=("watch.check", "watch.self_check"))
    context = {
        "row": row,
        "seen": seen,
        "title": seen.name or _("A person under watch"),
        "state": words.STATES[row.state],
        "place": words.PLACES[row.place],
        "reasons": [words.REASONS[r] for r in row.reasons] if seen.health else [],
        "live": row.state in LIVE_WATCHES,
        "last_day": row.until_day,
        "checks": _checks_table(request, seen.health, queries.checks(district, row.id)),
        "referrals": [
            (reverse("referral", args=[one.district, one.id]), words.REFERRALS[one.state], one)
            for one in (referral_queries.of_watch(district, row.id) if seen.health else [])
        ],
        "moments": history.moments(
            list(records[:40]), sees=history.seeing(actor, path), reader=actor
        ),
        "buttons": _buttons(actor, row),
        "household": _household(actor, row),
        "tabs": common.tabs(actor),
    }
    return render(request, "watching/watch.html", context)


def _household(actor: Actor, row: Watch) -> str:
    if row.household_id and people.household(actor, row.district, row.household_id):
        return reverse("household", args=[row.district, row.household_id])
    return ""


def _checks_table(request: HttpRequest, health: bool, rows: list[Check]) -> c.Table:
    tones = {"missed": "bad", "late": "warn"}
    return c.Table(
        "checks",
        _("Checks"),
        [
            c.Column(_("Day"), primary=True),
            c.Column(pgettext("watch", "Check")),
            c.Column(_("State")),
            c.Column(_("Temperature"), numeric=True),
            c.Column(_("Symptoms")),
            c.Column(_("At")),
        ],
        [
            c.Row(
                [
                    f"{one.day:%m-%d}",
                    one.slot or _("extra"),
                    badge(words.CHECKS[one.state], tones.get(one.state, "plain")),
                    f"{one.tenths / 10:.1f}" if one.tenths and health else "—",
                    _(", ").join(str(words.SYMPTOMS.get(s, s)) for s in one.symptoms)
                    if health
                    else "—",
                    f"{local(one.at):%m-%d %H:%M}" if one.at else "—",
                ],
                tone="bad" if one.unwell and health else "plain",
            )
            for one in rows[:120]
        ],
        empty_title=_("No checks yet"),
        empty_text=_("The first one is due at the time shown above."),
    )


def _buttons(actor: Actor, row: Watch) -> list[c.Action]:
    if row.state not in LIVE_WATCHES:
        if row.state == WatchState.RELEASED and row.person_id:
            where = reverse("watch_certificate", args=[row.district, row.id])
            return [c.Action(_("Certificate"), where, "file", "primary")]
        return []
    wanted = [
        ("check", pgettext("watch", "Check"), "fever"),
        ("refer", _("Send to the clinic"), "send"),
    ]
    wanted += (
        [("found", _("Is back"), "check")]
        if row.left_at
        else [("left", _("Left or not found"), "warning")]
    )
    wanted += [("extend", _("Extend"), "clock")]
    wanted += (
        [("withdraw", _("Take the transfer back"), "undo")]
        if row.state == WatchState.HANDING
        else [
            ("transfer", _("To another district"), "arrow-right"),
            ("release", _("Release"), "check"),
        ]
    )
    args = [row.district, row.id]
    result = []
    for name, label, icon in wanted:
        verb = Verb.REFER if name == "refer" else Verb.WATCH
        if actor.may(verb, row.area.path):
            where = (
                f"{reverse('watch_entry')}?watch={row.id}"
                if name == "check"
                else reverse("watch_act", args=[*args, name])
            )
            result.append(c.Action(label, where, icon, "primary" if name == "check" else "quiet"))
    return result


_FORMS: dict[str, type[acts.CommandForm]] = {
    "extend": forms.ExtendForm,
    "left": forms.NoteForm,
    "found": forms.NoteForm,
    "release": forms.ReleaseForm,
    "transfer": forms.TransferForm,
    "withdraw": forms.WhyForm,
    "refer": forms.ReferForm,
}


def _titles() -> dict[str, str]:
    return {
        "extend": _("Extend the watch"),
        "left": _("Left or not found"),
        "found": _("Is back"),
        "release": _("Release from the watch"),
        "transfer": _("Offer to another district"),
        "withdraw": _("Take the transfer back"),
        "refer": _("Send to the clinic"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@page
def act(
    request: HttpRequest, actor: Actor, district: str, watch_id: UUID, act: str
) -> HttpResponse:
    """Do one thing with a watch."""
    row = common.the_watch(actor, district, watch_id)
    if act not in _FORMS:
        raise Refuse(NOT_FOUND)
    form = _FORMS[act](request.POST if request.method == "POST" else None)
    where = reverse("watch", args=[district, row.id])
    if request.method == "POST" and form.is_valid():
        command, payload = _payload(act, row, form)
        if payload is None:
            form.add_error("code", _("There is no community of this code."))
        elif receipt := acts.send(actor, form, command, payload, district):
            return acts.done(request, receipt, _("It is written down."), where)
    seen = queries.seen(actor, row)
    context = {"title": _titles()[act], "back": where, "over": seen.name or seen.where}
    return acts.show(request, "people/form.html", form, context)


def _payload(act: str, row: Watch, form: acts.CommandForm) -> tuple[str, dict[str, Any] | None]:
    data = form.cleaned_data
    on: dict[str, Any] = {"watch_id": str(row.id)}
    if act == "refer":
        more = acts.cleaned(form, ("temperature", "symptoms", "note"))
        ids = {"referral_id": form.child("referral"), "person_id": str(row.person_id)}
        return "referral.open", {**ids, **more}
    if act == "transfer":
        area = area_queries.by_code(data["code"].strip())
        if area is None or area.level < Level.COMMUNITY:
            return "watch.transfer", None
        return "watch.transfer", {**on, "to_area_id": str(area.id), "why": data["why"]}
    if act == "extend":
        return "watch.extend", {
            **on,
            "until_day": data["until_day"].isoformat(),
            "why": data["why"],
        }
    return f"watch.{act}", {**on, **acts.cleaned(form, ("why", "note"))}


@require_http_methods(["GET", "HEAD", "POST"])
@page
def start(request: HttpRequest, actor: Actor, district: str, household_id: UUID) -> HttpResponse:
    """Put somebody of a household under watch at home."""
    home = people.household(actor, district, household_id)
    sees = home is not None and actor.sees(Sight.HEALTH, home.path)
    if home is None or not sees or not actor.may(Verb.WATCH, home.path):
        raise Refuse(NOT_FOUND)
    members = [
        (str(p.id), people.visible(actor, p).name or _("A person")) for p in people.members(home)
    ]
    post = request.POST if request.method == "POST" else None
    initial = {"from_day": local(now()).date(), "days": 14, "checks_a_day": 2, "self_check": True}
    form = forms.StartForm(post, people=members, initial=initial)
    if post is not None and form.is_valid():
        data = form.cleaned_data
        payload = {
            "person_id": data["person_id"],
            "household_id": str(home.id),
            "area_id": str(home.area_id),
            "reason": data["reason"],
            "place": "home",
            "from_day": data["from_day"].isoformat(),
            "days": data["days"],
            "checks_a_day": data["checks_a_day"],
            "self_check": data["self_check"],
        }
        if receipt := acts.send(actor, form, "watch.start", payload, district):
            where = reverse("watch", args=[district, receipt.result["watch_id"]])
            return acts.done(request, receipt, _("The watch has begun."), where)
    back = reverse("household", args=[district, household_id])
    context = {"title": _("Put under watch"), "back": back, "over": home.label}
    return acts.show(request, "people/form.html", form, context)


@require_safe
@page
def certificate(request: HttpRequest, actor: Actor, district: str, watch_id: UUID) -> HttpResponse:
    """Give the certificate of a release as a PDF."""
    row = common.the_watch(actor, district, watch_id)
    if row.state != WatchState.RELEASED or not row.person_id:
        raise Refuse(NOT_FOUND)
    seen = queries.seen(actor, row)
    code = certificates.code_of(district, row.id)
    address = request.build_absolute_uri(reverse("watch_verify", args=[code]))
    response = HttpResponse(
        certificates.pdf(row, seen.name, address), content_type="application/pdf"
    )
    response["Content-Disposition"] = 'attachment; filename="release.pdf"'
    return response


@require_safe
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Say to anybody who scans a certificate whether it is valid, and hardly more.

    The day and the first character of the name tie the paper to its bearer; no place, no reason.
    """
    keys = [throttle.Key(f"certificate:{request.META.get('REMOTE_ADDR', '')}", _TRIES, 600)]
    row = None
    if not throttle.wait(keys):
        named = certificates.read(code)
        row = queries.certificate(*named) if named else None
        if row is None:
            throttle.failed(keys)
    name = mask_name(row.person.name) if row and row.person_id and row.person else ""
    context = {
        "row": row,
        "name": name,
        "day": local(row.ended_at).date() if row and row.ended_at else None,
    }
    response = render(request, "watching/verify.html", context, status=200 if row else 404)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
