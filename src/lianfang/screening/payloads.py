"""The payloads of the commands on rounds and visits."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from lianfang.kernel.problems import problem
from lianfang.kernel.sealing import Payload
from lianfang.kernel.submit import CodedError
from lianfang.people.payloads import checked
from lianfang.screening.rules import (
    FEVER_C,
    LOWEST_FEVER_C,
    Outcome,
    QuestionKind,
    Symptom,
    TemperatureFault,
    temperature,
)

BAD_TEMPERATURE = problem(
    "visit.bad_temperature",
    _("“{value}” is not a temperature between 30.0 and 45.0 °C."),
    _("Type the reading with one decimal, such as 36.5."),
)
LIKELY_TEMPERATURE = problem(
    "visit.likely_temperature",
    _("“{value}” is not a temperature between 30.0 and 45.0 °C."),
    _("If {likely} is meant, type {likely}."),
)
TWICE = problem(
    "visit.person_twice",
    _("One person was given two checks in this visit."),
    _("Keep one line for each person."),
)
NOT_AN_OUTCOME = problem(
    "visit.not_an_outcome",
    _("A visit cannot end as “unvisited”."),
    _("Choose what happened at the door."),
)
READINGS_WITHOUT_PEOPLE = problem(
    "visit.readings_without_people",
    _("Temperatures were given although nobody was met."),
    _("Choose “met” or “by phone”, or leave the temperatures out."),
)
LOW_FEVER = problem(
    "round.low_fever",
    _("{value} °C is no fever: nearly everybody would be sent to the clinic."),
    _("Type the limit of the health office, such as 37.3."),
)
DATES_TURNED = problem(
    "round.dates_turned",
    _("The last day lies before the first."),
    _("Turn the two dates around."),
)


Celsius = Annotated[
    Decimal | None, checked(temperature, TemperatureFault, BAD_TEMPERATURE, LIKELY_TEMPERATURE)
]


class PersonCheck(Payload):
    """One person's check: temperature in °C, symptoms, or that the person was absent."""

    person_id: UUID
    temperature: Celsius = None
    symptoms: tuple[Symptom, ...] = ()
    absent: bool = False


class Outsider(Payload):
    """Somebody from outside who stays here: from which area (code), since when, how many."""

    from_area: str = Field("", max_length=40)
    since: date | None = None
    persons: int = Field(1, ge=1, le=50)


class Stay(Payload):
    """Where a person of the household has been lately."""

    person_id: UUID
    area: str = Field(min_length=1, max_length=40)
    since: date | None = None
    until: date | None = None


class Visit(Payload):
    """A visit to a door in a round. `all_normal` says in one act that everybody is well."""

    sealed_fields: ClassVar[tuple[str, ...]] = ("note", "answers")
    sealed_under: ClassVar[str] = "household_id"

    household_id: UUID
    round_id: UUID
    outcome: Outcome
    all_normal: bool = False
    readings: tuple[PersonCheck, ...] = Field((), max_length=60)
    outsiders: tuple[Outsider, ...] = Field((), max_length=20)
    stays: tuple[Stay, ...] = Field((), max_length=60)
    answers: dict[str, Any] = Field(default_factory=dict, max_length=60)
    note: str = Field("", max_length=500)
    corrects_id: UUID | None = None

    @model_validator(mode="after")
    def _fits(self) -> Visit:
        if self.outcome is Outcome.UNVISITED:
            raise CodedError(NOT_AN_OUTCOME)
        met = self.outcome in (Outcome.MET, Outcome.BY_PHONE, Outcome.SELF_REPORTED)
        if self.readings and not met:
            raise CodedError(READINGS_WITHOUT_PEOPLE)
        if len({r.person_id for r in self.readings}) < len(self.readings):
            raise CodedError(TWICE)
        return self


class SelfReport(Visit):
    """What a household says of itself by its door's card."""

    outcome: Literal[Outcome.SELF_REPORTED] = Outcome.SELF_REPORTED


class Question(Payload):
    """An extra question of a round."""

    key: str = Field(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_]*$")
    words: str = Field(min_length=1, max_length=200)
    kind: QuestionKind
    options: tuple[str, ...] = Field((), max_length=40)
    required: bool = False


class OpenRound(Payload):
    """A round to be opened over areas."""

    round_id: UUID
    name: str = Field(min_length=1, max_length=120)
    purpose: str = Field("", max_length=500)
    area_ids: tuple[UUID, ...] = Field(min_length=1, max_length=500)
    first_day: date
    last_day: date
    questions: tuple[Question, ...] = Field((), max_length=60)
    fever: Celsius = FEVER_C
    self_report: bool = True
    watched_origins: tuple[str, ...] = Field((), max_length=500)
    revisit_hours: int = Field(12, ge=1, le=240)
    referral_hours: int = Field(2, ge=1, le=72)
    continues_id: UUID | None = None
    # Every day anew from the first day to the last; the clock opens and closes the days.
    daily: bool = False

    @model_validator(mode="after")
    def _ordered(self) -> OpenRound:
        if self.last_day < self.first_day:
            raise CodedError(DATES_TURNED)
        if self.fever is not None and self.fever < LOWEST_FEVER_C:
            raise CodedError(LOW_FEVER, value=self.fever)
        return self


class OfRound(Payload):
    """One round."""

    round_id: UUID


class TurnDay(Payload):
    """The end of a day of a daily round, and the day that follows (none after the last)."""

    round_id: UUID
    next_id: UUID | None = None
    day: date | None = None


class TurnDistrict(Payload):
    """A district's part in the turn of a day."""

    round_id: UUID
    next_id: UUID | None = None


class ProveRound(Payload):
    """A proof of coverage that is handed to an inspector: of which area, with which digest."""

    round_id: UUID
    area_id: UUID
    digest: str = Field(pattern=r"^[0-9a-f]{64}$")
    lines: int = Field(ge=0)
