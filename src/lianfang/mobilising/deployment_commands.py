"""Deployments: needs, the plan that was chosen, and what people then say and change."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from lianfang.areas.tree import by_area, places
from lianfang.kernel import bulk, problems
from lianfang.kernel.batch import Batch, Item, NewDuty
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import command
from lianfang.kernel.sealing import Payload
from lianfang.kernel.verbs import Verb
from lianfang.kernel.words import DUTY_KINDS
from lianfang.mobilising.locate import at_area, by_row
from lianfang.mobilising.models import Deployment, DeploymentNeed, PlannedShift
from lianfang.mobilising.rules import ShiftState, Span, clash

SUBSTITUTE = "substitute"
DUTY_KINDS[SUBSTITUTE] = _("Find a substitute for a shift")
LIVE_SHIFTS = (ShiftState.PLANNED, ShiftState.ACKNOWLEDGED)

NOT_OF_PLAN = problem(
    "deployment.not_of_plan",
    _("This lies outside of the plan’s days, shifts or area."),
    _("Correct the line, or open another plan."),
)
OVERFILLED = problem(
    "deployment.overfilled",
    _("More people would stand at {place} than are wanted."),
    _("Plan again; somebody has changed it meanwhile."),
    status=409,
)
NO_REST = problem(
    "deployment.no_rest",
    _("The substitute has another shift on that day or too near to this one."),
    _("Choose somebody else."),
    status=409,
)
SHIFT_GONE = problem(
    "shift.gone",
    _("This shift was given up."),
    _("Look at the plan; somebody else may have it."),
    status=409,
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


class Publish(Payload):
    """A plan that is told to everybody, with its figures."""

    deployment_id: UUID
    figures: dict[str, float | int | str] = Field(default_factory=dict)


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


def shift_times(plan: Deployment, day: int, key: str) -> tuple[datetime, datetime]:
    """Return when a shift of a plan begins and ends."""
    shift = next(s for s in plan.shifts if s["key"] == key)
    zone = ZoneInfo(settings.TIME_ZONE)
    midnight = datetime.combine(plan.first_day, datetime.min.time(), zone) + timedelta(days=day)
    return midnight + timedelta(minutes=shift["start"]), midnight + timedelta(minutes=shift["end"])


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
    PlannedShift.objects.filter(
        district=district, deployment_id=plan.id, id__in=payload.taken_off, state__in=LIVE_SHIFTS
    ).update(state=ShiftState.DROPPED, changed_at=batch.received_at, why="replanned")
    mine = DeploymentNeed.objects.filter(
        district=district, deployment_id=plan.id, path__under=item.path or ""
    )
    touched = {p.need_id for p in payload.put} | {m.need_id for m in payload.missing}
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
    _recount(district, list(needs.values()), reasons)
    item.subject_id = plan.id
    item.result = {"placed": len(rows)}


def _recount(district: str, needs: list[DeploymentNeed], reasons: dict[UUID, str]) -> None:
    """Set what is unfilled of each need; refuse a need with more people than wanted."""
    filled: dict[UUID, int] = {}
    for need_id in PlannedShift.objects.filter(
        district=district, need_id__in=[n.id for n in needs], state__in=LIVE_SHIFTS
    ).values_list("need_id", flat=True):
        filled[need_id] = filled.get(need_id, 0) + 1
    for row in needs:
        row.unfilled = row.number - filled.get(row.id, 0)
        if row.unfilled < 0:
            raise Refuse(OVERFILLED, "put", place=row.place)
        row.reason = reasons.get(row.id, row.reason) if row.unfilled else ""
    bulk.upsert(needs, ("district", "id"), ("unfilled", "reason"))


def _by_plan(batch: Batch[Any]) -> None:
    ids = {item.payload.deployment_id for item in batch}
    found = dict(Deployment.objects.filter(id__in=ids).values_list("id", "area__path"))
    for item in batch:
        item.subject_id = item.payload.deployment_id
        item.path = found.get(item.payload.deployment_id)


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
    plan = Deployment.objects.get(id=item.payload.deployment_id)
    plan.figures = dict(item.payload.figures)
    plan.published_at = plan.published_at or batch.received_at
    plan.save(update_fields=["figures", "published_at"])


_at_shift = by_row(PlannedShift, "shift_id")


def _shift(batch: Batch[Any], shift_id: UUID) -> PlannedShift:
    row = PlannedShift.objects.filter(district=batch.district, id=shift_id).first()
    if row is None:
        raise Refuse(problems.NOT_FOUND, "shift_id")
    if row.state not in LIVE_SHIFTS:
        raise Refuse(SHIFT_GONE, "shift_id")
    return row


@command(
    "shift.acknowledge",
    OnShift,
    verb=Verb.WORK,
    locate=_at_shift,
    title=_("Acknowledge a shift"),
)
def acknowledge(batch: Batch[OnShift], item: Item[OnShift]) -> None:
    """Keep that somebody knows of the shift."""
    row = _shift(batch, item.payload.shift_id)
    row.state, row.changed_at = ShiftState.ACKNOWLEDGED, batch.received_at
    row.save(update_fields=["state", "changed_at"])


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


def _fits(batch: Batch[Any], row: PlannedShift, person_id: UUID, *but: UUID) -> None:
    """Refuse a shift too near to another one of the person in this district."""
    if batch.replaying:
        return
    rest = Deployment.objects.get(id=row.deployment_id).rules.get("rest", 0)
    others = PlannedShift.objects.filter(
        district=batch.district,
        person_id=person_id,
        state__in=LIVE_SHIFTS,
        ends_at__gt=row.starts_at - timedelta(days=3),
        starts_at__lt=row.ends_at + timedelta(days=3),
    ).exclude(id__in=[row.id, *but])
    spans = [Span(o.starts_at, o.ends_at) for o in others]
    same_day = any(s.start.date() == row.starts_at.date() for s in spans)
    if same_day or clash(spans, Span(row.starts_at, row.ends_at), timedelta(minutes=rest)):
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
    _fits(batch, row, payload.person_id)
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
    _recount(batch.district, [wanted], {})
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
    _fits(batch, first, second.person_id, second.id)
    _fits(batch, second, first.person_id, first.id)
    one, other = (
        (first.person_district, first.person_id),
        (
            second.person_district,
            second.person_id,
        ),
    )
    for row, (district, person_id) in ((first, other), (second, one)):
        row.person_district, row.person_id = district, person_id
        row.state, row.changed_at = ShiftState.PLANNED, batch.received_at
        row.save(update_fields=["person_district", "person_id", "state", "changed_at"])
