"""A small made-up town for tests: one community with two grids, its staff and some doors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from lianfang.areas.models import Area
from lianfang.kernel.actors import OPERATOR, Actor
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import new_id
from lianfang.kernel.receipts import Receipt, Status
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.people.auth import actor_for
from lianfang.people.models import Account

DISTRICT = "440605"
COMMUNITY = "440605011900"
ROWS = [
    ("44", "广东省"),
    ("4406", "佛山市"),
    ("440605", "南海区"),
    ("440605011", "桂城街道"),
    (COMMUNITY, "怡景社区"),
    (COMMUNITY + "001", "第一网格"),
    (COMMUNITY + "002", "第二网格"),
    ("440605012", "邻近街道"),
    ("440605012901", "邻近社区"),
    ("440605012901001", "邻近网格"),
]


def entry(command: str, payload: dict[str, Any], district: str = DISTRICT, **more: Any) -> Entry:
    """Return an entry that happens now."""
    more.setdefault("id", new_id())
    more.setdefault("occurred_at", now())
    return Entry(command=command, payload=payload, district=district, **more)


def accepted(receipts: list[Receipt]) -> list[Receipt]:
    """Return the receipts after checking that all entries were accepted."""
    bad = [r.as_dict() for r in receipts if r.status != Status.ACCEPTED]
    assert not bad, bad
    return receipts


def do(actor: Actor, command: str, payload: dict[str, Any], district: str = DISTRICT) -> Receipt:
    """Submit one act that must be accepted, and return its receipt."""
    return accepted(submit(actor, [entry(command, payload, district)]))[0]


@dataclass
class Town:
    """What `build` made: areas by code, accounts by login name, households by label."""

    areas: dict[str, Area] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    households: dict[str, UUID] = field(default_factory=dict)

    def actor(self, username: str) -> Actor:
        """Return the actor of an account as it stands at this moment."""
        return actor_for(Account.objects.get(username=username))

    def grid(self, number: int) -> Area:
        """Return one of the two grids, by 1 or 2."""
        return self.areas[f"{COMMUNITY}{number:03d}"]

    def hire(self, username: str, role: str, code: str | None) -> Account:
        """Make an account with one role in the area of that code (None: everywhere)."""
        account_id = new_id()
        payload = {"account_id": str(account_id), "username": username, "name": username}
        do(OPERATOR, "account.create", payload, "")
        area_id = str(self.areas[code].id) if code else None
        grant = {"account_id": str(account_id), "role": role, "area_id": area_id}
        do(OPERATOR, "grant.give", grant, "")
        self.accounts[username] = Account.objects.get(id=account_id)
        return self.accounts[username]

    def register(self, grid: int, *rooms: str, members: int = 2) -> list[UUID]:
        """Register doors such as '3-2-501' in a grid, each with so many people."""
        entries = []
        for label in rooms:
            building, unit, room = label.split("-")
            household_id = new_id()
            self.households[label] = household_id
            entries.append(
                entry(
                    "household.register",
                    {
                        "household_id": str(household_id),
                        "area_id": str(self.grid(grid).id),
                        "building": building,
                        "unit": unit,
                        "floor": int(room) // 100,
                        "room": room,
                        "members": [
                            {"person_id": str(new_id()), "name": f"王{label}{n}", "sex": "female"}
                            for n in range(members)
                        ],
                    },
                )
            )
        accepted(submit(self.actor("lead"), entries))
        return [self.households[label] for label in rooms]


def build() -> Town:
    """Make the town through `submit`: areas, a lead, two grid workers, and others with roles."""
    town = Town()
    rows = [{"code": code, "name": name} for code, name in ROWS]
    do(OPERATOR, "area.import", {"rows": rows}, "")
    town.areas = {a.code: a for a in Area.objects.all()}
    town.hire("lead", "community_lead", COMMUNITY)
    town.hire("grid1", "grid_worker", COMMUNITY + "001")
    town.hire("grid2", "grid_worker", COMMUNITY + "002")
    return town
