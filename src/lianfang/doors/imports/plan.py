"""What every plan is made of: the commands that rows become, and what goes back to the sender.

A planner is given the typed rows of a file in chunks and compares them with what is registered:
a row that says nothing new becomes no command. Ids are derived from the import's id and the row,
so that a plan which is made again after a crash gives the same entries, and the kernel answers
"repeated" to those that it has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from lianfang.areas.models import Area
from lianfang.doors.imports.problems import Problem
from lianfang.doors.imports.reading import Reading
from lianfang.doors.imports.rows import RefusedRow
from lianfang.kernel.actors import Actor
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import derive_id
from lianfang.kernel.problems import Refusal


@dataclass(slots=True)
class Setting:
    """What a plan is made for: who imports what, where, and the choices of the preview.

    `origin` is the import's id, from which all ids come; `at` is when it was begun.
    `complete` says that the file is the whole list of the area; `close_missing` that doors which
    are not in it shall go off the list. `returned` marks a file of mended rows.
    `places` are a person's choices: "grid:<word>" or "building:<label>" -> area.
    """

    actor: Actor
    area: Area
    origin: UUID
    at: datetime
    complete: bool = False
    close_missing: bool = False
    returned: bool = False
    places: dict[str, UUID] = field(default_factory=dict)

    def derive(self, *parts: object) -> UUID:
        """Return the id of something that this import makes: the same each time."""
        return derive_id(self.origin, *parts)


@dataclass(slots=True)
class Planned:
    """One command, the rows that it comes from, and what it counts as.

    `stage` orders the parts of a chunk: a later stage is sent when the earlier ones are done, and
    without those whose rows were refused there.
    """

    entry: Entry
    rows: tuple[int, ...]
    counts: dict[str, int]
    label: str = ""
    stage: int = 0


@dataclass(slots=True)
class Step:
    """The plan of one chunk."""

    planned: list[Planned] = field(default_factory=list)
    returned: list[tuple[tuple[int, ...], Problem]] = field(default_factory=list)
    # What needs no command: unchanged, or not asked for.
    counts: Counter[str] = field(default_factory=Counter)


class Planner(Protocol):
    """Turns the typed rows of one kind of file into commands."""

    # How many entries make a chunk; 0 for files that must be seen as a whole.
    size: int

    def plan(self, entries: Sequence[Any]) -> Step:
        """Plan a chunk against what is registered now."""

    def protect(self, refused: RefusedRow, reading: Reading) -> None:
        """Note a row that goes back: what it speaks of must not look as if it were gone."""

    def finish(self) -> Iterator[Step]:
        """Plan what follows from the file as a whole."""


@dataclass(frozen=True, slots=True)
class KernelProblem(Problem):
    """A refusal of the kernel, said beside the row."""

    refusal: Refusal | None = None

    def words(self) -> str:
        """Say it in the active language."""
        assert self.refusal
        return " ".join(part for part in (self.refusal.message, self.refusal.hint) if part)


def kernel_problem(refusal: Refusal, row: int) -> KernelProblem:
    """Return the problem of a row that the kernel has refused."""
    return KernelProblem(refusal.code, row, refusal=refusal)
