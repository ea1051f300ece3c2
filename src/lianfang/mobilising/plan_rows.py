"""Planned shifts as commands and queries need them: their times, their needs, a person's others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianfang.areas.models import Area
from lianfang.areas.rules import DISTRICT_LEVEL
from lianfang.kernel import bulk
from lianfang.kernel.problems import Refuse, problem
from lianfang.mobilising.attendance import local_day
from lianfang.mobilising.models import Deployment, DeploymentNeed, PlannedShift
from lianfang.mobilising.rules import ShiftState, Standing

LIVE_SHIFTS = (ShiftState.PLANNED, ShiftState.ACKNOWLEDGED)
# What the planner took off; whoever gave a shift up themselves has another reason.
REPLANNED = "replanned"
# The longest plan has so many days; what begins earlier can't touch the time in question.
_LONGEST = timedelta(days=31)

OVERFILLED = problem(
    "deployment.overfilled",
    _("More people would stand at {place} than are wanted."),
    _("Plan again; somebody has changed it meanwhile."),
    status=409,
)

Key = tuple[str, UUID]


def shift_times(plan: Deployment, day: int, key: str) -> tuple[datetime, datetime]:
    """Return when a shift of a plan begins and ends."""
    shift = next(s for s in plan.shifts if s["key"] == key)
    zone = ZoneInfo(settings.TIME_ZONE)
    midnight = datetime.combine(plan.first_day, datetime.min.time(), zone) + timedelta(days=day)
    return midnight + timedelta(minutes=shift["start"]), midnight + timedelta(minutes=shift["end"])


def recount(district: str, needs: list[DeploymentNeed], reasons: dict[UUID, str]) -> None:
    """Set what is unfilled of each need; refuse a need with more people than wanted."""
    filled: dict[UUID, int] = {}
    for need_id in PlannedShift.objects.filter(
        district=district, need_id__in=[n.id for n in needs], state__in=LIVE_SHIFTS
    ).values_list("need_id", flat=True):
        filled[need_id] = filled.get(need_id, 0) + 1
    for row in needs:
        row.unfilled = row.number - filled.get(row.id, 0)
        if row.unfilled < 0:
            raise Refuse(OVERFILLED, "put", place=row.place)
        row.reason = reasons.get(row.id, row.reason) if row.unfilled else ""
    bulk.upsert(needs, ("district", "id"), ("unfilled", "reason"))


def districts_of(plans: Iterable[Deployment]) -> list[str]:
    """Return the districts in which the places of plans lie, sorted."""
    found: set[str] = set()
    above = Q()
    for plan in plans:
        if plan.area.district:
            found.add(plan.area.district)
        else:
            above |= Q(path__under=plan.area.path)
    if above:
        counties = Area.objects.filter(above, level=DISTRICT_LEVEL)
        found |= set(counties.values_list("code", flat=True))
    return sorted(found)


def plans_around(first: date, last: date, own: UUID | None = None) -> list[Deployment]:
    """Return the published plans (and the plan `own`) with days from `first` to `last`."""
    near = Deployment.objects.filter(first_day__lte=last, first_day__gte=first - _LONGEST)
    told = near.filter(Q(id=own) | ~Q(published_at=None))
    return list(told.select_related("area"))


def standings(
    keys: Collection[Key],
    start: datetime,
    end: datetime,
    own: UUID | None = None,
    but: Collection[UUID] = (),
) -> dict[Key, list[Standing]]:
    """Return the live shifts of people from `start` to `end`, in all districts and plans.

    Drafts of other plans don't count; the plan `own` does, published or not.
    """
    plans = plans_around(local_day(start), local_day(end), own)
    rows = PlannedShift.objects.filter(
        district__in=districts_of(plans),
        deployment_id__in=[p.id for p in plans],
        person_id__in={person_id for _, person_id in keys},
        state__in=LIVE_SHIFTS,
        starts_at__lt=end,
        ends_at__gt=start,
    ).exclude(id__in=list(but))
    nights = {p.id: _night_starts(p) for p in plans}
    result: dict[Key, list[Standing]] = defaultdict(list)
    for row in rows:
        result[row.person_district, row.person_id].append(standing_of(row, nights))
    return result


def _night_starts(plan: Deployment) -> set[int]:
    return {s["start"] for s in plan.shifts if s.get("night")}


def standing_of(row: PlannedShift, nights: dict[UUID, set[int]]) -> Standing:
    """Return a shift as the rules see it; `nights` has the minutes at which nights begin."""
    local = row.starts_at.astimezone(ZoneInfo(settings.TIME_ZONE))
    night = local.hour * 60 + local.minute in nights.get(row.deployment_id, set())
    return Standing(local.date(), row.starts_at, row.ends_at, night)


def night_starts(plan: Deployment) -> dict[UUID, set[int]]:
    """Return at which minutes after midnight nights of the plan begin, for `standing_of`."""
    return {plan.id: _night_starts(plan)}
