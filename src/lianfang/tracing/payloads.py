"""The payloads of the commands on cases, presences and contacts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, Field, model_validator

from lianfang.kernel.problems import problem
from lianfang.kernel.sealing import Payload
from lianfang.kernel.submit import CodedError
from lianfang.people.payloads import Phone
from lianfang.tracing.rules import (
    ANSWER_HOURS,
    LONGEST_DAYS,
    Basis,
    CaseState,
    Degree,
    Outcome,
    PlaceKind,
    Setting,
    WindowRule,
)

SPAN_TURNED = problem(
    "presence.span_turned",
    _("The end of the stay lies before its beginning."),
    _("Turn the two times around."),
)
SPAN_TOO_LONG = problem(
    "presence.too_long",
    _("A stay of more than {days} days is probably a typing error."),
    _("Compare the dates; write a longer stay in parts."),
)
PLACE_MISSING = problem(
    "presence.place_missing",
    _("A place needs a name."),
    _("Write it as the person says it, such as the name of the market."),
)
FOUND_WHO = problem(
    "contact.found_who",
    _("Who is put under watch must be a registered person."),
    _("Register the person in the household first, then send it again."),
)
WATCH_NOT_FOUND = problem(
    "contact.watch_not_found",
    _("Only a contact who was found can be put under watch."),
    _("Choose “found”, or leave the watch out."),
)
PERSON_SEALED: tuple[str, ...] = ("name", "phone", "id_number", "address", "note")


class CaseDates(Payload):
    """The days of a case and how it is counted."""

    asymptomatic: bool = False
    onset: date | None = None
    sample: date | None = None
    result: date | None = None
    isolated: date | None = None
    rule: WindowRule = WindowRule.NHC_5
    first_day: date | None = None
    setting: Setting = Setting.UNKNOWN
    cluster: str = Field("", max_length=60)
    infected_by_id: UUID | None = None


class OpenCase(CaseDates):
    """A case that is followed up from now on: a registered person, or somebody by name."""

    sealed_fields: ClassVar[tuple[str, ...]] = PERSON_SEALED
    sealed_under: ClassVar[str] = "case_id"

    case_id: UUID
    area_id: UUID
    person_id: UUID | None = None
    state: CaseState = CaseState.SUSPECTED
    name: str = Field("", max_length=80)
    phone: Phone = ""
    id_number: str = Field("", max_length=30)
    address: str = Field("", max_length=200)
    note: str = Field("", max_length=500)
    import_key: str = Field("", max_length=32)


class OnCase(Payload):
    """One case."""

    case_id: UUID


class CorrectCase(CaseDates):
    """The right dates of a case; they replace what was there."""

    case_id: UUID


class JudgeCase(OnCase):
    """What a test or an expert says of a case."""

    state: CaseState
    result: date | None = None


class LookAtCase(OnCase):
    """Somebody opens who a case is and where it was."""

    reason: str = Field("", max_length=200)


class Interview(OnCase):
    """What the case said. Free text, sealed under the case."""

    sealed_fields: ClassVar[tuple[str, ...]] = (
        "symptoms",
        "travelled",
        "worked",
        "lives_with",
        "protected",
        "note",
    )
    sealed_under: ClassVar[str] = "case_id"

    symptoms: str = Field("", max_length=500)
    travelled: str = Field("", max_length=1_000)
    worked: str = Field("", max_length=500)
    lives_with: str = Field("", max_length=500)
    protected: str = Field("", max_length=500)
    note: str = Field("", max_length=2_000)


class NotePresence(OnCase):
    """Where a case says that it was. A place is named, or one that the system knows."""

    presence_id: UUID
    kind: PlaceKind = PlaceKind.SPOT
    place_id: UUID | None = None
    name: str = Field("", max_length=80)
    area_id: UUID | None = None
    from_at: AwareDatetime
    to_at: AwareDatetime
    seat: str = Field("", max_length=12)

    @model_validator(mode="after")
    def _span(self) -> NotePresence:
        if self.to_at <= self.from_at:
            raise CodedError(SPAN_TURNED)
        if self.to_at - self.from_at > timedelta(days=LONGEST_DAYS):
            raise CodedError(SPAN_TOO_LONG, days=LONGEST_DAYS)
        if self.place_id is None and not self.name:
            raise CodedError(PLACE_MISSING)
        return self


class StrikePresence(OnCase):
    """A stay that was written down by mistake."""

    presence_id: UUID


class FindContacts(OnCase):
    """Whoever was near a case within its window; with `hops` 2 also who was near those."""

    hops: int = Field(1, ge=1, le=2)


class NameContact(OnCase):
    """Somebody whom the case, or a list, names as a contact."""

    sealed_fields: ClassVar[tuple[str, ...]] = PERSON_SEALED
    sealed_under: ClassVar[str] = "contact_id"

    contact_id: UUID
    person_id: UUID | None = None
    name: str = Field("", max_length=80)
    phone: Phone = ""
    id_number: str = Field("", max_length=30)
    address: str = Field("", max_length=200)
    note: str = Field("", max_length=200)
    degree: Degree = Degree.CLOSE
    basis: Basis = Basis.INTERVIEW
    last_day: date | None = None
    community_id: UUID | None = None


class OnContact(Payload):
    """One contact."""

    contact_id: UUID


class GradeContact(OnContact):
    """Another degree than the rule gave, or the right day of the last contact."""

    degree: Degree
    last_day: date | None = None


class SendContact(OnContact):
    """A contact that goes down to the community where the person lives.

    `community_id` is left out for a registered person, whose community is known.
    """

    community_id: UUID | None = None
    hours: int = Field(ANSWER_HOURS, ge=1, le=168)


class StrikeContact(OnContact):
    """A contact that comes off the list, with the reason."""

    why: str = Field(min_length=1, max_length=200)


class WatchPlan(Payload):
    """The isolation that begins when the contact is found (the room of watches starts it)."""

    reason: str = Field("contact", pattern="^contact$")
    place: str = Field("home", pattern="^(home|hotel|site|hospital)$")
    from_day: date
    days: int = Field(14, ge=1, le=60)
    checks_a_day: int = Field(2, ge=1, le=6)
    area_id: UUID
    post_id: UUID | None = None
    household_id: UUID | None = None


class VerifyContact(OnContact):
    """What the community of residence found. A contact who has moved goes on to `community_id`."""

    sealed_fields: ClassVar[tuple[str, ...]] = ("moved_to",)
    sealed_under: ClassVar[str] = "contact_id"

    outcome: Outcome
    person_id: UUID | None = None
    community_id: UUID | None = None
    moved_to: str = Field("", max_length=200)
    watch: WatchPlan | None = None

    @model_validator(mode="after")
    def _together(self) -> VerifyContact:
        if self.watch and self.outcome is not Outcome.FOUND:
            raise CodedError(WATCH_NOT_FOUND)
        if self.watch and self.person_id is None:
            raise CodedError(FOUND_WHO)
        return self


class HandOver(OnContact):
    """One step of the handshake by which a contact goes from a district to another."""

    hop: int = Field(ge=1)


class Receive(HandOver):
    """A contact that another district sends."""

    sealed_fields: ClassVar[tuple[str, ...]] = PERSON_SEALED
    sealed_under: ClassVar[str] = "contact_id"

    origin: str = Field(max_length=12)
    community_id: UUID
    degree: Degree
    last_day: date | None = None
    due_at: datetime
    name: str = Field("", max_length=80)
    phone: str = Field("", max_length=20)
    id_number: str = Field("", max_length=30)
    address: str = Field("", max_length=200)
    note: str = Field("", max_length=200)


class Report(HandOver):
    """The answer that goes back to the district of the case."""

    sealed_fields: ClassVar[tuple[str, ...]] = ("moved_to",)
    sealed_under: ClassVar[str] = "contact_id"

    outcome: Outcome
    answered_at: datetime
    found_person_id: UUID | None = None
    community_id: UUID | None = None
    moved_to: str = Field("", max_length=200)
