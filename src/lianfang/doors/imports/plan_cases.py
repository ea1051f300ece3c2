"""A line list against the cases that are open already.

A case is known by its number, where the number looks like one of a system (CASE-0031, a UUID), or
by the person. Of a known case the file only fills in what is blank and confirms or rules out what
was suspected; a day that differs goes back, because somebody may have corrected it by hand. So the
same file twice changes nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from lianfang.doors.imports.fields import LABELS
from lianfang.doors.imports.places import Places, Spot
from lianfang.doors.imports.plan import Planned, Setting, Step
from lianfang.doors.imports.plan_traced import Registered, indexes, said, told_apart
from lianfang.doors.imports.problems import BadValue, Problem
from lianfang.doors.imports.reading import Reading
from lianfang.doors.imports.rows import CaseRow, RefusedRow
from lianfang.kernel.batch import Entry
from lianfang.kernel.crypto import blind_index
from lianfang.people.lookup import Known
from lianfang.tracing import case_queries as queries
from lianfang.tracing.models import Case
from lianfang.tracing.rules import CaseState
from lianfang.tracing.who import Who

# A number that another file will not give to somebody else: letters and digits, or many digits.
_LASTING = re.compile(r"(?=.*[A-Z])(?=(?:.*\d){3}).{6,}|\d{8,}")
_BEFORE_NUMBER = re.compile(r"^(?:病例|CASE)0*")  # cjk: data
_DAYS = ("onset", "sample", "result")


def number_index(number: str) -> str:
    """Return the index of a case's number in another system; '' for 1, 2, 3 of a list."""
    return blind_index(f"case-number:{number}") if _LASTING.fullmatch(number) else ""


@dataclass(frozen=True, slots=True)
class _Line:
    """A row that is a case: the one that is open already, or where and of whom to open it."""

    row: CaseRow
    before: Case | None
    id: UUID
    area_id: UUID
    who: dict[str, Any]


class CasePlanner:
    """Plans a line list as a whole. Stages: new cases, days filled in, judgements."""

    size = 0

    def __init__(self, setting: Setting) -> None:
        """Plan for one import."""
        self.setting = setting
        self.district = setting.area.district
        self.places = Places(setting.area, setting.places)
        # Words for grids and communities that the sender is asked about, with how many rows.
        self.unknown: Counter[str] = Counter()

    def plan(self, entries: Sequence[CaseRow]) -> Step:
        """Compare all rows with the cases that are open."""
        step = Step()
        registered = Registered(self.district, entries)
        people = {row.row: registered.of(row) for row in entries}
        wanted = {number_index(n) for row in entries for n in (row.number, row.infected_by)}
        known = queries.Known(
            self.setting.actor,
            self.district,
            keys=(wanted | {self._key(row) for row in entries}) - {""},
            persons={one.id for one in people.values() if one},
            indexes={index for row in entries for index in indexes(row)},
        )
        numbers: dict[str, tuple[int, UUID]] = {}
        names: dict[str, UUID | None] = {}
        lines = list(self._lines(step, entries, people, known, numbers))
        for line in lines:
            names[line.row.name] = None if line.row.name in names else line.id
        for line in lines:
            said_ = line.row.infected_by
            source = self._source(said_, numbers, names, known) if said_ else None
            if source == line.id:
                source = None
            lost = bool(said_) and source is None
            if line.before is None:
                self._open(step, line, source, lost=lost)
            else:
                self._add_to(step, line.row, line.before, source, lost=lost)
        return step

    def _lines(
        self,
        step: Step,
        entries: Sequence[CaseRow],
        people: dict[int, Known | None],
        known: queries.Known,
        numbers: dict[str, tuple[int, UUID]],
    ) -> Iterator[_Line]:
        """Give the rows that are a case; doubles, and those of no known place, go back."""
        seen: dict[object, int] = {}
        telling = known.names()
        for row in entries:
            person = people[row.row]
            person_id = person.id if person else None
            who = Who() if person else told_apart(row, telling)
            first = seen.setdefault(person_id or who.index(), row.row)
            if first != row.row:
                self._back(step, row, "double-person", first=first)
                continue
            if row.number in numbers:
                place = numbers[row.number][0]
                self._back(step, row, "double-number", first=place, number=row.number)
                continue
            before = known.find(self._key(row), person_id, who.index())
            if before is None and row.state is CaseState.RULED_OUT:
                step.counts["cases_none"] += 1
                continue
            area_id = self.setting.area.id
            if before is None:
                try:
                    spot = self._spot(row, person)
                except BadValue as bad:
                    self._back(step, row, bad.code, **bad.params)
                    continue
                area_id = spot.area_id if spot else area_id
            id_ = before.id if before else self.setting.derive("case", self._key(row))
            if row.number:
                numbers[row.number] = (row.row, id_)
            yield _Line(row, before, id_, area_id, said(who, person))

    def _source(
        self,
        said_: str,
        numbers: dict[str, tuple[int, UUID]],
        names: dict[str, UUID | None],
        known: queries.Known,
    ) -> UUID | None:
        """Return the case that a row names as the one who infected: by number, else by name."""
        for number in (said_, _BEFORE_NUMBER.sub("", said_)):
            if number in numbers:
                return numbers[number][1]
        if earlier := known.by_key.get(number_index(said_)):
            return earlier.id
        return names.get(said_)

    def _key(self, row: CaseRow) -> str:
        if index := number_index(row.number):
            return index
        return blind_index(f"case-person:{row.id_number or row.phones}:{row.name}")

    def _back(self, step: Step, row: CaseRow, code: str, **params: Any) -> None:
        step.returned.append(((row.row,), Problem(code, row.row, params=params)))

    def _spot(self, row: CaseRow, person: Known | None) -> Spot | None:
        """Return where a case is followed up; None for the area of the import itself."""
        if row.area:
            try:
                found = self.places.find(row.area)
            except BadValue:
                self.unknown[row.area] += 1
                raise
            if found is None:
                self.unknown[row.area] += 1
                raise BadValue("grid-unknown", value=row.area[:30])
            return found
        return self.places.at(person.community_id) if person else None

    def _open(self, step: Step, line: _Line, source: UUID | None, *, lost: bool) -> None:
        row = line.row
        payload: dict[str, Any] = {
            "case_id": str(line.id),
            "area_id": str(line.area_id),
            "state": str(row.state or CaseState.SUSPECTED),
            "import_key": self._key(row),
            **line.who,
            **_days(row),
        }
        if row.asymptomatic:
            payload["asymptomatic"] = True
        if row.cluster:
            payload["cluster"] = row.cluster
        if source:
            payload["infected_by_id"] = str(source)
        self._send(step, "case.open", row, payload, {"cases_new": 1}, 0, lost=lost)

    def _add_to(
        self, step: Step, row: CaseRow, before: Case, source: UUID | None, *, lost: bool
    ) -> None:
        for name in _DAYS:
            said_, was = getattr(row, name), getattr(before, name)
            if said_ and was and said_ != was:
                day = {"field": LABELS[name], "value": was.isoformat()}
                self._back(step, row, "case-differs", number=before.number, **day)
                return
        if row.state is CaseState.CONFIRMED and before.state == CaseState.RULED_OUT:
            self._back(step, row, "case-ruled-out", number=before.number)
            return
        new: dict[str, Any] = {n: d for n, d in _days(row).items() if getattr(before, n) is None}
        if row.cluster and not before.cluster:
            new["cluster"] = row.cluster
        if source and before.infected_by_id is None:
            new["infected_by_id"] = str(source)
        # A known case whose source is written down already needs no word about it.
        lost = lost and before.infected_by_id is None
        judged = row.state if row.state != before.state else None
        if judged is CaseState.SUSPECTED:
            judged = None  # what the file knew is older
        if new:
            payload = {"case_id": str(before.id), **queries.dates_of(before), **new}
            self._send(step, "case.correct", row, payload, {"cases_changed": 1}, 1, lost=lost)
        if judged:
            payload = {"case_id": str(before.id), "state": str(judged)}
            self._send(step, "case.judge", row, payload, {"cases_judged": 1}, 2, lost=lost)
        if not new and not judged:
            step.counts["cases_same"] += 1
            if lost:
                self._back(step, row, "infector-unknown", value=row.infected_by[:30])

    def _send(
        self,
        step: Step,
        command: str,
        row: CaseRow,
        payload: dict[str, Any],
        counts: dict[str, int],
        stage: int,
        *,
        lost: bool,
    ) -> None:
        """Plan a command. A row whose infector is not known goes in and comes back as well."""
        entry = Entry(
            self.setting.derive("entry", command, payload["case_id"]),
            command,
            payload,
            self.setting.at,
            self.district,
        )
        if lost and not any(rows == (row.row,) for rows, _problem in step.returned):
            self._back(step, row, "infector-unknown", value=row.infected_by[:30])
        rows = () if lost else (row.row,)
        step.planned.append(Planned(entry, rows, counts, row.number or row.name, stage))

    def protect(self, refused: RefusedRow, reading: Reading) -> None:
        """Do nothing: who is not in the file stays a case."""

    def finish(self) -> Iterator[Step]:
        """Plan nothing more."""
        return iter(())


def _days(row: CaseRow) -> dict[str, str]:
    return {name: day.isoformat() for name in _DAYS if (day := getattr(row, name))}
