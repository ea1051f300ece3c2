"""Key places: their register, inspections in a rhythm, findings until they are mended."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from lianfang.areas.locate import at_area, by_row
from lianfang.areas.tree import places
from lianfang.kernel import bulk, clock, problems
from lianfang.kernel.batch import Batch, Item, NewDuty
from lianfang.kernel.kinds import duty_kind
from lianfang.kernel.problems import Refuse
from lianfang.kernel.registry import command, follow
from lianfang.kernel.rules import DutyAction
from lianfang.kernel.sealing import Payload
from lianfang.kernel.verbs import Verb
from lianfang.supplies.models import Finding, Inspection, KeyPlace
from lianfang.supplies.problems import CHECKS_MISSING, FINDING_NOT_NOW, PLACE_CLOSED, PLACE_KNOWN
from lianfang.supplies.rules import FindingState, PlaceKind, next_inspection

INSPECT = duty_kind("inspect", _("Inspect a place"))
MEND = duty_kind("mend_finding", _("See that a finding is mended"))
INSPECT_HOURS, _AT_ONCE = 24, 1_000


class PlaceFields(Payload):
    """What is known of a place, how often it is inspected (days), and what is looked at."""

    kind: PlaceKind
    name: str = Field(min_length=1, max_length=120)
    address: str = Field("", max_length=120)
    organisation_id: UUID | None = None
    every_days: int = Field(7, ge=1, le=365)
    checklist: tuple[str, ...] = Field(min_length=1, max_length=40)


class RegisterPlace(PlaceFields):
    """A place that is inspected from now on."""

    place_id: UUID
    area_id: UUID


class CorrectPlace(PlaceFields):
    """A place as it shall be from now on."""

    place_id: UUID


class ClosePlace(Payload):
    """A place that is inspected no more."""

    place_id: UUID
    why: str = Field("", max_length=200)


class Check(Payload):
    """The answer to one check, by its number in the list; `due_days` for what is to be mended."""

    number: int = Field(ge=0, le=39)
    good: bool
    due_days: int = Field(3, ge=1, le=90)


class Inspect(Payload):
    """An inspection: an answer to every check. `notes` are on the checks, by their numbers."""

    sealed_fields: ClassVar[tuple[str, ...]] = ("note", "notes")
    sealed_under: ClassVar[str] = "place_id"

    place_id: UUID
    checks: tuple[Check, ...] = Field(min_length=1, max_length=40)
    note: str = Field("", max_length=300)
    notes: tuple[Annotated[str, Field(max_length=300)], ...] = Field((), max_length=40)


class MendFinding(Payload):
    """What was done about a finding."""

    sealed_fields: ClassVar[tuple[str, ...]] = ("proof",)
    sealed_under: ClassVar[str] = "place_id"

    place_id: UUID
    finding_id: UUID
    proof: str = Field("", max_length=300)


class AcceptFinding(Payload):
    """Whether what was done is enough; if not, the finding is open again."""

    place_id: UUID
    finding_id: UUID
    enough: bool = True


_at_place = by_row(KeyPlace, "place_id")


def _check_name(district: str, area_id: UUID, name: str, place_id: UUID) -> None:
    twins = KeyPlace.objects.filter(
        district=district, area_id=area_id, name=name, closed_at=None
    ).exclude(id=place_id)
    if twins.exists():
        raise Refuse(PLACE_KNOWN, "name", name=name)


@command(
    "place.register",
    RegisterPlace,
    verb=Verb.ORGANISE,
    locate=at_area(subject="place_id"),
    title=_("Register a key place"),
)
def register(batch: Batch[RegisterPlace], item: Item[RegisterPlace]) -> None:
    """Register a place; it is due at once, since nobody has ever looked at it."""
    payload = item.payload
    assert item.place
    if KeyPlace.objects.filter(district=batch.district, id=payload.place_id).exists():
        raise Refuse(problems.OTHER_CONTENT, "place_id")
    _check_name(batch.district, payload.area_id, payload.name, payload.place_id)
    KeyPlace.objects.create(
        district=batch.district,
        id=payload.place_id,
        area_id=item.place.id,
        path=item.place.path,
        kind=payload.kind,
        name=payload.name,
        address=payload.address,
        organisation_id=payload.organisation_id,
        every_days=payload.every_days,
        checklist=list(payload.checklist),
        registered_at=batch.received_at,
        next_at=batch.received_at,
    )
    item.count("key_places", "now")
    item.result = {"place_id": str(payload.place_id)}


def _live(batch: Batch[Any], item: Item[Any]) -> KeyPlace:
    row = KeyPlace.objects.get(district=batch.district, id=item.payload.place_id)
    if row.closed_at:
        raise Refuse(PLACE_CLOSED)
    return row


@command(
    "place.correct",
    CorrectPlace,
    verb=Verb.ORGANISE,
    locate=_at_place,
    title=_("Correct a key place"),
)
def correct(batch: Batch[CorrectPlace], item: Item[CorrectPlace]) -> None:
    """Correct what is known of a place; another rhythm counts from the last inspection."""
    row, payload = _live(batch, item), item.payload
    _check_name(batch.district, row.area_id, payload.name, row.id)
    row.kind, row.name, row.address = payload.kind, payload.name, payload.address
    row.organisation_id, row.checklist = payload.organisation_id, list(payload.checklist)
    if payload.every_days != row.every_days and row.last_at:
        row.next_at = next_inspection(row.last_at, payload.every_days)
    row.every_days = payload.every_days
    row.save()


@command(
    "place.close",
    ClosePlace,
    verb=Verb.ORGANISE,
    locate=_at_place,
    title=_("Take a place out of the register"),
)
def close(batch: Batch[ClosePlace], item: Item[ClosePlace]) -> None:
    """Close a place; nothing is owed there any more."""
    row = _live(batch, item)
    if row.due_open:
        item.count("key_places_due", "now", -1)
    row.closed_at, row.due_open = batch.received_at, False
    row.save()
    item.settle(INSPECT, row.id, None, DutyAction.CANCEL)
    for finding in _open_findings(row):
        item.settle(MEND, finding.id, None, DutyAction.CANCEL)
    item.count("key_places", "now", -1)


def _open_findings(row: KeyPlace) -> QuerySet[Finding]:
    found = Finding.objects.filter(district=row.district, place_id=row.id)
    return found.exclude(state=FindingState.ACCEPTED).order_by("id")


@command(
    "place.inspect",
    Inspect,
    verb=Verb.WORK,
    locate=_at_place,
    title=_("Inspect a place"),
)
def inspect(batch: Batch[Inspect], item: Item[Inspect]) -> None:
    """Write an inspection down; what was not in order becomes a finding with a day to be mended."""
    row, payload = _live(batch, item), item.payload
    assert item.place
    if sorted(c.number for c in payload.checks) != list(range(len(row.checklist))):
        raise Refuse(CHECKS_MISSING, "checks")
    bad = [c for c in payload.checks if not c.good]
    inspection_id = item.derive("inspection")
    Inspection.objects.create(
        district=batch.district,
        id=inspection_id,
        place_id=row.id,
        at=item.at,
        actor=batch.actor.ref,
        checks=len(payload.checks),
        good=len(payload.checks) - len(bad),
        note=payload.note,
    )
    bulk.insert([_finding(batch, item, row, inspection_id, check) for check in bad])
    for check in bad:
        item.open_duty(
            NewDuty(
                MEND,
                f"mend-{check.number}",
                item.place,
                due_at=batch.after(days=check.due_days),
                subject_kind="finding",
                subject_id=item.derive("finding", check.number),
                context_id=row.id,
                priority=5,
            )
        )
    if row.due_open:
        item.count("key_places_due", "now", -1)
        item.settle(INSPECT, row.id)
    if row.last_at is None or item.at > row.last_at:
        row.last_at = item.at
    row.next_at, row.due_open = next_inspection(row.last_at, row.every_days), False
    row.findings += len(bad)
    row.save()
    item.result = {"findings": len(bad)}


def _finding(
    batch: Batch[Any], item: Item[Any], row: KeyPlace, inspection_id: UUID, check: Check
) -> Finding:
    return Finding(
        district=batch.district,
        id=item.derive("finding", check.number),
        place_id=row.id,
        inspection_id=inspection_id,
        check_name=row.checklist[check.number],
        note=item.payload.notes[check.number] if check.number < len(item.payload.notes) else "",
        found_at=item.at,
        due_at=batch.after(days=check.due_days),
    )


def _the_finding(batch: Batch[Any], item: Item[Any], state: FindingState) -> Finding:
    row = Finding.objects.filter(
        district=batch.district, id=item.payload.finding_id, place_id=item.payload.place_id
    ).first()
    if row is None:
        raise Refuse(problems.NOT_FOUND, "finding_id")
    if row.state != state:
        raise Refuse(FINDING_NOT_NOW, "finding_id")
    return row


@command(
    "finding.mend",
    MendFinding,
    verb=Verb.WORK,
    locate=_at_place,
    title=_("Say that a finding is mended"),
)
def mend(batch: Batch[MendFinding], item: Item[MendFinding]) -> None:
    """Say what was done; an inspector looks at it."""
    row = _the_finding(batch, item, FindingState.OPEN)
    row.state, row.proof = FindingState.MENDED, item.payload.proof
    row.mended_at = batch.received_at
    row.save()


@command(
    "finding.accept",
    AcceptFinding,
    verb=Verb.ASSIGN,
    locate=_at_place,
    title=_("Accept what was done about a finding"),
)
def accept(batch: Batch[AcceptFinding], item: Item[AcceptFinding]) -> None:
    """Accept a mended finding, or open it again."""
    row = _the_finding(batch, item, FindingState.MENDED)
    if not item.payload.enough:
        row.state, row.mended_at = FindingState.OPEN, None
        row.save()
        return
    row.state, row.accepted_at = FindingState.ACCEPTED, batch.received_at
    row.save()
    place = KeyPlace.objects.get(district=batch.district, id=row.place_id)
    place.findings -= 1
    place.save(update_fields=["findings"])
    item.settle(MEND, row.id)


def due(district: str, now: datetime) -> QuerySet[KeyPlace]:
    """Return the places whose inspection is due by `now` and stands in nobody's list yet."""
    return KeyPlace.objects.filter(
        Q(next_at__lte=now), district=district, due_open=False, closed_at=None
    ).order_by("id")


@follow("clock.tick")
def ticked(batch: Batch[Any]) -> None:
    """Open the inspections that are due."""
    for item in batch:
        rows = list(due(batch.district, item.payload.now)[:_AT_ONCE])
        where = places({row.area_id for row in rows}, batch)
        for row in rows:
            item.open_duty(
                NewDuty(
                    INSPECT,
                    f"inspect-{row.id.hex}",
                    where[row.area_id],
                    due_at=batch.after(hours=INSPECT_HOURS),
                    subject_kind="key_place",
                    subject_id=row.id,
                    priority=3,
                    claim_minutes=480,
                )
            )
            item.count("key_places_due", "now", 1, where[row.area_id])
            row.due_open = True
            row.save(update_fields=["due_open"])


def _anything(district: str, now: datetime) -> bool:
    return due(district, now).exists()


clock.DUE.append(_anything)
