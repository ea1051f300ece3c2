"""Stock at the desk: what lies where, what runs low, what expires, and each change."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb
from lianfang.people import account_queries
from lianfang.people.pages import (
    Section,
    Stat,
    badge,
    filtered,
    listed,
    searched,
    sheet,
    sheet_link,
    show,
    status_of,
    want,
    when,
)
from lianfang.stations import queries as stations
from lianfang.supplies import stock_queries as queries
from lianfang.supplies import words
from lianfang.supplies.forms import ItemForm, KeepForm, StockForm
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.acting import page

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from lianfang.supplies.models import StockLevel

_SOON = timedelta(days=30)


def _row(row: StockLevel, posts: dict[UUID, str], items: dict[UUID, tuple[str, str]]) -> c.Row:
    name, unit = items.get(row.item_id, ("", ""))
    low = row.low_at is not None and row.quantity <= row.low_at
    return c.Row(
        [
            name,
            posts.get(row.post_id, ""),
            row.quantity,
            unit,
            badge(_("Low"), "bad", "warning") if low else (row.low_at or "–"),
            when(row.changed_at),
        ],
        reverse("stock_post", args=[row.district, row.post_id]),
        "bad" if low else "plain",
    )


def _narrowed(
    request: HttpRequest, found: QuerySet[StockLevel]
) -> tuple[QuerySet[StockLevel], list[c.Filter]]:
    text, part = searched(request, _("Item or post")), request.GET.get("part", "")
    if part == "low":
        found = found.filter(low_open=True)
    if text.value:
        found = queries.holding(found, text.value)
    parts = [("", _("All")), ("low", _("Running low"))]
    return found, [text, c.Filter("part", _("Show"), parts, part)]


@require_safe
@page
def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List every item at every post in the actor's scope."""
    want(actor, Verb.READ)
    found, filters = _narrowed(request, queries.levels(actor))
    low = queries.levels(actor).filter(low_open=True).count()

    def rows(page_: list[StockLevel]) -> list[c.Row]:
        items, posts = queries.item_names(r.item_id for r in page_), queries.post_names(page_)
        return [_row(r, posts, items) for r in page_]

    table = listed(
        request,
        found,
        ["path", "post_id", "item_id"],
        rows,
        id="stock",
        caption=_("Stock"),
        columns=[
            c.Column(_("Item"), primary=True),
            c.Column(_("Post")),
            c.Column(_("In stock"), numeric=True),
            c.Column(_("Unit")),
            c.Column(_("Keep at least"), numeric=True),
            c.Column(_("Last change")),
        ],
        filters=filters,
        export=sheet_link(request, actor, "stock_xlsx"),
        empty_title=_("Nothing in stock yet"),
        empty_text=_("Open a post and take the first delivery in."),
    )
    soon = queries.expiring(actor, now() + _SOON)
    actions = [
        c.Action(_("Requests"), reverse("supply_requests"), icon="send"),
        c.Action(_("Production"), reverse("productions"), icon="chart"),
        c.Action(_("Key places"), reverse("key_places"), icon="shield"),
    ]
    if actor.may_somewhere(Verb.SUPPLY):
        actions.append(c.Action(_("New item"), reverse("supply_item_new"), icon="plus"))
    stats = [
        Stat(
            _("Running low"),
            low,
            href=f"{request.path}?part=low",
            tone="bad" if low else "good",
        ),
        Stat(
            _("Lots to use within 30 days"),
            len(soon),
            href=reverse("stock_expiring"),
            tone="warn" if soon else "good",
        ),
    ]
    return show(
        request,
        _("Stock and supplies"),
        sections=[Section("", table)],
        actions=actions,
        stats=stats,
    )


@require_safe
@page
def xlsx(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Return the stock as a file, as far as it may be taken out."""
    want(actor, Verb.EXPORT)
    found, _filters = _narrowed(request, queries.levels(actor, Verb.EXPORT))
    rows = list(found.order_by("path", "post_id", "item_id")[:20_000])
    items, posts = queries.item_names(r.item_id for r in rows), queries.post_names(rows)
    heads = [_("Item"), _("Post"), _("In stock"), _("Unit"), _("Keep at least")]
    lines = (
        [
            items.get(r.item_id, ("", ""))[0],
            posts.get(r.post_id, ""),
            r.quantity,
            items.get(r.item_id, ("", ""))[1],
            r.low_at or "",
        ]
        for r in rows
    )
    return sheet(actor, _("Stock"), heads, lines, name="stock")


@require_safe
@page
def expiring(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the lots that expire within 30 days, the first first."""
    want(actor, Verb.READ)
    rows = queries.expiring(actor, now() + _SOON)
    items = queries.item_names(r.item_id for r in rows)
    posts = queries.post_names(rows)
    table = c.Table(
        id="expiring",
        caption=_("Use by"),
        columns=[
            c.Column(_("Use by"), primary=True),
            c.Column(_("Item")),
            c.Column(_("Lot")),
            c.Column(_("Post")),
            c.Column(_("In stock"), numeric=True),
        ],
        rows=[
            c.Row(
                [
                    f"{r.expires:%Y-%m-%d}",
                    items.get(r.item_id, ("", ""))[0],
                    r.lot,
                    posts.get(r.post_id, ""),
                    r.quantity,
                ],
                reverse("stock_post", args=[r.district, r.post_id]),
            )
            for r in rows
        ],
        empty_title=_("Nothing expires within 30 days"),
    )
    path = [c.Link(_("Stock and supplies"), reverse("supplies")), c.Link(_("Use by"))]
    return show(request, _("Use by"), sections=[Section("", table)], path=path)


_ACTS = {"receive", "issue", "count", "discard"}


@require_http_methods(["GET", "HEAD", "POST"])
@page
def at_post(request: HttpRequest, actor: Actor, district: str, post_id: UUID) -> HttpResponse:
    """Show the stock of a post lot by lot, its last changes, and what can be done."""
    post = stations.post(actor, district, post_id)
    if post is None:
        raise Refuse(NOT_FOUND)
    act = filtered(request.POST.get("act", ""), [*_ACTS, "keep"])
    items = [(str(i.id), f"{i.name} ({i.unit})") for i in queries.items()]
    data = request.POST if request.method == "POST" else None
    form = StockForm(data if act in _ACTS else None, items=items)
    keep = KeepForm(data if act == "keep" else None, items=items)
    done = keep if act == "keep" else form
    if act and done.is_valid():
        receipt = acts.send(actor, done, f"stock.{act}", _payload(done, act, post_id), district)
        if receipt is not None:
            return acts.done(request, receipt, _("Noted."), request.path)
    names = queries.item_names(UUID(i) for i, _name in items)
    sections = [Section(_("In stock"), _lots_table(district, post_id, names))]
    if actor.may(Verb.SUPPLY, post.path):
        buttons = [
            c.Action(_("Take in"), "receive", icon="plus", kind="primary"),
            c.Action(_("Give out"), "issue", icon="send"),
            c.Action(_("That many were counted"), "count", icon="check"),
            c.Action(_("Throw away"), "discard", icon="close"),
        ]
        sections.append(
            Section(_("A change"), form=form, buttons=buttons, href=request.path, icon="edit")
        )
        button = c.Action(_("Keep so many"), "keep", icon="bell")
        sections.append(
            Section(_("Least number"), form=keep, buttons=[button], href=request.path, icon="bell")
        )
    sections.append(Section(_("Stock changes"), _moves_table(request, district, post_id)))
    path = [c.Link(_("Stock and supplies"), reverse("supplies")), c.Link(post.name)]
    return show(
        request,
        post.name,
        note=post.address,
        sections=sections,
        path=path,
        status=status_of(done),
    )


def _payload(form: acts.CommandForm, act: str, post_id: UUID) -> dict[str, Any]:
    data = form.cleaned_data
    payload: dict[str, Any] = {"post_id": str(post_id), "item_id": data["item_id"]}
    if act == "keep":
        return {**payload, "low_at": data["low_at"]}
    payload |= {"quantity": data["quantity"], "why": data["why"]}
    if act == "receive" and data["expires"]:
        payload["expires"] = data["expires"].isoformat()
    if act in ("receive", "count", "discard") or data["lot"]:
        payload["lot"] = data["lot"]
    return payload


def _lots_table(district: str, post_id: UUID, names: dict[UUID, tuple[str, str]]) -> c.Table:
    return c.Table(
        id="lots",
        caption=_("In stock"),
        columns=[
            c.Column(_("Item"), primary=True),
            c.Column(_("Lot")),
            c.Column(_("Use by")),
            c.Column(_("In stock"), numeric=True),
        ],
        rows=[
            c.Row(
                [
                    names.get(s.item_id, ("", ""))[0],
                    s.lot,
                    f"{s.expires:%Y-%m-%d}" if s.expires else "",
                    s.quantity,
                ]
            )
            for s in queries.lots(district, post_id)
        ],
        empty_title=_("Nothing in stock yet"),
    )


def _moves_table(request: HttpRequest, district: str, post_id: UUID) -> c.Table:
    def rows(page_: list[Any]) -> list[c.Row]:
        who = account_queries.names(m.actor for m in page_)
        items = queries.item_names(m.item_id for m in page_)
        return [
            c.Row(
                [
                    when(m.at),
                    items.get(m.item_id, ("", ""))[0],
                    words.MOVES.get(m.kind, m.kind),
                    f"{m.change:+d}",
                    m.lot,
                    m.why,
                    who.get(m.actor, ""),
                ]
            )
            for m in page_
        ]

    return listed(
        request,
        queries.moves(district, post_id),
        ["-at", "id"],
        rows,
        id="moves",
        caption=_("Stock changes"),
        columns=[
            c.Column(_("When"), primary=True),
            c.Column(_("Item")),
            c.Column(_("Items asked for")),
            c.Column(_("Plus or minus"), numeric=True),
            c.Column(_("Lot")),
            c.Column(_("Remark")),
            c.Column(_("Who")),
        ],
        empty_title=_("No change yet"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new_item(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Add an item to the list."""
    want(actor, Verb.SUPPLY)
    form = ItemForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        payload = {"item_id": form.child("item"), **acts.cleaned(form, ["name", "unit"])}
        receipt = acts.send(actor, form, "supply.define_item", payload)
        if receipt is not None:
            return acts.done(request, receipt, _("The item is in the list."), reverse("supplies"))
    context = {"title": _("New item"), "submit": _("Add"), "back": reverse("supplies")}
    return acts.show(request, "people/parts/form.html", form, context)
