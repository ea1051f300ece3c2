"""The payloads of the commands on watches, checks and referrals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from lianfang.kernel.problems import problem
from lianfang.kernel.sealing import Payload
from lianfang.kernel.submit import CodedError
from lianfang.people.payloads import checked
from lianfang.screening.rules import Symptom, TemperatureFault, temperature
from lianfang.watching.rules import DAYS, Reason, ReferralState, Result, WatchPlace, unwell
from lianfang.watching.slots import MOST_A_DAY

BAD_TEMPERATURE = problem(
    "watch.bad_temperature",
    _("“{value}” is not a temperature between 30.0 and 45.0 °C."),
    _("Type the reading with one decimal, such as 36.5. Likely: {likely}"),
)
EMPTY_CHECK = problem(
    "watch.empty_check",
    _("This check says nothing: no temperature, no symptom, and not that nobody was found."),
    _("Type the temperature, or say that the person was not there."),
)
ABSENT_READING = problem(
    "watch.absent_reading",
    _("A temperature was given for somebody who was not found."),
    _("Choose one of the two."),
)
HALF_SLOT = problem(
    "watch.half_slot",
    _("A check for another time needs both the day and the number of the check."),
    _("Choose both, or neither."),
)
SHORTER = problem(
    "watch.shorter",
    _("A watch can only become longer; it is until {until} now."),
    _("To end it early, release the person with a reason."),
)

BAD_CLOCK = problem(
    "referral.bad_clock",
    _("A step's clock lies between 5 minutes and 7 days."),
    _("Type minutes within these limits."),
)


Celsius = Annotated[Decimal | None, checked(temperature, TemperatureFault, BAD_TEMPERATURE)]


class Terms(Payload):
    """Where, why and how long somebody is watched.

    Other rooms' records (`arrival.place`, `contact.verify`) carry the same fields under `watch`.
    `days` counts from `from_day`; the day after the last of them is the day of release.
    """

    reason: Reason
    place: WatchPlace = WatchPlace.HOME
    from_day: date
    days: int = Field(DAYS, ge=1, le=90)
    checks_a_day: int = Field(2, ge=1, le=MOST_A_DAY)
    area_id: UUID
    post_id: UUID | None = None
    household_id: UUID | None = None
    self_check: bool = True


class StartWatch(Terms):
    """A person who comes under watch; with a live watch there already, the two become one."""

    person_id: UUID


class OnWatch(Payload):
    """One watch."""

    watch_id: UUID


class CheckWatch(OnWatch):
    """One check. What it found is sealed under the watch, so that the purge destroys it.

    `unwell` is worked out here (37.3 °C or a symptom) and stays readable: a replay after the purge
    must open the same referrals.
    """

    sealed_fields: ClassVar[tuple[str, ...]] = ("temperature", "symptoms", "note")
    sealed_under: ClassVar[str] = "watch_id"

    temperature: Celsius = None
    symptoms: tuple[Symptom, ...] = Field((), max_length=len(Symptom))
    note: str = Field("", max_length=300)
    # Nobody was found: this is no check, it asks for somebody to look.
    absent: bool = False
    # For a check written down later; without them the time of the entry tells which check it is.
    day: date | None = None
    slot: int | None = Field(None, ge=1, le=MOST_A_DAY)
    normal: bool = False
    unwell: bool = False

    @model_validator(mode="before")
    @classmethod
    def _judge(cls, data: Any) -> Any:
        """Work out `unwell` before the fields are frozen; unreadable ones are refused later."""
        if not isinstance(data, dict) or data.get("unwell"):
            return data
        try:
            typed = data.get("temperature")
            reading = None if typed in (None, "") else temperature(typed)
        except ValueError:
            return data
        symptoms = data.get("symptoms") or ()
        if unwell(reading, symptoms if isinstance(symptoms, list | tuple) else ()):
            return {**data, "unwell": True}
        return data

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.absent and (self.temperature is not None or self.symptoms or self.normal):
            raise CodedError(ABSENT_READING)
        if (self.day is None) != (self.slot is None):
            raise CodedError(HALF_SLOT)
        return self


class ExtendWatch(OnWatch):
    """A later day of release, with the reason."""

    sealed_fields: ClassVar[tuple[str, ...]] = ("why",)
    sealed_under: ClassVar[str] = "watch_id"

    until_day: date
    why: str = Field("", max_length=200)


class MoveWatch(OnWatch):
    """Another place of the same district where the watch goes on."""

    area_id: UUID
    place: WatchPlace
    post_id: UUID | None = None
    household_id: UUID | None = None


class WhyWatch(OnWatch):
    """One watch, and why."""

    sealed_fields: ClassVar[tuple[str, ...]] = ("why",)
    sealed_under: ClassVar[str] = "watch_id"

    why: str = Field("", max_length=200)


class TransferWatch(WhyWatch):
    """The community of another district that shall take the watch over."""

    to_area_id: UUID


class TakeOver(Terms):
    """A watch that comes from another district: all that is needed to go on with it.

    `person_id` is the person's row in this district; `watch_id` becomes the watch's id here.
    """

    watch_id: UUID
    person_id: UUID
    from_district: str = Field(min_length=1, max_length=12)
    from_watch_id: UUID
    reasons: tuple[Reason, ...] = Field((), max_length=len(Reason))
    until_day: date


class Taken(OnWatch):
    """The other district has the watch now."""

    by_district: str = Field(min_length=1, max_length=12)
    by_watch_id: UUID


class LeftWatch(OnWatch):
    """Somebody under watch was seen elsewhere or not found, or was found again."""

    sealed_fields: ClassVar[tuple[str, ...]] = ("note",)
    sealed_under: ClassVar[str] = "watch_id"

    note: str = Field("", max_length=200)


class PurgeWatches(Payload):
    """The end of the health and movement data of watches and referrals whose time is over."""

    now: date


class KeepChoice(Payload):
    """What a district wants: minutes for each step of a referral, days until the purge."""

    area_id: UUID
    step_minutes: dict[ReferralState, int] = Field(default_factory=dict, max_length=5)
    purge_days: int = Field(30, ge=1, le=365)
    self_check: bool = True

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if any(not 5 <= minutes <= 10_080 for minutes in self.step_minutes.values()):
            raise CodedError(BAD_CLOCK)
        return self


class OpenReferral(Payload):
    """Somebody who must go to a clinic, sent by a person's decision."""

    sealed_fields: ClassVar[tuple[str, ...]] = ("temperature", "symptoms", "note")
    sealed_under: ClassVar[str] = "referral_id"

    referral_id: UUID
    person_id: UUID
    temperature: Celsius = None
    symptoms: tuple[Symptom, ...] = Field((), max_length=len(Symptom))
    note: str = Field("", max_length=300)


class OnReferral(Payload):
    """One referral."""

    sealed_fields: ClassVar[tuple[str, ...]] = ("note",)
    sealed_under: ClassVar[str] = "referral_id"

    referral_id: UUID
    note: str = Field("", max_length=300)


class ArrangeTransport(OnReferral):
    """How the person gets to the clinic."""

    by: Literal["ambulance", "car", "on_foot"] = "ambulance"


class AcceptReferral(OnReferral):
    """The clinic that takes the person, by its post or (an outside one) its name."""

    clinic_id: UUID | None = None
    clinic: str = Field("", max_length=120)


class ReferralResult(OnReferral):
    """What the clinic found."""

    result: Result


class CancelReferral(OnReferral):
    """A referral that is called off; the note is the reason."""
