"""The model of beds: whatever the people and the rooms, its promises hold."""

from __future__ import annotations

import random
from collections import defaultdict
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lianfang.arrivals.placement import Bedroom, Plan, Traveller, Why, solve
from lianfang.arrivals.rules import Guest, may_share


def room(key: Any, beds: int, **more: Any) -> Bedroom:
    site = more.pop("site", "hotel")
    return Bedroom(key, site, more.pop("takes", "hotel"), beds, (site, str(key)), **more)


def person(key: int, sex: str = "male", party: str = "", **more: Any) -> Traveller:
    group = more.pop("group", "exposed")
    return Traveller(key, more.pop("to", "hotel"), sex, group, (key,), party, **more)


@st.composite
def tasks(draw: st.DrawFn) -> tuple[list[Bedroom], list[Traveller]]:
    """Some rooms at two sites, and people, some in families, some who need a wheelchair."""
    rooms = [
        room(
            n,
            draw(st.integers(1, 4)),
            site=draw(st.sampled_from(["a", "b"])),
            accessible=draw(st.booleans()),
        )
        for n in range(draw(st.integers(0, 6)))
    ]
    people = [
        person(
            n,
            draw(st.sampled_from(["male", "female", ""])),
            draw(st.sampled_from(["", "", "f1", "f2", "f3"])),
            group=draw(st.sampled_from(["exposed", "others"])),
            accessible=draw(st.integers(0, 9)) == 0,
        )
        for n in range(draw(st.integers(0, 10)))
    ]
    return rooms, people


def faults(rooms: list[Bedroom], people: list[Traveller], plan: Plan) -> list[str]:
    """Return which promises a plan breaks."""
    found = []
    by_room: dict[Any, list[Traveller]] = defaultdict(list)
    where = {r.key: r for r in rooms}
    for one in people:
        if one.key in plan.beds:
            by_room[plan.beds[one.key]].append(one)
        if (one.key in plan.beds) == (one.key in plan.unplaced):
            found.append(f"{one.key} is neither placed nor unplaced, or both")
        placed = where[plan.beds[one.key]] if one.key in plan.beds else None
        if one.accessible and placed and not one.party and not placed.accessible:
            found.append(f"{one.key} needs an accessible room")
    for key, guests in by_room.items():
        if len(guests) > where[key].free:
            found.append(f"room {key} is overfull")
        if not may_share([Guest(g.sex, g.group, g.party) for g in guests]):
            found.append(f"room {key} is mixed")
    parties: dict[str, list[Traveller]] = defaultdict(list)
    for one in people:
        if one.party:
            parties[one.party].append(one)
    for party, members in parties.items():
        sites = {where[plan.beds[m.key]].site if m.key in plan.beds else None for m in members}
        if len(sites) > 1:
            found.append(f"family {party} is split over {sites}")
    return found


@given(tasks())
@settings(max_examples=120)
def test_no_bed_twice_families_together_sexes_and_risks_apart(
    task: tuple[list[Bedroom], list[Traveller]],
) -> None:
    rooms, people = task
    plan = solve(rooms, people)
    assert plan.proven
    assert faults(rooms, people, plan) == []


@given(tasks(), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_order_of_the_file_changes_nothing(
    task: tuple[list[Bedroom], list[Traveller]], chance: random.Random
) -> None:
    rooms, people = task
    first = solve(rooms, people)
    chance.shuffle(rooms)
    chance.shuffle(people)
    second = solve(rooms, people)
    assert (first.beds, first.unplaced) == (second.beds, second.unplaced)


def _most(rooms: list[Bedroom], people: list[Traveller]) -> int:
    """Return how many can be placed at best, by trying everything."""
    best = 0
    families = {p.party for p in people if p.party}
    alone = {f for f in families if sum(p.party == f for p in people) == 1}
    for choice in product([None, *rooms], repeat=len(people)):
        beds: dict[Any, list[Traveller]] = defaultdict(list)
        for one, where in zip(people, choice, strict=True):
            if where is not None:
                beds[where.key].append(one)
        placed = sum(len(g) for g in beds.values())
        if placed <= best or any(len(beds[r.key]) > r.free for r in rooms):
            continue
        # A family has its rooms to itself; alone, its member is like any other.
        parties = [
            {"" if p.party in alone else p.party for p in guests} for guests in beds.values()
        ]
        if any(len(p) > 1 for p in parties):
            continue
        kinds = [
            {(p.sex, p.group) for p in guests}
            for guests, party in zip(beds.values(), parties, strict=True)
            if party == {""}
        ]
        if any(len(k) > 1 for k in kinds) or any(
            len(g) > 1 and g[0].sex == "" and p == {""}
            for g, p in zip(beds.values(), parties, strict=True)
        ):
            continue
        sites: dict[str, set[Any]] = defaultdict(set)
        for one, where in zip(people, choice, strict=True):
            if one.party:
                sites[one.party].add(None if where is None else where.site)
        if any(len(s) > 1 for s in sites.values()):
            continue
        best = placed
    return best


@given(tasks())
@settings(max_examples=40)
def test_no_other_way_places_more(task: tuple[list[Bedroom], list[Traveller]]) -> None:
    rooms, people = task
    rooms = rooms[:3]
    people = [Traveller(p.key, p.destination, p.sex, p.group, p.sort, p.party) for p in people[:6]]
    assert len(solve(rooms, people).beds) == _most(rooms, people)


def test_each_reason_is_said() -> None:
    assert solve([], [person(1)]).unplaced == {1: Why.NO_SITE}
    full = solve([room(1, 1)], [person(1), person(2)])
    assert full.unplaced == {2: Why.FULL}
    other = solve([room(1, 2)], [person(1), person(2), person(3, "female")])
    assert other.unplaced == {3: Why.FULL}
    mixed = solve([room(1, 3)], [person(1), person(2), person(3, "female")])
    assert mixed.unplaced == {3: Why.OTHER_ROOMS}
    large = solve([room(1, 2), room(2, 1)], [person(n, party="f") for n in range(4)])
    assert set(large.unplaced.values()) == {Why.FAMILY_TOO_LARGE}
    wheels = solve([room(1, 2)], [person(1, accessible=True)])
    assert wheels.unplaced == {1: Why.NO_ACCESSIBLE}
    unknown = solve([room(1, 2)], [person(1, ""), person(2, "")])
    assert set(unknown.unplaced.values()) == {Why.SEX_UNKNOWN}


def test_late_comers_join_their_own_and_nobody_elses_room() -> None:
    here = room(1, 1, party="f", taken=True)
    assert solve([here], [person(1, "female", "f")]).beds == {1: 1}
    assert solve([here], [person(2)]).unplaced
    men = room(2, 1, sex="male", group="exposed", taken=True)
    assert solve([men], [person(2)]).beds == {2: 2}
    assert solve([men], [person(3, "female")]).unplaced
    assert solve([men], [person(4, group="others")]).unplaced


def test_a_large_family_takes_several_rooms_of_one_site() -> None:
    rooms = [room(n, 2, site="a") for n in range(2)] + [room(n + 9, 2, site="b") for n in range(4)]
    plan = solve(rooms, [person(n, party="f") for n in range(7)])
    assert {plan.beds[n] for n in range(7)} == {9, 10, 11, 12}
