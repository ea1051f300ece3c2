"""The words for the values of this room, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianfang.kernel.problems import Words
from lianfang.people.rules import Care, HouseholdState, IdKind, PersonState, Sex

SEXES: dict[Sex, Words] = {
    Sex.FEMALE: pgettext_lazy("sex", "Female"),
    Sex.MALE: pgettext_lazy("sex", "Male"),
    Sex.UNKNOWN: _("Not known"),
}
ID_KINDS: dict[IdKind, Words] = {
    IdKind.RESIDENT: _("Resident identity card"),
    IdKind.PASSPORT: _("Passport"),
    IdKind.PERMIT: _("Travel permit"),
    IdKind.OTHER: _("Another document"),
    IdKind.NONE: _("No document"),
}
PERSON_STATES: dict[PersonState, Words] = {
    PersonState.LIVE: _("Lives here"),
    PersonState.MOVED: _("Moved away"),
    PersonState.DECEASED: _("Deceased"),
    PersonState.PURGED: _("Data destroyed"),
}
HOUSEHOLD_STATES: dict[HouseholdState, Words] = {
    HouseholdState.LIVE: _("On the list"),
    HouseholdState.CLOSED: _("Taken off the list"),
    HouseholdState.MERGED: _("Merged into another"),
}
CARE: dict[Care, Words] = {
    Care.AGED_ALONE: _("Aged, living alone"),
    Care.DISABILITY: _("Disability"),
    Care.ILLNESS: _("Long illness"),
    Care.PREGNANT: _("Pregnant"),
    Care.CHILD_ALONE: _("Child without parents at home"),
    Care.HARDSHIP: _("In hardship"),
}
# Kinds of organisation that communities know; another word may be typed.
ORGANISATION_KINDS: dict[str, Words] = {
    "party": _("Party branch"),
    "committee": _("Residents' committee"),
    "office": _("Street or district office"),
    "police": _("Police station"),
    "health": _("Health service"),
    "property": _("Property management"),
    "company": _("Company"),
    "school": _("School or university"),
    "volunteers": _("Volunteer team"),
    "taskforce": _("Task force"),
}
