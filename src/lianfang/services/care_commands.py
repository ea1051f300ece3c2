"""Standing care and needs: who is looked after, what they need, and who was there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.areas.tree import places
from lianfang.kernel import problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.models import Duty
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import command
from lianfang.kernel.rules import LIVE
from lianfang.kernel.verbs import Verb
from lianfang.people.locate import by_household
from lianfang.people.models import Household
from lianfang.people.rules import HouseholdState
from lianfang.services import care_rows, payloads
from lianfang.services.models import Care, Need
from lianfang.services.rules import Sighting

DOOR_ENDED = problem(
    "care.door_ended",
    _("This door was taken off the list."),
    _("Put it back before somebody is sent there."),
    status=409,
)
NEED_OVER = problem(
    "need.over",
    _("This need was ended already."),
    _("Write it down again if it is still there."),
    status=409,
)


def _row(batch: Batch[Any], item: Item[Any]) -> Care:
    """Return the care of the household that an entry is about, a fresh one if there is none."""
    assert item.place
    household_id = item.payload.household_id
    home = Household.objects.filter(district=batch.district, id=household_id)
    if home.values_list("state", flat=True).first() != HouseholdState.LIVE:
        raise Refuse(DOOR_ENDED, "household_id")
    found = Care.objects.filter(district=batch.district, household_id=household_id).first()
    return found or Care(
        district=batch.district,
        household_id=household_id,
        area_id=item.place.id,
        since=batch.received_at,
    )


@command(
    "care.keep",
    payloads.KeepCare,
    verb=Verb.SERVE,
    locate=by_household(),
    title=_("Look after a household"),
)
def keep(batch: Batch[payloads.KeepCare], item: Item[payloads.KeepCare]) -> None:
    """Say until when a household is isolated and how often somebody goes; empty ends it."""
    row, wanted = _row(batch, item), item.payload
    row.isolated_until = wanted.isolated_until
    if not wanted.every_days and not wanted.unseen_days:
        care_rows.stop(item, row)
    row.every_days, row.unseen_days = wanted.every_days, wanted.unseen_days
    row.note = wanted.note
    since = row.last_seen_at or batch.received_at
    if wanted.every_days and not row.visit_open:
        row.next_visit_at = since + timedelta(days=wanted.every_days)
    if wanted.unseen_days and not row.alarm_open:
        row.alarm_at = since + timedelta(days=wanted.unseen_days)
    row.save()


@command(
    "needs.ask",
    payloads.AskNeeds,
    verb=Verb.SERVE,
    locate=by_household(),
    title=_("Ask a household what it needs"),
)
def ask(batch: Batch[payloads.AskNeeds], item: Item[payloads.AskNeeds]) -> None:
    """Write down what a household needs; what it needed before and is not named any more ends."""
    row = _row(batch, item)
    row.asked_at = item.at
    row.save()
    assert item.place
    open_ = {
        need.kind: need
        for need in Need.objects.filter(
            district=batch.district, household_id=row.household_id, ended_at=None
        )
    }
    for wanted in item.payload.needs:
        if known := open_.pop(wanted.kind, None):
            known.standing = wanted.standing
            known.save()
            continue
        Need.objects.create(
            district=batch.district,
            id=item.derive("need", wanted.kind),
            household_id=row.household_id,
            area_id=item.place.id,
            kind=wanted.kind,
            standing=wanted.standing,
            recorded_at=item.at,
        )
    for gone in open_.values():
        gone.ended_at = item.at
        gone.save()


def by_need(batch: Batch[Any]) -> None:
    """Locate entries by the need that they name: at its door."""
    ids = {item.payload.need_id for item in batch}
    rows = Need.objects.filter(district=batch.district, id__in=ids)
    doors = {r[0]: r[1:] for r in rows.values_list("id", "area_id", "household_id")}
    found = places({area_id for area_id, _ in doors.values()}, batch)
    for item in batch:
        if door := doors.get(item.payload.need_id):
            item.place, item.subject_id = found[door[0]], door[1]
            item.path = f"{item.place.path}{door[1].hex}/"


@command(
    "need.answer",
    payloads.OnNeed,
    verb=Verb.SERVE,
    locate=by_need,
    title=_("Answer a need"),
)
def answer(batch: Batch[payloads.OnNeed], item: Item[payloads.OnNeed]) -> None:
    """Say that a need was met: a single one is over, a standing one is met for now."""
    need = Need.objects.get(district=batch.district, id=item.payload.need_id)
    if need.ended_at:
        raise Refuse(NEED_OVER, "need_id")
    need.answered_at = item.at
    if not need.standing:
        need.ended_at = item.at
    need.save()


@command(
    "care.visit",
    payloads.CareVisit,
    verb=Verb.WORK,
    locate=by_household(),
    title=_("Look in on a household"),
)
def visit(batch: Batch[payloads.CareVisit], item: Item[payloads.CareVisit]) -> None:
    """Record that somebody went there, whoever visits the grid or carries the care duty."""
    if not batch.replaying and not _sent(batch, item):
        raise Refuse(problems.FORBIDDEN, "household_id")
    row = _row(batch, item)
    if item.payload.outcome is not Sighting.NO_ANSWER:
        care_rows.seen(item, row, item.at, visited=True)
        item.count("care_visits", timezone.localdate(item.at).isoformat())
    row.save()
    item.result = {"seen": item.payload.outcome is not Sighting.NO_ANSWER}


def _sent(batch: Batch[Any], item: Item[Any]) -> bool:
    """Tell whether the actor visits that grid anyway or carries a duty of care at the door."""
    if batch.actor.may(Verb.VISIT, item.path or ""):
        return True
    return Duty.objects.filter(
        district=batch.district,
        owner=batch.actor.ref,
        state__in=LIVE,
        kind__in=[care_rows.CARE, care_rows.UNSEEN],
        subject_id=item.payload.household_id,
    ).exists()
