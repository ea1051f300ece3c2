"""The desk's other pages: questions, catalogue and shops, money, and what leaves as a file."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.times import local, now
from lianfang.kernel.verbs import Verb
from lianfang.people import account_queries
from lianfang.services import ask_queries, care_queries, queries, rules, words
from lianfang.services import desk_forms as f
from lianfang.services.rules import AskKind, Money, OrderState
from lianfang.services.views.common import community, form_page, helpers, kind_names, listing
from lianfang.services.views.files import give
from lianfang.web import acts, paging
from lianfang.web import components as c
from lianfang.web.acting import page

if TYPE_CHECKING:
    from lianfang.areas.models import Area


def _at(name: str, area: Area, *args: Any) -> str:
    return f"{reverse(name, args=args)}?community={area.id}"


@require_safe
@page
def asks(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List what households asked and nobody has answered."""
    area = community(request, actor)
    found = ask_queries.asks(actor, [area.district])
    part = paging.page(found, ["asked_at", "id"], request.GET.get("cursor", ""), 40)
    rows = [
        c.Row(
            [
                row.household.label,
                words.ASKS[AskKind(row.kind)],
                row.text[:80],
                local(row.asked_at).strftime("%m-%d %H:%M"),
            ],
            _at("services_answer", area, row.district, row.id),
        )
        for row in part.rows
    ]
    table = c.Table(
        "asks",
        _("Questions of households"),
        [
            c.Column(_("Door"), primary=True),
            c.Column(_("What is it about?")),
            c.Column(_("Question")),
            c.Column(_("Asked")),
        ],
        rows,
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        empty_title=_("Everything is answered"),
    )
    return listing(request, actor, area, table, title=_("Questions from the doors"))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def answer(request: HttpRequest, actor: Actor, district: str, ask_id: UUID) -> HttpResponse:
    """Answer a question; the household reads it on its page."""
    row = ask_queries.ask(actor, district, ask_id)
    if row is None:
        raise Refuse(NOT_FOUND)
    form = f.WordForm(request.POST if request.method == "POST" else None)
    back = reverse("services_asks")
    if request.method == "POST" and form.is_valid():
        payload = {
            "ask_id": str(row.id),
            "household_id": str(row.household_id),
            "text": form.cleaned_data["text"],
        }
        if receipt := acts.send(actor, form, "ask.answer", payload, district):
            return acts.done(request, receipt, _("Answered."), back)
    return form_page(request, form, _("Answer"), back, row.text)


@require_safe
@page
def catalogue(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the kinds of service of a community, and its shops."""
    area = community(request, actor)
    may = actor.may(Verb.SUPPLY, area.path)
    names = kind_names(area.district, area.id)
    rows = [
        c.Row(
            [
                names[kind.code],
                _("Yes") if row is None or row.offered else _("No"),
                _("Yes") if kind.buys else "—",
                kind.due_hours,
                kind.claim_minutes,
                kind.per_day,
            ],
            _at("services_kind", area, kind.code) if may else "",
        )
        for kind, row in queries.catalogue(area.district, area.id)
    ]
    table = c.Table(
        "catalogue",
        _("Catalogue"),
        [
            c.Column(_("Name"), primary=True),
            c.Column(_("On offer")),
            c.Column(_("Something is bought")),
            c.Column(_("Due after hours"), numeric=True),
            c.Column(_("A claim lasts minutes"), numeric=True),
            c.Column(_("Orders a day"), numeric=True),
        ],
        rows,
    )
    shops = c.Table(
        "shops",
        _("Shops"),
        [c.Column(_("Shop"), primary=True), c.Column(_("Note"))],
        [
            c.Row([s.name, s.note], _at("services_shop", area, s.id))
            for s in queries.shops(area.district, area.id)
        ],
        empty_title=_("No shops yet"),
        empty_text=_("With a shop, orders are bought together."),
    )
    buttons = [c.Action(_("Add a shop"), _at("services_shop_new", area), "plus")]
    if may:
        buttons.append(c.Action(_("Add a kind"), _at("services_kind", area, "new"), "plus"))
        buttons.append(c.Action(_("Settings of the desk"), _at("services_desk", area), "settings"))
    return listing(request, actor, area, table, title=_("Catalogue"), second=shops, buttons=buttons)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def kind(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Change a kind of service, or add one."""
    area = community(request, actor, Verb.SUPPLY)
    known = {k.code: (k, row) for k, row in queries.catalogue(area.district, area.id)}
    initial: dict[str, Any] = {}
    if code in known:
        found, row = known[code]
        initial = {n: getattr(found, n) for n in ("code", "buys", "urgent", "due_hours")}
        initial |= {n: getattr(found, n) for n in ("claim_minutes", "most", "per_day")}
        initial |= {"name": row.name if row else "", "note": row.note if row else ""}
        initial["offered"] = row.offered if row else True
    elif code != "new":
        raise Refuse(NOT_FOUND)
    form = f.KindForm(request.POST if request.method == "POST" else None, initial=initial)
    names = [n for n in form.fields if n not in ("entry_id", "mends")]
    back = _at("services_catalogue", area)
    if request.method == "POST" and form.is_valid():
        payload = {"community_id": str(area.id), **{n: form.cleaned_data[n] for n in names}}
        if receipt := acts.send(actor, form, "service.keep", payload, area.district):
            return acts.done(request, receipt, _("Kept."), back)
    return form_page(request, form, _("A kind of service"), back)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def shop(request: HttpRequest, actor: Actor, shop_id: UUID | None = None) -> HttpResponse:
    """Add a shop, or change one."""
    area = community(request, actor)
    known = {s.id: s for s in queries.shops(area.district, area.id, all_=True)}
    initial: dict[str, Any] = {}
    if shop_id is not None:
        if shop_id not in known:
            raise Refuse(NOT_FOUND)
        names = ("name", "note", "latitude", "longitude")
        initial = {n: getattr(known[shop_id], n) for n in names}
    form = f.ShopForm(request.POST if request.method == "POST" else None, initial=initial)
    back = _at("services_catalogue", area)
    if request.method == "POST" and form.is_valid():
        payload = {
            "shop_id": str(shop_id or form.child("shop")),
            "community_id": str(area.id),
            **acts.cleaned(form, ["name", "note", "latitude", "longitude"]),
        }
        if receipt := acts.send(actor, form, "shop.keep", payload, area.district):
            return acts.done(request, receipt, _("Kept."), back)
    return form_page(request, form, _("A shop"), back)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def desk(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Set how the desk works."""
    area = community(request, actor, Verb.SUPPLY)
    row = queries.desk(area.district, area.id)
    initial = {"phone": row.phone, "bind_first": row.bind_first}
    form = f.DeskForm(request.POST if request.method == "POST" else None, initial=initial)
    back = _at("services_catalogue", area)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        payload = {"community_id": str(area.id), **{n: data[n] for n in ("phone", "bind_first")}}
        if receipt := acts.send(actor, form, "service.desk", payload, area.district):
            return acts.done(request, receipt, _("Kept."), back)
    return form_page(request, form, _("Settings of the desk"), back)


def _day(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return timezone.localdate(now())


@require_safe
@page
def money(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the day-sheet: who holds what, what moved, what is still owed."""
    area = community(request, actor)
    sheet = care_queries.day_sheet(area.district, area.id, _day(request))
    names = account_queries.names(h.ref for h in sheet.holders)
    kinds = list(Money)
    rows = [
        c.Row(
            [
                names.get(h.ref, _("The desk")),
                *[rules.yuan(h.moved.get(kind)) or "—" for kind in kinds],
                rules.yuan(h.held),
            ]
        )
        for h in sheet.holders
    ]
    table = c.Table(
        "money",
        _("Day-sheet"),
        [
            c.Column(_("Who"), primary=True),
            *[c.Column(words.MONEY[kind], numeric=True) for kind in kinds],
            c.Column(_("Holds at the end"), numeric=True),
        ],
        rows,
        filters=[c.Filter("day", _("Day (YYYY-MM-DD)"), (), sheet.day.isoformat())],
        action=reverse("services_money"),
        empty_title=_("No money moved on this day"),
    )
    names_of = kind_names(area.district, area.id)
    open_ = c.Table(
        "open",
        _("Bought and not settled"),
        [
            c.Column(_("Door"), primary=True),
            c.Column(_("What")),
            c.Column(_("State")),
            c.Column(_("Owed"), numeric=True),
        ],
        [
            c.Row(
                [
                    queries.shown(actor, o).door,
                    names_of.get(o.kind, o.kind),
                    words.STATES[OrderState(o.state)],
                    rules.yuan(rules.owed(o.price_fen, o.refund_fen, o.paid_fen, o.payer)),
                ],
                reverse("services_order", args=[o.district, o.id]),
            )
            for o in sheet.open
        ],
        empty_title=_("Everything is settled"),
    )
    day = f"&day={sheet.day}"
    buttons = []
    if actor.may(Verb.SUPPLY, area.path):
        buttons.append(c.Action(_("Hand over money"), _at("services_hand", area), "plus"))
    if actor.may(Verb.EXPORT, area.path):
        where = _at("services_money_export", area) + day
        buttons.append(c.Action(_("As an Excel file"), where, "download"))
    return listing(
        request,
        actor,
        area,
        table,
        title=_("Money"),
        second=open_,
        buttons=buttons,
        note=_("Amounts in yuan. Still owed: %(sum)s") % {"sum": rules.yuan(sheet.owed)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def hand(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Write down money that was handed over."""
    area = community(request, actor, Verb.SUPPLY)
    data = request.POST if request.method == "POST" else None
    form = f.HandForm(data, helpers=helpers(area))
    back = _at("services_money", area)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        payload = {
            "community_id": str(area.id),
            "account_id": given["account_id"],
            "kind": given["kind"],
            "fen": given["amount"],
            "note": given["note"],
        }
        if receipt := acts.send(actor, form, "money.hand", payload, area.district):
            return acts.done(request, receipt, _("It is written down."), back)
    return form_page(request, form, _("Hand over money"), back)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def money_export(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Give the day-sheet as xlsx."""
    area = community(request, actor, Verb.EXPORT)
    sheet = care_queries.day_sheet(area.district, area.id, _day(request))
    names = account_queries.names(h.ref for h in sheet.holders)
    desk_name = _("The desk")
    moved: list[list[Any]] = [[_("Time"), _("Who"), _("What"), _("Yuan"), _("Note")]]
    moved += [
        [
            local(e.at).strftime("%Y-%m-%d %H:%M"),
            names.get(e.holder, desk_name),
            str(words.MONEY[Money(e.kind)]),
            e.fen / 100,
            e.note,
        ]
        for e in sheet.entries
    ]
    held: list[list[Any]] = [[_("Who"), _("Holds at the end")]]
    held += [[names.get(h.ref, desk_name), h.held / 100] for h in sheet.holders]
    open_: list[list[Any]] = [[_("Door"), _("State"), _("Owed")]]
    open_ += [
        [
            queries.shown(actor, o).door,
            str(words.STATES[OrderState(o.state)]),
            rules.owed(o.price_fen, o.refund_fen, o.paid_fen, o.payer) / 100,
        ]
        for o in sheet.open
    ]
    sheets = {_("Movements"): moved, _("Holders"): held, _("Not settled"): open_}
    back = _at("services_money", area)
    return give(request, actor, area, "money", sheets, {"day": str(sheet.day)}, back)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def export(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Give the orders of a community as xlsx, narrowed as the board was; no numbers, no names."""
    area = community(request, actor, Verb.EXPORT)
    state = request.GET.get("state", "live")
    if state not in {"live", "late", "all", *map(str, OrderState)}:
        raise Refuse(NOT_FOUND)
    mine = queries.orders(actor, [area.district]).filter(community_id=area.id)
    kinds = kind_names(area.district, area.id)
    rows: list[list[Any]] = [[_("Door"), _("What"), _("State"), _("Ordered"), _("Yuan")]]
    for row in queries.narrowed(mine, state=state).order_by("ordered_at", "id")[:20_000]:
        rows.append(
            [
                queries.shown(actor, row).door,
                kinds.get(row.kind, row.kind),
                str(words.STATES[OrderState(row.state)]),
                local(row.ordered_at).strftime("%Y-%m-%d %H:%M"),
                (row.price_fen or 0) / 100,
            ]
        )
    back = _at("services", area)
    return give(request, actor, area, "orders", {_("Orders"): rows}, {"state": state}, back)
