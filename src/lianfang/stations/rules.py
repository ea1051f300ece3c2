"""Rules of posts and passages; no database here."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum


class PostKind(StrEnum):
    """What stands at a post."""

    GATE = "gate"
    CHECKPOINT = "checkpoint"
    STATION = "station"
    CLINIC = "clinic"
    HOSPITAL = "hospital"
    OBSERVATION_SITE = "observation_site"
    HOTEL = "hotel"
    DEPOT = "depot"
    FACTORY = "factory"


class PostState(StrEnum):
    """Whether anybody stands there."""

    OPEN = "open"
    CLOSED = "closed"


# Fever from 37.3 °C on: National Health Commission, diagnosis and treatment plan, January 2020.
FEVER = 373


class Direction(StrEnum):
    """Which way somebody passes, seen from the area that the post guards."""

    IN = "in"
    OUT = "out"


# Days after the last passage until a traveller's name, number and plate are destroyed.
FORGET_DAYS = 30
# A recognised vehicle or traveller is offered again for so long after the last passage.
REMEMBER_DAYS = 30


def hour_of(moment: datetime) -> datetime:
    """Return the beginning of the hour (UTC) in which `moment` lies, the key of hourly counts."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def same_name(one: str, other: str) -> bool:
    """Tell whether two names, of which one may not be known, can be one person's."""
    return not one or not other or one == other
