"""Who came in one vehicle, for tracing: nobody's scope is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lianfang.arrivals.models import Passenger
from lianfang.arrivals.rules import PassengerState


@dataclass(frozen=True, slots=True)
class Aboard:
    """Somebody who came in the same vehicle; both seats as the manifest has them."""

    person_id: UUID
    seat: str
    own_seat: str
    arrived_at: datetime


def aboard(district: str, person_id: UUID, since: datetime) -> list[Aboard]:
    """Return who came with a person in a vehicle that arrived after `since`.

    Whoever was missing at the gate, and second lines about one person, are left out.
    """
    gone = [PassengerState.MISSING, PassengerState.DOUBLE]
    result: list[Aboard] = []
    mine = Passenger.objects.filter(
        district=district, person_id=person_id, manifest__arrives_at__gt=since
    ).exclude(state__in=gone)
    for one in mine.select_related("manifest").order_by("id"):
        others = Passenger.objects.filter(district=district, manifest_id=one.manifest_id)
        for other in others.exclude(state__in=gone).order_by("id"):
            if other.person_id != person_id:
                at = one.manifest.arrives_at
                result.append(Aboard(other.person_id, other.seat, one.seat, at))
    return result
