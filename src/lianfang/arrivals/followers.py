"""What this room does when another room writes something down."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from lianfang.arrivals.models import Passenger, Site, Stay, StayNote
from lianfang.arrivals.rules import LeaveWhy
from lianfang.kernel.batch import Batch
from lianfang.kernel.registry import follow


@follow("person.purge")
def purged(batch: Batch[Any]) -> None:
    """Blank what names a purged person; places, times and counts stay."""
    ids = [item.payload.person_id for item in batch]
    for row in Passenger.objects.filter(district=batch.district, person_id__in=ids):
        row.name = row.name_latin = row.phone = ""
        row.id_number = row.id_index = ""
        row.save()
    for note in StayNote.objects.filter(district=batch.district, person_id__in=ids):
        note.text = ""
        note.save()


@follow("watch.release")
def released(batch: Batch[Any]) -> None:
    """Free the bed of somebody whose watch is over."""
    who = {}
    for item in batch:
        person = getattr(item.payload, "person_id", None) or item.subject_id
        if isinstance(person, UUID):
            who[person] = item
    for stay in Stay.objects.filter(
        district=batch.district, person_id__in=list(who), until=None
    ).order_by("id"):
        item = who[stay.person_id]
        stay.until, stay.why = max(item.at, stay.since), LeaveWhy.RELEASED
        stay.save()


@follow("post.correct")
def renamed(batch: Batch[Any]) -> None:
    """Call a site what its post is called."""
    for item in batch:
        name = getattr(item.payload, "name", "")
        if name:
            Site.objects.filter(district=batch.district, id=item.payload.post_id).update(name=name)
