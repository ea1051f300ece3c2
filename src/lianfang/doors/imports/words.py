"""The words for imports: kinds, states, and what is counted."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lianfang.doors.imports.models import ImportJob
from lianfang.doors.imports.rows import Kind
from lianfang.kernel.problems import Words

KINDS: dict[Kind, Words] = {
    Kind.ROSTER: _("Roster of households"),
    Kind.HELPERS: _("List of helpers"),
    Kind.ORGANISATIONS: _("List of organisations"),
    Kind.AREAS: _("List of grids"),
    Kind.MANIFEST: _("Passengers of a flight or train"),
    Kind.CASES: _("Line list of cases"),
    Kind.CONTACTS: _("List of a case's contacts"),
}
STATES: dict[str, Words] = {
    ImportJob.State.MAPPING: _("Columns to be matched"),
    ImportJob.State.CHECKING: _("Being checked"),
    ImportJob.State.CHECKED: _("Checked, not taken in yet"),
    ImportJob.State.RUNNING: _("Being taken in"),
    ImportJob.State.DONE: _("Taken in"),
    ImportJob.State.FAILED: _("Could not be read"),
}
# In the order in which they are shown. The tone says how it looks.
COUNTS: dict[str, tuple[Words, str, str]] = {
    "doors_new": (_("New doors"), "door", "good"),
    "people_new": (_("New people"), "person", "good"),
    "people_changed": (_("Changed data"), "edit", "plain"),
    "people_moved": (_("Move here"), "arrow-right", "plain"),
    "people_left": (_("Move away"), "logout", "warn"),
    "doors_closed": (_("Doors off the list"), "close", "warn"),
    "doors_missing": (_("Doors not in the file"), "question", "warn"),
    "organisations_new": (_("New organisations"), "team", "good"),
    "attached": (_("Areas to serve"), "map", "good"),
    "accounts_new": (_("New accounts"), "key", "good"),
    "joined": (_("Memberships"), "team", "good"),
    "roles_given": (_("Roles to give"), "shield", "good"),
    "areas_new": (_("New grids"), "grid", "good"),
    "areas_renamed": (_("New names"), "edit", "plain"),
    "passengers_new": (_("New passengers"), "person", "good"),
    "passengers_changed": (_("Changed passengers"), "edit", "plain"),
    "passengers_double": (_("Double lines"), "people", "warn"),
    "passengers_absent": (_("On the list before, not in this file"), "question", "warn"),
    "passengers_same": (_("Passengers unchanged"), "check", "plain"),
    "cases_new": (_("New cases"), "person", "good"),
    "cases_changed": (_("Cases that the file adds to"), "edit", "plain"),
    "cases_judged": (_("Confirmed or ruled out"), "check", "plain"),
    "cases_none": (_("Not a case, left out"), "close", "plain"),
    "cases_same": (_("Cases known already"), "check", "plain"),
    "contacts_new": (_("New contacts"), "people", "good"),
    "contacts_none": (_("Not a contact, left out"), "close", "plain"),
    "contacts_same": (_("Contacts on the list already"), "check", "plain"),
    "doors_known": (_("Doors known already"), "check", "plain"),
    "people_same": (_("People unchanged"), "check", "plain"),
    "helpers_same": (_("Helpers unchanged"), "check", "plain"),
    "organisations_same": (_("Organisations unchanged"), "check", "plain"),
    "areas_same": (_("Areas unchanged"), "check", "plain"),
    "refused": (_("Rows to mend"), "warning", "bad"),
}
