"""Excel files, through calamine; what calamine does not tell is read from the zip's parts.

Guards first: a stray cell in the last column of the last row makes calamine lay out the whole
rectangle in memory, and a small zip can unpack to gigabytes. Both are refused before they hurt.
"""

from __future__ import annotations

import re
import struct
import zipfile
from typing import IO, TYPE_CHECKING
from xml.etree import ElementTree

import python_calamine

from lianfang.doors.imports.problems import FileProblem
from lianfang.doors.imports.tables import Limits, Merge, NumberedRow, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BATCH_PROPERTY = "lianfang-import"

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CHUNK = 1 << 20
_WIDE_CELL = re.compile(rb"""\sr=["']([A-Z]{2,3})(\d+)["']""")
_ROW_START = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\sr=["'](\d+)["']""")
_COLUMN = re.compile(rb"<(?:\w+:)?col\s([^>]*)/?>")
_ATTRIBUTE = re.compile(rb"""(\w+)=["']([^"']*)["']""")
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_XLS_START = b"\x09\x08\x10\x00\x00\x06\x05\x00"
_FILEPASS = 0x2F
_BATCH = re.compile(rb'name="' + BATCH_PROPERTY.encode() + rb'"[^>]*>\s*<[^>]+>([\w-]{1,64})<')


def _column_index(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1


def _measure(file: IO[bytes]) -> tuple[int, int, dict[int, float]]:
    """Rows, columns and column widths of a sheet's XML, in one pass with flat memory."""
    rows, columns = 0, 26
    widths: dict[int, float] = {}
    tail = b""
    first = True
    while chunk := file.read(_CHUNK):
        piece = tail + chunk
        if first:
            first = False
            for column in _COLUMN.finditer(piece[: piece.find(b"sheetData")]):
                found = dict(_ATTRIBUTE.findall(column[1]))
                if b"width" in found and int(found.get(b"min", b"0")):
                    low, high = int(found[b"min"]), int(found.get(b"max") or found[b"min"])
                    for index in range(low - 1, min(high, 256)):
                        widths[index] = float(found[b"width"])
        for letters in {match[1] for match in _WIDE_CELL.finditer(piece)}:
            columns = max(columns, _column_index(letters) + 1)
        # Rows stand in order, so the last one of the piece is enough.
        at = piece.rfind(b"row ")
        while at > 0:
            if start := _ROW_START.search(piece, max(0, at - 12)):
                rows = max(rows, int(start[1]))
                break
            at = piece.rfind(b"row ", 0, at)
        tail = piece[-200:]
    return rows, columns, widths


def _is_locked(path: Path) -> bool:
    """Whether an OLE file is an encrypted xlsx, or an xls with a password for opening.

    Calamine, which finds out the kind of the file by trying, calls both of them damaged.
    """
    content = path.read_bytes()
    if _ENCRYPTED_PACKAGE in content:
        return True
    at = content.find(_XLS_START)
    for _record in range(6):  # FILEPASS stands among the first records, if at all
        if at < 0 or at + 4 > len(content):
            return False
        kind, length = struct.unpack_from("<HH", content, at)
        if kind == _FILEPASS:
            return True
        at += 4 + length
    return False


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Name of each sheet -> its part in the zip."""
    try:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    except (KeyError, ElementTree.ParseError):
        return {}
    targets = {item.get("Id"): item.get("Target", "") for item in relations}
    parts = {}
    for sheet in book.iter(f"{_MAIN}sheet"):
        target = targets.get(sheet.get(_RELATION), "")
        parts[sheet.get("name", "")] = target.lstrip("/") if target[:1] == "/" else f"xl/{target}"
    return parts


class ExcelSheet:
    """One sheet; its cells are loaded when rows or merges are first asked for."""

    def __init__(
        self, book: ExcelBook, name: str, *, hidden: bool, widths: dict[int, float], rows: int
    ) -> None:
        self.name = name
        self.hidden = hidden
        self.widths = widths
        self._book = book
        self._rows = rows
        self._loaded: python_calamine.CalamineSheet | None = None

    def _sheet(self) -> python_calamine.CalamineSheet:
        if self._loaded is None:
            # Only one sheet's cells are held at a time.
            for other in self._book.sheets:
                if isinstance(other, ExcelSheet):
                    other._loaded = None
            self._loaded = self._book.load(self.name)
        return self._loaded

    @property
    def expected_rows(self) -> int | None:
        """The last row's number."""
        end = None if self._rows else self._sheet().end
        return end[0] + 1 if end else self._rows

    @property
    def merges(self) -> list[Merge]:
        """The merged ranges of the sheet."""
        ranges = self._sheet().merged_cell_ranges or []
        return [Merge(low[0] + 1, low[1], high[0] + 1, high[1]) for low, high in ranges]

    def rows(self) -> Iterator[NumberedRow]:
        """Stream the rows from row 1 and column A on."""
        sheet = self._sheet()
        start = sheet.start
        if start is None:
            return
        left = start[1]
        if left:
            empty: list[str] = [""] * left
            for number, row in enumerate(sheet.iter_rows(), start=1):
                yield number, [*empty, *row]
        else:
            yield from enumerate(sheet.iter_rows(), start=1)


class ExcelBook:
    """An xlsx, xlsm, xlsb, ods or xls file."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.batch = ""
        self.sheets: list[Sheet] = []
        widths: dict[str, dict[int, float]] = {}
        heights: dict[str, int] = {}
        if zipfile.is_zipfile(path):
            widths, heights = self._inspect(path, limits)
        elif _is_locked(path):
            raise FileProblem("file-encrypted")
        self._file = path.open("rb")
        try:
            self._book = python_calamine.load_workbook(self._file)
            for data in self._book.sheets_metadata:
                if data.typ == python_calamine.SheetTypeEnum.WorkSheet:
                    hidden = data.visible != python_calamine.SheetVisibleEnum.Visible
                    self.sheets.append(
                        ExcelSheet(
                            self,
                            data.name,
                            hidden=hidden,
                            widths=widths.get(data.name, {}),
                            rows=heights.get(data.name, 0),
                        )
                    )
        except BaseException as error:
            self._file.close()
            raise self._told(error) from error
        if not self.sheets:
            self.close()
            raise FileProblem("file-unsupported")

    def _inspect(
        self, path: Path, limits: Limits
    ) -> tuple[dict[str, dict[int, float]], dict[str, int]]:
        widths: dict[str, dict[int, float]] = {}
        heights: dict[str, int] = {}
        try:
            with zipfile.ZipFile(path) as archive:
                names = set(archive.namelist())
                unpacked = sum(info.file_size for info in archive.infolist())
                if unpacked > limits.unpacked_bytes:
                    megabyte = 1024 * 1024
                    raise FileProblem(
                        "file-too-large",
                        size=unpacked // megabyte,
                        limit=limits.unpacked_bytes // megabyte,
                    )
                if "word/document.xml" in names or "ppt/presentation.xml" in names:
                    raise FileProblem("file-unsupported")
                if "docProps/custom.xml" in names:
                    with archive.open("docProps/custom.xml") as part:
                        found = _BATCH.search(part.read(1 << 16))
                    self.batch = found[1].decode() if found else ""
                for name, part_name in _sheet_parts(archive).items():
                    if part_name not in names or not part_name.endswith(".xml"):
                        continue
                    with archive.open(part_name) as part:
                        rows, columns, widths[name] = _measure(part)
                    heights[name] = rows
                    if rows * columns > limits.cells:
                        raise FileProblem("sheet-too-large", sheet=name, rows=rows, columns=columns)
        except (
            zipfile.BadZipFile,
            OSError,
            ValueError,
            RuntimeError,
            NotImplementedError,
        ) as error:
            raise self._told(error) from error
        return widths, heights

    @staticmethod
    def _told(error: BaseException) -> BaseException:
        """What calamine or zipfile says, in the words of the catalogue."""
        if isinstance(error, python_calamine.PasswordError):
            return FileProblem("file-encrypted")
        if isinstance(error, RuntimeError) and "password" in str(error):
            return FileProblem("file-encrypted")
        # Rust panics come as PanicException, which is no Exception: a file must not end a worker.
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            return FileProblem("file-damaged")
        return error

    def load(self, name: str) -> python_calamine.CalamineSheet:
        """Read the cells of a sheet; FileProblem when its part of the file is damaged."""
        try:
            return self._book.get_sheet_by_name(name)
        except BaseException as error:
            raise self._told(error) from error

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
