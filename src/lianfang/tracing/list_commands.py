"""The list of a community: each contact found, moved, wrong or nobody; the way between districts.

A contact goes to another district in two steps, and its answer comes back in two: `contact.receive`
there and `contact.arrived` here, `contact.report` here and `contact.reported` there. The clock
sends them until each has its receipt; their ids are derived, so sending twice is a repetition.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.areas.locate import at_area
from lianfang.kernel import clock, problems
from lianfang.kernel.actors import CLOCK
from lianfang.kernel.batch import Batch, Entry, Item
from lianfang.kernel.ids import derive_id
from lianfang.kernel.problems import Refuse
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.registry import command
from lianfang.kernel.verbs import Verb
from lianfang.people.models import Person
from lianfang.tracing import contact_rows, kinds, payloads, who
from lianfang.tracing.contact_commands import the_contact
from lianfang.tracing.locate import by_contact, by_listing
from lianfang.tracing.models import Case, Contact, Listing
from lianfang.tracing.problems import ANSWERED
from lianfang.tracing.rules import ContactAction, ContactState, ListingState, Outcome


def the_listing(batch: Batch[Any], item: Item[Any]) -> Listing:
    """Return the line of an entry that `by_listing` has located."""
    found: Listing = batch.memo["listings"][item.payload.contact_id]
    return found


@command(
    "contact.verify",
    payloads.VerifyContact,
    verb=Verb.WATCH,
    locate=by_listing,
    title=_("Answer for a contact"),
)
def verify(batch: Batch[payloads.VerifyContact], item: Item[payloads.VerifyContact]) -> None:
    """Say what was found; isolation, if it is asked for, begins with this record (watching)."""
    row, payload = the_listing(batch, item), item.payload
    if row.state != ListingState.OPEN:
        raise Refuse(ANSWERED)
    if payload.person_id is not None:
        people = Person.objects.filter(district=batch.district, id=payload.person_id)
        if not people.exists():
            raise Refuse(problems.NOT_FOUND, "person_id")
    if payload.community_id is not None:
        contact_rows.community(batch, payload.community_id)
    row.state, row.outcome = ListingState.ANSWERED, payload.outcome
    row.answered_at, row.answered_by = batch.received_at, batch.actor.ref
    row.note, row.next_community_id = payload.moved_to, payload.community_id
    row.watched = payload.watch is not None
    if payload.outcome == Outcome.FOUND:
        row.person_id = payload.person_id or row.person_id
        item.count("contacts_found", "now")
    item.settle(kinds.VERIFY, row.id)
    item.result = {"outcome": str(payload.outcome)}
    if row.origin == batch.district:
        contact = Contact.objects.get(district=batch.district, id=row.id)
        row.reported = True
        _answer(batch, item, contact, payload.outcome, row.person_id, payload.community_id)
        contact.answered_at = batch.received_at
        contact.save()
    row.save()


def _answer(
    batch: Batch[Any],
    item: Item[Any],
    contact: Contact,
    outcome: str,
    person_id: UUID | None,
    community_id: UUID | None,
) -> None:
    """Take an answer over into the contact: found, or back on the desk with what is known now."""
    found = outcome == Outcome.FOUND
    contact_rows.move(contact, ContactAction.FIND if found else ContactAction.COME_BACK)
    contact.outcome, contact.away = outcome, False
    case = Case.objects.get(district=batch.district, id=contact.case_id)
    if found:
        contact.found_person_id = person_id
        item.count("contacts_open", "now", -1, contact_rows.place_of(batch, case))
    else:
        contact.community_id = community_id
        contact_rows.desk_duty(batch, item, case)


@command(
    "contact.receive",
    payloads.Receive,
    verb=Verb.TICK,
    locate=at_area("community_id", "contact_id"),
    title=_("Take over a contact from another district"),
    hidden=True,
)
def receive(batch: Batch[payloads.Receive], item: Item[payloads.Receive]) -> None:
    """Put a contact that another district sends on the list of its community."""
    payload = item.payload
    known = Listing.objects.filter(district=batch.district, id=payload.contact_id).first()
    if known is not None and known.hop >= payload.hop:
        return
    said = who.of_payload(payload)
    contact_rows.list_up(
        batch,
        item,
        contact_id=payload.contact_id,
        origin=payload.origin,
        hop=payload.hop,
        place=contact_rows.community(batch, payload.community_id),
        person_id=None,
        who=said.text(),
        degree=payload.degree,
        last_day=payload.last_day,
        due_at=payload.due_at,
    )


@command(
    "contact.arrived",
    payloads.HandOver,
    verb=Verb.TICK,
    locate=by_contact,
    title=_("Another district has the contact"),
    hidden=True,
)
def arrived(batch: Batch[payloads.HandOver], item: Item[payloads.HandOver]) -> None:
    """Note that the other district has the contact on a list."""
    row = the_contact(batch, item)
    if row.hop == item.payload.hop and row.state == ContactState.ON_WAY:
        contact_rows.move(row, ContactAction.ARRIVE)
        row.away = False
        row.save()


@command(
    "contact.report",
    payloads.Report,
    verb=Verb.TICK,
    locate=by_contact,
    title=_("Another district answers for a contact"),
    hidden=True,
)
def report(batch: Batch[payloads.Report], item: Item[payloads.Report]) -> None:
    """Take the answer of another district over; who it is stays there."""
    row, payload = the_contact(batch, item), item.payload
    if row.hop != payload.hop or row.state not in (ContactState.SENT, ContactState.ON_WAY):
        return
    _answer(batch, item, row, payload.outcome, None, payload.community_id)
    row.answered_at = payload.answered_at
    row.save()


@command(
    "contact.reported",
    payloads.HandOver,
    verb=Verb.TICK,
    locate=by_listing,
    title=_("The district of the case has the answer"),
    hidden=True,
)
def reported(batch: Batch[payloads.HandOver], item: Item[payloads.HandOver]) -> None:
    """Note that the answer has arrived where the case is."""
    row = the_listing(batch, item)
    if row.hop == item.payload.hop:
        row.reported = True
        row.save(update_fields=["reported"])


def chore(now: datetime) -> list[Receipt]:
    """Take contacts and answers between districts, as far as they have not arrived yet."""
    receipts: list[Receipt] = []
    away = Contact.objects.filter(state=ContactState.ON_WAY, away=True)
    for row in away.order_by("district", "id")[:2_000]:
        there = _submit(row.id, row.hop, "contact.receive", _parcel(row), row.list_district, now)
        receipts += there
        if there[0].stands:
            receipts += _hand(row.id, row.hop, "contact.arrived", row.district, now)
    answers = Listing.objects.filter(state=ListingState.ANSWERED, reported=False)
    for line in answers.order_by("district", "id")[:2_000]:
        payload = {
            "contact_id": str(line.id),
            "hop": line.hop,
            "outcome": line.outcome,
            "answered_at": line.answered_at.isoformat() if line.answered_at else "",
            "community_id": str(line.next_community_id) if line.next_community_id else None,
        }
        here = _submit(line.id, line.hop, "contact.report", payload, line.origin, now)
        receipts += here
        if here[0].stands:
            receipts += _hand(line.id, line.hop, "contact.reported", line.district, now)
    return receipts


def _parcel(row: Contact) -> dict[str, Any]:
    """Return what the other district gets: the person and the degree, nothing of the case."""
    said = who.read(row.who)
    if row.person_id is not None and not row.who:
        person = Person.objects.filter(district=row.district, id=row.person_id).first()
        if person is not None:
            said = who.Who(person.name, person.phone, person.id_number)
    return {
        "contact_id": str(row.id),
        "hop": row.hop,
        "origin": row.district,
        "community_id": str(row.community_id),
        "degree": row.degree,
        "last_day": row.last_day.isoformat() if row.last_day else None,
        "due_at": row.due_at.isoformat() if row.due_at else None,
        "name": said.name,
        "phone": said.phone,
        "id_number": said.id_number,
        # The note stays: what an interview says of a contact may say who the case is.
        "address": said.address,
    }


def _submit(
    id_: UUID, hop: int, name: str, payload: dict[str, Any], district: str, now: datetime
) -> list[Receipt]:
    from lianfang.kernel.submit import submit

    entry = Entry(derive_id(id_, name, hop), name, payload, now, district, device_at=_at(payload))
    return submit(CLOCK, [entry], received_at=now)


def _hand(id_: UUID, hop: int, name: str, district: str, now: datetime) -> list[Receipt]:
    return _submit(id_, hop, name, {"contact_id": str(id_), "hop": hop}, district, now)


def _at(payload: dict[str, Any]) -> datetime | None:
    """Return a time that is the same each time the entry is sent, so that it is a repetition."""
    text = payload.get("due_at") or payload.get("answered_at")
    return datetime.fromisoformat(text) if text else None


clock.CHORES.append(chore)
