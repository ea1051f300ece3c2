"""What somebody who carries an order keeps on the phone: for whom, what to buy, where it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from lianfang.kernel.actors import Actor
from lianfang.kernel.models import Duty
from lianfang.services import queries, words
from lianfang.services.models import Order, ServiceKind


@dataclass(frozen=True, slots=True)
class Errand:
    """An order as its carrier needs it without network; `who` as far as the sight goes.

    `wants` has a line for each thing to buy; for an order of nothing to buy it says the kind.
    The telephone is not in it: a call is put through by the order's page, one at a time.
    """

    who: str
    wants: str
    note: str
    href: str
    order_id: UUID
    state: str
    price_fen: int | None
    ceiling_fen: int | None


def errands(actor: Actor, duties: Iterable[Duty]) -> dict[UUID, Errand]:
    """Return what the actor carries by these duties, by the duty's id; others are left out."""
    listed = [d for d in duties if d.kind == queries.ERRAND]
    if not listed:
        return {}
    rows = Order.objects.filter(
        district__in={d.district for d in listed}, duty_id__in=[d.id for d in listed]
    ).select_related("household__area")
    result = {}
    for row in rows:
        if row.duty_id is None or not queries.carries(actor, row):
            continue
        seen = queries.shown(actor, row)
        wants = [f"{i['name']} × {i['quantity']}{i.get('unit') or ''}" for i in seen.items]
        result[row.duty_id] = Errand(
            who=seen.contact,
            wants="\n".join(wants) or _kind(row),
            note=seen.note,
            href=reverse("services_order", args=[row.district, row.id]),
            order_id=row.id,
            state=row.state,
            price_fen=row.price_fen,
            ceiling_fen=row.ceiling_fen,
        )
    return result


def _kind(row: Order) -> str:
    """Return what the community calls the kind of an order."""
    kept = ServiceKind.objects.filter(
        district=row.district, community_id=row.community_id, code=row.kind
    )
    return kept.values_list("name", flat=True).first() or str(words.KINDS.get(row.kind, row.kind))


def photo_of(actor: Actor, district: str, payload: Mapping[str, Any]) -> UUID | None:
    """Return the household of an order that the actor carries, whose key seals its photos."""
    try:
        order_id = UUID(str(payload.get("order_id")))
    except ValueError:
        return None
    row = Order.objects.filter(district=district, id=order_id, carrier=actor.ref).first()
    return row.household_id if row else None
