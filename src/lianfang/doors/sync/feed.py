"""What a district's journal touched since a cursor, as far as one phone can be concerned."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q

from lianfang.kernel.models import Record, Stream

# Beyond so many records it is quicker to send the doors anew.
MOST = 3_000
# SQLite takes 32,766 values in one statement.
MOST_IDS = 20_000
# What these commands change lies in the area that their record names. All others (and all that
# rooms add later) are looked at wherever they happened, since they may move things across grids.
STAYS = (
    "household.visit",
    "household.register",
    "household.correct",
    "household.close",
    "person.register",
    "person.correct",
    "passage.record",
    "watch.check",
    "duty.claim",
    "duty.start",
    "duty.done",
    "duty.return",
    "duty.assign",
    "duty.cancel",
    "held.decide",
)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass
class Touched:
    """The ids that records speak of; `too_many` says that they were not all read."""

    ids: set[UUID] = field(default_factory=set)
    too_many: bool = False


def heads(districts: Iterable[str]) -> dict[str, int]:
    """Return the last number of each district's journal.

    Numbers have no holes and are given under the district's lock, so every record up to the head
    is there for whoever reads after this: nothing that commits late is ever skipped.
    """
    wanted = set(districts)
    found = dict(Stream.objects.filter(district__in=wanted).values_list("district", "seq"))
    return {district: found.get(district, 0) for district in sorted(wanted)}


def touched(district: str, since: int, upto: int, areas: Collection[UUID]) -> Touched:
    """Return every id in the records after `since` up to `upto` that can concern `areas`.

    Ids are taken from subject, payload and result alike: a record that names a door, a person or a
    duty may have changed it. One that is named without a change is sent in vain, which is harmless.
    """
    result = Touched()
    if upto <= since:
        return result
    rows = Record.objects.filter(
        ~Q(command__in=STAYS) | Q(area_id__in=areas),
        district=district,
        seq__gt=since,
        seq__lte=upto,
    )
    listed = list(rows.order_by("seq").values_list("subject_id", "payload", "result")[: MOST + 1])
    if len(listed) > MOST:
        result.too_many = True
        return result
    for subject_id, payload, answer in listed:
        if subject_id:
            result.ids.add(subject_id)
        for text in (payload, answer):
            result.ids.update(UUID(match) for match in _UUID.findall(text))
    result.too_many = len(result.ids) > MOST_IDS
    return result
