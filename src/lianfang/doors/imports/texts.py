# cjk: spellings of real files
"""Text tables: encoding and delimiter are found out, rows are streamed."""

from __future__ import annotations

import codecs
import csv
from typing import TYPE_CHECKING

from lianfang.doors.imports.problems import FileProblem
from lianfang.doors.imports.tables import Limits, Merge, NumberedRow, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Excel's own limit for a cell; a longer one means a quote that was never closed.
LONGEST_CELL = 32_767
_CHUNK = 1 << 20
_DELIMITERS = ",\t;|，"


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def detect_encoding(path: Path) -> str:
    """Name the encoding of a whole file: by its mark, else UTF-8, else GB 18030.

    Raises FileProblem `file-encoding` when it is none of them.
    """
    with path.open("rb") as file:
        mark = file.read(3)
    if mark.startswith(codecs.BOM_UTF8):
        candidates = ["utf-8-sig", "gb18030"]
    elif mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    else:
        candidates = ["utf-8", "gb18030"]
    for encoding in candidates:
        if _decodes(path, encoding):
            return encoding
    raise FileProblem("file-encoding")


def detect_delimiter(sample: str) -> str:
    """The delimiter that splits most lines of a sample into the same number of cells."""
    lines = [line for line in sample.splitlines()[:60] if line.strip()]
    best, best_score = ",", 0
    for delimiter in _DELIMITERS:
        try:
            counts = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        except csv.Error:
            continue  # `rows` will say what is wrong with the file
        wide = [count for count in counts if count > 1]
        if not wide:
            continue
        common = max(set(wide), key=wide.count)
        score = wide.count(common) * 100 + min(common, 50)
        if score > best_score:
            best, best_score = delimiter, score
    return best


class TextSheet:
    """The one sheet of a text file. Row numbers are those that Excel would show."""

    hidden = False
    expected_rows: int | None = None

    def __init__(self, path: Path, name: str, limits: Limits) -> None:
        self.name = name
        self.merges: list[Merge] = []
        self.widths: dict[int, float] = {}
        self.encoding = detect_encoding(path)
        self._path = path
        self._limits = limits
        with path.open(encoding=self.encoding, newline="") as file:
            self.delimiter = detect_delimiter(file.read(1 << 16))

    def rows(self) -> Iterator[NumberedRow]:
        """Stream the rows; a quote that was never closed is a damaged file."""
        csv.field_size_limit(LONGEST_CELL)
        cells = 0
        with self._path.open(encoding=self.encoding, newline="") as file:
            reader = csv.reader(file, delimiter=self.delimiter)
            number = 0
            try:
                for number, row in enumerate(reader, start=1):
                    cells += len(row)
                    if cells > self._limits.cells:
                        raise FileProblem(
                            "sheet-too-large", sheet=self.name, rows=number, columns=len(row)
                        )
                    yield number, row  # type: ignore[misc]  # list[str] is only read
            except csv.Error as error:
                raise FileProblem("file-damaged") from error


class TextBook:
    """A csv or tab-separated file."""

    batch = ""

    def __init__(self, path: Path, name: str, limits: Limits) -> None:
        self.sheets: list[Sheet] = [TextSheet(path, name, limits)]

    def close(self) -> None:
        """Nothing is held open between reads."""
