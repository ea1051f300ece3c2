"""Transfers to another district: a handshake, so that somebody has the watch at every moment.

The district that has the watch offers it and goes on checking. The other one takes it over with a
record of its own, which holds all that it needs; only then does the clock end the first watch.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from lianfang.areas.rules import Level
from lianfang.areas.tree import by_area, places
from lianfang.kernel import clock, problems
from lianfang.kernel.actors import CLOCK
from lianfang.kernel.batch import Batch, Entry, Item
from lianfang.kernel.ids import derive_id
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.registry import command
from lianfang.kernel.rules import DutyAction
from lianfang.kernel.verbs import Verb
from lianfang.watching import kinds, payloads, rows
from lianfang.watching.models import Watch
from lianfang.watching.rules import WatchAction, WatchState
from lianfang.watching.watch_commands import NO_REASON, home_of, of_person, who_and_where

SAME_DISTRICT = problem(
    "watch.same_district",
    _("That community belongs to the same district."),
    _("Continue the watch elsewhere instead; no handing over is needed."),
)
TAKEN_ALREADY = problem(
    "watch.taken_already",
    _("This watch was taken over already."),
    _("Look at the list of the community that has it now."),
    status=409,
)
AT_THE_CLINIC = problem(
    "watch.away",
    _("This person is at the clinic just now."),
    _("Wait for the result before you hand the watch over."),
    status=409,
)


@command(
    "watch.transfer",
    payloads.TransferWatch,
    verb=Verb.WATCH,
    locate=rows.by_watch,
    title=_("Offer a watch to another district"),
)
def transfer(batch: Batch[payloads.TransferWatch], item: Item[payloads.TransferWatch]) -> None:
    """Offer a watch to a community of another district; the checks go on here meanwhile."""
    row = rows.live(batch, item)
    if not item.payload.why and not batch.replaying:
        raise Refuse(NO_REASON, "why")
    to = places({item.payload.to_area_id}, batch).get(item.payload.to_area_id)
    if to is None or not to.live or to.level < Level.COMMUNITY:
        raise Refuse(problems.NOT_FOUND, "to_area_id")
    if to.district == batch.district:
        raise Refuse(SAME_DISTRICT, "to_area_id")
    if row.away:
        raise Refuse(AT_THE_CLINIC, "watch_id")
    rows.step(row, WatchAction.OFFER)
    row.to_district, row.to_path = to.district, to.path
    row.save()
    assert item.place
    rows.open_duty(batch, item, row, kinds.HANDOVER, kinds.HANDOVER_HOURS, item.place, to=to.code)


@command(
    "watch.withdraw",
    payloads.WhyWatch,
    verb=Verb.WATCH,
    locate=rows.by_watch,
    title=_("Take a transfer back"),
)
def withdraw(batch: Batch[payloads.WhyWatch], item: Item[payloads.WhyWatch]) -> None:
    """Take back the offer of a watch that nobody has taken over."""
    row = rows.live(batch, item)
    rows.step(row, WatchAction.WITHDRAW)
    row.to_district = row.to_path = ""
    row.save()
    item.settle(kinds.HANDOVER, row.id, None, DutyAction.CANCEL, "watch.withdrawn")


@command(
    "watch.take_over",
    payloads.TakeOver,
    verb=Verb.WATCH,
    locate=by_area(),
    title=_("Take a watch over from another district"),
)
def take_over(batch: Batch[payloads.TakeOver], item: Item[payloads.TakeOver]) -> None:
    """Go on here with a watch of another district; a second time is refused."""
    wanted = item.payload
    person, place = who_and_where(batch, item)
    if Watch.objects.filter(district=batch.district, from_watch_id=wanted.from_watch_id).exists():
        raise Refuse(TAKEN_ALREADY, "from_watch_id")
    existing = of_person(batch.district, person.id)
    household_id = home_of(batch, item, wanted.household_id)
    row, merged = rows.begin(
        batch,
        item,
        wanted,
        person.id,
        place,
        household_id=household_id,
        watch_id=wanted.watch_id,
        existing=existing,
        reasons=wanted.reasons,
        until=wanted.until_day,
    )
    row.from_district, row.from_watch_id = wanted.from_district, wanted.from_watch_id
    row.save()
    item.subject_id = person.id
    item.result = {"watch_id": str(row.id), "merged": merged}


@command(
    "watch.taken",
    payloads.Taken,
    verb=Verb.TICK,
    locate=rows.by_watch,
    title=_("Another district has taken the watch over"),
    hidden=True,
)
def taken(batch: Batch[payloads.Taken], item: Item[payloads.Taken]) -> None:
    """End a watch that another district goes on with."""
    row = rows.live(batch, item)
    assert item.place
    rows.end(batch, item, row, WatchAction.TAKEN, item.place)
    row.save()


def chore(now: datetime) -> list[Receipt]:
    """End the watches that another district has taken over by now."""
    from lianfang.kernel.submit import submit

    receipts: list[Receipt] = []
    handing = Watch.objects.filter(state=WatchState.HANDING).exclude(to_district="")
    for row in handing.order_by("district", "id"):
        there = Watch.objects.filter(
            district=row.to_district, from_watch_id=row.id, from_district=row.district
        ).first()
        if there is not None:
            payload = {
                "watch_id": str(row.id),
                "by_district": there.district,
                "by_watch_id": str(there.id),
            }
            id_ = derive_id(there.id, "taken", row.id)
            entry = Entry(id_, "watch.taken", payload, now, row.district)
            receipts += submit(CLOCK, [entry], received_at=now)
    return receipts


clock.CHORES.append(chore)
