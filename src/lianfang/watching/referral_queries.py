"""What can be read of referrals. Actor first."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from lianfang.kernel.actors import Actor
from lianfang.kernel.scope import within
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Sight, Verb
from lianfang.watching.models import Referral
from lianfang.watching.rules import LIVE_REFERRALS

_LIVE = sorted(LIVE_REFERRALS)


def scope(actor: Actor) -> Q:
    """Return the condition of the referrals that an actor may see one by one."""
    doors = within(actor.paths(Verb.REFER), "area__path") & within(
        actor.sight_paths(Sight.HEALTH), "area__path"
    )
    sites = Q(post_id__isnull=False) & within(actor.paths(Verb.PLACE), "area__path")
    return doors | (sites & within(actor.paths(Verb.REFER), "area__path"))


def referrals(
    actor: Actor,
    districts: Collection[str],
    *,
    which: str = "live",
    moment: datetime | None = None,
) -> QuerySet[Referral]:
    """Return referrals in the actor's scope: "live", "late", "over", or those in one state."""
    found = Referral.objects.filter(scope(actor), district__in=districts).select_related(
        "area", "household", "person"
    )
    if which == "late":
        return found.filter(due_at__lt=moment or now(), state__in=_LIVE)
    if which == "over":
        return found.exclude(state__in=_LIVE)
    if which in _LIVE:
        return found.filter(state=which)
    return found.filter(state__in=_LIVE)


def counts(
    actor: Actor, districts: Collection[str], *, moment: datetime | None = None
) -> dict[str, int]:
    """Return how many live referrals stand in each state, and how many are late."""
    base = referrals(actor, districts).order_by().select_related(None)
    late = Q(due_at__lt=moment or now())
    sums = {state: Count("id", filter=Q(state=state)) for state in _LIVE}
    return dict(base.aggregate(live=Count("id"), late=Count("id", filter=late), **sums))


def one(actor: Actor, district: str, referral_id: UUID) -> Referral | None:
    """Return one referral that the actor may see; None looks the same as none."""
    found = Referral.objects.filter(scope(actor), district=district, id=referral_id)
    return found.select_related("area", "household", "person").first()


def of_watch(district: str, watch_id: UUID) -> list[Referral]:
    """Return the referrals of a watch, the latest first; the caller checks the right to it."""
    found = Referral.objects.filter(district=district, watch_id=watch_id)
    return list(found.order_by("-opened_at"))


def live_of(district: str, subject_id: UUID | None) -> UUID | None:
    """Return the live referral of a person (or of a traveller nobody knows)."""
    if subject_id is None:
        return None
    found = Referral.objects.filter(district=district, subject_id=subject_id, ended_at=None)
    return found.values_list("id", flat=True).first()
