# cjk: spellings of real files
"""Find the header of a sheet and say what each column is.

Above a header stand titles and dates of making; it may have two lines with merged groups. The
answer is a proposal: what is sure, what is likely, and samples of the rest for a person to map.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from lianfang.doors.imports import fields
from lianfang.doors.imports.identities import identity
from lianfang.doors.imports.phones import phones
from lianfang.doors.imports.problems import BadValue, FileProblem
from lianfang.doors.imports.rows import Kind
from lianfang.doors.imports.tables import column_letter
from lianfang.doors.imports.values import is_blank, sex, short, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lianfang.doors.imports.tables import Cell, Merge, NumberedRow, Sheet

SEARCHED_ROWS = 40
SAMPLES = 3
_DATA_LIKE = re.compile(r"\d{3,}|\d+[-.]\d+|^\d+$")


@dataclass(slots=True)
class Column:
    """One column of a proposal. `field` is empty when the column is ignored or not known."""

    index: int
    header: str
    key: str
    field: str = fields.IGNORE
    confidence: float = 0.0
    samples: tuple[str, ...] = ()

    @property
    def letter(self) -> str:
        """Excel's letter."""
        return column_letter(self.index)


@dataclass(slots=True)
class Proposal:
    """What a sheet seems to be. `header_rows` are the first and last line of the header."""

    kind: Kind
    sheet: str
    header_rows: tuple[int, int]
    columns: list[Column]
    missing: list[str] = field(default_factory=list)

    @property
    def mapping(self) -> dict[int, str]:
        """Column index -> field, for the columns that are read."""
        return {column.index: column.field for column in self.columns if column.field}

    @property
    def ignored(self) -> list[Column]:
        """Columns that have a title and are not read."""
        return [column for column in self.columns if not column.field and column.header]

    def with_fields(self, chosen: Mapping[int, str]) -> Proposal:
        """The proposal as a person changed it: column index -> field, empty to ignore."""
        columns = [
            Column(
                column.index,
                column.header,
                column.key,
                chosen.get(column.index, column.field),
                1.0 if column.index in chosen else column.confidence,
                column.samples,
            )
            for column in self.columns
        ]
        found = {column.field for column in columns if column.field}
        missing = fields.missing_fields(self.kind, found)
        return Proposal(self.kind, self.sheet, self.header_rows, columns, missing)

    def to_remember(self) -> dict[str, str]:
        """Header key -> field, to be kept for the community and given to `propose` next time."""
        return {column.key: column.field for column in self.columns if column.key}


# --- looking at the rows ----------------------------------------------------------------------


def _title(cell: Cell) -> str:
    return shown(cell) if isinstance(cell, str) else ""


def _recognise(kind: Kind, key: str, remembered: Mapping[str, str]) -> tuple[str, float]:
    if key in remembered:
        return remembered[key], 1.0
    return fields.recognise(kind, key)


def _assign(
    kind: Kind, titles: Sequence[Sequence[str]], remembered: Mapping[str, str]
) -> dict[int, tuple[str, float]]:
    """Column -> (field, confidence): each field once, to the surest column."""
    wishes: list[tuple[float, int, str]] = []
    for index, candidates in enumerate(titles):
        best = (fields.IGNORE, 0.0)
        for key in candidates:
            found = _recognise(kind, key, remembered)
            if found[1] > best[1]:
                best = found
        if best[1]:
            wishes.append((best[1], index, best[0]))
    given: dict[int, tuple[str, float]] = {}
    taken: set[str] = set()
    for confidence, index, name in sorted(wishes, key=lambda wish: (-wish[0], wish[1])):
        if name and name in taken and name not in fields.REPEATABLE:
            continue
        taken.add(name)
        given[index] = (name, confidence)
    return given


def _score(given: Mapping[int, tuple[str, float]]) -> float:
    return sum(confidence for name, confidence in given.values() if name or confidence == 1.0)


def _spread(
    row: Sequence[Cell], number: int, merges: Sequence[Merge], below: Sequence[Cell]
) -> list[str]:
    """The upper line of a header with each group's title over all of its columns."""
    titles = [_title(cell) for cell in row]
    titles += [""] * (len(below) - len(titles))
    merged = [merge for merge in merges if merge.first_row == number == merge.last_row]
    for merge in merged:
        for index in range(merge.first_column + 1, min(merge.last_column + 1, len(titles))):
            titles[index] = titles[index] or titles[merge.first_column]
    if not merged:
        # Text files know no merging: a group reaches over the empty cells to its right.
        for index in range(1, len(titles)):
            if not titles[index] and index < len(below) and _title(below[index]):
                titles[index] = titles[index - 1]
    return titles


def _looks_like_header(row: Sequence[Cell]) -> bool:
    said = [cell for cell in row if not is_blank(cell)]
    return len(said) >= 2 and all(
        isinstance(cell, str) and len(cell) <= 30 and not _DATA_LIKE.search(shown(cell))
        for cell in said
    )


@dataclass(slots=True)
class _Found:
    score: float
    rows: tuple[int, int]
    titles: list[str]
    keys: list[str]
    given: dict[int, tuple[str, float]]


def _single(kind: Kind, row: NumberedRow, remembered: Mapping[str, str]) -> _Found:
    number, cells = row
    titles = [_title(cell) for cell in cells]
    keys = [fields.header_key(title) for title in titles]
    given = _assign(kind, [[key] for key in keys], remembered)
    return _Found(_score(given), (number, number), titles, keys, given)


def _double(
    kind: Kind,
    upper: NumberedRow,
    lower: NumberedRow,
    merges: Sequence[Merge],
    remembered: Mapping[str, str],
) -> _Found:
    above = _spread(upper[1], upper[0], merges, lower[1])
    below = [_title(cell) for cell in lower[1]]
    below += [""] * (len(above) - len(below))
    titles, keys, candidates = [], [], []
    for over, under in zip(above, below, strict=True):
        top, bottom = fields.header_key(over), fields.header_key(under)
        joined = top + bottom if top != bottom else top
        titles.append(under or over)
        keys.append(joined)
        # 户主信息 over 姓名 is the head; the joined title says more than the lower one alone.
        if bottom and re.match("户主|业主|房主", top) and bottom in ("姓名", "名字"):
            candidates.append(["户主姓名"])
        else:
            candidates.append([key for key in (joined, bottom or top) if key])
    given = _assign(kind, candidates, remembered)
    return _Found(_score(given), (upper[0], lower[0]), titles, keys, given)


def _best(
    kind: Kind, rows: Sequence[NumberedRow], merges: Sequence[Merge], remembered: Mapping[str, str]
) -> _Found | None:
    best: _Found | None = None
    for position, row in enumerate(rows):
        if sum(1 for cell in row[1] if not is_blank(cell)) < 2 and not remembered:
            continue
        found = _single(kind, row, remembered)
        if position + 1 < len(rows) and _looks_like_header(rows[position + 1][1]):
            double = _double(kind, row, rows[position + 1], merges, remembered)
            # Two header lines must bring more than one, or the second is data or a repetition.
            if double.score > found.score + 0.5 and _looks_like_header(row[1]):
                found = double
        if len(found.given) >= 2 and (best is None or found.score > best.score + 0.01):
            best = found
    return best


# --- columns whose title says nothing: by what stands in them ----------------------------------


def _fits(cell: Cell, check: Callable[[Cell], object]) -> bool:
    try:
        check(cell)
    except BadValue as bad:
        return bad.code in ("number-rounded", "id-checksum", "id-masked")
    return True


def _by_content(kind: Kind, cells: Sequence[Cell], wanted: set[str]) -> tuple[str, float]:
    said = [cell for cell in cells if not is_blank(cell)]
    if len(said) < 3 or kind == Kind.AREAS:
        return fields.IGNORE, 0.0
    checks: dict[str, Callable[[Cell], object]] = {
        "id_number": identity,
        "phone": phones,
        "sex": sex,
    }
    for name, check in checks.items():
        if name in wanted and sum(_fits(cell, check) for cell in said) >= 0.8 * len(said):
            return name, 0.6
    return fields.IGNORE, 0.0


def propose(
    sheet: Sheet,
    kind: Kind,
    *,
    remembered: Mapping[str, str] | None = None,
    header_row: int | None = None,
) -> Proposal:
    """Find the header of a sheet that holds rows of a kind and say what each column is.

    `remembered` (header key -> field, empty to ignore) wins over the synonyms; `header_row` is a
    person's choice of the row. FileProblem `header-not-found`, `sheet-empty`.
    """
    rows = list(islice(sheet.rows(), SEARCHED_ROWS + 60))
    merges = sheet.merges
    return _propose(sheet.name, rows, merges, kind, remembered or {}, header_row)


def _propose(
    name: str,
    rows: list[NumberedRow],
    merges: Sequence[Merge],
    kind: Kind,
    remembered: Mapping[str, str],
    header_row: int | None,
) -> Proposal:
    if not any(not is_blank(cell) for _number, row in rows for cell in row):
        raise FileProblem("sheet-empty", sheet=name)
    searched = rows[:SEARCHED_ROWS]
    if header_row is not None:
        searched = [row for row in rows if row[0] == header_row]
        found = _single(kind, searched[0], remembered) if searched else None
    else:
        found = _best(kind, searched, merges, remembered)
    if found is None:
        raise FileProblem("header-not-found", rows=len(searched))
    body = [row for number, row in rows if number > found.rows[1]]
    width = max(len(found.titles), max((len(row) for row in body), default=0))
    wanted = set(fields.SYNONYMS[kind]) - {field for field, _sure in found.given.values()}
    columns = []
    for index in range(width):
        title = found.titles[index] if index < len(found.titles) else ""
        key = found.keys[index] if index < len(found.keys) else ""
        cells = [row[index] for row in body if index < len(row)]
        field_name, confidence = found.given.get(index, (fields.IGNORE, 0.0))
        if fields.is_reason(key):
            field_name, confidence, key = fields.IGNORE, 1.0, ""
            title = ""
        elif not confidence and key not in remembered:
            field_name, confidence = _by_content(kind, cells, wanted)
            wanted.discard(field_name)
        samples = [short(shown(cell), 24) for cell in cells if not is_blank(cell)][:SAMPLES]
        if title or samples:
            columns.append(Column(index, title, key, field_name, confidence, tuple(samples)))
    columns = [column for column in columns if column.header or column.field or column.key]
    mapped = {column.field for column in columns if column.field}
    return Proposal(kind, name, found.rows, columns, fields.missing_fields(kind, mapped))


def guess_kind(sheet: Sheet) -> Kind | None:
    """What a sheet most likely holds; None when no kind's titles are found in it."""
    rows = list(islice(sheet.rows(), SEARCHED_ROWS))
    merges = sheet.merges
    best: tuple[float, Kind] | None = None
    for kind in Kind:
        found = _best(kind, rows, merges, {})
        if found is None:
            continue
        mapped = {name for name, _sure in found.given.values()}
        score = found.score - 2.0 * len(fields.missing_fields(kind, mapped))
        if best is None or score > best[0]:
            best = (score, kind)
    return best[1] if best and best[0] > 0 else None
