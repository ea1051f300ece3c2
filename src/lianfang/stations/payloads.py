"""The payloads of the commands on posts and passages."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import BeforeValidator, Field, model_validator

from lianfang.kernel.problems import problem
from lianfang.kernel.sealing import Payload
from lianfang.kernel.submit import CodedError
from lianfang.screening.rules import LOWEST_FEVER_C, TemperatureFault, temperature
from lianfang.stations.rules import PostKind

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


def _celsius(value: Any) -> Any:
    if value is None or value == "":
        return None
    try:
        return temperature(value)
    except TemperatureFault as fault:
        if fault.likely:
            raise CodedError(LIKELY_TEMPERATURE, value=fault.value, likely=fault.likely) from fault
        raise CodedError(BAD_TEMPERATURE, value=fault.value) from fault


Celsius = Annotated[Decimal | None, BeforeValidator(_celsius)]


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
