"""How coverage and doors look: from the room's values to the components of the design."""

from __future__ import annotations

from lianfang.screening.rules import DONE, EXCUSED, Counts, Outcome
from lianfang.web import components as c
from lianfang.web.states import DoorState

_STATES = {
    Outcome.MET: DoorState.FINE,
    Outcome.BY_PHONE: DoorState.PHONE,
    Outcome.SELF_REPORTED: DoorState.PHONE,
    Outcome.VACANT: DoorState.VACANT,
    Outcome.MOVED_AWAY: DoorState.VACANT,
    Outcome.NOBODY_HOME: DoorState.NOBODY,
    Outcome.REFUSED: DoorState.REFUSED,
    Outcome.UNVISITED: DoorState.UNVISITED,
}


def coverage(counts: Counts) -> c.Coverage:
    """Return counts as the bar and the tiles show them."""
    return c.Coverage(
        counts.done, counts.excused, max(counts.open, 0), min(counts.silent, max(counts.open, 0))
    )


def door_state(
    outcome: str | None, fever: bool, *, health: bool, isolated: bool = False
) -> DoorState:
    """Return how a door looks; fever and isolation only to somebody who sees health there."""
    if fever and health:
        return DoorState.FEVER
    if isolated and health:
        return DoorState.ISOLATED
    return _STATES[Outcome(outcome)] if outcome else DoorState.UNVISITED


def icon(outcome: str | None) -> str:
    """Return the glyph of an outcome."""
    return door_state(outcome, False, health=False).icon


def tone(outcome: str | None) -> c.Tone:
    """Return the tone of an outcome in lists: settled is quiet."""
    if outcome in DONE or outcome in EXCUSED:
        return "plain"
    return "warn" if outcome == Outcome.REFUSED else "plain"


def per_cent(counts: Counts) -> str:
    """Return the share that is done or excused as it is written."""
    return coverage(counts).percent_text
