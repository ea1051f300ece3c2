"""What line lists and lists of contacts share: who in a file is registered already, and who is who.

Somebody is recognised by the document, else by the telephone together with the name: a family may
share a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from lianfang.doors.imports import people_rows
from lianfang.doors.imports.rows import CaseRow, ContactRow
from lianfang.people import lookup
from lianfang.people.lookup import Known
from lianfang.tracing.who import Who

Row = CaseRow | ContactRow


class Registered:
    """The registered persons of the rows of a file, read in two queries."""

    def __init__(self, district: str, rows: Sequence[Row]) -> None:
        """Look all documents and numbers up."""
        self._documents = lookup.by_document(
            district, {people_rows.document_index(row) for row in rows} - {""}
        )
        self._phones = lookup.by_phone(
            district, {index for row in rows for index in people_rows.phone_indexes(row)}
        )

    def of(self, row: Row) -> Known | None:
        """Return the registered person of a row, if there is one."""
        found = self._documents.get(people_rows.document_index(row)) if row.id_number else None
        if found is not None:
            return found
        for index in people_rows.phone_indexes(row):
            for one in self._phones.get(index, ()):
                if one.name == row.name:
                    return one
        return None


def who_of(row: Row) -> Who:
    """Return what a row says of somebody who is not registered."""
    phone = people_rows.national(row.phones[0]) if row.phones else ""
    return Who(row.name, phone, row.id_number[:30], row.address)


def indexes(row: Row) -> set[str]:
    """Return all indexes under which a row's person may stand."""
    return {who_of(row).index(), Who(row.name).index()} - {""}


def told_apart(row: Row, taken: dict[str, str]) -> Who:
    """Return who a row speaks of, so that nobody else has the index; `taken` is index -> name.

    A family often shares a number: who comes second is known by the name, the number is a note.
    """
    who = who_of(row)
    if taken.setdefault(who.index(), row.name) != row.name and not row.id_number:
        who = Who(row.name, "", "", row.address, who.phone)
        taken.setdefault(who.index(), row.name)
    return who


def said(who: Who, person: Known | None) -> dict[str, Any]:
    """Return the part of a payload that says who it is: the person, or what is said."""
    if person is not None:
        return {"person_id": str(person.id)}
    return {k: v for k, v in asdict(who).items() if v}
