# cjk: spellings of real files
"""Rows of helpers, organisations and areas -> typed entries: one row, one entry."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from lianfang.doors.imports.identities import id_kind, identity
from lianfang.doors.imports.phones import phones
from lianfang.doors.imports.problems import BadValue, Problem
from lianfang.doors.imports.rows import AreaRow, HelperRow, OrganisationRow, RefusedRow
from lianfang.doors.imports.values import is_blank, line, roles, sex, short, text, words
from lianfang.doors.imports.values import name as clean_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeVar

    from lianfang.doors.imports.reading import Reading
    from lianfang.doors.imports.tables import Cell

    T = TypeVar("T")

_AREA_CODE = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,31}")
_LEVELS = {
    word: level
    for level, said in {
        "country": "国家 国 country nation 0",
        "province": "省 省级 自治区 直辖市 省份 province adm1",
        "city": "市 市级 地级市 地级 地市 自治州 city prefecture adm2",
        "county": "县 区 区县 县级 区级 县级市 市辖区 county district adm3",
        "street": "街道 镇 乡 乡镇 镇街 街镇 乡级 乡镇街道 street township town adm4",
        "community": "社区 村 居委会 村委会 行政村 村级 社区村 community village adm5",
        "grid": "网格 网格级 单元网格 专属网格 grid",
    }.items()
    for word in said.split()
}


class Fields:
    """One row being read: each field is cleaned, each bad one becomes a problem."""

    def __init__(self, reading: Reading, row: int, cells: list[Cell]) -> None:
        self.reading = reading
        self.row = row
        self.cells = cells
        self.problems: list[Problem] = []

    def take(self, field: str, clean: Callable[[Cell], T], default: T) -> T:
        """The clean value of a field, or the default when the cell is blank or bad."""
        index = self.reading.first(field)
        cell = self.cells[index]
        if is_blank(cell):
            return default
        try:
            return clean(cell)
        except BadValue as bad:
            self.problems.append(self.reading.problem(bad, self.row, index))
            return default

    def phones(self) -> tuple[str, ...]:
        """All numbers of all phone columns."""
        found: tuple[str, ...] = ()
        for index in self.reading.at.get("phone", []):
            if not is_blank(cell := self.cells[index]):
                try:
                    found += phones(cell, self.reading.options.area_code)
                except BadValue as bad:
                    self.problems.append(self.reading.problem(bad, self.row, index))
        return tuple(dict.fromkeys(found))

    def refuse(self, field: str, code: str, **params: str | int) -> None:
        """Add a problem of a field."""
        bad = BadValue(code, **params)
        self.problems.append(self.reading.problem(bad, self.row, self.reading.first(field)))

    def refused(self) -> RefusedRow:
        """The row as it goes back."""
        return RefusedRow(self.row, self.cells[:-1], self.problems)


def helper_entries(reading: Reading) -> Iterator[HelperRow | RefusedRow]:
    """Stream the helpers; one is the same by document, or by name and phone."""
    seen: dict[object, int] = {}
    for number, cells in reading.data():
        row = Fields(reading, number, cells)
        helper = HelperRow(number, row.take("name", clean_name, ""))
        if not helper.name and not row.problems:
            row.refuse("name", "name-missing")
        helper.roles = row.take("role", roles, ())
        helper.sex = row.take("sex", sex, None)
        helper.phones = row.phones()
        kind = row.take("id_kind", id_kind, None)
        if document := row.take("id_number", partial(identity, kind=kind), None):
            helper.id_kind, helper.id_number = document.kind, document.number
            if helper.sex and document.sex and helper.sex is not document.sex:
                row.refuse("sex", "id-sex-differs")
            helper.sex = helper.sex or document.sex
        helper.organisation = row.take("organisation", line, "")
        helper.title = row.take("title", line, "")
        helper.skills = row.take("skills", words, ())
        helper.areas = row.take("areas", words, ())
        helper.buildings = row.take("buildings", _buildings, ())
        if not row.problems and not helper.phones and not helper.id_number:
            row.refuse("phone", "contact-missing")
        if not row.problems:
            keys: list[object] = [helper.id_number] if helper.id_number else []
            keys += [(helper.name, phone) for phone in helper.phones]
            if first := next((seen[key] for key in keys if key in seen), 0):
                row.refuse("name", "double-helper", first=first)
            else:
                seen |= dict.fromkeys(keys, number)
        yield row.refused() if row.problems else helper


def _buildings(cell: Cell) -> tuple[str, ...]:
    """`1-3栋、5栋` -> 1, 2, 3, 5: building labels as addresses have them."""
    labels: list[str] = []
    for word in words(cell):
        bare = re.sub(r"(?:栋|幢|座|号楼|#楼?|楼|号)$", "", word.upper())
        match = re.fullmatch(r"(\d{1,3})(?:栋|座|号楼)?[-~至到—](\d{1,3})", bare)
        if match and int(match[1]) < int(match[2]) <= int(match[1]) + 60:
            labels.extend(str(value) for value in range(int(match[1]), int(match[2]) + 1))
        elif len(bare) > 20:
            raise BadValue("address-not-understood", value=short(word))
        else:
            labels.append(re.sub(r"^0+(?=\d)", "", bare))
    return tuple(dict.fromkeys(labels))


def organisation_entries(reading: Reading) -> Iterator[OrganisationRow | RefusedRow]:
    """Stream the organisations; one is the same by its code, or by name and parent."""
    seen: dict[object, int] = {}
    for number, cells in reading.data():
        row = Fields(reading, number, cells)
        unit = OrganisationRow(number, row.take("name", line, ""))
        if not unit.name and not row.problems:
            row.refuse("name", "organisation-name-missing")
        unit.code = row.take("code", _organisation_code, "")
        unit.kind = row.take("kind", line, "")
        unit.parent = row.take("parent", line, "")
        unit.areas = row.take("areas", words, ())
        unit.contact = row.take("contact", line, "")
        unit.phones = row.phones()
        if not row.problems:
            key: object = unit.code or (unit.name, unit.parent)
            if (first := seen.setdefault(key, number)) != number:
                row.refuse("name", "double-organisation", first=first)
        yield row.refused() if row.problems else unit


def _organisation_code(cell: Cell) -> str:
    """A unified social credit code is checked; a unit's own short code is taken as it is."""
    said = text(cell).replace(" ", "").upper()
    if len(said) == 18:
        try:
            return uscc.validate(said)
        except ValidationError:
            raise BadValue("credit-code") from None
    if not _AREA_CODE.fullmatch(said):
        raise BadValue("code-not-understood", value=short(said))
    return said


def _area_code(cell: Cell) -> str:
    said = text(cell).replace(" ", "").upper()
    if not _AREA_CODE.fullmatch(said):
        raise BadValue("code-not-understood", value=short(said))
    return said


def _level(cell: Cell) -> str:
    said = text(cell).lower().replace(" ", "")
    if said not in _LEVELS:
        raise BadValue("code-level", value=short(said))
    return _LEVELS[said]


def area_entries(reading: Reading) -> Iterator[AreaRow | RefusedRow]:
    """Stream the areas; a code may stand only once."""
    seen: dict[str, int] = {}
    for number, cells in reading.data():
        row = Fields(reading, number, cells)
        area = AreaRow(
            number,
            row.take("code", _area_code, ""),
            row.take("name", line, ""),
            row.take("parent", _area_code, ""),
            row.take("level", _level, ""),
        )
        if not row.problems:
            if not area.code:
                row.refuse("code", "area-code-missing")
            elif not area.name:
                row.refuse("name", "area-name-missing")
            elif (first := seen.setdefault(area.code, number)) != number:
                row.refuse("code", "double-area", first=first)
        yield row.refused() if row.problems else area
