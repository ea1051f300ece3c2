"""Finds where entries about arrivals act, for a whole list at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from lianfang.areas.tree import places
from lianfang.arrivals.models import Manifest, Passenger, Site, Stay
from lianfang.kernel.batch import Batch


def _put(batch: Batch[Any], areas: dict[UUID, UUID | None]) -> None:
    """Put each item (by its id) at its area; one without an area stays without a path."""
    found = places({a for a in areas.values() if a}, batch)
    for item in batch:
        area_id = areas.get(item.id)
        place = found.get(area_id) if area_id else None
        if place is not None and place.district == batch.district:
            item.place, item.path = place, place.path


def manifest_areas(district: str, ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return the areas of manifests."""
    rows = Manifest.objects.filter(district=district, id__in=set(ids))
    return dict(rows.values_list("id", "area_id"))


def by_manifest(batch: Batch[Any]) -> None:
    """Locate entries by the manifest that they name."""
    found = manifest_areas(batch.district, {i.payload.manifest_id for i in batch})
    for item in batch:
        item.subject_id = item.payload.manifest_id
    _put(batch, {i.id: found.get(i.payload.manifest_id) for i in batch})


def by_listed(batch: Batch[Any]) -> None:
    """Locate lines that come on a manifest: there; their subject is the person."""
    by_manifest(batch)
    for item in batch:
        item.subject_id = item.payload.person_id


def by_passenger(batch: Batch[Any]) -> None:
    """Locate entries by their passenger: where the manifest is received."""
    ids = {i.payload.passenger_id for i in batch}
    rows = Passenger.objects.filter(district=batch.district, id__in=ids)
    found = {r[0]: r[1:] for r in rows.values_list("id", "person_id", "manifest__area_id")}
    for item in batch:
        item.subject_id = found.get(item.payload.passenger_id, (None, None))[0]
    _put(batch, {i.id: found.get(i.payload.passenger_id, (None, None))[1] for i in batch})


def by_site(batch: Batch[Any]) -> None:
    """Locate entries by the site that they name."""
    ids = {i.payload.post_id for i in batch}
    rows = Site.objects.filter(district=batch.district, id__in=ids)
    found: dict[UUID, UUID] = dict(rows.values_list("id", "area_id"))
    for item in batch:
        item.subject_id = item.payload.post_id
    _put(batch, {i.id: found.get(i.payload.post_id) for i in batch})


def by_placing(batch: Batch[Any]) -> None:
    """Locate placements: where the manifest is received, else at the site, else where it says."""
    passengers = {i.payload.passenger_id for i in batch} - {None}
    listed = Passenger.objects.filter(district=batch.district, id__in=passengers)
    received: dict[Any, Any] = dict(listed.values_list("id", "manifest__area_id"))
    sites = Site.objects.filter(
        district=batch.district, id__in={i.payload.post_id for i in batch} - {None}
    )
    standing: dict[Any, Any] = dict(sites.values_list("id", "area_id"))
    areas: dict[UUID, UUID | None] = {}
    for item in batch:
        item.subject_id = item.payload.person_id
        if item.payload.passenger_id is not None:
            areas[item.id] = received.get(item.payload.passenger_id)
        elif item.payload.post_id is not None:
            areas[item.id] = standing.get(item.payload.post_id)
        else:
            areas[item.id] = item.payload.area_id
    _put(batch, areas)


def by_stay(batch: Batch[Any]) -> None:
    """Locate entries by the person who stays: at the site, or at home."""
    rows = Stay.objects.filter(
        district=batch.district, person_id__in={i.payload.person_id for i in batch}, until=None
    )
    found: dict[UUID, UUID] = dict(rows.values_list("person_id", "area_id"))
    for item in batch:
        item.subject_id = item.payload.person_id
    _put(batch, {i.id: found.get(i.payload.person_id) for i in batch})
