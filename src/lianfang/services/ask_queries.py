"""What can be read of what households asked, and of who opened their data."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from lianfang.kernel import queries as kernel
from lianfang.kernel.actors import Actor
from lianfang.kernel.models import Record
from lianfang.kernel.scope import within
from lianfang.kernel.verbs import Verb
from lianfang.people.models import Household, Person
from lianfang.services.models import Ask

_OPENINGS = ("person.open", "person.reveal")


def asks(actor: Actor, districts: Collection[str], *, open_: bool = True) -> QuerySet[Ask]:
    """Return what was asked in the actor's scope, the oldest open first or the latest answered."""
    found = Ask.objects.filter(
        within(actor.paths(Verb.SERVE), "household__area__path"), district__in=districts
    ).select_related("household__area")
    if open_:
        return found.filter(answered_at=None).order_by("asked_at", "id")
    return found.exclude(answered_at=None).order_by("-asked_at", "-id")


def ask(actor: Actor, district: str, ask_id: UUID) -> Ask | None:
    """Return one question in the actor's scope; None when absent or forbidden."""
    found = asks(actor, [district]) | asks(actor, [district], open_=False)
    return found.filter(id=ask_id).first()


def of_household(home: Household, limit: int = 10) -> list[Ask]:
    """Return the latest questions of a door, for its own page."""
    found = Ask.objects.filter(district=home.district, household_id=home.id)
    return list(found.order_by("-asked_at", "-id")[:limit])


def openings(home: Household, limit: int = 30) -> list[Record]:
    """Return the records of who looked at the data of the people behind a door in full."""
    people = Person.objects.filter(district=home.district, household_id=home.id)
    found = kernel.records_about(home.district, people.values_list("id", flat=True))
    return list(found.filter(command__in=_OPENINGS)[:limit])


def of_door(district: str, household_id: UUID) -> set[UUID]:
    """Return the ids of all that a household ever asked."""
    found = Ask.objects.filter(district=district, household_id=household_id)
    return set(found.values_list("id", flat=True))
