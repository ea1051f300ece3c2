"""Loads the commands of this room; they stand in one module for each subject."""

from __future__ import annotations

from lianfang.tracing import (
    case_commands,
    contact_commands,
    followers,
    list_commands,
    presence_commands,
)

__all__ = [
    "case_commands",
    "contact_commands",
    "followers",
    "list_commands",
    "presence_commands",
]
