"""Items, and how the stock of a post changes: received, issued, counted, thrown away."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from lianfang.kernel import problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.problems import Refuse
from lianfang.kernel.registry import anywhere, command
from lianfang.kernel.sealing import Payload
from lianfang.kernel.verbs import Verb
from lianfang.supplies import stock_rows
from lianfang.supplies.locate import at_post
from lianfang.supplies.models import Stock, StockLevel, SupplyItem
from lianfang.supplies.problems import ITEM_KNOWN, NOTHING_CHANGES, OTHER_EXPIRY
from lianfang.supplies.rules import MoveKind

_Quantity = Field(ge=1, le=10_000_000)


class DefineItem(Payload):
    """A thing that can be kept in stock from now on, in one unit everywhere."""

    item_id: UUID
    name: str = Field(min_length=1, max_length=80)
    unit: str = Field(min_length=1, max_length=20)


class OfItem(Payload):
    """An item at a post."""

    post_id: UUID
    item_id: UUID


class Receive(OfItem):
    """What came to a post from outside. `lot` and `expires` stand on the box."""

    quantity: int = _Quantity
    lot: str = Field("", max_length=40)
    expires: date | None = None
    why: str = Field("", max_length=120)


class Issue(OfItem):
    """What a post gives out. Without `lot` the boxes that expire first go first."""

    quantity: int = _Quantity
    lot: str | None = Field(None, max_length=40)
    receiver_kind: Literal["", "person", "household", "organisation"] = ""
    receiver_id: UUID | None = None
    why: str = Field("", max_length=120)

    @model_validator(mode="after")
    def _both(self) -> Issue:
        if bool(self.receiver_kind) != bool(self.receiver_id):
            raise ValueError("receiver_kind and receiver_id belong together")
        return self


class CountStock(OfItem):
    """How much of a lot lies there, as counted."""

    lot: str = Field("", max_length=40)
    quantity: int = Field(ge=0, le=10_000_000)
    why: str = Field("", max_length=120)


class Discard(OfItem):
    """What was thrown away, as a rule because it had expired."""

    lot: str = Field("", max_length=40)
    quantity: int = _Quantity
    why: str = Field(min_length=2, max_length=120)


class KeepAtLeast(OfItem):
    """The number below which somebody has to see to new ones; None asks for nothing."""

    low_at: int | None = Field(None, ge=1, le=10_000_000)


@command(
    "supply.define_item",
    DefineItem,
    verb=Verb.SUPPLY,
    locate=anywhere,
    title=_("Add an item to the list"),
    reference=True,
)
def define_item(batch: Batch[DefineItem], item: Item[DefineItem]) -> None:
    """Add an item; names are unique, so that one thing has one list."""
    wanted = item.payload
    if SupplyItem.objects.filter(id=wanted.item_id).exists():
        raise Refuse(problems.OTHER_CONTENT, "item_id")
    if SupplyItem.objects.filter(name=wanted.name, ended_at=None).exists():
        raise Refuse(ITEM_KNOWN, "name", name=wanted.name)
    SupplyItem.objects.create(id=wanted.item_id, name=wanted.name, unit=wanted.unit)
    item.subject_id = wanted.item_id
    item.result = {"item_id": str(wanted.item_id)}


def check_item(item_id: UUID) -> None:
    """Refuse an item that is not in the list."""
    if not SupplyItem.objects.filter(id=item_id, ended_at=None).exists():
        raise Refuse(problems.NOT_FOUND, "item_id")


@command(
    "stock.receive",
    Receive,
    verb=Verb.SUPPLY,
    locate=at_post,
    title=_("Take goods into stock"),
)
def receive(batch: Batch[Receive], item: Item[Receive]) -> None:
    """Add a delivery to the stock of a post."""
    payload = item.payload
    check_item(payload.item_id)
    there = Stock.objects.filter(
        district=batch.district,
        post_id=payload.post_id,
        item_id=payload.item_id,
        lot=payload.lot,
    ).first()
    if there and there.quantity and payload.expires and there.expires != payload.expires:
        raise Refuse(OTHER_EXPIRY, "expires", lot=there.lot or "–", expires=there.expires or "–")
    stock_rows.change(
        batch,
        item,
        payload.post_id,
        payload.item_id,
        [(payload.lot, payload.quantity)],
        MoveKind.RECEIVE,
        expires=payload.expires,
        why=payload.why,
    )


@command(
    "stock.issue",
    Issue,
    verb=Verb.SUPPLY,
    locate=at_post,
    title=_("Give out of stock"),
)
def issue(batch: Batch[Issue], item: Item[Issue]) -> None:
    """Give out of the stock of a post, what expires first as a rule first."""
    payload = item.payload
    _take_out(batch, item, MoveKind.ISSUE, (payload.receiver_kind, payload.receiver_id))


def _take_out(
    batch: Batch[Any],
    item: Item[Any],
    kind: MoveKind,
    receiver: tuple[str, UUID | None] = ("", None),
) -> None:
    """Take the quantity of an entry out of the lot that it names, or out of several."""
    payload = item.payload
    lots = stock_rows.take(
        batch, payload.post_id, payload.item_id, payload.quantity, payload.lot, "quantity"
    )
    stock_rows.change(
        batch,
        item,
        payload.post_id,
        payload.item_id,
        [(lot, -n) for lot, n in lots],
        kind,
        why=payload.why,
        receiver=receiver,
    )


@command(
    "stock.count",
    CountStock,
    verb=Verb.SUPPLY,
    locate=at_post,
    title=_("Count the stock"),
)
def count(batch: Batch[CountStock], item: Item[CountStock]) -> None:
    """Put the number that was counted in the place of the one that was reckoned."""
    payload = item.payload
    check_item(payload.item_id)
    row = Stock.objects.filter(
        district=batch.district,
        post_id=payload.post_id,
        item_id=payload.item_id,
        lot=payload.lot,
    ).first()
    difference = payload.quantity - (row.quantity if row else 0)
    if difference == 0:
        raise Refuse(NOTHING_CHANGES, "quantity")
    stock_rows.change(
        batch,
        item,
        payload.post_id,
        payload.item_id,
        [(payload.lot, difference)],
        MoveKind.COUNT,
        why=payload.why,
    )


@command(
    "stock.discard",
    Discard,
    verb=Verb.SUPPLY,
    locate=at_post,
    title=_("Throw goods away"),
)
def discard(batch: Batch[Discard], item: Item[Discard]) -> None:
    """Take out of stock what can't be used any more."""
    _take_out(batch, item, MoveKind.DISCARD)


@command(
    "stock.keep",
    KeepAtLeast,
    verb=Verb.SUPPLY,
    locate=at_post,
    title=_("Say how much to keep"),
)
def keep(batch: Batch[KeepAtLeast], item: Item[KeepAtLeast]) -> None:
    """Set the number below which the stock is low."""
    payload = item.payload
    check_item(payload.item_id)
    level: StockLevel = stock_rows.level(batch, item, payload.post_id, payload.item_id)
    level.low_at = payload.low_at
    stock_rows.watch_level(batch, item, level)
    level.save()
    item.result = {"low": level.low_open}
