"""From the orders of a community to a plan of runs, and from the plan to the command's payload."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from lianfang.services import planning, queries, run_state
from lianfang.services.models import Order, Shop

# What a community has chosen where nobody has measured: the shop stands at the gate.
_GATE = (-80.0, 0.0)


@dataclass(frozen=True, slots=True)
class Volunteer:
    """A helper who can go now: the account, what the bag holds, when the shift ends."""

    account_id: UUID
    bag: int = 12
    until: datetime | None = None


def make(
    district: str,
    community_id: UUID,
    helpers: Sequence[Volunteer],
    now: datetime,
    seconds: float = 8,
) -> dict[str, Any]:
    """Return the payload of `run.plan` for the orders that can be planned now.

    A helper whose run is under way gets new orders for the time after it.
    """
    orders = list(run_state.plannable(district, community_id))
    shops = {str(s.id): s for s in queries.shops(district, community_id)}
    busy = _busy_until(district, community_id)
    points = _points(orders)
    errands = [_errand(o, points[str(o.id)], shops, now) for o in orders]
    made = planning.plan(
        errands,
        [
            planning.Helper(
                str(h.account_id),
                h.bag,
                max(0.0, (busy.get(h.account_id, now) - now).total_seconds()),
                (h.until - now).total_seconds() if h.until else 4 * 3600.0,
            )
            for h in helpers
        ],
        {"": _GATE, **_shop_points(shops)},
        seconds=seconds,
    )
    return {
        "community_id": str(community_id),
        "runs": [
            {
                "account_id": run.helper,
                "metres": int(run.length),
                "stops": [
                    {
                        "shop_id": stop.shop or None,
                        "order_ids": list(stop.errands),
                        "at": (now + timedelta(seconds=int(stop.at))).isoformat(),
                    }
                    for stop in run.stops
                ],
            }
            for run in made.runs
        ],
        "left_out": {id_: str(reason) for id_, reason in made.left_out.items()},
    }


def _busy_until(district: str, community_id: UUID) -> dict[UUID, datetime]:
    begun = run_state.begun(district, community_id)
    runs = [r for r in run_state.open_runs(district, community_id) if r.id in begun]
    rows = run_state.stops(district, [r.id for r in runs])
    return {
        UUID(r.helper.partition(":")[2]): max(stop.at for stop in rows[r.id])
        for r in runs
        if rows[r.id]
    }


def _points(orders: Sequence[Order]) -> dict[str, planning.Point]:
    doors = []
    for order in orders:
        home: Any = order.household
        doors.append((str(order.id), f"{home.area.code} {home.building}", home.unit, home.floor))
    return planning.from_order(doors)


def _shop_points(shops: dict[str, Shop]) -> dict[str, planning.Point]:
    """Return the points of shops: measured around the first measured one, else at the gate."""
    known = [s for s in shops.values() if s.latitude is not None and s.longitude is not None]
    about = (known[0].latitude or 0.0, known[0].longitude or 0.0) if known else (0.0, 0.0)
    result = {}
    for id_, shop in shops.items():
        if shop.latitude is None or shop.longitude is None:
            result[id_] = _GATE
        else:
            x, y = planning.metres(shop.latitude, shop.longitude, about)
            result[id_] = (x + _GATE[0], y + _GATE[1])
    return result


def _errand(
    order: Order, point: planning.Point, shops: dict[str, Shop], now: datetime
) -> planning.Errand:
    shop = str(order.shop_id) if str(order.shop_id) in shops else ""
    earliest = (order.wanted_from - now).total_seconds() if order.wanted_from else 0.0
    latest = (order.wanted_until - now).total_seconds() if order.wanted_until else 0.0
    if shop:
        midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        opens = (midnight + timedelta(minutes=shops[shop].opens) - now).total_seconds()
        earliest = max(earliest, opens)
    return planning.Errand(
        str(order.id),
        point,
        shop,
        max(1, min(order.units, 99)),
        max(0.0, earliest),
        latest if latest > 0 else 1e9,
        priority=order.priority,
    )
