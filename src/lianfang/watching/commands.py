"""Loads the commands of this room; they stand in one module for each subject."""

from __future__ import annotations

from lianfang.watching import (
    check_commands,
    clockwork,
    followers,
    referral_commands,
    transfer_commands,
    watch_commands,
)

__all__ = [
    "check_commands",
    "clockwork",
    "followers",
    "referral_commands",
    "transfer_commands",
    "watch_commands",
]
