"""Doors that something has not reached: one duty a grid, with the list of its doors."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from lianfang.areas.tree import places
from lianfang.kernel import clock
from lianfang.kernel.batch import Batch, Item, NewDuty
from lianfang.kernel.ids import derive_id
from lianfang.kernel.kinds import duty_kind
from lianfang.kernel.registry import follow
from lianfang.kernel.verbs import Verb
from lianfang.messaging.models import Bulletin, Reach
from lianfang.people.models import Household
from lianfang.people.rules import HouseholdState

KNOCK = duty_kind("knock", _("Tell the doors that were not reached"), verb=Verb.VISIT)
HOURS = 24


def doors(row: Bulletin) -> QuerySet[Household]:
    """Return the live households to which a bulletin is told."""
    found = Household.objects.filter(
        district=row.district, state=HouseholdState.LIVE, area__path__under=row.path
    )
    return found.filter(id__in=row.doors) if row.doors else found


def missed(row: Bulletin) -> QuerySet[Household]:
    """Return the live households that a bulletin has not reached."""
    reached = Reach.objects.filter(
        district=OuterRef("district"), bulletin_id=row.id, household_id=OuterRef("id"), reached=True
    )
    return doors(row).filter(~Exists(reached))


def subject_of(bulletin_id: UUID, area_id: UUID) -> UUID:
    """Return what a grid's duty is about."""
    return derive_id(bulletin_id, "knock", area_id)


def open_duties(batch: Batch[Any], item: Item[Any], row: Bulletin) -> int:
    """Open the duties of a bulletin, once; returns for how many doors."""
    if row.knocked_at:
        return 0
    row.knocked_at = batch.received_at
    row.save(update_fields=["knocked_at"])
    count = Counter(missed(row).values_list("area_id", flat=True))
    where = places(count, batch)
    for area_id in sorted(count):
        item.open_duty(
            NewDuty(
                KNOCK,
                f"knock-{row.id}-{area_id}",
                where[area_id],
                due_at=batch.after(hours=HOURS),
                subject_kind="bulletin",
                subject_id=subject_of(row.id, area_id),
                context_id=row.id,
                priority=4,
                details={"doors": count[area_id], "area": str(area_id)},
            )
        )
    return sum(count.values())


def settle(item: Item[Any], row: Bulletin, area_id: UUID) -> None:
    """End a grid's duty when its last door was reached."""
    if row.knocked_at and not missed(row).filter(area_id=area_id).exists():
        item.settle(KNOCK, subject_of(row.id, area_id), row.id)


def _due(district: str, now: datetime) -> QuerySet[Bulletin]:
    return Bulletin.objects.filter(
        district=district, knock_at__lte=now, knocked_at=None, withdrawn_at=None
    )


def _is_due(district: str, now: datetime) -> bool:
    return _due(district, now).exists()


clock.DUE.append(_is_due)


@follow("clock.tick")
def ticked(batch: Batch[Any]) -> None:
    """Open the duties of what should have reached everybody by now."""
    for item in batch:
        rows = list(_due(batch.district, item.payload.now).order_by("knock_at", "id")[:50])
        count = sum(open_duties(batch, item, row) for row in rows)
        if rows:
            item.result = {**item.result, "knock": count or 1}
