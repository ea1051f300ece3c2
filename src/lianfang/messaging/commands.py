"""Loads the commands of this room; they stand in one module for each subject."""

from __future__ import annotations

from lianfang.messaging import (
    bulletin_commands,
    channel_commands,
    followers,
    knocking,
    reach_commands,
)

__all__ = ["bulletin_commands", "channel_commands", "followers", "knocking", "reach_commands"]
