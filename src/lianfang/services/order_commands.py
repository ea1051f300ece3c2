"""Orders until the community has decided: placed, accepted, declined, asked back, cancelled."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import command
from lianfang.kernel.rules import DutyAction
from lianfang.kernel.verbs import Verb
from lianfang.people.locate import by_household
from lianfang.people.models import Household
from lianfang.people.rules import HouseholdState
from lianfang.services import payloads, rules
from lianfang.services.models import Order, Shop
from lianfang.services.order_rows import (
    COMPLAINT,
    DESK,
    ERRAND,
    by_order,
    kind_of,
    load,
    move,
    open_desk_duty,
    open_errand,
    reasons,
    settle_duties,
)
from lianfang.services.rules import OrderAction, OrderState

NOT_OFFERED = problem(
    "order.not_offered",
    _("Your community does not offer this service at the moment."),
    _("Choose another one, or ask the community."),
)
NO_ITEMS = problem(
    "order.no_items",
    _("The order does not say what to buy."),
    _("Write one thing on each line."),
)
TOO_MUCH = problem(
    "order.too_much",
    _("At most {most} of “{name}” can be ordered at once."),
    _("Order less; others need some too."),
)
TOO_OFTEN = problem(
    "order.too_often",
    _("Your household has placed {count} orders of this kind in the last 24 hours."),
    _("Wait until tomorrow, or ask the community in an emergency."),
    status=429,
)
DOOR_ENDED = problem(
    "order.door_ended",
    _("This door was taken off the list."),
    _("Ask the community to put it back."),
    status=409,
)
NO_SHOP = problem(
    "order.no_shop",
    _("This shop is not one of the community's."),
    _("Choose one from the list."),
)
NO_WORDS = problem(
    "order.no_words",
    _("Say in a few words why."),
    _("The household reads it on its page."),
)


@command(
    "order.place",
    payloads.PlaceOrder,
    verb=Verb.ORDER,
    locate=by_household(),
    title=_("Place an order"),
)
def place(batch: Batch[payloads.PlaceOrder], item: Item[payloads.PlaceOrder]) -> None:
    """Put an order before the desk; who comes first is seen now and kept."""
    wanted = item.payload
    assert item.place
    home = Household.objects.get(district=batch.district, id=wanted.household_id)
    if home.state != HouseholdState.LIVE:
        raise Refuse(DOOR_ENDED, "household_id")
    kind = _checked(batch, item, home)
    why = reasons(batch.district, home.id, batch.received_at)
    order = Order(
        district=batch.district,
        id=item.id,
        household_id=home.id,
        area_id=item.place.id,
        community_id=home.community_id,
        kind=wanted.kind,
        items=json.dumps([i.model_dump() for i in wanted.items], ensure_ascii=False)
        if wanted.items
        else "",
        note=wanted.note,
        contact=wanted.contact,
        phone=wanted.phone,
        units=min(999, sum(i.quantity for i in wanted.items) or 1),
        wanted_from=wanted.wanted_from,
        wanted_until=wanted.wanted_until,
        ceiling_fen=wanted.ceiling_fen,
        payer=wanted.payer,
        priority=rules.priority(why, urgent=kind.urgent),
        why=[str(w) for w in why],
        ordered_at=batch.received_at,
        ordered_by=batch.actor.ref,
        changed_at=batch.received_at,
    )
    order.save(force_insert=True)
    item.subject_id = order.id
    open_desk_duty(batch, item, order)
    item.count("orders", timezone.localdate(item.at).isoformat())
    item.result = {"order_id": str(order.id), "state": str(order.state)}


def _checked(batch: Batch[Any], item: Item[payloads.PlaceOrder], home: Household) -> rules.Kind:
    """Return the kind of an order that the catalogue and the limits allow."""
    wanted = item.payload
    kind, offered = kind_of(batch.district, home.community_id, wanted.kind)
    if batch.replaying:
        return kind or rules.Kind(wanted.kind)
    if kind is None or not offered:
        raise Refuse(NOT_OFFERED, "kind")
    if kind.buys and not wanted.items:
        raise Refuse(NO_ITEMS, "items")
    for number, line in enumerate(wanted.items):
        if line.quantity > kind.most:
            raise Refuse(TOO_MUCH, f"items.{number}.quantity", most=kind.most, name=line.name)
    lately = Order.objects.filter(
        district=batch.district,
        household_id=home.id,
        kind=wanted.kind,
        ordered_at__gt=batch.received_at - timedelta(hours=24),
    ).exclude(state__in=[OrderState.DECLINED, OrderState.CANCELLED])
    if (count := lately.count()) >= kind.per_day:
        raise Refuse(TOO_OFTEN, "kind", count=count)
    return kind


@command(
    "order.accept",
    payloads.AcceptOrder,
    verb=Verb.SERVE,
    locate=by_order,
    title=_("Accept an order"),
)
def accept(batch: Batch[payloads.AcceptOrder], item: Item[payloads.AcceptOrder]) -> None:
    """Take an order on: from now on somebody owes the errand."""
    order = load(batch, item)
    move(batch, item, order, OrderAction.ACCEPT)
    shop_id = item.payload.shop_id
    if shop_id:
        shops = Shop.objects.filter(
            district=batch.district, id=shop_id, community_id=order.community_id
        )
        if not shops.exists():
            raise Refuse(NO_SHOP, "shop_id")
        order.shop_id = shop_id
    order.payer = item.payload.payer or order.payer
    settle_duties(item, order, DESK)
    kind, _offered = kind_of(batch.district, order.community_id, order.kind)
    kind = kind or rules.Kind(order.kind)
    due = batch.after(hours=kind.due_hours)
    if order.wanted_until:
        due = max(order.wanted_until, batch.received_at)
    open_errand(batch, item, order, due, kind.claim_minutes)
    order.save()


def _word(batch: Batch[Any], item: Item[payloads.WordOnOrder], action: OrderAction) -> Order:
    """Move an order and keep the word that goes with it."""
    order = load(batch, item)
    if not item.payload.text and not batch.replaying:
        raise Refuse(NO_WORDS, "text")
    move(batch, item, order, action)
    order.reason = item.payload.text
    return order


@command(
    "order.decline",
    payloads.WordOnOrder,
    verb=Verb.SERVE,
    locate=by_order,
    title=_("Decline an order"),
)
def decline(batch: Batch[payloads.WordOnOrder], item: Item[payloads.WordOnOrder]) -> None:
    """Decline an order, with the reason."""
    order = _word(batch, item, OrderAction.DECLINE)
    settle_duties(item, order, DESK)
    order.save()


@command(
    "order.ask_back",
    payloads.WordOnOrder,
    verb=Verb.SERVE,
    locate=by_order,
    title=_("Ask the household back"),
)
def ask_back(batch: Batch[payloads.WordOnOrder], item: Item[payloads.WordOnOrder]) -> None:
    """Ask the household something; the desk still owes the decision."""
    order = _word(batch, item, OrderAction.ASK_BACK)
    order.save()


@command(
    "order.answer",
    payloads.WordOnOrder,
    verb=Verb.ORDER,
    locate=by_order,
    title=_("Answer about an order"),
)
def answer(batch: Batch[payloads.WordOnOrder], item: Item[payloads.WordOnOrder]) -> None:
    """Answer what the desk asked."""
    order = _word(batch, item, OrderAction.ANSWER)
    order.save()


@command(
    "order.cancel",
    payloads.OnOrder,
    verb=Verb.ORDER,
    locate=by_order,
    title=_("Cancel an order"),
)
def cancel(batch: Batch[payloads.OnOrder], item: Item[payloads.OnOrder]) -> None:
    """Cancel an order that nothing was bought for."""
    order = load(batch, item)
    move(batch, item, order, OrderAction.CANCEL)
    settle_duties(item, order, DESK, ERRAND, COMPLAINT, action=DutyAction.CANCEL)
    order.carrier = ""
    order.save()
