"""The end of the personal data of a manifest: thirty days after the last bed was given up."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from lianfang.arrivals.models import Manifest, Passenger, Stay, StayNote
from lianfang.arrivals.rules import ManifestState
from lianfang.kernel import clock
from lianfang.kernel.actors import CLOCK
from lianfang.kernel.batch import Batch, Entry, Item
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Stream, SubjectKey
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.registry import command, everywhere
from lianfang.kernel.sealing import Payload
from lianfang.kernel.verbs import Verb

KEPT = timedelta(days=30)
_AT_ONCE = 50


class PurgeArrivals(Payload):
    """The end of the personal data of manifests whose time is over."""

    now: date


def over(district: str, now: datetime) -> QuerySet[Manifest]:
    """Return the closed manifests of which nobody has stayed anywhere for `KEPT`."""
    stays = Stay.objects.filter(district=OuterRef("district"), manifest_id=OuterRef("id"))
    found = Manifest.objects.filter(
        ~Exists(stays.filter(until=None)),
        ~Exists(stays.filter(until__gt=now - KEPT)),
        district=district,
        state=ManifestState.CLOSED,
        closed_at__lte=now - KEPT,
        purged_at=None,
    )
    return found.order_by("id")


def blank(district: str, lines: QuerySet[Passenger]) -> int:
    """Blank what names the passengers of these lines and destroy the keys of their records.

    Where people came from, where they stayed and the counts remain.
    """
    ids = list(lines.values_list("id", flat=True))
    Passenger.objects.filter(district=district, id__in=ids).update(
        name="", name_latin="", phone="", id_number="", id_index="", temperature=None, symptoms=[]
    )
    SubjectKey.objects.filter(district=district, subject_id__in=ids).delete()
    return len(ids)


@command(
    "arrival.purge",
    PurgeArrivals,
    verb=Verb.TICK,
    locate=everywhere,
    title=_("Purge personal data of arrivals whose time is over"),
    hidden=True,
)
def purge(batch: Batch[PurgeArrivals], item: Item[PurgeArrivals]) -> None:
    """Blank the lines of manifests whose time is over; counts, places and times stay."""
    purged = 0
    for row in list(over(batch.district, batch.received_at)[:_AT_ONCE]):
        lines = Passenger.objects.filter(district=batch.district, manifest_id=row.id)
        stayed = Stay.objects.filter(district=batch.district, manifest_id=row.id)
        people = list(stayed.values_list("person_id", flat=True))
        for note in StayNote.objects.filter(district=batch.district, person_id__in=people):
            note.text = ""
            note.save()
        purged += blank(batch.district, lines)
        row.purged_at = batch.received_at
        row.save()
    item.result = {"passengers": purged}


def chore(now: datetime) -> list[Receipt]:
    """Purge each district in which the time of some manifest is over."""
    from lianfang.kernel.submit import submit

    receipts: list[Receipt] = []
    for district in Stream.objects.exclude(district="").values_list("district", flat=True):
        if over(district, now).exists():
            today = {"now": now.date().isoformat()}
            entry = Entry(new_id(), "arrival.purge", today, now, district)
            receipts += submit(CLOCK, [entry], received_at=now)
    return receipts


clock.CHORES.append(chore)
