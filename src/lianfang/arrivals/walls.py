"""Rooms drawn as a wall: floors × rooms, each a cell by how full it is, as on an elevation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lianfang.arrivals.site_queries import Filled
from lianfang.kernel.problems import Words
from lianfang.web.components import Building, Door
from lianfang.web.states import DoorState

# A room borrows the look of a door's state; its words are these.
LOOKS: dict[DoorState, Words] = {
    DoorState.VACANT: gettext_lazy("Free"),
    DoorState.PHONE: gettext_lazy("Beds left"),
    DoorState.FINE: gettext_lazy("Full"),
    DoorState.HELP: gettext_lazy("In the plan"),
    DoorState.REFUSED: gettext_lazy("Out of use"),
}


@dataclass(frozen=True)
class Wall:
    """One building of a site from the front, with the words of its legend."""

    building: Building
    legend: list[tuple[DoorState, Words, int]] = field(default_factory=list)
    state_words: Mapping[str, Words] = field(default_factory=dict)


def look(filled: Filled, planned: int = 0) -> DoorState:
    """Return how a room looks."""
    if not filled.room.used:
        return DoorState.REFUSED
    if planned:
        return DoorState.HELP
    if not filled.guests:
        return DoorState.VACANT
    return DoorState.PHONE if filled.free else DoorState.FINE


def walls(
    name: str,
    rooms: Iterable[Filled],
    href: str = "",
    planned: Mapping[UUID, int] | None = None,
) -> list[Wall]:
    """Return the buildings of a site; `href` holds {id} for a room's; `planned` beds by room."""
    by_building: dict[str, list[Door]] = {}
    counts: dict[str, dict[DoorState, int]] = {}
    for filled in rooms:
        room, more = filled.room, (planned or {}).get(filled.room.id, 0)
        state = look(filled, more)
        taken = len(filled.guests) + more
        note = ngettext("%(taken)d of %(beds)d bed", "%(taken)d of %(beds)d beds", room.beds) % {
            "taken": taken,
            "beds": room.beds,
        }
        if room.accessible:
            note += " · " + _("accessible")
        by_building.setdefault(room.building, []).append(
            Door(
                room.building,
                room.floor,
                room.label,
                state,
                href.format(id=room.id) if href else "",
                f"{LOOKS[state]} · {note}",
            )
        )
        of = counts.setdefault(room.building, {})
        of[state] = of.get(state, 0) + 1
    return [
        Wall(
            Building.of(f"{name} {building}".strip(), doors),
            [(s, LOOKS[s], counts[building][s]) for s in LOOKS if counts[building].get(s)],
        )
        for building, doors in sorted(by_building.items())
    ]
