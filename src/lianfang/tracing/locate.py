"""Finds where entries about cases and contacts act, for a whole list at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from lianfang.areas.tree import places
from lianfang.kernel.batch import Batch
from lianfang.tracing.models import Case, Contact, Listing


def by_case(batch: Batch[Any]) -> None:
    """Locate entries by the case that they name; the cases read stay in `batch.memo["cases"]`."""
    _put(batch, {item.id: item.payload.case_id for item in batch})


def by_contact(batch: Batch[Any]) -> None:
    """Locate entries by a contact, at its case; the rows stay in `batch.memo["contacts"]`."""
    ids = {item.payload.contact_id for item in batch}
    rows = {c.id: c for c in Contact.objects.filter(district=batch.district, id__in=ids)}
    batch.memo["contacts"] = rows
    wanted = {
        item.id: rows[item.payload.contact_id].case_id
        for item in batch
        if item.payload.contact_id in rows
    }
    _put(batch, wanted)
    for item in batch:
        item.subject_id = item.payload.contact_id


def _put(batch: Batch[Any], wanted: dict[UUID, UUID]) -> None:
    cases = {
        c.id: c for c in Case.objects.filter(district=batch.district, id__in=set(wanted.values()))
    }
    batch.memo["cases"] = cases
    where = places({c.area_id for c in cases.values()}, batch)
    for item in batch:
        item.subject_id = wanted.get(item.id)
        case = cases.get(wanted[item.id]) if item.id in wanted else None
        if case is not None:
            item.path, item.place = case.path, where.get(case.area_id)


def by_listing(batch: Batch[Any]) -> None:
    """Locate entries by a line of a community's list."""
    ids = {item.payload.contact_id for item in batch}
    rows = {r.id: r for r in Listing.objects.filter(district=batch.district, id__in=ids)}
    batch.memo["listings"] = rows
    where = places({r.area_id for r in rows.values()}, batch)
    for item in batch:
        item.subject_id = item.payload.contact_id
        if row := rows.get(item.payload.contact_id):
            item.path, item.place = row.path, where.get(row.area_id)
