"""Loads the commands of this room; they stand in one module for each subject."""

from __future__ import annotations

from lianfang.arrivals import (
    followers,
    forgetting,
    manifest_commands,
    place_commands,
    site_commands,
    triage_commands,
)

__all__ = [
    "followers",
    "forgetting",
    "manifest_commands",
    "place_commands",
    "site_commands",
    "triage_commands",
]
