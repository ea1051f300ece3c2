"""Rows of presences: a stay is cut at each midnight."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from lianfang.kernel.batch import Batch, Item
from lianfang.tracing.models import Presence
from lianfang.tracing.rules import PlaceKind, slices


def rows(
    batch: Batch[Any],
    item: Item[Any],
    person_id: UUID,
    kind: PlaceKind,
    place_id: UUID,
    start: datetime,
    end: datetime,
    *,
    source: str,
    source_id: UUID,
    seat_row: int | None = None,
    key: object = "",
) -> list[Presence]:
    """Return the unsaved rows of one stay of one person."""
    return [
        Presence(
            district=batch.district,
            id=item.derive("presence", key, person_id, place_id, day),
            person_id=person_id,
            place_kind=kind,
            place_id=place_id,
            day=day,
            from_at=first,
            to_at=last,
            seat_row=seat_row,
            source=source,
            source_id=source_id,
        )
        for day, first, last in slices(start, end, settings.TIME_ZONE)
    ]
