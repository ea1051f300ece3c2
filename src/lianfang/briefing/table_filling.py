"""A table that somebody from above wants: its columns are mapped once, the records fill it.

The table stays as it came, in its own format: only empty cells below a mapped heading are filled,
beside the name or the code of an area in the actor's scope. What was typed there stays.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID
from zipfile import BadZipFile

import openpyxl
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from lianfang.areas import queries as area_queries
from lianfang.areas.models import Area
from lianfang.briefing import queries
from lianfang.briefing.figures import FIGURES
from lianfang.briefing.rules import Span
from lianfang.kernel.actors import Actor
from lianfang.kernel.ids import derive_id
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.verbs import Verb

MOST_BYTES, MOST_ROWS, MOST_COLUMNS, MOST_AREAS = 1_000_000, 2_000, 60, 300
_HEADING_ROWS = 15
# Any constant id will do: what tells tables apart is their headings.
_ROOT = UUID("01900000-0000-7000-8000-000000000000")

NOT_A_TABLE = problem(
    "table.not_a_table",
    _("This is no xlsx file that can be read."),
    _("Open it in Excel or WPS and save it as xlsx."),
    status=422,
)
NO_AREAS = problem(
    "table.no_areas",
    _("No line of this table begins with the name or the code of one of your areas."),
    _("Write the communities, streets or grids into the first column, one a line."),
    status=422,
)
TOO_LARGE = problem(
    "table.too_large",
    _("This table is too large: one megabyte, 2,000 lines and 300 areas at most."),
    _("Split it by streets or communities."),
    status=413,
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column to be filled: its number from 1, its heading, the figure that seems to be meant."""

    number: int
    title: str
    proposed: str


@dataclass(frozen=True, slots=True)
class Table:
    """What was found in a file: where the headings are, the columns, the lines with an area."""

    heading: int
    columns: tuple[Column, ...]
    areas: tuple[tuple[int, Area], ...]

    @property
    def id(self) -> UUID:
        """Return the id by which a table of the same headings is known again."""
        return derive_id(_ROOT, "table", *(c.title for c in self.columns))


def read(actor: Actor, data: bytes) -> Table:
    """Return what is to be filled in the first sheet of an xlsx file. Raises Refuse."""
    sheet = _sheet(_book(data))
    lines = _area_lines(actor, sheet)
    if not lines:
        raise Refuse(NO_AREAS, "file")
    if len(lines) > MOST_AREAS:
        raise Refuse(TOO_LARGE, "file")
    first = lines[0][0]
    heading = _heading(sheet, first)
    columns = []
    for number in range(1, min(sheet.max_column, MOST_COLUMNS) + 1):
        title = _text(sheet.cell(heading, number).value) if heading else ""
        empty = any(sheet.cell(row, number).value in (None, "") for row, _area in lines)
        if title and empty:
            columns.append(Column(number, title, propose(title)))
    return Table(heading, tuple(columns), tuple(lines))


def propose(title: str) -> str:
    """Return the code of the figure whose name, in either language, a heading contains, else ''."""
    wanted = _plain(title)
    best = ("", 0)
    for code, figure in FIGURES.items():
        for language in ("zh-hans", "en"):
            with translation.override(language):
                label = _plain(str(figure.label))
            if label and label in wanted and len(label) > best[1]:
                best = (code, len(label))
    return best[0]


def fill(
    actor: Actor, data: bytes, table: Table, mapping: Mapping[int, str], span: Span
) -> tuple[bytes, int]:
    """Return the file with its empty cells filled, and how many were; `mapping` is column→figure.

    A figure that the actor may not see of an area leaves the cell empty.
    """
    book = _book(data)
    sheet = _sheet(book)
    figures = [FIGURES[code] for code in dict.fromkeys(mapping.values()) if code in FIGURES]
    filled = 0
    for row, area in table.areas:
        seen = [f for f in figures if f.seen_by(actor, area.path)]
        numbers = queries.numbers(actor, area, seen, span) if seen else {}
        for number, code in mapping.items():
            cell = sheet.cell(row, number)
            value = numbers.get(code)
            if value is not None and cell.value in (None, ""):
                cell.value = value
                filled += 1
    out = io.BytesIO()
    book.save(out)
    return out.getvalue(), filled


def _book(data: bytes) -> openpyxl.Workbook:
    if len(data) > MOST_BYTES:
        raise Refuse(TOO_LARGE, "file")
    try:
        return openpyxl.load_workbook(io.BytesIO(data))
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise Refuse(NOT_A_TABLE, "file") from error


def _sheet(book: openpyxl.Workbook) -> Worksheet:
    found = book.worksheets
    if not found or found[0].max_row > MOST_ROWS:
        raise Refuse(TOO_LARGE if found else NOT_A_TABLE, "file")
    return found[0]


def _text(value: object) -> str:
    return unicodedata.normalize("NFKC", str(value)).strip() if value is not None else ""


def _plain(text: str) -> str:
    return "".join(_text(text).lower().split())


def _area_lines(actor: Actor, sheet: Worksheet) -> list[tuple[int, Area]]:
    """Return the lines in whose first three cells an area of the actor's scope is named."""
    words: dict[int, list[str]] = {}
    for row in range(1, sheet.max_row + 1):
        cells = [_text(sheet.cell(row, n).value).removesuffix(".0") for n in (1, 2, 3)]
        words[row] = [w for w in cells if w]
    known = _named(actor, {w for listed in words.values() for w in listed})
    found = []
    for row, listed in words.items():
        area = next((known[w] for w in listed if w in known), None)
        if area is not None:
            found.append((row, area))
    return found


def _named(actor: Actor, wanted: set[str]) -> dict[str, Area]:
    """Return areas by code and by name; a name that several have is told by none."""
    if not wanted:
        return {}
    rows = area_queries.areas(actor).filter(valid_to=None)
    by_code = {a.code: a for a in rows.filter(code__in=wanted)}
    by_name: dict[str, list[Area]] = {}
    for area in rows.filter(name__in=wanted):
        by_name.setdefault(area.name, []).append(area)
    single = {name: found[0] for name, found in by_name.items() if len(found) == 1}
    return {k: a for k, a in {**single, **by_code}.items() if actor.may(Verb.READ, a.path)}


def _heading(sheet: Worksheet, first: int) -> int:
    """Return the line above the first area with the most texts; 0 when there is none."""
    best, most = 0, 0
    for row in range(max(1, first - _HEADING_ROWS), first):
        cells = [_text(sheet.cell(row, n).value) for n in range(1, sheet.max_column + 1)]
        number = sum(bool(cell) for cell in cells)
        if number >= most and number:
            best, most = row, number
    return best


def kept(columns: Sequence[Column], mapping: Mapping[str, str]) -> dict[int, str]:
    """Return a kept mapping (heading→figure) for the columns of a table (number→figure)."""
    return {c.number: mapping[c.title] for c in columns if mapping.get(c.title) in FIGURES}
