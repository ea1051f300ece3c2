"""Loads the commands of this room; they stand in one module for each subject."""

from __future__ import annotations

from lianfang.messaging import channel_commands, followers

__all__ = ["channel_commands", "followers"]
