"""Duty on and off, and relief for those who have been at it too long."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from lianfang.areas.locate import at_area
from lianfang.kernel import problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import command
from lianfang.kernel.rules import DutyAction
from lianfang.kernel.sealing import Payload
from lianfang.kernel.verbs import Verb
from lianfang.kernel.words import DUTY_KINDS
from lianfang.mobilising import attendance
from lianfang.mobilising.models import Attendance, PlannedShift
from lianfang.mobilising.rules import TIRED_MINUTES, minutes_between
from lianfang.people.models import Person

DUTY_KINDS[attendance.RELIEF] = _("Relieve a tired helper")

NOT_RESTED = problem(
    "relief.not_rested",
    _("The one who should take over must rest too."),
    _("Choose another one from the proposals."),
    status=409,
)


class GoOnDuty(Payload):
    """A person who goes on duty at an area; `why` allows it in spite of too little rest."""

    area_id: UUID
    person_id: UUID
    place: str = Field("", max_length=120)
    organisation_id: UUID | None = None
    why: str = Field("", max_length=200)


class GoOffDuty(Payload):
    """A person who goes off duty."""

    area_id: UUID
    person_id: UUID


class Relieve(Payload):
    """A tired person goes home, and another goes on duty in the place."""

    area_id: UUID
    person_id: UUID
    by_id: UUID
    place: str = Field("", max_length=120)


class Rest(Payload):
    """A tired person is given rest without anybody taking over now."""

    area_id: UUID
    person_id: UUID
    why: str = Field(min_length=1, max_length=200)


@command(
    "duty_time.begin",
    GoOnDuty,
    verb=Verb.WORK,
    locate=at_area(subject="person_id"),
    title=_("Go on duty"),
)
def begin(batch: Batch[GoOnDuty], item: Item[GoOnDuty]) -> None:
    """Begin a stretch of duty; refused to who must rest, unless a reason is given."""
    payload = item.payload
    _known(batch, payload.person_id)
    row = attendance.begin(
        batch,
        item,
        payload.person_id,
        place=payload.place,
        organisation_id=payload.organisation_id,
        why=payload.why,
    )
    item.result = {**item.result, "attendance_id": str(row.id)}


@command(
    "duty_time.end",
    GoOffDuty,
    verb=Verb.WORK,
    locate=at_area(subject="person_id"),
    title=_("Go off duty"),
)
def end(batch: Batch[GoOffDuty], item: Item[GoOffDuty]) -> None:
    """End a stretch of duty; the hours are kept for the person's proof."""
    attendance.finish(batch, item, item.payload.person_id)


@command(
    "relief.arrange",
    Relieve,
    verb=Verb.ASSIGN,
    locate=at_area(subject="person_id"),
    title=_("Relieve a tired helper"),
)
def arrange(batch: Batch[Relieve], item: Item[Relieve]) -> None:
    """End the tired one's duty now, begin the other's, and settle the relief duty."""
    payload = item.payload
    _known(batch, payload.by_id)
    lately = attendance.minutes_since(
        batch.district, payload.by_id, item.at - timedelta(hours=24), item.at
    )
    if lately >= TIRED_MINUTES and not batch.replaying:
        raise Refuse(NOT_RESTED, "by_id")
    on_duty = Attendance.objects.filter(
        district=batch.district, person_id=payload.person_id, ended_at=None
    ).first()
    if on_duty is not None:
        on_duty.ended_at = max(item.at, on_duty.started_at)
        on_duty.minutes = minutes_between(on_duty.started_at, on_duty.ended_at)
        on_duty.save(update_fields=["ended_at", "minutes"])
    place = payload.place or (on_duty.place if on_duty else "")
    attendance.begin(batch, item, payload.by_id, place=place)
    item.settle(attendance.RELIEF, payload.person_id)


@command(
    "relief.rest",
    Rest,
    verb=Verb.ASSIGN,
    locate=at_area(subject="person_id"),
    title=_("Give a tired helper rest"),
)
def rest(batch: Batch[Rest], item: Item[Rest]) -> None:
    """Send the tired one home; the relief duty ends with the reason."""
    row = Attendance.objects.filter(
        district=batch.district, person_id=item.payload.person_id, ended_at=None
    )
    if row.exists():
        attendance.finish(batch, item, item.payload.person_id)
        item.duties.clear()
    item.settle(attendance.RELIEF, item.payload.person_id, None, DutyAction.DONE, item.payload.why)


def _known(batch: Batch[Any], person_id: UUID) -> None:
    """Refuse a person whom this district knows neither as its own nor by a shift here."""
    if Person.objects.filter(district=batch.district, id=person_id).exists():
        return
    if not PlannedShift.objects.filter(district=batch.district, person_id=person_id).exists():
        raise Refuse(problems.NOT_FOUND, "person_id")
