"""The cascade as a picture: a band for each level, a track for each receiver directly below."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lianfang.directives.cascade_queries import Cascade, Child, Line
from lianfang.directives.rules import NodeState
from lianfang.directives.words import LEVELS, NODES
from lianfang.kernel.problems import Words

_STATES = (
    NodeState.ACTED,
    NodeState.ACKNOWLEDGED,
    NodeState.READ,
    NodeState.RECEIVED,
    NodeState.WAITING,
)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a band: where it begins and how wide it is, in thousandths."""

    state: str
    label: Words
    count: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Band:
    """One level: its parts add up to the receivers expected there."""

    label: Words
    total: int
    parts: list[Part]
    late: int
    ack_lag: str
    pass_lag: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment of a receiver on its track, in thousandths from the issue to now."""

    kind: str
    x: float


def lag(seconds: float | None) -> str:
    """Return a span in words: minutes up to two hours, hours up to two days, then days."""
    if seconds is None:
        return ""
    minutes = round(seconds / 60)
    if minutes < 120:
        return ngettext("%(n)d min", "%(n)d min", minutes) % {"n": minutes}
    hours = round(seconds / 3600)
    if hours < 48:
        return ngettext("%(n)d h", "%(n)d h", hours) % {"n": hours}
    days = round(seconds / 86_400)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def band(line: Line) -> Band:
    """Return one level as a band."""
    total, x, parts = max(line.expected, 1), 0.0, []
    for state, count in zip(_STATES, line.parts, strict=True):
        if count > 0:
            width = 1_000 * count / total
            parts.append(Part(str(state), NODES[state], count, round(x, 1), round(width, 1)))
            x += width
    label = LEVELS.get(line.level, _("Level"))
    return Band(label, line.expected, parts, line.late, lag(line.ack_lag), lag(line.pass_lag))


def bands(view: Cascade) -> list[Band]:
    """Return all levels of a cascade, the topmost first."""
    return [band(line) for line in view.lines if line.expected]


def track(child: Child, start: datetime, end: datetime) -> list[Mark]:
    """Return the moments of a receiver along the time since the issue."""
    span = max((end - start).total_seconds(), 1)
    kinds = ("received", "read", "acknowledged", "passed", "acted")
    return [
        Mark(kind, round(1_000 * min(max((at - start).total_seconds() / span, 0), 1), 1))
        for kind, at in zip(kinds, child.times, strict=True)
        if at
    ]
