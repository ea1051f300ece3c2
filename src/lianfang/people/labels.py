"""What the fields of payloads are called, where a form is made from a command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from lianfang.areas.words import ROLES
from lianfang.kernel.problems import Words
from lianfang.people import words

# Other rooms add theirs.
FIELDS: dict[str, Words] = {
    "name": _("Name"),
    "username": _("Login name"),
    "building": _("Building"),
    "unit": _("Unit (entrance)"),
    "floor": _("Floor"),
    "room": _("Room"),
    "members": _("People"),
    "sex": _("Sex"),
    "born": _("Date of birth"),
    "phone": _("Telephone"),
    "id_kind": _("Document"),
    "id_number": _("Document number"),
    "relation": _("Relation in the household"),
    "care": _("Looked after first because of"),
    "skills": _("Skills"),
    "why": _("Why"),
    "reason": _("Reason"),
    "code": _("Code"),
    "role": _("Role"),
    "last_day": _("Last day"),
    "title": _("Title there"),
    "kind": _("Kind"),
    "active": _("Let in"),
    "deceased": _("The person has died"),
}
_VALUES: list[Mapping[Any, Words]] = [words.SEXES, words.ID_KINDS, words.CARE, ROLES]


def of(name: str) -> Words:
    """Return the label of a payload's field; its name with blanks where nobody gave one."""
    return FIELDS.get(name, name.replace("_", " ").capitalize())


def of_value(member: Any) -> Words:
    """Return the words for a member of one of the known vocabularies."""
    for table in _VALUES:
        if any(type(key) is type(member) for key in table) and member in table:
            return table[member]
    return str(member.value)
