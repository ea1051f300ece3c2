"""What can be read of standing care, needs and money."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

from django.db.models import DateTimeField, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from lianfang.kernel.actors import Actor
from lianfang.kernel.scope import within
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb
from lianfang.services import rules
from lianfang.services.models import Care, MoneyEntry, Need, Order
from lianfang.services.rules import CARRIED, SIGN, Money, OrderState, Payer

# Later than any alarm or visit: those that owe none come last.
_NEVER = datetime(9000, 1, 1, tzinfo=UTC)
# By these columns the list is in order and paged; `cared` annotates the first two.
CARE_ORDER = ("alarm_or_never", "visit_or_never", "household_id")


def cared(
    actor: Actor, districts: Collection[str], *, which: str = "", under: str = ""
) -> QuerySet[Care]:
    """Return the households under care in the actor's scope, the longest unseen first.

    `which`: "alarm" (nobody has seen them for too long), "due", "isolated", "unasked", "" for all.
    `under` is the path of an area to which the list is narrowed.
    """
    found = Care.objects.filter(
        within(actor.paths(Verb.READ), "household__area__path"),
        household__area__path__startswith=under,
        district__in=districts,
    ).select_related("household__area")
    moment = now()
    if which == "alarm":
        found = found.filter(alarm_at__lte=moment)
    elif which == "due":
        found = found.filter(next_visit_at__lte=moment)
    elif which == "isolated":
        found = found.filter(isolated_until__gte=timezone.localdate(moment))
    elif which == "unasked":
        found = found.filter(isolated_until__gte=timezone.localdate(moment), asked_at=None)
    never = Value(_NEVER, output_field=DateTimeField())
    return found.annotate(
        alarm_or_never=Coalesce("alarm_at", never), visit_or_never=Coalesce("next_visit_at", never)
    ).order_by(*CARE_ORDER)


def care_of(district: str, household_id: UUID) -> Care | None:
    """Return the care of one household, for pages that have checked the right to it."""
    return Care.objects.filter(district=district, household_id=household_id).first()


def needs(district: str, household_ids: Iterable[UUID]) -> dict[UUID, list[Need]]:
    """Return the needs that are not over, by household."""
    rows = Need.objects.filter(
        district=district, household_id__in=list(household_ids), ended_at=None
    )
    result: dict[UUID, list[Need]] = {}
    for row in rows.order_by("recorded_at", "id"):
        result.setdefault(row.household_id, []).append(row)
    return result


def need(district: str, need_id: UUID) -> Need | None:
    """Return one need; the caller checks the right to its household."""
    return Need.objects.filter(district=district, id=need_id).first()


@dataclass(frozen=True, slots=True)
class Isolated:
    """The households in isolation: how many, not asked yet, with a need nobody has answered."""

    households: int = 0
    unasked: int = 0
    unanswered: int = 0


def isolated(actor: Actor, districts: Collection[str], under: str = "") -> Isolated:
    """Return whether every isolated household's needs are known and answered."""
    rows = list(
        cared(actor, districts, which="isolated", under=under)
        .order_by()
        .select_related(None)
        .values_list("household_id", "asked_at")
    )
    waiting = Need.objects.filter(
        district__in=districts,
        household_id__in=[r[0] for r in rows],
        ended_at=None,
        answered_at=None,
    )
    return Isolated(
        len(rows),
        sum(asked is None for _, asked in rows),
        waiting.values("household_id").distinct().count(),
    )


@dataclass(slots=True)
class Holder:
    """One helper's (or the desk's, ref '') money of a day, and what is held in the end, in fen."""

    ref: str
    moved: dict[Money, int] = field(default_factory=dict)
    held: int = 0


@dataclass(frozen=True, slots=True)
class DaySheet:
    """The money of a community on one day: movements, holders, and what is still owed."""

    day: date
    entries: list[MoneyEntry]
    holders: list[Holder]
    open: list[Order]
    owed: int


def day_sheet(district: str, community_id: UUID, day: date) -> DaySheet:
    """Return the day-sheet of a community; the caller checks the right to it.

    `held` counts everything up to the day's end, so the sheet of a day never changes by what
    comes after. `open` are the orders bought and not settled, as they stand now.
    """
    mine = MoneyEntry.objects.filter(district=district, community_id=community_id)
    entries = list(mine.filter(day=day).order_by("at", "id"))
    holders: dict[str, Holder] = {}
    sums = mine.filter(day__lte=day).values_list("holder", "kind").annotate(fen=Sum("fen"))
    for ref, kind, fen in sums:
        holder = holders.setdefault(ref, Holder(ref))
        holder.held += SIGN[Money(kind)] * fen
    for entry in entries:
        moved = holders[entry.holder].moved
        moved[Money(entry.kind)] = moved.get(Money(entry.kind), 0) + entry.fen
    open_ = list(
        Order.objects.filter(
            district=district,
            community_id=community_id,
            price_fen__isnull=False,
            state__in=[*CARRIED, OrderState.CONFIRMED, OrderState.DISPUTED],
        )
        .select_related("household__area")
        .order_by("bought_at", "id")[:500]
    )
    owed = sum(rules.owed(o.price_fen, o.refund_fen, o.paid_fen, o.payer) for o in open_)
    shown = [h for h in holders.values() if h.moved or h.held]
    return DaySheet(day, entries, sorted(shown, key=lambda h: h.ref), open_, owed)


def household_pays(order: Order) -> bool:
    """Tell whether money is expected from the household."""
    return order.payer == Payer.HOUSEHOLD


def alarms(actor: Actor, districts: Collection[str]) -> int:
    """Return how many households under care nobody has seen for too long."""
    return cared(actor, districts, which="alarm").order_by().count()


def overdue_or_alarm() -> Q:
    """Return the condition of households to which somebody should go now."""
    moment = now()
    return Q(alarm_at__lte=moment) | Q(next_visit_at__lte=moment)
