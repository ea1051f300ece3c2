"""Open a file of whatever kind and give its sheets as streams of rows.

What a file is is told by its bytes, not by its name: communities send xlsx files called .xls and
text files called .xlsx.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from lianfang.doors.imports.problems import FileProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

Cell = (
    int
    | float
    | str
    | bool
    | datetime.time
    | datetime.date
    | datetime.datetime
    | datetime.timedelta
)
NumberedRow = tuple[int, list[Cell]]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read: bytes of the file, bytes unpacked, cells of a sheet's rectangle."""

    file_bytes: int = 64 * 1024 * 1024
    unpacked_bytes: int = 1024 * 1024 * 1024
    cells: int = 20_000_000


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range: rows count from 1 as Excel does, columns from 0; both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


class Sheet(Protocol):
    """One sheet. `expected_rows` is for progress bars: None where it is not known beforehand."""

    @property
    def name(self) -> str:
        """The name on the tab; for a text file the file's name."""

    @property
    def hidden(self) -> bool:
        """Whether Excel hides the sheet."""

    @property
    def expected_rows(self) -> int | None:
        """The number of the last row, if known."""

    @property
    def merges(self) -> list[Merge]:
        """The merged ranges."""

    @property
    def widths(self) -> dict[int, float]:
        """Widths of columns (from 0) in Excel's unit, where the file sets them."""

    def rows(self) -> Iterator[NumberedRow]:
        """Each row with its number, cells from column A on; may be called again."""


class Book(Protocol):
    """A file with its sheets; `batch` is set on a file that this program returned earlier."""

    @property
    def sheets(self) -> list[Sheet]:
        """All sheets, hidden ones too, in the file's order."""

    @property
    def batch(self) -> str:
        """The id of the import whose refused rows these are, or empty."""

    def close(self) -> None:
        """Let go of the file."""


def open_book(path: Path, *, name: str = "", limits: Limits | None = None) -> Book:
    """Open a file; `name` is what its sender called it.

    Raises FileProblem when it is missing, empty, too large, encrypted, damaged or no table.
    """
    # Here, as both import the types of this module.
    from lianfang.doors.imports.texts import TextBook
    from lianfang.doors.imports.workbooks import ExcelBook

    limits = limits or Limits()
    name = name or path.name
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise FileProblem("file-missing") from error
    if size == 0 or not head.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise FileProblem("file-empty")
    if size > limits.file_bytes:
        megabyte = 1024 * 1024
        raise FileProblem(
            "file-too-large", size=-(-size // megabyte), limit=limits.file_bytes // megabyte
        )
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")):
        return ExcelBook(path, limits)
    if head.startswith((b"%PDF", b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"Rar!", b"7z\xbc\xaf")):
        raise FileProblem("file-unsupported")
    lowered = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if lowered.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")):
        raise FileProblem("file-is-web-page")
    if lowered.startswith(b"<?xml") or (
        b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff"))
    ):
        raise FileProblem("file-unsupported")
    return TextBook(path, name, limits)


def sheet_named(book: Book, name: str) -> Sheet:
    """Find a sheet by the name on its tab; FileProblem `sheet-missing` when there is none."""
    for sheet in book.sheets:
        if sheet.name == name:
            return sheet
    raise FileProblem("sheet-missing", sheet=name)


def column_letter(index: int) -> str:
    """Excel's name of a column: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
