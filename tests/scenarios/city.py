"""Builds a made-up population over real areas, through commands only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from tests.scenarios.gate import Gate, act, area_rows, doors
from tests.town import accepted

from lianfang.areas.models import Area
from lianfang.kernel.actors import OPERATOR, Actor
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import new_id
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.screening import rounds


@dataclass
class Home:
    """A made-up household, as its registration named it."""

    id: str
    district: str
    grid: str
    label: str
    persons: list[str] = field(default_factory=list)


def operate(entries: Sequence[Entry]) -> None:
    """Let the operator do what must be accepted (set-up of areas and accounts)."""
    accepted(submit(OPERATOR, entries))


def import_areas(*prefixes: str) -> dict[str, Area]:
    """Import the real areas of these codes; returns all areas by code."""
    operate([act("area.import", {"rows": area_rows(*prefixes)}, "")])
    return areas()


def areas() -> dict[str, Area]:
    """Return all live areas by code."""
    return {a.code: a for a in Area.objects.filter(valid_to=None)}


def draw_grids(communities: Sequence[Area], each: int) -> list[Area]:
    """Draw `each` grids in every community."""
    operate(
        [
            act(
                "area.draw",
                {
                    "parent_id": str(c.id),
                    "code": f"{c.code}{n:03d}",
                    "name": f"{c.name}第{n}网格",
                },
                "",
            )
            for c in communities
            for n in range(1, each + 1)
        ]
    )
    return list(Area.objects.filter(level=6, valid_to=None).order_by("code"))


def hire(username: str, role: str, area: Area | None, name: str = "") -> UUID:
    """Make an account with a role in an area (None: everywhere); returns its id."""
    return hire_all([(username, role, area, name)])[0]


def hire_all(staff: Sequence[tuple[str, str, Area | None, str]]) -> list[UUID]:
    """Make accounts with a role each: (login name, role, area, name)."""
    ids = [new_id() for _ in staff]
    accounts = [
        act(
            "account.create",
            {"account_id": str(id_), "username": username, "name": name or username},
            "",
        )
        for id_, (username, _, _, name) in zip(ids, staff, strict=True)
    ]
    grants = [
        act(
            "grant.give",
            {"account_id": str(id_), "role": role, "area_id": str(area.id) if area else None},
            "",
        )
        for id_, (_, role, area, _) in zip(ids, staff, strict=True)
    ]
    operate(accounts)
    operate(grants)
    return ids


def settle(gate: Gate, grids: Sequence[Area], each: int, persons: int = 2) -> list[Home]:
    """Register `each` households in every grid; returns them in order."""
    homes, entries = [], []
    for grid in grids:
        for payload in doors(grid.id, each, persons, building=str(int(grid.code[-3:]))):
            entries.append(act("household.register", payload, grid.district))
            homes.append(
                Home(
                    payload["household_id"],
                    grid.district,
                    grid.code,
                    f"{payload['building']}-{payload['unit']}-{payload['room']}",
                    [m["person_id"] for m in payload["members"]],
                )
            )
    gate.must(entries)
    return homes


def open_round(actor: Actor, targets: Sequence[Area], name: str, **more: Any) -> UUID:
    """Open a round over areas, in all their districts."""
    round_id = new_id()
    today = timezone.localdate()
    payload = {
        "round_id": str(round_id),
        "name": name,
        "area_ids": [str(a.id) for a in targets],
        "first_day": str(today),
        "last_day": str(today + timedelta(days=7)),
        **more,
    }
    receipt = rounds.open_round(actor, payload)
    assert receipt.stands, receipt
    return round_id


def visit(home: Home, round_id: UUID, outcome: str = "met", **more: Any) -> Entry:
    """Return the entry of a visit; met without readings is the one-act "all normal"."""
    payload = {
        "household_id": home.id,
        "round_id": str(round_id),
        "outcome": outcome,
        **more,
    }
    if outcome == "met" and not more:
        payload["all_normal"] = True
    return act("household.visit", payload, home.district, now())
