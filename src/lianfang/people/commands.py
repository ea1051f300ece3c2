"""Loads the commands of this room; they stand in one module for each subject."""

from __future__ import annotations

from lianfang.people import (
    account_commands,
    export_commands,
    household_commands,
    organisation_commands,
    person_commands,
)

__all__ = [
    "account_commands",
    "export_commands",
    "household_commands",
    "organisation_commands",
    "person_commands",
]
