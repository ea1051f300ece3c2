# cjk: spellings of real files
"""Give refused rows back as a workbook: the layout of the sent file, the reason beside each row.

The person mends the rows and sends the workbook again: the reader passes over the reason column,
finds the same header, and `Book.batch` tells which import it belongs to.
"""

from __future__ import annotations

import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import xlsxwriter
from django.utils.translation import override

from lianfang.doors.imports.fields import header_key, is_reason
from lianfang.doors.imports.workbooks import BATCH_PROPERTY

if TYPE_CHECKING:
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from lianfang.doors.imports.headers import Proposal
    from lianfang.doors.imports.rows import RefusedRow
    from lianfang.doors.imports.tables import Cell, Sheet

REASON_TITLE = "原因 / Reason"
_REASON_WIDTH = 46.0
_PLAIN_WIDTH = 14.0
_LONGEST = 32_000


class ReturnedBook:
    """A workbook of refused rows, written row by row with flat memory.

        with ReturnedBook(path, batch, "zh-hans") as book:
            page = book.sheet(sheet, proposal)
            page.add(refused)

    `batch` (letters, digits, dashes) comes back as `Book.batch` when the file is sent again.
    """

    def __init__(self, path: Path, batch: str, language: str) -> None:
        self.language = language
        self._book = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
                "default_date_format": "yyyy-mm-dd",
            },
        )
        self._book.set_custom_property(BATCH_PROPERTY, batch)
        self.formats: dict[str, Format] = {
            "title": self._book.add_format({"bold": True, "align": "center", "font_size": 14}),
            "header": self._book.add_format(
                {"bold": True, "border": 1, "bg_color": "#EDF1F5", "text_wrap": True}
            ),
            "reason": self._book.add_format(
                {"text_wrap": True, "bg_color": "#FFF4D6", "font_color": "#7A3E00", "valign": "top"}
            ),
            # Text, so that identity numbers typed anew keep their digits.
            "cell": self._book.add_format({"num_format": "@", "valign": "top"}),
            "bad": self._book.add_format(
                {"num_format": "@", "valign": "top", "bg_color": "#FFE1DC"}
            ),
            "date": self._book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
        }

    def __enter__(self) -> ReturnedBook:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def sheet(self, sheet: Sheet, proposal: Proposal) -> ReturnedSheet:
        """Begin a sheet with the titles and the header of the one that was sent."""
        return ReturnedSheet(self, self._book.add_worksheet(sheet.name[:31]), sheet, proposal)

    def close(self) -> None:
        """Finish the file."""
        self._book.close()


class ReturnedSheet:
    """One sheet of a returned workbook."""

    def __init__(
        self, book: ReturnedBook, page: Worksheet, sheet: Sheet, proposal: Proposal
    ) -> None:
        self._book = book
        self._page = page
        last = proposal.header_rows[1]
        head = list(islice(sheet.rows(), last))
        # A file that was returned before has its reason column already: it is not doubled.
        first = head[-1][1][0] if head and head[-1][1] else ""
        upper = head[0][1][0] if head and head[0][1] else ""
        self._skip = 1 if any(is_reason(header_key(cell)) for cell in (first, upper)) else 0
        if not self._skip and proposal.header_rows[0] != last and len(head) > 1:
            above = head[proposal.header_rows[0] - 1][1]
            self._skip = 1 if above and is_reason(header_key(above[0])) else 0
        self._columns = max((len(row) for _number, row in head), default=1) - self._skip
        self._layout(sheet, proposal)
        self._write_head(head, sheet, proposal)
        self._next = last
        self.rows = 0

    def _layout(self, sheet: Sheet, proposal: Proposal) -> None:
        self._page.set_column(0, 0, _REASON_WIDTH)
        for index in range(self._columns):
            width = sheet.widths.get(index + self._skip, _PLAIN_WIDTH)
            self._page.set_column(index + 1, index + 1, min(width, 80), self._book.formats["cell"])
        self._page.freeze_panes(proposal.header_rows[1], 1)

    def _write_head(
        self, head: list[tuple[int, list[Cell]]], sheet: Sheet, proposal: Proposal
    ) -> None:
        begin, last = proposal.header_rows
        formats = self._book.formats
        across: dict[int, list[tuple[int, int]]] = {}
        inside: list[tuple[int, int, int, int]] = []
        for merge in sheet.merges:
            if merge.last_row > last:
                continue
            low = max(merge.first_column - self._skip + 1, 0 if merge.first_row < begin else 1)
            high = merge.last_column - self._skip + 1
            if low < high or merge.first_row < merge.last_row:
                inside.append((merge.first_row - 1, low, merge.last_row - 1, high))
                across.setdefault(merge.first_row, []).append((low, high))
        for number, row in head:
            style = formats["header"] if number >= begin else formats["title"]
            if number == begin:
                self._page.write_string(number - 1, 0, REASON_TITLE, formats["header"])
            elif number > begin:
                self._page.write_blank(number - 1, 0, None, formats["header"])
            for index, cell in enumerate(row[self._skip :]):
                self._cell(number - 1, index + 1, cell, style)
        for first_row, low, last_row, high in inside:
            # merge_range would write cells of rows already flushed; the merge alone is recorded.
            self._page.merge.append([first_row, low, last_row, high])

    def _cell(self, row: int, column: int, cell: Cell, style: Format) -> None:
        if cell == "" or cell is None:
            self._page.write_blank(row, column, None, style)
        elif isinstance(cell, datetime.datetime | datetime.date):
            self._page.write_datetime(row, column, cell, self._book.formats["date"])
        else:
            self._page.write_string(row, column, _text(cell)[:_LONGEST], style)

    def add(self, refused: RefusedRow) -> None:
        """Write a refused row: its reasons in the book's language, then its cells."""
        with override(self._book.language):
            said = [problem.words() for problem in refused.problems]
        formats = self._book.formats
        self._page.write_string(self._next, 0, "\n".join(said), formats["reason"])
        bad = {problem.column for problem in refused.problems}
        letters = _letters(len(refused.cells))
        for index, cell in enumerate(refused.cells[self._skip :]):
            style = formats["bad" if letters[index + self._skip] in bad else "cell"]
            if cell != "" or style is formats["bad"]:
                self._cell(self._next, index + 1, cell, style)
        self._next += 1
        self.rows += 1


_LETTERS: list[str] = []


def _letters(count: int) -> list[str]:
    from lianfang.doors.imports.tables import column_letter

    while len(_LETTERS) < count:
        _LETTERS.append(column_letter(len(_LETTERS)))
    return _LETTERS


def _text(cell: Any) -> str:
    """A cell as text; a number that Excel has rounded is shown as Excel shows it."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float | int):
        if abs(cell) >= 10**15:
            return f"{cell:.5E}".replace("E+0", "E+")
        return str(int(cell)) if cell == int(cell) else repr(cell)
    return str(cell)
