"""What can be read of key places: the register, what is due, what was found."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F, QuerySet

from lianfang.areas import queries as area_queries
from lianfang.areas.models import Area
from lianfang.kernel.actors import Actor
from lianfang.kernel.scope import within
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb
from lianfang.supplies.models import Finding, Inspection, KeyPlace
from lianfang.supplies.rules import FindingState

# What the list of places can be narrowed to.
PARTS = ("never", "overdue", "findings")


def places(actor: Actor, part: str = "", verb: Verb = Verb.READ) -> QuerySet[KeyPlace]:
    """Return the places where the actor has the verb: all, or those of one of PARTS.

    `never`: nobody has looked at it; `overdue`: its day is past, never inspected ones too;
    `findings`: something is not mended yet.
    """
    found = KeyPlace.objects.filter(
        within(actor.paths(verb), "path"),
        district__in=area_queries.districts(actor),
        closed_at=None,
    )
    if part == "never":
        found = found.filter(last_at=None)
    elif part == "overdue":
        found = found.filter(next_at__lt=now())
    elif part == "findings":
        found = found.filter(findings__gt=0)
    return found


def place(actor: Actor, district: str, place_id: UUID) -> KeyPlace | None:
    """Return one place, closed ones too; None when absent or forbidden."""
    row = KeyPlace.objects.filter(district=district, id=place_id).first()
    return row if row and actor.may(Verb.READ, row.path) else None


def inspections(row: KeyPlace) -> list[Inspection]:
    """Return the last 50 inspections of a place, the latest first."""
    found = Inspection.objects.filter(district=row.district, place_id=row.id)
    return list(found.order_by("-at", "-id")[:50])


def findings(row: KeyPlace) -> list[Finding]:
    """Return what was found at a place: what is open first, then the last 50 accepted."""
    found = Finding.objects.filter(district=row.district, place_id=row.id)
    left = found.exclude(state=FindingState.ACCEPTED).order_by("due_at", "id")
    ended = found.filter(state=FindingState.ACCEPTED).order_by(F("accepted_at").desc(), "id")
    return [*left, *ended[:50]]


def figures(actor: Actor, area: Area) -> tuple[int, int]:
    """Return (places, places whose inspection is due) of an area, from the counters."""
    if not actor.may(Verb.READ, area.path):
        return 0, 0
    return area_queries.total(area, "key_places"), area_queries.total(area, "key_places_due")
