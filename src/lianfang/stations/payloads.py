"""The payloads of the commands on posts and passages."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field, ValidationInfo, field_validator, model_validator

from lianfang.kernel.problems import problem
from lianfang.kernel.sealing import Payload
from lianfang.kernel.submit import CodedError
from lianfang.people.payloads import BAD_IDENTITY, Phone, checked
from lianfang.people.rules import IdKind, resident_number_fault
from lianfang.screening.rules import LOWEST_FEVER_C, TemperatureFault, temperature
from lianfang.stations import plate_rules
from lianfang.stations.rules import Direction, PostKind

BAD_TEMPERATURE = problem(
    "passage.bad_temperature",
    _("“{value}” is not a temperature between 30.0 and 45.0 °C."),
    _("Type the reading with one decimal, such as 36.5."),
)
LIKELY_TEMPERATURE = problem(
    "passage.likely_temperature",
    _("“{value}” is not a temperature between 30.0 and 45.0 °C."),
    _("If {likely} is meant, type {likely}."),
)
LOW_FEVER = problem(
    "post.low_fever",
    _("{value} °C is no fever: nearly everybody would be stopped."),
    _("Type the limit of the health office, such as 37.3."),
)
BAD_PLATE = problem(
    "passage.bad_plate",
    _("“{value}” is not a number plate."),
    _("Compare it with the vehicle; mark it as another kind of plate if it is from abroad."),
)
LIKELY_PLATE = problem(
    "passage.likely_plate",
    _("“{value}” is not a number plate: there is no O and no I on one."),
    _("If {likely} is meant, type {likely}."),
)
NOBODY = problem(
    "passage.nobody",
    _("It does not say who passed."),
    _("Write down at least one traveller, or how many there were."),
)
TOO_FEW = problem(
    "passage.too_few_people",
    _("{lines} travellers were written down, but only {people} people."),
    _("Correct the number of people."),
)
TWICE = problem(
    "passage.traveller_twice",
    _("One traveller was written down twice in this passage."),
    _("Keep one line for each person."),
)


Celsius = Annotated[
    Decimal | None, checked(temperature, TemperatureFault, BAD_TEMPERATURE, LIKELY_TEMPERATURE)
]


class PostFields(Payload):
    """What is known of a post. `fever` in °C; without one the default of 37.3 holds."""

    kind: PostKind
    name: str = Field(min_length=1, max_length=80)
    address: str = Field("", max_length=120)
    team_id: UUID | None = None
    fever: Celsius = None

    @model_validator(mode="after")
    def _a_fever(self) -> PostFields:
        if self.fever is not None and self.fever < LOWEST_FEVER_C:
            raise CodedError(LOW_FEVER, value=self.fever)
        return self


class OpenPost(PostFields):
    """A post that is put up in an area; whoever sends it makes the id."""

    post_id: UUID
    area_id: UUID


class CorrectPost(PostFields):
    """A post as it shall be from now on; with `area_id` it moves within the district."""

    post_id: UUID
    area_id: UUID | None = None


class ClosePost(Payload):
    """A post at which nobody stands any more."""

    post_id: UUID
    why: str = Field("", max_length=200)


class TravellerLine(Payload):
    """One traveller of a passage: who it is as far as that was asked, and the temperature in °C.

    `traveller_id` is left out for somebody new. For one whom the post recognised it is the id that
    the post's page or the phone's own memory of this shift has, and then name, number and document
    need not be sent again. `person_id` and `household_id` are known from a door's or a member's
    code. What is not sent the server looks up once, on the way in, so that the journal holds it.
    """

    sealed_fields: ClassVar[tuple[str, ...]] = ("name", "phone", "id_number")
    sealed_under: ClassVar[str] = "traveller_id"

    traveller_id: UUID | None = None
    person_id: UUID | None = None
    household_id: UUID | None = None
    name: str = Field("", max_length=80)
    phone: Phone = ""
    id_kind: IdKind = IdKind.NONE
    id_number: str = Field("", max_length=30)
    temperature: Celsius = None

    @model_validator(mode="before")
    @classmethod
    def _a_document(cls, value: Any) -> Any:
        """Take an identity number without its kind for a resident's."""
        if isinstance(value, dict) and value.get("id_number") and not value.get("id_kind"):
            number = str(value["id_number"]).strip().upper()
            return {**value, "id_number": number, "id_kind": IdKind.RESIDENT}
        return value

    @field_validator("id_number", mode="after")
    @classmethod
    def _valid_document(cls, value: str, info: ValidationInfo) -> str:
        checked = value and info.data.get("id_kind") == IdKind.RESIDENT
        if checked and (fault := resident_number_fault(value)):
            raise CodedError(BAD_IDENTITY, fault=fault)
        return value


class RecordPassage(Payload):
    """A vehicle (or, without a plate, walkers) passing a post, with each one's temperature.

    What the phone sends at a checkpoint, also days later: the entry's own id and time, and

        {"post_id": …, "plate": "…", "direction": "in", "from_place": "…", "to_place": "…",
         "people": 2, "travellers": [{"name": "…", "phone": "…", "temperature": "36.5"},
                                     {"traveller_id": …, "temperature": "36.7"}]}

    The plate is sealed under the vehicle's key, name, number and document under the traveller's
    (`traveller_id`), so both can be destroyed later while the counts stay. `people` may be more
    than the travellers written down (a coach); it is their number when left out. `at` is when they
    passed, where that is earlier than the entry. `other_plate` lets a plate stand that is not of
    mainland China. The receipt's `result` says for each traveller in their order
    `{traveller_id, person_id, fever, call_desk}`, and `call_desk` for the whole.
    """

    sealed_fields: ClassVar[tuple[str, ...]] = ("plate",)
    sealed_under: ClassVar[str] = "vehicle_id"

    post_id: UUID
    at: datetime | None = None
    other_plate: bool = False
    plate: str = Field("", max_length=20)
    vehicle_id: UUID | None = None
    direction: Direction = Direction.IN
    from_place: str = Field("", max_length=80)
    to_place: str = Field("", max_length=80)
    people: int | None = Field(None, ge=1, le=200)
    travellers: tuple[TravellerLine, ...] = Field((), max_length=80)

    @field_validator("plate", mode="after")
    @classmethod
    def _tidy_plate(cls, value: str, info: ValidationInfo) -> str:
        try:
            return plate_rules.plate(value, other=bool(info.data.get("other_plate")))
        except plate_rules.PlateFault as fault:
            if fault.likely:
                raise CodedError(LIKELY_PLATE, value=fault.value, likely=fault.likely) from fault
            raise CodedError(BAD_PLATE, value=fault.value) from fault

    @model_validator(mode="after")
    def _counted(self) -> RecordPassage:
        if self.people is None and not self.travellers:
            raise CodedError(NOBODY)
        if self.people is not None and self.people < len(self.travellers):
            raise CodedError(TOO_FEW, people=self.people, lines=len(self.travellers))
        known = [t.traveller_id for t in self.travellers if t.traveller_id]
        if len(set(known)) < len(known):
            raise CodedError(TWICE)
        return self

    @property
    def heads(self) -> int:
        """Return how many people passed."""
        return len(self.travellers) if self.people is None else self.people


class CountCrowd(Payload):
    """Heads counted at a post since the last count, and how many stand and wait there now."""

    post_id: UUID
    entered: int = Field(0, ge=0, le=100_000)
    left: int = Field(0, ge=0, le=100_000)
    waiting: int | None = Field(None, ge=0, le=1_000_000)


class TakeFilter(Payload):
    """A filter of people in isolation, taken to a post until the end of the shift."""

    post_id: UUID
    until: datetime


class ForgetTravellers(Payload):
    """Those who passed for the last time before a moment."""

    before: datetime
