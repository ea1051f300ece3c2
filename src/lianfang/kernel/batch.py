"""A list of entries of one command on its way through a handler."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import UUID

from django.db import transaction

from lianfang.kernel.actors import Actor
from lianfang.kernel.ids import derive_id
from lianfang.kernel.problems import Refusal
from lianfang.kernel.routing import current_alias
from lianfang.kernel.rules import DutyAction
from lianfang.kernel.scope import Place
from lianfang.kernel.sealing import Payload

if TYPE_CHECKING:
    from lianfang.kernel.registry import Command

P = TypeVar("P", bound=Payload)


@dataclass(frozen=True, slots=True)
class Entry:
    """One act as it came through a door.

    `occurred_at` is when it happened, by a clock already corrected; `device_at` is what the device
    itself wrote, which stays the same when it sends again and so tells a repetition.
    """

    id: UUID
    command: str
    payload: dict[str, Any]
    occurred_at: datetime
    district: str = ""
    mends: UUID | None = None
    device_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewDuty:
    """A duty that a record opens; its id is derived from the record's and `key`."""

    kind: str
    key: str
    place: Place
    due_at: datetime | None = None
    path: str = ""
    subject_kind: str = ""
    subject_id: UUID | None = None
    context_id: UUID | None = None
    priority: int = 0
    owner: str = ""
    claim_minutes: int = 120
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settling:
    """The live duties of `kind` on `subject_id` that a record brings to an end."""

    kind: str
    subject_id: UUID
    context_id: UUID | None
    action: DutyAction
    why: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """A change of a counter on each rung of a place's ladder."""

    place: Place
    metric: str
    period: str
    by: int


@dataclass(slots=True, eq=False)
class Item(Generic[P]):
    """One entry within a batch: its payload, where it acts, and what shall follow from it."""

    entry: Entry
    payload: P
    place: Place | None = None
    path: str | None = None
    subject_id: UUID | None = None
    result: dict[str, Any] = field(default_factory=dict)
    refusal: Refusal | None = None
    held: bool = False
    duties: list[NewDuty] = field(default_factory=list)
    settlings: list[Settling] = field(default_factory=list)
    counts: list[Count] = field(default_factory=list)

    @property
    def id(self) -> UUID:
        """Return the entry's id, which is the record's."""
        return self.entry.id

    @property
    def at(self) -> datetime:
        """Return when it happened."""
        return self.entry.occurred_at

    def derive(self, *parts: object) -> UUID:
        """Return the id of a row that this entry makes."""
        return derive_id(self.entry.id, *parts)

    def refuse(self, code: str, field: str | None = None, /, **params: Any) -> None:
        """Refuse this entry; the others of the list go on."""
        self.refuse_with(Refusal(code, field, params))

    def refuse_with(self, refusal: Refusal) -> None:
        """Refuse this entry with a ready refusal and drop what it would have set in motion."""
        self.refusal = refusal
        self.clear()

    def clear(self) -> None:
        """Forget the effects collected so far."""
        self.result = {}
        self.duties, self.settlings, self.counts = [], [], []

    def open_duty(self, duty: NewDuty) -> UUID:
        """Open a duty with this record; returns its id."""
        self.duties.append(duty)
        return self.derive("duty", duty.key)

    def settle(
        self,
        kind: str,
        subject_id: UUID,
        context_id: UUID | None = None,
        action: DutyAction = DutyAction.DONE,
        why: str = "",
    ) -> None:
        """Bring the live duties of `kind` on `subject_id` (in `context_id`) to an end."""
        self.settlings.append(Settling(kind, subject_id, context_id, action, why))

    def count(self, metric: str, period: str, by: int = 1, place: Place | None = None) -> None:
        """Add to a counter at the item's place (or `place`) and on its ancestors."""
        where = place or self.place
        if where is None:
            raise ValueError(f"{self.entry.command} counts {metric} but has no place")
        if by:
            self.counts.append(Count(where, metric, period, by))


class Batch(Generic[P]):
    """The entries of one command in one district, in their order. Iteration skips the refused."""

    def __init__(
        self,
        command: Command,
        actor: Actor,
        district: str,
        items: Sequence[Item[P]],
        received_at: datetime,
        *,
        ref_seq: int = 0,
        replaying: bool = False,
    ) -> None:
        """Make a batch; `replaying` says that all was accepted once and only the effect is due."""
        self.command = command
        self.actor = actor
        self.district = district
        self.items = list(items)
        self.received_at = received_at
        # How far the reference stream stands: what is cached of it is good for this number only.
        self.ref_seq = ref_seq
        # What `locate` has read and the handler may use again.
        self.memo: dict[str, Any] = {}
        self.replaying = replaying

    def __iter__(self) -> Iterator[Item[P]]:
        return (item for item in self.items if item.refusal is None and not item.held)

    def savepoint(self) -> AbstractContextManager[Any]:
        """Return a block whose writes are undone when it raises."""
        return transaction.atomic(using=current_alias())

    def after(self, **span: float) -> datetime:
        """Return the time so long after the arrival: deadlines run on the server's clock."""
        return self.received_at + timedelta(**span)
