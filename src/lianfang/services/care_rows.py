"""Standing care: what being seen changes, and the duties that the clock opens."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from lianfang.areas.tree import places
from lianfang.kernel import clock
from lianfang.kernel.batch import Batch, Item, NewDuty
from lianfang.kernel.kinds import duty_kind
from lianfang.kernel.rules import DutyAction
from lianfang.kernel.verbs import Sight
from lianfang.services.models import Care

_DOOR = (Sight.ADDRESS, Sight.NAME, Sight.RELAY)
CARE = duty_kind("care", _("Care visit"), sights=_DOOR)
UNSEEN = duty_kind("unseen", _("Not seen for days"), sights=_DOOR)
CARE_HOURS, UNSEEN_HOURS = 24, 4
_AT_ONCE = 1_000


def seen(item: Item[Any], row: Care, at: datetime, *, visited: bool) -> None:
    """Note that somebody behind a door was seen at `at`, in memory; a visit restarts the rhythm."""
    if row.last_seen_at is None or at > row.last_seen_at:
        row.last_seen_at = at
    assert row.last_seen_at
    if row.unseen_days:
        row.alarm_at = row.last_seen_at + timedelta(days=row.unseen_days)
    if row.alarm_open:
        row.alarm_open = False
        item.settle(UNSEEN, row.household_id, None, DutyAction.DONE, "care.seen")
    if visited and row.every_days:
        row.next_visit_at = row.last_seen_at + timedelta(days=row.every_days)
        if row.visit_open:
            row.visit_open = False
            item.settle(CARE, row.household_id, None, DutyAction.DONE, "care.seen")


def ended(row: Care, kind: str, at: datetime) -> None:
    """Let the rhythm go on after a duty was ended without a record of the visit, in memory."""
    if kind == CARE:
        row.visit_open = False
        row.next_visit_at = at + timedelta(days=row.every_days) if row.every_days else None
    else:
        row.alarm_open = False
        # Nobody has seen the person: the alarm comes again tomorrow.
        row.alarm_at = at + timedelta(days=1) if row.unseen_days else None


def stop(item: Item[Any], row: Care) -> None:
    """End the care of a household, in memory."""
    if row.visit_open:
        item.settle(CARE, row.household_id, None, DutyAction.CANCEL, "care.stopped")
    if row.alarm_open:
        item.settle(UNSEEN, row.household_id, None, DutyAction.CANCEL, "care.stopped")
    row.every_days = row.unseen_days = row.next_visit_at = row.alarm_at = None
    row.visit_open = row.alarm_open = False


def due(district: str, now: datetime) -> QuerySet[Care]:
    """Return the households for which the clock has something to do by `now`."""
    wanted = Q(next_visit_at__lte=now, visit_open=False) | Q(alarm_at__lte=now, alarm_open=False)
    return Care.objects.filter(wanted, district=district).order_by("household_id")


def open_due(batch: Batch[Any], item: Item[Any], now: datetime) -> int:
    """Open the visits that are due and the alarms for those nobody has seen; returns how many."""
    rows = list(due(batch.district, now)[:_AT_ONCE])
    where = places({row.area_id for row in rows}, batch)
    opened = 0
    for row in rows:
        place = where[row.area_id]
        for kind, at, is_open, hours, weight in (
            (CARE, row.next_visit_at, row.visit_open, CARE_HOURS, 4),
            (UNSEEN, row.alarm_at, row.alarm_open, UNSEEN_HOURS, 9),
        ):
            if at is None or at > now or is_open:
                continue
            opened += 1
            item.open_duty(
                NewDuty(
                    kind,
                    f"{kind}-{row.household_id.hex}",
                    place,
                    due_at=batch.after(hours=hours),
                    path=f"{place.path}{row.household_id.hex}/",
                    subject_kind="household",
                    subject_id=row.household_id,
                    priority=weight,
                    claim_minutes=240,
                )
            )
        row.visit_open = bool(row.next_visit_at and row.next_visit_at <= now)
        row.alarm_open = bool(row.alarm_at and row.alarm_at <= now)
        row.save()
    return opened


def _anything(district: str, now: datetime) -> bool:
    return due(district, now).exists()


clock.DUE.append(_anything)
