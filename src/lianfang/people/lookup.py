"""Set-wise reads by which an import finds what is registered already: a few queries a chunk.

No scope is asked here: an import must know that a person is registered elsewhere, without saying
where. The caller shows nothing of it and lets `submit` decide what may be changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count

from lianfang.kernel import crypto
from lianfang.people.models import (
    Account,
    Household,
    Membership,
    Organisation,
    OrganisationArea,
    Person,
)
from lianfang.people.rules import HouseholdState, PersonState

Door = tuple[UUID, str]


@dataclass(slots=True)
class Known:
    """A registered person as far as it takes to see whether a row says something else."""

    id: UUID
    household_id: UUID | None
    community_id: UUID
    name: str
    sex: str
    born: date | None
    relation: str
    phone_index: str
    id_kind: str
    id_index: str
    # The path of the area in which the person's door lies; '' without a door.
    path: str = ""


_FIELDS = (
    "id",
    "household_id",
    "community_id",
    "name",
    "sex",
    "born",
    "relation",
    "phone_index",
    "id_kind",
    "id_index",
)


def phone_index(phone: str) -> str:
    """Return the index under which a telephone number is kept."""
    return crypto.blind_index(phone)


def document_index(kind: str, number: str) -> str:
    """Return the index under which an identity document is kept."""
    return crypto.blind_index(f"{kind}:{number}")


def doors(district: str, wanted: Collection[Door]) -> dict[Door, tuple[UUID, UUID]]:
    """Return id and area of the live doors among `wanted` (community, address key)."""
    rows = Household.objects.filter(
        district=district,
        community_id__in={community for community, _ in wanted},
        address_key__in={key for _, key in wanted},
        state=HouseholdState.LIVE,
    ).values_list("community_id", "address_key", "id", "area_id")
    return {(c, key): (id_, area) for c, key, id_, area in rows if (c, key) in wanted}


def behind(district: str, household_ids: Collection[UUID]) -> dict[UUID, list[Known]]:
    """Return who lives behind each of these doors, the first registered first."""
    found: dict[UUID, list[Known]] = {}
    if household_ids:
        rows = Person.objects.filter(
            district=district, household_id__in=household_ids, state=PersonState.LIVE
        ).order_by("registered_at", "id")
        for row in rows.values_list(*_FIELDS):
            one = _plain(row)
            assert one.household_id
            found.setdefault(one.household_id, []).append(one)
    return found


def _plain(row: tuple[Any, ...]) -> Known:
    return Known(*row)


def _with_path(row: tuple[Any, ...]) -> Known:
    one = Known(*row[:-1])
    one.path = row[-1] or ""
    return one


def by_document(district: str, indexes: Collection[str]) -> dict[str, Known]:
    """Return the live persons of these documents, each with the path of the door."""
    if not indexes:
        return {}
    rows = Person.objects.filter(
        district=district, id_index__in=indexes, state=PersonState.LIVE
    ).values_list(*_FIELDS, "household__area__path")
    return {one.id_index: one for one in map(_with_path, rows)}


def by_phone(district: str, indexes: Collection[str]) -> dict[str, list[Known]]:
    """Return the live persons of these telephone numbers; a family may share one."""
    found: dict[str, list[Known]] = {}
    if indexes:
        rows = Person.objects.filter(
            district=district, phone_index__in=indexes, state=PersonState.LIVE
        ).order_by("registered_at", "id")
        for r in rows.values_list(*_FIELDS, "household__area__path"):
            one = _with_path(r)
            found.setdefault(one.phone_index, []).append(one)
    return found


def whole(district: str, ids: Iterable[UUID]) -> dict[UUID, Person]:
    """Return the whole rows of persons, for corrections that keep what a file does not say."""
    wanted = list(ids)
    if not wanted:
        return {}
    return {p.id: p for p in Person.objects.filter(district=district, id__in=wanted)}


def live_doors(
    district: str, path: str, size: int = 1_000
) -> Iterator[list[tuple[UUID, UUID, str, int]]]:
    """Go through the live doors under a path: lists of (id, community, address key, persons)."""
    found = Household.objects.filter(
        district=district, area__path__under=path, state=HouseholdState.LIVE
    ).order_by("id")
    last: UUID | None = None
    while True:
        part = found.filter(id__gt=last) if last else found
        rows = list(part.values_list("id", "community_id", "address_key", "persons")[:size])
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def grids_of_buildings(district: str, community_id: UUID) -> dict[str, UUID]:
    """Return for each building of a community the area in which most of its doors lie."""
    rows = (
        Household.objects.filter(
            district=district, community_id=community_id, state=HouseholdState.LIVE
        )
        .order_by()
        .values_list("building", "area_id")
        .annotate(n=Count("id"))
    )
    found: dict[str, UUID] = {}
    for building, area_id, _n in sorted(rows, key=lambda r: (r[2], str(r[1]))):
        found[building] = area_id
    return found


def label(district: str, household_id: UUID) -> str:
    """Return the address of a door as people say it; the caller has checked the scope."""
    found = Household.objects.filter(district=district, id=household_id).first()
    return found.label if found else ""


def organisations_by_name(names: Collection[str]) -> dict[str, list[tuple[UUID, UUID | None]]]:
    """Return id and parent of the live organisations of these names, the oldest first."""
    rows = Organisation.objects.filter(name__in=names, valid_to=None).order_by("id")
    found: dict[str, list[tuple[UUID, UUID | None]]] = {}
    for id_, name, parent_id in rows.values_list("id", "name", "parent_id"):
        found.setdefault(name, []).append((id_, parent_id))
    return found


def areas_served(organisation_id: UUID) -> set[UUID]:
    """Return the ids of the areas that an organisation serves now."""
    rows = OrganisationArea.objects.filter(organisation_id=organisation_id, until=None)
    return set(rows.values_list("area_id", flat=True))


def memberships(district: str, person_ids: Collection[UUID]) -> dict[tuple[UUID, UUID], str]:
    """Return the titles of live memberships by person and organisation."""
    rows = Membership.objects.filter(district=district, person_id__in=person_ids, until=None)
    return {
        (person_id, organisation_id): title
        for person_id, organisation_id, title in rows.values_list(
            "person_id", "organisation_id", "title"
        )
    }


def accounts_of_persons(district: str, person_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the accounts of these persons, by person."""
    rows = Account.objects.filter(person_district=district, person_id__in=person_ids)
    return {p: a for p, a in rows.values_list("person_id", "id") if p}
