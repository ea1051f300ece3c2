"""Rules of the area tree and of roles; no database here."""

from __future__ import annotations

from enum import IntEnum, StrEnum

from lianfang.kernel.verbs import Sight, Verb


class Level(IntEnum):
    """The levels of the tree. Other countries' P-codes use the same numbers by depth."""

    COUNTRY = 0
    PROVINCE = 1
    CITY = 2
    COUNTY = 3
    STREET = 4
    COMMUNITY = 5
    GRID = 6


# Lengths of the statistical division codes (国家统计局 统计用区划代码), leading levels trimmed;
# a grid is the community's twelve digits and three of its own (GB/T 34300-2017 leaves them free).
CODE_LEVELS: dict[int, Level] = {
    2: Level.PROVINCE,
    4: Level.CITY,
    6: Level.COUNTY,
    9: Level.STREET,
    12: Level.COMMUNITY,
    15: Level.GRID,
}
PARENT_LENGTH = {4: 2, 6: 4, 9: 6, 12: 9, 15: 12}
DISTRICT_LEVEL = Level.COUNTY


def level_of(code: str) -> Level | None:
    """Return the level of a Chinese division code by its length, None for another kind of code."""
    return CODE_LEVELS.get(len(code)) if code.isdigit() else None


def parent_code(code: str) -> str:
    """Return the code of the parent of a Chinese division code; '' for a province."""
    return code[: PARENT_LENGTH.get(len(code), 0)]


def district_of(path: str) -> str:
    """Return the shard key that belongs to `path`: its county's code, '' above the counties."""
    codes = path.split("/")
    return codes[DISTRICT_LEVEL - 1] if len(codes) > DISTRICT_LEVEL else ""


class Role(StrEnum):
    """What somebody is in an area. A person may be several things in several areas."""

    RESIDENT = "resident"
    VOLUNTEER = "volunteer"
    GRID_WORKER = "grid_worker"
    BUILDING_LEAD = "building_lead"
    COMMUNITY_LEAD = "community_lead"
    STREET_COMMAND = "street_command"
    DISTRICT_COMMAND = "district_command"
    CITY_COMMAND = "city_command"
    HEALTH_OFFICER = "health_officer"
    SITE_STAFF = "site_staff"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


_FIELD = frozenset({Verb.READ, Verb.WORK})
_DOORS = _FIELD | {Verb.VISIT, Verb.WATCH, Verb.REFER}
_LEAD = _DOORS | {
    Verb.ASSIGN,
    Verb.CALL_UP,
    Verb.DECIDE,
    Verb.DRAW,
    Verb.EXPORT,
    Verb.GRANT,
    Verb.ORDER,
    Verb.ORGANISE,
    # A staff of five stands at the gate itself: the lead records passages as well.
    Verb.PASSAGE,
    Verb.PLACE,
    Verb.PLAN_ROUND,
    Verb.PURGE,
    Verb.READ_JOURNAL,
    Verb.REGISTER,
    Verb.SERVE,
    Verb.SUPPLY,
    Verb.ANNOUNCE,
    Verb.WHISTLE,
}
# A command post plans and directs; it opens a person only with a reason, which is journalled.
_COMMAND = frozenset(
    {
        Verb.ANNOUNCE,
        Verb.ASSIGN,
        Verb.CALL_UP,
        Verb.DIRECT,
        Verb.EXPORT,
        Verb.GRANT,
        Verb.OPEN_PERSON,
        Verb.ORGANISE,
        Verb.PLAN_ROUND,
        Verb.READ,
        Verb.READ_JOURNAL,
        Verb.SUPPLY,
        Verb.WHISTLE,
    }
)
ROLE_VERBS: dict[Role, frozenset[Verb]] = {
    Role.RESIDENT: frozenset({Verb.SELF_REPORT, Verb.ORDER}),
    # What a volunteer may see comes with each duty and ends with it.
    Role.VOLUNTEER: frozenset({Verb.WORK}),
    Role.GRID_WORKER: _DOORS | {Verb.REGISTER, Verb.ORDER, Verb.SERVE, Verb.PASSAGE},
    Role.BUILDING_LEAD: _DOORS,
    Role.COMMUNITY_LEAD: _LEAD,
    Role.STREET_COMMAND: _COMMAND,
    Role.DISTRICT_COMMAND: _COMMAND | {Verb.DRAW},
    Role.CITY_COMMAND: _COMMAND | {Verb.DRAW},
    Role.HEALTH_OFFICER: _FIELD
    | {Verb.WATCH, Verb.REFER, Verb.TRACE, Verb.OPEN_PERSON, Verb.READ_JOURNAL, Verb.EXPORT},
    Role.SITE_STAFF: _FIELD | {Verb.PASSAGE, Verb.WATCH, Verb.REFER, Verb.PLACE},
    Role.AUDITOR: frozenset({Verb.READ, Verb.READ_JOURNAL}),
    Role.ADMINISTRATOR: frozenset({Verb.OPERATE, Verb.DRAW, Verb.GRANT, Verb.ORGANISE, Verb.READ}),
}
_EVERYTHING = frozenset(Sight)
ROLE_SIGHTS: dict[Role, frozenset[Sight]] = {
    Role.RESIDENT: frozenset(),
    Role.VOLUNTEER: frozenset(),
    Role.GRID_WORKER: _EVERYTHING,
    Role.BUILDING_LEAD: frozenset({Sight.ADDRESS, Sight.IDENTITY, Sight.HEALTH}),
    Role.COMMUNITY_LEAD: _EVERYTHING,
    Role.STREET_COMMAND: frozenset({Sight.ADDRESS}),
    Role.DISTRICT_COMMAND: frozenset(),
    Role.CITY_COMMAND: frozenset(),
    Role.HEALTH_OFFICER: frozenset({Sight.ADDRESS, Sight.IDENTITY, Sight.HEALTH, Sight.MOVEMENT}),
    Role.SITE_STAFF: frozenset(),
    Role.AUDITOR: frozenset({Sight.ADDRESS}),
    Role.ADMINISTRATOR: frozenset(),
}

# Nobody gives a role that stands above the own one.
MAY_GRANT: dict[Role, frozenset[Role]] = {
    Role.ADMINISTRATOR: frozenset(Role),
    Role.CITY_COMMAND: frozenset(Role) - {Role.ADMINISTRATOR, Role.CITY_COMMAND},
    Role.DISTRICT_COMMAND: frozenset(Role)
    - {Role.ADMINISTRATOR, Role.CITY_COMMAND, Role.DISTRICT_COMMAND},
    Role.STREET_COMMAND: frozenset(
        {
            Role.COMMUNITY_LEAD,
            Role.GRID_WORKER,
            Role.BUILDING_LEAD,
            Role.VOLUNTEER,
            Role.SITE_STAFF,
            Role.AUDITOR,
        }
    ),
    Role.COMMUNITY_LEAD: frozenset(
        {Role.GRID_WORKER, Role.BUILDING_LEAD, Role.VOLUNTEER, Role.SITE_STAFF}
    ),
}
