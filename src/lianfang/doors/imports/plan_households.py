"""A roster against what is registered: new doors, changed people, moves, departures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from lianfang.doors.imports import people_rows
from lianfang.doors.imports.addresses import Address, combine
from lianfang.doors.imports.places import Places, Spot
from lianfang.doors.imports.plan import Planned, Setting, Step
from lianfang.doors.imports.problems import BadValue, Problem
from lianfang.doors.imports.reading import Reading
from lianfang.doors.imports.rows import HouseholdRow, PersonRow, RefusedRow
from lianfang.doors.imports.values import is_blank, shown
from lianfang.kernel.batch import Entry
from lianfang.kernel.verbs import Verb
from lianfang.people import lookup
from lianfang.people.lookup import Door, Known
from lianfang.people.rules import address_key

# As many as `household.register` takes.
_MEMBERS = 60
_LENGTHS = {"building": 40, "unit": 20, "room": 40}


@dataclass(slots=True)
class _Home:
    """A household of a chunk with what was found of it."""

    row: HouseholdRow
    spot: Spot
    address: dict[str, Any]
    door: Door
    id: UUID
    known: bool = False
    members: list[dict[str, Any]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)

    @property
    def label(self) -> str:
        parts = (self.address["building"], self.address["unit"], self.address["room"])
        return "-".join(part for part in parts if part)


def address_of(address: Address) -> dict[str, Any]:
    """Return the fields of a door. A house that is one door (15号) is a room without a building.

    What stands before the building and is no division (a compound) is a part of its name.
    """
    building, unit, room = address.building, address.unit, address.room
    if not room and not unit:
        building, room = "", building
    elif not room:
        unit, room = "", unit
    parts = {
        "building": " ".join(part for part in (address.estate, building) if part),
        "unit": unit,
        "room": room,
    }
    clean: dict[str, Any] = {name: part.replace("/", "-") for name, part in parts.items()}
    if any(len(clean[name]) > length for name, length in _LENGTHS.items()):
        raise BadValue("address-too-long")
    clean["floor"] = address.floor
    return clean


class HouseholdPlanner:
    """Plans a roster chunk by chunk; what it remembers of a file is ids and doors only."""

    size = 400

    def __init__(self, setting: Setting) -> None:
        """Plan for one import."""
        self.setting = setting
        self.district = setting.area.district
        self.places = Places(setting.area, setting.places)
        # Doors that this file has put on the list, and everybody and every door that it names.
        self._new_doors: dict[Door, UUID] = {}
        self._seen_doors: set[UUID] = set()
        self._seen: set[UUID] = set()
        # What rows that go back speak of: (building, unit, room), and names.
        self._protected_doors: set[str] = set()
        self._protected_names: set[str] = set()
        # For the preview: buildings whose doors get no grid, and words for grids nobody knows.
        self.unplaced: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()

    # --- a chunk --------------------------------------------------------------------------------

    def plan(self, entries: Sequence[HouseholdRow]) -> Step:
        """Plan some households with five reads for all of them."""
        step = Step()
        homes = [home for row in entries if (home := self._home(row, step))]
        found = lookup.doors(self.district, {h.door for h in homes})
        for home in homes:
            if home.door in found:
                home.id, home.known = found[home.door][0], True
            elif home.door in self._new_doors:
                home.id, home.known = self._new_doors[home.door], True
            else:
                self._new_doors[home.door] = home.id
            self._seen_doors.add(home.id)
        match = _Matching(self.district, homes)
        late: list[Planned] = []
        fixes: list[tuple[_Home, PersonRow, UUID]] = []
        for home in homes:
            self._people(home, match, step, late, fixes)
            if home.known:
                step.counts["doors_known"] += 1
            elif not home.rows:
                # Nobody of it may go in: the door waits for mended rows.
                del self._new_doors[home.door]
            elif len(home.members) > _MEMBERS:
                bad = Problem("household-too-large", home.row.row, params={"limit": _MEMBERS})
                step.returned.append((tuple(home.rows), bad))
                del self._new_doors[home.door]
            else:
                step.planned.append(self._register(home))
        whole = lookup.whole(self.district, {id_ for _, _, id_ in fixes})
        for home, row, id_ in fixes:
            payload = people_rows.corrected(row, whole[id_])
            late.append(self._act(home, row, "person.correct", payload, "people_changed"))
        step.planned += sorted(late, key=lambda p: p.entry.command)
        return step

    def _home(self, row: HouseholdRow, step: Step) -> _Home | None:
        rows = [row.row, *(m.row for m in row.members if m.row != row.row)]
        try:
            address = address_of(row.address)
            spot = self.places.spot(row.area, address["building"])
        except BadValue as bad:
            if bad.code in ("grid-unknown", "grid-ambiguous"):
                self.unknown[row.area] += 1
            problem = Problem(bad.code, row.row, params=bad.params)
            step.returned.append((tuple(rows), problem))
            self._protected_doors.add(_door_key(row.address))
            return None
        if spot.area_id == spot.community_id:
            self.unplaced[address["building"]] += 1
        key = address_key(address["building"], address["unit"], address["room"])
        id_ = self.setting.derive("door", row.row)
        return _Home(row, spot, address, (spot.community_id, key), id_, rows=rows)

    def _people(
        self,
        home: _Home,
        match: _Matching,
        step: Step,
        late: list[Planned],
        fixes: list[tuple[_Home, PersonRow, UUID]],
    ) -> None:
        """Find each member of a household, and plan what is new about him."""
        for row in home.row.members:
            known = match.find(home, row, self._seen)
            if known is None:
                id_ = self.setting.derive("person", row.row)
                self._seen.add(id_)
                payload = {"person_id": str(id_), **people_rows.said(row)}
                if not home.known:
                    home.members.append(payload)
                    continue
                payload |= {"area_id": str(home.spot.area_id), "household_id": str(home.id)}
                late.append(self._act(home, row, "person.register", payload, "people_new"))
                continue
            self._seen.add(known.id)
            if known.household_id != home.id:
                if bad := self._elsewhere(known, row, match):
                    step.returned.append(((row.row,), bad))
                    home.rows.remove(row.row)
                    continue
                payload = {"person_id": str(known.id), "household_id": str(home.id)}
                late.append(self._act(home, row, "person.move", payload, "people_moved"))
            elif not people_rows.differs(row, known):
                step.counts["people_same"] += 1
            if people_rows.differs(row, known):
                fixes.append((home, row, known.id))

    def _elsewhere(self, known: Known, row: PersonRow, match: _Matching) -> Problem | None:
        """Return why a person registered elsewhere may not simply be moved here."""
        if known.household_id is None:
            return None
        if not self.setting.actor.may(Verb.REGISTER, known.path):
            return Problem("person-other-community", row.row)
        if self.setting.returned:
            door = match.label(known.household_id)
            return Problem("person-other-door", row.row, params={"door": door})
        return None

    def _register(self, home: _Home) -> Planned:
        payload = {
            "household_id": str(home.id),
            "area_id": str(home.spot.area_id),
            **{name: value for name, value in home.address.items() if value not in ("", None)},
        }
        if home.members:
            payload["members"] = home.members
        counts = {"doors_new": 1}
        if home.members:
            counts["people_new"] = len(home.members)
        names = "、".join(m["name"] for m in home.members)  # cjk: a mark between names
        label = f"{home.label} {names}".strip()
        entry = self._entry("household.register", home.row.row, payload)
        return Planned(entry, tuple(home.rows), counts, label)

    def _act(
        self, home: _Home, row: PersonRow, command: str, payload: dict[str, Any], count: str
    ) -> Planned:
        entry = self._entry(command, row.row, payload)
        return Planned(entry, (row.row,), {count: 1}, f"{home.label} {row.name}")

    def _entry(self, command: str, key: object, payload: dict[str, Any]) -> Entry:
        id_ = self.setting.derive("entry", command, key)
        return Entry(id_, command, payload, self.setting.at, self.district)

    # --- the whole file -------------------------------------------------------------------------

    def protect(self, refused: RefusedRow, reading: Reading) -> None:
        """Keep the door and the name of a row that goes back from looking as if they were gone."""
        cells = refused.cells
        parts = [reading.first(p) for p in ("address", "building", "unit", "floor", "room")]
        said = [cells[i] if 0 <= i < len(cells) else "" for i in parts]
        with suppress(BadValue):
            self._protected_doors.add(_door_key(combine(*said)))
        for name in ("name", "head"):
            index = reading.first(name)
            if 0 <= index < len(cells) and not is_blank(cell := cells[index]):
                self._protected_names.add(shown(cell).replace(" ", ""))

    def finish(self) -> Iterator[Step]:
        """Plan who has left and which doors are gone, when the file is the whole list."""
        if not self.setting.complete:
            return
        for part in lookup.live_doors(self.district, self.setting.area.path):
            step = Step()
            lived = lookup.behind(self.district, {id_ for id_, _, _, persons in part if persons})
            for id_, _community, key, _persons in part:
                people = lived.get(id_, [])
                if key in self._protected_doors:
                    continue
                if id_ in self._seen_doors:
                    for one in people:
                        self._left(one, key, step)
                elif not any(one.name in self._protected_names for one in people):
                    self._gone(id_, key, len(people), step)
            yield step

    def _left(self, one: Known, key: str, step: Step) -> None:
        if one.id in self._seen or one.name in self._protected_names:
            return
        entry = self._entry("person.leave", one.id, {"person_id": str(one.id)})
        label = f"{_label(key)} {one.name}"
        step.planned.append(Planned(entry, (), {"people_left": 1}, label))

    def _gone(self, id_: UUID, key: str, people: int, step: Step) -> None:
        if not self.setting.close_missing:
            step.counts["doors_missing"] += 1
            return
        with override(settings.LANGUAGE_CODE):
            why = _("Not in the new roster")
        payload = {"household_id": str(id_), "why": why}
        entry = self._entry("household.close", id_, payload)
        step.planned.append(
            Planned(entry, (), {"doors_closed": 1, "people_left": people}, _label(key))
        )


def _door_key(address: Address) -> str:
    try:
        parts = address_of(address)
    except BadValue:
        return ""
    return address_key(parts["building"], parts["unit"], parts["room"])


def _label(key: str) -> str:
    return "-".join(part for part in key.split("-") if part != "0")


class _Matching:
    """Finds the registered person of a row: by document, behind the door, by name and phone."""

    def __init__(self, district: str, homes: Sequence[_Home]) -> None:
        self.district = district
        self._behind = lookup.behind(district, {h.id for h in homes if h.known})
        rows = [m for h in homes for m in h.row.members]
        self._index = {id(m): people_rows.document_index(m) for m in rows if m.id_number}
        self._by_document = lookup.by_document(district, set(self._index.values()))
        # Looked for by telephone: those whose document says nothing.
        self._phones = {
            id(m): people_rows.phone_indexes(m)
            for m in rows
            if m.phones and self._index.get(id(m), "") not in self._by_document
        }
        self._by_phone = lookup.by_phone(
            district, {index for indexes in self._phones.values() for index in indexes}
        )

    def find(self, home: _Home, row: PersonRow, seen: set[UUID]) -> Known | None:
        index = self._index.get(id(row), "")
        if index and (known := self._by_document.get(index)):
            return known
        for one in self._behind.get(home.id, ()):
            if one.name == row.name and one.id not in seen and self._fits(one, row, index):
                return one
        for phone in self._phones.get(id(row), ()):
            for one in self._by_phone.get(phone, ()):
                if one.name == row.name and one.id not in seen and self._fits(one, row, index):
                    return one
        return None

    @staticmethod
    def _fits(one: Known, row: PersonRow, index: str) -> bool:
        """Whether nothing tells the two apart: another document, another birth date."""
        if one.id_index and index and one.id_index != index:
            return False
        return not (one.born and row.birth_date and one.born != row.birth_date)

    def label(self, household_id: UUID) -> str:
        """Return the address of another door, for the words of a refusal."""
        return lookup.label(self.district, household_id)
