"""Whistle and report: a street raises a matter, departments come, the street closes it."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from lianfang.areas.locate import at_area, by_row
from lianfang.areas.models import Grant
from lianfang.areas.tree import places
from lianfang.kernel import bulk, problems
from lianfang.kernel.batch import Batch, Item, NewDuty
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import command
from lianfang.kernel.rules import DutyAction
from lianfang.kernel.sealing import Payload
from lianfang.kernel.verbs import Verb
from lianfang.kernel.words import DUTY_KINDS
from lianfang.mobilising.models import Whistle, WhistleDepartment, WhistleStep
from lianfang.mobilising.rules import (
    REPORT_WITHIN,
    DepartmentState,
    Urgency,
    WhistleAction,
    WhistleState,
    next_whistle,
)
from lianfang.people.models import Organisation

REPORT_IN, DECIDE = "whistle", "whistle_refused"
DUTY_KINDS[REPORT_IN] = _("Report in to a whistle")
DUTY_KINDS[DECIDE] = _("Decide on a department that refused")

ONLY_THE_RAISER = problem(
    "whistle.only_the_raiser",
    _("Only who raised this matter closes or reopens it."),
    _("Mark it as handled; the street looks and closes it."),
    status=403,
)
NOT_YOUR_DEPARTMENT = problem(
    "whistle.not_your_department",
    _("You can't answer for this department."),
    _("Ask a colleague of that department, or the one who raised the matter."),
    status=403,
)
ANSWERED = problem(
    "whistle.answered",
    _("This department has reported in already."),
    _("Add a line to the log instead."),
    status=409,
)
NOT_NOW = problem(
    "whistle.not_now",
    _("The matter stands otherwise by now, so this can't be done."),
    _("Look at its log to see what happened meanwhile."),
    status=409,
)


NOTHING_SAID = problem(
    "whistle.nothing_said",
    _("A line of the log needs words or a photo."),
    _("Write a few words, or take a photo."),
)


class Raise(Payload):
    """A matter and the departments that are wanted."""

    sealed_fields: ClassVar[tuple[str, ...]] = ("title", "text", "place")
    sealed_under: ClassVar[str] = "whistle_id"

    whistle_id: UUID
    area_id: UUID
    kind: str = Field(min_length=1, max_length=40)
    title: str = Field("", max_length=120)
    place: str = Field("", max_length=120)
    text: str = Field("", max_length=500)
    urgency: Urgency
    departments: tuple[UUID, ...] = Field(min_length=1, max_length=40)


class OnWhistle(Payload):
    """One matter, and what is to be said."""

    sealed_fields: ClassVar[tuple[str, ...]] = ("text",)
    sealed_under: ClassVar[str] = "whistle_id"

    whistle_id: UUID
    text: str = Field("", max_length=500)
    photo_id: UUID | None = None


class Log(OnWhistle):
    """A line on the joint handling, by one of the departments or nobody's in particular."""

    organisation_id: UUID | None = None


class Report(OnWhistle):
    """A department that comes; `by` is who came."""

    sealed_fields: ClassVar[tuple[str, ...]] = ("text", "by")

    organisation_id: UUID
    by: str = Field("", max_length=80)


class RefuseToCome(OnWhistle):
    """A department that does not come, with its reason, which everybody sees."""

    organisation_id: UUID
    why: str = Field(min_length=2, max_length=200)


class Close(OnWhistle):
    """The end of a matter, with a mark from 1 (poor) to 5 (very good)."""

    mark: int = Field(ge=1, le=5)


_at_whistle = by_row(Whistle, "whistle_id")


@command(
    "whistle.raise",
    Raise,
    verb=Verb.WHISTLE,
    locate=at_area(subject="whistle_id"),
    title=_("Raise a matter"),
)
def raise_(batch: Batch[Raise], item: Item[Raise]) -> None:
    """Raise a matter; each department gets a duty with the deadline, which climbs when overdue."""
    payload, district = item.payload, batch.district
    assert item.place
    if Whistle.objects.filter(district=district, id=payload.whistle_id).exists():
        raise Refuse(problems.OTHER_CONTENT, "whistle_id")
    wanted = sorted(set(payload.departments))
    if Organisation.objects.filter(id__in=wanted).count() < len(wanted):
        raise Refuse(problems.NOT_FOUND, "departments")
    due = batch.received_at + REPORT_WITHIN[payload.urgency]
    bulk.insert(
        [
            Whistle(
                district=district,
                id=payload.whistle_id,
                area_id=item.place.id,
                path=f"{item.place.path}{payload.whistle_id.hex}/",
                kind=payload.kind,
                title=payload.title,
                place=payload.place,
                urgency=payload.urgency,
                raised_at=batch.received_at,
                raised_by=batch.actor.ref,
                report_by=due,
            )
        ]
    )
    bulk.insert(
        [
            WhistleDepartment(
                district=district,
                id=item.derive("department", organisation_id),
                whistle_id=payload.whistle_id,
                organisation_id=organisation_id,
                called_at=batch.received_at,
                due_at=due,
            )
            for organisation_id in wanted
        ]
    )
    for organisation_id in wanted:
        item.open_duty(
            NewDuty(
                REPORT_IN,
                f"report-{organisation_id}",
                item.place,
                due_at=due,
                subject_kind="organisation",
                subject_id=organisation_id,
                context_id=payload.whistle_id,
                priority=8,
            )
        )
    _step(batch, item, payload.whistle_id, "raise", payload.text)
    item.result = {"whistle_id": str(payload.whistle_id)}


def _step(
    batch: Batch[Any],
    item: Item[Any],
    whistle_id: UUID,
    action: str,
    text: str,
    organisation_id: UUID | None = None,
) -> None:
    bulk.insert(
        [
            WhistleStep(
                district=batch.district,
                id=item.derive("step"),
                whistle_id=whistle_id,
                action=action,
                organisation_id=organisation_id,
                actor=batch.actor.ref,
                at=batch.received_at,
                text=text,
                photo_id=getattr(item.payload, "photo_id", None),
            )
        ]
    )


def _department(batch: Batch[Any], item: Item[Any]) -> WhistleDepartment:
    """Return the department's line, if the actor may answer for it."""
    row = WhistleDepartment.objects.filter(
        district=batch.district,
        whistle_id=item.payload.whistle_id,
        organisation_id=item.payload.organisation_id,
    ).first()
    if row is None:
        raise Refuse(problems.NOT_FOUND, "organisation_id")
    if row.state == DepartmentState.REPORTED:
        raise Refuse(ANSWERED, "organisation_id")
    if batch.actor.trusted or batch.actor.may(Verb.WHISTLE, item.path or ""):
        return row
    if batch.actor.id is None:
        raise Refuse(NOT_YOUR_DEPARTMENT, "organisation_id")
    unit = Organisation.objects.get(id=row.organisation_id)
    above = [UUID(part) for part in unit.path.rstrip("/").split("/")]
    mine = Grant.objects.filter(account_id=batch.actor.id, organisation_id__in=above, ended_at=None)
    if not mine.exists():
        raise Refuse(NOT_YOUR_DEPARTMENT, "organisation_id")
    return row


@command(
    "whistle.report", Report, verb=Verb.READ, locate=_at_whistle, title=_("Report in to a matter")
)
def report(batch: Batch[Report], item: Item[Report]) -> None:
    """Let a department report in, with a name; one that refused before may still come."""
    row = _department(batch, item)
    row.state, row.by, row.why = DepartmentState.REPORTED, item.payload.by, row.why
    row.answered_at, row.in_time = batch.received_at, batch.received_at <= row.due_at
    row.save(update_fields=["state", "by", "answered_at", "in_time"])
    for kind in (REPORT_IN, DECIDE):
        item.settle(kind, row.organisation_id, row.whistle_id)
    _step(batch, item, row.whistle_id, "report", item.payload.text, row.organisation_id)
    item.result = {"in_time": row.in_time}


@command(
    "whistle.refuse",
    RefuseToCome,
    verb=Verb.READ,
    locate=_at_whistle,
    title=_("Refuse to come to a matter"),
)
def refuse(batch: Batch[RefuseToCome], item: Item[RefuseToCome]) -> None:
    """Keep a department's refusal for all to see; the level above has to decide on it."""
    row = _department(batch, item)
    if row.state == DepartmentState.REFUSED:
        raise Refuse(ANSWERED, "organisation_id")
    row.state, row.why, row.answered_at = (
        DepartmentState.REFUSED,
        item.payload.why,
        batch.received_at,
    )
    row.in_time = batch.received_at <= row.due_at
    row.save(update_fields=["state", "why", "answered_at", "in_time"])
    item.settle(REPORT_IN, row.organisation_id, row.whistle_id, DutyAction.CANCEL, row.why)
    assert item.place
    above = item.place.ladder[1][1] if len(item.place.ladder) > 1 else item.place.id
    place = places({above}, batch).get(above, item.place)
    item.open_duty(
        NewDuty(
            DECIDE,
            "refused",
            place,
            due_at=batch.after(hours=2),
            subject_kind="organisation",
            subject_id=row.organisation_id,
            context_id=row.whistle_id,
            priority=8,
        )
    )
    _step(batch, item, row.whistle_id, "refuse", item.payload.why, row.organisation_id)


@command("whistle.log", Log, verb=Verb.READ, locate=_at_whistle, title=_("Add to a matter's log"))
def log(batch: Batch[Log], item: Item[Log]) -> None:
    """Add a line on the joint handling, with a photo where one says more."""
    payload = item.payload
    if not batch.replaying and not (payload.text or payload.photo_id):
        raise Refuse(NOTHING_SAID, "text")
    called = WhistleDepartment.objects.filter(
        district=batch.district, whistle_id=payload.whistle_id
    )
    if (
        payload.organisation_id
        and not called.filter(organisation_id=payload.organisation_id).exists()
    ):
        raise Refuse(problems.NOT_FOUND, "organisation_id")
    _step(batch, item, payload.whistle_id, "log", payload.text, payload.organisation_id)


def _move(batch: Batch[Any], item: Item[Any], action: WhistleAction) -> Whistle:
    row = Whistle.objects.get(district=batch.district, id=item.payload.whistle_id)
    state = next_whistle(row.state, action)
    if state is None:
        raise Refuse(NOT_NOW)
    row.state = state
    _step(batch, item, row.id, str(action), item.payload.text)
    item.result = {"state": str(state)}
    return row


def _raiser(batch: Batch[Any], item: Item[Any], row: Whistle) -> None:
    """Let only the raiser go on, or who holds the same post there."""
    assert item.place
    here = item.place.path
    same_post = any(g.path == here and Verb.WHISTLE in g.verbs for g in batch.actor.live_grants)
    if not (batch.actor.trusted or batch.actor.ref == row.raised_by or same_post):
        raise Refuse(ONLY_THE_RAISER)


@command(
    "whistle.handle",
    OnWhistle,
    verb=Verb.READ,
    locate=_at_whistle,
    title=_("Say that a matter is handled"),
)
def handle(batch: Batch[OnWhistle], item: Item[OnWhistle]) -> None:
    """Say that the work is done; the raiser looks and closes."""
    row = _move(batch, item, WhistleAction.HANDLE)
    row.handled_at = batch.received_at
    row.save(update_fields=["state", "handled_at"])


@command("whistle.close", Close, verb=Verb.WHISTLE, locate=_at_whistle, title=_("Close a matter"))
def close(batch: Batch[Close], item: Item[Close]) -> None:
    """Close a matter with a mark; what departments still owe is owed no more."""
    row = Whistle.objects.get(district=batch.district, id=item.payload.whistle_id)
    _raiser(batch, item, row)
    row = _move(batch, item, WhistleAction.CLOSE)
    row.closed_at, row.mark = batch.received_at, item.payload.mark
    row.save(update_fields=["state", "closed_at", "mark"])
    called = WhistleDepartment.objects.filter(district=batch.district, whistle_id=row.id)
    for organisation_id in called.order_by("id").values_list("organisation_id", flat=True):
        for kind in (REPORT_IN, DECIDE):
            item.settle(kind, organisation_id, row.id, DutyAction.EXPIRE, "whistle.closed")


@command(
    "whistle.reopen", OnWhistle, verb=Verb.WHISTLE, locate=_at_whistle, title=_("Reopen a matter")
)
def reopen(batch: Batch[OnWhistle], item: Item[OnWhistle]) -> None:
    """Reopen a matter that was not solved; departments that have not come are called again."""
    row = Whistle.objects.get(district=batch.district, id=item.payload.whistle_id)
    _raiser(batch, item, row)
    closed = row.state == WhistleState.CLOSED
    row = _move(batch, item, WhistleAction.REOPEN)
    row.reopened += 1
    row.handled_at = row.closed_at = row.mark = None
    row.save(update_fields=["state", "reopened", "handled_at", "closed_at", "mark"])
    assert item.place
    missing = WhistleDepartment.objects.filter(
        district=batch.district, whistle_id=row.id, state=DepartmentState.CALLED
    )
    for one in missing.order_by("id") if closed else ():
        item.open_duty(
            NewDuty(
                REPORT_IN,
                f"report-{one.organisation_id}",
                item.place,
                due_at=batch.received_at + REPORT_WITHIN[Urgency(row.urgency)],
                subject_kind="organisation",
                subject_id=one.organisation_id,
                context_id=row.id,
                priority=8,
            )
        )
