"""Shifts as an iCalendar feed (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID


class Timed(Protocol):
    """What a feed needs to know of a shift."""

    @property
    def id(self) -> UUID:
        """Return what makes the event the same one when it changes."""

    @property
    def place(self) -> str:
        """Return where."""

    @property
    def starts_at(self) -> datetime:
        """Return from when."""

    @property
    def ends_at(self) -> datetime:
        """Return until when."""

    @property
    def changed_at(self) -> datetime:
        """Return when it was changed last."""


def write(shifts: Iterable[Timed], name: str) -> str:
    """Return a calendar of that name with an event for each shift."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Lianfang//Shifts//EN",
        f"X-WR-CALNAME:{_escape(name)}",
    ]
    for shift in shifts:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{shift.id}@lianfang",
            f"DTSTAMP:{_moment(shift.changed_at)}",
            f"DTSTART:{_moment(shift.starts_at)}",
            f"DTEND:{_moment(shift.ends_at)}",
            f"SUMMARY:{_escape(shift.place or name)}",
            f"LOCATION:{_escape(shift.place)}",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in [_fold(line)])


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escape(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def _fold(line: str) -> str:
    """Break a line after 75 bytes, never within a character."""
    parts, current, size = [], "", 0
    for sign in line:
        width = len(sign.encode())
        if size + width > 75:
            parts.append(current)
            current, size = " ", 1
        current += sign
        size += width
    return "\r\n".join([*parts, current])
