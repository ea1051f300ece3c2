"""The closed lists of what an actor may do (verbs) and may see (sights).

A room names the verb of each command; `areas.roles` says which role has which verb where. The lists
are closed, so a typing error is an error at start, and a review sees every permission in one place.
"""

from __future__ import annotations

from enum import StrEnum


class Verb(StrEnum):
    """What can be done. A grant gives verbs within an area; nothing is given by default."""

    # Running the system
    OPERATE = "operate"
    TICK = "tick"
    # Areas, organisations, people and their permissions
    DRAW = "draw"
    ORGANISE = "organise"
    REGISTER = "register"
    GRANT = "grant"
    OPEN_PERSON = "open_person"
    PURGE = "purge"
    EXPORT = "export"
    READ_JOURNAL = "read_journal"
    # Work of any kind
    READ = "read"
    WORK = "work"
    ASSIGN = "assign"
    DECIDE = "decide"
    # Capabilities
    PLAN_ROUND = "plan_round"
    VISIT = "visit"
    SELF_REPORT = "self_report"
    WATCH = "watch"
    REFER = "refer"
    TRACE = "trace"
    PASSAGE = "passage"
    PLACE = "place"
    ORDER = "order"
    SERVE = "serve"
    CALL_UP = "call_up"
    WHISTLE = "whistle"
    DIRECT = "direct"
    SUPPLY = "supply"
    ANNOUNCE = "announce"


class Sight(StrEnum):
    """Which fields of a row can be seen; counts need none."""

    ADDRESS = "address"
    # The name alone, without date of birth or document: what one needs at a door.
    NAME = "name"
    IDENTITY = "identity"
    # A call may be put through, one at a time and journalled; the number is in no list.
    RELAY = "relay"
    CONTACT = "contact"
    HEALTH = "health"
    MOVEMENT = "movement"
