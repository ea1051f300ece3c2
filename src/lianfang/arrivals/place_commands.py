"""Beds: taken, changed, given up; and words about those who stay."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.areas.tree import places
from lianfang.arrivals import payloads
from lianfang.arrivals.beds import Beds
from lianfang.arrivals.locate import by_placing, by_stay
from lianfang.arrivals.manifest_commands import PLACED
from lianfang.arrivals.models import Passenger, Stay, StayNote
from lianfang.arrivals.rules import BEDDED, Guest, LeaveWhy, PassengerState
from lianfang.kernel import bulk
from lianfang.kernel.batch import Batch, Item, NewDuty
from lianfang.kernel.kinds import duty_kind
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import command, list_command
from lianfang.kernel.verbs import Verb
from lianfang.people.models import Person
from lianfang.people.rules import PersonState

EARLY = duty_kind("left_early", _("Left before the time"), verb=Verb.PLACE)
EARLY_HOURS = 2

NOT_PRESENT = problem(
    "arrival.not_present",
    _("This passenger has not come yet."),
    _("Mark the passenger as present at the gate first."),
    status=409,
)
STAYS = problem(
    "arrival.stays",
    _("This person has a bed already."),
    _("Move the person instead."),
    status=409,
)
OTHER_PERSON = problem(
    "arrival.other_person",
    _("The passenger is somebody else than this person."),
    _("Load the page again."),
)
NOT_REGISTERED = problem(
    "arrival.not_registered",
    _("This person is not registered, so nobody could watch the person."),
    _("Let somebody who may register people give the place, or register the person first."),
    status=409,
)
SAME_ROOM = problem(
    "arrival.same_room",
    _("This person lies in that room already."),
    _("Choose another room."),
    status=409,
)


@list_command(
    "arrival.place",
    payloads.Place,
    verb=Verb.PLACE,
    locate=by_placing,
    title=_("Give somebody a bed"),
)
def place(batch: Batch[payloads.Place]) -> None:
    """Give people their beds, or send them home; what watches them follows this record.

    The plan comes from a solver outside; here each bed is looked at again, so two plans made at
    once never give one bed twice.
    """
    wanted_ids = {i.payload.passenger_id for i in batch if i.payload.passenger_id}
    rows = {p.id: p for p in Passenger.objects.filter(district=batch.district, id__in=wanted_ids)}
    people = {i.payload.person_id for i in batch}
    staying = set(
        Stay.objects.filter(district=batch.district, person_id__in=people, until=None).values_list(
            "person_id", flat=True
        )
    )
    known = set(
        Person.objects.filter(
            district=batch.district, id__in=people, state=PersonState.LIVE
        ).values_list("id", flat=True)
    )
    beds = Beds(batch.district, {i.payload.room_id for i in batch if i.payload.room_id})
    where = places({site.area_id for site in beds.sites.values()}, batch)
    fresh, placed = [], []
    for item in batch:
        wanted = item.payload
        row = rows.get(wanted.passenger_id) if wanted.passenger_id else None
        try:
            if row is not None:
                _fits(row, wanted)
            if wanted.watch and wanted.person_id not in known and not batch.replaying:
                raise Refuse(NOT_REGISTERED, "person_id")
            if wanted.person_id in staying:
                raise Refuse(STAYS, "person_id")
            stay = _stay(batch, item, row, beds)
        except Refuse as refuse:
            item.refuse_with(refuse.refusal)
            continue
        assert item.place
        if stay.site_id:
            item.place = where[stay.area_id]
        staying.add(wanted.person_id)
        fresh.append(stay)
        if row is not None:
            placed.append(row.id)
        item.count("arrivals_placed", timezone.localdate(item.at).isoformat())
        item.result = {"stay_id": str(stay.id), "bed": stay.bed}
    bulk.insert(fresh)
    Passenger.objects.filter(district=batch.district, id__in=placed).update(
        placed_at=batch.received_at, changed_at=batch.received_at
    )


def _fits(row: Passenger, wanted: payloads.Place) -> None:
    if row.person_id != wanted.person_id:
        raise Refuse(OTHER_PERSON, "person_id")
    if row.placed_at is not None:
        raise Refuse(PLACED, "passenger_id")
    if row.state != PassengerState.PRESENT:
        raise Refuse(NOT_PRESENT, "passenger_id")


def _stay(batch: Batch[Any], item: Item[payloads.Place], row: Passenger | None, beds: Beds) -> Stay:
    """Return the new stay; refuses where the bed is not to be had."""
    wanted = item.payload
    assert item.place
    party = f"{row.manifest_id}:{row.family}" if row is not None and row.family else ""
    guest = Guest(
        row.sex if row is not None else wanted.sex,
        (row.group if row is not None else wanted.group) or wanted.group,
        party,
    )
    stay = Stay(
        district=batch.district,
        id=item.derive("stay"),
        person_id=wanted.person_id,
        passenger_id=wanted.passenger_id,
        manifest_id=row.manifest_id if row is not None else None,
        area_id=wanted.area_id or item.place.id,
        destination=wanted.destination,
        sex=guest.sex,
        group=guest.group,
        party=party,
        since=item.at,
    )
    if wanted.destination in BEDDED:
        assert wanted.post_id
        assert wanted.room_id
        stay.area_id = beds.site_of(wanted.post_id, wanted.room_id).area_id
        stay.site_id, stay.room_id = wanted.post_id, wanted.room_id
        stay.bed = beds.take(wanted.room_id, guest, anyway=wanted.anyway)
    return stay


@command(
    "arrival.move",
    payloads.Move,
    verb=Verb.PLACE,
    locate=by_stay,
    title=_("Move somebody to another room"),
)
def move(batch: Batch[payloads.Move], item: Item[payloads.Move]) -> None:
    """Move somebody to another room or site; the stay before ends, so the way can be traced."""
    wanted, before = item.payload, _live(batch, item)
    if before.room_id == wanted.room_id:
        raise Refuse(SAME_ROOM, "room_id")
    beds = Beds(batch.district, {wanted.room_id})
    site = beds.site_of(wanted.post_id, wanted.room_id)
    guest = Guest(before.sex, before.group, before.party)
    bed = beds.take(wanted.room_id, guest, anyway=wanted.anyway)
    _end(before, item, LeaveWhy.TRANSFERRED)
    same_site = before.site_id == wanted.post_id
    Stay.objects.create(
        district=batch.district,
        id=item.derive("stay"),
        person_id=before.person_id,
        passenger_id=before.passenger_id,
        manifest_id=before.manifest_id,
        area_id=site.area_id,
        destination=site.takes,
        site_id=wanted.post_id,
        room_id=wanted.room_id,
        bed=bed,
        sex=before.sex,
        group=before.group,
        party=before.party,
        table=before.table if same_site else "",
        diets=before.diets,
        since=item.at,
    )
    item.result = {"stay_id": str(item.derive("stay")), "bed": bed, "site": not same_site}


def _live(batch: Batch[Any], item: Item[Any]) -> Stay:
    return Stay.objects.get(district=batch.district, person_id=item.payload.person_id, until=None)


def _end(stay: Stay, item: Item[Any], why: LeaveWhy) -> None:
    # A clock that runs behind must not end a stay before it began.
    stay.until, stay.why = max(item.at, stay.since), why
    stay.save()


@command(
    "arrival.leave",
    payloads.Leave,
    verb=Verb.PLACE,
    locate=by_stay,
    title=_("Somebody gives up a bed"),
)
def leave(batch: Batch[payloads.Leave], item: Item[payloads.Leave]) -> None:
    """Free a bed; whoever leaves before the time has to be looked for."""
    stay = _live(batch, item)
    _end(stay, item, item.payload.why)
    assert item.place
    if item.payload.why is LeaveWhy.EARLY:
        item.open_duty(
            NewDuty(
                EARLY,
                "early",
                item.place,
                due_at=batch.after(hours=EARLY_HOURS),
                subject_kind="person",
                subject_id=stay.person_id,
                context_id=stay.site_id,
                priority=8,
            )
        )
    if item.payload.why is LeaveWhy.MISTAKE and stay.passenger_id:
        # The placement was wrong: the passenger waits for another one.
        Passenger.objects.filter(district=batch.district, id=stay.passenger_id).update(
            placed_at=None, changed_at=batch.received_at
        )


@command(
    "stay.keep",
    payloads.KeepStay,
    verb=Verb.PLACE,
    locate=by_stay,
    title=_("Table and diet of somebody who stays"),
)
def keep(batch: Batch[payloads.KeepStay], item: Item[payloads.KeepStay]) -> None:
    """Say where somebody eats and what the kitchen must know."""
    stay = _live(batch, item)
    stay.table, stay.diets = item.payload.table, sorted(item.payload.diets)
    stay.save()


NOTHING_SAID = problem(
    "stay.nothing_said",
    _("The note is empty."),
    _("Write what the next shift should know."),
)


@command(
    "stay.note",
    payloads.NoteStay,
    verb=Verb.PLACE,
    locate=by_stay,
    title=_("A word about somebody who stays"),
)
def note(batch: Batch[payloads.NoteStay], item: Item[payloads.NoteStay]) -> None:
    """Keep a word of comfort, a wish, what was brought; encrypted, gone with the purge."""
    if not item.payload.text and not batch.replaying:
        raise Refuse(NOTHING_SAID, "text")
    stay = _live(batch, item)
    StayNote.objects.create(
        district=batch.district,
        id=item.id,
        person_id=stay.person_id,
        site_id=stay.site_id,
        text=item.payload.text,
        at=item.at,
        actor=batch.actor.ref,
    )
