"""Rules of orders, priority, money and care; no database here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class OrderState(StrEnum):
    """Where an order stands."""

    ORDERED = "ordered"
    ASKED_BACK = "asked_back"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TAKEN = "taken"
    BOUGHT = "bought"
    AT_DOOR = "at_door"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    SETTLED = "settled"
    CANCELLED = "cancelled"


class OrderAction(StrEnum):
    """What can happen to an order."""

    ACCEPT = "accept"
    DECLINE = "decline"
    ASK_BACK = "ask_back"
    ANSWER = "answer"
    TAKE = "take"
    GIVE_BACK = "give_back"
    BUY = "buy"
    LEAVE = "leave"
    CONFIRM = "confirm"
    DISPUTE = "dispute"
    REDO = "redo"
    UPHOLD = "uphold"
    SETTLE = "settle"
    CANCEL = "cancel"


_S, _A = OrderState, OrderAction

# (from, action) -> to. What is not listed is refused.
ORDER_TABLE: dict[tuple[OrderState, OrderAction], OrderState] = {
    (_S.ORDERED, _A.ACCEPT): _S.ACCEPTED,
    (_S.ORDERED, _A.DECLINE): _S.DECLINED,
    (_S.ORDERED, _A.ASK_BACK): _S.ASKED_BACK,
    (_S.ASKED_BACK, _A.ANSWER): _S.ORDERED,
    (_S.ASKED_BACK, _A.DECLINE): _S.DECLINED,
    (_S.ACCEPTED, _A.TAKE): _S.TAKEN,
    (_S.TAKEN, _A.TAKE): _S.TAKEN,
    (_S.TAKEN, _A.GIVE_BACK): _S.ACCEPTED,
    (_S.TAKEN, _A.BUY): _S.BOUGHT,
    # A wrong price is mended; goods that were bought change hands but are not put back.
    (_S.BOUGHT, _A.BUY): _S.BOUGHT,
    (_S.BOUGHT, _A.TAKE): _S.BOUGHT,
    (_S.BOUGHT, _A.GIVE_BACK): _S.BOUGHT,
    (_S.AT_DOOR, _A.TAKE): _S.AT_DOOR,
    (_S.AT_DOOR, _A.GIVE_BACK): _S.AT_DOOR,
    (_S.TAKEN, _A.LEAVE): _S.AT_DOOR,
    (_S.BOUGHT, _A.LEAVE): _S.AT_DOOR,
    (_S.AT_DOOR, _A.CONFIRM): _S.CONFIRMED,
    (_S.BOUGHT, _A.DISPUTE): _S.DISPUTED,
    (_S.AT_DOOR, _A.DISPUTE): _S.DISPUTED,
    (_S.CONFIRMED, _A.DISPUTE): _S.DISPUTED,
    (_S.SETTLED, _A.DISPUTE): _S.DISPUTED,
    (_S.DISPUTED, _A.REDO): _S.ACCEPTED,
    (_S.DISPUTED, _A.UPHOLD): _S.CONFIRMED,
    (_S.CONFIRMED, _A.SETTLE): _S.SETTLED,
    **{
        (state, _A.CANCEL): _S.CANCELLED
        for state in (_S.ORDERED, _S.ASKED_BACK, _S.ACCEPTED, _S.TAKEN)
    },
}

# Orders that the desk has to decide on, that somebody has to carry, and that are over.
WAITING = frozenset({_S.ORDERED, _S.DISPUTED})
CARRIED = frozenset({_S.ACCEPTED, _S.TAKEN, _S.BOUGHT, _S.AT_DOOR})
OVER = frozenset({_S.DECLINED, _S.CANCELLED, _S.SETTLED})
LIVE_ORDERS = frozenset(OrderState) - OVER


def next_order_state(state: str, action: OrderAction) -> OrderState | None:
    """Return the state after `action`, None when the table does not allow it."""
    return ORDER_TABLE.get((OrderState(state), action))


class Payer(StrEnum):
    """Who pays in the end; the helper only ever advances the money."""

    HOUSEHOLD = "household"
    COMMUNITY = "community"


class Why(StrEnum):
    """Why somebody comes first."""

    ISOLATED = "isolated"
    AGED = "aged"
    ILL = "ill"
    DISABILITY = "disability"
    HELPER = "helper"
    FRONT = "front"


# A household that may not leave its door has no other way; a helper's family is cared for so that
# the helper need not worry (scenario S27).
_WEIGHTS: dict[Why, int] = {
    Why.ISOLATED: 4,
    Why.AGED: 3,
    Why.ILL: 3,
    Why.DISABILITY: 3,
    Why.HELPER: 3,
    Why.FRONT: 2,
}
HIGHEST = 9


def priority(reasons: Iterable[Why], *, urgent: bool = False) -> int:
    """Return how much an order comes first, 0 to 9; medicine and the like are `urgent`."""
    return min(HIGHEST, sum(_WEIGHTS[why] for why in set(reasons)) + (4 if urgent else 0))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of service as a community keeps it.

    `buys`: something is bought, so there are items, a price and a receipt. `due_hours` from the
    acceptance (the server's clock); `claim_minutes` until a claim runs out; `most` is the largest
    quantity of one item, `per_day` how many orders of this kind a household may place in 24 hours.
    """

    code: str
    buys: bool = False
    urgent: bool = False
    due_hours: int = 24
    claim_minutes: int = 120
    most: int = 20
    per_day: int = 3


KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("shopping", buys=True, due_hours=24),
        Kind("medicine", buys=True, urgent=True, due_hours=8, claim_minutes=60, most=10),
        Kind("repair", due_hours=12),
        Kind("rubbish", due_hours=12, per_day=2),
        Kind("pets", buys=True, due_hours=24),
        Kind("children", urgent=True, due_hours=4, claim_minutes=60),
        Kind("school", due_hours=24),
        Kind("support", due_hours=12),
        Kind("hospital", urgent=True, due_hours=2, claim_minutes=20),
        Kind("visit", due_hours=24),
        Kind("other", due_hours=24),
    )
}
VISIT = "visit"

# The owner of a claim is warned so long before it runs out, but at most half of its time.
WARNING = timedelta(minutes=20)


def claim_warning(claimed_until: datetime | None, now: datetime) -> int | None:
    """Return the minutes that are left of a claim once they are few; None before and after."""
    if claimed_until is None or not timedelta(0) < claimed_until - now <= WARNING:
        return None
    return max(1, int((claimed_until - now).total_seconds() // 60))


def yuan(fen: int | None) -> str:
    """Return '12.50' for 1250 fen, '' for None."""
    if fen is None:
        return ""
    sign, whole = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{whole // 100}.{whole % 100:02d}"


class Money(StrEnum):
    """What moved: an advance to a helper and what he brings back, a purchase, a payment."""

    ADVANCE = "advance"
    RETURN = "return"
    PURCHASE = "purchase"
    PAYMENT = "payment"
    REFUND = "refund"


# How each moves what its holder (a helper, or '' for the desk) has of other people's money.
SIGN: dict[Money, int] = {
    Money.ADVANCE: 1,
    Money.RETURN: -1,
    Money.PURCHASE: -1,
    Money.PAYMENT: 1,
    Money.REFUND: -1,
}


def owed(price_fen: int | None, refund_fen: int, paid_fen: int, payer: str) -> int:
    """Return what the household still owes, in fen; below zero it gets money back."""
    if payer == Payer.COMMUNITY:
        return 0
    return (price_fen or 0) - refund_fen - paid_fen


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Standing care: a visit each `every_days`; unseen for `unseen_days` it is an alarm."""

    every_days: int
    unseen_days: int

    def next_due(self, last: datetime) -> datetime:
        """Return when the next visit is due after `last`."""
        return last + timedelta(days=self.every_days)

    def alarm_at(self, last_seen: datetime) -> datetime:
        """Return when nobody having seen the person becomes an alarm."""
        return last_seen + timedelta(days=self.unseen_days)


class Sighting(StrEnum):
    """What came of a care visit."""

    SEEN = "seen"
    BY_PHONE = "by_phone"
    NO_ANSWER = "no_answer"


class AskKind(StrEnum):
    """What a household wants of the community beside services."""

    QUESTION = "question"
    CORRECTION = "correction"
    DELETION = "deletion"


# "酱油 2 瓶", "酱油x2", "soy sauce 2 bottles": a name, a number, a unit.  cjk: data
_LINE = re.compile(r"^(?P<name>.*?)[\s×xX*]*(?P<quantity>\d{1,3})?\s*(?P<unit>[^\d\s]{0,10})?$")


def read_items(text: str) -> list[dict[str, object]]:
    """Return the items of an order written one on each line; without a number it is one.

    "酱油 2 瓶" is two bottles; a last word is a unit only behind a number. cjk: an example
    """
    items: list[dict[str, object]] = []
    for line in text.replace("，", "\n").replace("、", "\n").splitlines():  # cjk: separators
        words = line.strip()[:80]
        if not words:
            continue
        found = _LINE.match(words)
        if found and found["quantity"] and found["name"].strip():
            item = {"name": found["name"].strip()[:60], "quantity": max(1, int(found["quantity"]))}
            items.append(item | {"unit": found["unit"] or ""})
        else:
            items.append({"name": words[:60], "quantity": 1, "unit": ""})
    return items


def read_yuan(text: str) -> int | None:
    """Return the fen of an amount in yuan such as "12.5"; None for ''. Raises ValueError."""
    cleaned = text.strip().replace("￥", "").replace("¥", "").replace("元", "")  # cjk: data
    if not cleaned:
        return None
    if not re.fullmatch(r"\d{1,6}([.．]\d{1,2})?", cleaned):  # cjk: a full stop
        raise ValueError("not an amount")
    whole, _, part = cleaned.replace("．", ".").partition(".")  # cjk: a full stop
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)
