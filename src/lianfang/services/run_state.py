"""Which orders can be planned anew, and which runs are under way."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from lianfang.kernel.models import Duty
from lianfang.kernel.rules import DutyState
from lianfang.services.models import Order, Run, RunStop
from lianfang.services.rules import OrderState

_BEGUN = (OrderState.BOUGHT, OrderState.AT_DOOR)


def open_runs(district: str, community_id: UUID) -> QuerySet[Run]:
    """Return the runs of a community that no later plan has replaced, the oldest first."""
    found = Run.objects.filter(district=district, community_id=community_id, replaced=False)
    return found.order_by("planned_at", "id")


def stops(district: str, run_ids: list[UUID]) -> dict[UUID, list[RunStop]]:
    """Return the stops of runs, in order."""
    result: dict[UUID, list[RunStop]] = {id_: [] for id_ in run_ids}
    for stop in RunStop.objects.filter(district=district, run_id__in=run_ids).order_by("number"):
        result[stop.run_id].append(stop)
    return result


def orders_of(rows: list[RunStop]) -> list[UUID]:
    """Return the orders that stops are for, each once, in order."""
    return list(dict.fromkeys(UUID(i) for stop in rows for i in stop.orders))


def begun(district: str, community_id: UUID) -> set[UUID]:
    """Return the open runs of which something was started, bought or brought."""
    runs = list(open_runs(district, community_id).values_list("id", flat=True))
    by_run = {id_: orders_of(rows) for id_, rows in stops(district, runs).items()}
    wanted = [i for ids in by_run.values() for i in ids]
    started = Duty.objects.filter(district=district, state=DutyState.STARTED)
    moving = set(
        Order.objects.filter(district=district, id__in=wanted)
        .filter(Q(state__in=_BEGUN) | Q(duty_id__in=started.values("id")))
        .values_list("id", flat=True)
    )
    return {run_id for run_id, ids in by_run.items() if moving & set(ids)}


def plannable(district: str, community_id: UUID) -> QuerySet[Order]:
    """Return the orders that a plan may give to somebody.

    Those that nobody has, and those of runs that have not begun. What somebody claimed by himself,
    and what is under way, stays.
    """
    kept = begun(district, community_id)
    waiting = [
        id_
        for id_ in open_runs(district, community_id).values_list("id", flat=True)
        if id_ not in kept
    ]
    by_run = stops(district, waiting)
    planned = [i for rows in by_run.values() for i in orders_of(rows)]
    free = Q(state=OrderState.ACCEPTED) | Q(state=OrderState.TAKEN, id__in=planned)
    found = Order.objects.filter(free, district=district, community_id=community_id)
    return found.select_related("household__area").order_by("-priority", "ordered_at", "id")
