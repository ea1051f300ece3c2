"""The payloads of the commands on households and persons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator, BeforeValidator, Field

from lianfang.kernel.problems import problem
from lianfang.kernel.sealing import Payload
from lianfang.kernel.submit import CodedError
from lianfang.people.rules import Care, IdKind, Sex, resident_number_fault

BAD_IDENTITY = problem(
    "person.bad_identity",
    _("The identity number is not valid ({fault})."),
    _("Compare it with the card; a letter at the end is a capital X."),
)
BAD_PHONE = problem(
    "person.bad_phone",
    _("“{value}” is not a telephone number."),
    _("Write the digits only, with + and the country code for numbers abroad."),
)
BORN_IN_FUTURE = problem(
    "person.born_in_future",
    _("The date of birth {value} lies in the future."),
    _("Correct the year."),
)

ADDRESS_PART = r"^[^/\x00-\x1f]*$"


def _phone(value: str) -> str:
    digits = value.lstrip("+")
    if value and not (digits.isascii() and digits.isdigit() and 5 <= len(digits) <= 15):
        raise CodedError(BAD_PHONE, value=value)
    return value


Phone = Annotated[str, Field(max_length=20), AfterValidator(_phone)]


def checked(
    parse: Callable[[Any], Any], fault: type[Any], bad: str, likely: str = ""
) -> BeforeValidator:
    """Return the validator of a value that may be left out and that people mistype.

    `parse` reads it or raises `fault`, which has the `value` and, where it can be told, the
    `likely` one. A refusal that asks whether that is meant may have a code of its own, `likely`;
    without one, `bad` is told both.
    """

    def check(value: Any) -> Any:
        if value is None or value == "":
            return None
        try:
            return parse(value)
        except fault as error:
            if likely and not error.likely:
                raise CodedError(bad, value=error.value) from error
            raise CodedError(likely or bad, value=error.value, likely=error.likely) from error

    return BeforeValidator(check)


class Identity(Payload):
    """Who somebody is. Everything that names the person is sealed under the person's key."""

    sealed_fields: ClassVar[tuple[str, ...]] = ("name", "born", "phone", "id_number")
    sealed_under: ClassVar[str] = "person_id"

    person_id: UUID
    name: str = Field("", max_length=80)
    sex: Sex = Sex.UNKNOWN
    born: date | None = None
    phone: Phone = ""
    id_kind: IdKind = IdKind.NONE
    id_number: str = Field("", max_length=30)
    relation: str = Field("", max_length=20)
    care: tuple[Care, ...] = ()
    skills: tuple[str, ...] = Field((), max_length=12)

    def model_post_init(self, context: object) -> None:
        """Check the identity number by its kind."""
        if self.id_kind != IdKind.RESIDENT or not self.id_number:
            return
        if fault := resident_number_fault(self.id_number):
            raise CodedError(BAD_IDENTITY, fault=fault)


class Address(Payload):
    """A door within its grid."""

    building: str = Field("", max_length=40, pattern=ADDRESS_PART)
    unit: str = Field("", max_length=20, pattern=ADDRESS_PART)
    floor: int | None = Field(None, ge=-9, le=200)
    room: str = Field(min_length=1, max_length=40, pattern=ADDRESS_PART)


class RegisterHousehold(Address):
    """A door that comes on the list, with the people behind it."""

    household_id: UUID
    area_id: UUID
    members: tuple[Identity, ...] = Field((), max_length=60)


class CorrectHousehold(Address):
    """The right address of a door."""

    household_id: UUID


class AssignHouseholds(Payload):
    """Doors that go to another grid of the same community."""

    area_id: UUID
    household_ids: tuple[UUID, ...] = Field(min_length=1, max_length=2_000)


class CloseHousehold(Payload):
    """A door that does not exist any more, with the reason."""

    household_id: UUID
    why: str = Field(min_length=1, max_length=200)


class MergeHouseholds(Payload):
    """A door that was on the list twice: its people go to the one that stays."""

    household_id: UUID
    into_id: UUID


class RegisterPerson(Identity):
    """A person who comes to a household, or (without one) to a community as a helper."""

    area_id: UUID
    household_id: UUID | None = None


class CorrectPerson(Identity):
    """The right data of a person; it replaces what was there."""


class MovePerson(Payload):
    """A person who lives behind another door of the district from now on."""

    person_id: UUID
    household_id: UUID


class LeavePerson(Payload):
    """A person who moved away or died."""

    person_id: UUID
    deceased: bool = False


class OpenPerson(Payload):
    """Somebody without standing sight looks at a person, for a reason that is kept."""

    person_id: UUID
    reason: str = Field(min_length=4, max_length=200)


class RevealPerson(Payload):
    """Somebody with standing sight looks at a person's numbers in full."""

    person_id: UUID


class PurgePerson(Payload):
    """The end of a person's data: the key is destroyed, counts stay."""

    person_id: UUID
    reason: str = Field(min_length=1, max_length=200)
