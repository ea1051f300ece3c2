# cjk: spellings of real files
"""Rows of a roster -> households with their members.

One door is one household: rows with the same address that follow each other are one. An address
may be left out in the rows after the first (merged cells, or a relation other than the head's).
This is the hot path of the imports: 100,000 rows pass here in seconds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lianfang.doors.imports.addresses import combine
from lianfang.doors.imports.dates import birth_date, check_birth
from lianfang.doors.imports.fields import header_key
from lianfang.doors.imports.identities import id_kind, identity
from lianfang.doors.imports.phones import phones
from lianfang.doors.imports.problems import BadValue, Problem
from lianfang.doors.imports.rows import HouseholdRow, IdKind, PersonRow, RefusedRow, Relation
from lianfang.doors.imports.values import (
    DITTO,
    VACANT,
    is_blank,
    line,
    relation,
    sex,
    shown,
    text,
    yes_no,
)
from lianfang.doors.imports.values import name as clean_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lianfang.doors.imports.addresses import Address
    from lianfang.doors.imports.reading import Reading
    from lianfang.doors.imports.tables import Cell

_BUILDING_TAB = re.compile(
    r"\s*第?[A-Za-z]?\d{1,3}[A-Za-z]?\s*(?:栋|幢|座|号楼)\s*|\s*[A-Za-z]\s*[栋幢座]\s*"
)
_VACANT = re.compile("空|闲|无人|未入住|没人|vacant|empty", re.I)


def roster_entries(reading: Reading) -> Iterator[HouseholdRow | RefusedRow]:
    """Stream the households of a roster; each refused row comes before its household."""
    return _Roster(reading).entries()


class _Roster:
    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.today = reading.options.today
        self.place = [
            reading.first(part) for part in ("address", "building", "unit", "floor", "room")
        ]
        self.area, self.number = reading.first("area"), reading.first("household")
        self.head, self.occupancy = reading.first("head"), reading.first("occupancy")
        self.name = reading.first("name")
        self.heads_only = self.name < 0
        if self.heads_only:
            self.name, self.head = self.head, -1
        self.sex, self.born = reading.first("sex"), reading.first("birth_date")
        self.id_kind, self.id_number = reading.first("id_kind"), reading.first("id_number")
        self.relation = reading.first("relation")
        self.phones = reading.at.get("phone", [])
        self.asks_vacant = "空置" in header_key(reading.headers.get(self.occupancy, ""))
        self.personal = [self.sex, self.born, self.relation, *self.phones]
        # A workbook with a sheet for each building: the tab says which one.
        self.tab = reading.sheet.name if _BUILDING_TAB.fullmatch(reading.sheet.name) else ""
        # The household at hand, and what tells that the next row belongs to it.
        self.current: HouseholdRow | None = None
        self.good = False
        self.said: list[Cell] = []
        self.said_number: Cell = ""
        self.said_head: Cell = ""
        self.said_area: Cell = ""
        self.first_rows: dict[tuple[str, ...], int] = {}
        self.seen: dict[object, int] = {}

    def entries(self) -> Iterator[HouseholdRow | RefusedRow]:
        """Go through the rows; a household is given when the next one begins."""
        for row, cells in self.reading.data():
            problems: list[Problem] = []
            address = self._address(row, cells, problems)
            current = self.current
            if address is None or current is None or address.door != current.address.door:
                if current is not None and (done := self._finished()):
                    yield done
                if address is not None:
                    current = self.current = HouseholdRow(row, "", address)
                    self.good = False
            if address is not None and current is not None:
                self._of_household(current, row, cells, problems)
            person = self._person(row, cells, problems)
            if not problems and person is not None and current is not None:
                if first := self._double(current, person):
                    bad = BadValue("double-person", first=first)
                    problems.append(self.reading.problem(bad, row, self.name))
                else:
                    current.members.append(person)
            if problems:
                cells.pop()  # the empty cell that the reading has added
                yield RefusedRow(row, cells, problems)
            else:
                self.good = True
        if done := self._finished():
            yield done

    # --- the household --------------------------------------------------------------------------

    def _address(self, row: int, cells: list[Cell], problems: list[Problem]) -> Address | None:
        said = [cells[index] for index in self.place]
        if said == self.said and self.current is not None:
            if self._number_differs(row, cells, problems):
                return None
            return self.current.address
        if all(is_blank(cell) or cell in DITTO for cell in said):
            if not self._belongs_to_last(cells):
                self.said = []
                where = next(index for index in self.place if index >= 0)
                problems.append(self.reading.problem(BadValue("address-missing"), row, where))
                return None
            # Written out, so that the row can stand alone when it goes back.
            said = self.said
            for index, cell in zip(self.place, said, strict=True):
                if index >= 0:
                    cells[index] = cell
            if self.current is not None:
                return self.current.address
        elif self._number_differs(row, cells, problems):
            return None
        self.said = said
        self.said_number, self.said_head = cells[self.number], cells[self.head]
        try:
            try:
                return combine(*said)
            except BadValue as bad:
                if bad.code != "address-building-missing" or not self.tab:
                    raise
                return combine(said[0], self.tab, *said[2:])
        except BadValue as bad:
            where = next(
                (
                    index
                    for index, cell in zip(self.place, said, strict=True)
                    if index >= 0 and not is_blank(cell)
                ),
                -1,
            )
            problems.append(self.reading.problem(bad, row, where))
            return None

    def _belongs_to_last(self, cells: list[Cell]) -> bool:
        if not self.said:
            return False
        if not is_blank(number := cells[self.number]):
            return number == self.said_number
        if not is_blank(head := cells[self.head]):
            return head == self.said_head
        if any(cells[index] in DITTO for index in self.place):
            return True
        said = cells[self.relation]
        if is_blank(said):
            return False
        try:
            return relation(said) is not Relation.HEAD
        except BadValue:
            return True

    def _number_differs(self, row: int, cells: list[Cell], problems: list[Problem]) -> bool:
        """Two rows in a row with one household number must have one address."""
        number = cells[self.number]
        if (
            number == ""
            or self.current is None
            or number != self.said_number
            or [cells[index] for index in self.place] == self.said
        ):
            return False
        try:
            if combine(*(cells[index] for index in self.place)).door == self.current.address.door:
                return False
        except BadValue:
            return False  # it will be said that the address is not understood
        bad = BadValue("household-two-addresses", number=text(number), first=self.current.row)
        problems.append(self.reading.problem(bad, row, self.number))
        return True

    def _of_household(
        self, household: HouseholdRow, row: int, cells: list[Cell], problems: list[Problem]
    ) -> None:
        """What is said of the household rather than of the person: area, number, vacancy."""
        if self.area >= 0 and not household.area and (cell := cells[self.area]) != "":
            try:
                household.area = line(cell)
            except BadValue as bad:
                problems.append(self.reading.problem(bad, row, self.area))
        if self.number >= 0 and not household.number and (cell := cells[self.number]) != "":
            try:
                household.number = line(cell)
            except BadValue as bad:
                problems.append(self.reading.problem(bad, row, self.number))
        if self.occupancy >= 0 and not is_blank(cell := cells[self.occupancy]):
            try:
                vacant = yes_no(cell) if self.asks_vacant else bool(_VACANT.search(text(cell)))
                household.vacant = household.vacant or vacant
            except BadValue as bad:
                problems.append(self.reading.problem(bad, row, self.occupancy))

    def _finished(self) -> HouseholdRow | None:
        """The household at hand, if one of its rows was good; else it waits for mended rows."""
        household, self.current = self.current, None
        if household is None or not self.good:
            return None
        household.area = household.area or self.reading.options.area
        door = household.address.door
        first = self.first_rows.setdefault(door, household.row)
        if first != household.row:
            household.continues = first
        return household

    # --- the person -----------------------------------------------------------------------------

    def _person(self, row: int, cells: list[Cell], problems: list[Problem]) -> PersonRow | None:
        """The person of a row, or None for a door without a name; problems are added."""
        reading = self.reading
        said = cells[self.name]
        if is_blank(said) or (type(said) is str and shown(said) in VACANT):
            if self.current is not None and not is_blank(said):
                self.current.vacant = True
            vacant = self.current is not None and self.current.vacant
            if not is_blank(cells[self.id_number]) or (
                not vacant and any(not is_blank(cells[index]) for index in self.personal)
            ):
                problems.append(reading.problem(BadValue("row-blank-name"), row, self.name))
            return None
        person = PersonRow(row, "")
        try:
            person.name = clean_name(said)
        except BadValue as bad:
            problems.append(reading.problem(bad, row, self.name))
        index = self.sex
        if (cell := cells[index]) != "" and not is_blank(cell):
            try:
                person.sex = sex(cell)
            except BadValue as bad:
                problems.append(reading.problem(bad, row, index))
        index = self.relation
        if self.heads_only:
            person.relation = Relation.HEAD
        elif (cell := cells[index]) != "" and not is_blank(cell):
            try:
                person.relation = relation(cell)
            except BadValue as bad:
                problems.append(reading.problem(bad, row, index))
        elif self.head >= 0 and said == cells[self.head]:
            person.relation = Relation.HEAD
        for index in self.phones:
            if (cell := cells[index]) != "" and not is_blank(cell):
                try:
                    person.phones += phones(cell, reading.options.area_code)
                except BadValue as bad:
                    problems.append(reading.problem(bad, row, index))
        index = self.born
        if (cell := cells[index]) != "" and not is_blank(cell):
            try:
                person.birth_date = birth_date(cell, self.today)
            except BadValue as bad:
                problems.append(reading.problem(bad, row, index))
        index = self.id_number
        if (cell := cells[index]) != "" and not is_blank(cell):
            try:
                self._identity(person, cell, cells[self.id_kind])
            except BadValue as bad:
                at = {"id-sex-differs": self.sex, "id-birth-differs": self.born}
                problems.append(reading.problem(bad, row, at.get(bad.code, index)))
        return person

    def _identity(self, person: PersonRow, cell: Cell, kind_cell: Cell) -> None:
        kind: IdKind | None = None
        if kind_cell != "" and not is_blank(kind_cell):
            kind = id_kind(kind_cell)
        found = identity(cell, kind)
        person.id_kind, person.id_number = found.kind, found.number
        if found.birth_date is None:
            return
        if person.birth_date is None:
            check_birth(found.birth_date, self.today)
            person.birth_date = found.birth_date
        elif person.birth_date != found.birth_date:
            raise BadValue("id-birth-differs", expected=found.birth_date.isoformat())
        if person.sex is None:
            person.sex = found.sex
        elif person.sex is not found.sex:
            raise BadValue("id-sex-differs")

    def _double(self, household: HouseholdRow, person: PersonRow) -> int:
        """The row where the same person stands already, or 0.

        The same document, or the same name behind the same door with nothing that tells two
        people apart (another document, another phone, another birth date).
        """
        if person.id_number:
            first = self.seen.setdefault(person.id_number, person.row)
            if first != person.row:
                return first
        for other in household.members:
            if (
                other.name == person.name
                and not (other.id_number and person.id_number)
                and not (
                    other.phones and person.phones and not set(other.phones) & set(person.phones)
                )
                and not (
                    other.birth_date and person.birth_date and other.birth_date != person.birth_date
                )
            ):
                return other.row
        if not person.id_number:
            key = (person.name, person.phones, household.address.door)
            first = self.seen.setdefault(key, person.row)
            if first != person.row:
                return first
        return 0
