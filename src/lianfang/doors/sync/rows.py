"""Doors with their people and standings, as compact rows; only the fields that the actor may see.

A door is [id, area, building, unit, floor, room, persons, standings]; a person is
[id, name, sex, year of birth, relation, telephone, care]; a standing is
[round, outcome, fever (0 or 1), persons from outside, seconds since 1970].
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from lianfang.kernel.actors import Actor
from lianfang.kernel.scope import within
from lianfang.kernel.verbs import Sight
from lianfang.people.models import Household, Person
from lianfang.people.rules import HouseholdState, PersonState, mask_name
from lianfang.screening.models import Coverage, Round
from lianfang.screening.rules import DONE, EXCUSED

Row = list[Any]
# The outcome of a door that the round before has settled: nothing is owed there.
SETTLED = "settled"
_CHUNK = 500


def sight_of(actor: Actor, path: str) -> str:
    """Return which sights the actor has at `path`, as a short text that changes when they do."""
    letters = (
        ("a", Sight.ADDRESS),
        ("i", Sight.IDENTITY),
        ("c", Sight.CONTACT),
        ("h", Sight.HEALTH),
    )
    return "".join(letter for letter, sight in letters if actor.sees(sight, path))


def in_paths(paths: Collection[str], districts: Collection[str]) -> QuerySet[Household]:
    """Return the live doors under `paths`."""
    return Household.objects.filter(
        within(paths, "area__path"), district__in=districts, state=HouseholdState.LIVE
    )


def doors(
    found: Iterable[tuple[Household, str]], district: str, rounds: Sequence[Round]
) -> list[Row]:
    """Return the rows of doors of one district, each with the sight under which it is seen."""
    listed = list(found)
    rows: list[Row] = []
    for start in range(0, len(listed), _CHUNK):
        part = listed[start : start + _CHUNK]
        ids = [h.id for h, _ in part]
        people = _persons(district, ids)
        standing = standings(district, ids, rounds)
        for household, sight in part:
            rows.append(
                [
                    str(household.id),
                    str(household.area_id),
                    household.building,
                    household.unit,
                    household.floor,
                    household.room,
                    [_person(p, sight) for p in people[household.id]],
                    [_seen(s, sight) for s in standing[household.id]],
                ]
            )
    return rows


def _persons(district: str, ids: Collection[UUID]) -> dict[UUID, list[Person]]:
    by_door: dict[UUID, list[Person]] = defaultdict(list)
    found = Person.objects.filter(
        district=district, household_id__in=ids, state=PersonState.LIVE
    ).only("id", "household_id", "name", "sex", "born", "relation", "phone", "care")
    for person in found.order_by("registered_at", "id"):
        if person.household_id:
            by_door[person.household_id].append(person)
    return by_door


def _person(person: Person, sight: str) -> Row:
    named = "i" in sight
    return [
        str(person.id),
        person.name if named else mask_name(person.name),
        person.sex,
        person.born.year if named and person.born else None,
        person.relation if named else "",
        person.phone if "c" in sight else "",
        list(person.care) if "h" in sight else [],
    ]


def _seen(standing: Row, sight: str) -> Row:
    return standing if "h" in sight else [standing[0], standing[1], 0, 0, standing[4]]


def standings(
    district: str, ids: Collection[UUID], rounds: Sequence[Round]
) -> dict[UUID, list[Row]]:
    """Return what counts at each of the doors `ids` in each of `rounds`."""
    result: dict[UUID, list[Row]] = defaultdict(list)
    if not rounds or not ids:
        return result
    before = {r.continues_id: r.id for r in rounds if r.continues_id}
    wanted = [r.id for r in rounds]
    lines = Coverage.objects.filter(
        Q(round_id__in=wanted) | Q(round_id__in=list(before), outcome__in=[*DONE, *EXCUSED]),
        district=district,
        household_id__in=ids,
    )
    have: set[tuple[UUID, UUID]] = set()
    earlier: list[tuple[UUID, UUID]] = []
    for round_id, door, outcome, fever, outsiders, at in lines.values_list(
        "round_id", "household_id", "outcome", "fever", "outsiders", "occurred_at"
    ):
        if round_id in wanted:
            have.add((round_id, door))
            stamp = int(at.timestamp()) if at else None
            result[door].append([str(round_id), outcome, int(fever), outsiders, stamp])
        if round_id in before and outcome in (*DONE, *EXCUSED):
            earlier.append((before[round_id], door))
    for round_id, door in earlier:
        if (round_id, door) not in have:
            result[door].append([str(round_id), SETTLED, 0, 0, None])
    return result
