"""What the phone carries of watches: whom its owner checks, where, and which checks are owed when.

The next checks of each watch go along, so that a phone without network for two days still knows
the one of the evening and that of tomorrow. Nothing of a case is in it, and no reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from lianfang.areas.queries import districts
from lianfang.arrivals import queries as arrivals
from lianfang.people import queries as people_queries
from lianfang.people.phone import Owner
from lianfang.people.rules import mask_name
from lianfang.stations import queries as stations
from lianfang.watching import queries, slots
from lianfang.watching.models import Watch
from lianfang.watching.rows import zone

MOST = 400
# As many checks as two a day owe in two days.
AHEAD = 4


def part(owner: Owner) -> dict[str, Any] | None:
    """Return this room's part of the phone's list; None for who checks nobody."""
    actor = owner.actor
    found = queries.watches(actor, districts(actor)).filter(away=False, person_id__isnull=False)
    rows = list(found.order_by("area__path", "household_id", "post_id", "id")[:MOST])
    if not rows:
        return None
    communities = people_queries.community_paths([w.person for w in rows])
    posts, rooms = _sites(rows)
    listed = []
    for row in rows:
        seen = people_queries.visible(actor, row.person, communities=communities)
        listed.append(
            {
                "district": row.district,
                "id": str(row.id),
                # Whoever checks must be able to tell two people in a room apart.
                "name": seen.name or mask_name(row.person.name),
                "door": str(row.household_id) if row.household_id else None,
                "label": _label(row, posts, rooms),
                "area": row.area.name,
                "from": row.from_day.isoformat(),
                "until": row.until_day.isoformat(),
                "unwell": int(row.unwell),
                "missed": row.missed,
                "left": int(row.left_at is not None),
                "slots": _owed(row),
            }
        )
    return {"watches": listed}


def _sites(rows: Iterable[Watch]) -> tuple[dict[UUID, str], dict[UUID, str]]:
    """Return the names of the posts and the rooms of the persons, for those who stay at a site."""
    by_district: dict[str, list[Watch]] = defaultdict(list)
    for row in rows:
        if row.post_id:
            by_district[row.district].append(row)
    posts: dict[UUID, str] = {}
    rooms: dict[UUID, str] = {}
    for district, here in by_district.items():
        named = stations.named(district, [w.post_id for w in here if w.post_id])
        posts |= {id_: post.name for id_, post in named.items()}
        stays = arrivals.stays(district, [w.person_id for w in here if w.person_id])
        rooms |= {id_: stay.room.label for id_, stay in stays.items() if stay.room}
    return posts, rooms


def _label(row: Watch, posts: dict[UUID, str], rooms: dict[UUID, str]) -> str:
    if row.post_id:
        room = rooms.get(row.person_id, "") if row.person_id else ""
        return " ".join(part for part in (posts.get(row.post_id, ""), room) if part)
    return row.household.label if row.household_id and row.household else ""


def _owed(row: Watch) -> list[list[int]]:
    """Return the next checks as [opens, due, closes] in seconds since 1970, the earliest first."""
    if row.next_day is None or row.next_slot is None:
        return []
    one = slots.slot(row.next_day, row.next_slot, row.checks_a_day, zone())
    result: list[list[int]] = []
    while len(result) < AHEAD and one.day < row.until_day:
        result.append([int(m.timestamp()) for m in (one.opens, one.due, one.closes)])
        one = slots.following(one, row.checks_a_day, zone())
    return result
