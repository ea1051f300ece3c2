"""From the values of a file to those of a person's payload, and whether they say something new."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from lianfang.doors.imports.rows import HelperRow, IdKind, PersonRow, Relation
from lianfang.kernel.problems import Words
from lianfang.people import lookup, rules
from lianfang.people.lookup import Known
from lianfang.people.models import Person

RELATIONS: dict[Relation, Words] = {
    Relation.HEAD: _("Head of household"),
    Relation.SPOUSE: _("Spouse"),
    Relation.CHILD: _("Child"),
    Relation.PARENT: _("Parent"),
    Relation.GRANDCHILD: _("Grandchild"),
    Relation.GRANDPARENT: _("Grandparent"),
    Relation.SIBLING: _("Brother or sister"),
    Relation.CHILD_IN_LAW: _("Child-in-law"),
    Relation.RELATIVE: _("Other relative"),
    Relation.TENANT: _("Tenant"),
    Relation.FLATMATE: _("Flatmate"),
    Relation.CARER: _("Carer"),
    Relation.OTHER: pgettext_lazy("relation", "Other"),
}
_KINDS = {
    IdKind.RESIDENT: rules.IdKind.RESIDENT,
    IdKind.PASSPORT: rules.IdKind.PASSPORT,
    IdKind.HONG_KONG_MACAU: rules.IdKind.PERMIT,
    IdKind.TAIWAN: rules.IdKind.PERMIT,
    IdKind.FOREIGN_RESIDENT: rules.IdKind.PERMIT,
    IdKind.OTHER: rules.IdKind.OTHER,
}
# A relation is kept as a word, in the deployment's language, as people type it in the form.
_words: dict[Relation, str] = {}


def relation_word(relation: Relation | None) -> str:
    """Return the word that is kept for a relation."""
    if relation is None:
        return ""
    if not _words:
        with override(settings.LANGUAGE_CODE):
            _words.update({key: str(word)[:20] for key, word in RELATIONS.items()})
    return _words[relation]


def national(phone: str) -> str:
    """Return a number as people here type and search it: +8613800001111 -> 13800001111.

    Landlines get their leading 0; numbers abroad stay as they are, with + and country code.
    """
    if not phone.startswith("+86"):
        return phone
    bare = phone[3:]
    return bare if len(bare) == 11 and bare.startswith("1") else f"0{bare}"


def document(row: PersonRow | HelperRow) -> tuple[str, str]:
    """Return kind and number of the document, two empty texts where there is none."""
    if not row.id_number:
        return "", ""
    kind = _KINDS[row.id_kind] if row.id_kind else rules.IdKind.OTHER
    return str(kind), row.id_number


def document_index(row: PersonRow | HelperRow) -> str:
    """Return the index under which the row's document is found, '' without one."""
    kind, number = document(row)
    return lookup.document_index(kind, number) if number else ""


def phone_indexes(row: PersonRow | HelperRow) -> list[str]:
    """Return the indexes of the row's numbers."""
    return [lookup.phone_index(national(phone)) for phone in row.phones]


def said(row: PersonRow | HelperRow) -> dict[str, Any]:
    """Return what a row says of a person, without what it leaves blank."""
    kind, number = document(row)
    values: dict[str, Any] = {
        "name": row.name,
        "sex": str(row.sex) if row.sex else "",
        "phone": national(row.phones[0]) if row.phones else "",
        "id_kind": kind,
        "id_number": number,
    }
    if isinstance(row, PersonRow):
        values["born"] = row.birth_date.isoformat() if row.birth_date else ""
        values["relation"] = relation_word(row.relation)
    elif row.skills:
        values["skills"] = [skill[:40] for skill in row.skills[:12]]
    return {name: value for name, value in values.items() if value}


def differs(row: PersonRow, known: Known) -> bool:
    """Tell whether a row says something that is not registered; a blank cell says nothing."""
    if row.name != known.name or (row.sex and str(row.sex) != known.sex):
        return True
    if row.birth_date and row.birth_date != known.born:
        return True
    if row.relation and relation_word(row.relation) != known.relation:
        return True
    if row.phones and known.phone_index not in phone_indexes(row):
        return True
    return bool(row.id_number) and document_index(row) != known.id_index


def corrected(row: PersonRow | HelperRow, person: Person) -> dict[str, Any]:
    """Return the payload of person.correct: what the row says over what is registered."""
    payload: dict[str, Any] = {
        "person_id": str(person.id),
        "name": person.name,
        "sex": person.sex,
        "born": person.born.isoformat() if person.born else None,
        "phone": person.phone,
        "id_kind": person.id_kind,
        "id_number": person.id_number,
        "relation": person.relation,
        "care": list(person.care),
        "skills": list(person.skills),
    }
    new = said(row)
    if person.phone in [national(phone) for phone in row.phones]:
        new.pop("phone", None)
    return {**payload, **new}
