"""The clock as a command: claims that time out, duties that climb."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianfang.kernel import bulk, times
from lianfang.kernel.actors import CLOCK
from lianfang.kernel.batch import Batch, Entry, Item
from lianfang.kernel.effects import event
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty, Stream
from lianfang.kernel.problems import Refuse
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.registry import command, everywhere
from lianfang.kernel.rules import LIVE, DutyAction, DutyState, parent_path
from lianfang.kernel.sealing import Payload
from lianfang.kernel.verbs import Verb

log = structlog.get_logger(__name__)

# An overdue duty climbs again after so long without anybody finishing it.
CLIMB_EVERY = timedelta(hours=2)
# A tick handles so many duties at most, so that it never holds a district for long.
_AT_ONCE = 2_000

# Rooms with deadlines of their own add a function here: is anything due in the district by then?
DUE: list[Callable[[str, datetime], bool]] = []
# Rooms which at some time send commands of their own (a new day of a daily round) add a function
# here: it is given the moment, submits as the clock, and returns the receipts.
CHORES: list[Callable[[datetime], list[Receipt]]] = []


class Tick(Payload):
    """A moment of the server's clock."""

    now: datetime


def _timed_out(district: str, now: datetime) -> Any:
    return Duty.objects.filter(
        district=district, state=DutyState.CLAIMED, claimed_until__lte=now
    ).order_by("id")


def _overdue(district: str, now: datetime) -> Any:
    return (
        Duty.objects.filter(district=district, state__in=LIVE, climb_at__lte=now)
        .exclude(held_path="")
        .order_by("id")
    )


@command("clock.tick", Tick, verb=Verb.TICK, locate=everywhere, title=_("Tick"), hidden=True)
def tick(batch: Batch[Tick], item: Item[Tick]) -> None:
    """Take back claims that ran out, and let overdue duties climb a level."""
    now = item.payload.now
    events = []
    late = list(_timed_out(batch.district, now)[:_AT_ONCE])
    for duty in late:
        events.append(event(batch, item.id, duty.id, DutyAction.TIME_OUT, owner=duty.owner))
        duty.state, duty.owner, duty.claimed_until = DutyState.OPEN, "", None
    climbing = list(_overdue(batch.district, now)[:_AT_ONCE])
    bulk.upsert(late, ("district", "id"), ("state", "owner", "claimed_until"))
    for duty in climbing:
        duty.held_path = parent_path(duty.held_path)
        duty.climbs += 1
        duty.climb_at = now + CLIMB_EVERY if duty.held_path else None
        events.append(event(batch, item.id, duty.id, DutyAction.CLIMB, why=duty.held_path))
    bulk.upsert(climbing, ("district", "id"), ("held_path", "climbs", "climb_at"))
    bulk.insert(events)
    item.result = {"timed_out": len(late), "climbed": len(climbing)}


def run(now: datetime | None = None) -> list[Receipt]:
    """Tick every district in which something is due; returns the receipts.

    A district where nothing is due gets no record, so an idle system writes nothing.
    """
    from lianfang.kernel.submit import submit

    moment = now or times.now()
    receipts: list[Receipt] = []
    for chore in CHORES:
        try:
            receipts += chore(moment)
        except Refuse:
            raise
        except Exception:
            # One room's mistake must not stop the clock of the others.
            log.error("chore_failed", chore=chore.__module__, exc_info=True)
    for district in Stream.objects.exclude(district="").values_list("district", flat=True):
        while _due(district, moment):
            entry = Entry(new_id(), "clock.tick", {"now": moment.isoformat()}, moment, district)
            done = submit(CLOCK, [entry], received_at=moment)
            receipts += done
            if not any(done[0].result.values()):
                break
    return receipts


def _due(district: str, now: datetime) -> bool:
    mine = Duty.objects.filter(district=district).filter(
        Q(state=DutyState.CLAIMED, claimed_until__lte=now)
        | Q(state__in=LIVE, climb_at__lte=now) & ~Q(held_path="")
    )
    return mine.exists() or any(check(district, now) for check in DUE)
