"""A manifest's file against what is listed already: persons, lines, doubles.

Ids come from the manifest and the document (or name and seat), never from the place in the file:
the same passengers in another order are the same lines, and which of two lines for one person is
the double does not hang on which stands first.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from lianfang.arrivals import queries
from lianfang.arrivals.rules import age_at
from lianfang.doors.imports import jobs, people_rows
from lianfang.doors.imports.plan import Planned, Setting, Step
from lianfang.doors.imports.problems import FileProblem
from lianfang.doors.imports.reading import Reading
from lianfang.doors.imports.rows import PassengerRow, RefusedRow
from lianfang.kernel import crypto
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import derive_id
from lianfang.kernel.times import local
from lianfang.kernel.verbs import Verb
from lianfang.people import lookup
from lianfang.people.lookup import Known

_HAN = re.compile(r"[\u3400-\u9fff]")


def key_of(row: PassengerRow) -> str:
    """Return by what a passenger is known on a manifest, as a blind index."""
    if row.id_number:
        return people_rows.document_index(row)
    return crypto.blind_index(f"passenger:{row.name.casefold()}:{row.seat}")


def family_of(said: str) -> str:
    """Return a family's mark: a booking's as it is, one that names people as a blind index."""
    return f"F{crypto.blind_index('family:' + said)[:8]}" if _HAN.search(said) else said


class PassengerPlanner:
    """Plans a manifest as a whole. Stages: persons, lines, second lines."""

    size = 0

    def __init__(self, setting: Setting) -> None:
        """Plan for one import; FileProblem when it is not said for which manifest."""
        self.setting = setting
        self.district = setting.area.district
        found = queries.manifest(
            setting.actor, self.district, setting.places.get(jobs.SUBJECT, UUID(int=0))
        )
        if found is None:
            raise FileProblem("manifest-missing")
        self.manifest = found
        self.day = local(found.arrives_at).date()
        self.seen: set[UUID] = set()
        self.refused = False

    def plan(self, entries: Sequence[PassengerRow]) -> Step:
        """Compare all lines with those that are listed."""
        step = Step()
        groups: dict[str, list[PassengerRow]] = defaultdict(list)
        for row in entries:
            groups[key_of(row)].append(row)
        known = lookup.by_document(
            self.district, {people_rows.document_index(r) for r in entries} - {""}
        )
        listed = queries.listed(self.district, self.manifest.id)
        people = {row.person_id for row in listed.values()}
        for key, rows in sorted(groups.items()):
            rows.sort(key=_content)
            first = self._id(key, 0)
            for number, row in enumerate(rows):
                self._line(step, key, number, row, first, known, listed, people)
        return step

    def _id(self, key: str, number: int) -> UUID:
        return derive_id(self.manifest.id, "passenger", key, number)

    def _line(
        self,
        step: Step,
        key: str,
        number: int,
        row: PassengerRow,
        first: UUID,
        known: dict[str, Known],
        listed: dict[UUID, Any],
        people: set[UUID],
    ) -> None:
        id_ = self._id(key, number)
        self.seen.add(id_)
        before = listed.get(id_)
        registered = known.get(people_rows.document_index(row)) if row.id_number else None
        person_id = (
            before.person_id
            if before is not None
            else registered.id
            if registered
            else derive_id(self.manifest.id, "person", key)
        )
        said = self._said(row)
        payload: dict[str, Any] = {
            "passenger_id": str(id_),
            "manifest_id": str(self.manifest.id),
            "person_id": str(person_id),
            **said,
        }
        if number:
            payload["double_of"] = str(first)
        if before is not None and _same(before, payload):
            step.counts["passengers_same"] += 1
            return
        fresh = before is None and not number and registered is None and person_id not in people
        if fresh and self.setting.actor.may(Verb.REGISTER, self.setting.area.path):
            register = {
                "person_id": str(person_id),
                "area_id": str(queries.community_of(self.manifest)),
                **people_rows.said(row),
            }
            self._add(step, "person.register", row, register, {}, 0)
        count = "passengers_double" if number else "passengers_new"
        count = count if before is None else "passengers_changed"
        self._add(step, "passenger.list", row, payload, {count: 1}, 2 if number else 1)

    def _said(self, row: PassengerRow) -> dict[str, Any]:
        """Return what a line says of a passenger, without what it leaves blank."""
        age = age_at(row.birth_date, self.day) if row.birth_date else row.age
        values: dict[str, Any] = {
            **people_rows.said(row),
            "name_latin": row.name_latin,
            "age": age,
            "nationality": row.nationality,
            "place_from": row.place_from,
            "onward": row.onward,
            "seat": row.seat,
            "family": family_of(row.family),
            "accessible": row.accessible,
            "temperature": str(row.temperature) if row.temperature is not None else None,
            "symptoms": list(row.symptoms),
        }
        return {k: v for k, v in values.items() if v not in (None, "", [], False)}

    def _add(
        self,
        step: Step,
        command: str,
        row: PassengerRow,
        payload: dict[str, Any],
        counts: dict[str, int],
        stage: int,
    ) -> None:
        subject = payload.get("passenger_id", payload["person_id"])
        entry = Entry(
            self.setting.derive("entry", command, subject),
            command,
            payload,
            self.setting.at,
            self.district,
        )
        step.planned.append(Planned(entry, (row.row,), counts, row.seat or row.name, stage))

    def protect(self, refused: RefusedRow, reading: Reading) -> None:
        """Note that a row goes back: who is in it may not look as if he were gone."""
        self.refused = True

    def finish(self) -> Iterator[Step]:
        """Say how many were listed before and are not in this file; nobody is taken off."""
        before = queries.listed(self.district, self.manifest.id)
        gone = sum(1 for id_, row in before.items() if id_ not in self.seen and not row.extra)
        if gone and not self.refused and not self.setting.returned:
            step = Step()
            step.counts["passengers_absent"] += gone
            yield step


def _content(row: PassengerRow) -> tuple[str, ...]:
    """Return what orders two lines for one person, whatever their order in the file.

    The one that says more comes first: the other is the double.
    """
    said = (row.name, row.place_from, row.family, row.onward, row.name_latin)
    blank = sum(not part for part in said) + (row.temperature is None)
    return (str(blank), row.seat.zfill(4), *said)


_COMPARED = (
    "name",
    "name_latin",
    "sex",
    "age",
    "phone",
    "id_kind",
    "id_number",
    "nationality",
    "place_from",
    "onward",
    "seat",
    "family",
)


def _same(before: Any, payload: dict[str, Any]) -> bool:
    """Tell whether a listed line says already what the file says; a blank cell says nothing."""
    for name in _COMPARED:
        if name in payload and getattr(before, name) != payload[name]:
            return False
    if payload.get("accessible", before.accessible) != before.accessible:
        return False
    if "temperature" in payload and before.temperature != round(float(payload["temperature"]) * 10):
        return False
    return "symptoms" not in payload or list(before.symptoms) == sorted(payload["symptoms"])
