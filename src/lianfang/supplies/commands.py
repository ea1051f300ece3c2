"""Loads the commands of this room; they stand in one module for each subject."""

from __future__ import annotations

from lianfang.supplies import (
    place_commands,
    production_commands,
    request_commands,
    stock_commands,
)

__all__ = ["place_commands", "production_commands", "request_commands", "stock_commands"]
