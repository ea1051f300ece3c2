"""What this room does when another room writes something down."""

from __future__ import annotations

from typing import Any

from lianfang.arrivals.forgetting import blank
from lianfang.arrivals.models import Passenger, Site, Stay, StayNote
from lianfang.arrivals.rules import LeaveWhy
from lianfang.kernel.batch import Batch
from lianfang.kernel.registry import follow
from lianfang.watching import queries as watching


@follow("person.purge")
def purged(batch: Batch[Any]) -> None:
    """Blank what names a purged person; places, times and counts stay."""
    ids = [item.payload.person_id for item in batch]
    blank(batch.district, Passenger.objects.filter(district=batch.district, person_id__in=ids))
    for note in StayNote.objects.filter(district=batch.district, person_id__in=ids):
        note.text = ""
        note.save()


@follow("watch.release")
def released(batch: Batch[Any]) -> None:
    """Free the bed of somebody whose watch is over."""
    whose = watching.people(batch.district, [item.payload.watch_id for item in batch])
    who = {whose[i.payload.watch_id]: i for i in batch if i.payload.watch_id in whose}
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
