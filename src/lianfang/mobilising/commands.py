"""Loads the commands of this room; they stand in one module for each subject."""

from __future__ import annotations

from lianfang.mobilising import (
    attendance_commands,
    call_commands,
    deployment_commands,
    recall_commands,
    shift_commands,
    team_commands,
    whistle_commands,
)

__all__ = [
    "attendance_commands",
    "call_commands",
    "deployment_commands",
    "recall_commands",
    "shift_commands",
    "team_commands",
    "whistle_commands",
]
