"""What a community sees of the contacts on its list: who and where, nothing of the case."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from lianfang.areas import queries as area_queries
from lianfang.areas.models import Area
from lianfang.kernel.actors import Actor
from lianfang.kernel.scope import within
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Sight, Verb
from lianfang.tracing import who
from lianfang.tracing.case_queries import names
from lianfang.tracing.models import Listing
from lianfang.tracing.rules import ListingState


def listings(actor: Actor) -> QuerySet[Listing]:
    """Return the lines of the lists in the actor's scope."""
    return Listing.objects.filter(
        within(actor.paths(Verb.WATCH), "path"), district__in=area_queries.districts(actor)
    )


def listing(actor: Actor, district: str, contact_id: UUID) -> Listing | None:
    """Return one line; None when absent or forbidden."""
    row = Listing.objects.filter(district=district, id=contact_id).first()
    return row if row and actor.may(Verb.WATCH, row.path) else None


def line_names(actor: Actor, rows: Sequence[Listing]) -> dict[UUID, str]:
    """Return what the actor may see of the names on a list, by line."""
    return names(actor, [(r.district, r.id, r.person_id, r.who, r.path) for r in rows])


def told(actor: Actor, row: Listing) -> who.Who:
    """Return what was said of somebody not registered, as far as the actor sees it."""
    said = who.read(row.who)
    if not actor.sees(Sight.IDENTITY, row.path):
        return who.Who(address=said.address if actor.sees(Sight.ADDRESS, row.path) else "")
    return said if actor.sees(Sight.CONTACT, row.path) else who.Who(said.name, "", "", said.address)


def by_community(actor: Actor) -> list[tuple[Area, int, int, int, int]]:
    """Return (community, listed, found, open, late) of each community with a list, in scope.

    For those who read numbers: it names nobody.
    """
    rows = Listing.objects.filter(
        within(actor.paths(Verb.READ), "path"), district__in=area_queries.districts(actor)
    ).exclude(state=ListingState.WITHDRAWN)
    left = Q(state=ListingState.OPEN)
    counted = rows.values_list("community_id").annotate(
        all=Count("id"),
        found=Count("id", filter=Q(outcome="found")),
        left=Count("id", filter=left),
        late=Count("id", filter=left & Q(due_at__lt=now())),
    )
    found = {row[0]: row[1:] for row in counted}
    areas = Area.objects.filter(id__in=list(found)).order_by("path")
    return [(area, *found[area.id]) for area in areas]
