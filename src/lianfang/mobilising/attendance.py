"""Begins and ends stretches of duty for the commands of this room, and watches who is tired."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lianfang.kernel import bulk
from lianfang.kernel.batch import Batch, Item, NewDuty
from lianfang.kernel.models import Duty
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.rules import LIVE
from lianfang.mobilising.models import Attendance
from lianfang.mobilising.rules import TIRED_DAYS, TIRED_MINUTES, minutes_between, stretch

RELIEF = "relief"
_LOOK_BACK = timedelta(days=60)

ON_DUTY = problem(
    "attendance.on_duty",
    _("This helper is on duty already, at {place} since {when}."),
    _("Check out there first."),
    status=409,
)
NOT_ON_DUTY = problem(
    "attendance.not_on_duty",
    _("This helper is not on duty."),
    _("Check in first."),
    status=409,
)
MUST_REST = problem(
    "attendance.must_rest",
    _("This helper was on duty {hours} hours of the last 24 and must rest."),
    _("Let somebody else go on duty, or say why it can't be helped."),
    status=409,
)


def local_day(moment: datetime) -> date:
    """Return the day of a moment as the deployment's people count it."""
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def days_of(district: str, people: Iterable[UUID], now: datetime) -> dict[UUID, set[date]]:
    """Return the days on which each person was on duty lately; a night counts for both its days."""
    rows = Attendance.objects.filter(
        district=district, person_id__in=list(people), started_at__gte=now - _LOOK_BACK
    ).values_list("person_id", "started_at", "ended_at")
    result: dict[UUID, set[date]] = defaultdict(set)
    for person_id, start, end in rows:
        day, last = local_day(start), local_day(end or now)
        while day <= last:
            result[person_id].add(day)
            day += timedelta(days=1)
    return result


def minutes_since(district: str, person_id: UUID, since: datetime, now: datetime) -> int:
    """Return how many minutes of the time from `since` to `now` a person was on duty."""
    rows = Attendance.objects.filter(
        district=district, person_id=person_id, started_at__lt=now
    ).exclude(ended_at__lte=since)
    return sum(
        minutes_between(max(start, since), min(end or now, now))
        for start, end in rows.values_list("started_at", "ended_at")
    )


def begin(
    batch: Batch[Any],
    item: Item[Any],
    person_id: UUID,
    *,
    place: str = "",
    context: str = "",
    context_id: UUID | None = None,
    organisation_id: UUID | None = None,
    why: str = "",
) -> Attendance:
    """Begin a stretch of duty at the item's place; raise a relief duty for who is tired.

    Refuses when the person is on duty already, or must rest and no reason is given.
    """
    assert item.place
    district, at = batch.district, item.at
    known = Attendance.objects.filter(district=district, person_id=person_id, ended_at=None).first()
    if known is not None:
        raise Refuse(ON_DUTY, None, place=known.place, when=f"{known.started_at:%m-%d %H:%M}")
    lately = minutes_since(district, person_id, at - timedelta(hours=24), at)
    if lately >= TIRED_MINUTES and not why and not batch.replaying:
        raise Refuse(MUST_REST, "why", hours=lately // 60)
    row = Attendance(
        district=district,
        id=item.derive("attendance", person_id),
        area_id=item.place.id,
        path=item.path or item.place.path,
        person_id=person_id,
        organisation_id=organisation_id,
        context=context,
        context_id=context_id,
        place=place,
        started_at=at,
    )
    bulk.insert([row])
    watch(batch, item, person_id, lately)
    return row


def watch(batch: Batch[Any], item: Item[Any], person_id: UUID, minutes: int) -> None:
    """Open a relief duty for a person whose stretch has become too long, once."""
    assert item.place
    days = days_of(batch.district, [person_id], item.at)[person_id]
    length = stretch(days, local_day(item.at)).days_in_row
    if length < TIRED_DAYS and minutes < TIRED_MINUTES:
        return
    live = Duty.objects.filter(
        district=batch.district, kind=RELIEF, subject_id=person_id, state__in=LIVE
    )
    if not live.exists():
        item.open_duty(
            NewDuty(
                RELIEF,
                f"relief-{person_id}",
                item.place,
                due_at=batch.after(hours=12),
                subject_kind="person",
                subject_id=person_id,
                priority=6,
                details={"days": length, "minutes": minutes},
            )
        )


def finish(batch: Batch[Any], item: Item[Any], person_id: UUID) -> Attendance:
    """End the person's stretch of duty and return it; its length goes into the result."""
    row = Attendance.objects.filter(
        district=batch.district, person_id=person_id, ended_at=None
    ).first()
    if row is None:
        raise Refuse(NOT_ON_DUTY)
    row.ended_at = max(item.at, row.started_at)
    row.minutes = minutes_between(row.started_at, row.ended_at)
    row.save(update_fields=["ended_at", "minutes"])
    item.result["minutes"] = row.minutes
    lately = minutes_since(
        batch.district, person_id, row.ended_at - timedelta(hours=24), row.ended_at
    )
    watch(batch, item, person_id, lately)
    return row
