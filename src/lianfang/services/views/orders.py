"""The desk's board, the page of an order, and the helper's errands."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.ids import derive_id
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.times import local, now
from lianfang.kernel.verbs import Verb
from lianfang.people import account_queries, duty_cards, history
from lianfang.services import desk_forms as f
from lianfang.services import queries, rules, words
from lianfang.services.rules import CARRIED, OrderState, Why
from lianfang.services.views.common import (
    community,
    form_page,
    helpers,
    kind_name,
    kind_names,
    listing,
)
from lianfang.web import acts, paging, photos
from lianfang.web import components as c
from lianfang.web.acting import page

_S = OrderState
# So many late orders are shown as cards; the rest stands in the list.
_LATE = 10
# What can be done to an order in which state, by whom.
ACTS: dict[str, tuple[Verb, frozenset[str]]] = {
    "accept": (Verb.SERVE, frozenset({_S.ORDERED})),
    "ask_back": (Verb.SERVE, frozenset({_S.ORDERED})),
    "decline": (Verb.SERVE, frozenset({_S.ORDERED, _S.ASKED_BACK})),
    "assign": (Verb.ASSIGN, frozenset({*CARRIED})),
    "buy": (Verb.WORK, frozenset({_S.TAKEN, _S.BOUGHT})),
    "leave": (Verb.WORK, frozenset({_S.TAKEN, _S.BOUGHT})),
    "return": (Verb.WORK, frozenset({_S.TAKEN})),
    "confirm": (Verb.ORDER, frozenset({_S.AT_DOOR})),
    "dispute": (Verb.ORDER, frozenset({_S.AT_DOOR, _S.CONFIRMED, _S.SETTLED})),
    "resolve": (Verb.SERVE, frozenset({_S.DISPUTED})),
    "settle": (Verb.SERVE, frozenset({_S.CONFIRMED})),
}


def names_of_acts() -> dict[str, str]:
    """Return what each act is called on its button."""
    return {
        "accept": _("Accept"),
        "ask_back": _("Ask back"),
        "decline": _("Decline"),
        "assign": _("Assign"),
        "buy": _("Bought"),
        "leave": _("It is at the door"),
        "return": _("Give back"),
        "confirm": _("Confirm for the household"),
        "dispute": _("Complain for the household"),
        "resolve": _("Resolve the complaint"),
        "settle": _("Settle"),
    }


@require_safe
@page
def board(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the desk's orders: how many stand where, the late ones first, then the list."""
    area = community(request, actor)
    mine = queries.orders(actor, [area.district]).filter(community_id=area.id)
    state, kind = request.GET.get("state", "live"), request.GET.get("kind", "")
    door = request.GET.get("door", "")[:40]
    if state not in {"live", "late", "all", *map(str, OrderState)}:
        state = "live"
    found = queries.narrowed(mine, state=state, kind=kind[:20], door=door)
    part = paging.page(found, ["ordered_at", "id"], request.GET.get("cursor", ""), 40)
    kinds = kind_names(area.district, area.id)
    late = list(queries.late_first(queries.narrowed(mine, state="late"))[: _LATE + 1])
    counts = queries.counts(actor, [area.district])
    states: list[tuple[str, Any]] = [("live", _("All that are not over")), ("late", _("Late"))]
    states += [(str(s), words.STATES[s]) for s in OrderState]
    where = reverse("services") + f"?community={area.id}"
    table = c.Table(
        "orders",
        _("Orders"),
        [
            c.Column(_("Door"), primary=True),
            c.Column(_("What")),
            c.Column(_("State")),
            c.Column(_("Comes first because")),
            c.Column(_("Ordered")),
            c.Column(_("Carried by")),
        ],
        _rows(actor, part.rows, kinds),
        filters=[
            c.Filter("state", _("State"), states, state),
            c.Filter("kind", _("What"), [("", _("Everything")), *kinds.items()], kind),
            c.Filter("door", _("Door"), (), door),
        ],
        action=reverse("services"),
        export=reverse("services_export") + f"?community={area.id}&state={state}",
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        empty_title=_("No orders here"),
        empty_text=_("Households order by the card on their door, or you write it down for them."),
    )
    stats = [
        {
            "label": words.STATES[OrderState(s)],
            "value": counts.get(s, 0),
            "href": f"{where}&state={s}",
            "tone": words.TONES.get(OrderState(s), "plain"),
        }
        for s in ("ordered", "accepted", "taken", "at_door", "disputed", "confirmed")
    ]
    return listing(
        request,
        actor,
        area,
        table,
        title=_("Services"),
        stats=stats,
        late=[_card(actor, row, kinds) for row in late[:_LATE]],
        all_late=f"{where}&state=late" if len(late) > _LATE else "",
    )


def _rows(actor: Actor, orders: list[Any], kinds: dict[str, str]) -> list[c.Row]:
    names = account_queries.names(o.carrier for o in orders if o.carrier)
    moment = now()
    rows = []
    for order in orders:
        seen = queries.shown(actor, order)
        late = order.due_at and order.due_at < moment and order.state in CARRIED
        rows.append(
            c.Row(
                [
                    seen.door or seen.area,
                    kinds.get(order.kind, order.kind),
                    words.STATES[OrderState(order.state)],
                    ", ".join(str(words.WHYS[Why(w)]) for w in order.why) or "—",
                    local(order.ordered_at).strftime("%m-%d %H:%M"),
                    names.get(order.carrier, "—"),
                ],
                reverse("services_order", args=[order.district, order.id]),
                "warn" if late or order.state == OrderState.DISPUTED else "plain",
            )
        )
    return rows


def _card(actor: Actor, order: Any, kinds: dict[str, str]) -> c.Duty:
    """Return an order as a card."""
    seen = queries.shown(actor, order)
    return c.Duty(
        kind=kinds.get(order.kind, str(words.KINDS.get(order.kind, order.kind))),
        place=f"{seen.area} · {seen.door}" if seen.door else seen.area,
        href=reverse("services_order", args=[order.district, order.id]),
        icon="send",
        due=order.due_at,
        owner=_("You") if seen.carries else "",
        state=words.STATES[OrderState(order.state)],
        note=", ".join(f"{i['name']} × {i['quantity']}" for i in seen.items[:12]),
        tone="warn" if order.due_at and order.due_at < now() else "plain",
    )


@require_safe
@page
def errands(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show a helper what he carries, with claims that run out soon, and what he can take."""
    districts = area_queries.districts(actor)
    mine = queries.mine(actor, districts)
    duties = queries.duties_of(mine)
    moment = now()
    carried = []
    for order in mine:
        duty = duties.get(order.duty_id) if order.duty_id else None
        left = rules.claim_warning(duty.claimed_until if duty else None, moment)
        carried.append({"card": _card(actor, order, {}), "left": left})
    free = list(queries.available(actor, districts)[:40])
    context = {"mine": carried, "free": duty_cards.cards(actor, free)}
    return render(request, "services/errands.html", context)


@require_safe
@page
def order(request: HttpRequest, actor: Actor, district: str, order_id: UUID) -> HttpResponse:
    """Show one order: what the actor may see of it, and what can be done now."""
    row = _find(actor, district, order_id)
    seen = queries.shown(actor, row, kind_name(district, row.community_id, row.kind))
    home: Any = row.household
    names = names_of_acts()
    buttons = [
        c.Action(
            names[act],
            reverse("services_act", args=[district, row.id, act]),
            kind="primary" if act in ("accept", "buy", "leave", "settle") else "secondary",
        )
        for act, (verb, states) in ACTS.items()
        if row.state in states and _may(actor, row, verb)
    ]
    state = OrderState(row.state)
    shows = seen.serves or seen.carries
    context = {
        "seen": seen,
        "row": row,
        "state": words.STATES[state],
        "tone": words.TONES.get(state, "plain"),
        "whys": [words.WHYS[Why(w)] for w in row.why],
        "price": rules.yuan(row.price_fen),
        "ceiling": rules.yuan(row.ceiling_fen),
        "payer": words.PAYERS[rules.Payer(row.payer)],
        "due": rules.yuan(rules.owed(row.price_fen, row.refund_fen, row.paid_fen, row.payer)),
        "carrier": account_queries.names([row.carrier]).get(row.carrier, ""),
        "buttons": buttons,
        "receipt": shows and row.receipt_id,
        "door_photo": shows and row.door_photo_id,
        "household": reverse("household", args=[district, home.id]) if seen.serves else "",
        "moments": history.of(actor, district, [row.id], home.path),
    }
    return render(request, "services/order.html", context)


def _find(actor: Actor, district: str, order_id: UUID) -> Any:
    row = queries.order(actor, district, order_id)
    if row is None:
        raise Refuse(NOT_FOUND)
    return row


def _may(actor: Actor, row: Any, verb: Verb) -> bool:
    path = row.household.path
    if verb is Verb.WORK:
        return queries.carries(actor, row) or actor.may(Verb.ASSIGN, path)
    return actor.may(verb, path)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def act(
    request: HttpRequest, actor: Actor, district: str, order_id: UUID, act: str
) -> HttpResponse:
    """Do one thing to an order, with the form that it needs."""
    row = _find(actor, district, order_id)
    if act not in ACTS or not _may(actor, row, ACTS[act][0]):
        raise Refuse(NOT_FOUND)
    form = _form(request, row, act)
    back = reverse("services_order", args=[district, row.id])
    if request.method == "POST" and form.is_valid():
        try:
            command, payload = _payload(row, act, form)
        except Refuse as refuse:
            form.refuse(refuse.refusal)
        else:
            if receipt := acts.send(actor, form, command, payload, district):
                gone = act in ("return",) and not actor.may(Verb.READ, row.household.area.path)
                where = reverse("errands") if gone else back
                return acts.done(request, receipt, _("It is written down."), where)
    return form_page(request, form, names_of_acts()[act], back)


def _form(request: HttpRequest, row: Any, act: str) -> acts.CommandForm:
    post = request.method == "POST"
    data, files = (request.POST, request.FILES) if post else (None, None)
    if act == "accept":
        listed = [(str(s.id), s.name) for s in queries.shops(row.district, row.community_id)]
        return f.AcceptForm(data, shops=listed, initial={"payer": row.payer})
    if act == "assign":
        return f.AssignForm(data, helpers=helpers(queries.community_of(row)))
    if act in ("buy", "leave"):
        return (f.BuyForm if act == "buy" else f.LeaveForm)(data, files)
    if act == "resolve":
        return f.ResolveForm(data)
    return f.WordForm(data) if act in ("decline", "ask_back", "dispute") else acts.Once(data)


def _payload(row: Any, act: str, form: Any) -> tuple[str, dict[str, Any]]:
    """Return the command and its payload; a photo is kept first."""
    data = form.cleaned_data
    on: dict[str, Any] = {"order_id": str(row.id)}
    if act in ("assign", "return"):
        more = {"account_id": data["account_id"]} if act == "assign" else {}
        return f"duty.{act}", {"duty_id": str(row.duty_id), **more}
    if act in ("decline", "ask_back", "dispute"):
        on |= {"household_id": str(row.household_id), "text": data["text"]}
    elif act == "accept":
        on |= {"shop_id": data["shop_id"] or None, "payer": data["payer"]}
    elif act in ("buy", "leave") and data.get("photo"):
        kept = photos.store(
            row.district,
            row.household_id,
            derive_id(form.entry, "photo"),
            data["photo"].read(photos.MOST + 1),
        )
        on["receipt_id" if act == "buy" else "photo_id"] = str(kept)
    if act == "buy":
        on |= {"price_fen": data["price"], "agreed": data["agreed"]}
    elif act == "resolve":
        on |= {"redo": data["redo"] == "1", "refund_fen": data["refund"]}
    elif act == "settle":
        due = rules.owed(row.price_fen, row.refund_fen, row.paid_fen, row.payer)
        on["fen"] = due
    return f"order.{act}", on


@require_safe
@page
def photo(
    request: HttpRequest, actor: Actor, district: str, order_id: UUID, which: str
) -> HttpResponse:
    """Show the photo of a receipt or of what lies at the door, to the desk and the carrier."""
    row = _find(actor, district, order_id)
    seen = queries.shown(actor, row)
    photo_id = {"receipt": row.receipt_id, "door": row.door_photo_id}.get(which)
    if photo_id is None or not (seen.serves or seen.carries):
        raise Refuse(NOT_FOUND)
    found = photos.read(district, row.household_id, photo_id)
    if found is None:
        raise Refuse(NOT_FOUND)
    return HttpResponse(found[0], content_type=found[1])


class _Dial(HttpResponseRedirect):
    """Hands a number to the telephone without showing it on a page."""

    allowed_schemes = ["tel"]


@require_POST
@page
def call(request: HttpRequest, actor: Actor, district: str, order_id: UUID) -> HttpResponse:
    """Put one call through to the household of an order that the actor carries; journalled."""
    row = _find(actor, district, order_id)
    form = acts.Once(request.POST)
    form.is_valid()
    payload = {"order_id": str(row.id)}
    receipt = acts.send(actor, form, "order.call", payload, district)
    if receipt is None or not row.phone:
        return HttpResponseRedirect(reverse("services_order", args=[district, row.id]))
    return _Dial(f"tel:{row.phone}")
