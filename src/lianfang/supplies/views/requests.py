"""Requests for supplies at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.rules import parent_path
from lianfang.kernel.verbs import Verb
from lianfang.people.pages import (
    Section,
    badge,
    chosen,
    filtered,
    listed,
    show,
    status_of,
    want,
    when,
)
from lianfang.stations import queries as stations
from lianfang.supplies import stock_queries as queries
from lianfang.supplies import words
from lianfang.supplies.forms import AnswerForm, RequestForm
from lianfang.supplies.rules import RequestState
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.acting import page

if TYPE_CHECKING:
    from lianfang.supplies.models import RequestLine, SupplyRequest

_MOST = 300


@require_safe
@page
def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the requests of the posts in the actor's scope."""
    want(actor, Verb.READ)
    state = chosen(request, _("State"), words.REQUEST_STATES)
    found = queries.requests(actor)
    if state.value:
        found = found.filter(state=state.value)

    def rows(page_: list[SupplyRequest]) -> list[c.Row]:
        lines = queries.lines_of(page_)
        items = queries.item_names(x.item_id for part in lines.values() for x in part)
        posts = queries.post_names(page_)
        return [
            c.Row(
                [
                    posts.get(r.post_id, ""),
                    _(", ").join(
                        f"{items.get(x.item_id, ('', ''))[0]} {x.wanted}" for x in lines[r.id][:3]
                    ),
                    when(r.wanted_by),
                    badge(words.REQUEST_STATES[r.state], words.REQUEST_TONES[r.state]),
                    when(r.requested_at),
                ],
                reverse("supply_request", args=[r.district, r.id]),
            )
            for r in page_
        ]

    table = listed(
        request,
        found,
        ["-requested_at", "id"],
        rows,
        id="requests",
        caption=_("Requests"),
        columns=[
            c.Column(_("Post"), primary=True),
            c.Column(_("Items asked for")),
            c.Column(_("Needed by")),
            c.Column(_("State")),
            c.Column(_("Asked on")),
        ],
        filters=[state],
        empty_title=_("No requests"),
        empty_text=_("Ask when a post runs short; the level above answers."),
    )
    actions = []
    if actor.may_somewhere(Verb.SUPPLY):
        ask = c.Action(_("Ask for supplies"), reverse("supply_ask"), icon="send", kind="primary")
        actions.append(ask)
    path = [c.Link(_("Stock and supplies"), reverse("supplies")), c.Link(_("Requests"))]
    sections = [Section("", table)]
    return show(request, _("Requests"), sections=sections, actions=actions, path=path)


def _own_posts(actor: Actor) -> list[tuple[str, str]]:
    found = stations.posts(actor, area_queries.districts(actor)).order_by("name")[:_MOST]
    return [(f"{p.district}/{p.id}", p.name) for p in found if actor.may(Verb.SUPPLY, p.path)]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def ask(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Ask for supplies for a post."""
    want(actor, Verb.SUPPLY)
    items = [(str(i.id), f"{i.name} ({i.unit})") for i in queries.items()]
    form = RequestForm(
        request.POST if request.method == "POST" else None, posts=_own_posts(actor), items=items
    )
    if request.method == "POST" and form.is_valid():
        district, _slash, post_id = form.cleaned_data["post_id"].partition("/")
        payload = {
            "request_id": form.child("request"),
            "post_id": post_id,
            "lines": form.lines(),
            "wanted_by": form.cleaned_data["wanted_by"].isoformat(),
            "text": form.cleaned_data["text"],
        }
        receipt = acts.send(actor, form, "supply.request", payload, district)
        if receipt is not None:
            where = reverse("supply_request", args=[district, payload["request_id"]])
            return acts.done(request, receipt, _("The level above has it now."), where)
    context = {
        "title": _("Ask for supplies"),
        "submit": _("Send the request"),
        "back": reverse("supply_requests"),
        "note": "" if items else _("There is no item yet: add the first one under Supplies."),
    }
    return acts.show(request, "people/parts/form.html", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def detail(request: HttpRequest, actor: Actor, district: str, request_id: UUID) -> HttpResponse:
    """Show a request, and to each side what it can do now."""
    row = queries.request(actor, district, request_id)
    if row is None:
        raise Refuse(NOT_FOUND)
    lines = queries.request_lines(row)
    items = queries.item_names(x.item_id for x in lines)
    may = _may(actor, row)
    act = filtered(request.POST.get("act", ""), may)
    form = _form(request, actor, row, lines, items, act)
    if act and form.is_valid():
        payload: dict[str, Any] = {"request_id": str(row.id), "why": form.cleaned_data["why"]}
        if act in ("approve", "arrive"):
            payload["lines"] = form.lines()
        if act == "approve" and form.cleaned_data.get("giver_id"):
            payload["giver_id"] = form.cleaned_data["giver_id"]
        receipt = acts.send(actor, form, f"supply.{act}", payload, district)
        if receipt is not None:
            return acts.done(request, receipt, _("Noted."), request.path)
    ids = [row.post_id, *([row.giver_id] if row.giver_id else [])]
    posts = stations.named(district, ids)
    sections = [Section(_("Items"), _lines_table(lines, items))]
    if may:
        buttons = [
            c.Action(label, name, icon, kind)
            for name in may
            for label, icon, kind in [_BUTTONS[name]]
        ]
        sections.append(
            Section(_("What now"), form=form, buttons=buttons, href=request.path, icon="edit")
        )
    needing = posts[row.post_id].name if row.post_id in posts else ""
    giver = posts[row.giver_id].name if row.giver_id in posts else _("From outside the district")
    note = [str(words.REQUEST_STATES[row.state]), _("needed by %s") % when(row.wanted_by)]
    if row.decided_at and row.state != RequestState.REFUSED:
        note.append(giver)
    note += [x for x in (row.why, row.text) if x]
    path = [
        c.Link(_("Stock and supplies"), reverse("supplies")),
        c.Link(_("Requests"), reverse("supply_requests")),
        c.Link(needing),
    ]
    return show(
        request,
        needing,
        over=_("Request for supplies"),
        note=" · ".join(note),
        sections=sections,
        path=path,
        status=status_of(form),
    )


_BUTTONS: dict[str, tuple[Any, str, c.Kind]] = {
    "approve": (gettext_lazy("Grant"), "check", "primary"),
    "refuse": (gettext_lazy("Refuse"), "refused", "secondary"),
    "cancel": (gettext_lazy("Take back"), "undo", "quiet"),
    "send": (gettext_lazy("It is on its way"), "send", "primary"),
    "arrive": (gettext_lazy("It has arrived"), "check", "primary"),
}


def _may(actor: Actor, row: SupplyRequest) -> list[str]:
    """Return what the actor can do with a request as it stands."""
    here, above = actor.may(Verb.SUPPLY, row.path), actor.may(Verb.SUPPLY, parent_path(row.path))
    if row.state == RequestState.REQUESTED:
        decides = ["approve", "refuse"] if above else []
        return [*decides, *(["cancel"] if here else [])]
    if row.state == RequestState.APPROVED:
        giver = stations.find(row.district, row.giver_id) if row.giver_id else None
        sends = actor.may(Verb.SUPPLY, giver.path) if giver else above
        return [*(["send"] if sends else []), *(["cancel"] if here else [])]
    return ["arrive"] if row.state == RequestState.SENT and here else []


def _form(
    request: HttpRequest,
    actor: Actor,
    row: SupplyRequest,
    lines: list[RequestLine],
    items: dict[UUID, tuple[str, str]],
    act: str,
) -> AnswerForm:
    """Return the form that fits the state; it is filled with what is known already."""
    deciding = row.state == RequestState.REQUESTED
    shown = []
    for line in lines if deciding or row.state == RequestState.SENT else ():
        name, unit = items.get(line.item_id, ("", ""))
        number = line.wanted if deciding else line.sent or 0
        shown.append((str(line.item_id), f"{name} ({unit})", number))
    givers = [
        (key.partition("/")[2], name)
        for key, name in (_own_posts(actor) if deciding else ())
        if key.startswith(f"{row.district}/") and not key.endswith(str(row.post_id))
    ]
    data = request.POST if act else None
    return AnswerForm(data, lines=shown, givers=givers)


def _lines_table(lines: list[RequestLine], items: dict[UUID, tuple[str, str]]) -> c.Table:
    def number(value: int | None) -> object:
        return "–" if value is None else value

    return c.Table(
        id="lines",
        caption=_("Items"),
        columns=[
            c.Column(_("Item"), primary=True),
            c.Column(_("Unit")),
            c.Column(_("Asked for"), numeric=True),
            c.Column(_("Granted"), numeric=True),
            c.Column(_("Sent"), numeric=True),
            c.Column(_("Number arrived"), numeric=True),
        ],
        rows=[
            c.Row(
                [
                    *items.get(x.item_id, ("", "")),
                    x.wanted,
                    number(x.approved),
                    number(x.sent),
                    number(x.received),
                ],
                tone="bad" if x.received is not None and x.received != x.sent else "plain",
            )
            for x in lines
        ],
    )
