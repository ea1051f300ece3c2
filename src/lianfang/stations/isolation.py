"""Whether a traveller should be in isolation. The only answer is "call the desk".

Who is asked for is looked up in the districts of the post's city: most who should be at home are
from near. Neither the answer nor the filter says who, why, or until when.
"""

from __future__ import annotations

import os
from base64 import b64encode
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianfang.areas.models import Area
from lianfang.areas.rules import Level
from lianfang.kernel import crypto
from lianfang.kernel import queries as kernel
from lianfang.kernel.batch import Item
from lianfang.kernel.problems import problem
from lianfang.people.models import Person
from lianfang.people.person_rows import identity_index
from lianfang.people.rules import IdKind, PersonState
from lianfang.stations import filter_rules
from lianfang.stations.models import PassageLine, Vehicle
from lianfang.watching import queries as watching

ASKED_TOO_OFTEN = problem(
    "passage.asked_too_often",
    _("You asked about more people in a minute than can pass a post."),
    _("Wait a minute. Whoever stands before you can be written down meanwhile."),
    status=429,
)
# So many persons are decrypted for a filter at most; a city with more has larger worries.
_MOST = 200_000


def city_of(path: str) -> str:
    """Return the path of the city in which an area lies (the area's own path above that)."""
    return "/".join(path.split("/")[:2]) + "/"


def districts_near(district: str, path: str) -> list[str]:
    """Return the districts with a journal in the city of `path`, the post's own among them."""
    counties = Area.objects.filter(
        path__under=city_of(path), level=Level.COUNTY, code__in=kernel.streams()
    )
    return sorted({district, *counties.values_list("code", flat=True)})


def isolated(ids: Iterable[tuple[str, UUID]]) -> set[UUID]:
    """Return those of the (district, person) who are under a watch that has not ended."""
    by_district: dict[str, list[UUID]] = defaultdict(list)
    for district, person_id in ids:
        by_district[district].append(person_id)
    return {
        person_id
        for district, wanted in sorted(by_district.items())
        for person_id in watching.watched(district, wanted)
    }


def persons_of(
    districts: Collection[str], phones: Collection[str], documents: Collection[str]
) -> list[Person]:
    """Return the living persons with one of these blind indexes of numbers or documents."""
    if not (phones or documents):
        return []
    found = Person.objects.filter(
        Q(phone_index__in=list(phones)) | Q(id_index__in=list(documents)),
        district__in=list(districts),
        state=PersonState.LIVE,
    )
    return list(found.only("district", "id", "phone_index", "id_index"))


def persons_in(district: str, plate: str) -> set[tuple[str, UUID]]:
    """Return the persons who were last seen, at any post of the district, in this vehicle."""
    index = crypto.blind_index(plate)
    last = Vehicle.objects.filter(district=district, plate_index=index) if index else None
    if last is None:
        return set()
    rows = PassageLine.objects.filter(
        district=district, passage_id__in=last.values("last_passage_id")
    ).exclude(person_id=None)
    return {(district, id_) for id_ in rows.values_list("person_id", flat=True) if id_}


def answer(district: str, path: str, items: Iterable[Item[Any]]) -> None:
    """Say in the receipts for whom the desk shall be called; nothing of this is kept in a table."""
    listed = list(items)
    lines = [line for item in listed for line in item.payload.travellers]
    documents = {identity_index(t.id_kind, t.id_number) for t in lines if t.id_number}
    phones = {crypto.blind_index(t.phone) for t in lines if t.phone}
    near = persons_of(districts_near(district, path), phones, documents)
    asked = {(p.district, p.id) for p in near}
    asked |= {(district, t.person_id) for t in lines if t.person_id}
    found = isolated(asked) if asked else set()
    marks = {index for p in near if p.id in found for index in (p.phone_index, p.id_index) if index}
    for item in listed:
        stopped = False
        for line, told in zip(item.payload.travellers, item.result["travellers"], strict=True):
            told["call_desk"] = (
                line.person_id in found
                or bool(line.phone and crypto.blind_index(line.phone) in marks)
                or bool(line.id_number and identity_index(line.id_kind, line.id_number) in marks)
            )
            stopped = stopped or told["call_desk"]
        item.result["call_desk"] = stopped


def should_be_isolated(
    district: str,
    path: str,
    *,
    person_id: UUID | None = None,
    phone: str = "",
    id_number: str = "",
    id_kind: str = IdKind.RESIDENT,
    plate: str = "",
) -> bool:
    """Tell whether the desk shall be called about somebody at a post of `district` at `path`.

    Of a number that a family shares, and of a vehicle, it is enough that one is under watch.
    """
    phones = [crypto.blind_index(phone)] if phone else []
    documents = [identity_index(id_kind, id_number)] if id_number else []
    near = persons_of(districts_near(district, path), phones, documents)
    asked = {(p.district, p.id) for p in near} | persons_in(district, plate)
    if person_id:
        asked.add((district, person_id))
    return bool(asked and isolated(asked))


def marks(districts: Collection[str]) -> set[str]:
    """Return what a filter for these districts holds: numbers, documents and vehicles' plates.

    The watches give keyed indexes, which a phone could not make; what they stand for is read from
    the persons, and leaves this function only to go through the filter's own salt.
    """
    keys = set(watching.filter_keys(districts))
    phones = [key for kind, key in keys if kind == "phone"]
    documents = [key for kind, key in keys if kind == "id"]
    result: set[str] = set()
    for district in districts:
        people = Person.objects.filter(
            Q(phone_index__among=phones) | Q(id_index__among=documents),
            district=district,
            state=PersonState.LIVE,
        ).only("district", "id", "phone", "phone_index", "id_number", "id_index")
        watched: list[UUID] = []
        for person in people[:_MOST]:
            if ("phone", person.phone_index) in keys:
                result.add(filter_rules.mark_of("phone", person.phone))
            if ("id", person.id_index) in keys:
                result.add(filter_rules.mark_of("id", person.id_number.upper()))
            if ("person", crypto.blind_index(f"person:{person.id}")) in keys:
                watched.append(person.id)
        seen = PassageLine.objects.filter(district=district, person_id__in=watched)
        drove = Vehicle.objects.filter(
            district=district, last_passage_id__in=seen.values("passage_id")
        )
        result |= {filter_rules.mark_of("plate", v.plate) for v in drove if v.plate}
    return result


def filter_for(district: str, path: str, filter_id: UUID, until: datetime) -> dict[str, Any]:
    """Return a new filter for a post, as JSON for the phone; each has a salt of its own.

    `until` is the end of the shift: the phone throws the filter away then, and also when it is
    locked or reported lost.
    """
    made = filter_rules.build(marks(districts_near(district, path)), os.urandom(16), os.urandom)
    return {
        "version": 1,
        "filter_id": str(filter_id),
        "expires_at": until.isoformat(),
        "salt": b64encode(made.salt).decode(),
        "bits": made.bits,
        "hashes": filter_rules.HASHES,
        "data": b64encode(made.data).decode(),
    }
