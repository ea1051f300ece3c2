"""What the clock does for watches: missed checks, releases that are due, the purge.

Checks are not duties: at 100,000 watches that would be 200,000 duties a day, nearly all of which
end as they should. What is due is read from an index; the clock writes only about what went wrong.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lianfang.areas.tree import places
from lianfang.kernel import bulk, clock
from lianfang.kernel.actors import CLOCK
from lianfang.kernel.batch import Batch, Entry, Item
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Stream, SubjectKey
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.registry import command, everywhere, follow
from lianfang.kernel.verbs import Verb
from lianfang.watching import check_commands, kinds, payloads, rows, slots
from lianfang.watching.models import Check, Referral, Watch
from lianfang.watching.rules import LIVE_WATCHES

_AT_ONCE = 2_000
_LIVE = sorted(LIVE_WATCHES)


def _passed(district: str, now: datetime) -> QuerySet[Watch]:
    """Return the watches whose owed check was passed over."""
    return Watch.objects.filter(district=district, closes_at__lte=now).order_by("id")


def _over(district: str, now: datetime) -> QuerySet[Watch]:
    """Return the watches whose day of release has come and for which nobody was asked yet."""
    return Watch.objects.filter(
        district=district,
        state__in=_LIVE,
        until_day__lte=rows.today(now),
        release_asked=False,
        away=False,
    ).order_by("id")


def _anything(district: str, now: datetime) -> bool:
    return _passed(district, now).exists() or _over(district, now).exists()


clock.DUE.append(_anything)


@follow("clock.tick")
def ticked(batch: Batch[Any]) -> None:
    """Write missed checks down and ask somebody to look; ask for releases that are due."""
    for item in batch:
        missed = _miss(batch, item, item.payload.now)
        item.result["watch_missed"] = missed
        item.result["watch_release"] = _ask_release(batch, item, item.payload.now)


def _miss(batch: Batch[Any], item: Item[Any], now: datetime) -> int:
    found = list(_passed(batch.district, now)[:_AT_ONCE])
    if not found:
        return 0
    where = places({row.area_id for row in found}, batch)
    ledger = check_commands.read(batch.district, found)
    for row in found:
        place = where[row.area_id]
        one = slots.slot_at(now, row.checks_a_day, rows.zone())
        count = check_commands.miss(batch, item, row, ledger, place, one)
        ledger.touched[row.id] = row
        rows.owe(row, one if slots.owed(one, row.from_day, row.until_day) else None)
        if count:
            rows.open_duty(batch, item, row, kinds.MISSED, kinds.MISSED_HOURS, place, priority=7)
    _drop_doubles(batch, item)
    ledger.write()
    return len(found)


def _drop_doubles(batch: Batch[Any], item: Item[Any]) -> None:
    """Leave the duty of a watch alone whose last missed check nobody has answered either."""
    from lianfang.kernel.models import Duty
    from lianfang.kernel.rules import LIVE

    wanted = {duty.subject_id for duty in item.duties if duty.kind == kinds.MISSED}
    open_now = set(
        Duty.objects.filter(
            district=batch.district,
            kind=kinds.MISSED,
            subject_id__in=wanted,
            state__in=LIVE,
        ).values_list("subject_id", flat=True)
    )
    item.duties = [d for d in item.duties if d.kind != kinds.MISSED or d.subject_id not in open_now]


def _ask_release(batch: Batch[Any], item: Item[Any], now: datetime) -> int:
    found = list(_over(batch.district, now)[:_AT_ONCE])
    where = places({row.area_id for row in found}, batch)
    for row in found:
        row.release_asked = True
        place = where[row.area_id]
        rows.open_duty(batch, item, row, kinds.RELEASE, kinds.RELEASE_HOURS, place)
    bulk.upsert(found, ("district", "id"), ("release_asked",))
    return len(found)


def _old(model: Any, district: str, now: datetime) -> QuerySet[Any]:
    found: QuerySet[Any] = model.objects.filter(district=district, purge_at__lte=now)
    return found.filter(purged_at=None).order_by("id")


@command(
    "watch.purge",
    payloads.PurgeWatches,
    verb=Verb.TICK,
    locate=everywhere,
    title=_("Purge health data whose time is over"),
    hidden=True,
)
def purge(batch: Batch[payloads.PurgeWatches], item: Item[payloads.PurgeWatches]) -> None:
    """Destroy the keys of what the checks and referrals found and blank the rows; counts stay."""
    now = batch.received_at
    gone = list(_old(Watch, batch.district, now)[:_AT_ONCE])
    ids = [row.id for row in gone]
    mine = Check.objects.filter(district=batch.district, watch_id__in=ids)
    mine.update(tenths=None, symptoms=[], unwell=False)
    for row in gone:
        row.person_id = row.household_id = row.post_id = None
        row.note, row.unwell, row.purged_at = "", False, now
    names = ("person_id", "household_id", "post_id", "note", "unwell", "purged_at")
    bulk.upsert(gone, ("district", "id"), names)
    sent = list(_old(Referral, batch.district, now)[:_AT_ONCE])
    for one in sent:
        one.person_id = one.household_id = one.post_id = None
        one.subject_id = one.id
        one.tenths, one.symptoms, one.note, one.purged_at = None, [], "", now
    more = ("person_id", "household_id", "post_id", "subject_id", "tenths", "symptoms", "note")
    bulk.upsert(sent, ("district", "id"), (*more, "purged_at"))
    keys = [*ids, *(one.id for one in sent)]
    SubjectKey.objects.filter(district=batch.district, subject_id__in=keys).delete()
    item.result = {"watches": len(gone), "referrals": len(sent)}


def chore(now: datetime) -> list[Receipt]:
    """Purge each district in which the time of some health data is over, and hand over watches."""
    from lianfang.kernel.submit import submit

    receipts: list[Receipt] = []
    for district in Stream.objects.exclude(district="").values_list("district", flat=True):
        while any(_old(model, district, now).exists() for model in (Watch, Referral)):
            entry = Entry(
                new_id(), "watch.purge", {"now": rows.today(now).isoformat()}, now, district
            )
            done = submit(CLOCK, [entry], received_at=now)
            receipts += done
            if not any(done[0].result.values()):
                break
    return receipts


clock.CHORES.append(chore)
