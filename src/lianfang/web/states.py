"""The states in which a door can be shown: one word, one glyph, one colour each."""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DoorState(StrEnum):
    """How a household's door looks on an elevation, a badge, a legend.

    Where several are true at once, show the first in the order of `DoorState.urgency`.
    """

    UNVISITED = "unvisited"
    FINE = "fine"
    PHONE = "phone"
    NOBODY = "nobody"
    REFUSED = "refused"
    FEVER = "fever"
    ISOLATED = "isolated"
    HELP = "help"
    VACANT = "vacant"

    @property
    def label(self) -> str | Promise:
        """The word shown beside the glyph."""
        return _LABELS[self]

    @property
    def icon(self) -> str:
        """The name of its glyph in the icon set."""
        return "check" if self is DoorState.FINE else self.value

    @property
    def urgency(self) -> int:
        """0 is shown before 8 where a door is in several states."""
        return _URGENCY.index(self)


_LABELS: dict[DoorState, str | Promise] = {
    DoorState.UNVISITED: _("Not visited"),
    DoorState.FINE: _("Met, fine"),
    DoorState.PHONE: _("By phone or self-reported"),
    DoorState.NOBODY: _("Nobody home"),
    DoorState.REFUSED: _("Refused"),
    DoorState.FEVER: _("Fever"),
    DoorState.ISOLATED: _("Isolated at home"),
    DoorState.HELP: _("Asked for help"),
    DoorState.VACANT: _("Vacant or moved away"),
}

_URGENCY = [
    DoorState.FEVER,
    DoorState.HELP,
    DoorState.ISOLATED,
    DoorState.REFUSED,
    DoorState.NOBODY,
    DoorState.UNVISITED,
    DoorState.PHONE,
    DoorState.FINE,
    DoorState.VACANT,
]
