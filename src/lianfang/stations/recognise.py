"""Finds out, once and on the way in, who a traveller and a vehicle are.

What is found goes into the payload as plain ids before the journal gets it: a replay then needs no
number and no name, and still does the same after these were destroyed. A post remembers its own
travellers only; persons are found in the district, by their document or by number and name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q

from lianfang.kernel import crypto
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.models import SubjectKey
from lianfang.people.models import Person
from lianfang.people.person_rows import identity_index
from lianfang.people.rules import PersonState
from lianfang.stations.models import Traveller, Vehicle
from lianfang.stations.payloads import RecordPassage, TravellerLine
from lianfang.stations.rules import same_name


def document_index(line: TravellerLine) -> str:
    """Return the blind index of a line's document, '' without one."""
    return identity_index(line.id_kind, line.id_number) if line.id_number else ""


class Known:
    """The vehicles, travellers and persons that a list may mean, and what it adds to them."""

    def __init__(self, batch: Batch[RecordPassage], items: Iterable[Item[RecordPassage]]) -> None:
        """Read all of them, in a fixed number of queries."""
        self.district = batch.district
        listed = list(items)
        self.vehicles: dict[UUID, Vehicle] = {}
        self.travellers: dict[UUID, Traveller] = {}
        self.fresh: set[UUID] = set()
        self.touched: set[UUID] = set()
        self.persons: dict[UUID, Person] = {}
        self._plates: dict[tuple[UUID, str], UUID] = {}
        self._by_phone: dict[tuple[UUID, str], list[UUID]] = defaultdict(list)
        self._by_document: dict[tuple[UUID, str], UUID] = {}
        self._by_person: dict[tuple[UUID, UUID], UUID] = {}
        lines = [line for item in listed for line in item.payload.travellers]
        posts = {item.payload.post_id for item in listed}
        plates = {i.payload.plate for i in listed if i.payload.plate}
        self._read_vehicles(listed, posts, {crypto.blind_index(p) for p in plates})
        phones = {crypto.blind_index(line.phone) for line in lines if line.phone}
        documents = {document_index(line) for line in lines if line.id_number}
        self._read_travellers(lines, posts, phones, documents)
        # Keys that are not a traveller's: nobody may write under them, nor have them forgotten.
        self._taken: set[UUID] = set()
        if not batch.replaying:
            self._read_persons(lines, phones, documents)
            new = {t.traveller_id for t in lines if t.traveller_id} - self.travellers.keys()
            if new:
                keys = SubjectKey.objects.filter(district=self.district, subject_id__in=new)
                self._taken = set(keys.values_list("subject_id", flat=True))

    def _read_vehicles(
        self, items: Iterable[Item[RecordPassage]], posts: set[UUID], plates: set[str]
    ) -> None:
        ids = {i.payload.vehicle_id for i in items} - {None}
        if not ids and not plates:
            return
        found = Vehicle.objects.filter(
            Q(id__in=ids) | Q(post_id__in=posts, plate_index__in=plates), district=self.district
        )
        for vehicle in found:
            self.vehicles[vehicle.id] = vehicle
            self._plates[vehicle.post_id, vehicle.plate_index] = vehicle.id

    def _read_travellers(
        self,
        lines: Iterable[TravellerLine],
        posts: set[UUID],
        phones: set[str],
        documents: set[str],
    ) -> None:
        listed = list(lines)
        ids = {line.traveller_id for line in listed} - {None}
        people = {line.person_id for line in listed} - {None}
        if not (ids or people or phones or documents):
            return
        found = Traveller.objects.filter(
            Q(id__in=ids)
            | Q(post_id__in=posts, phone_index__in=phones)
            | Q(post_id__in=posts, id_index__in=documents)
            | Q(post_id__in=posts, person_id__in=people),
            district=self.district,
        )
        # The latest first: of two alike it is the one that is meant.
        for traveller in found.order_by("-last_at", "id"):
            self.travellers[traveller.id] = traveller
            self._remember(traveller)

    def _remember(self, traveller: Traveller) -> None:
        post = traveller.post_id
        if traveller.phone_index:
            same = self._by_phone[post, traveller.phone_index]
            if traveller.id not in same:
                same.append(traveller.id)
        if traveller.id_index:
            self._by_document.setdefault((post, traveller.id_index), traveller.id)
        if traveller.person_id:
            self._by_person.setdefault((post, traveller.person_id), traveller.id)

    def _read_persons(
        self, lines: Iterable[TravellerLine], phones: set[str], documents: set[str]
    ) -> None:
        people = {line.person_id for line in lines} - {None}
        people |= {t.person_id for t in self.travellers.values()} - {None}
        if people or phones or documents:
            found = Person.objects.filter(
                Q(id__in=people) | Q(phone_index__in=phones) | Q(id_index__in=documents),
                district=self.district,
                state=PersonState.LIVE,
            )
            self.persons = {p.id: p for p in found.order_by("id")}

    def vehicle(self, item: Item[RecordPassage]) -> UUID | None:
        """Return the id under which a passage's vehicle is known, a new one for a new vehicle."""
        wanted = item.payload
        if wanted.plate:
            index = crypto.blind_index(wanted.plate)
            known = self._plates.get((wanted.post_id, index))
            return known or item.derive("vehicle")
        seen = self.vehicles.get(wanted.vehicle_id) if wanted.vehicle_id else None
        return seen.id if seen and seen.post_id == wanted.post_id else None

    def line(self, item: Item[RecordPassage], number: int) -> TravellerLine:
        """Return a line with the ids of the traveller, the person and the household."""
        line = item.payload.travellers[number]
        post = item.payload.post_id
        person = self._person(line)
        seen = self._traveller(post, line, person)
        if person is None and seen and seen.person_id:
            person = self.persons.get(seen.person_id)
        return line.model_copy(
            update={
                "traveller_id": seen.id if seen else self._new_id(item, line, number),
                "person_id": person.id if person else None,
                "household_id": person.household_id if person else None,
            }
        )

    def _new_id(self, item: Item[RecordPassage], line: TravellerLine, number: int) -> UUID:
        """Return the id that the phone made, unless it is somebody of another post, or no one's."""
        wanted = line.traveller_id
        if wanted and wanted not in self.travellers and wanted not in self._taken:
            return wanted
        return item.derive("traveller", number)

    def _traveller(
        self, post: UUID, line: TravellerLine, person: Person | None
    ) -> Traveller | None:
        seen = self.travellers.get(line.traveller_id) if line.traveller_id else None
        if seen and seen.post_id == post:
            return seen
        if person and (id_ := self._by_person.get((post, person.id))):
            return self.travellers[id_]
        if line.id_number and (id_ := self._by_document.get((post, document_index(line)))):
            return self.travellers[id_]
        return self._by_number(post, line) if line.phone else None

    def _by_number(self, post: UUID, line: TravellerLine) -> Traveller | None:
        """Return whom a number means: a family shares one, so the name decides where it can."""
        same = [self.travellers[i] for i in self._by_phone[post, crypto.blind_index(line.phone)]]
        if line.id_number:
            same = [t for t in same if t.id_index in ("", document_index(line))]
        exact = [t for t in same if t.name == line.name]
        return next((t for t in (*exact, *same) if same_name(t.name, line.name)), None)

    def _person(self, line: TravellerLine) -> Person | None:
        if line.person_id and (named := self.persons.get(line.person_id)):
            return named
        if line.id_number:
            index = document_index(line)
            for person in self.persons.values():
                if person.id_index == index:
                    return person
        if not line.phone:
            return None
        index = crypto.blind_index(line.phone)
        same = [p for p in self.persons.values() if p.phone_index == index]
        if line.name:
            same = [p for p in same if p.name == line.name]
        return same[0] if len(same) == 1 else None

    def pass_by(self, item: Item[RecordPassage], at: Any) -> None:
        """Remember a passage's vehicle and travellers for the next one, also of this list."""
        payload = item.payload
        if payload.vehicle_id:
            self._drive_by(item, payload.vehicle_id, at)
        for line in payload.travellers:
            assert line.traveller_id
            seen = self.travellers.get(line.traveller_id)
            if seen is None:
                seen = Traveller(
                    district=self.district,
                    id=line.traveller_id,
                    post_id=payload.post_id,
                    last_at=at,
                )
                self.travellers[seen.id] = seen
                self.fresh.add(seen.id)
            self.touched.add(seen.id)
            seen.passages += 1
            seen.last_at = max(seen.last_at, at)
            if line.person_id:
                seen.person_id, seen.household_id = line.person_id, line.household_id
            if line.name:
                seen.name = line.name
            if line.phone:
                seen.phone, seen.phone_index = line.phone, crypto.blind_index(line.phone)
            if line.id_number:
                seen.id_kind, seen.id_number = line.id_kind, line.id_number
                seen.id_index = document_index(line)
            self._remember(seen)

    def _drive_by(self, item: Item[RecordPassage], vehicle_id: UUID, at: Any) -> None:
        payload = item.payload
        seen = self.vehicles.get(vehicle_id)
        if seen is None:
            seen = Vehicle(
                district=self.district,
                id=vehicle_id,
                post_id=payload.post_id,
                last_at=at,
                last_passage_id=item.id,
            )
            self.vehicles[seen.id] = seen
            self.fresh.add(seen.id)
        self.touched.add(seen.id)
        seen.passages += 1
        if at >= seen.last_at:
            seen.last_at, seen.last_passage_id = at, item.id
        if payload.plate:
            seen.plate, seen.plate_index = payload.plate, crypto.blind_index(payload.plate)
            self._plates[seen.post_id, seen.plate_index] = seen.id
