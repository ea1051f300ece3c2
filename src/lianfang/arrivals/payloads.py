"""The payloads of the commands on arrivals."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from lianfang.arrivals.rules import (
    BEDDED,
    CHECKS,
    DAYS,
    HOWS,
    Destination,
    Diet,
    Fact,
    How,
    LeaveWhy,
    Mode,
    Reason,
    Way,
)
from lianfang.kernel.problems import problem
from lianfang.kernel.sealing import Payload
from lianfang.kernel.submit import CodedError
from lianfang.people.payloads import Identity, checked
from lianfang.screening.rules import Symptom, TemperatureFault, temperature

BAD_TEMPERATURE = problem(
    "passenger.bad_temperature",
    _("“{value}” is not a temperature between 30.0 and 45.0 °C."),
    _("Write it in °C with a point, like 36.5; leave it empty if it was not taken."),
)
BAD_CONDITION = problem(
    "triage.bad_condition",
    _("The condition on “{fact}” cannot be tested like this."),
    _("Give a number for temperature and age, and words for the others."),
)
NO_CATCH_ALL = problem(
    "triage.no_catch_all",
    _("The last rule has conditions, so somebody may fall through all rules."),
    _("Let the last rule take everybody: take its conditions out."),
)
NO_BED_NAMED = problem(
    "arrival.no_bed_named",
    _("This destination needs a site and a room."),
    _("Choose the room in which the bed is."),
)


Celsius = Annotated[Decimal | None, checked(temperature, TemperatureFault, BAD_TEMPERATURE)]


class OpenManifest(Payload):
    """A vehicle whose passengers are received at a community."""

    manifest_id: UUID
    area_id: UUID
    vehicle: str = Field(min_length=1, max_length=40)
    mode: Mode = Mode.FLIGHT
    origin: str = Field("", max_length=80)
    arrives_at: datetime


class OnManifest(Payload):
    """One manifest."""

    manifest_id: UUID


class CountHeads(OnManifest):
    """How many heads were counted at the gate."""

    heads: int = Field(ge=0, le=20_000)


class ListPassenger(Identity):
    """A line of a manifest, or somebody who came without being on it (`extra`).

    `double_of` says that it is a second line for a passenger listed already.
    """

    sealed_fields: ClassVar[tuple[str, ...]] = (*Identity.sealed_fields, "name_latin")
    # A key of the line's own: a manifest is forgotten without touching the person's other records.
    sealed_under: ClassVar[str] = "passenger_id"

    passenger_id: UUID
    manifest_id: UUID
    name_latin: str = Field("", max_length=80)
    age: int | None = Field(None, ge=0, le=130)
    nationality: str = Field("", max_length=40)
    place_from: str = Field("", max_length=80)
    onward: str = Field("", max_length=80)
    seat: str = Field("", max_length=10)
    family: str = Field("", max_length=40)
    accessible: bool = False
    temperature: Celsius = None
    symptoms: tuple[Symptom, ...] = Field((), max_length=10)
    extra: bool = False
    double_of: UUID | None = None


class OnPassenger(Payload):
    """One passenger."""

    passenger_id: UUID


class SeePassenger(OnPassenger):
    """A passenger who has come, with what was measured at the gate."""

    temperature: Celsius = None
    symptoms: tuple[Symptom, ...] | None = Field(None, max_length=10)


class DoublePassenger(OnPassenger):
    """A line that is about the same person as another one."""

    double_of: UUID


class RuleCondition(Payload):
    """One thing that must hold. Temperatures in tenths of °C, ages in years."""

    fact: Fact
    test: How
    number: int | None = Field(None, ge=0, le=1_000)
    words: tuple[str, ...] = Field((), max_length=60)

    @model_validator(mode="after")
    def _fits(self) -> RuleCondition:
        numeric = self.fact in (Fact.TEMPERATURE, Fact.AGE)
        wanted = self.number is not None if numeric else bool(self.words) or self.test is How.ANY
        if self.test not in HOWS[self.fact] or not wanted:
            raise CodedError(BAD_CONDITION, fact=str(self.fact))
        return self


class TriageRule(Payload):
    """All conditions hold → there, watched so long."""

    name: str = Field(min_length=1, max_length=60)
    when: tuple[RuleCondition, ...] = Field((), max_length=8)
    destination: Destination
    reason: Reason = Reason.ARRIVAL
    days: int = Field(DAYS, ge=1, le=60)
    checks: int = Field(CHECKS, ge=1, le=6)
    group: str = Field("", max_length=20)


class AdoptRules(Payload):
    """The rules by which an area sorts arrivals from now on, in order; and how they were tried."""

    rule_set_id: UUID
    area_id: UUID
    rules: tuple[TriageRule, ...] = Field(min_length=1, max_length=40)
    tried_on: UUID | None = None
    counts: dict[str, int] = Field(default_factory=dict, max_length=20)

    @model_validator(mode="after")
    def _nobody_falls_through(self) -> AdoptRules:
        if self.rules[-1].when:
            raise CodedError(NO_CATCH_ALL)
        return self


class Triage(OnPassenger):
    """Where the rules send a passenger: which rule of which version, and what it asks for."""

    rule_set_id: UUID
    rule: int = Field(ge=0, le=40)
    destination: Destination
    reason: Reason = Reason.ARRIVAL
    days: int = Field(DAYS, ge=1, le=60)
    checks: int = Field(CHECKS, ge=1, le=6)
    group: str = Field("", max_length=20)


class DecideFamily(OnManifest):
    """What a person decides about a family that the rules split.

    `apart`: each goes where the rules say. `together`: all go to `destination`.
    """

    family: str = Field(min_length=1, max_length=40)
    way: Way
    destination: Destination | None = None


class OpenSite(Payload):
    """A post that takes people in from now on; its rooms follow by `room.set`."""

    post_id: UUID
    area_id: UUID
    name: str = Field(min_length=1, max_length=80)
    takes: Destination
    team_id: UUID | None = None
    staff: int = Field(0, ge=0, le=100_000)


class OnSite(Payload):
    """One site."""

    post_id: UUID


class StaffSite(OnSite):
    """How many work at a site, and as which team."""

    staff: int = Field(0, ge=0, le=100_000)
    team_id: UUID | None = None


class CloseSite(OnSite):
    """A site that takes nobody in any more, with the reason."""

    why: str = Field(min_length=1, max_length=200)


class SetRoom(OnSite):
    """A room of a site as it is: where, how many beds, whether a wheelchair gets in."""

    room_id: UUID
    building: str = Field("", max_length=20)
    floor: int = Field(1, ge=-9, le=200)
    label: str = Field(min_length=1, max_length=20)
    beds: int = Field(ge=1, le=200)
    accessible: bool = False
    used: bool = True
    note: str = Field("", max_length=120)


class WatchAsked(Payload):
    """The watch that a placement asks `watching` to keep."""

    reason: str = Field(max_length=12)
    place: str = Field(max_length=10)
    from_day: date
    days: int = Field(ge=1, le=60)
    checks_a_day: int = Field(ge=1, le=6)
    area_id: UUID
    post_id: UUID | None = None
    household_id: UUID | None = None


class Place(Payload):
    """Somebody who is given a bed, or sent home; `watch` is what follows.

    Without `passenger_id` it is a patient who came by another way; then `sex` and `group` say with
    whom the room may be shared. `anyway` shares a room against the rule, on a person's word.
    """

    person_id: UUID
    passenger_id: UUID | None = None
    destination: Destination
    post_id: UUID | None = None
    room_id: UUID | None = None
    area_id: UUID | None = None
    sex: str = Field("", max_length=8)
    group: str = Field("", max_length=20)
    anyway: bool = False
    watch: WatchAsked | None = None

    @model_validator(mode="after")
    def _bedded(self) -> Place:
        if self.destination in BEDDED and (self.post_id is None or self.room_id is None):
            raise CodedError(NO_BED_NAMED)
        return self


class Move(Payload):
    """Somebody who changes the room, or the site."""

    person_id: UUID
    post_id: UUID
    room_id: UUID
    anyway: bool = False
    why: str = Field("", max_length=120)


class Leave(Payload):
    """Somebody who gives up a bed."""

    person_id: UUID
    why: LeaveWhy


class KeepStay(Payload):
    """Where somebody eats, and what the kitchen must know."""

    person_id: UUID
    table: str = Field("", max_length=20)
    diets: tuple[Diet, ...] = Field((), max_length=8)


class NoteStay(Payload):
    """A word about somebody who stays at a site."""

    sealed_fields: ClassVar[tuple[str, ...]] = ("text",)
    sealed_under: ClassVar[str] = "person_id"

    person_id: UUID
    # Never empty when it comes in; '' is what a replay gives after a purge.
    text: str = Field("", max_length=500)
