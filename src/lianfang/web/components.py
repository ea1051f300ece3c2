"""What the larger components are given to show: plain values, made by a room's views.

Nothing here knows a model. A label may be lazy (gettext_lazy); a `href` of "" means no link.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from django.utils.functional import Promise

from lianfang.web.states import DoorState

Text = str | Promise
Tone = Literal["plain", "good", "warn", "bad", "info"]
Kind = Literal["primary", "secondary", "quiet", "danger"]


@dataclass(frozen=True, slots=True)
class Link:
    """A step of the area path, an entry of a menu."""

    label: Text
    href: str = ""
    note: Text = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Badge:
    """A word in a coloured frame; the icon repeats what the colour says."""

    label: Text
    tone: Tone = "plain"
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """A thing one can do. `post` sends a form (with CSRF token and `fields`); otherwise a link.

    `dialog` loads the address into the page's dialog where there is JavaScript.
    """

    label: Text
    href: str
    icon: str = ""
    kind: Kind = "secondary"
    post: bool = False
    dialog: bool = False
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """The ledger of a round: `done + excused + open`; `silent` of the open have no owner.

    Raises ValueError when a count is negative or `silent` exceeds `open`.
    """

    done: int = 0
    excused: int = 0
    open: int = 0
    silent: int = 0

    def __post_init__(self) -> None:
        if min(self.done, self.excused, self.open, self.silent) < 0 or self.silent > self.open:
            raise ValueError(f"not a coverage: {self}")

    @property
    def total(self) -> int:
        """All live households: the denominator."""
        return self.done + self.excused + self.open

    @property
    def closed(self) -> int:
        """Households that need nothing more: done or excused."""
        return self.done + self.excused

    @property
    def owned(self) -> int:
        """Open households which stand in somebody's list."""
        return self.open - self.silent

    @property
    def percent(self) -> float:
        """The closed share in per cent, one decimal; 100 only when nothing is open."""
        if not self.total:
            return 0.0
        share = round(100 * self.closed / self.total, 1)
        return min(share, 99.9) if self.open else 100.0

    @property
    def percent_text(self) -> str:
        """The percent as shown: 0 % and 100 % without a decimal."""
        return f"{self.percent:g}%" if self.percent in {0.0, 100.0} else f"{self.percent:.1f}%"

    @property
    def step(self) -> int:
        """0 to 4 for a tile: under a quarter, half, three quarters, all but all, all."""
        if not self.total:
            return 0
        return 4 if not self.open else min(int(4 * self.closed / self.total), 3)

    def parts(self) -> list[tuple[str, int, float, float]]:
        """(part, count, start, width) of each part not empty; start and width in per cent."""
        result, start = [], 0.0
        counts = {
            "done": self.done,
            "excused": self.excused,
            "open": self.owned,
            "silent": self.silent,
        }
        for part, count in counts.items():
            width = 100 * count / self.total if self.total else 0.0
            if count:
                result.append((part, count, start, width))
            start += width
        return result


@dataclass(frozen=True, slots=True)
class Tile:
    """A grid on the tile wall. `alert` is a short word shown with a warning sign ("2 fevers")."""

    label: Text
    coverage: Coverage
    href: str = ""
    note: Text = ""
    alert: Text = ""


@dataclass(frozen=True, slots=True)
class Door:
    """A household on the elevation. Floors below ground are negative; -1 is shown as B1.

    `column` puts the doors of a stack above each other ("01"); when empty it is taken from the
    room's name by leaving out the floor ("501" on floor 5 stands in column "01").
    `note` is read out and shown on hover ("3 people, 36.8 °C"); never put a name there.
    """

    unit: str
    floor: int
    room: str
    state: DoorState = DoorState.UNVISITED
    href: str = ""
    note: Text = ""
    silent: bool = False
    column: str = ""

    @property
    def stack(self) -> str:
        """The column in which the door stands."""
        if self.column:
            return self.column
        floor = str(abs(self.floor))
        bare = re.sub(r"\D", "", self.room)
        return (
            bare[len(floor) :].zfill(2) if bare.startswith(floor) and bare != floor else self.room
        )


@dataclass(frozen=True, slots=True)
class Floor:
    """One row of an elevation: for each unit its doors, None where the wall has none."""

    number: int
    units: list[list[Door | None]]

    @property
    def label(self) -> str:
        """5, or B1 for the first floor under the ground."""
        return str(self.number) if self.number > 0 else f"B{abs(self.number)}"


@dataclass(frozen=True)
class Building:
    """A building seen from the front: floors × rooms, units side by side, top floor first."""

    name: str
    units: list[tuple[str, int]]
    floors: list[Floor]
    counts: list[tuple[DoorState, int]]
    silent: int = 0

    @classmethod
    def of(cls, name: str, doors: Iterable[Door]) -> Building:
        """Arrange the doors of one building; units and stacks in natural order ("2" before "10").

        Two doors on one place (a split flat) stand side by side.
        """
        doors = list(doors)
        columns: dict[str, dict[str, int]] = {}
        places: dict[tuple[str, int, str], list[Door]] = {}
        for door in doors:
            places.setdefault((door.unit, door.floor, door.stack), []).append(door)
        for (unit, _, stack), held in places.items():
            stacks = columns.setdefault(unit, {})
            stacks[stack] = max(stacks.get(stack, 0), len(held))
        ordered = {
            unit: sorted(stacks.items(), key=lambda item: _natural(item[0]))
            for unit, stacks in sorted(columns.items(), key=lambda item: _natural(item[0]))
        }
        floors = []
        for number in sorted({door.floor for door in doors}, reverse=True):
            row: list[list[Door | None]] = []
            for unit, stacks_of_unit in ordered.items():
                cells: list[Door | None] = []
                for stack, width in stacks_of_unit:
                    here = sorted(
                        places.get((unit, number, stack), []), key=lambda d: _natural(d.room)
                    )
                    cells += [*here, *([None] * (width - len(here)))]
                row.append(cells)
            floors.append(Floor(number, row))
        count = Counter(door.state for door in doors)
        return cls(
            name=name,
            units=[(unit, sum(w for _, w in stacks)) for unit, stacks in ordered.items()],
            floors=floors,
            counts=[(state, count[state]) for state in DoorState if count[state]],
            silent=sum(door.silent for door in doors),
        )

    @property
    def total(self) -> int:
        """The number of doors."""
        return sum(count for _, count in self.counts)

    @property
    def tall(self) -> bool:
        """Whether the floors are drawn close, so that a tower fits on a screen."""
        return len(self.floors) > 12


def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    return tuple(
        (0, int(part), "") if part.isdecimal() else (1, 0, part)
        for part in re.findall(r"\d+|\D+", text)
    )


@dataclass(frozen=True, slots=True)
class Moment:
    """An entry of a history. `replaced` strikes it through: a later entry mends it."""

    at: datetime
    what: Text
    who: Text = ""
    detail: Text = ""
    icon: str = "check"
    tone: Tone = "plain"
    href: str = ""
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class Duty:
    """A piece of work on a card. `due` None: no deadline."""

    kind: Text
    place: Text
    href: str = ""
    icon: str = "duty"
    due: datetime | None = None
    owner: Text = ""
    state: Text = ""
    note: Text = ""
    tone: Tone = "plain"
    actions: Sequence[Action] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """A row of a list of people. Give the phone whole: the row masks it."""

    name: str
    href: str = ""
    note: Text = ""
    phone: str = ""
    badges: Sequence[Badge] = ()
    actions: Sequence[Action] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a task in steps."""

    label: Text
    href: str = ""


IMPORT_STEPS: tuple[str, ...] = ("upload", "map", "check", "done")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. `sort` is the address that sorts by it; `sorted` says how it is now."""

    label: Text
    sort: str = ""
    sorted: Literal["", "ascending", "descending"] = ""
    numeric: bool = False
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: a cell for each column (safe markup is kept, the rest escaped)."""

    cells: Sequence[object]
    href: str = ""
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter above a table: a select of (value, label), or free text without choices."""

    name: str
    label: Text
    choices: Sequence[tuple[str, Text]] = ()
    value: str = ""


@dataclass(frozen=True)
class Table:
    """A table with everything around it. `state` other than "ready" shows in place of the rows.

    `id` must be unique on the page: sorting, filtering and paging swap the element of this id.
    `count` None: not known (cursor paging never counts).
    """

    id: str
    caption: Text
    columns: Sequence[Column]
    rows: Sequence[Row] = ()
    state: Literal["ready", "loading", "error"] = "ready"
    filters: Sequence[Filter] = ()
    action: str = ""
    export: str = ""
    previous: str = ""
    next: str = ""
    count: int | None = None
    empty_title: Text = ""
    empty_text: Text = ""
    retry: str = ""


@dataclass(frozen=True)
class NavItem:
    """An entry of the main navigation. `url` is a url name; `tab` puts it in the phone's bar too.

    `match` lists the path prefixes under which the entry is current (by default its own address).
    """

    label: Text
    url: str
    icon: str
    order: int = 50
    tab: bool = False
    match: tuple[str, ...] = field(default=())
