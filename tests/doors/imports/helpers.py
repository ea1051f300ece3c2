# cjk: titles of the sheets that tests read
"""Make small files for the tests and read them as the product does."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter
from stdnum.cn import ric

from lianfang.doors.imports.headers import Proposal, propose
from lianfang.doors.imports.problems import BadValue
from lianfang.doors.imports.reading import Options, Reading, Skipped
from lianfang.doors.imports.rows import HouseholdRow, Kind, RefusedRow
from lianfang.doors.imports.tables import Sheet, open_book

TODAY = datetime.date(2020, 1, 26)


def id_number(born: str = "19900101", sequence: int = 1) -> str:
    """A number that passes the check, of a county that does not exist."""
    number = f"440699{born}{sequence:03d}"
    return number + ric.calc_check_digit(number + "0")


def workbook(
    path: Path,
    rows: Sequence[Sequence[Any]],
    merges: Sequence[str] = (),
    sheet: str = "名册",
) -> Path:
    """An xlsx file of one sheet; None leaves a cell out; `merges` are ranges as A3:A5."""
    book = xlsxwriter.Workbook(
        str(path), {"default_date_format": "yyyy-mm-dd", "strings_to_formulas": False}
    )
    page = book.add_worksheet(sheet)
    for merge in merges:
        page.merge_range(merge, "")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None:
                page.write(number, column, value)
    book.close()
    return path


def sheet_of(path: Path) -> Sheet:
    return open_book(path).sheets[0]


@dataclass
class Outcome:
    """What became of a sheet."""

    entries: list[Any]
    refused: list[RefusedRow]
    skipped: list[Skipped]
    proposal: Proposal

    @property
    def households(self) -> list[HouseholdRow]:
        return [entry for entry in self.entries if isinstance(entry, HouseholdRow)]

    @property
    def reasons(self) -> dict[int, list[str]]:
        """Row -> codes of its problems."""
        return {row.row: [problem.code for problem in row.problems] for row in self.refused}

    @property
    def doors(self) -> dict[str, list[str]]:
        """building-unit-room -> names of its members."""
        return {
            "-".join(filter(None, one.address.door[1:])): [person.name for person in one.members]
            for one in self.households
        }


def read(
    path: Path,
    kind: Kind = Kind.ROSTER,
    remembered: dict[str, str] | None = None,
    options: Options | None = None,
) -> Outcome:
    """Read the first sheet of a file."""
    sheet = sheet_of(path)
    proposal = propose(sheet, kind, remembered=remembered)
    reading = Reading(sheet, proposal, options or Options(today=TODAY))
    items = list(reading.entries())
    refused = [item for item in items if isinstance(item, RefusedRow)]
    entries = [item for item in items if not isinstance(item, RefusedRow)]
    return Outcome(entries, refused, reading.skipped, proposal)


def code_of(clean: Any, *arguments: Any, **named: Any) -> str:
    """The code with which a value is refused, or what it was understood as."""
    try:
        return f"understood as {clean(*arguments, **named)!r}"
    except BadValue as bad:
        return bad.code
