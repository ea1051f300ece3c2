"""What happens to persons."""

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
from lianfang.kernel.models import SubjectKey
from lianfang.kernel.problems import Refuse
from lianfang.kernel.registry import command, list_command
from lianfang.kernel.scope import Place
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people import person_rows
from lianfang.people.household_commands import (
    NOW,
    PERSON_EXISTS,
    community_of,
    live_household,
)
from lianfang.people.locate import by_person
from lianfang.people.models import Household, Membership, Person
from lianfang.people.payloads import (
    CorrectPerson,
    LeavePerson,
    MovePerson,
    OpenPerson,
    PurgePerson,
    RegisterPerson,
    RevealPerson,
)
from lianfang.people.rules import PersonState


@list_command(
    "person.register",
    RegisterPerson,
    verb=Verb.REGISTER,
    locate=by_area(),
    title=_("Register a person"),
)
def register(batch: Batch[RegisterPerson]) -> None:
    """Add persons to households, or helpers to communities; who is there already is refused."""
    _sift(batch)
    homes = {i.payload.household_id for i in batch if i.payload.household_id}
    doors = {h.id: h for h in Household.objects.filter(district=batch.district, id__in=homes)}
    rows, more = [], Counter[UUID]()
    for item in batch:
        who, community_id = item.payload, community_of(_place(item))
        if who.household_id:
            try:
                live_household(batch, who.household_id)
            except Refuse as refuse:
                item.refuse_with(refuse.refusal)
                continue
            door = doors[who.household_id]
            if door.community_id != community_id:
                item.refuse(problems.NOT_FOUND, "household_id")
                continue
            item.count("persons", NOW, 1, places({door.area_id}, batch)[door.area_id])
            more[door.id] += 1
        rows.append(person_rows.new(batch, who, community_id, who.household_id))
        item.result = {"person_id": str(who.person_id)}
    bulk.insert(rows)
    for household_id, by in sorted(more.items()):
        Household.objects.filter(district=batch.district, id=household_id).update(
            persons=F("persons") + by
        )


def _place(item: Item[Any]) -> Place:
    assert item.place
    return item.place


def _sift(batch: Batch[RegisterPerson]) -> None:
    """Refuse who stands in no community of the district, or is on the list already."""
    for item in batch:
        place = item.place
        item.subject_id = item.payload.person_id
        if place is None or place.district != batch.district or place.level < Level.COMMUNITY:
            item.refuse(problems.NOT_FOUND, "area_id")
    mine = Person.objects.filter(district=batch.district)
    known = set(
        mine.filter(id__in=[i.payload.person_id for i in batch]).values_list("id", flat=True)
    )
    marks = {
        id(i): person_rows.identity_index(i.payload.id_kind, i.payload.id_number)
        for i in batch
        if i.payload.id_number
    }
    same = mine.filter(id_index__in=set(marks.values()), state=PersonState.LIVE)
    papers = set(same.values_list("id_index", flat=True))
    for item in batch:
        who, mark = item.payload, marks.get(id(item), "")
        if who.person_id in known:
            item.refuse(PERSON_EXISTS, "person_id", name=who.name[:1])
        elif mark and mark in papers:
            item.refuse(PERSON_EXISTS, "id_number", name=who.name[:1])
        else:
            known.add(who.person_id)
            papers |= {mark} - {""}


@command(
    "person.correct",
    CorrectPerson,
    verb=Verb.REGISTER,
    locate=by_person,
    title=_("Correct a person's data"),
)
def correct(batch: Batch[CorrectPerson], item: Item[CorrectPerson]) -> None:
    """Replace a person's data; the first version stays in the journal."""
    person = _live(batch, item.payload.person_id)
    _unique(batch, item.payload)
    person_rows.put(person, item.payload)
    person.save()


@command(
    "person.move",
    MovePerson,
    verb=Verb.REGISTER,
    locate=by_person,
    title=_("Move a person to another door"),
)
def move(batch: Batch[MovePerson], item: Item[MovePerson]) -> None:
    """Let a person live behind another door of the district."""
    person = _live(batch, item.payload.person_id)
    target = live_household(batch, item.payload.household_id)
    to = places({target.area_id}, batch)[target.area_id]
    if not batch.replaying and not batch.actor.may(Verb.REGISTER, to.path):
        raise Refuse(problems.NOT_FOUND, "household_id")
    if person.household_id == target.id:
        return
    _leave_home(batch, item, person)
    _shift(batch, item, target, 1)
    person.household_id, person.community_id = target.id, target.community_id
    person.save()


@command(
    "person.leave",
    LeavePerson,
    verb=Verb.REGISTER,
    locate=by_person,
    title=_("A person moved away"),
)
def leave(batch: Batch[LeavePerson], item: Item[LeavePerson]) -> None:
    """Note that a person does not live here any more."""
    person = _live(batch, item.payload.person_id)
    _leave_home(batch, item, person)
    person.state = PersonState.DECEASED if item.payload.deceased else PersonState.MOVED
    person.left_at = batch.received_at
    person.save()


@command(
    "person.open",
    OpenPerson,
    verb=Verb.OPEN_PERSON,
    locate=by_person,
    title=_("Open a person"),
)
def open_person(batch: Batch[OpenPerson], item: Item[OpenPerson]) -> None:
    """Keep who opened a person's data and why; the page shows them for a short while."""
    _live(batch, item.payload.person_id)


@command(
    "person.reveal",
    RevealPerson,
    verb=Verb.READ,
    locate=by_person,
    title=_("Show a number in full"),
)
def reveal(batch: Batch[RevealPerson], item: Item[RevealPerson]) -> None:
    """Keep that somebody with standing sight looked at a whole telephone or identity number."""
    sights = (Sight.CONTACT, Sight.IDENTITY)
    if not batch.replaying and not any(batch.actor.sees(s, item.path or "") for s in sights):
        raise Refuse(problems.FORBIDDEN)
    _live(batch, item.payload.person_id)


@command(
    "person.purge",
    PurgePerson,
    verb=Verb.PURGE,
    locate=by_person,
    title=_("Purge a person's data"),
)
def purge(batch: Batch[PurgePerson], item: Item[PurgePerson]) -> None:
    """Destroy the person's key and blank the row; counts and the tombstone stay."""
    person = Person.objects.get(district=batch.district, id=item.payload.person_id)
    if person.state == PersonState.LIVE:
        _leave_home(batch, item, person)
    person_rows.blank(person, batch.received_at)
    person.state = PersonState.PURGED
    person.save()
    Membership.objects.filter(district=batch.district, person_id=person.id, until=None).update(
        until=batch.received_at
    )
    SubjectKey.objects.filter(district=batch.district, subject_id=person.id).delete()


def _live(batch: Batch[Any], person_id: UUID) -> Person:
    person = Person.objects.filter(district=batch.district, id=person_id).first()
    if person is None or person.state == PersonState.PURGED:
        raise Refuse(problems.NOT_FOUND, "person_id")
    return person


def _unique(batch: Batch[Any], who: Any) -> None:
    mine = Person.objects.filter(district=batch.district)
    if who.id_number:
        index = person_rows.identity_index(who.id_kind, who.id_number)
        same = mine.filter(id_index=index, state=PersonState.LIVE).exclude(id=who.person_id)
        if same.exists():
            raise Refuse(PERSON_EXISTS, "id_number", name=who.name[:1])


def _leave_home(batch: Batch[Any], item: Item[Any], person: Person) -> None:
    if person.household_id and person.state == PersonState.LIVE:
        home = Household.objects.get(district=batch.district, id=person.household_id)
        _shift(batch, item, home, -1)


def _shift(batch: Batch[Any], item: Item[Any], household: Household, by: int) -> None:
    """Change the number of people behind a door, and the counters above it."""
    Household.objects.filter(district=batch.district, id=household.id).update(
        persons=F("persons") + by
    )
    item.count("persons", NOW, by, places({household.area_id}, batch)[household.area_id])
