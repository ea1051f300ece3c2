"""Rules of stock, requests and key places; no database here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum


class RequestState(StrEnum):
    """Where a request for supplies stands."""

    REQUESTED = "requested"
    APPROVED = "approved"
    SENT = "sent"
    RECEIVED = "received"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class RequestAction(StrEnum):
    """What can happen to a request."""

    APPROVE = "approve"
    REFUSE = "refuse"
    CANCEL = "cancel"
    SEND = "send"
    ARRIVE = "arrive"


_S, _A = RequestState, RequestAction
# (from, action) -> to. What is not listed is refused. Goods on their way cannot be cancelled.
REQUEST_TABLE: dict[tuple[RequestState, RequestAction], RequestState] = {
    (_S.REQUESTED, _A.APPROVE): _S.APPROVED,
    (_S.REQUESTED, _A.REFUSE): _S.REFUSED,
    (_S.REQUESTED, _A.CANCEL): _S.CANCELLED,
    (_S.APPROVED, _A.CANCEL): _S.CANCELLED,
    (_S.APPROVED, _A.SEND): _S.SENT,
    (_S.SENT, _A.ARRIVE): _S.RECEIVED,
}


def next_request(state: str, action: RequestAction) -> RequestState | None:
    """Return the state after `action`, None where it cannot be."""
    return REQUEST_TABLE.get((RequestState(state), action))


class MoveKind(StrEnum):
    """Why stock changed."""

    RECEIVE = "receive"
    ISSUE = "issue"
    COUNT = "count"
    DISCARD = "discard"
    SEND = "send"
    ARRIVE = "arrive"


class PlaceKind(StrEnum):
    """What a key place is (the kinds named for S05 and S16)."""

    ENTERPRISE = "enterprise"
    SCHOOL = "school"
    HOSPITAL = "hospital"
    MALL = "mall"
    PARK = "park"
    MARKET = "market"
    COMMUNICATIONS = "communications"
    GOVERNMENT = "government"
    OTHER = "other"


class FindingState(StrEnum):
    """Where a finding stands: open until mended with a proof, and accepted by an inspector."""

    OPEN = "open"
    MENDED = "mended"
    ACCEPTED = "accepted"


def first_expiring(
    lots: Iterable[tuple[str, date | None, int]], wanted: int
) -> list[tuple[str, int]] | None:
    """Return (lot, quantity) that make up `wanted`, what expires first first; None if too few.

    Lots without a date go last.
    """
    taken: list[tuple[str, int]] = []
    for lot, _expires, there in sorted(lots, key=lambda x: (x[1] is None, x[1] or date.max, x[0])):
        if wanted > 0 and there > 0:
            part = min(there, wanted)
            taken.append((lot, part))
            wanted -= part
    return None if wanted > 0 else taken


def next_inspection(at: datetime, every_days: int) -> datetime:
    """Return when a place is to be inspected again after an inspection at `at`."""
    return at + timedelta(days=every_days)
