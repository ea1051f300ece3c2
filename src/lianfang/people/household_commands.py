"""What happens to doors."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from lianfang.areas.rules import Level
from lianfang.areas.tree import by_area, places
from lianfang.kernel import bulk, problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.kinds import door_of
from lianfang.kernel.models import Duty
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import command, list_command
from lianfang.kernel.rules import LIVE
from lianfang.kernel.scope import Place
from lianfang.kernel.times import local
from lianfang.kernel.verbs import Verb
from lianfang.people import person_rows
from lianfang.people.locate import by_household
from lianfang.people.models import Household, Person
from lianfang.people.payloads import (
    Address,
    AssignHouseholds,
    CloseHousehold,
    CorrectHousehold,
    MergeHouseholds,
    RegisterHousehold,
)
from lianfang.people.rules import HouseholdState, PersonState, address_key, natural

DOOR_EXISTS = problem(
    "household.exists",
    _("The door {label} is on the list of this community already."),
    _("Open that household, or correct the address."),
    status=409,
)
ID_EXISTS = problem(
    "household.id_exists",
    _("A household with this id exists already."),
    _("Make a new id for a new household."),
    status=409,
)
PERSON_EXISTS = problem(
    "person.exists",
    _("{name} is registered in this district already."),
    _("Move the person here instead of registering again."),
    status=409,
)
NOT_A_HOME = problem(
    "household.not_a_home",
    _("Households belong to a grid or a community, not to {name}."),
    _("Choose the grid."),
)
AREA_ENDED = problem(
    "household.area_ended",
    _("The grid {code} was closed."),
    _("Choose the grid that took its place."),
    status=409,
)
HOUSEHOLD_ENDED = problem(
    "household.ended",
    _("This door was taken off the list on {when}."),
    _("Look at its history; register it again if it exists."),
    status=409,
)
ELSEWHERE = problem(
    "household.other_community",
    _("{label} belongs to another community."),
    _("A door can change its grid only within its community."),
)

# The period of counters that say what is true now.
NOW = "now"


def community_of(place: Place) -> UUID:
    """Return the community's id on the ladder of a grid or community."""
    return next(id_ for level, id_ in place.ladder if level <= Level.COMMUNITY)


@list_command(
    "household.register",
    RegisterHousehold,
    verb=Verb.REGISTER,
    locate=by_area(),
    title=_("Register a household"),
)
def register(batch: Batch[RegisterHousehold]) -> None:
    """Put doors on the list, with their people; a door or a person that is there is refused."""
    _sift(batch)
    households, persons = [], []
    for item in batch:
        assert item.place
        who = item.payload
        community_id = community_of(item.place)
        households.append(_row(batch, item, item.place, community_id))
        persons += [person_rows.new(batch, m, community_id, who.household_id) for m in who.members]
        item.subject_id = who.household_id
        item.count("households", NOW)
        item.count("persons", NOW, len(who.members))
        item.result = {"household_id": str(who.household_id)}
    bulk.insert(households)
    bulk.insert(persons)


def _row(
    batch: Batch[Any], item: Item[RegisterHousehold], place: Place, community_id: UUID
) -> Household:
    household = Household(
        district=batch.district,
        id=item.payload.household_id,
        area_id=place.id,
        community_id=community_id,
        area_code=place.code,
        persons=len(item.payload.members),
        registered_at=batch.received_at,
    )
    _put_address(household, item.payload)
    return household


def _put_address(household: Household, at: Address) -> None:
    household.building, household.unit, household.room = at.building, at.unit, at.room
    household.floor = at.floor
    household.address_key = address_key(at.building, at.unit, at.room)
    floor = "" if at.floor is None else f"{at.floor + 100:04d}"
    household.sort_key = "|".join((natural(at.building), natural(at.unit), floor, natural(at.room)))


def _sift(batch: Batch[RegisterHousehold]) -> None:
    """Refuse what exists already, in the database or earlier in this list."""
    for item in batch:
        place = item.place
        if place is None or place.level not in (Level.GRID, Level.COMMUNITY):
            item.refuse(NOT_A_HOME, "area_id", name=place.code if place else "—")
        elif not place.live:
            item.refuse(AREA_ENDED, "area_id", code=place.code)
        elif place.district != batch.district:
            item.refuse(problems.WRONG_DISTRICT, "district", district=batch.district)
    ids = {item.payload.household_id for item in batch}
    used = set(
        Household.objects.filter(district=batch.district, id__in=ids).values_list("id", flat=True)
    )
    doors = _existing_doors(batch)
    keys_of = {id(m): _person_keys(m) for item in batch for m in item.payload.members}
    people = _existing_people(batch, keys_of)
    for item in batch:
        payload = item.payload
        assert item.place
        door = (community_of(item.place), address_key(payload.building, payload.unit, payload.room))
        keys = [k for m in payload.members for k in keys_of[id(m)]]
        if payload.household_id in used:
            item.refuse(ID_EXISTS, "household_id")
        elif door in doors:
            item.refuse(DOOR_EXISTS, "room", label=door[1])
        elif (twice := next((k for k, n in Counter(keys).items() if n > 1), None)) or (
            twice := next((k for k in keys if k in people), None)
        ):
            number = next(n for n, m in enumerate(payload.members) if twice in keys_of[id(m)])
            item.refuse(PERSON_EXISTS, f"members.{number}", name=payload.members[number].name[:1])
        else:
            used.add(payload.household_id)
            doors.add(door)
            people.update(keys)


def _existing_doors(batch: Batch[RegisterHousehold]) -> set[tuple[UUID, str]]:
    wanted = {
        (community_of(i.place), address_key(i.payload.building, i.payload.unit, i.payload.room))
        for i in batch
        if i.place
    }
    rows = Household.objects.filter(
        district=batch.district,
        community_id__in={community for community, _ in wanted},
        address_key__in={key for _, key in wanted},
        state=HouseholdState.LIVE,
    )
    return set(rows.values_list("community_id", "address_key")) & wanted


def _person_keys(who: Any) -> list[Any]:
    """Return what must be unique about a person: the row's id, and the document."""
    keys: list[Any] = [who.person_id]
    if who.id_number:
        keys.append(person_rows.identity_index(who.id_kind, who.id_number))
    return keys


def _existing_people(batch: Batch[RegisterHousehold], keys_of: dict[int, list[Any]]) -> set[Any]:
    ids = {m.person_id for item in batch for m in item.payload.members}
    marks = {k for keys in keys_of.values() for k in keys if isinstance(k, str)}
    mine = Person.objects.filter(district=batch.district)
    return set(mine.filter(id__in=ids).values_list("id", flat=True)) | set(
        mine.filter(id_index__in=marks, state=PersonState.LIVE).values_list("id_index", flat=True)
    )


def live_household(batch: Batch[Any], household_id: UUID, field: str = "household_id") -> Household:
    """Return a household that is on the list, or refuse."""
    found = Household.objects.filter(district=batch.district, id=household_id).first()
    if found is None:
        raise Refuse(problems.NOT_FOUND, field)
    if found.state != HouseholdState.LIVE:
        raise Refuse(
            HOUSEHOLD_ENDED,
            field,
            when=f"{local(found.closed_at):%Y-%m-%d}" if found.closed_at else "—",
        )
    return found


@command(
    "household.correct",
    CorrectHousehold,
    verb=Verb.REGISTER,
    locate=by_household(),
    title=_("Correct an address"),
)
def correct(batch: Batch[CorrectHousehold], item: Item[CorrectHousehold]) -> None:
    """Put the right address on a door."""
    household = live_household(batch, item.payload.household_id)
    _put_address(household, item.payload)
    taken = Household.objects.filter(
        district=batch.district,
        community_id=household.community_id,
        address_key=household.address_key,
        state=HouseholdState.LIVE,
    ).exclude(id=household.id)
    if taken.exists():
        raise Refuse(DOOR_EXISTS, "room", label=household.address_key)
    household.save()


@command(
    "household.assign",
    AssignHouseholds,
    verb=Verb.DRAW,
    locate=by_area(),
    title=_("Assign doors to a grid"),
)
def assign(batch: Batch[AssignHouseholds], item: Item[AssignHouseholds]) -> None:
    """Move doors to another grid of their community; their records stay where they were made."""
    target = item.place
    if target is None or target.district != batch.district:
        raise Refuse(problems.NOT_FOUND, "area_id")
    if not target.live:
        raise Refuse(AREA_ENDED, "area_id", code=target.code)
    wanted = set(item.payload.household_ids)
    found = list(
        Household.objects.filter(
            district=batch.district, id__in=wanted, state=HouseholdState.LIVE
        ).order_by("id")
    )
    if len(found) != len(wanted):
        raise Refuse(problems.NOT_FOUND, "household_ids")
    origins = places({h.area_id for h in found}, batch)
    moved: dict[UUID, list[str]] = {}
    for household in found:
        if household.community_id != community_of(target):
            raise Refuse(ELSEWHERE, "household_ids", label=household.label)
        if household.area_id == target.id:
            continue
        moved.setdefault(household.area_id, []).append(str(household.id))
        for place, sign in ((origins[household.area_id], -1), (target, 1)):
            item.count("households", NOW, sign, place)
            item.count("persons", NOW, sign * household.persons, place)
    ids = [UUID(i) for part in moved.values() for i in part]
    Household.objects.filter(district=batch.district, id__in=ids).update(
        area_id=target.id, area_code=target.code
    )
    owed = list(Duty.objects.filter(district=batch.district, subject_id__in=ids, state__in=LIVE))
    for duty in owed:
        door = door_of(duty.path)
        duty.area_id, duty.held_path = target.id, target.path
        duty.path = f"{target.path}{door.hex}/" if door else target.path
    bulk.upsert(owed, ("district", "id"), ("area_id", "path", "held_path"))
    item.result = {"moved": {str(k): v for k, v in moved.items()}}


@command(
    "household.close",
    CloseHousehold,
    verb=Verb.REGISTER,
    locate=by_household(),
    title=_("Take a door off the list"),
)
def close(batch: Batch[CloseHousehold], item: Item[CloseHousehold]) -> None:
    """Take a door off the list; its people count as moved away."""
    household = live_household(batch, item.payload.household_id)
    _end(batch, item, household, HouseholdState.CLOSED, item.payload.why)
    _living(household).update(state=PersonState.MOVED, left_at=batch.received_at)
    item.count("persons", NOW, -household.persons)


@command(
    "household.merge",
    MergeHouseholds,
    verb=Verb.REGISTER,
    locate=by_household(),
    title=_("Merge a double household"),
)
def merge(batch: Batch[MergeHouseholds], item: Item[MergeHouseholds]) -> None:
    """Move the people of a door that was listed twice to the one that stays."""
    household = live_household(batch, item.payload.household_id)
    target = live_household(batch, item.payload.into_id, "into_id")
    if target.community_id != household.community_id or target.id == household.id:
        raise Refuse(ELSEWHERE, "into_id", label=target.label)
    moving = household.persons
    _living(household).update(household_id=target.id)
    Household.objects.filter(district=batch.district, id=target.id).update(
        persons=F("persons") + moving
    )
    household.merged_into_id = target.id
    _end(batch, item, household, HouseholdState.MERGED, target.label)
    item.count("persons", NOW, -moving)
    item.count("persons", NOW, moving, places({target.area_id}, batch)[target.area_id])


def _living(household: Household) -> Any:
    return Person.objects.filter(
        district=household.district, household_id=household.id, state=PersonState.LIVE
    )


def _end(
    batch: Batch[Any], item: Item[Any], household: Household, state: HouseholdState, why: str
) -> None:
    household.state, household.closed_at, household.closed_why = state, batch.received_at, why
    household.save()
    item.count("households", NOW, -1)
