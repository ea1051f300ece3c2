"""Loads the commands of this room; they stand in one module for each subject."""

from __future__ import annotations

from lianfang.screening import (
    daily_commands,
    keep_step,
    proof_commands,
    round_commands,
    self_report_commands,
    visit_commands,
)

__all__ = [
    "daily_commands",
    "keep_step",
    "proof_commands",
    "round_commands",
    "self_report_commands",
    "visit_commands",
]
