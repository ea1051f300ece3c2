"""The commands of this room, gathered for the registry."""

from __future__ import annotations

from lianfang.directives import (
    issue_commands,
    local_commands,
    owing,
    sending,
    task_commands,
    task_keeping,
    upper_commands,
)
from lianfang.kernel.clock import CHORES

if sending.spread not in CHORES:
    CHORES.append(sending.spread)

__all__ = [
    "issue_commands",
    "local_commands",
    "owing",
    "task_commands",
    "task_keeping",
    "upper_commands",
]
