"""What the room writes: the figures of a day that ended, and how a brief is arranged."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from lianfang.areas.rules import DISTRICT_LEVEL
from lianfang.areas.tree import by_area
from lianfang.briefing import queries, table_commands
from lianfang.briefing.models import BriefLayout, DayFigures
from lianfang.briefing.rules import Group, Span
from lianfang.kernel import bulk, clock
from lianfang.kernel.actors import CLOCK
from lianfang.kernel.batch import Batch, Entry, Item
from lianfang.kernel.ids import derive_id, new_id
from lianfang.kernel.models import Record
from lianfang.kernel.queries import since, streams
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.registry import command, everywhere
from lianfang.kernel.sealing import Payload
from lianfang.kernel.submit import submit
from lianfang.kernel.times import local
from lianfang.kernel.verbs import Verb

# A stand taken later than this is no longer how the day ended: rather a gap than a false number.
LATEST_HOUR = 6


class Snapshot(Payload):
    """The day that ended, and the moment at which its figures are taken."""

    day: date
    at: datetime


class Arrange(Payload):
    """The groups that the brief of an area shows, in this order; none of them: the standing one."""

    area_id: UUID
    groups: tuple[Group, ...] = Field((), max_length=len(Group))


@command(
    "brief.snapshot",
    Snapshot,
    verb=Verb.TICK,
    locate=everywhere,
    title=_("Keep the figures of a day"),
    hidden=True,
)
def snapshot(batch: Batch[Snapshot], item: Item[Snapshot]) -> None:
    """Keep how the district, its streets and communities stood when the day ended."""
    day = item.payload.day
    found = queries.stand(batch.district, queries.span_of(item.payload.at, day))
    rows = [
        DayFigures(
            district=batch.district, day=day, area_id=area.id, level=area.level, figures=figures
        )
        for area, figures in found.items()
        if figures or area.level <= DISTRICT_LEVEL
    ]
    bulk.upsert(rows, DayFigures.key_fields, ("level", "figures"))
    item.result = {"areas": len(rows)}


@command(
    "brief.arrange",
    Arrange,
    verb=Verb.ASSIGN,
    locate=by_area(),
    title=_("Arrange the daily brief"),
    reference=True,
)
def arrange(batch: Batch[Arrange], item: Item[Arrange]) -> None:
    """Say which groups the brief of an area shows, and in which order."""
    payload = item.payload
    row = BriefLayout(
        id=derive_id(payload.area_id, "brief"),
        area_id=payload.area_id,
        groups=[str(g) for g in dict.fromkeys(payload.groups)],
        changed_at=batch.received_at,
        changed_by=batch.actor.ref,
    )
    bulk.upsert([row], ("id",), ("groups", "changed_at", "changed_by"))


def chore(moment: datetime) -> list[Receipt]:
    """Keep yesterday's figures of each district in the first hours of a day.

    A district that recorded nothing that day is asleep, and an idle clock writes nothing.
    """
    here = local(moment)
    if here.hour >= LATEST_HOUR:
        return []
    span = queries.span_of(moment, here.date() - timedelta(days=1))
    receipts: list[Receipt] = []
    for district in streams():
        kept = DayFigures.objects.filter(district=district, day=span.day)
        if kept.exists() or not _awake(district, span):
            continue
        payload = {"day": span.day.isoformat(), "at": moment.isoformat()}
        entry = Entry(new_id(), "brief.snapshot", payload, moment, district)
        receipts += submit(CLOCK, [entry], received_at=moment)
    return receipts


def _awake(district: str, span: Span) -> bool:
    """Tell whether anything but the figures of the day before was recorded in a day."""
    first = since(district, span.start)
    found = Record.objects.filter(district=district, seq__gte=first, received_at__lt=span.end)
    return found.exclude(command="brief.snapshot").exists()


if chore not in clock.CHORES:
    clock.CHORES.append(chore)

__all__ = ["arrange", "chore", "snapshot", "table_commands"]
