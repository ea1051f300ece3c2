"""Keeps orders and standing care in step with what other commands record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from lianfang.areas.tree import places
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.models import Duty
from lianfang.kernel.registry import follow
from lianfang.kernel.rules import LIVE, DutyAction, DutyState
from lianfang.people.models import Household
from lianfang.services import care_rows, rules
from lianfang.services.carry_commands import reopen
from lianfang.services.models import Care, Order
from lianfang.services.order_rows import COMPLAINT, DESK, ERRAND, open_desk_duty, settle_duties
from lianfang.services.rules import LIVE_ORDERS, OrderAction, OrderState
from lianfang.watching import queries as watching

_TAKES = frozenset({DutyState.CLAIMED, DutyState.STARTED})


@follow("duty.claim", "duty.assign", "duty.start", "duty.return", "duty.cancel", "duty.done")
def duty_moved(batch: Batch[Any]) -> None:
    """Take over who carries an order, and what the end of its duty means."""
    ids = [item.payload.duty_id for item in batch]
    orders = {o.duty_id: o for o in Order.objects.filter(district=batch.district, duty_id__in=ids)}
    if not orders:
        return
    rows = Duty.objects.filter(district=batch.district, id__in=list(orders))
    found = {d.id: d for d in rows}
    for item in batch:
        order = orders.get(item.payload.duty_id)
        if order is not None:
            result = item.result
            _follow(batch, item, order, found[item.payload.duty_id])
            item.result = result


def _follow(batch: Batch[Any], item: Item[Any], order: Order, duty: Duty) -> None:
    if item.place is None:
        item.place = places({order.area_id}, batch)[order.area_id]
    if duty.state in _TAKES:
        take(order, duty.owner)
    elif duty.state == DutyState.OPEN:
        give_back(order)
    elif duty.state == DutyState.DONE:
        _done(batch, item, order)
    elif rules.next_order_state(order.state, OrderAction.CANCEL):
        order.state, order.carrier = OrderState.CANCELLED, ""
    elif rules.next_order_state(order.state, OrderAction.DISPUTE):
        # The goods are somewhere: the desk has to look after them.
        reopen(batch, item, order)
    order.changed_at = batch.received_at
    order.save()


def _done(batch: Batch[Any], item: Item[Any], order: Order) -> None:
    """A helper who says "done" has left it at the door; the desk asks whether it came."""
    state = rules.next_order_state(order.state, OrderAction.LEAVE)
    if state:
        order.state, order.left_at = state, item.at
    if order.state == OrderState.AT_DOOR:
        open_desk_duty(batch, item, order, DESK, 24)


def take(order: Order, owner: str) -> None:
    """Give an order a carrier, in memory."""
    order.carrier = owner
    if state := rules.next_order_state(order.state, OrderAction.TAKE):
        order.state = state


def give_back(order: Order) -> None:
    """Take the carrier from an order, in memory."""
    order.carrier = ""
    if state := rules.next_order_state(order.state, OrderAction.GIVE_BACK):
        order.state = state


@follow("duty.done", "duty.cancel")
def care_duty_ended(batch: Batch[Any]) -> None:
    """A care duty that was ended by itself counts as gone to, and the rhythm goes on."""
    ids = [item.payload.duty_id for item in batch]
    for duty in Duty.objects.filter(
        district=batch.district, id__in=ids, kind__in=[care_rows.CARE, care_rows.UNSEEN]
    ).exclude(state__in=LIVE):
        assert duty.subject_id
        row = Care.objects.filter(district=batch.district, household_id=duty.subject_id).first()
        if row:
            care_rows.ended(row, duty.kind, batch.received_at)
            row.save()


@follow("clock.tick")
def ticked(batch: Batch[Any]) -> None:
    """Put back orders whose claim ran out; open care visits that are due, raise alarms."""
    for item in batch:
        stale = Duty.objects.filter(
            district=batch.district, kind=ERRAND, state=DutyState.OPEN
        ).values("id")
        back = Order.objects.filter(district=batch.district, duty_id__in=stale).exclude(carrier="")
        for order in back.order_by("id"):
            give_back(order)
            order.changed_at = batch.received_at
            order.save()
        item.result["care"] = care_rows.open_due(batch, item, item.payload.now)


# The commands whose record says that somebody at a door was seen or heard; the field that says
# which door, where it is not the subject.
_SIGNS = ("household.visit", "household.self_report", "passage.record")
_SEEN = frozenset({"met", "by_phone", "self_reported"})


@follow(*_SIGNS)
def signs_of_life(batch: Batch[Any]) -> None:
    """Note when a household under care was last seen, whatever it was that showed it."""
    seen: dict[UUID, list[Item[Any]]] = {}
    for item in batch:
        if str(getattr(item.payload, "outcome", "met")) not in _SEEN:
            continue
        for line in getattr(item.payload, "travellers", ()):
            # Whoever passed a post is out of the house, and well enough to be.
            if line.household_id:
                seen.setdefault(line.household_id, []).append(item)
        door = getattr(item.payload, "household_id", None)
        if isinstance(door, UUID):
            seen.setdefault(item.subject_id if _is_door(item) else door, []).append(item)  # type: ignore[arg-type]
    if not seen:
        return
    for row in Care.objects.filter(district=batch.district, household_id__in=list(seen)):
        for item in seen[row.household_id]:
            care_rows.seen(item, row, item.at, visited=_is_door(item))
        row.save()


def _is_door(item: Item[Any]) -> bool:
    """Tell whether the subject is the door (a merged door's successor), not a person."""
    return item.entry.command.startswith("household.") and item.subject_id is not None


@follow("order.confirm", "order.place")
def words_from_the_door(batch: Batch[Any]) -> None:
    """An order or a confirmation that came from the door itself is a sign of life."""
    if not str(batch.actor.ref).startswith("card:"):
        return
    doors = {
        o.id: o.household_id
        for o in Order.objects.filter(
            district=batch.district, id__in=[i.subject_id for i in batch if i.subject_id]
        )
    }
    for item in batch:
        door = doors.get(item.subject_id) if item.subject_id else None
        if door is None:
            continue
        row = Care.objects.filter(district=batch.district, household_id=door).first()
        if row:
            care_rows.seen(item, row, item.at, visited=False)
            row.save()


@follow("household.close", "household.merge")
def door_ended(batch: Batch[Any]) -> None:
    """A door that leaves the list orders nothing more and is looked after no more."""
    doors = {item.payload.household_id: item for item in batch}
    orders = Order.objects.filter(
        district=batch.district, household_id__in=list(doors), state__in=LIVE_ORDERS
    )
    for order in orders.order_by("id"):
        item = doors[order.household_id]
        if rules.next_order_state(order.state, OrderAction.CANCEL):
            order.state, order.carrier = OrderState.CANCELLED, ""
            order.changed_at = batch.received_at
            order.save()
            settle_duties(item, order, DESK, ERRAND, COMPLAINT, action=DutyAction.CANCEL)
    for row in Care.objects.filter(district=batch.district, household_id__in=list(doors)):
        care_rows.stop(doors[row.household_id], row)
        row.save()


@follow("household.assign")
def door_moved(batch: Batch[Any]) -> None:
    """A door that changes its grid takes its orders and its care along."""
    for item in batch:
        assert item.place
        for labels in item.result.get("moved", {}).values():
            _rehome(batch.district, [UUID(label) for label in labels], item.place.id)


def _rehome(district: str, doors: Iterable[UUID], area_id: UUID) -> None:
    wanted = list(doors)
    Order.objects.filter(district=district, household_id__in=wanted).update(area_id=area_id)
    Care.objects.filter(district=district, household_id__in=wanted).update(area_id=area_id)


# What begins, moves or ends a watch; the last two carry it under `watch`, which is set up by a
# follower that may run after this one, so its terms are read from the payload.
_WATCHES = ("watch.start", "watch.take_over", "watch.extend", "watch.move", "watch.release")
_ENDS = ("watch.taken", "referral.result")


@follow(*_WATCHES, *_ENDS)
def isolation_moved(batch: Batch[Any]) -> None:
    """Keep until when a household is isolated in step with the watches behind its door."""
    touched: dict[UUID, Item[Any]] = {}
    for item in batch:
        watch_id = item.result.get("watch_id") or getattr(item.payload, "watch_id", None)
        if watch_id:
            touched[UUID(str(watch_id))] = item
    if touched:
        for home, until in watching.isolation(batch.district, touched).items():
            _isolate(batch, home, until)


@follow("arrival.place", "contact.verify")
def isolation_asked(batch: Batch[Any]) -> None:
    """Isolate the door of somebody who is placed at home; a longer isolation there stays."""
    for item in batch:
        terms = getattr(item.payload, "watch", None)
        if terms is None:
            continue
        wanted = terms if isinstance(terms, dict) else terms.model_dump()
        if str(wanted.get("place")) != "home" or not wanted.get("household_id"):
            continue
        first = wanted["from_day"]
        first = date.fromisoformat(first) if isinstance(first, str) else first
        until = first + timedelta(days=int(wanted["days"]))
        _isolate(batch, UUID(str(wanted["household_id"])), until, longer=True)


def _isolate(batch: Batch[Any], home: UUID, until: date | None, *, longer: bool = False) -> None:
    row = Care.objects.filter(district=batch.district, household_id=home).first()
    if row is None:
        door = Household.objects.filter(district=batch.district, id=home).first()
        if until is None or door is None:
            return
        row = Care(
            district=batch.district,
            household_id=home,
            area_id=door.area_id,
            since=batch.received_at,
        )
    if longer and until and row.isolated_until and row.isolated_until > until:
        return
    row.isolated_until = until
    row.save()
