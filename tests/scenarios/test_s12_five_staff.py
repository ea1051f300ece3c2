# cjk: words of a made-up community
"""S12: five staff and 3,000 households (Yijing community, Foshan), before and after a call.

The community's own files go in through the imports; a round by the five staff alone takes three
days; with the helpers of the buildings the next one is through the same morning. The times are
computed from the records.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db.models import Max, Min
from tests.doors.imports import whole
from tests.scenarios import city
from tests.scenarios.gate import Gate, act

from lianfang.areas.models import Area, Grant
from lianfang.areas.rules import Role
from lianfang.doors.imports.rows import Kind
from lianfang.kernel.actors import Actor
from lianfang.kernel.models import Record
from lianfang.kernel.times import now
from lianfang.people.auth import actor_for
from lianfang.people.models import Account, Household
from lianfang.screening import queries
from lianfang.screening.models import Visit

pytestmark = pytest.mark.django_db
DISTRICT, COMMUNITY = "440605", "440605011900"
STAFF, HOUSEHOLDS = 5, 3_000
# At the door and on to the next; a working day of ten hours.
EACH, DAY = timedelta(minutes=3), timedelta(hours=10)


def community() -> tuple[Area, Actor]:
    """Take in the files of the community as its lead would."""
    area = whole.example_areas()
    city.hire("lead", "community_lead", area)
    lead = actor_for(Account.objects.get(username="lead"))
    for name, kind in (
        ("organisations.xlsx", Kind.ORGANISATIONS),
        ("roster.xlsx", Kind.ROSTER),
        ("helpers.xlsx", Kind.HELPERS),
    ):
        whole.take(whole.EXAMPLES / name, area, lead, kind=kind)
    return area, lead


def share_out(helpers: list[Account], doors: list[Household]) -> dict[UUID, list[Household]]:
    """Give each helper a stretch of neighbouring doors."""
    each = -(-len(doors) // len(helpers))
    return {helper.id: doors[n * each : (n + 1) * each] for n, helper in enumerate(helpers)}


def walk(shares: dict[UUID, list[Household]], round_id: UUID, start: datetime) -> None:
    """Let each helper go from door to door; what a phone sends goes through the API."""
    for account_id, doors in shares.items():
        gate = Gate(Account.objects.get(id=account_id).username)
        entries = []
        for n, door in enumerate(doors):
            days, rest = divmod(EACH * (n + 1), DAY)
            content = {
                "household_id": str(door.id),
                "round_id": str(round_id),
                "outcome": "met" if door.persons else "vacant",
                "all_normal": bool(door.persons),
            }
            at = start + timedelta(days=days) + rest
            entries.append(act("household.visit", content, door.district, at))
        gate.must(entries)


def time_to_cover(round_id: UUID) -> timedelta:
    """Return how long a round took, from its first record to its last."""
    made = Visit.objects.filter(round_id=round_id)
    assert Record.objects.filter(id__in=made.values("id")).count() == HOUSEHOLDS
    span = made.aggregate(first=Min("occurred_at"), last=Max("occurred_at"))
    took: timedelta = span["last"] - span["first"]
    return took


def test_five_staff_and_then_many_hands() -> None:
    area, lead = community()
    assert Household.objects.filter(state="live").count() == HOUSEHOLDS
    accounts = Account.objects.exclude(person_id=None)
    grants = {g.account_id: g for g in Grant.objects.filter(ended_at=None)}
    serves: dict[UUID, list[UUID]] = {}
    for grant in Grant.objects.filter(ended_at=None).exclude(area=None).order_by("id"):
        assert grant.area_id
        serves.setdefault(grant.account_id, []).append(grant.area_id)
    staff = [a for a in accounts if grants[a.id].role == Role.GRID_WORKER]
    assert len(staff) == STAFF
    doors = list(Household.objects.order_by("area__code", "sort_key"))

    # Before: the five alone, each in the own grids.
    own: dict[UUID, list[Household]] = {}
    by_grid = {
        g.area_id: g.account_id for g in Grant.objects.filter(role=Role.GRID_WORKER, ended_at=None)
    }
    for door in doors:
        own.setdefault(by_grid[door.area_id], []).append(door)
    assert sum(map(len, own.values())) / STAFF == 600
    first = city.open_round(lead, [area], "第一轮：五个人")
    walk(own, first, now() - timedelta(days=8))
    assert queries.coverage(lead, first, area).percent == 100
    before = time_to_cover(first)

    # After: who answered the call gets the doors of the own building the same hour.
    called = now()
    helpers = [a for a in accounts if a not in staff]
    assert len(helpers) == 120
    gate = Gate("lead")
    gate.must(
        [
            act(
                "grant.give",
                {
                    "account_id": str(one.id),
                    "role": Role.BUILDING_LEAD,
                    "area_id": str(grid_id),
                },
                "",
            )
            for one in helpers
            for grid_id in serves[one.id]
            if grants[one.id].role == Role.VOLUNTEER
        ]
    )
    given = Grant.objects.filter(role=Role.BUILDING_LEAD).aggregate(last=Max("given_at"))
    assert given["last"] - called < timedelta(hours=1)
    # Each helper can serve one or two grids, and goes where most doors are left for a head.
    left = Counter(d.area_id for d in doors)
    at_grid: dict[UUID, list[Account]] = {grid_id: [] for grid_id in left}
    for one in sorted(helpers, key=lambda h: len(serves[h.id])):
        mine = max(serves[one.id], key=lambda g: left[g] / (len(at_grid[g]) + 1))
        at_grid[mine].append(one)
    shares: dict[UUID, list[Household]] = {}
    for grid_id, here in at_grid.items():
        shares |= share_out(here, [d for d in doors if d.area_id == grid_id])
    per_helper = Counter({account_id: len(part) for account_id, part in shares.items()})
    assert per_helper.total() == HOUSEHOLDS
    assert max(per_helper.values()) <= 48
    assert HOUSEHOLDS / (len(helpers) + STAFF) == 24
    second = city.open_round(lead, [area], "第二轮：大家一起")
    walk(shares, second, now() - timedelta(hours=3))
    assert queries.coverage(lead, second, area).percent == 100
    after = time_to_cover(second)

    assert before > timedelta(days=2)
    assert after < timedelta(hours=2, minutes=30)
    assert before / after > 20
