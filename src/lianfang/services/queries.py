"""What can be read of orders: scope says which, sight and the duty say how much of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When

from lianfang.areas.models import Area
from lianfang.areas.rules import Level
from lianfang.kernel import queries as kernel
from lianfang.kernel.actors import Actor
from lianfang.kernel.models import Duty
from lianfang.kernel.scope import within
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people.models import Household
from lianfang.people.rules import mask_name, mask_phone
from lianfang.services import rules
from lianfang.services.models import Desk, Order, ServiceKind, Shop
from lianfang.services.rules import CARRIED, LIVE_ORDERS, OrderState

ERRAND = "errand"


def orders(actor: Actor, districts: Collection[str]) -> QuerySet[Order]:
    """Return the orders in the actor's scope, and what he carries until it is confirmed."""
    scope = within(actor.paths(Verb.READ), "household__area__path")
    own = Q(carrier=actor.ref, state__in=CARRIED) if actor.active else Q(pk__in=[])
    found = Order.objects.filter(scope | own, district__in=districts)
    return found.select_related("household__area")


def order(actor: Actor, district: str, order_id: UUID) -> Order | None:
    """Return one order; None when absent or forbidden."""
    return orders(actor, [district]).filter(id=order_id).first()


def carries(actor: Actor, row: Order) -> bool:
    """Tell whether the actor carries an order now."""
    return actor.active and row.carrier == actor.ref and row.state in CARRIED


@dataclass(frozen=True, slots=True)
class Shown:
    """An order as an actor sees it; what the sight does not allow is '' or empty."""

    row: Order
    door: str
    area: str
    contact: str
    phone: str
    items: tuple[dict[str, Any], ...]
    note: str
    reason: str
    kind: str
    carries: bool
    serves: bool
    relay: bool


def shown(actor: Actor, row: Order, kind_name: str = "") -> Shown:
    """Return what the actor sees of an order that `orders` gave.

    The door with ADDRESS; the name with NAME or IDENTITY; the number never in full, and masked only
    with CONTACT. What is wanted: to the desk, to the carrier, and to who sees identities there.
    """
    home: Any = row.household
    path = home.path
    mine = carries(actor, row)
    serves = actor.may(Verb.SERVE, path)
    named = actor.sees(Sight.IDENTITY, path) or actor.sees(Sight.NAME, path)
    content = serves or mine or actor.sees(Sight.IDENTITY, path)
    contact = actor.sees(Sight.CONTACT, path)
    return Shown(
        row=row,
        door=home.label if actor.sees(Sight.ADDRESS, path) else "",
        area=home.area.name,
        contact=row.contact if named else mask_name(row.contact),
        phone=mask_phone(row.phone) if contact and row.phone else "",
        items=tuple(json.loads(row.items)) if content and row.items else (),
        note=row.note if content else "",
        reason=row.reason if content else "",
        kind=kind_name,
        carries=mine,
        serves=serves,
        relay=bool(row.phone) and (contact or actor.sees(Sight.RELAY, path)),
    )


def late_first(found: QuerySet[Order], moment: datetime | None = None) -> QuerySet[Order]:
    """Order a board: what is late climbs, then what comes first, then what waited longest."""
    late = Q(due_at__lt=moment or now(), state__in=CARRIED) | Q(state=OrderState.DISPUTED)
    return found.annotate(
        late=Case(When(late, then=Value(0)), default=Value(1), output_field=IntegerField())
    ).order_by("late", "-priority", "ordered_at", "id")


def narrowed(
    found: QuerySet[Order], *, state: str = "", kind: str = "", door: str = ""
) -> QuerySet[Order]:
    """Narrow orders: `state` is one, or "live", "late", "all"; `door` as people write it."""
    if state == "late":
        found = found.filter(due_at__lt=now(), state__in=CARRIED)
    elif state in ("", "live"):
        found = found.filter(state__in=LIVE_ORDERS)
    elif state != "all":
        found = found.filter(state=state)
    if kind:
        found = found.filter(kind=kind)
    if text := door.strip().upper():
        found = found.filter(
            Q(household__address_key__startswith=text) | Q(household__room=door.strip())
        )
    return found


def counts(actor: Actor, districts: Collection[str]) -> dict[str, int]:
    """Return how many live orders of the actor's scope stand in each state."""
    live = orders(actor, districts).filter(state__in=LIVE_ORDERS).order_by()
    rows = live.select_related(None).values_list("state").annotate(n=Count("id"))
    return {str(state): n for state, n in rows}


def available(actor: Actor, districts: Collection[str]) -> QuerySet[Duty]:
    """Return the errands that nobody has and that the actor may take, the first ones first."""
    found = kernel.open_duties(actor, districts).filter(kind=ERRAND)
    return found.order_by("-priority", F("due_at").asc(nulls_last=True), "id")


def mine(actor: Actor, districts: Collection[str]) -> list[Order]:
    """Return the orders that the actor carries, the most urgent first."""
    found = orders(actor, districts).filter(carrier=actor.ref, state__in=CARRIED)
    return list(found.order_by(F("due_at").asc(nulls_last=True), "id")[:200])


def duties_of(rows: Iterable[Order]) -> dict[UUID, Duty]:
    """Return the duties that carry orders, by the duty's id."""
    listed = list(rows)
    found = Duty.objects.filter(
        district__in={r.district for r in listed}, id__in=[r.duty_id for r in listed if r.duty_id]
    )
    return {d.id: d for d in found}


def by_ids(district: str, ids: Iterable[UUID]) -> dict[UUID, Order]:
    """Return orders by id with their doors, for lists whose rows the caller has scoped."""
    found = Order.objects.filter(district=district, id__in=list(ids))
    return {o.id: o for o in found.select_related("household__area")}


def of_household(home: Household, limit: int = 30) -> list[Order]:
    """Return the latest orders of a door, for pages that have checked the right to it."""
    found = Order.objects.filter(district=home.district, household_id=home.id)
    rows = list(found.order_by("-ordered_at", "-id")[:limit])
    for row in rows:
        row.household = home
    return rows


def catalogue(district: str, community_id: UUID) -> list[tuple[rules.Kind, ServiceKind | None]]:
    """Return the kinds of a community: the built-in ones as it changed them, then its own."""
    kept = {
        k.code: k
        for k in ServiceKind.objects.filter(district=district, community_id=community_id).order_by(
            "code"
        )
    }
    codes = [*rules.KINDS, *(code for code in kept if code not in rules.KINDS)]
    result = []
    for code in codes:
        row = kept.get(code)
        kind = (
            rules.Kind(
                code, row.buys, row.urgent, row.due_hours, row.claim_minutes, row.most, row.per_day
            )
            if row
            else rules.KINDS[code]
        )
        result.append((kind, row))
    return result


def desk(district: str, community_id: UUID) -> Desk:
    """Return how a community's desk works (an unsaved row with the defaults if it never said)."""
    found = Desk.objects.filter(district=district, community_id=community_id).first()
    return found or Desk(district=district, community_id=community_id)


def shops(district: str, community_id: UUID, *, all_: bool = False) -> list[Shop]:
    """Return the shops of a community, those in use unless `all_`."""
    found = Shop.objects.filter(district=district, community_id=community_id)
    return list((found if all_ else found.filter(used=True)).order_by("name", "id"))


def communities(actor: Actor, verb: Verb, limit: int = 200) -> list[Area]:
    """Return the live communities in which the actor has `verb`, a grid's own one too."""
    paths = actor.paths(verb)
    above = ["/".join(p.split("/")[: Level.COMMUNITY]) + "/" for p in paths if p.count("/") > 5]
    found = Area.objects.filter(within(paths, "path") | Q(path__in=above))
    live = found.filter(level=Level.COMMUNITY, valid_to=None).order_by("path")
    return list(live[:limit])


def community_of(row: Order) -> Area:
    """Return the community of an order that the caller has found in scope."""
    return Area.objects.get(id=row.community_id)
