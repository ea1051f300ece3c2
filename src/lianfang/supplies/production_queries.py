"""What can be read of production: where the pieces are, when it is finished, what holds it up."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.scope import within
from lianfang.kernel.verbs import Verb
from lianfang.supplies.forecast_rules import Count, Forecast, forecast, one_more, stages
from lianfang.supplies.models import Production, StageCount


def orders(actor: Actor) -> QuerySet[Production]:
    """Return the production orders in the actor's scope."""
    return Production.objects.filter(
        within(actor.paths(Verb.READ), "path"), district__in=area_queries.districts(actor)
    )


def order(actor: Actor, district: str, production_id: UUID) -> Production | None:
    """Return one order; None when absent or forbidden."""
    row = Production.objects.filter(district=district, id=production_id).first()
    return row if row and actor.may(Verb.READ, row.path) else None


def counts(row: Production) -> list[StageCount]:
    """Return what the stages of an order (of the caller's scope) let out, in the order of time."""
    found = StageCount.objects.filter(district=row.district, production_id=row.id)
    return list(found.order_by("from_at", "stage", "id"))


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where an order stands: its forecast, and the one with one more person at the bottleneck."""

    forecast: Forecast
    with_one_more: Forecast | None

    @property
    def gain(self) -> timedelta | None:
        """Return how much earlier one more person would let it end."""
        now, then = self.forecast.finish, self.with_one_more and self.with_one_more.finish
        return now - then if now and then else None


def outlook(row: Production, at: datetime) -> Outlook | None:
    """Return the forecast of an order with a quantity and a deadline, None for another kind."""
    if row.quantity is None or row.deadline is None:
        return None
    lines: list[list[Count]] = [[] for _ in row.stages]
    for c in counts(row):
        hours = (c.to_at - c.from_at).total_seconds() / 3600
        lines[c.stage].append(Count(c.out, c.spoilt, hours, c.people))
    line = stages(row.stages, lines, row.quantity)
    found = forecast(line, at, row.deadline)
    if found.bottleneck is None or found.finish is None:
        return Outlook(found, None)
    better = forecast(one_more(line, found.bottleneck), at, row.deadline)
    return Outlook(found, better)


@dataclass(frozen=True, slots=True)
class Day:
    """What left the last stage on a day against the target."""

    day: date
    out: int
    target: int | None
    shifts: int


def days(row: Production) -> list[Day]:
    """Return the finished pieces day by day, from the counts of the last stage."""
    last = len(row.stages) - 1
    sums: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for c in counts(row):
        if c.stage == last:
            total = sums[timezone.localdate(c.to_at)]
            total[0] += c.out
            total[1] += 1
    return [Day(day, out, row.daily_target, n) for day, (out, n) in sorted(sums.items())]
