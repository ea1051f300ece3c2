# cjk: spellings of real files
"""Read a sheet by its mapping: a stream of typed entries and of refused rows.

    for item in Reading(sheet, proposal, options).entries(): ...

Each row of the sheet ends in exactly one place: in an entry, as a refused row, or in `skipped`
with the reason (header repeated, total, note, heading), or it is blank and counted in `blank`.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lianfang.doors.imports import registers
from lianfang.doors.imports.fields import KEYS, header_key
from lianfang.doors.imports.passengers import passenger_entries
from lianfang.doors.imports.problems import BadValue, FileProblem, Problem
from lianfang.doors.imports.roster import roster_entries
from lianfang.doors.imports.rows import Kind, RefusedRow
from lianfang.doors.imports.tables import column_letter
from lianfang.doors.imports.traced import case_entries, contact_entries
from lianfang.doors.imports.values import is_blank, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lianfang.doors.imports.headers import Proposal
    from lianfang.doors.imports.rows import Entry
    from lianfang.doors.imports.tables import Cell, NumberedRow, Sheet

_FOOTER = re.compile(
    r"\s*(?:本页|本表)?\s*(?:合\s*计|总\s*计|小\s*计|共\s*计|总\s*数|total\b|sum\b|subtotal\b)",
    re.I,
)
_NOTE = re.compile(
    r"\s*(?:填\s*表|制\s*表|填\s*报|审\s*核|审\s*批|统计人|核对人|登记人|经办人|负责人|联系人|联系电话|复核|日\s*期|"
    r"盖\s*章|签\s*[名字]|单位[（(]?盖?章?|注\s*[：:\d1]|备\s*注\s*[：:]|说\s*明|填写说明|温馨提示|注意|以上|第.{1,4}页|"
    r"※|note|prepared by|remarks?\s*:|page \d)",
    re.I,
)
# A person or a serial number in a row's first cell is no note: 负责人 may begin a longer name.
_PERSON_FIELDS = ("name", "name_latin", "last_name", "head", "id_number", "code")
# What belongs to one person: a merged cell there is a slip and is not filled down.
_NOT_FILLED = frozenset(
    {
        "name",
        "first_name",
        "last_name",
        "number",
        "id_number",
        "relation",
        "code",
        "sex",
        "birth_date",
    }
)


@dataclass(frozen=True, slots=True)
class Options:
    """What the reader must know from outside.

    `today` bounds birth dates; `area_code` (as 0757) completes landline numbers; `area` is taken
    for rows whose file names none.
    """

    today: datetime.date = field(default_factory=datetime.date.today)
    area_code: str = ""
    area: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is no entry, and why (a key of problems.SKIPPED)."""

    row: int
    why: str
    said: str = ""


class Reading:
    """One pass over a sheet; `rows`, `blank` and `skipped` grow as the entries are taken."""

    def __init__(self, sheet: Sheet, proposal: Proposal, options: Options | None = None) -> None:
        if proposal.missing:
            raise FileProblem("fields-missing", fields=", ".join(proposal.missing))
        self.sheet = sheet
        self.proposal = proposal
        self.options = options or Options()
        self.rows = 0
        self.blank = 0
        self.skipped: list[Skipped] = []
        self.headers = {column.index: column.header for column in proposal.columns}
        self.at: dict[str, list[int]] = {}
        for index, name in proposal.mapping.items():
            self.at.setdefault(name, []).append(index)
        self._width = max(proposal.mapping, default=0) + 1
        self._labels = {
            column.index: column.key for column in proposal.columns if column.key and column.field
        }
        persons = [self.at[name][0] for name in _PERSON_FIELDS if name in self.at]
        self._person_columns = persons or [min(proposal.mapping)]

    def entries(self) -> Iterator[Entry | RefusedRow]:
        """Stream what the rows mean, in the sheet's order."""
        readers: dict[Kind, Callable[[Reading], Iterator[Entry | RefusedRow]]] = {
            Kind.ROSTER: roster_entries,
            Kind.HELPERS: registers.helper_entries,
            Kind.ORGANISATIONS: registers.organisation_entries,
            Kind.AREAS: registers.area_entries,
            Kind.MANIFEST: passenger_entries,
            Kind.CASES: case_entries,
            Kind.CONTACTS: contact_entries,
        }
        return readers[self.proposal.kind](self)

    def first(self, name: str) -> int:
        """The column of a field, or -1, which is the empty cell put at each row's end."""
        return self.at.get(name, [-1])[0]

    def problem(self, bad: BadValue, row: int, column: int = -1) -> Problem:
        """A bad value as a problem of a row, with its column's letter and title."""
        if column < 0:
            return Problem(bad.code, row, params=bad.params)
        return Problem(
            bad.code, row, column_letter(column), self.headers.get(column, ""), bad.params
        )

    def data(self) -> Iterator[NumberedRow]:
        """The rows that are entries, merged cells filled down, one empty cell added at the end."""
        header_end = self.proposal.header_rows[1]
        starts, fillable = self._vertical_merges(header_end)
        held: dict[int, tuple[int, Cell]] = {}
        width, persons = self._width, self._person_columns
        for number, source in self.sheet.rows():
            if number <= header_end:
                continue
            self.rows += 1
            cells = source
            cells.extend([""] * (max(width - len(cells), 0) + 1))
            leading = cells[0] or cells[1]
            suspect = type(leading) is str and (_FOOTER.match(leading) or _NOTE.match(leading))
            named = False
            for index in persons:
                if cells[index] != "":
                    named = True
                    break
            # A detailed export has two lines of titles: the names of properties, and captions.
            titles = number == header_end + 1 and self._says_titles(cells)
            if (suspect or titles or not named or self._repeats(cells)) and (
                why := self._why_skipped(number, cells, starts, held)
            ):
                if why == "blank":
                    self.blank += 1
                    continue
                said = next((str(cell) for cell in cells if not is_blank(cell)), "")
                self.skipped.append(Skipped(number, why, said[:60]))
                continue
            if fillable:
                for column, last in starts.get(number, ()):
                    held[column] = (last, cells[column])
                for column, (last, value) in list(held.items()):
                    if number > last:
                        del held[column]
                    elif cells[column] == "":
                        cells[column] = value
            yield number, cells

    def _vertical_merges(self, header_end: int) -> tuple[dict[int, list[tuple[int, int]]], bool]:
        """First row -> (column, last row), for merged cells that are filled down."""
        fields_by_column = self.proposal.mapping
        starts: dict[int, list[tuple[int, int]]] = {}
        for merge in self.sheet.merges:
            if merge.first_row <= header_end or merge.first_row == merge.last_row:
                continue
            column = merge.first_column
            if fields_by_column.get(column, "name") not in _NOT_FILLED:
                starts.setdefault(merge.first_row, []).append((column, merge.last_row))
        return starts, bool(starts)

    def _repeats(self, cells: list[Cell]) -> bool:
        """Whether a row says the header again: told by the column of the name."""
        index = self._person_columns[0]
        label = self._labels.get(index)
        cell = cells[index]
        if not label or type(cell) is not str or not cell:
            return False
        if cell == self.headers.get(index):
            return True
        return len(cell) < 20 and cell.strip("* ")[:1] == label[0] and header_key(cell) == label

    def _why_skipped(
        self,
        number: int,
        cells: list[Cell],
        starts: Mapping[int, list[tuple[int, int]]],
        held: Mapping[int, tuple[int, Cell]],
    ) -> str:
        said = [(index, cell) for index, cell in enumerate(cells) if not is_blank(cell)]
        mapped = [pair for pair in said if pair[0] in self.headers and pair[0] in self._mapped]
        if not said:
            # Inside a merged household an otherwise empty row is the frame of the table.
            return "blank"
        same = sum(
            1
            for index, label in self._labels.items()
            if isinstance(cells[index], str) and header_key(cells[index]) == label
        )
        if (same >= 2 and same * 2 >= len(mapped)) or self._says_titles(cells):
            return "header"
        if self._is_under_header(cells):
            return "header"
        first = shown(said[0][1]) if isinstance(said[0][1], str) else ""
        if _FOOTER.match(first):
            return "total"
        if first and _NOTE.match(first) and len(said) <= 6:
            return "note"
        if len(said) == 1 and (not mapped or number not in starts):
            only = said[0]
            if isinstance(only[1], int | float) and not mapped:
                return "blank"  # the serial number of a row that was never filled in
            if not mapped or (isinstance(only[1], str) and len(only[1]) > 25):
                return "heading" if len(str(only[1])) <= 25 else "note"
        if mapped and {self._mapped[index] for index, _cell in mapped} == {"area"}:
            return "heading"
        if not mapped and not held:
            return "blank" if len(said) <= 1 else "note"
        return "" if mapped else "note"

    def _says_titles(self, cells: list[Cell]) -> bool:
        """Whether a row says, in other words than the header, what each column is."""
        known = KEYS[self.proposal.kind]
        said = [(i, c) for i, c in enumerate(cells) if i in self._mapped and not is_blank(c)]
        same = sum(1 for index, cell in said if known.get(header_key(cell)) == self._mapped[index])
        return same >= 3 and same * 2 >= len(said)

    @property
    def _mapped(self) -> Mapping[int, str]:
        return self.proposal.mapping

    def _is_under_header(self, cells: list[Cell]) -> bool:
        """Whether a row is one of column numbers under the header: 1 2 3 4, (1) (2), 甲 乙."""
        said = [cell for cell in cells if not is_blank(cell)]
        if len(said) < 3:
            return False
        try:
            numbers = [int(shown(cell).strip("()（） ")) for cell in said]
        except ValueError:
            return False
        return numbers == list(range(numbers[0], numbers[0] + len(numbers)))
