"""Loads the commands of this room; they stand in one module for each subject."""

from __future__ import annotations

from lianfang.screening import keep_step, proof_commands, round_commands, visit_commands

__all__ = ["keep_step", "proof_commands", "round_commands", "visit_commands"]
