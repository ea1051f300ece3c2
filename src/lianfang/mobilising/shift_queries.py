"""What can be read of planned shifts: who knows of them, who could take one over or swap."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, QuerySet

from lianfang.areas import queries as area_queries
from lianfang.areas.models import Area
from lianfang.areas.rules import Level
from lianfang.kernel.actors import Actor
from lianfang.kernel.scope import within
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb
from lianfang.mobilising.attendance import days_of, local_day
from lianfang.mobilising.models import Deployment, DeploymentNeed, PlannedShift
from lianfang.mobilising.plan_rows import (
    LIVE_SHIFTS,
    REPLANNED,
    Key,
    districts_of,
    night_starts,
    standing_of,
    standings,
)
from lianfang.mobilising.queries import organisation_names
from lianfang.mobilising.rules import (
    TIRED_DAYS,
    Limits,
    ShiftState,
    Standing,
    code_minutes,
    hindrance,
    stretch,
)
from lianfang.people.models import Membership, Organisation, Person
from lianfang.people.rules import PersonState

# So many are looked at before the best of them are proposed.
_LOOKED_AT = 400
_AROUND = timedelta(days=14)


def shifts(actor: Actor, plan: Deployment) -> QuerySet[PlannedShift]:
    """Return the shifts of a plan in the actor's scope that the planner itself did not take off."""
    found = PlannedShift.objects.filter(
        within(actor.paths(Verb.READ), "path"),
        district__in=set(area_queries.districts(actor)) & set(districts_of([plan])),
        deployment_id=plan.id,
    )
    return found.exclude(state=ShiftState.DROPPED, why=REPLANNED).order_by("starts_at", "id")


def shift(actor: Actor, plan: Deployment, district: str, shift_id: UUID) -> PlannedShift | None:
    """Return one shift of a plan; None when absent or forbidden."""
    return shifts(actor, plan).filter(district=district, id=shift_id).first()


def acknowledgement(actor: Actor, plan: Deployment) -> dict[ShiftState, int]:
    """Return how many shifts in the actor's scope stand in each state."""
    rows = shifts(actor, plan).order_by().values_list("state").annotate(Count("id"))
    counts = dict(rows)
    return {state: counts.get(state, 0) for state in ShiftState}


def unit_names(keys: Iterable[Key], pools: Collection[str]) -> dict[UUID, str]:
    """Return the name of the organisation below `pools` to which each person belongs."""
    wanted = set(keys)
    rows = Membership.objects.filter(
        district__in={d for d, _ in wanted},
        person_id__in={p for _, p in wanted},
        organisation_id__in=_units(pools),
        until=None,
    )
    unit_of = dict(rows.values_list("person_id", "organisation_id"))
    names = organisation_names(unit_of.values())
    return {person_id: names.get(unit, "") for person_id, unit in unit_of.items()}


def _units(pools: Collection[str]) -> QuerySet[Organisation, UUID]:
    """Return the ids of the organisations and of all units below them."""
    found = Organisation.objects.none()
    for path in Organisation.objects.filter(id__in=pools).values_list("path", flat=True):
        found = found | Organisation.objects.filter(path__startswith=path, valid_to=None)
    return found.values_list("id", flat=True)


@dataclass(frozen=True, slots=True)
class Substitute:
    """Somebody who could take a shift: travel in minutes, shifts in the plan so far."""

    district: str
    person_id: UUID
    minutes: int
    shifts: int
    here: bool


def substitutes(plan: Deployment, row: PlannedShift, limit: int = 8) -> list[Substitute]:
    """Return who could take a shift without breaking a rule of the plan, the best first.

    From the plan's organisations, nearest homes first; with the skill and sex that the place wants;
    rest, days in a row, shifts and nights are counted over all districts. Who is at the place
    anyhow comes first, then who has few shifts, then who lives near.
    """
    wanted = DeploymentNeed.objects.get(district=row.district, id=row.need_id)
    people = _near(plan, row, wanted)
    keys = [(p.district, p.id) for p in people]
    others = standings(keys, row.starts_at - _AROUND, row.ends_at + _AROUND, plan.id)
    places = set(
        PlannedShift.objects.filter(
            district=row.district, deployment_id=plan.id, area_id=row.area_id, state__in=LIVE_SHIFTS
        ).values_list("person_id", flat=True)
    )
    homes = dict(
        Area.objects.filter(id__in={p.community_id for p in people} | {row.area_id}).values_list(
            "id", "code"
        )
    )
    tired = _tired(people)
    new, limits = standing_of(row, night_starts(plan)), Limits(**plan.rules)
    found = [
        Substitute(
            p.district,
            p.id,
            code_minutes(homes.get(p.community_id, ""), homes.get(row.area_id, "")),
            len(others.get((p.district, p.id), ())),
            p.id in places,
        )
        for p in people
        if p.id not in tired
        and p.id != row.person_id
        and not hindrance(others.get((p.district, p.id), []), new, limits)
    ]
    found.sort(key=lambda s: (not s.here, s.shifts, s.minutes, str(s.person_id)))
    return found[:limit]


def _near(plan: Deployment, row: PlannedShift, wanted: DeploymentNeed) -> list[Person]:
    """Return members of the plan's organisations with what the place wants, from near first."""
    members = Membership.objects.filter(organisation_id__in=_units(plan.pools), until=None)
    codes = row.path.rstrip("/").split("/")
    found: dict[UUID, Person] = {}
    for length in range(len(codes), plan.area.path.count("/") - 1, -1):
        inside = Area.objects.filter(
            path__under="/".join(codes[:length]) + "/", level=Level.COMMUNITY
        )
        people = Person.objects.filter(
            district__in=districts_of([plan]),
            community_id__in=inside.values("id"),
            id__in=members.values("person_id"),
            state=PersonState.LIVE,
            **({"sex": wanted.sex} if wanted.sex else {}),
        ).order_by("id")[: _LOOKED_AT * 4]
        for person in people:
            if not wanted.skill or wanted.skill in person.skills:
                found.setdefault(person.id, person)
        if len(found) >= _LOOKED_AT:
            break
    return list(found.values())[:_LOOKED_AT]


def _tired(people: Collection[Person]) -> set[UUID]:
    """Return who has been on duty too many days in a row already."""
    today, moment, result = local_day(now()), now(), set()
    for district in {p.district for p in people}:
        mine = [p.id for p in people if p.district == district]
        for person_id, days in days_of(district, mine, moment).items():
            if stretch(days, today).days_in_row >= TIRED_DAYS:
                result.add(person_id)
    return result


def swaps(plan: Deployment, row: PlannedShift, limit: int = 12) -> list[PlannedShift]:
    """Return shifts of the same district with which one can be swapped, the nearest in time first.

    Both people keep their rest and bring the skill that the other place wants.
    """
    found = PlannedShift.objects.filter(
        district=row.district,
        deployment_id=plan.id,
        state__in=LIVE_SHIFTS,
        starts_at__gt=max(now(), row.starts_at - timedelta(days=4)),
        starts_at__lt=row.starts_at + timedelta(days=4),
    ).exclude(person_id=row.person_id)
    rows = sorted(
        found[: _LOOKED_AT * 2],
        key=lambda r: (r.area_id != row.area_id, abs(r.starts_at - row.starts_at), str(r.id)),
    )[:_LOOKED_AT]
    keys = {(r.person_district, r.person_id) for r in [row, *rows]}
    others = standings(keys, row.starts_at - _AROUND, row.ends_at + _AROUND, plan.id)
    wants = dict(
        DeploymentNeed.objects.filter(
            district=row.district, id__in={r.need_id for r in [row, *rows]}
        ).values_list("id", "skill")
    )
    skills = dict(
        Person.objects.filter(
            district__in={d for d, _ in keys}, id__in={p for _, p in keys}
        ).values_list("id", "skills")
    )
    nights, limits = night_starts(plan), Limits(rest=plan.rules.get("rest", 0))

    def fits(mine: PlannedShift, theirs: PlannedShift) -> bool:
        """Tell whether who has `mine` could have `theirs` in its place."""
        skill = wants.get(theirs.need_id, "")
        own = standing_of(mine, nights)
        left: list[Standing] = [
            s for s in others.get((mine.person_district, mine.person_id), []) if s != own
        ]
        able = not skill or skill in skills.get(mine.person_id, ())
        return able and not hindrance(left, standing_of(theirs, nights), limits)

    return [r for r in rows if fits(row, r) and fits(r, row)][:limit]
