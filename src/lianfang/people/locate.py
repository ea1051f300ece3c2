"""Finds where entries about households and persons act, for a whole list at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from lianfang.areas.tree import places
from lianfang.kernel.batch import Batch, Item
from lianfang.people.models import Household, Person


def put(item: Item[Any], batch: Batch[Any], area_id: UUID, household_id: UUID | None) -> None:
    """Put the item at a door (or, without one, at the area)."""
    place = places({area_id}, batch).get(area_id)
    if place is None or place.district != batch.district:
        return
    item.place = place
    item.path = f"{place.path}{household_id.hex}/" if household_id else place.path


def by_household(field: str = "household_id") -> Callable[[Batch[Any]], None]:
    """Return a locator by the household that the payload names in `field`."""

    def locate(batch: Batch[Any]) -> None:
        ids = {getattr(item.payload, field) for item in batch}
        doors = batch.memo["doors"] = read_doors(batch.district, ids)
        places({area_id for area_id, _, _ in doors.values()}, batch)
        for item in batch:
            household_id = getattr(item.payload, field)
            item.subject_id = household_id
            if door := doors.get(household_id):
                put(item, batch, door[0], household_id)

    return locate


Door = tuple[UUID, str, UUID | None]


def read_doors(district: str, ids: Iterable[UUID]) -> dict[UUID, Door]:
    """Return area, state and (if merged) successor of each of the households `ids`."""
    rows = Household.objects.filter(district=district, id__in=set(ids))
    return {
        id_: (area_id, state, into)
        for id_, area_id, state, into in rows.values_list(
            "id", "area_id", "state", "merged_into_id"
        )
    }


def by_person(batch: Batch[Any]) -> None:
    """Locate entries by the person they name: at the door, or in the community without one."""
    ids = {item.payload.person_id for item in batch}
    rows = Person.objects.filter(district=batch.district, id__in=ids).values_list(
        "id", "household_id", "community_id", "household__area_id"
    )
    found = {row[0]: row[1:] for row in rows}
    for item in batch:
        item.subject_id = item.payload.person_id
        if where := found.get(item.payload.person_id):
            household_id, community_id, area_id = where
            put(item, batch, area_id or community_id, household_id)
