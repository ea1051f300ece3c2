"""Makes and changes person rows for the commands of this room."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from lianfang.kernel import crypto
from lianfang.kernel.batch import Batch
from lianfang.people.models import Person
from lianfang.people.payloads import Identity


def new(batch: Batch[Any], who: Identity, community_id: UUID, household_id: UUID | None) -> Person:
    """Return an unsaved person row."""
    person = Person(
        district=batch.district,
        id=who.person_id,
        household_id=household_id,
        community_id=community_id,
        registered_at=batch.received_at,
    )
    put(person, who)
    return person


def put(person: Person, who: Identity) -> None:
    """Put the identity into the row, with the blind indexes by which it is found."""
    person.name = who.name
    person.sex = who.sex
    person.born = who.born
    person.relation = who.relation
    person.phone = who.phone
    person.phone_index = crypto.blind_index(who.phone)
    person.id_kind = who.id_kind
    person.id_number = who.id_number
    person.id_index = crypto.blind_index(f"{who.id_kind}:{who.id_number}") if who.id_number else ""
    person.care = sorted(who.care)
    person.skills = list(who.skills)


def identity_index(kind: str, number: str) -> str:
    """Return the blind index under which a document is found."""
    return crypto.blind_index(f"{kind}:{number}")


def blank(person: Person, when: datetime) -> None:
    """Turn the row into a tombstone: no name, no contact, no document, no household."""
    for field in ("name", "phone", "phone_index", "id_kind", "id_number", "id_index", "relation"):
        setattr(person, field, "")
    person.born, person.care, person.skills = None, [], []
    person.left_at = person.left_at or when
