"""What other rooms' records say of where somebody was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from lianfang.kernel import bulk
from lianfang.kernel.batch import Batch
from lianfang.kernel.registry import follow
from lianfang.tracing import presence_rows
from lianfang.tracing.models import Contact, Listing, Presence
from lianfang.tracing.rules import PASSAGE_MINUTES, RIDE_MINUTES, PlaceKind


@follow("passage.record")
def passed(batch: Batch[Any]) -> None:
    """Note who passed a post, and who sat in one vehicle, for as long as one stands or rides."""
    made: list[Presence] = []
    stand, ride = timedelta(minutes=PASSAGE_MINUTES), timedelta(minutes=RIDE_MINUTES)
    for item in batch:
        payload = item.payload
        at = payload.at or item.at
        people = [t.person_id or t.traveller_id for t in payload.travellers]
        for person_id in dict.fromkeys(p for p in people if p):
            made += presence_rows.rows(
                batch,
                item,
                person_id,
                PlaceKind.POST,
                payload.post_id,
                at,
                at + stand,
                source="passage",
                source_id=item.id,
            )
            if payload.vehicle_id and len(people) > 1:
                made += presence_rows.rows(
                    batch,
                    item,
                    person_id,
                    PlaceKind.VEHICLE,
                    payload.vehicle_id,
                    at - ride,
                    at + ride,
                    source="passage",
                    source_id=item.id,
                    key="ride",
                )
    bulk.insert(made)


@follow("person.purge")
def purged(batch: Batch[Any]) -> None:
    """Forget where a person was and how lists named him; counts and states stay."""
    ids = [item.payload.person_id for item in batch]
    Presence.objects.filter(district=batch.district, person_id__in=ids).delete()
    Contact.objects.filter(district=batch.district, person_id__in=ids).update(who="")
    Listing.objects.filter(district=batch.district, person_id__in=ids).update(who="", note="")
