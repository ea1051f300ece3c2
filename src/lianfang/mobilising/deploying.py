"""From needs and pools in the database to a plan and back: what takes several records."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import QuerySet

from lianfang.areas.models import Area
from lianfang.kernel.actors import Actor
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import derive_id, new_id
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.mobilising.attendance import local_day
from lianfang.mobilising.models import Attendance, Deployment, DeploymentNeed, PlannedShift
from lianfang.mobilising.plan_rows import LIVE_SHIFTS, REPLANNED, districts_of, shift_times
from lianfang.mobilising.planning import planner
from lianfang.mobilising.planning.greedy import greedy
from lianfang.mobilising.planning.problem import (
    Assignment,
    Need,
    Person,
    Plan,
    Problem,
    Rules,
    Shift,
)
from lianfang.mobilising.planning.replan import Change, replan
from lianfang.mobilising.rules import ShiftState, code_minutes, stretch
from lianfang.people.models import Membership, Organisation
from lianfang.people.models import Person as PersonRow
from lianfang.people.rules import PersonState

_AT_ONCE = 2_000
Key = tuple[str, UUID]


@dataclass(frozen=True)
class Task:
    """A problem with the keys of its people and needs in the database."""

    deployment: Deployment
    problem: Problem
    people: Sequence[Key]
    needs: Sequence[DeploymentNeed]
    organisation_ids: tuple[UUID, ...] = ()


def task(deployment: Deployment, organisation_ids: Collection[UUID]) -> Task:
    """Return the problem of a deployment for the members of these organisations and their units.

    Home is the community; who is on duty in another published plan is busy; days in a row and the
    end of the last duty come from attendance.
    """
    needs = list(
        DeploymentNeed.objects.filter(deployment_id=deployment.id).order_by("district", "id")
    )
    rows = _pool(organisation_ids)
    keys = [(person.district, person.id) for person, _ in rows]
    codes = dict(
        Area.objects.filter(
            id__in={p.community_id for p, _ in rows} | {n.area_id for n in needs}
        ).values_list("id", "code")
    )
    homes = sorted({codes.get(p.community_id, "") for p, _ in rows})
    spots = sorted({(codes.get(n.area_id, ""), n.place) for n in needs})
    travel = np.array(
        [[code_minutes(home, code) for code, _ in spots] for home in homes], dtype=np.int64
    ).reshape(len(homes), len(spots))
    shifts = [Shift(s["key"], s["start"], s["end"], s["night"]) for s in deployment.shifts]
    number = {s.key: n for n, s in enumerate(shifts)}
    busy, rested = _busy(deployment, keys), _tired(deployment, keys)
    people = [
        Person(
            key=str(person.id),
            home=homes.index(codes.get(person.community_id, "")),
            organisation=str(unit),
            skills=frozenset(person.skills),
            sex=person.sex,
            busy=busy.get((person.district, person.id), frozenset()),
            row_before=rested.get((person.district, person.id), (0, None))[0],
            ended=rested.get((person.district, person.id), (0, None))[1],
        )
        for person, unit in rows
    ]
    wanted = [
        Need(
            spots.index((codes.get(n.area_id, ""), n.place)),
            n.day,
            number[n.shift],
            n.number,
            n.skill,
            n.sex,
        )
        for n in needs
    ]
    rules = Rules(**deployment.rules)
    problem = Problem(deployment.days, shifts, people, wanted, travel, rules)
    return Task(deployment, problem, keys, needs, tuple(sorted(organisation_ids)))


def _pool(organisation_ids: Collection[UUID]) -> list[tuple[PersonRow, UUID]]:
    """Return the living members with one unit each, in a fixed order."""
    roots = Organisation.objects.filter(id__in=organisation_ids).values_list("path", flat=True)
    units: set[UUID] = set()
    for path in roots:
        below = Organisation.objects.filter(path__startswith=path, valid_to=None)
        units |= set(below.values_list("id", flat=True))
    unit_of: dict[Key, UUID] = {}
    for district, person_id, unit in (
        Membership.objects.filter(organisation_id__in=units, until=None)
        .order_by("district", "since", "id")
        .values_list("district", "person_id", "organisation_id")
    ):
        unit_of.setdefault((district, person_id), unit)
    by_district: dict[str, list[UUID]] = defaultdict(list)
    for district, person_id in unit_of:
        by_district[district].append(person_id)
    result = []
    for district in sorted(by_district):
        found = PersonRow.objects.filter(
            district=district, id__in=by_district[district], state=PersonState.LIVE
        ).order_by("id")
        result += [(person, unit_of[district, person.id]) for person in found]
    return result


def _busy(deployment: Deployment, keys: Sequence[Key]) -> dict[Key, frozenset[tuple[int, int]]]:
    """Return the slots in which people stand in other published plans."""
    others = Deployment.objects.exclude(id=deployment.id).exclude(published_at=None)
    first, _ = shift_times(deployment, 0, deployment.shifts[0]["key"])
    until = first + timedelta(days=deployment.days + 1)
    rows = PlannedShift.objects.filter(
        deployment_id__in=others.values("id"),
        state__in=LIVE_SHIFTS,
        starts_at__lt=until,
        ends_at__gt=first - timedelta(days=1),
    ).values_list("person_district", "person_id", "starts_at", "ends_at")
    mine = set(keys)
    slots = [
        (day, n, *shift_times(deployment, day, s["key"]))
        for day in range(deployment.days)
        for n, s in enumerate(deployment.shifts)
    ]
    busy: dict[Key, set[tuple[int, int]]] = defaultdict(set)
    for district, person_id, start, end in rows:
        if (district, person_id) in mine:
            for day, n, begins, ends in slots:
                if start < ends and begins < end:
                    busy[district, person_id].add((day, n))
    return {key: frozenset(found) for key, found in busy.items()}


def _tired(deployment: Deployment, keys: Sequence[Key]) -> dict[Key, tuple[int, int | None]]:
    """Return days on duty in a row before the plan, and the last end in minutes from its start."""
    first, _ = shift_times(deployment, 0, deployment.shifts[0]["key"])
    midnight = first - timedelta(minutes=deployment.shifts[0]["start"])
    rows = Attendance.objects.filter(
        district__in={district for district, _ in keys},
        started_at__gte=midnight - timedelta(days=40),
        started_at__lt=midnight,
    ).values_list("district", "person_id", "started_at", "ended_at")
    mine = set(keys)
    days: dict[Key, set[Any]] = defaultdict(set)
    ends: dict[Key, Any] = {}
    for district, person_id, start, end in rows:
        key = (district, person_id)
        if key in mine:
            days[key].add(local_day(start))
            ends[key] = max(ends.get(key, start), end or now())
    eve = local_day(midnight) - timedelta(days=1)
    return {
        key: (
            stretch(worked, eve).days_in_row if eve in worked else 0,
            int((ends[key] - midnight).total_seconds() // 60),
        )
        for key, worked in days.items()
    }


def solve(found: Task, *, seconds: float = 60.0) -> Plan:
    """Return a plan for the task; nothing is written."""
    return planner.plan(found.problem, seconds=seconds)


def keep(actor: Actor, found: Task, plan: Plan, origin: UUID | None = None) -> list[Receipt]:
    """Write a plan district by district, in place of a draft made before; returns the receipts.

    Its figures are kept too, next to what an office would have done by hand; nobody is told yet.
    """
    origin = origin or new_id()
    before = {
        Assignment(-1, n): row for n, row in enumerate(_live(found.deployment).order_by("id"))
    }
    receipts = _write(actor, found, plan, plan.assignments, before, origin)
    if all(r.stands for r in receipts):
        content = _content(found, figures(found, plan))
        receipts += submit(
            actor, [Entry(derive_id(origin, "figures"), "deployment.keep", content, now())]
        )
    return receipts


def figures(found: Task, plan: Plan) -> dict[str, float | int | str]:
    """Return the figures of a plan as they are kept; `office_…` are the greedy plan's."""
    mine = plan.figures
    office = greedy(found.problem, mine.bound).figures
    return {
        "asked": mine.asked,
        "filled": mine.filled,
        "gap": round(mine.gap, 4),
        "travel_mean": round(mine.travel_mean, 1),
        "travel_most": mine.travel_most,
        "together": round(mine.together, 3),
        "continuity": round(mine.continuity, 3),
        "fewest": mine.fewest,
        "most": mine.most,
        "spread": round(mine.spread, 2),
        "most_nights": mine.most_nights,
        "requests": mine.requests,
        "requests_kept": mine.requests_kept,
        "seconds": round(mine.seconds, 1),
        "office_filled": office.filled,
        "office_travel_mean": round(office.travel_mean, 1),
        "office_together": round(office.together, 3),
        "office_continuity": round(office.continuity, 3),
        "office_ratio": round(office.cost / max(mine.cost, 1), 2),
    }


def _content(found: Task, figures: dict[str, float | int | str]) -> dict[str, Any]:
    return {
        "deployment_id": str(found.deployment.id),
        "figures": figures,
        "organisation_ids": [str(id_) for id_ in found.organisation_ids],
    }


def publish(actor: Actor, found: Task, plan: Plan, origin: UUID | None = None) -> Receipt:
    """Publish the plan with its figures."""
    content = _content(found, figures(found, plan))
    entry = Entry(origin or new_id(), "deployment.publish", content, now())
    return submit(actor, [entry])[0]


def _live(deployment: Deployment) -> QuerySet[PlannedShift]:
    return PlannedShift.objects.filter(
        district__in=districts_of([deployment]),
        deployment_id=deployment.id,
        state__in=LIVE_SHIFTS,
    )


@dataclass(frozen=True)
class Proposal:
    """The changes that a re-planning would make; nothing is written yet."""

    task: Task
    change: Change
    taken_off: dict[Assignment, PlannedShift]

    @property
    def changes(self) -> int:
        """Return how many changes it has."""
        return len(self.change.added) + len(self.change.removed)

    @property
    def digest(self) -> str:
        """Return a text that is the same as long as the changes are the same."""
        lines = sorted(str(row.id) for row in self.taken_off.values()) + sorted(
            f"{self.task.needs[a.need].id} {self.task.people[a.person][1]}"
            for a in self.change.added
        )
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:24]


def propose(found: Task, gone: Iterable[tuple[Key, int | None]] = ()) -> Proposal:
    """Return the fewest changes after drop-outs: ((district, person), day or None for the rest).

    Who gave a shift up is not sent again on that day. What has begun stays as it is.
    """
    number = {key: n for n, key in enumerate(found.people)}
    need = {n.id: i for i, n in enumerate(found.needs)}
    plan = found.deployment
    first = max((local_day(now()) - plan.first_day).days, 0)
    off: dict[int, set[int]] = defaultdict(set)
    for key, day in gone:
        if key in number:
            days = range(first, plan.days) if day is None else [day]
            off[number[key]] |= set(days)
    rows = list(_live(plan))
    standing = {
        Assignment(number[r.person_district, r.person_id], need[r.need_id]): r
        for r in rows
        if (r.person_district, r.person_id) in number and r.need_id in need
    }
    stands = {(a.person, found.needs[a.need].day) for a in standing}
    dropped = PlannedShift.objects.filter(
        district__in=districts_of([plan]), deployment_id=plan.id, state=ShiftState.DROPPED
    ).exclude(why=REPLANNED)
    for row in dropped:
        who = number.get((row.person_district, row.person_id))
        if who is None or row.need_id not in need:
            continue
        day = found.needs[need[row.need_id]].day
        # Somebody who swapped stands elsewhere that day, and stays there.
        if (who, day) not in stands:
            off[who].add(day)
    people = [
        replace(p, days_off=p.days_off | off[n]) if n in off else p
        for n, p in enumerate(found.problem.people)
    ]
    change = replan(replace(found.problem, people=people, needs=_open(found, rows)), standing)
    return Proposal(found, change, {a: standing[a] for a in change.removed})


def _open(found: Task, rows: Sequence[PlannedShift]) -> list[Need]:
    """Return the needs as far as the pool has to fill them: others' shifts and the past are not."""
    moment, pool = now(), set(found.people)
    others = Counter(r.need_id for r in rows if (r.person_district, r.person_id) not in pool)
    begun = Counter(r.need_id for r in rows if (r.person_district, r.person_id) in pool)
    result = []
    for row, wanted in zip(found.needs, found.problem.needs, strict=True):
        starts, _ends = shift_times(found.deployment, row.day, row.shift)
        left = begun[row.id] if starts <= moment else max(row.number - others[row.id], 0)
        result.append(replace(wanted, number=left))
    return result


def apply(actor: Actor, proposal: Proposal, origin: UUID | None = None) -> list[Receipt]:
    """Write the changes of a proposal, and nothing else; returns the receipts."""
    change = proposal.change
    return _write(
        actor, proposal.task, change.plan, change.added, proposal.taken_off, origin or new_id()
    )


def mend(actor: Actor, found: Task, gone: Iterable[tuple[Key, int | None]]) -> Change:
    """Plan again after drop-outs and write only the changes."""
    proposal = propose(found, gone)
    apply(actor, proposal)
    return proposal.change


def _write(
    actor: Actor,
    found: Task,
    plan: Plan,
    added: Sequence[Assignment],
    removed: dict[Assignment, PlannedShift],
    origin: UUID,
) -> list[Receipt]:
    """Send the changes of each district in lists that a transaction can bear."""
    put: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in added:
        row, (district, person_id) = found.needs[one.need], found.people[one.person]
        put[row.district].append(
            {
                "need_id": str(row.id),
                "person_district": district,
                "person_id": str(person_id),
            }
        )
    off: dict[str, list[str]] = defaultdict(list)
    for shift in removed.values():
        off[shift.district].append(str(shift.id))
    missing: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for gap in plan.unfilled:
        row = found.needs[gap.need]
        missing[row.district].append(
            {"need_id": str(row.id), "number": gap.number, "reason": gap.reason}
        )
    receipts = []
    for district in sorted({*put, *off, *missing}):
        area = _top(found, district)
        # Many who leave go first: nobody's place may be taken twice on the way.
        while len(off[district]) > _AT_ONCE:
            part_off, off[district] = off[district][:_AT_ONCE], off[district][_AT_ONCE:]
            content: dict[str, Any] = {
                "deployment_id": str(found.deployment.id),
                "area_id": str(area),
                "taken_off": part_off,
            }
            id_ = derive_id(origin, "off", district, len(off[district]))
            receipts += submit(actor, [Entry(id_, "deployment.place", content, now(), district)])
        rounds = max(len(put[district]), len(off[district]), len(missing[district]), 1)
        for start in range(0, rounds, _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            content = {
                "deployment_id": str(found.deployment.id),
                "area_id": str(area),
                "put": put[district][part],
                "taken_off": off[district][part],
                "missing": missing[district][part],
            }
            id_ = derive_id(origin, "place", district, start)
            receipts += submit(actor, [Entry(id_, "deployment.place", content, now(), district)])
    return receipts


def _top(found: Task, district: str) -> UUID:
    """Return the plan's own area where it lies in the district, else the district's."""
    area = found.deployment.area
    if area.district == district:
        return area.id
    return Area.objects.values_list("id", flat=True).get(code=district, valid_to=None)
