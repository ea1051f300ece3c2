"""Loads the commands of this room; they stand in one module for each subject."""

from __future__ import annotations

from lianfang.stations import forget_commands, passage_commands, post_commands

__all__ = ["forget_commands", "passage_commands", "post_commands"]
