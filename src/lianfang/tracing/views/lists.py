"""The lists of the communities: who is to be found, and what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.times import local, now
from lianfang.kernel.verbs import Verb
from lianfang.people import queries as people
from lianfang.people.pages import (
    Section,
    Stat,
    badge,
    chosen,
    listed,
    show,
    status_of,
    want,
    when,
)
from lianfang.tracing import list_queries as queries
from lianfang.tracing import words
from lianfang.tracing.forms import AnswerForm
from lianfang.tracing.rules import ListingState, Outcome
from lianfang.tracing.views.common import community_of, day
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.acting import page

if TYPE_CHECKING:
    from lianfang.tracing.models import Listing


@require_safe
@page
def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the contacts to be found in the actor's scope, and the figures of each community."""
    want(actor, Verb.READ)
    sections, stats = [], []
    if actor.may_somewhere(Verb.WATCH):
        sections.append(Section("", _table(request, actor)))
        left = queries.listings(actor).filter(state=ListingState.OPEN)
        late = left.filter(due_at__lt=now()).count()
        stats = [
            Stat(_("Contacts to be found"), left.count()),
            Stat(_("Late"), late, tone="bad" if late else "good"),
        ]
    figures = queries.by_community(actor)
    sections.append(Section(_("By community"), _figures_table(figures)))
    return show(request, _("Contacts to be found"), sections=sections, stats=stats)


def _table(request: HttpRequest, actor: Actor) -> c.Table:
    state = chosen(request, _("State"), words.LISTING_STATES)
    found = queries.listings(actor).filter(state=state.value or ListingState.OPEN)

    def rows(page_: list[Listing]) -> list[c.Row]:
        names = queries.line_names(actor, page_)
        areas = area_queries.labels(r.area_id for r in page_)
        moment = now()
        return [
            c.Row(
                [
                    names.get(r.id) or _("No name"),
                    words.DEGREES[r.degree],
                    areas.get(r.area_id, ""),
                    day(r.last_day),
                    when(r.due_at),
                    words.OUTCOMES.get(r.outcome, words.LISTING_STATES[r.state]),
                ],
                reverse("contact_answer", args=[r.district, r.id]),
                "bad" if r.state == ListingState.OPEN and r.due_at < moment else "plain",
            )
            for r in page_
        ]

    return listed(
        request,
        found,
        ["due_at", "id"],
        rows,
        id="lines",
        caption=_("Contacts to be found"),
        columns=[
            c.Column(_("Contact"), primary=True),
            c.Column(_("How near")),
            c.Column(_("Area")),
            c.Column(_("Last met on")),
            c.Column(_("Answer by")),
            c.Column(_("Answer")),
        ],
        filters=[state],
        empty_title=_("Nobody is to be found"),
        empty_text=_("Contacts whom the tracing desk sends down appear here, each with its time."),
    )


def _figures_table(figures: list[tuple[Any, int, int, int, int]]) -> c.Table:
    return c.Table(
        id="figures",
        caption=_("By community"),
        columns=[
            c.Column(_("Community"), primary=True),
            c.Column(_("On the list"), numeric=True),
            c.Column(_("Contacts found"), numeric=True),
            c.Column(_("Open answers"), numeric=True),
            c.Column(_("Late"), numeric=True),
        ],
        rows=[
            c.Row([area.name, all_, found, left, late], tone="bad" if late else "plain")
            for area, all_, found, left, late in figures
        ],
        empty_title=_("No community has a list"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def answer(request: HttpRequest, actor: Actor, district: str, contact_id: UUID) -> HttpResponse:
    """Answer for a contact: found and under watch in one act, or what else was learnt."""
    row = queries.listing(actor, district, contact_id)
    if row is None:
        raise Refuse(NOT_FOUND)
    said = queries.told(actor, row)
    form = AnswerForm(
        request.POST if request.method == "POST" else None,
        people=_people(actor, row, said.name),
        initial={
            "person_id": str(row.person_id or ""),
            "from_day": row.last_day or local(now()).date(),
            "days": row.days,
        },
    )
    if request.method == "POST" and form.is_valid():
        payload = _payload(actor, row, form)
        receipt = acts.send(actor, form, "contact.verify", payload, district) if payload else None
        if receipt is not None:
            there = reverse("contact_lists")
            return acts.done(request, receipt, _("The answer is on its way to the desk."), there)
    name = queries.line_names(actor, [row]).get(row.id) or _("No name")
    area = area_queries.labels([row.area_id]).get(row.area_id, "")
    told = [x for x in (area, said.address, said.phone, said.note) if x]
    sections = []
    if row.state == ListingState.OPEN:
        button = c.Action(_("Answer"), "answer", icon="check", kind="primary")
        sections.append(
            Section(_("What was found"), form=form, buttons=[button], href=request.path)
        )
    else:
        shown = words.OUTCOMES.get(row.outcome, words.LISTING_STATES[row.state])
        text = f"{shown} {when(row.answered_at)}"
        sections.append(Section(_("Answer"), text=text, icon="check"))
    path = [c.Link(_("Contacts to be found"), reverse("contact_lists")), c.Link(name)]
    return show(
        request,
        name,
        over=str(words.DEGREES[row.degree]),
        note=" · ".join(told),
        stats=[
            Stat(_("Last met on"), day(row.last_day)),
            Stat(_("Answer by"), when(row.due_at)),
            Stat(_("State"), badge(words.LISTING_STATES[row.state])),
        ],
        sections=sections,
        path=path,
        status=status_of(form),
    )


def _people(actor: Actor, row: Listing, name: str) -> list[tuple[str, str]]:
    """Return who may be meant: the registered person, else those of that name whom one sees."""
    if row.person_id:
        person = people.person(actor, row.district, row.person_id)
        return [(str(person.id), person.name)] if person else []
    _doors, found = people.find(actor, name) if name else ([], [])
    return [(str(p.id), p.name) for p in found if p.district == row.district]


def _payload(actor: Actor, row: Listing, form: AnswerForm) -> dict[str, Any] | None:
    data = form.cleaned_data
    payload: dict[str, Any] = {"contact_id": str(row.id), "outcome": data["outcome"]}
    if data["moved_to"]:
        payload["moved_to"] = data["moved_to"]
    if data["outcome"] != Outcome.FOUND:
        if data["community"]:
            found = community_of(form, data["community"])
            if found is None:
                return None
            payload["community_id"] = found
        return payload
    if not data["person_id"]:
        return payload
    payload["person_id"] = data["person_id"]
    if data["isolate"]:
        person = people.person(actor, row.district, UUID(data["person_id"]))
        home = person.household_id if person else row.household_id
        first = data["from_day"] or row.last_day or local(now()).date()
        payload["watch"] = {
            "place": data["isolate"],
            "from_day": first.isoformat(),
            "days": data["days"],
            "area_id": str(row.area_id),
            **({"household_id": str(home)} if home else {}),
        }
    return payload
