"""Locators that every room uses: where entries act, for a whole list at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models

from lianfang.areas.tree import places
from lianfang.kernel.batch import Batch


def at_area(field: str = "area_id", subject: str = "") -> Callable[[Batch[Any]], None]:
    """Return a locator for something new at the area in `field`; its id is in `subject`.

    An area of another district is not found.
    """

    def locate(batch: Batch[Any]) -> None:
        found = places({getattr(item.payload, field) for item in batch}, batch)
        for item in batch:
            if subject:
                item.subject_id = getattr(item.payload, subject)
            place = found.get(getattr(item.payload, field))
            if place and place.district == batch.district:
                item.place, item.path = place, place.path

    return locate


def by_row(model: type[models.Model], field: str) -> Callable[[Batch[Any]], None]:
    """Return a locator by the row of `model` (with `area_id` and `path`) named in `field`."""

    def locate(batch: Batch[Any]) -> None:
        ids = {getattr(item.payload, field) for item in batch}
        rows = model._default_manager.filter(district=batch.district, id__in=ids)
        found = {r[0]: r[1:] for r in rows.values_list("id", "path", "area_id")}
        where = places({area_id for _, area_id in found.values()}, batch)
        for item in batch:
            item.subject_id = getattr(item.payload, field)
            if row := found.get(item.subject_id):
                item.path, item.place = row[0], where.get(row[1])

    return locate
