"""Deployments: needs, the plan that was chosen, and what people then say and change."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from lianfang.areas.locate import at_area
from lianfang.areas.tree import by_area, places
from lianfang.kernel import bulk, problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import command
from lianfang.kernel.sealing import Payload
from lianfang.kernel.verbs import Verb
from lianfang.mobilising.models import Deployment, DeploymentNeed, PlannedShift
from lianfang.mobilising.plan_rows import LIVE_SHIFTS, REPLANNED, recount, shift_times
from lianfang.mobilising.rules import ShiftState

NOT_OF_PLAN = problem(
    "deployment.not_of_plan",
    _("This lies outside of the plan’s days, shifts or area."),
    _("Correct the line, or open another plan."),
)


class ShiftTimes(Payload):
    """A shift of every day, in minutes after midnight; an end over 1440 is on the next day."""

    key: str = Field(min_length=1, max_length=20)
    start: int = Field(ge=0, lt=1_440)
    end: int = Field(gt=0, le=2_879)
    night: bool = False


class Limits(Payload):
    """What no plan may break; rest in minutes."""

    rest: int = Field(660, ge=0, le=2_880)
    days_in_row: int = Field(6, ge=1, le=31)
    shifts: int | None = Field(None, ge=1, le=62)
    nights: int | None = Field(None, ge=0, le=31)


class OpenDeployment(Payload):
    """A plan for some days in an area."""

    deployment_id: UUID
    area_id: UUID
    name: str = Field(min_length=1, max_length=120)
    first_day: date
    days: int = Field(ge=1, le=31)
    shifts: tuple[ShiftTimes, ...] = Field(min_length=1, max_length=6)
    rules: Limits = Limits()


class Want(Payload):
    """So many people at a place on a day (0 is the first) in a shift."""

    need_id: UUID
    area_id: UUID
    place: str = Field("", max_length=120)
    day: int = Field(ge=0, le=30)
    shift: str = Field(max_length=20)
    number: int = Field(ge=1, le=1_000)
    skill: str = Field("", max_length=40)
    sex: str = Field("", max_length=8)


class AddNeeds(Payload):
    """What the places of an area want."""

    deployment_id: UUID
    area_id: UUID
    needs: tuple[Want, ...] = Field(min_length=1, max_length=5_000)


class Put(Payload):
    """A person on a need."""

    need_id: UUID
    person_district: str = Field(max_length=12)
    person_id: UUID


class Missing(Payload):
    """So many places of a need that nobody fills, and the main reason."""

    need_id: UUID
    number: int = Field(ge=0)
    reason: str = Field("", max_length=12)


class PlacePeople(Payload):
    """The plan that was chosen, as far as it lies in an area; the solver ran outside."""

    deployment_id: UUID
    area_id: UUID
    put: tuple[Put, ...] = Field((), max_length=5_000)
    taken_off: tuple[UUID, ...] = Field((), max_length=5_000)
    missing: tuple[Missing, ...] = Field((), max_length=5_000)


class KeepPlan(Payload):
    """The figures of a plan that nobody is told yet, and whose members it sends."""

    deployment_id: UUID
    figures: dict[str, float | int | str] = Field(default_factory=dict)
    organisation_ids: tuple[UUID, ...] = Field((), max_length=500)


class Publish(KeepPlan):
    """A plan that is told to everybody; without figures those that were kept stay."""


@command(
    "deployment.open",
    OpenDeployment,
    verb=Verb.CALL_UP,
    locate=by_area(),
    title=_("Open a deployment plan"),
    reference=True,
)
def open_(batch: Batch[OpenDeployment], item: Item[OpenDeployment]) -> None:
    """Define the days, shifts and rules of a plan."""
    payload = item.payload
    if Deployment.objects.filter(id=payload.deployment_id).exists():
        raise Refuse(problems.OTHER_CONTENT, "deployment_id")
    bulk.insert(
        [
            Deployment(
                id=payload.deployment_id,
                name=payload.name,
                area_id=payload.area_id,
                first_day=payload.first_day,
                days=payload.days,
                shifts=[s.model_dump(mode="json") for s in payload.shifts],
                rules=payload.rules.model_dump(mode="json"),
                made_at=batch.received_at,
                made_by=batch.actor.ref,
            )
        ]
    )
    item.subject_id = payload.deployment_id


def _plan(item: Item[Any]) -> Deployment:
    plan = Deployment.objects.filter(id=item.payload.deployment_id).select_related("area").first()
    if plan is None or not (item.path or "").startswith(plan.area.path):
        raise Refuse(problems.NOT_FOUND, "deployment_id")
    return plan


@command(
    "deployment.need",
    AddNeeds,
    verb=Verb.CALL_UP,
    locate=at_area(),
    title=_("Say what places want"),
)
def need(batch: Batch[AddNeeds], item: Item[AddNeeds]) -> None:
    """Add needs of places within the area."""
    plan, payload = _plan(item), item.payload
    where = places({n.area_id for n in payload.needs}, batch)
    keys = {s["key"] for s in plan.shifts}
    rows = []
    for number, one in enumerate(payload.needs):
        place = where.get(one.area_id)
        inside = place is not None and place.path.startswith(item.path or "")
        if place is None or not inside or one.day >= plan.days or one.shift not in keys:
            raise Refuse(NOT_OF_PLAN, f"needs.{number}")
        rows.append(
            DeploymentNeed(
                district=batch.district,
                id=one.need_id,
                area_id=one.area_id,
                path=place.path,
                deployment_id=plan.id,
                place=one.place,
                day=one.day,
                shift=one.shift,
                number=one.number,
                skill=one.skill,
                sex=one.sex,
                unfilled=one.number,
            )
        )
    bulk.insert(rows)
    item.subject_id = plan.id


@command(
    "deployment.place",
    PlacePeople,
    verb=Verb.CALL_UP,
    locate=at_area(),
    title=_("Place people by the plan"),
    hidden=True,
)
def place(batch: Batch[PlacePeople], item: Item[PlacePeople]) -> None:
    """Write the plan that was chosen; never more people on a need than it wants."""
    plan, payload, district = _plan(item), item.payload, batch.district
    off = PlannedShift.objects.filter(
        district=district, deployment_id=plan.id, id__in=payload.taken_off, state__in=LIVE_SHIFTS
    )
    left = set(off.values_list("need_id", flat=True))
    off.update(state=ShiftState.DROPPED, changed_at=batch.received_at, why=REPLANNED)
    mine = DeploymentNeed.objects.filter(
        district=district, deployment_id=plan.id, path__under=item.path or ""
    )
    touched = left | {p.need_id for p in payload.put} | {m.need_id for m in payload.missing}
    needs = {n.id: n for n in mine.filter(id__in=touched)}
    if len(needs) < len(touched):
        raise Refuse(NOT_OF_PLAN, "put")
    rows = []
    for one in payload.put:
        wanted = needs[one.need_id]
        starts, ends = shift_times(plan, wanted.day, wanted.shift)
        rows.append(
            PlannedShift(
                district=district,
                id=item.derive("shift", one.need_id, one.person_id),
                area_id=wanted.area_id,
                path=wanted.path,
                deployment_id=plan.id,
                need_id=wanted.id,
                person_district=one.person_district,
                person_id=one.person_id,
                place=wanted.place,
                starts_at=starts,
                ends_at=ends,
                changed_at=batch.received_at,
            )
        )
    bulk.insert(rows)
    reasons = {m.need_id: m.reason for m in payload.missing}
    recount(district, list(needs.values()), reasons)
    item.subject_id = plan.id
    item.result = {"placed": len(rows)}


def _by_plan(batch: Batch[Any]) -> None:
    ids = {item.payload.deployment_id for item in batch}
    found = dict(Deployment.objects.filter(id__in=ids).values_list("id", "area__path"))
    for item in batch:
        item.subject_id = item.payload.deployment_id
        item.path = found.get(item.payload.deployment_id)


def _figures(batch: Batch[Any], item: Item[Any]) -> Deployment:
    plan, payload = Deployment.objects.get(id=item.payload.deployment_id), item.payload
    if payload.figures:
        plan.figures = dict(payload.figures)
    if payload.organisation_ids:
        plan.pools = [str(id_) for id_ in payload.organisation_ids]
    return plan


@command(
    "deployment.keep",
    KeepPlan,
    verb=Verb.CALL_UP,
    locate=_by_plan,
    title=_("Keep a plan as a draft"),
    reference=True,
    hidden=True,
)
def keep(batch: Batch[KeepPlan], item: Item[KeepPlan]) -> None:
    """Keep a plan's figures, to be looked at before anybody is told."""
    _figures(batch, item).save(update_fields=["figures", "pools"])


@command(
    "deployment.publish",
    Publish,
    verb=Verb.CALL_UP,
    locate=_by_plan,
    title=_("Publish a deployment plan"),
    reference=True,
)
def publish(batch: Batch[Publish], item: Item[Publish]) -> None:
    """Tell the plan to everybody; publishing again renews its figures."""
    plan = _figures(batch, item)
    plan.published_at = plan.published_at or batch.received_at
    plan.save(update_fields=["figures", "pools", "published_at"])
