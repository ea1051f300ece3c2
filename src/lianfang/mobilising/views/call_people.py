"""The helpers of a call at the desk: one of them, what can be done, the list as a file, proofs."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.verbs import Sight, Verb
from lianfang.mobilising import proofs, queries, words
from lianfang.mobilising.rules import SignUpAction, SignUpState, next_sign_up
from lianfang.mobilising.views.calls import call_of
from lianfang.people.pages import Section, show, workbook
from lianfang.people.rules import mask_name, mask_phone
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.acting import found, page

_ACTS = {
    "check_in": ("call.check_in", SignUpAction.CHECK_IN),
    "check_out": ("call.check_out", SignUpAction.CHECK_OUT),
    "no_show": ("call.no_show", SignUpAction.MISS),
    "drop": ("call.drop", SignUpAction.DROP),
}


@require_safe
@page
def helper(
    request: HttpRequest, actor: Actor, district: str, call_id: UUID, sign_up_id: UUID
) -> HttpResponse:
    """Show one helper of a call, with what can be done now."""
    call = call_of(actor, district, call_id)
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


@require_safe
@page
def xlsx(request: HttpRequest, actor: Actor, district: str, call_id: UUID) -> HttpResponse:
    """Give the list of helpers as a file, with what the actor may see; the journal keeps it."""
    call = call_of(actor, district, call_id)
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
    area = area_queries.area(actor, call.area_id)
    found(area)
    assert area is not None
    return workbook(actor, call.name, heads, lines, area=area, name="call")


@require_safe
@page
def proof(
    request: HttpRequest, actor: Actor, district: str, call_id: UUID, sign_up_id: UUID
) -> HttpResponse:
    """Give a helper's proof of service as a PDF."""
    call = call_of(actor, district, call_id)
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
