"""What can be read of households and persons: scope says which rows, sight which fields."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from lianfang.areas import queries as area_queries
from lianfang.areas.models import Area
from lianfang.areas.rules import Level
from lianfang.kernel import crypto
from lianfang.kernel.actors import Actor
from lianfang.kernel.scope import within
from lianfang.kernel.times import local, now
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people.models import Household, Person
from lianfang.people.rules import (
    HouseholdState,
    PersonState,
    address_key,
    age_on,
    mask_identity,
    mask_name,
    mask_phone,
)

# A search by name or door looks through so many communities at most; with more, choose one first.
_COMMUNITIES = 60


def households(actor: Actor, *, all_states: bool = False) -> QuerySet[Household]:
    """Return the doors that the actor may read, those on the list unless `all_states`."""
    scope = within(actor.paths(Verb.READ), "area__path") | Q(id__in=actor.subjects(Verb.READ))
    found = Household.objects.filter(scope).select_related("area")
    return found if all_states else found.filter(state=HouseholdState.LIVE)


def persons(actor: Actor) -> QuerySet[Person]:
    """Return the persons that the actor may read: behind doors, or helpers of a community."""
    paths = actor.paths(Verb.READ)
    if "" in paths:
        scope = Q()
    else:
        communities = Area.objects.filter(within(paths, "path"), level=Level.COMMUNITY)
        scope = (
            within(paths, "household__area__path")
            | Q(household_id__in=actor.subjects(Verb.READ))
            | Q(household_id=None, community_id__in=communities.values("id"))
        )
    return Person.objects.filter(scope).select_related("household__area")


def household(actor: Actor, district: str, household_id: UUID) -> Household | None:
    """Return one door in any state; None when absent or forbidden."""
    found = (
        Household.objects.select_related("area").filter(district=district, id=household_id).first()
    )
    return found if found and actor.may(Verb.READ, found.path) else None


def person(actor: Actor, district: str, person_id: UUID) -> Person | None:
    """Return one person; None when absent or forbidden."""
    found = (
        Person.objects.select_related("household__area")
        .filter(district=district, id=person_id)
        .first()
    )
    return found if found and actor.may(Verb.READ, path_of(found)) else None


def members(household: Household) -> list[Person]:
    """Return the people behind a door that the caller has found in scope, as registered."""
    found = Person.objects.filter(
        district=household.district, household_id=household.id, state=PersonState.LIVE
    ).order_by("registered_at", "id")
    listed = list(found)
    for one in listed:
        one.household = household
    return listed


def names_behind(doors: Sequence[Household], each: int = 4) -> dict[UUID, list[str]]:
    """Return the names of those who live behind doors of one district, `each` at most.

    The caller has found the doors in scope and checked the sight of identities.
    """
    if not doors:
        return {}
    found = Person.objects.filter(
        district=doors[0].district,
        household_id__in=[d.id for d in doors],
        state=PersonState.LIVE,
    ).order_by("registered_at", "id")
    result: dict[UUID, list[str]] = {}
    for household_id, name in found.values_list("household_id", "name"):
        if household_id:
            result.setdefault(household_id, []).append(name)
    return {
        id_: [*names[:each], "…"] if len(names) > each else names for id_, names in result.items()
    }


def former_members(household: Household) -> list[Person]:
    """Return who lived behind a door and does not any more."""
    found = Person.objects.filter(district=household.district, household_id=household.id)
    listed = list(found.exclude(state=PersonState.LIVE).order_by("-left_at", "id")[:20])
    for one in listed:
        one.household = household
    return listed


def path_of(person: Person, communities: dict[UUID, str] | None = None) -> str:
    """Return the scope path of a person: that of the door, or of the community without one."""
    if person.household_id and person.household:
        return str(person.household.path)
    if communities is not None:
        return communities.get(person.community_id, "\0")
    found = Area.objects.filter(id=person.community_id).values_list("path", flat=True).first()
    # Nobody's path begins like this, so a person of an unknown community is nobody's to see.
    return found or "\0"


def community_paths(people: Iterable[Person]) -> dict[UUID, str]:
    """Return the paths of the communities of those who have no door, for `path_of`."""
    wanted = {p.community_id for p in people if not p.household_id}
    return dict(Area.objects.filter(id__in=wanted).values_list("id", "path")) if wanted else {}


@dataclass(frozen=True, slots=True)
class Visible:
    """What an actor sees of a person; what the sight does not allow is '' or None or empty.

    Numbers are masked unless the person was `opened` (a journalled act).
    """

    district: str
    id: UUID
    household_id: UUID | None
    state: PersonState
    name: str
    named: bool
    sex: str = ""
    age: int | None = None
    born: date | None = None
    relation: str = ""
    phone: str = ""
    id_kind: str = ""
    id_number: str = ""
    care: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    opened: bool = False
    # What a "show in full" would add.
    hidden_numbers: bool = False


def visible(
    actor: Actor,
    person: Person,
    *,
    opened: bool = False,
    communities: dict[UUID, str] | None = None,
) -> Visible:
    """Return the fields of a person that the actor's sights allow at the person's place.

    ADDRESS: that somebody is there (sex, age). NAME: the name alone, to somebody who carries a
    duty to this door. IDENTITY: name, relation, date of birth, document.
    CONTACT: telephone. HEALTH: why somebody is looked after. `opened` is set right after an act
    of opening that the journal has: then the whole row is shown.
    """
    path = path_of(person, communities)
    identity = opened or actor.sees(Sight.IDENTITY, path)
    named = identity or actor.sees(Sight.NAME, path)
    contact = opened or actor.sees(Sight.CONTACT, path)
    health = opened or actor.sees(Sight.HEALTH, path)
    here = identity or contact or health or actor.sees(Sight.ADDRESS, path)
    gone = person.state == PersonState.PURGED
    phone = person.phone if contact else ""
    number = person.id_number if identity else ""
    return Visible(
        district=person.district,
        id=person.id,
        household_id=person.household_id if here else None,
        state=PersonState(person.state),
        name=person.name if named else (mask_name(person.name) if here else ""),
        named=named and not gone,
        sex=person.sex if here else "",
        age=age_on(person.born, local(now()).date()) if here else None,
        born=person.born if identity else None,
        relation=person.relation if identity else "",
        phone=phone if opened else mask_phone(phone),
        id_kind=person.id_kind if identity else "",
        id_number=number if opened else (mask_identity(number) if number else ""),
        care=tuple(person.care) if health else (),
        skills=tuple(person.skills) if identity else (),
        opened=opened,
        hidden_numbers=not opened and bool(phone or number),
    )


def may_reveal(actor: Actor, path: str) -> bool:
    """Tell whether the actor sees numbers in full without giving a reason (journalled)."""
    return actor.sees(Sight.CONTACT, path) or actor.sees(Sight.IDENTITY, path)


def in_area(
    actor: Actor, area: Area, *, text: str = "", state: str = "live"
) -> QuerySet[Household]:
    """Return the doors under an area (street or deeper) that the actor may read, narrowed.

    `text` is a door as people write it ("3-2-501", "501", "3"), or, where the actor sees who lives
    there, the beginning of a name. `state` is a HouseholdState, "empty" (nobody registered), "care"
    (somebody to look after first) or "" for all.
    """
    found = households(actor, all_states=True)
    if area.district:
        found = found.filter(district=area.district)
    if area.level == Level.GRID:
        found = found.filter(area=area)
    else:
        found = found.filter(area__path__under=area.path)
    if state == "empty":
        found = found.filter(state=HouseholdState.LIVE, persons=0)
    elif state == "care":
        mine = Person.objects.filter(district=area.district, state=PersonState.LIVE)
        cared = mine.exclude(care=[]).exclude(household_id=None)
        found = found.filter(state=HouseholdState.LIVE, id__in=cared.values("household_id"))
    elif state:
        found = found.filter(state=state)
    return _matching(actor, area, found, text.strip()) if text.strip() else found


def _matching(
    actor: Actor, area: Area, found: QuerySet[Household], text: str
) -> QuerySet[Household]:
    key = text.upper().replace(" ", "")
    wanted = Q(address_key__startswith=key) | Q(room=text) | Q(building=text)
    if actor.sees(Sight.IDENTITY, area.path) and not text[0].isascii():
        named = Person.objects.filter(
            area_queries.starts("name", text), district=area.district, state=PersonState.LIVE
        )
        communities = Area.objects.filter(
            Q(path__under=area.path) | Q(id=area.parent_id), level=Level.COMMUNITY
        )
        named = named.filter(community_id__in=communities.values("id"))
        wanted |= Q(id__in=named.values("household_id"))
    return found.filter(wanted)


def find(actor: Actor, text: str, limit: int = 8) -> tuple[list[Household], list[Person]]:
    """Return doors and persons for a search from any page.

    Doors by their whole address; persons by the beginning of the name, by whole telephone or
    document number. Only by index: with too many communities in scope, by number alone.
    """
    text = text.strip()
    districts = area_queries.districts(actor)
    if len(text) < 2 or not districts:
        return [], []
    communities = _communities(actor)
    doors: list[Household] = []
    if communities and text[0].isascii():
        key = text.upper()
        doors = list(
            households(actor).filter(
                Q(address_key=key) | Q(address_key__startswith=f"{key}-"),
                district__in=districts,
                community_id__in=communities,
            )[:limit]
        )
        doors = [d for d in doors if actor.sees(Sight.ADDRESS, d.path)]
    marks = Q(phone_index=crypto.blind_index(text))
    if len(text) >= 6:
        for kind in ("resident", "passport", "permit", "other"):
            marks |= Q(id_index=crypto.blind_index(f"{kind}:{text.upper()}"))
    if communities and not text.isdigit() and actor.sight_paths(Sight.IDENTITY):
        marks |= area_queries.starts("name", text) & Q(community_id__in=communities)
    who = persons(actor).filter(marks, district__in=districts, state=PersonState.LIVE)[: limit * 3]
    seen = [
        p
        for p in who
        if actor.sees(Sight.IDENTITY, path_of(p)) or actor.sees(Sight.CONTACT, path_of(p))
    ]
    return doors, seen[:limit]


def _communities(actor: Actor) -> list[UUID]:
    """Return the communities in scope (a grid's own one too), [] when they are too many."""
    ids: set[UUID] = set()
    for path in actor.paths(Verb.READ):
        codes = path.rstrip("/").split("/")
        if len(codes) > Level.COMMUNITY:
            found = Area.objects.filter(path="/".join(codes[: Level.COMMUNITY]) + "/")
        elif len(codes) >= Level.STREET:
            found = Area.objects.filter(path__under=path, level=Level.COMMUNITY)
        else:
            return []
        ids.update(found.filter(valid_to=None).values_list("id", flat=True)[: _COMMUNITIES + 1])
    return sorted(ids) if len(ids) <= _COMMUNITIES else []


def labels(district: str, household_ids: Iterable[UUID | None]) -> dict[UUID, Household]:
    """Return households by id with their areas, for lists that name them."""
    wanted = {i for i in household_ids if i}
    if not wanted:
        return {}
    found = Household.objects.select_related("area").filter(district=district, id__in=wanted)
    return {h.id: h for h in found}


def buildings(area: Area) -> list[tuple[str, str, int]]:
    """Return (building, unit, live households) of a grid or community found in scope, in order."""
    found = Household.objects.filter(
        district=area.district, area__path__under=area.path, state=HouseholdState.LIVE
    )
    rows = found.order_by("sort_key").values_list("building", "unit")
    counts: dict[tuple[str, str], int] = {}
    for row in rows.iterator(chunk_size=5_000):
        counts[row] = counts.get(row, 0) + 1
    return [(building, unit, count) for (building, unit), count in counts.items()]


def live_ids(area: Area, building: str | None = None, unit: str | None = None) -> list[UUID]:
    """Return the live households on an area itself, of one building or unit if given, in order."""
    found = Household.objects.filter(district=area.district, area=area, state=HouseholdState.LIVE)
    if building is not None:
        found = found.filter(building=building)
    if unit is not None:
        found = found.filter(unit=unit)
    return list(found.order_by("id").values_list("id", flat=True))


def door(actor: Actor, near: Household, plate: str) -> Household | None:
    """Return the live door of `near`'s community whose plate reads like `plate`, within scope."""
    parts = [part.strip() for part in plate.upper().replace("—", "-").split("-") if part.strip()]
    if not 1 <= len(parts) <= 3:
        return None
    building, unit = (parts[0] if len(parts) > 1 else ""), (parts[1] if len(parts) > 2 else "")
    found = households(actor).filter(
        district=near.district,
        community_id=near.community_id,
        address_key=address_key(building, unit, parts[-1]),
    )
    return found.first()


def household_by_id(actor: Actor, district: str, household_id: UUID | None) -> Household | None:
    """Return a door by an id that may be missing."""
    return household(actor, district, household_id) if household_id else None
