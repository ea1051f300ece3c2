"""The shapes of the API's answers, for its documentation and the tests that hold it to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, Field

T = TypeVar("T")


class Shape(BaseModel):
    """A part of an answer."""


class Page(Shape, Generic[T]):
    """A part of a list; `next` is the cursor of the following part, null at the end."""

    items: list[T]
    next: str | None


class ProblemPart(Shape):
    """Why an entry does not stand: a stable code, and words in the language of the reader."""

    code: str
    field: str | None
    message: str
    hint: str


class Problem(ProblemPart):
    """What went wrong (RFC 9457): `title` is the message, `detail` the hint."""

    type: str
    title: str
    status: int
    detail: str


class ReceiptShape(Shape):
    """What became of an entry; for `repeated`, `first` says what became of it the first time."""

    id: UUID
    status: str = Field(examples=["accepted", "repeated", "held", "refused"])
    first: str | None = None
    problem: ProblemPart | None = None
    result: dict[str, Any] | None = None


class Receipts(Shape):
    """A receipt for each entry, in the order of the list."""

    receipts: list[ReceiptShape]


class AreaShape(Shape):
    """An area. Levels: 1 province, 2 city, 3 county, 4 street, 5 community, 6 grid."""

    id: UUID
    code: str
    name: str
    level: int
    parent_id: UUID | None
    path: str
    district: str
    valid_from: date | None
    valid_to: date | None


class AreaPage(Page[AreaShape]):
    """A part of the list of areas."""


class AreaWhole(AreaShape):
    """An area with those above it, the topmost first, and its boundary (GeoJSON geometry)."""

    ancestors: list[AreaShape]
    boundary: dict[str, Any] | None


class HouseholdShape(Shape):
    """A door. The address is null for who may not see it."""

    id: UUID
    district: str
    area_id: UUID
    community_id: UUID
    building: str | None
    unit: str | None
    floor: int | None
    room: str | None
    state: str
    persons: int
    registered_at: datetime


class HouseholdPage(Page[HouseholdShape]):
    """A part of the list of households."""


class PersonShape(Shape):
    """A person. What the reader may not see is '' or null or empty; numbers are masked unless the
    person was `opened`.
    """

    id: UUID
    district: str
    household_id: UUID | None
    state: str
    name: str
    sex: str
    age: int | None
    born: date | None
    relation: str
    phone: str
    id_kind: str
    id_number: str
    care: list[str]
    skills: list[str]
    opened: bool


class HouseholdWhole(HouseholdShape):
    """A door with the people behind it."""

    members: list[PersonShape]


class DutyShape(Shape):
    """Work that somebody owes by a time. `details` is null for who only may claim it."""

    id: UUID
    district: str
    kind: str
    area_id: UUID
    subject_kind: str
    subject_id: UUID | None
    context_id: UUID | None
    priority: int
    state: str
    owner: str
    opened_at: datetime
    due_at: datetime | None
    claimed_until: datetime | None
    climbs: int
    details: dict[str, Any] | None


class DutyPage(Page[DutyShape]):
    """A part of the list of duties."""


class RecordShape(Shape):
    """An accepted command. `payload` is without its sealed parts, null where sight is missing."""

    seq: int
    id: UUID
    district: str
    command: str
    version: int
    actor: str
    occurred_at: datetime
    received_at: datetime
    area_id: UUID | None
    subject_id: UUID | None
    mends: UUID | None
    approved_by: str
    payload: dict[str, Any] | None


class Feed(Shape):
    """A part of a district's journal; ask again with `next` at any time for what came since."""

    items: list[RecordShape]
    next: str
    more: bool


class TallyShape(Shape):
    """A counter: so many of `metric` in the area in the period (a day, `now`, a round's id)."""

    area_id: UUID
    district: str
    level: int
    metric: str
    period: str
    value: int


class TallyPage(Page[TallyShape]):
    """A part of the list of counters."""


class SetAsideShape(Shape):
    """An entry that does not stand; `content` is for its author."""

    id: UUID
    district: str
    state: str
    command: str
    actor: str
    occurred_at: datetime | None
    received_at: datetime
    problem: ProblemPart
    content: dict[str, Any] | None


class SetAsidePage(Page[SetAsideShape]):
    """A part of the list of what was set aside."""


class GrantShape(Shape):
    """A role in an area (its path; '' is everywhere)."""

    role: str
    path: str


class Me(Shape):
    """Who is asking, and what is granted."""

    id: UUID
    username: str
    name: str
    active: bool
    grants: list[GrantShape]
    districts: list[str]
    now: datetime


class CommandShape(Shape):
    """A command of the registry; `may` tells whether the reader may send it somewhere."""

    name: str
    title: str
    description: str
    verb: str
    roles: list[str]
    reference: bool
    version: int
    may: bool


class Commands(Shape):
    """All commands."""

    items: list[CommandShape]


class TokenShape(Shape):
    """A token of one's own; what it says is shown once, when it is made."""

    id: str
    name: str
    made_at: datetime
    used_at: datetime | None


class Tokens(Shape):
    """The live tokens of the reader."""

    items: list[TokenShape]


class NewToken(TokenShape):
    """A fresh token."""

    token: str


class TokenName(BaseModel):
    """What a token is for."""

    name: str = Field(min_length=1, max_length=60)
