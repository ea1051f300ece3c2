"""The words for levels and roles, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lianfang.areas.rules import Level, Role
from lianfang.kernel.problems import Words

LEVELS: dict[Level, Words] = {
    Level.COUNTRY: _("Country"),
    Level.PROVINCE: _("Province"),
    Level.CITY: _("City"),
    Level.COUNTY: _("District"),
    Level.STREET: _("Street"),
    Level.COMMUNITY: _("Community"),
    Level.GRID: _("Grid"),
}
ROLES: dict[Role, Words] = {
    Role.GRID_WORKER: _("Grid worker"),
    Role.BUILDING_LEAD: _("Building lead"),
    Role.VOLUNTEER: _("Volunteer"),
    Role.COMMUNITY_LEAD: _("Community lead"),
    Role.SITE_STAFF: _("Site staff"),
    Role.HEALTH_OFFICER: _("Health officer"),
    Role.STREET_COMMAND: _("Street command"),
    Role.DISTRICT_COMMAND: _("District command"),
    Role.CITY_COMMAND: _("City command"),
    Role.AUDITOR: _("Auditor"),
    Role.ADMINISTRATOR: _("Administrator"),
    Role.RESIDENT: _("Resident"),
}
# What a role is for, beside its choice in a form.
ROLE_NOTES: dict[Role, Words] = {
    Role.GRID_WORKER: _("Visits the doors of one grid and keeps its list."),
    Role.BUILDING_LEAD: _("Visits doors; cannot change the list."),
    Role.VOLUNTEER: _("Sees only the duties taken, while they last."),
    Role.COMMUNITY_LEAD: _("Runs the community: people, rounds, grids, decisions."),
    Role.SITE_STAFF: _("Stands at a gate, checkpoint or isolation site."),
    Role.HEALTH_OFFICER: _("Follows fevers and cases; opens a person with a reason."),
    Role.AUDITOR: _("Reads the journal and the numbers; changes nothing."),
}
