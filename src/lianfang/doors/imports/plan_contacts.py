"""A list of a case's contacts against those that stand there: each person once for a case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from lianfang.areas import queries as area_queries
from lianfang.doors.imports import jobs
from lianfang.doors.imports.plan import Planned, Setting, Step
from lianfang.doors.imports.plan_cases import number_index
from lianfang.doors.imports.plan_traced import Registered, said, told_apart
from lianfang.doors.imports.problems import BadValue, FileProblem, Problem
from lianfang.doors.imports.reading import Reading
from lianfang.doors.imports.rows import ContactRow, RefusedRow
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import derive_id
from lianfang.tracing import case_queries as queries
from lianfang.tracing import who
from lianfang.tracing.rules import Basis


class ContactPlanner:
    """Plans a list of contacts as a whole. Who stands on the case's list already stays as is."""

    size = 0

    def __init__(self, setting: Setting) -> None:
        """Plan for one import; FileProblem when it is not said for which case."""
        self.setting = setting
        self.district = setting.area.district
        subject = setting.places.get(jobs.SUBJECT, UUID(int=0))
        found = queries.case(setting.actor, self.district, subject)
        if found is None:
            raise FileProblem("case-missing")
        self.case = found
        self._communities: dict[str, UUID | str] = {}

    def plan(self, entries: Sequence[ContactRow]) -> Step:
        """Compare all rows with the case's list."""
        step = Step()
        registered = Registered(self.district, entries)
        lines = list(queries.contacts(self.case))
        listed = {line.key for line in lines}
        telling = {line.key: who.read(line.who).name for line in lines if line.who}
        seen: dict[str, int] = {}
        foreign = self._foreign(entries)
        for row in entries:
            if not row.is_contact:
                step.counts["contacts_none"] += 1
                continue
            if row.source in foreign:
                params = {"value": row.source[:30]}
                problem = Problem("contact-other-case", row.row, params=params)
                step.returned.append(((row.row,), problem))
                continue
            person = registered.of(row)
            one = told_apart(row, telling)
            index = one.index()
            key = person.id.hex if person else index
            first = seen.setdefault(key, row.row)
            if first != row.row:
                problem = Problem("double-person", row.row, params={"first": first})
                step.returned.append(((row.row,), problem))
            elif key in listed or index in listed:
                # The index too: somebody may be registered since the list came in.
                step.counts["contacts_same"] += 1
            else:
                self._name(step, row, said(one, person), key)
        return step

    def _foreign(self, entries: Sequence[ContactRow]) -> set[str]:
        """Return the numbers of other cases: an export may list the contacts of many.

        The number of a case that came in by a line list is known. Else a file with one number is
        taken to mean this case, and of a file with several nobody can tell which one it is.
        """
        sources = {row.source for row in entries} - {""}
        key = self.case.import_key
        own = {number for number in sources if key and number_index(number) == key}
        return sources - own if own or len(sources) > 1 else set()

    def _name(self, step: Step, row: ContactRow, told: dict[str, Any], key: str) -> None:
        payload: dict[str, Any] = {
            "case_id": str(self.case.id),
            "contact_id": str(derive_id(self.case.id, "imported", key)),
            "basis": str(Basis.IMPORT),
            **told,
        }
        if row.degree:
            payload["degree"] = str(row.degree)
        if row.last_day:
            payload["last_day"] = row.last_day.isoformat()
        if row.community and "person_id" not in told:
            try:
                payload["community_id"] = str(self._community(row.community))
            except BadValue as bad:
                problem = Problem(bad.code, row.row, params=bad.params)
                step.returned.append(((row.row,), problem))
                return
        entry = Entry(
            self.setting.derive("entry", "contact.name", payload["contact_id"]),
            "contact.name",
            payload,
            self.setting.at,
            self.district,
        )
        step.planned.append(Planned(entry, (row.row,), {"contacts_new": 1}, row.name))

    def _community(self, said_: str) -> UUID:
        """Return the community of a name or code, wherever it lies. Raises BadValue."""
        if said_ not in self._communities:
            found = area_queries.communities_named(said_)
            self._communities[said_] = (
                found[0].id
                if len(found) == 1
                else "grid-ambiguous"
                if found
                else "community-unknown"
            )
        known = self._communities[said_]
        if isinstance(known, str):
            raise BadValue(known, value=said_[:30])
        return known

    def protect(self, refused: RefusedRow, reading: Reading) -> None:
        """Do nothing: who is not in the file stays on the list."""

    def finish(self) -> Iterator[Step]:
        """Plan nothing more."""
        return iter(())
