"""What takes several records: opening a round in all its districts, and closing it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from lianfang.areas.models import Area
from lianfang.areas.rules import DISTRICT_LEVEL
from lianfang.kernel.actors import Actor
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import derive_id, new_id
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.scope import within
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.screening.models import RoundArea


def open_round(actor: Actor, payload: dict[str, Any], entry_id: UUID | None = None) -> Receipt:
    """Open a round and let each of its districts join; returns the receipt of the opening.

    Safe to send again with the same `entry_id`: what was done is answered as repeated.
    """
    first = entry_id or new_id()
    receipt = submit(actor, [Entry(first, "round.open", payload, now())])[0]
    if receipt.stands:
        join_districts(actor, UUID(str(payload["round_id"])), first)
    return receipt


def join_districts(actor: Actor, round_id: UUID, origin: UUID) -> list[Receipt]:
    """Let the districts of a round join it, each by a record derived from `origin`."""
    return [
        submit(
            actor,
            [
                Entry(
                    derive_id(origin, "join", district),
                    "round.join",
                    {"round_id": str(round_id)},
                    now(),
                    district,
                )
            ],
        )[0]
        for district in districts(round_id)
    ]


def districts(round_id: UUID) -> Sequence[str]:
    """Return the districts in which a round runs, in order."""
    targets = RoundArea.objects.filter(round_id=round_id).values_list(
        "area__path", "area__district"
    )
    own = {district for _, district in targets if district}
    above = [path for path, district in targets if not district]
    if above:
        counties = Area.objects.filter(within(above, "path"), level=DISTRICT_LEVEL, valid_to=None)
        own |= set(counties.values_list("code", flat=True))
    return sorted(own)


def close_round(actor: Actor, round_id: UUID, entry_id: UUID | None = None) -> list[Receipt]:
    """Close a round in all districts, then as a whole; stops at the first district that refuses.

    Returns the receipts; the last one tells whether the round is closed.
    """
    origin = entry_id or new_id()
    content = {"round_id": str(round_id)}
    receipts = []
    for district in districts(round_id):
        id_ = derive_id(origin, "close", district)
        receipts += submit(actor, [Entry(id_, "round.close_district", content, now(), district)])
        if not receipts[-1].stands:
            return receipts
    return receipts + submit(actor, [Entry(origin, "round.close", content, now())])
