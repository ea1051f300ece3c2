"""The resident's page: by the door's card, without an account, without JavaScript.

A card shows nothing about people before a browser is bound to the door by a telephone number that
the community knows; the binding is a signed cookie, worthless as soon as the card is renewed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianfang.areas import queries as area_queries
from lianfang.kernel.problems import NOT_FOUND, Refuse, problem
from lianfang.kernel.times import now
from lianfang.people import account_queries, history, throttle
from lianfang.people import queries as people
from lianfang.people.rules import mask_name
from lianfang.screening import queries as screening
from lianfang.services import ask_queries, cards, queries, words
from lianfang.services.cards import Card
from lianfang.services.door_forms import AskForm, BindForm, OrderForm, ReportForm, WordForm
from lianfang.services.rules import AskKind, OrderState, yuan
from lianfang.watching import queries as watching
from lianfang.web import problems
from lianfang.web.acts import Once, done, send, show
from lianfang.web.slots import DOOR

BIND_FIRST = problem(
    "door.bind_first",
    gettext_lazy("Your community asks for your telephone number before this page can be used."),
    gettext_lazy("Write it below; it must be one that the community has for your door."),
    status=403,
)
BUSY = problem(
    "door.busy",
    gettext_lazy("Too much was sent from here in a short time."),
    gettext_lazy("Wait {seconds} seconds and try again."),
    status=429,
)
_COOKIE_AGE = 180 * 24 * 3600
_SALT = "lianfang.door"
# What can be done to one's order, by its state.
_ACTS: dict[str, tuple[OrderState, ...]] = {
    "confirm": (OrderState.AT_DOOR,),
    "dispute": (OrderState.AT_DOOR, OrderState.CONFIRMED, OrderState.SETTLED),
    "answer": (OrderState.ASKED_BACK,),
    "cancel": (OrderState.ORDERED, OrderState.ASKED_BACK, OrderState.ACCEPTED, OrderState.TAKEN),
}
View = Callable[..., HttpResponseBase]


def _keys(request: HttpRequest, name: str) -> list[throttle.Key]:
    where = request.META.get("REMOTE_ADDR", "")
    # A whole quarter may share one address of its telephone company.
    return [throttle.Key(f"door:{name}", 30, 600), throttle.Key(f"door-from:{where}", 300, 600)]


def _limit(keys: list[throttle.Key]) -> None:
    """Refuse when the keys have to wait; else count once more."""
    if seconds := throttle.wait(keys):
        raise Refuse(BUSY, None, seconds=seconds)
    throttle.failed(keys)


def _cookie(card: Card) -> str:
    return f"door_{card.household.id.hex[:12]}"


def bound(request: HttpRequest, card: Card) -> bool:
    """Tell whether this browser was bound to the door by this very card."""
    seal = request.get_signed_cookie(_cookie(card), "", salt=_SALT, max_age=_COOKIE_AGE)
    return bool(seal) and seal == card.seal


def door(view: View) -> View:
    """Open the page of a door by its code; the view is called with the card.

    A wrong code looks like any page that is not there, and is slow to try out; posts are counted.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, code: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            where = [throttle.Key(f"door-code:{request.META.get('REMOTE_ADDR', '')}", 20, 600)]
            if seconds := throttle.wait(where):
                raise Refuse(BUSY, None, seconds=seconds)
            card = cards.card_of(code)
            if card is None:
                throttle.failed(where)
                raise Refuse(NOT_FOUND)
            if request.method == "POST":
                _limit(_keys(request, card.household.id.hex))
            response = view(request, card, *args, **kwargs)
        except Refuse as refuse:
            response = problems.respond(request, refuse.refusal)
        response["Cache-Control"] = "private, no-store"
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex"
        return response

    return wrapped


def _open(request: HttpRequest, card: Card) -> dict[str, Any]:
    """Return what all pages of a door show. Raises Refuse where the card must be bound first."""
    desk = queries.desk(card.household.district, card.household.community_id)
    mine = bound(request, card)
    if desk.bind_first and not mine:
        raise Refuse(BIND_FIRST)
    return {"card": card, "bound": mine, "desk": desk}


def _kinds(card: Card) -> list[tuple[str, Any]]:
    """Return the kinds of service on offer, with their words."""
    home = card.household
    return [
        (kind.code, (row.name if row else "") or words.KINDS.get(kind.code, kind.code))
        for kind, row in queries.catalogue(home.district, home.community_id)
        if row is None or row.offered
    ]


@require_safe
@door
def home(request: HttpRequest, card: Card) -> HttpResponse:
    """Show a door's page: orders, what one can do, who is responsible."""
    household = card.household
    desk = queries.desk(household.district, household.community_id)
    mine = bound(request, card)
    if desk.bind_first and not mine:
        return HttpResponseRedirect(reverse("door_bind", args=[card.code]))
    names = dict(_kinds(card))
    workers = account_queries.named_workers([household.area_id])
    context = {
        "card": card,
        "bound": mine,
        "desk": desk,
        "orders": [
            {
                "row": row,
                "kind": names.get(row.kind, words.KINDS.get(row.kind, row.kind)),
                "state": words.STATES[OrderState(row.state)],
                "tone": words.TONES.get(OrderState(row.state), "plain"),
            }
            for row in queries.of_household(household, 10)
        ],
        "asks": ask_queries.of_household(household, 5) if mine else [],
        # Whoever finds a card learns nothing of an isolation; the household itself is bound.
        "checks": watching.own_checks(household.district, household.id) if mine else [],
        "reports": screening.takes_reports(household.district, household.path) is not None,
        "workers": workers.get(household.area_id, []),
        "area": area_queries.labels([household.area_id]).get(household.area_id, ""),
        "cards": DOOR.gather(household),
    }
    return _render(request, "services/door/home.html", context)


def _render(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    return render(request, template, context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@door
def order(request: HttpRequest, card: Card) -> HttpResponse:
    """Let a household order."""
    context = _open(request, card)
    post = request.method == "POST"
    form = OrderForm(request.POST if post else None, kinds=_kinds(card), moment=now())
    home_ = card.household
    if post and form.is_valid():
        payload = form.payload(home_.id)
        if receipt := send(card.actor, form, "order.place", payload, home_.district):
            where = reverse("door_order_page", args=[card.code, receipt.result["order_id"]])
            return done(request, receipt, _("Ordered. The community decides soon."), where)
    return show(request, "services/door/order.html", form, context)


@require_safe
@door
def order_page(request: HttpRequest, card: Card, order_id: UUID) -> HttpResponse:
    """Show one order of the door; what is in it only to a bound browser."""
    return _order_page(request, card, order_id, WordForm())


def _order_page(
    request: HttpRequest, card: Card, order_id: UUID, form: WordForm, act: str = ""
) -> HttpResponse:
    context = _open(request, card)
    row = _own(card, order_id)
    state = OrderState(row.state)
    names = dict(_kinds(card))
    context |= {
        "row": row,
        "kind": names.get(row.kind, words.KINDS.get(row.kind, row.kind)),
        "state": words.STATES[state],
        "tone": words.TONES.get(state, "plain"),
        "items": json.loads(row.items) if context["bound"] and row.items else [],
        "price": yuan(row.price_fen),
        "acts": [name for name, states in _ACTS.items() if state in states],
        "act": act,
        "once": Once(),
    }
    return show(request, "services/door/order_page.html", form, context)


def _own(card: Card, order_id: UUID) -> Any:
    found = queries.by_ids(card.household.district, [order_id]).get(order_id)
    if found is None or found.household_id != card.household.id:
        raise Refuse(NOT_FOUND)
    return found


@require_POST
@door
def order_act(request: HttpRequest, card: Card, order_id: UUID, act: str) -> HttpResponse:
    """Confirm, complain about, answer about or cancel one's order."""
    _open(request, card)
    if act not in _ACTS:
        raise Refuse(NOT_FOUND)
    row = _own(card, order_id)
    where = reverse("door_order_page", args=[card.code, order_id])
    payload: dict[str, Any] = {"order_id": str(order_id)}
    form: WordForm | Once
    if act in ("dispute", "answer"):
        form = WordForm(request.POST)
        if not form.is_valid():
            return _order_page(request, card, order_id, form, act)
        payload |= {"household_id": str(card.household.id), "text": form.cleaned_data["text"]}
    else:
        form = Once(request.POST)
        form.is_valid()
    receipt = send(card.actor, form, f"order.{act}", payload, row.district)
    if receipt is None:
        messages.error(request, " ".join(str(e) for es in form.errors.values() for e in es))
        return HttpResponseRedirect(where)
    return done(request, receipt, _("Thank you, it is written down."), where)


@require_http_methods(["GET", "HEAD", "POST"])
@door
def report(request: HttpRequest, card: Card) -> HttpResponse:
    """Let a household report today's temperatures; by name only where the browser is bound."""
    context = _open(request, card)
    household = card.household
    round_ = screening.takes_reports(household.district, household.path)
    listed = [
        (p.id, mask_name(p.name) or _("Person %(n)d") % {"n": n})
        for n, p in enumerate(people.members(household) if context["bound"] else [], 1)
    ]
    post = request.method == "POST"
    form = ReportForm(request.POST if post else None, people=listed)
    context["round"] = round_
    if post and round_ and form.is_valid():
        payload = form.payload(household.id, round_.id)
        if receipt := send(card.actor, form, "household.self_report", payload, household.district):
            where = reverse("door", args=[card.code])
            return done(request, receipt, _("Thank you, it is written down."), where)
    return show(request, "services/door/report.html", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@door
def ask(request: HttpRequest, card: Card) -> HttpResponse:
    """Let a household ask the community."""
    context = _open(request, card)
    post = request.method == "POST"
    kind = request.GET.get("kind", str(AskKind.QUESTION))
    form = AskForm(request.POST if post else None, initial={"kind": kind})
    home_ = card.household
    if post and form.is_valid():
        payload = {
            "household_id": str(home_.id),
            "kind": form.cleaned_data["kind"],
            "text": form.cleaned_data["text"],
        }
        if receipt := send(card.actor, form, "ask.place", payload, home_.district):
            where = reverse("door", args=[card.code])
            return done(request, receipt, _("Asked. The answer comes to this page."), where)
    return show(request, "services/door/ask.html", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@door
def bind(request: HttpRequest, card: Card) -> HttpResponse:
    """Bind this browser to the door by a telephone number of the household."""
    home_ = card.household
    desk = queries.desk(home_.district, home_.community_id)
    post = request.method == "POST"
    form = BindForm(request.POST if post else None)
    if post and form.is_valid():
        # Eleven digits could be tried out: few tries for a door, from wherever they come.
        keys = [throttle.Key(f"door-bind:{home_.id.hex}", 5, 3600)]
        if seconds := throttle.wait(keys):
            raise Refuse(BUSY, None, seconds=seconds)
        phone = form.cleaned_data["phone"].replace(" ", "").replace("-", "")
        payload = {"household_id": str(home_.id), "phone": phone}
        receipt = send(card.actor, form, "card.bind", payload, home_.district)
        if receipt is None:
            throttle.failed(keys)
        else:
            throttle.succeeded(keys)
            response = done(request, receipt, _("Bound."), reverse("door", args=[card.code]))
            response.set_signed_cookie(
                _cookie(card),
                card.seal,
                salt=_SALT,
                max_age=_COOKIE_AGE,
                httponly=True,
                secure=request.is_secure(),
                samesite="Lax",
                path="/d/",
            )
            return response
    context = {"card": card, "bound": bound(request, card), "desk": desk}
    return show(request, "services/door/bind.html", form, context)


@require_safe
@door
def data(request: HttpRequest, card: Card) -> HttpResponse:
    """Show a bound household who looked at its data, and how to have it mended or deleted."""
    context = _open(request, card)
    if not context["bound"]:
        return HttpResponseRedirect(reverse("door_bind", args=[card.code]))
    context["moments"] = history.moments(ask_queries.openings(card.household))
    return _render(request, "services/door/data.html", context)
