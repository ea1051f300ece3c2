"""Orders on their way: bought, at the door, confirmed or disputed, settled."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.kernel import duties, problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.models import Duty, DutyEvent
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import command
from lianfang.kernel.rules import DutyAction, DutyState
from lianfang.kernel.verbs import Verb
from lianfang.services import payloads, rules
from lianfang.services.models import MoneyEntry, Order
from lianfang.services.order_commands import NO_WORDS
from lianfang.services.order_rows import (
    COMPLAINT,
    COMPLAINT_HOURS,
    DESK,
    ERRAND,
    NOT_CARRIED,
    by_order,
    kind_of,
    load,
    move,
    open_desk_duty,
    open_errand,
    settle_duties,
)
from lianfang.services.rules import Money, OrderAction, OrderState

OVER_CEILING = problem(
    "order.over_ceiling",
    _("The household wanted to spend {ceiling} yuan at most."),
    _("Call them; if they agree, say so and send it again."),
    status=409,
)
PAID_DIFFERS = problem(
    "order.paid_differs",
    _("{due} yuan are owed for this order, not {paid}."),
    _("Correct the price first, or write down a complaint."),
)
REFUND_TOO_HIGH = problem(
    "order.refund_too_high",
    _("The refund is higher than the price."),
    _("Give back {price} yuan at most."),
)


def carry(batch: Batch[Any], item: Item[Any], order: Order) -> None:
    """Let only the carrier go on (or who assigns there), and let the duty's claim not run out.

    Somebody whose claim ran out while he was without network goes on all the same when nobody has
    taken the order since: what was bought is bought.
    """
    duty = (
        Duty.objects.filter(district=batch.district, id=order.duty_id).first()
        if order.duty_id
        else None
    )
    if duty is None:
        raise Refuse(problems.NOT_FOUND, "order_id")
    if duty.state == DutyState.OPEN and _had_it(batch, duty):
        duties.step(batch, item, duty, DutyAction.CLAIM, owner=batch.actor.ref)
        order.carrier = batch.actor.ref
        if order.state == OrderState.ACCEPTED:
            order.state = OrderState.TAKEN
    if duty.owner != batch.actor.ref and not batch.actor.may(Verb.ASSIGN, item.path or ""):
        raise Refuse(NOT_CARRIED, "order_id")
    if duty.state == DutyState.CLAIMED:
        duties.step(batch, item, duty, DutyAction.START)


def _had_it(batch: Batch[Any], duty: Duty) -> bool:
    last = (
        DutyEvent.objects.filter(district=batch.district, duty_id=duty.id)
        .exclude(action=DutyAction.CLIMB)
        .order_by("-at", "-id")
        .values_list("action", "owner")
        .first()
    )
    return last == (DutyAction.TIME_OUT, batch.actor.ref)


def book(
    batch: Batch[Any],
    item: Item[Any],
    order: Order,
    kind: Money,
    fen: int,
    holder: str = "",
) -> None:
    """Write down a movement of money for an order."""
    if fen:
        MoneyEntry.objects.create(
            district=batch.district,
            id=item.derive("money", kind),
            community_id=order.community_id,
            kind=kind,
            holder=holder,
            order_id=order.id,
            fen=fen,
            day=timezone.localdate(item.at),
            at=item.at,
            actor=batch.actor.ref,
        )


@command(
    "order.buy", payloads.BuyOrder, verb=Verb.WORK, locate=by_order, title=_("Buy for an order")
)
def buy(batch: Batch[payloads.BuyOrder], item: Item[payloads.BuyOrder]) -> None:
    """Write down what it cost in all, with the receipt; once more mends the price."""
    order, bought = load(batch, item), item.payload
    carry(batch, item, order)
    move(batch, item, order, OrderAction.BUY)
    ceiling = order.ceiling_fen
    if ceiling is not None and bought.price_fen > ceiling and not bought.agreed:
        raise Refuse(OVER_CEILING, "price_fen", ceiling=rules.yuan(ceiling))
    book(
        batch,
        item,
        order,
        Money.PURCHASE,
        bought.price_fen - (order.price_fen or 0),
        order.carrier or batch.actor.ref,
    )
    order.price_fen = bought.price_fen
    order.receipt_id = bought.receipt_id or order.receipt_id
    order.bought_at = order.bought_at or item.at
    order.save()


@command(
    "order.call",
    payloads.OnOrder,
    verb=Verb.WORK,
    locate=by_order,
    title=_("Call the household of an order"),
)
def call(batch: Batch[payloads.OnOrder], item: Item[payloads.OnOrder]) -> None:
    """Let the carrier be put through to the household, once; the journal keeps that he called."""
    order = load(batch, item)
    mine = order.carrier == batch.actor.ref and order.state in rules.CARRIED
    if not batch.replaying and not mine and not batch.actor.may(Verb.ASSIGN, item.path or ""):
        raise Refuse(NOT_CARRIED, "order_id")


@command(
    "order.leave",
    payloads.LeaveOrder,
    verb=Verb.WORK,
    locate=by_order,
    title=_("Leave an order at the door"),
)
def leave(batch: Batch[payloads.LeaveOrder], item: Item[payloads.LeaveOrder]) -> None:
    """Say that it lies at the door, or that what was wanted there is done."""
    order = load(batch, item)
    carry(batch, item, order)
    move(batch, item, order, OrderAction.LEAVE)
    order.left_at = item.at
    order.door_photo_id = item.payload.photo_id or order.door_photo_id
    order.save()


@command(
    "order.confirm",
    payloads.OnOrder,
    verb=Verb.ORDER,
    locate=by_order,
    title=_("Confirm an order"),
)
def confirm(batch: Batch[payloads.OnOrder], item: Item[payloads.OnOrder]) -> None:
    """Say that it has come; with this the carrier's sight of the door ends."""
    order = load(batch, item)
    move(batch, item, order, OrderAction.CONFIRM)
    order.confirmed_at = batch.received_at
    settle_duties(item, order, ERRAND, DESK)
    item.count("orders_done", timezone.localdate(item.at).isoformat())
    order.save()


@command(
    "order.dispute",
    payloads.WordOnOrder,
    verb=Verb.ORDER,
    locate=by_order,
    title=_("Complain about an order"),
)
def dispute(batch: Batch[payloads.WordOnOrder], item: Item[payloads.WordOnOrder]) -> None:
    """Say what is wrong; the order comes back before the desk, settled or not."""
    order = load(batch, item)
    if not item.payload.text and not batch.replaying:
        raise Refuse(NO_WORDS, "text")
    if order.state == OrderState.BOUGHT:
        # Only the duty engine may take goods off somebody's hands (followers).
        raise Refuse(problems.FORBIDDEN, "order_id")
    reopen(batch, item, order)
    order.reason = item.payload.text
    order.save()


def reopen(batch: Batch[Any], item: Item[Any], order: Order) -> None:
    """Put an order before the desk as a complaint, in memory."""
    move(batch, item, order, OrderAction.DISPUTE)
    order.reopened += 1
    settle_duties(item, order, ERRAND, DESK)
    open_desk_duty(batch, item, order, COMPLAINT, COMPLAINT_HOURS)


@command(
    "order.resolve",
    payloads.ResolveOrder,
    verb=Verb.SERVE,
    locate=by_order,
    title=_("Resolve a complaint"),
)
def resolve(batch: Batch[payloads.ResolveOrder], item: Item[payloads.ResolveOrder]) -> None:
    """Have it done again, or end it, with a refund where it is due."""
    order, way = load(batch, item), item.payload
    if way.refund_fen + order.refund_fen > (order.price_fen or 0):
        raise Refuse(REFUND_TOO_HIGH, "refund_fen", price=rules.yuan(order.price_fen or 0))
    move(batch, item, order, OrderAction.REDO if way.redo else OrderAction.UPHOLD)
    settle_duties(item, order, COMPLAINT)
    order.refund_fen += way.refund_fen
    if way.redo:
        kind, _offered = kind_of(batch.district, order.community_id, order.kind)
        kind = kind or rules.Kind(order.kind)
        open_errand(batch, item, order, batch.after(hours=kind.due_hours), kind.claim_minutes)
    else:
        order.confirmed_at = order.confirmed_at or batch.received_at
    order.save()


@command(
    "order.settle",
    payloads.SettleOrder,
    verb=Verb.SERVE,
    locate=by_order,
    title=_("Settle an order"),
)
def settle(batch: Batch[payloads.SettleOrder], item: Item[payloads.SettleOrder]) -> None:
    """Close the money of an order: what is owed must have been paid, or given back."""
    order, paid = load(batch, item), item.payload
    move(batch, item, order, OrderAction.SETTLE)
    due = rules.owed(order.price_fen, order.refund_fen, order.paid_fen, order.payer)
    if paid.fen != due:
        raise Refuse(PAID_DIFFERS, "fen", due=rules.yuan(due), paid=rules.yuan(paid.fen))
    kind = Money.PAYMENT if due >= 0 else Money.REFUND
    book(batch, item, order, kind, abs(due), paid.holder)
    order.paid_fen += due
    order.settled_at = batch.received_at
    order.save()
