"""Loads the commands of this room; they stand in one module for each subject."""

from __future__ import annotations

from lianfang.services import (
    card_commands,
    care_commands,
    carry_commands,
    desk_commands,
    followers,
    order_commands,
    run_commands,
)

__all__ = [
    "card_commands",
    "care_commands",
    "carry_commands",
    "desk_commands",
    "followers",
    "order_commands",
    "run_commands",
]
