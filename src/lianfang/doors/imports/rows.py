"""What a row of a file means: typed, cleaned, ready to be turned into commands."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from lianfang.doors.imports.addresses import Address
    from lianfang.doors.imports.problems import Problem
    from lianfang.doors.imports.tables import Cell
    from lianfang.tracing.rules import CaseState, Degree


class Kind(StrEnum):
    """What a sheet holds."""

    AREAS = "areas"
    ROSTER = "roster"
    ORGANISATIONS = "organisations"
    HELPERS = "helpers"
    MANIFEST = "manifest"
    CASES = "cases"
    CONTACTS = "contacts"


class Sex(StrEnum):
    """As in the identity card."""

    MALE = "male"
    FEMALE = "female"


class IdKind(StrEnum):
    """Documents by which a person is known."""

    RESIDENT = "resident"
    PASSPORT = "passport"
    HONG_KONG_MACAU = "hong-kong-macau"
    TAIWAN = "taiwan"
    FOREIGN_RESIDENT = "foreign-resident"
    OTHER = "other"


class Relation(StrEnum):
    """To the head of the household."""

    HEAD = "head"
    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    GRANDCHILD = "grandchild"
    GRANDPARENT = "grandparent"
    SIBLING = "sibling"
    CHILD_IN_LAW = "child-in-law"
    RELATIVE = "relative"
    TENANT = "tenant"
    FLATMATE = "flatmate"
    CARER = "carer"
    OTHER = "other"


class Role(StrEnum):
    """What a helper does in the community."""

    STAFF = "staff"
    GRID_WORKER = "grid-worker"
    BUILDING_LEAD = "building-lead"
    PARTY_MEMBER = "party-member"
    VOLUNTEER = "volunteer"
    PROPERTY = "property"
    POLICE = "police"
    DOCTOR = "doctor"


@dataclass(slots=True)
class PersonRow:
    """One resident. Phones are in E.164, the main one first."""

    row: int
    name: str
    sex: Sex | None = None
    birth_date: date | None = None
    id_kind: IdKind | None = None
    id_number: str = ""
    phones: tuple[str, ...] = ()
    relation: Relation | None = None


@dataclass(slots=True)
class HouseholdRow:
    """One door and who lives behind it.

    `area` is the grid's code or name as the file says it, or empty. A household whose rows stand
    apart comes in parts: `continues` is then the row where its first part began.
    """

    row: int
    area: str
    address: Address
    number: str = ""
    vacant: bool = False
    members: list[PersonRow] = field(default_factory=list)
    continues: int | None = None


@dataclass(slots=True)
class HelperRow:
    """One who helps: staff, party member, building lead, volunteer.

    `areas` and `buildings` are those that the helper can serve, as the file names them.
    """

    row: int
    name: str
    roles: tuple[Role, ...] = ()
    sex: Sex | None = None
    id_kind: IdKind | None = None
    id_number: str = ""
    phones: tuple[str, ...] = ()
    organisation: str = ""
    title: str = ""
    skills: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    buildings: tuple[str, ...] = ()


@dataclass(slots=True)
class OrganisationRow:
    """One unit of the tree of organisations; `parent` is the name or code of the one above."""

    row: int
    name: str
    code: str = ""
    kind: str = ""
    parent: str = ""
    areas: tuple[str, ...] = ()
    contact: str = ""
    phones: tuple[str, ...] = ()


@dataclass(slots=True)
class AreaRow:
    """One node of the area tree; `parent` is a code, `level` a word of the file or empty."""

    row: int
    code: str
    name: str
    parent: str = ""
    level: str = ""


@dataclass(slots=True)
class PassengerRow(PersonRow):
    """One line of a manifest. `temperature` in °C; `symptoms` are codes of screening."""

    name_latin: str = ""
    age: int | None = None
    nationality: str = ""
    place_from: str = ""
    onward: str = ""
    seat: str = ""
    family: str = ""
    accessible: bool = False
    temperature: Decimal | None = None
    symptoms: tuple[str, ...] = ()


@dataclass(slots=True)
class CaseRow(PersonRow):
    """One line of a line list. `number` and `infected_by` are the file's own numbers of cases.

    `state` is None where the file does not say it.
    """

    number: str = ""
    state: CaseState | None = None
    asymptomatic: bool = False
    onset: date | None = None
    sample: date | None = None
    result: date | None = None
    address: str = ""
    area: str = ""
    cluster: str = ""
    infected_by: str = ""


@dataclass(slots=True)
class ContactRow(PersonRow):
    """One line of a list of contacts; `community` is the file's word for where somebody lives.

    `source` is the number of the case whose contact it is, where a file says it.
    """

    address: str = ""
    community: str = ""
    degree: Degree | None = None
    last_day: date | None = None
    is_contact: bool = True
    source: str = ""


@dataclass(slots=True)
class RefusedRow:
    """A row that goes back. `cells` are as read, merged cells filled, from column A on."""

    row: int
    cells: list[Cell]
    problems: list[Problem]


Entry = HouseholdRow | HelperRow | OrganisationRow | AreaRow | PassengerRow | CaseRow | ContactRow
