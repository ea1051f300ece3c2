"""What the commands on contacts share: a contact's row, its way onto a list, its counters."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from lianfang.areas.rules import Level
from lianfang.areas.tree import places
from lianfang.kernel.batch import Batch, Item, NewDuty
from lianfang.kernel.problems import Refuse
from lianfang.kernel.rules import DutyAction
from lianfang.kernel.scope import Place
from lianfang.people.models import Household, Person
from lianfang.tracing import kinds
from lianfang.tracing.models import Case, Contact, Listing
from lianfang.tracing.problems import NOT_A_COMMUNITY, NOT_NOW
from lianfang.tracing.rules import ON_DESK, ContactAction, next_contact_state


def move(row: Contact, action: ContactAction) -> None:
    """Take a contact one step on, in memory. Raises Refuse where the table does not allow it."""
    state = next_contact_state(row.state, action)
    if state is None:
        raise Refuse(NOT_NOW)
    row.state = state


def community(batch: Batch[Any], community_id: UUID) -> Place:
    """Return a community as a place, in whatever district. Raises Refuse for another level."""
    place = places({community_id}, batch).get(community_id)
    if place is None or place.level != Level.COMMUNITY:
        raise Refuse(NOT_A_COMMUNITY, "community_id")
    return place


def place_of(batch: Batch[Any], case: Case) -> Place:
    """Return where a case is followed up."""
    return places({case.area_id}, batch)[case.area_id]


def desk_duty(batch: Batch[Any], item: Item[Any], case: Case) -> None:
    """Open the duty to send a case's contacts down; it is there once for each case."""
    item.settle(kinds.DESK, case.id, None, DutyAction.CANCEL, "contact.more")
    item.open_duty(
        NewDuty(
            kinds.DESK,
            f"desk-{case.id.hex}",
            place_of(batch, case),
            due_at=batch.after(hours=kinds.DESK_HOURS),
            path=case.path,
            subject_kind="case",
            subject_id=case.id,
            priority=8,
        )
    )


def settle_desk(batch: Batch[Any], item: Item[Any], case_id: UUID) -> None:
    """End the duty to send contacts down when none of the case is left on the desk."""
    left = Contact.objects.filter(
        district=batch.district, case_id=case_id, state__in=sorted(ON_DESK)
    )
    if not left.exists():
        item.settle(kinds.DESK, case_id)


def list_up(
    batch: Batch[Any],
    item: Item[Any],
    *,
    contact_id: UUID,
    origin: str,
    hop: int,
    place: Place,
    person_id: UUID | None,
    who: str,
    degree: str,
    last_day: date | None,
    due_at: datetime,
) -> Listing:
    """Put a contact on the list of a community, with a duty that climbs when it is overdue.

    A registered person's line stands at the door, so that the grid worker has it.
    """
    person = (
        Person.objects.filter(district=batch.district, id=person_id).first() if person_id else None
    )
    home = (
        Household.objects.filter(district=batch.district, id=person.household_id).first()
        if person and person.household_id
        else None
    )
    at = places({home.area_id}, batch).get(home.area_id, place) if home else place
    Listing.objects.filter(district=batch.district, id=contact_id).delete()
    row = Listing(
        district=batch.district,
        id=contact_id,
        origin=origin,
        hop=hop,
        community_id=place.id,
        area_id=at.id,
        path=f"{at.path}{home.id.hex}/" if home else at.path,
        household_id=home.id if home else None,
        person_id=person.id if person else None,
        who=who,
        degree=degree,
        last_day=last_day,
        received_at=batch.received_at,
        due_at=due_at,
    )
    row.save(force_insert=True)
    item.count("contacts_listed", "now", 1, at)
    item.open_duty(
        NewDuty(
            kinds.VERIFY,
            f"verify-{contact_id.hex}-{hop}",
            at,
            due_at=due_at,
            path=row.path,
            subject_kind="contact",
            subject_id=contact_id,
            priority=9,
            claim_minutes=240,
        )
    )
    return row
