"""Runs: the plan that was chosen gives each order a carrier, and leaves what is under way alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.areas.tree import by_area
from lianfang.kernel import bulk, duties, problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.models import Duty
from lianfang.kernel.problems import Refuse
from lianfang.kernel.registry import command
from lianfang.kernel.rules import DutyAction
from lianfang.kernel.verbs import Verb
from lianfang.people.models import Account
from lianfang.services import payloads, run_state
from lianfang.services.followers import take
from lianfang.services.models import Order, Run, RunStop


@command(
    "run.plan",
    payloads.PlanRuns,
    verb=Verb.ASSIGN,
    locate=by_area("community_id"),
    title=_("Plan runs"),
)
def plan(batch: Batch[payloads.PlanRuns], item: Item[payloads.PlanRuns]) -> None:
    """Assign the orders of a plan; one that was taken meanwhile stays where it is, and is named."""
    chosen = item.payload
    if item.place is None or item.place.district != batch.district:
        raise Refuse(problems.NOT_FOUND, "community_id")
    accounts = {run.account_id for run in chosen.runs}
    if Account.objects.filter(id__in=accounts, is_active=True).count() != len(accounts):
        raise Refuse(problems.NOT_FOUND, "runs")
    orders = {
        o.id: o
        for o in run_state.plannable(batch.district, chosen.community_id).select_related(None)
    }
    begun = run_state.begun(batch.district, chosen.community_id)
    Run.objects.filter(
        district=batch.district, community_id=chosen.community_id, replaced=False
    ).exclude(id__in=begun).update(replaced=True)
    stops: list[RunStop] = []
    skipped: list[str] = []
    carried: set[UUID] = set()
    rows = {
        d.id: d
        for d in Duty.objects.filter(
            district=batch.district, id__in=[o.duty_id for o in orders.values() if o.duty_id]
        )
    }
    for number, run in enumerate(chosen.runs):
        run_id = item.derive("run", number)
        Run.objects.create(
            district=batch.district,
            id=run_id,
            community_id=chosen.community_id,
            helper=f"account:{run.account_id}",
            planned_at=batch.received_at,
            metres=run.metres,
        )
        for place, stop in enumerate(run.stops):
            here = [i for i in stop.order_ids if i in orders]
            skipped += [str(i) for i in stop.order_ids if i not in orders]
            if here:
                stops.append(_stop(batch, item, run_id, place, stop, here))
            for order_id in here:
                if stop.shop_id is None and order_id not in carried:
                    carried.add(order_id)
                    _assign(batch, item, orders[order_id], rows, f"account:{run.account_id}")
    bulk.insert(stops)
    item.result = {"carried": len(carried), "skipped": sorted(set(skipped))}


def _stop(
    batch: Batch[Any],
    item: Item[Any],
    run_id: UUID,
    number: int,
    stop: payloads.PlannedStop,
    orders: list[UUID],
) -> RunStop:
    return RunStop(
        district=batch.district,
        id=item.derive("stop", run_id, number),
        run_id=run_id,
        number=number,
        shop_id=stop.shop_id,
        orders=[str(i) for i in orders],
        at=stop.at,
    )


def _assign(
    batch: Batch[Any], item: Item[Any], order: Order, rows: dict[UUID, Duty], owner: str
) -> None:
    duty = rows.get(order.duty_id) if order.duty_id else None
    if duty is None or duty.owner == owner:
        return
    duties.step(batch, item, duty, DutyAction.ASSIGN, owner=owner, why="run.plan")
    take(order, owner)
    order.changed_at = batch.received_at
    order.save()
