"""What can be read of deployment plans and people's shifts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.scope import within
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb
from lianfang.mobilising.attendance import local_day
from lianfang.mobilising.models import (
    Deployment,
    DeploymentNeed,
    PlannedShift,
)
from lianfang.mobilising.plan_rows import districts_of, plans_around
from lianfang.mobilising.queries import above_all
from lianfang.mobilising.rules import (
    ShiftState,
)


def deployments(actor: Actor, verb: Verb = Verb.READ) -> QuerySet[Deployment]:
    """Return the plans that touch the actor's scope, the latest first."""
    paths = actor.paths(verb)
    mine = within(paths, "area__path") | Q(area__path__in=above_all(paths))
    return Deployment.objects.filter(mine).select_related("area").order_by("-made_at", "-id")


def deployment(actor: Actor, deployment_id: UUID) -> Deployment | None:
    """Return one plan; None when absent or forbidden."""
    return deployments(actor).filter(id=deployment_id).first()


def needs(actor: Actor, plan: Deployment) -> QuerySet[DeploymentNeed]:
    """Return a plan's needs in the actor's scope, by place and time."""
    found = DeploymentNeed.objects.filter(
        within(actor.paths(Verb.READ), "path"),
        district__in=area_queries.districts(actor),
        deployment_id=plan.id,
    )
    return found.order_by("path", "place", "day", "shift", "id")


def unfilled(actor: Actor, plan: Deployment) -> int:
    """Return how many places of a plan nobody fills, in the actor's scope."""
    return needs(actor, plan).aggregate(sum=Sum("unfilled"))["sum"] or 0


def shifts_of(person_district: str, person_id: UUID) -> list[PlannedShift]:
    """Return a person's published shifts from yesterday on, for the own signed link."""
    today = local_day(now())
    plans = plans_around(today - timedelta(days=1), today + timedelta(days=400))
    found = PlannedShift.objects.filter(
        district__in=districts_of(plans),
        person_district=person_district,
        person_id=person_id,
        deployment_id__in=[p.id for p in plans],
        ends_at__gte=now() - timedelta(days=1),
    ).exclude(state=ShiftState.DROPPED)
    return list(found.order_by("starts_at", "id"))


def shifts_at(district: str, need_ids: Iterable[UUID]) -> list[PlannedShift]:
    """Return the shifts on these needs that were not given up."""
    found = PlannedShift.objects.filter(district=district, need_id__in=list(need_ids))
    return list(found.exclude(state=ShiftState.DROPPED).order_by("starts_at", "id"))


def planned_shift(district: str, shift_id: UUID) -> PlannedShift | None:
    """Return one shift, for a signed link that was checked before."""
    return PlannedShift.objects.filter(district=district, id=shift_id).first()


def shifts_of_place(district: str, deployment_id: UUID, area_id: UUID) -> list[PlannedShift]:
    """Return the published shifts at the places of an area, for the place's signed link."""
    plan = Deployment.objects.filter(id=deployment_id).exclude(published_at=None)
    found = PlannedShift.objects.filter(
        district=district, deployment_id__in=plan.values("id"), area_id=area_id
    )
    return list(found.exclude(state=ShiftState.DROPPED).order_by("starts_at", "id"))
