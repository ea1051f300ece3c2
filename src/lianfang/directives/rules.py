"""Rules of directives and task rounds; no database here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum


class Passing(StrEnum):
    """How a directive goes down: to all levels at once, or from hand to hand."""

    STRAIGHT = "straight"
    STEPWISE = "stepwise"


class DirectiveKind(StrEnum):
    """What a directive is (the usual kinds of official paper, GB/T 9704 and its regulation)."""

    NOTICE = "notice"
    CONFERENCE = "conference"
    REQUIREMENT = "requirement"
    DECISION = "decision"
    REPLY = "reply"


class DirectiveState(StrEnum):
    """Whether a directive is in force."""

    ISSUED = "issued"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class NodeState(StrEnum):
    """Where a receiver stands. WAITING: the level above has not passed it on yet."""

    WAITING = "waiting"
    RECEIVED = "received"
    READ = "read"
    ACKNOWLEDGED = "acknowledged"
    ACTED = "acted"


class NodeAction(StrEnum):
    """What can happen to a receiver's copy."""

    RECEIVE = "receive"
    READ = "read"
    ACKNOWLEDGE = "acknowledge"
    ACT = "act"


_ORDER = (
    NodeState.WAITING,
    NodeState.RECEIVED,
    NodeState.READ,
    NodeState.ACKNOWLEDGED,
    NodeState.ACTED,
)
# (from, action) -> to. Who acknowledges has read, who acts has acknowledged; nothing goes back, and
# what is done already stays as it is when it is done again.
NODE_TABLE: dict[tuple[NodeState, NodeAction], NodeState] = {
    (NodeState.WAITING, NodeAction.RECEIVE): NodeState.RECEIVED,
    **{
        (state, action): max(state, target, key=_ORDER.index)
        for action, target in (
            (NodeAction.READ, NodeState.READ),
            (NodeAction.ACKNOWLEDGE, NodeState.ACKNOWLEDGED),
            (NodeAction.ACT, NodeState.ACTED),
        )
        for state in _ORDER[1:]
    },
}


def next_node(state: NodeState, action: NodeAction) -> NodeState | None:
    """Return the state after `action`, None where the table does not allow it."""
    return NODE_TABLE.get((state, action))


def node_state(
    received: datetime | None,
    read: datetime | None,
    acknowledged: datetime | None,
    acted: datetime | None,
) -> NodeState:
    """Return the one state that a receiver's times say."""
    if acted:
        return NodeState.ACTED
    if acknowledged:
        return NodeState.ACKNOWLEDGED
    if read:
        return NodeState.READ
    return NodeState.RECEIVED if received else NodeState.WAITING


class MeasureKind(StrEnum):
    """The five ways in which provinces answered (S01, a to e)."""

    NOTICES = "notices"
    REQUIREMENTS = "requirements"
    RECALL = "recall"
    APPEALS = "appeals"
    CARE = "care"


class TaskKind(StrEnum):
    """What a task round is about (S11)."""

    MONITORING = "monitoring"
    SCIENCE = "science"
    HEALTH_TIPS = "health_tips"
    ANSWERS = "answers"
    HYGIENE = "hygiene"
    OTHER = "other"


class Proof(StrEnum):
    """What a grid shows when it says that it is done."""

    NONE = "none"
    NOTE = "note"
    COUNT = "count"
    PHOTO = "photo"


class LineState(StrEnum):
    """Where a grid stands in a task round."""

    OPEN = "open"
    DONE = "done"
    EXCUSED = "excused"


class LineAction(StrEnum):
    """What can happen to a grid's line."""

    DONE = "done"
    EXCUSE = "excuse"
    REOPEN = "reopen"


LINE_TABLE: dict[tuple[LineState, LineAction], LineState] = {
    (LineState.OPEN, LineAction.DONE): LineState.DONE,
    (LineState.OPEN, LineAction.EXCUSE): LineState.EXCUSED,
    (LineState.EXCUSED, LineAction.DONE): LineState.DONE,
    (LineState.DONE, LineAction.REOPEN): LineState.OPEN,
    (LineState.EXCUSED, LineAction.REOPEN): LineState.OPEN,
}


def next_line(state: str, action: LineAction) -> LineState | None:
    """Return the state after `action`, None where the table does not allow it."""
    return LINE_TABLE.get((LineState(state), action))


def covers(targets: Iterable[str], path: str) -> bool:
    """Tell whether the area at `path` lies at or under one of the target paths."""
    return any(path.startswith(target) for target in targets)


def outermost(paths: Iterable[str]) -> list[str]:
    """Return `paths` without those under another one, sorted: nobody receives a paper twice."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return kept


def rungs(path: str) -> list[str]:
    """Return the paths of an area and of all above it, the topmost first."""
    codes = path.rstrip("/").split("/")
    return ["/".join(codes[:n]) + "/" for n in range(1, len(codes) + 1)] if path else []


def late(due: datetime | None, done: datetime | None, now: datetime) -> bool:
    """Tell whether something due was done too late, or is not done though the time is over."""
    return due is not None and (done or now) > due


def earliest(dues: Iterable[datetime | None]) -> datetime | None:
    """Return the first of some deadlines, None when none of them has a time."""
    return min((d for d in dues if d), default=None)


def mean_seconds(total: int, count: int) -> float | None:
    """Return the mean lag of a hop in seconds, None when nobody has taken it yet."""
    return total / count if count else None


def sum_levels(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Add up numbers of areas by level."""
    result: dict[str, int] = {}
    for part in parts:
        for level, number in part.items():
            result[level] = result.get(level, 0) + number
    return result
