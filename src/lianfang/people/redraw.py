"""Grids redrawn: split and merge, each a row of commands that can be sent again from the start.

Each step has an id derived from the act's, so a step that was done before answers "repeated" and
the rest goes on: after a crash, a lost connection, a second press of the button. Doors keep their
ids, and what was recorded about them stays where it was recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from lianfang.areas import queries as area_queries
from lianfang.areas.models import Area
from lianfang.areas.rules import Level
from lianfang.kernel import problems
from lianfang.kernel.actors import Actor
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import derive_id, time_of
from lianfang.kernel.problems import Refuse
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.people import queries

# As many doors as one `household.assign` takes.
AT_ONCE = 2_000

Chosen = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Part:
    """A grid that a split draws: code and name, and the (building, unit) that go to it."""

    code: str
    name: str
    stairs: frozenset[tuple[str, str]]


def split(actor: Actor, act: UUID, grid: Area, parts: Sequence[Part]) -> list[UUID]:
    """Draw new grids beside `grid` and give them the doors of the stairs named; return their ids.

    What no part names stays in `grid`, which goes on. Raises Refuse with the first refusal; what
    was done until then stands, and the same act again goes on from there.
    """
    drawn = [_draw(actor, act, grid, number, part) for number, part in enumerate(parts)]
    for part, target in zip(parts, drawn, strict=True):
        for building, unit in sorted(part.stairs):
            _assign(actor, act, grid, target, queries.live_ids(grid, building, unit))
    return drawn


def merge(actor: Actor, act: UUID, grid: Area, into: Area, *, last_day: date) -> int:
    """Give all doors of `grid` to `into` and close it; return how many doors moved in this call.

    Raises Refuse with the first refusal; the same act again goes on from there.
    """
    if into.id == grid.id or into.valid_to or into.parent_id != grid.parent_id:
        raise Refuse(problems.NOT_FOUND, "into")
    moved = 0
    # A door that is registered meanwhile is found by the next look.
    while ids := queries.live_ids(grid)[:AT_ONCE]:
        moved += _assign(actor, act, grid, into.id, ids)
    if area_queries.live(grid.id):
        payload = {"area_id": str(grid.id), "last_day": last_day.isoformat()}
        _step(actor, act, ("retire",), "area.retire", payload, "")
    return moved


def _draw(actor: Actor, act: UUID, grid: Area, number: int, part: Part) -> UUID:
    """Draw one grid, or take the one that an earlier run of this act has drawn."""
    payload = {"parent_id": str(grid.parent_id), "code": part.code, "name": part.name}
    receipt = _step(actor, act, ("draw", number, part.code), "area.draw", payload, "")
    return UUID(receipt.result["area_id"])


def _assign(actor: Actor, act: UUID, grid: Area, target: UUID, ids: Sequence[UUID]) -> int:
    for start in range(0, len(ids), AT_ONCE):
        some = [str(i) for i in ids[start : start + AT_ONCE]]
        payload = {"area_id": str(target), "household_ids": some}
        # The doors are part of the id: what is left after a crash is another step, not the same.
        _step(actor, act, ("assign", target, *some), "household.assign", payload, grid.district)
    return len(ids)


def _step(
    actor: Actor,
    act: UUID,
    key: Sequence[object],
    command: str,
    payload: Mapping[str, Any],
    district: str,
) -> Receipt:
    entry = Entry(
        derive_id(act, *key), command, dict(payload), now(), district, device_at=time_of(act)
    )
    receipt = submit(actor, [entry])[0]
    if not receipt.stands:
        refusal = receipt.refusal or problems.Refusal(problems.UNEXPECTED)
        raise Refuse(refusal.code, refusal.field, **refusal.params)
    return receipt


def neighbours(actor: Actor, grid: Area) -> list[Area]:
    """Return the other live grids of the grid's community in the actor's scope."""
    found = area_queries.areas(actor).filter(parent_id=grid.parent_id, level=Level.GRID)
    return list(found.exclude(id=grid.id).order_by("code"))
