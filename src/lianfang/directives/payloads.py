"""What the commands of this room carry."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Self
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from lianfang.areas.rules import Level
from lianfang.directives.rules import DirectiveKind, MeasureKind, Passing, Proof, TaskKind
from lianfang.kernel.problems import problem
from lianfang.kernel.sealing import Payload
from lianfang.kernel.submit import CodedError

ONE_RECEIVER = problem(
    "directive.one_receiver",
    _("Name either an area or an organisation."),
    _("Open the directive from your own list."),
)


class Attachment(Payload):
    """A file kept sealed under the directive's key."""

    id: UUID
    name: str = Field(min_length=1, max_length=120)
    type: str = Field(min_length=1, max_length=80)


class Issue(Payload):
    """A directive. Without any target it goes to all areas directly below `from_area_id`.

    `replaces_id` makes it a new version of that one, which is superseded.
    """

    directive_id: UUID
    from_area_id: UUID | None = None
    from_organisation_id: UUID | None = None
    number: str = Field("", max_length=60)
    kind: DirectiveKind = DirectiveKind.NOTICE
    title: str = Field(min_length=1, max_length=200)
    text: str = Field("", max_length=20_000)
    attachments: tuple[Attachment, ...] = Field((), max_length=10)
    area_ids: tuple[UUID, ...] = Field((), max_length=3_000)
    area_set_ids: tuple[UUID, ...] = Field((), max_length=50)
    organisation_ids: tuple[UUID, ...] = Field((), max_length=500)
    to_level: Level = Level.COMMUNITY
    act_level: Level | None = None
    passing: Passing = Passing.STRAIGHT
    ack_due: datetime | None = None
    act_due: datetime | None = None
    replaces_id: UUID | None = None
    part_of_id: UUID | None = None


class Withdraw(Payload):
    """The end of a directive, with the reason."""

    directive_id: UUID
    why: str = Field(min_length=2, max_length=200)


class OfDirective(Payload):
    """One directive, in a district."""

    directive_id: UUID


class Here(OfDirective):
    """A receiver in a district: the area."""

    area_id: UUID


class Above(OfDirective):
    """A receiver above the districts: an area, or an organisation."""

    area_id: UUID | None = None
    organisation_id: UUID | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.area_id is None) == (self.organisation_id is None):
            raise CodedError(ONE_RECEIVER)
        return self


class Link(Payload):
    """A record that shows what a measure set in motion; district '' is reference data."""

    district: str = Field("", max_length=12)
    record_id: UUID
    command: str = Field(min_length=3, max_length=64)


class MeasureHere(Here):
    """A measure of a receiver in a district; the same `measure_id` again adds links."""

    measure_id: UUID
    kind: MeasureKind
    text: str = Field("", max_length=500)
    links: tuple[Link, ...] = Field((), max_length=20)


class MeasureAbove(Above):
    """A measure of a receiver above the districts; the same `measure_id` again adds links."""

    measure_id: UUID
    kind: MeasureKind
    text: str = Field("", max_length=500)
    links: tuple[Link, ...] = Field((), max_length=20)


class Remind(Payload):
    """Remind all below an area who owe an answer, each once about all that waits."""

    area_id: UUID | None = None


class RemindHere(Payload):
    """The same within a district."""

    area_id: UUID


class OpenTask(Payload):
    """A task for every grid of some areas."""

    task_id: UUID
    name: str = Field(min_length=1, max_length=120)
    kind: TaskKind
    text: str = Field("", max_length=2_000)
    area_ids: tuple[UUID, ...] = Field(min_length=1, max_length=200)
    proof: Proof = Proof.NONE
    unit: str = Field("", max_length=20)
    households: bool = False
    directive_id: UUID | None = None
    first_day: date
    due_at: datetime


class OfTask(Payload):
    """One task round."""

    task_id: UUID


class OnLine(OfTask):
    """One grid in a task round."""

    area_id: UUID


class Finish(OnLine):
    """A grid that is done, with what shows it; the note is free text and goes sealed."""

    sealed_fields: ClassVar[tuple[str, ...]] = ("note",)
    sealed_under: ClassVar[str] = "area_id"

    note: str = Field("", max_length=500)
    number: int = Field(0, ge=0, le=1_000_000)
    photo_id: UUID | None = None


class Excuse(OnLine):
    """A grid in which the task has no object, with the reason."""

    why: str = Field(min_length=2, max_length=200)


class Doors(OnLine):
    """Doors of one grid: done, or excused with one reason for all of them."""

    done: tuple[UUID, ...] = Field((), max_length=1_000)
    excused: tuple[UUID, ...] = Field((), max_length=1_000)
    why: str = Field("", max_length=200)
