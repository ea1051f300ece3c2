"""The contacts of a case, seen from the tracing desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.times import now
from lianfang.people.pages import Section, badge, chosen, filtered, listed, show, status_of, when
from lianfang.tracing import case_queries as queries
from lianfang.tracing import who, words
from lianfang.tracing.forms import SendForm, StrikeForm
from lianfang.tracing.rules import ON_DESK, OPEN_CONTACTS, ContactState
from lianfang.tracing.views.common import community_of, crumbs, day
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.acting import page

if TYPE_CHECKING:
    from lianfang.tracing.models import Case, Contact


def contacts_table(request: HttpRequest, actor: Actor, row: Case) -> tuple[c.Table, int]:
    """Return the contacts of a case as a table, and how many are ready to be sent."""
    state = chosen(request, _("State"), words.CONTACT_STATES)
    found = queries.contacts(row)
    if state.value:
        found = found.filter(state=state.value)

    def rows(page_: list[Contact]) -> list[c.Row]:
        names = queries.contact_names(actor, row, page_)
        areas = area_queries.labels(x.community_id for x in page_ if x.community_id)
        moment = now()
        return [
            c.Row(
                [
                    names.get(x.id) or _("No name"),
                    words.DEGREES[x.degree],
                    words.BASES[x.basis],
                    day(x.last_day),
                    areas.get(x.community_id, "–") if x.community_id else "–",
                    badge(words.CONTACT_STATES[x.state], words.CONTACT_TONES[x.state]),
                    words.OUTCOMES.get(x.outcome, ""),
                    when(x.due_at),
                ],
                reverse("contact", args=[x.district, x.id]),
                "bad" if x.state in OPEN_CONTACTS and x.due_at and x.due_at < moment else "plain",
            )
            for x in page_
        ]

    table = listed(
        request,
        found,
        ["state", "named_at", "id"],
        rows,
        id="contacts",
        caption=_("Contacts"),
        columns=[
            c.Column(_("Contact"), primary=True),
            c.Column(_("How near")),
            c.Column(_("Known by")),
            c.Column(_("Last met on")),
            c.Column(_("Community")),
            c.Column(_("State")),
            c.Column(_("Answer")),
            c.Column(_("Answer by")),
        ],
        filters=[state],
        empty_title=_("No contact yet"),
        empty_text=_("“Find contacts” looks through passages, duties, vehicles and households."),
    )
    return table, queries.ready(row).count()


@require_http_methods(["GET", "HEAD", "POST"])
@page
def detail(request: HttpRequest, actor: Actor, district: str, contact_id: UUID) -> HttpResponse:
    """Show a contact, send it to a community, or strike it."""
    found = queries.contact(actor, district, contact_id)
    if found is None:
        raise Refuse(NOT_FOUND)
    row, line = found
    act = filtered(request.POST.get("act", ""), ["send", "strike"])
    community = area_queries.labels([line.community_id]) if line.community_id else {}
    codes = area_queries.paths_by_id([line.community_id]) if line.community_id else {}
    code = next(iter(codes.values()), "").rstrip("/").rpartition("/")[2]
    sending = SendForm(request.POST if act == "send" else None, initial={"community": code})
    striking = StrikeForm(request.POST if act == "strike" else None)
    done = striking if act == "strike" else sending
    if act and done.is_valid():
        payload = _payload(done, act, line)
        name = f"contact.{act}"
        receipt = acts.send(actor, done, name, payload, district) if payload else None
        if receipt is not None:
            return acts.done(request, receipt, _("Written down."), request.path)
    sections = [Section(_("What is known"), text=_told(line, community), icon="person")]
    if line.state in ON_DESK or line.state == ContactState.SENT:
        button = c.Action(_("Send down"), "send", icon="send", kind="primary")
        sections.append(
            Section(_("To the community"), form=sending, buttons=[button], href=request.path)
        )
        button = c.Action(_("Strike"), "strike", icon="close")
        sections.append(
            Section(_("Off the list"), form=striking, buttons=[button], href=request.path)
        )
    name_ = queries.contact_names(actor, row, [line]).get(line.id, "") or _("No name")
    case_name = queries.case_names(actor, [row]).get(row.id, "")
    return show(
        request,
        name_,
        over=str(words.DEGREES[line.degree]),
        note=str(words.CONTACT_STATES[line.state]),
        sections=sections,
        path=crumbs(row, case_name, name_),
        status=status_of(done),
    )


def _payload(form: Any, act: str, line: Contact) -> dict[str, Any] | None:
    if act == "strike":
        return {"contact_id": str(line.id), "why": form.cleaned_data["why"]}
    found = community_of(form, form.cleaned_data["community"])
    if found is None:
        return None
    hours = form.cleaned_data["hours"]
    return {"contact_id": str(line.id), "community_id": found, "hours": hours}


def _told(line: Contact, community: dict[UUID, str]) -> str:
    said = who.read(line.who)
    parts = [
        f"{_('Known by')}: {words.BASES[line.basis]}",
        f"{_('Last met on')}: {day(line.last_day)}",
        f"{_('Community')}: {next(iter(community.values()), '–')}",
    ]
    for word, value in ((_("Telephone"), said.phone), (_("Address"), said.address)):
        if value:
            parts.append(f"{word}: {value}")
    if line.outcome:
        answer = f"{_('Answer')}: {words.OUTCOMES[line.outcome]} {when(line.answered_at)}"
        parts.append(answer)
    if line.why:
        parts.append(line.why)
    return "\n".join(parts)
