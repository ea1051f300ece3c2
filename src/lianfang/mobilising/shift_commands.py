"""What people say to their planned shifts: acknowledged, given up, taken over, swapped."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from lianfang.areas.locate import by_row
from lianfang.kernel import bulk, problems
from lianfang.kernel.batch import Batch, Item, NewDuty
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import command, list_command
from lianfang.kernel.sealing import Payload
from lianfang.kernel.verbs import Verb
from lianfang.kernel.words import DUTY_KINDS
from lianfang.mobilising.models import Deployment, DeploymentNeed, PlannedShift
from lianfang.mobilising.plan_rows import (
    LIVE_SHIFTS,
    night_starts,
    recount,
    standing_of,
    standings,
)
from lianfang.mobilising.rules import NO_REST as TOO_NEAR
from lianfang.mobilising.rules import ONE_A_DAY, Limits, ShiftState, hindrance
from lianfang.people.models import Person

SUBSTITUTE = "substitute"
DUTY_KINDS[SUBSTITUTE] = _("Find a substitute for a shift")
# No rule looks further than this from a shift.
_AROUND = timedelta(days=3)

NO_REST = problem(
    "deployment.no_rest",
    _("The substitute has another shift on that day or too near to this one."),
    _("Choose somebody else."),
    status=409,
)
LACKS_SKILL = problem(
    "deployment.lacks_skill",
    _("This place wants “{skill}”, which the substitute does not have."),
    _("Choose somebody else."),
    status=409,
)
SHIFT_GONE = problem(
    "shift.gone",
    _("This shift was given up."),
    _("Look at the plan; somebody else may have it."),
    status=409,
)


class OnShift(Payload):
    """One planned shift."""

    shift_id: UUID
    why: str = Field("", max_length=200)


class Substitute(OnShift):
    """Somebody else who takes a shift."""

    person_district: str = Field(max_length=12)
    person_id: UUID


class Swap(OnShift):
    """Two people who change shifts."""

    other_id: UUID


_at_shift = by_row(PlannedShift, "shift_id")


def _shift(batch: Batch[Any], shift_id: UUID) -> PlannedShift:
    row = PlannedShift.objects.filter(district=batch.district, id=shift_id).first()
    if row is None:
        raise Refuse(problems.NOT_FOUND, "shift_id")
    if row.state not in LIVE_SHIFTS:
        raise Refuse(SHIFT_GONE, "shift_id")
    return row


@list_command(
    "shift.acknowledge",
    OnShift,
    verb=Verb.WORK,
    locate=_at_shift,
    title=_("Acknowledge a shift"),
)
def acknowledge(batch: Batch[OnShift]) -> None:
    """Keep that people know of their shifts."""
    ids = {item.payload.shift_id for item in batch}
    found = PlannedShift.objects.filter(district=batch.district, id__in=ids)
    states = dict(found.values_list("id", "state"))
    for item in batch:
        state = states.get(item.payload.shift_id)
        if state not in LIVE_SHIFTS:
            item.refuse(SHIFT_GONE if state else problems.NOT_FOUND, "shift_id")
    found.filter(id__in={item.payload.shift_id for item in batch}).update(
        state=ShiftState.ACKNOWLEDGED, changed_at=batch.received_at
    )


@command(
    "shift.drop",
    OnShift,
    verb=Verb.WORK,
    locate=_at_shift,
    title=_("Give up a shift"),
)
def drop(batch: Batch[OnShift], item: Item[OnShift]) -> None:
    """Give up a shift, with the reason; a duty to find a substitute follows."""
    row = _shift(batch, item.payload.shift_id)
    row.state, row.changed_at, row.why = ShiftState.DROPPED, batch.received_at, item.payload.why
    row.save(update_fields=["state", "changed_at", "why"])
    DeploymentNeed.objects.filter(district=batch.district, id=row.need_id).update(
        unfilled=F("unfilled") + 1, reason="dropped"
    )
    assert item.place
    item.open_duty(
        NewDuty(
            SUBSTITUTE,
            "substitute",
            item.place,
            due_at=row.starts_at,
            subject_kind="shift",
            subject_id=row.id,
            context_id=row.deployment_id,
            priority=6,
        )
    )


def _fits(batch: Batch[Any], row: PlannedShift, key: tuple[str, UUID], *but: UUID) -> None:
    """Refuse a shift to who lacks its skill, or has another one too near in any district."""
    if batch.replaying:
        return
    who = Person.objects.filter(district=key[0], id=key[1]).first()
    if who is None:
        raise Refuse(problems.NOT_FOUND, "person_id")
    wanted = DeploymentNeed.objects.get(district=row.district, id=row.need_id)
    if wanted.skill and wanted.skill not in who.skills:
        raise Refuse(LACKS_SKILL, "person_id", skill=wanted.skill)
    plan = Deployment.objects.get(id=row.deployment_id)
    others = standings(
        [key], row.starts_at - _AROUND, row.ends_at + _AROUND, plan.id, [row.id, *but]
    ).get(key, [])
    # How many shifts and days in a row is for the desk to decide; rest is not.
    limits = Limits(rest=plan.rules.get("rest", 0))
    why = hindrance(others, standing_of(row, night_starts(plan)), limits)
    if why in (TOO_NEAR, ONE_A_DAY):
        raise Refuse(NO_REST, "person_id")


@command(
    "shift.substitute",
    Substitute,
    verb=Verb.ASSIGN,
    locate=_at_shift,
    title=_("Put a substitute on a shift"),
)
def substitute(batch: Batch[Substitute], item: Item[Substitute]) -> None:
    """Let somebody else take a shift, given up or not; rest is kept."""
    payload = item.payload
    row = PlannedShift.objects.filter(district=batch.district, id=payload.shift_id).first()
    if row is None:
        raise Refuse(problems.NOT_FOUND, "shift_id")
    _fits(batch, row, (payload.person_district, payload.person_id))
    given_up = row.state not in LIVE_SHIFTS
    if not given_up:
        row.state, row.changed_at, row.why = ShiftState.DROPPED, batch.received_at, payload.why
        row.save(update_fields=["state", "changed_at", "why"])
    wanted = DeploymentNeed.objects.get(district=batch.district, id=row.need_id)
    bulk.insert(
        [
            PlannedShift(
                district=batch.district,
                id=item.derive("shift"),
                area_id=row.area_id,
                path=row.path,
                deployment_id=row.deployment_id,
                need_id=row.need_id,
                person_district=payload.person_district,
                person_id=payload.person_id,
                place=row.place,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                changed_at=batch.received_at,
            )
        ]
    )
    recount(batch.district, [wanted], {})
    item.settle(SUBSTITUTE, row.id)
    item.result = {"shift_id": str(item.derive("shift"))}


@command(
    "shift.swap",
    Swap,
    verb=Verb.ASSIGN,
    locate=_at_shift,
    title=_("Swap two shifts"),
)
def swap(batch: Batch[Swap], item: Item[Swap]) -> None:
    """Let two people change shifts; rest is kept for both, and both acknowledge anew."""
    first, second = _shift(batch, item.payload.shift_id), _shift(batch, item.payload.other_id)
    one = (first.person_district, first.person_id)
    other = (second.person_district, second.person_id)
    _fits(batch, first, other, second.id)
    _fits(batch, second, one, first.id)
    for row, (district, person_id) in ((first, other), (second, one)):
        row.person_district, row.person_id = district, person_id
        row.state, row.changed_at = ShiftState.PLANNED, batch.received_at
        row.save(update_fields=["person_district", "person_id", "state", "changed_at"])
