"""What all changes of stock share: lots, sums, and the duty when there is too little."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.areas.tree import places
from lianfang.kernel import bulk, problems
from lianfang.kernel.batch import Batch, Item, NewDuty
from lianfang.kernel.ids import derive_id
from lianfang.kernel.kinds import duty_kind
from lianfang.kernel.problems import Refuse
from lianfang.kernel.rules import DutyAction
from lianfang.kernel.verbs import Verb
from lianfang.stations import queries as stations
from lianfang.supplies.models import Stock, StockLevel, StockMove
from lianfang.supplies.problems import TOO_FEW
from lianfang.supplies.rules import MoveKind, first_expiring

LOW = duty_kind("stock_low", _("See to new supplies"), verb=Verb.SUPPLY)
LOW_HOURS = 24


def low_subject(post_id: UUID, item_id: UUID) -> UUID:
    """Return the id under which the duty of one item at one post is found."""
    return derive_id(post_id, "stock", item_id)


def level(batch: Batch[Any], item: Item[Any], post_id: UUID, item_id: UUID) -> StockLevel:
    """Return the sum of an item at a post, a new one in memory if there is none."""
    found = StockLevel.objects.filter(
        district=batch.district, post_id=post_id, item_id=item_id
    ).first()
    if found is None:
        post = stations.named(batch.district, [post_id]).get(post_id)
        if post is None:
            raise Refuse(problems.NOT_FOUND, "post_id")
        found = StockLevel(
            district=batch.district,
            post_id=post_id,
            item_id=item_id,
            path=post.path,
            changed_at=batch.received_at,
        )
    found.changed_at = batch.received_at
    return found


def take(
    batch: Batch[Any], post_id: UUID, item_id: UUID, wanted: int, lot: str | None, field: str
) -> list[tuple[str, int]]:
    """Return the lots that make up `wanted`; of one lot if it is named. Raises Refuse."""
    rows = Stock.objects.filter(
        district=batch.district, post_id=post_id, item_id=item_id, quantity__gt=0
    )
    if lot is not None:
        rows = rows.filter(lot=lot)
    lots = list(rows.values_list("lot", "expires", "quantity"))
    taken = first_expiring(lots, wanted)
    if taken is None:
        raise Refuse(TOO_FEW, field, there=sum(n for _l, _e, n in lots), wanted=wanted)
    return taken


def change(
    batch: Batch[Any],
    item: Item[Any],
    post_id: UUID,
    item_id: UUID,
    lots: Sequence[tuple[str, int]],
    kind: MoveKind,
    *,
    expires: date | None = None,
    why: str = "",
    receiver: tuple[str, UUID | None] = ("", None),
    request_id: UUID | None = None,
) -> None:
    """Change the stock of lots at a post by signed numbers, and the sum; the caller has checked."""
    keys = {"district": batch.district, "post_id": post_id, "item_id": item_id}
    for lot, by in lots:
        row = Stock.objects.filter(**keys, lot=lot).first() or Stock(**keys, lot=lot)
        row.quantity += by
        if expires:
            row.expires = expires
        row.save()
    bulk.insert(
        [
            StockMove(
                **keys,
                id=item.derive("move", post_id, item_id, lot),
                lot=lot,
                kind=kind,
                change=by,
                at=item.at,
                actor=batch.actor.ref,
                why=why,
                receiver_kind=receiver[0],
                receiver_id=receiver[1],
                request_id=request_id,
            )
            for lot, by in lots
        ]
    )
    total = level(batch, item, post_id, item_id)
    total.quantity += sum(by for _lot, by in lots)
    watch_level(batch, item, total)
    total.save()
    item.result = {**item.result, "quantity": total.quantity}


def watch_level(batch: Batch[Any], item: Item[Any], total: StockLevel) -> None:
    """Open the duty when an item falls to its least number, end it when there is enough again."""
    subject = low_subject(total.post_id, total.item_id)
    low = total.low_at is not None and total.quantity <= total.low_at
    if low and not total.low_open:
        post = stations.named(batch.district, [total.post_id])[total.post_id]
        place = item.place
        if place is None or place.id != post.area_id:
            place = places({post.area_id}, batch)[post.area_id]
        item.open_duty(
            NewDuty(
                LOW,
                f"low-{subject.hex}",
                place,
                due_at=batch.after(hours=LOW_HOURS),
                subject_kind="stock",
                subject_id=subject,
                context_id=total.post_id,
                priority=5,
                details={"post_id": str(total.post_id), "item_id": str(total.item_id)},
            )
        )
    elif total.low_open and not low:
        item.settle(LOW, subject, None, DutyAction.DONE, "stock.enough")
    total.low_open = low


def dated(
    district: str, post_id: UUID, item_id: UUID, lots: Sequence[tuple[str, int]]
) -> list[list[Any]]:
    """Return [lot, day of expiry or None, quantity] as a request keeps what was sent."""
    rows = Stock.objects.filter(district=district, post_id=post_id, item_id=item_id)
    expiries = dict(rows.values_list("lot", "expires"))
    return [[lot, e.isoformat() if (e := expiries.get(lot)) else None, n] for lot, n in lots]


def day(text: str | None) -> date | None:
    """Return a day from what `dated` wrote."""
    return date.fromisoformat(text) if text else None
