"""Contacts: found by query, named, graded, sent to the community where they live, struck."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.kernel import bulk, problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.problems import Refuse
from lianfang.kernel.registry import command
from lianfang.kernel.rules import DutyAction
from lianfang.kernel.times import local
from lianfang.kernel.verbs import Verb
from lianfang.people.models import Person
from lianfang.tracing import contact_rows, contact_search, kinds, payloads, who
from lianfang.tracing.case_commands import the_case
from lianfang.tracing.locate import by_case, by_contact
from lianfang.tracing.models import Case, Contact, Listing
from lianfang.tracing.presence_commands import body
from lianfang.tracing.problems import (
    COMMUNITY_MISSING,
    ELSEWHERE,
    NOT_NOW,
    ON_THE_LIST,
    WHO_MISSING,
    WINDOW_UNKNOWN,
)
from lianfang.tracing.rules import (
    Basis,
    ContactAction,
    ContactState,
    Degree,
    ListingState,
    Window,
    nearer,
    window,
)


def window_of(case: Case, item: Item[Any]) -> Window | None:
    """Return the days in which a case may have infected others, as of the entry."""
    return window(
        case.rule,
        local(item.at).date(),
        onset=case.onset,
        sample=case.sample,
        isolated=case.isolated,
        asymptomatic=case.asymptomatic,
        first=case.first_day,
    )


@command(
    "contact.find",
    payloads.FindContacts,
    verb=Verb.TRACE,
    locate=by_case,
    title=_("Find a case's contacts"),
)
def find(batch: Batch[payloads.FindContacts], item: Item[payloads.FindContacts]) -> None:
    """Put on the list whoever was near the case in its window, and near those who were (hops 2).

    Who stands there already keeps the line; a nearer degree is taken over.
    """
    case = the_case(batch, item)
    span = window_of(case, item)
    if span is None:
        raise Refuse(WINDOW_UNKNOWN)
    me = body(case)
    first = contact_search.near(batch.district, me, case.household_id, span)
    found = dict(first)
    if item.payload.hops == 2:
        close = [n.person_id for n in first.values() if n.degree == Degree.CLOSE]
        places = contact_search.met(batch.district, close, span)
        homes = dict(
            Person.objects.filter(district=batch.district, id__in=close).values_list(
                "id", "household_id"
            )
        )
        for one in close:
            around = contact_search.near(
                batch.district, one, homes.get(one), span, places.get(one, ())
            )
            for other in around.values():
                if other.degree == Degree.CLOSE and other.person_id != me:
                    found.setdefault(
                        other.person_id,
                        contact_search.Near(
                            other.person_id, Degree.SECOND, Basis.SECOND, other.last_day
                        ),
                    )
    added, changed = _merge(batch, item, case, found)
    item.result = {"added": added, "nearer": changed}
    if added:
        contact_rows.desk_duty(batch, item, case)


def _merge(
    batch: Batch[Any], item: Item[Any], case: Case, found: dict[UUID, contact_search.Near]
) -> tuple[int, int]:
    known = {c.key: c for c in Contact.objects.filter(district=batch.district, case_id=case.id)}
    homes = dict(
        Person.objects.filter(district=batch.district, id__in=list(found)).values_list(
            "id", "community_id"
        )
    )
    added, changed = [], 0
    for person_id, one in sorted(found.items(), key=lambda pair: pair[0].int):
        row = known.get(person_id.hex)
        if row is None:
            added.append(
                Contact(
                    district=batch.district,
                    id=item.derive("contact", person_id),
                    case_id=case.id,
                    key=person_id.hex,
                    person_id=person_id,
                    degree=one.degree,
                    basis=one.basis,
                    last_day=one.last_day,
                    community_id=homes.get(person_id),
                    named_at=batch.received_at,
                )
            )
        elif nearer(row.degree, one.degree) != row.degree:
            row.degree, row.basis, row.last_day = one.degree, one.basis, one.last_day
            row.save(update_fields=["degree", "basis", "last_day"])
            changed += 1
    bulk.insert(added)
    item.count("contacts_open", "now", len(added))
    return len(added), changed


@command(
    "contact.name",
    payloads.NameContact,
    verb=Verb.TRACE,
    locate=by_case,
    title=_("Name a contact"),
)
def name(batch: Batch[payloads.NameContact], item: Item[payloads.NameContact]) -> None:
    """Put somebody on the list whom the case, or a list, names; everybody stands there once."""
    case, payload = the_case(batch, item), item.payload
    said = who.of_payload(payload)
    if Contact.objects.filter(district=batch.district, id=payload.contact_id).exists():
        raise Refuse(problems.OTHER_CONTENT, "contact_id")
    community_id = payload.community_id
    if payload.person_id is not None:
        person = Person.objects.filter(district=batch.district, id=payload.person_id).first()
        if person is None:
            raise Refuse(problems.NOT_FOUND, "person_id")
        key, community_id = person.id.hex, community_id or person.community_id
    elif said.text():
        key = said.index()
    elif batch.replaying:
        # After a purge: who it was is gone, the line stays.
        key = f"w{item.derive('gone').hex}"
    else:
        raise Refuse(WHO_MISSING, "name")
    if Contact.objects.filter(district=batch.district, case_id=case.id, key=key).exists():
        raise Refuse(ON_THE_LIST, "name")
    row = Contact(
        district=batch.district,
        id=payload.contact_id,
        case_id=case.id,
        key=key,
        person_id=payload.person_id,
        who=said.text(),
        degree=payload.degree,
        basis=payload.basis,
        last_day=payload.last_day,
        community_id=community_id,
        named_at=batch.received_at,
    )
    row.save(force_insert=True)
    item.count("contacts_open", "now")
    contact_rows.desk_duty(batch, item, case)
    item.result = {"contact_id": str(row.id)}


def the_contact(batch: Batch[Any], item: Item[Any]) -> Contact:
    """Return the contact of an entry that `by_contact` has located."""
    found: Contact = batch.memo["contacts"][item.payload.contact_id]
    return found


@command(
    "contact.grade",
    payloads.GradeContact,
    verb=Verb.TRACE,
    locate=by_contact,
    title=_("Change a contact's degree"),
)
def grade(batch: Batch[payloads.GradeContact], item: Item[payloads.GradeContact]) -> None:
    """Give a contact another degree than the rule gave."""
    row = the_contact(batch, item)
    row.degree, row.last_day = item.payload.degree, item.payload.last_day or row.last_day
    row.save(update_fields=["degree", "last_day"])
    if row.list_district == batch.district:
        Listing.objects.filter(district=batch.district, id=row.id).update(
            degree=row.degree, last_day=row.last_day
        )


@command(
    "contact.send",
    payloads.SendContact,
    verb=Verb.TRACE,
    locate=by_contact,
    title=_("Send a contact to the community"),
)
def send(batch: Batch[payloads.SendContact], item: Item[payloads.SendContact]) -> None:
    """Send a contact down to the community where the person lives, with the time for the answer.

    A community of another district gets it by a handshake: until that has it, it stands here.
    """
    row, payload = the_contact(batch, item), item.payload
    community_id = payload.community_id or row.community_id
    if community_id is None:
        raise Refuse(COMMUNITY_MISSING, "community_id")
    place = contact_rows.community(batch, community_id)
    if row.state == ContactState.SENT and row.list_district != batch.district:
        raise Refuse(ELSEWHERE)
    if row.state == ContactState.ON_WAY:
        raise Refuse(NOT_NOW)
    here = place.district == batch.district
    if row.state == ContactState.SENT:
        _withdraw(batch, item, row)
    contact_rows.move(row, ContactAction.SEND if here else ContactAction.SEND_AWAY)
    row.community_id, row.list_district = community_id, place.district
    row.hop, row.away = row.hop + 1, not here
    row.sent_at = batch.received_at
    row.due_at = batch.received_at + timedelta(hours=payload.hours)
    row.outcome, row.answered_at = "", None
    row.save()
    if here:
        contact_rows.list_up(
            batch,
            item,
            contact_id=row.id,
            origin=batch.district,
            hop=row.hop,
            place=place,
            person_id=row.person_id,
            who=row.who,
            degree=row.degree,
            last_day=row.last_day,
            due_at=row.due_at,
        )
    contact_rows.settle_desk(batch, item, row.case_id)
    item.result = {"state": str(row.state), "district": place.district}


def _withdraw(batch: Batch[Any], item: Item[Any], row: Contact) -> None:
    """Take a contact off the list of a community of this district."""
    Listing.objects.filter(district=batch.district, id=row.id, state=ListingState.OPEN).update(
        state=ListingState.WITHDRAWN, answered_at=batch.received_at, reported=True
    )
    item.settle(kinds.VERIFY, row.id, None, DutyAction.CANCEL, "contact.withdrawn")


@command(
    "contact.strike",
    payloads.StrikeContact,
    verb=Verb.TRACE,
    locate=by_contact,
    title=_("Strike a contact"),
)
def strike(batch: Batch[payloads.StrikeContact], item: Item[payloads.StrikeContact]) -> None:
    """Take a contact off the list, with the reason; one on another district's list stays."""
    row = the_contact(batch, item)
    if row.away or (row.state == ContactState.SENT and row.list_district != batch.district):
        raise Refuse(ELSEWHERE)
    if row.state == ContactState.SENT:
        _withdraw(batch, item, row)
    contact_rows.move(row, ContactAction.STRIKE)
    row.why = item.payload.why
    row.save()
    item.count("contacts_open", "now", -1)
    contact_rows.settle_desk(batch, item, row.case_id)
