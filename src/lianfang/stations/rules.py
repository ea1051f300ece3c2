"""Rules of posts and passages; no database here."""

from __future__ import annotations

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
