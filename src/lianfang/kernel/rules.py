"""The state table of duties."""

from __future__ import annotations

from enum import StrEnum


class DutyState(StrEnum):
    """Where a duty stands."""

    OPEN = "open"
    CLAIMED = "claimed"
    STARTED = "started"
    DONE = "done"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class DutyAction(StrEnum):
    """What can happen to a duty."""

    OPEN = "open"
    CLAIM = "claim"
    ASSIGN = "assign"
    START = "start"
    DONE = "done"
    RETURN = "return"
    TIME_OUT = "time_out"
    CLIMB = "climb"
    EXPIRE = "expire"
    CANCEL = "cancel"
    MOVE = "move"


LIVE = frozenset({DutyState.OPEN, DutyState.CLAIMED, DutyState.STARTED})

# (from, action) -> to. What is not listed is refused.
DUTY_TABLE: dict[tuple[DutyState, DutyAction], DutyState] = {
    (DutyState.OPEN, DutyAction.CLAIM): DutyState.CLAIMED,
    (DutyState.OPEN, DutyAction.ASSIGN): DutyState.CLAIMED,
    (DutyState.CLAIMED, DutyAction.ASSIGN): DutyState.CLAIMED,
    (DutyState.STARTED, DutyAction.ASSIGN): DutyState.CLAIMED,
    (DutyState.CLAIMED, DutyAction.START): DutyState.STARTED,
    (DutyState.CLAIMED, DutyAction.RETURN): DutyState.OPEN,
    (DutyState.STARTED, DutyAction.RETURN): DutyState.OPEN,
    (DutyState.CLAIMED, DutyAction.TIME_OUT): DutyState.OPEN,
    (DutyState.OPEN, DutyAction.CLIMB): DutyState.OPEN,
    (DutyState.CLAIMED, DutyAction.CLIMB): DutyState.CLAIMED,
    (DutyState.STARTED, DutyAction.CLIMB): DutyState.STARTED,
    (DutyState.OPEN, DutyAction.MOVE): DutyState.OPEN,
    (DutyState.CLAIMED, DutyAction.MOVE): DutyState.CLAIMED,
    (DutyState.STARTED, DutyAction.MOVE): DutyState.STARTED,
    **{(state, DutyAction.DONE): DutyState.DONE for state in LIVE},
    **{(state, DutyAction.EXPIRE): DutyState.EXPIRED for state in LIVE},
    **{(state, DutyAction.CANCEL): DutyState.CANCELLED for state in LIVE},
}


def next_state(state: str, action: DutyAction) -> DutyState | None:
    """Return the state after `action`, or None when the table does not allow it."""
    return DUTY_TABLE.get((DutyState(state), action))


def parent_path(path: str) -> str:
    """Return the path one level up: '44/4406/' for '44/4406/440605/', '' for '44/'."""
    return path.rstrip("/").rpartition("/")[0] + "/" if path.count("/") > 1 else ""
