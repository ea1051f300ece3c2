"""Travellers and vehicles are forgotten: their keys and rows go, the counts stay."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.kernel import clock
from lianfang.kernel import queries as kernel
from lianfang.kernel.actors import CLOCK
from lianfang.kernel.batch import Batch, Entry, Item
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import SubjectKey
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.registry import command, everywhere, follow
from lianfang.kernel.submit import submit
from lianfang.kernel.verbs import Verb
from lianfang.stations import payloads
from lianfang.stations.models import Passage, PassageLine, Traveller, Vehicle
from lianfang.stations.rules import FORGET_DAYS

# A record forgets so many at most, so that it never holds a district for long.
_AT_ONCE = 2_000


@command(
    "passage.forget",
    payloads.ForgetTravellers,
    verb=Verb.TICK,
    locate=everywhere,
    title=_("Forget travellers"),
    hidden=True,
)
def forget(batch: Batch[payloads.ForgetTravellers], item: Item[payloads.ForgetTravellers]) -> None:
    """Destroy the keys and rows of those who passed for the last time before `before`.

    The passages stay, with their hour, direction and number of people.
    """
    before = item.payload.before
    travellers = Traveller.objects.filter(district=batch.district, last_at__lt=before)
    vehicles = Vehicle.objects.filter(district=batch.district, last_at__lt=before)
    people = list(travellers.order_by("last_at", "id").values_list("id", flat=True)[:_AT_ONCE])
    drove = list(vehicles.order_by("last_at", "id").values_list("id", flat=True)[:_AT_ONCE])
    _forget_travellers(batch.district, people)
    for part in _parts(drove):
        Passage.objects.filter(district=batch.district, vehicle_id__in=part).update(vehicle_id=None)
        Vehicle.objects.filter(district=batch.district, id__in=part).delete()
        SubjectKey.objects.filter(district=batch.district, subject_id__in=part).delete()
    item.result = {"travellers": len(people), "vehicles": len(drove)}


def _forget_travellers(district: str, ids: Collection[UUID]) -> None:
    for part in _parts(list(ids)):
        PassageLine.objects.filter(district=district, traveller_id__in=part).delete()
        Traveller.objects.filter(district=district, id__in=part).delete()
        SubjectKey.objects.filter(district=district, subject_id__in=part).delete()


def _parts(ids: list[UUID], size: int = 500) -> list[list[UUID]]:
    return [ids[n : n + size] for n in range(0, len(ids), size)]


@follow("person.purge")
def purged(batch: Batch[Any]) -> None:
    """Forget a purged person at every post."""
    for item in batch:
        seen = Traveller.objects.filter(
            district=batch.district, person_id=item.payload.person_id
        ).order_by("id")
        _forget_travellers(batch.district, list(seen.values_list("id", flat=True)))


def chore(moment: datetime) -> list[Receipt]:
    """Let every district forget those whose time is over; no record where there is nobody."""
    before = moment - timedelta(days=FORGET_DAYS)
    receipts: list[Receipt] = []
    for district in kernel.streams():
        old = Traveller.objects.filter(district=district, last_at__lt=before).exists()
        if old or Vehicle.objects.filter(district=district, last_at__lt=before).exists():
            payload = {"before": before.isoformat()}
            entry = Entry(new_id(), "passage.forget", payload, moment, district)
            receipts += submit(CLOCK, [entry], received_at=moment)
    return receipts


clock.CHORES.append(chore)
