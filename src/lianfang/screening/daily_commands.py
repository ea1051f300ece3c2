"""Daily rounds: at midnight the clock closes the day and opens the next."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.kernel import bulk, clock
from lianfang.kernel.actors import CLOCK
from lianfang.kernel.batch import Batch, Entry, Item
from lianfang.kernel.ids import derive_id
from lianfang.kernel.problems import Refuse
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.registry import command, everywhere
from lianfang.kernel.submit import submit
from lianfang.kernel.verbs import Verb
from lianfang.screening.models import Round, RoundArea, RoundDistrict
from lianfang.screening.payloads import TurnDay, TurnDistrict
from lianfang.screening.round_commands import NOT_JOINED, account_for_all, take_part
from lianfang.screening.rules import RoundState

# After a long standstill each day is still opened and closed, so that what was missed shows.
_DAYS_AT_ONCE = 60
# What the next day takes over from the day before.
_SAME = (
    *("name", "purpose", "questions", "fever_tenths", "self_report", "watched_origins"),
    *("revisit_hours", "referral_hours", "series_id", "until", "opened_by"),
)


@command(
    "round.turn_day",
    TurnDay,
    verb=Verb.TICK,
    locate=everywhere,
    title=_("The day of a daily round ends"),
    reference=True,
    hidden=True,
)
def turn_day(batch: Batch[TurnDay], item: Item[TurnDay]) -> None:
    """Mark a day closed and define the next with the same areas and questions."""
    payload = item.payload
    item.subject_id = payload.round_id
    former = Round.objects.filter(id=payload.round_id, state=RoundState.OPEN).first()
    if former is None or former.series_id is None:
        raise Refuse(NOT_JOINED, "round_id")
    former.state, former.closed_at = RoundState.CLOSED, batch.received_at
    former.save()
    if payload.next_id is None or payload.day is None:
        return
    if Round.objects.filter(id=payload.next_id).exists():
        return
    same = {name: getattr(former, name) for name in _SAME}
    bulk.insert(
        [
            Round(
                id=payload.next_id,
                first_day=payload.day,
                last_day=payload.day,
                opened_at=batch.received_at,
                **same,
            )
        ]
    )
    areas = RoundArea.objects.filter(round=former).order_by("area_id")
    bulk.insert(
        [
            RoundArea(id=item.derive(area_id), round_id=payload.next_id, area_id=area_id)
            for area_id in areas.values_list("area_id", flat=True)
        ]
    )


@command(
    "round.turn_district",
    TurnDistrict,
    verb=Verb.TICK,
    locate=everywhere,
    title=_("A district ends the day of a daily round"),
    hidden=True,
)
def turn_district(batch: Batch[TurnDistrict], item: Item[TurnDistrict]) -> None:
    """Account for every door of the day, and count what the next day owes."""
    payload = item.payload
    item.subject_id = payload.round_id
    part = RoundDistrict.objects.filter(
        district=batch.district, id=payload.round_id, state=RoundState.OPEN
    ).first()
    if part is None:
        raise Refuse(NOT_JOINED, "round_id")
    item.result = {"open": account_for_all(batch, item, part, silent=True)}
    if payload.next_id:
        item.result["households"] = take_part(batch, payload.next_id)


def turn(now: datetime) -> list[Receipt]:
    """End the days that are over at `now`, in the deployment's zone; returns the receipts.

    Ids come from the series and the day, so a second worker or a repetition changes nothing, and
    what an interrupted turn left behind is done by the next.
    """
    receipts: list[Receipt] = []
    for _day in range(_DAYS_AT_ONCE):
        today = timezone.localdate(now)
        over = Round.objects.filter(
            series_id__isnull=False, state=RoundState.OPEN, last_day__lt=today
        )
        ended = list(over.order_by("id"))
        for round_ in ended:
            receipts.append(_turn_day(round_, now))
        receipts += _turn_districts(now)
        if not ended:
            break
    return receipts


def _turn_day(round_: Round, now: datetime) -> Receipt:
    assert round_.series_id
    content: dict[str, str] = {"round_id": str(round_.id)}
    day = round_.last_day + timedelta(days=1)
    if round_.until and day <= round_.until:
        content["next_id"] = str(derive_id(round_.series_id, "day", day.isoformat()))
        content["day"] = day.isoformat()
    entry = Entry(derive_id(round_.id, "turn"), "round.turn_day", content, now)
    return submit(CLOCK, [entry], received_at=now)[0]


def _turn_districts(now: datetime) -> list[Receipt]:
    ended = Round.objects.filter(series_id__isnull=False, state=RoundState.CLOSED)
    left = RoundDistrict.objects.filter(id__in=ended.values("id"), state=RoundState.OPEN)
    receipts = []
    for district, round_id in left.order_by("district", "id").values_list("district", "id"):
        content = {"round_id": str(round_id)}
        if next_id := _next(round_id):
            content["next_id"] = str(next_id)
        id_ = derive_id(round_id, "turn", district)
        entry = Entry(id_, "round.turn_district", content, now, district)
        receipts += submit(CLOCK, [entry], received_at=now)
    return receipts


def _next(round_id: UUID) -> UUID | None:
    """Return the day after a round in its series."""
    former = Round.objects.get(id=round_id)
    later = Round.objects.filter(
        series_id=former.series_id, first_day__gt=former.first_day
    ).order_by("first_day", "id")
    return later.values_list("id", flat=True).first()


clock.CHORES.append(turn)
