"""Requests for supplies: asked for, approved, sent, received, and what was lost on the way."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field, field_validator

from lianfang.areas.locate import by_row
from lianfang.areas.tree import places
from lianfang.kernel import bulk, problems
from lianfang.kernel.batch import Batch, Item, NewDuty
from lianfang.kernel.kinds import duty_kind
from lianfang.kernel.problems import Refuse
from lianfang.kernel.registry import command
from lianfang.kernel.rules import DutyAction, parent_path
from lianfang.kernel.scope import Place
from lianfang.kernel.sealing import Payload
from lianfang.kernel.verbs import Verb
from lianfang.stations import queries as stations
from lianfang.supplies import stock_rows
from lianfang.supplies.locate import at_post
from lianfang.supplies.models import RequestLine, SupplyItem, SupplyRequest
from lianfang.supplies.problems import (
    ITEM_NOT_ASKED,
    NOT_THE_GIVER,
    NOT_YOUR_OWN,
    REQUEST_NOT_NOW,
    WHY_DIFFERENT,
)
from lianfang.supplies.rules import MoveKind, RequestAction, RequestState, next_request

DECIDE = duty_kind("supply_request", _("Decide on a request for supplies"), verb=Verb.SUPPLY)
DELIVER = duty_kind("supply_send", _("Send approved supplies"), verb=Verb.SUPPLY)
DIFFERENCE = duty_kind("supply_difference", _("Look into missing supplies"), verb=Verb.SUPPLY)
DECIDE_HOURS, DIFFERENCE_HOURS = 12, 48


class Wanted(Payload):
    """So much of one item."""

    item_id: UUID
    quantity: int = Field(ge=0, le=10_000_000)


def _once(lines: tuple[Any, ...]) -> tuple[Any, ...]:
    if len({line.item_id for line in lines}) < len(lines):
        raise ValueError("an item stands there twice")
    return lines


class RequestSupplies(Payload):
    """What a post needs, and by when."""

    sealed_fields: ClassVar[tuple[str, ...]] = ("text",)
    sealed_under: ClassVar[str] = "request_id"

    request_id: UUID
    post_id: UUID
    lines: tuple[Wanted, ...] = Field(min_length=1, max_length=60)
    wanted_by: datetime
    text: str = Field("", max_length=300)

    _lines_once = field_validator("lines")(_once)


class OnRequest(Payload):
    """One request, and why it is answered so."""

    request_id: UUID
    why: str = Field("", max_length=200)


class Approve(OnRequest):
    """What is granted of each item; what is not named is granted as asked.

    Without `giver_id` the supplies come from outside the district.
    """

    giver_id: UUID | None = None
    lines: tuple[Wanted, ...] = Field((), max_length=60)

    _lines_once = field_validator("lines")(_once)


class RefuseRequest(OnRequest):
    """A request that is not granted, with the reason, which who asked will read."""

    why: str = Field(min_length=2, max_length=200)


class Arrive(OnRequest):
    """What arrived of each item; what is not named arrived as it was sent."""

    lines: tuple[Wanted, ...] = Field((), max_length=60)

    _lines_once = field_validator("lines")(_once)


_at_request = by_row(SupplyRequest, "request_id")


def _place_above(batch: Batch[Any], place: Place) -> Place:
    above = place.ladder[1][1] if len(place.ladder) > 1 else place.id
    return places({above}, batch).get(above, place)


@command(
    "supply.request",
    RequestSupplies,
    verb=Verb.SUPPLY,
    locate=at_post,
    title=_("Ask for supplies"),
)
def request(batch: Batch[RequestSupplies], item: Item[RequestSupplies]) -> None:
    """Ask for supplies; the level above has a duty to answer."""
    payload, district = item.payload, batch.district
    assert item.place
    if SupplyRequest.objects.filter(district=district, id=payload.request_id).exists():
        raise Refuse(problems.OTHER_CONTENT, "request_id")
    wanted = {line.item_id: line.quantity for line in payload.lines if line.quantity}
    known = SupplyItem.objects.filter(id__in=wanted, ended_at=None).count()
    if not wanted or known < len(wanted):
        raise Refuse(problems.NOT_FOUND, "lines")
    SupplyRequest.objects.create(
        district=district,
        id=payload.request_id,
        area_id=item.place.id,
        path=item.place.path,
        post_id=payload.post_id,
        text=payload.text,
        wanted_by=payload.wanted_by,
        requested_at=batch.received_at,
        requested_by=batch.actor.ref,
    )
    bulk.insert(
        [
            RequestLine(
                district=district,
                id=item.derive("line", item_id),
                request_id=payload.request_id,
                item_id=item_id,
                wanted=quantity,
            )
            for item_id, quantity in wanted.items()
        ]
    )
    item.subject_id = payload.request_id
    _duty(batch, item, payload.request_id, DECIDE, _place_above(batch, item.place), DECIDE_HOURS)
    item.result = {"request_id": str(payload.request_id)}


def _duty(
    batch: Batch[Any], item: Item[Any], request_id: UUID, kind: str, place: Place, hours: int
) -> None:
    item.open_duty(
        NewDuty(
            kind,
            kind,
            place,
            due_at=batch.after(hours=hours),
            subject_kind="supply_request",
            subject_id=request_id,
            priority=6,
        )
    )


def _step(batch: Batch[Any], item: Item[Any], action: RequestAction) -> SupplyRequest:
    row = SupplyRequest.objects.get(district=batch.district, id=item.payload.request_id)
    state = next_request(row.state, action)
    if state is None:
        raise Refuse(REQUEST_NOT_NOW)
    row.state, row.why = state, item.payload.why or row.why
    item.result = {"state": str(state)}
    return row


def _lines(row: SupplyRequest) -> list[RequestLine]:
    found = RequestLine.objects.filter(district=row.district, request_id=row.id)
    return list(found.order_by("item_id"))


def _named(lines: list[RequestLine], payload: Any) -> dict[UUID, int]:
    """Return what the payload says of each item. Raises Refuse for one that was not asked for."""
    said = {line.item_id: line.quantity for line in payload.lines}
    if not set(said) <= {line.item_id for line in lines}:
        raise Refuse(ITEM_NOT_ASKED, "lines")
    return said


def _may_decide(batch: Batch[Any], row: SupplyRequest, giver: Place | None) -> None:
    """Let only the level above decide, or who holds the stock that gives."""
    if batch.actor.trusted:
        return
    if giver is not None and not batch.actor.may(Verb.SUPPLY, giver.path):
        raise Refuse(NOT_THE_GIVER, "giver_id")
    if giver is None and not batch.actor.may(Verb.SUPPLY, parent_path(row.path)):
        raise Refuse(NOT_YOUR_OWN, "giver_id")


@command(
    "supply.approve",
    Approve,
    verb=Verb.SUPPLY,
    locate=_at_request,
    title=_("Grant a request for supplies"),
)
def approve(batch: Batch[Approve], item: Item[Approve]) -> None:
    """Grant a request in whole or in part, from the stock of a post or from outside."""
    payload = item.payload
    row = _step(batch, item, RequestAction.APPROVE)
    giver = _giver(batch, payload.giver_id)
    if giver is not None and payload.giver_id == row.post_id:
        raise Refuse(NOT_YOUR_OWN, "giver_id")
    _may_decide(batch, row, giver)
    lines = _lines(row)
    said = _named(lines, payload)
    for line in lines:
        line.approved = min(said.get(line.item_id, line.wanted), line.wanted)
        line.save(update_fields=["approved"])
    row.giver_id, row.decided_at = payload.giver_id, batch.received_at
    row.save()
    item.settle(DECIDE, row.id)
    assert item.place
    _duty(batch, item, row.id, DELIVER, giver or _place_above(batch, item.place), DECIDE_HOURS)


def _giver(batch: Batch[Any], post_id: UUID | None) -> Place | None:
    if post_id is None:
        return None
    post = stations.named(batch.district, [post_id]).get(post_id)
    if post is None:
        raise Refuse(problems.NOT_FOUND, "giver_id")
    return places({post.area_id}, batch)[post.area_id]


@command(
    "supply.refuse",
    RefuseRequest,
    verb=Verb.SUPPLY,
    locate=_at_request,
    title=_("Refuse a request for supplies"),
)
def refuse(batch: Batch[RefuseRequest], item: Item[RefuseRequest]) -> None:
    """Refuse a request; the reason stays for who asked."""
    row = _step(batch, item, RequestAction.REFUSE)
    _may_decide(batch, row, None)
    row.decided_at = batch.received_at
    row.save()
    item.settle(DECIDE, row.id)


@command(
    "supply.cancel",
    OnRequest,
    verb=Verb.SUPPLY,
    locate=_at_request,
    title=_("Take a request for supplies back"),
)
def cancel(batch: Batch[OnRequest], item: Item[OnRequest]) -> None:
    """Take a request back before it is sent."""
    row = _step(batch, item, RequestAction.CANCEL)
    row.save()
    for kind in (DECIDE, DELIVER):
        item.settle(kind, row.id, None, DutyAction.CANCEL)


@command(
    "supply.send",
    OnRequest,
    verb=Verb.READ,
    locate=_at_request,
    title=_("Send supplies"),
)
def send(batch: Batch[OnRequest], item: Item[OnRequest]) -> None:
    """Send what was granted; it leaves the giver's stock, what expires first first."""
    row = _step(batch, item, RequestAction.SEND)
    _may_decide(batch, row, _giver(batch, row.giver_id))
    for line in _lines(row):
        line.sent = line.approved or 0
        if row.giver_id and line.sent:
            lots = stock_rows.take(batch, row.giver_id, line.item_id, line.sent, None, "request_id")
            line.lots = stock_rows.dated(batch.district, row.giver_id, line.item_id, lots)
            stock_rows.change(
                batch,
                item,
                row.giver_id,
                line.item_id,
                [(lot, -n) for lot, n in lots],
                MoveKind.SEND,
                request_id=row.id,
            )
        line.save(update_fields=["sent", "lots"])
    row.sent_at = batch.received_at
    row.save()
    item.result = {"state": str(row.state)}
    item.settle(DELIVER, row.id)


@command(
    "supply.arrive",
    Arrive,
    verb=Verb.SUPPLY,
    locate=_at_request,
    title=_("Say that supplies arrived"),
)
def arrive(batch: Batch[Arrive], item: Item[Arrive]) -> None:
    """Take what arrived into stock; a difference needs a reason and is looked into."""
    row = _step(batch, item, RequestAction.ARRIVE)
    lines = _lines(row)
    said = _named(lines, item.payload)
    missing: dict[str, int] = {}
    for line in lines:
        line.received = said.get(line.item_id, line.sent or 0)
        difference = (line.sent or 0) - line.received
        if difference and not item.payload.why:
            raise Refuse(WHY_DIFFERENT, "why", received=line.received, sent=line.sent)
        if difference:
            missing[str(line.item_id)] = difference
        _store(batch, item, row, line)
        line.save(update_fields=["received"])
    row.received_at = batch.received_at
    row.save()
    item.result = {"state": str(RequestState.RECEIVED), "missing": missing}
    if missing:
        assert item.place
        place = _giver(batch, row.giver_id) or _place_above(batch, item.place)
        _duty(batch, item, row.id, DIFFERENCE, place, DIFFERENCE_HOURS)


def _store(batch: Batch[Any], item: Item[Any], row: SupplyRequest, line: RequestLine) -> None:
    """Put what arrived into the lots in which it was sent, the last ones short if some is lost."""
    left = line.received or 0
    for lot, expires, sent in line.lots or [["", None, left]]:
        part = min(left, int(sent))
        left -= part
        if part:
            _arrive_lot(batch, item, row, line, lot, expires, part)
    if left:
        _arrive_lot(batch, item, row, line, "", None, left)


def _arrive_lot(
    batch: Batch[Any],
    item: Item[Any],
    row: SupplyRequest,
    line: RequestLine,
    lot: str,
    expires: str | None,
    number: int,
) -> None:
    stock_rows.change(
        batch,
        item,
        row.post_id,
        line.item_id,
        [(lot, number)],
        MoveKind.ARRIVE,
        expires=stock_rows.day(expires),
        request_id=row.id,
    )
