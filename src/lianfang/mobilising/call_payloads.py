"""The payloads of the commands on calls."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from lianfang.kernel.problems import problem
from lianfang.kernel.sealing import Payload
from lianfang.kernel.submit import CodedError
from lianfang.people.payloads import Phone

BAD_TIMES = problem(
    "call.bad_times",
    _("The group “{name}” ends before it begins, or lasts longer than a day."),
    _("Correct the times."),
)


class Group(Payload):
    """A group or shift of a call. `target` is what it shall put out, in pieces (0: nothing)."""

    name: str = Field(min_length=1, max_length=80)
    starts_at: datetime
    ends_at: datetime
    capacity: int = Field(ge=1, le=10_000)
    skills: tuple[str, ...] = Field((), max_length=6)
    target: int = Field(0, ge=0)

    @model_validator(mode="after")
    def _times(self) -> Group:
        if not timedelta(0) < self.ends_at - self.starts_at <= timedelta(days=1):
            raise CodedError(BAD_TIMES, name=self.name)
        return self


class OpenCall(Payload):
    """A call for helpers. `rest_minutes` must lie between two shifts of one helper."""

    call_id: UUID
    area_id: UUID
    name: str = Field(min_length=1, max_length=120)
    purpose: str = Field("", max_length=500)
    place: str = Field("", max_length=120)
    rest_minutes: int = Field(0, ge=0, le=2_880)
    groups: tuple[Group, ...] = Field(min_length=1, max_length=200)


class OfCall(Payload):
    """One call."""

    call_id: UUID


class SignUpFor(Payload):
    """Somebody who wants to help; without a group the rule of the call chooses one."""

    sealed_fields: ClassVar[tuple[str, ...]] = ("name", "phone")
    sealed_under: ClassVar[str] = "person_id"

    call_id: UUID
    person_id: UUID
    name: str = Field("", max_length=80)
    phone: Phone = ""
    skills: tuple[str, ...] = Field((), max_length=12)
    group_id: UUID | None = None


class OnSignUp(Payload):
    """One sign-up."""

    call_id: UUID
    sign_up_id: UUID
    why: str = Field("", max_length=200)


class ShareOut(Payload):
    """Places with their households (buildings, as a rule), shared among those who signed up."""

    call_id: UUID
    places: dict[str, int] = Field(min_length=1, max_length=500)


class CountOutput(Payload):
    """What a group has put out, in pieces: since the last count, or so far in all."""

    call_id: UUID
    group_id: UUID
    made: int | None = Field(None, ge=-1_000_000, le=1_000_000)
    output: int | None = Field(None, ge=0)
