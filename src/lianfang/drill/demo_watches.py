"""The demonstration's watches at home: checks that were made, and one that is late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from lianfang.areas.models import Area
from lianfang.kernel import times
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import new_id
from lianfang.people.models import Person
from lianfang.people.rules import PersonState
from lianfang.watching.models import Watch

# So many people of the first grid, each behind another door.
HOW_MANY = 4


def watched(grid: Area) -> list[Person]:
    """Return who is under watch: the first person behind each of the grid's first doors."""
    found = Person.objects.filter(
        district=grid.district, household__area_id=grid.id, state=PersonState.LIVE
    ).order_by("household__sort_key", "id")
    by_door: dict[Any, Person] = {}
    for one in found[: HOW_MANY * 12]:
        by_door.setdefault(one.household_id, one)
    return list(by_door.values())[:HOW_MANY]


def starts(grid: Area, people: list[Person], at: datetime) -> Iterator[Entry]:
    """Yield the watches: four checks a day, so that a morning can be missed by noon."""
    for one in people:
        payload = {
            "person_id": str(one.id),
            "household_id": str(one.household_id),
            "area_id": str(grid.id),
            "reason": "arrival",
            "place": "home",
            "from_day": times.local(at).date().isoformat(),
            "days": 14,
            "checks_a_day": 4,
        }
        yield Entry(new_id(), "watch.start", payload, at, grid.district)


def checks(watch_ids: list[str], district: str, at: datetime) -> Iterator[Entry]:
    """Yield the first check of all but the last: hers is late."""
    for number, watch_id in enumerate(watch_ids[:-1]):
        payload = {"watch_id": watch_id, "temperature": f"{36.4 + number / 10:.1f}"}
        moment = at + timedelta(minutes=20 + number)
        yield Entry(new_id(), "watch.check", payload, moment, district)


def site_checks(district: str, at: datetime) -> Iterator[Entry]:
    """Yield the morning's check of everybody at hotel and site but five, who still wait."""
    found = Watch.objects.filter(district=district, place__in=["hotel", "site"])
    ids = list(found.order_by("id").values_list("id", flat=True))
    for number, watch_id in enumerate(ids[:-5]):
        payload = {"watch_id": str(watch_id), "normal": True}
        yield Entry(new_id(), "watch.check", payload, at + timedelta(seconds=8 * number), district)
