"""S15 at 1:100: Wuhan sends 344 office staff into communities, Ningbo 50 to its front line.

Real communities (a sample of both cities) and made-up people.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.scenarios.city import hire, operate
from tests.scenarios.gate import Gate, act
from tests.scenarios.hands import import_city
from tests.town import accepted
from typer.testing import CliRunner

from lianfang.areas.models import Area
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.kernel.times import now
from lianfang.kernel.verification import verify
from lianfang.mobilising import cli, deploying, deployment_queries, shift_queries
from lianfang.mobilising.models import Deployment, DeploymentNeed, PlannedShift
from lianfang.mobilising.planning.check import faults
from lianfang.mobilising.planning.greedy import greedy
from lianfang.people.auth import actor_for
from lianfang.people.models import Account

pytestmark = pytest.mark.django_db
SHIFTS = [
    {"key": "day", "start": 480, "end": 1200},
    {"key": "night", "start": 1200, "end": 1920, "night": True},
]


def recruit(name: str, count: int, homes: Sequence[Area]) -> UUID:
    """Make an organisation with so many members who live all over the city."""
    unit = new_id()
    operate([act("organisation.create", {"organisation_id": str(unit), "name": name}, "")])
    entries = []
    for number in range(count):
        home, person = homes[number * 7 % len(homes)], str(new_id())
        skills = ["medical"] if number % 9 == 0 else []
        payload: dict[str, Any] = {
            "person_id": person,
            "area_id": str(home.id),
            "name": f"{name}{number}",
            "skills": skills,
        }
        entries.append(act("person.register", payload, home.district))
        join = {"person_id": person, "organisation_id": str(unit)}
        entries.append(act("membership.join", join, home.district))
    operate(entries)
    return unit


def open_plan(
    desk: Gate, city: Area, places: Sequence[Area], numbers: dict[str, int], **more: Any
) -> Deployment:
    """Open a plan for a week and say what each place wants; returns it."""
    id_ = new_id()
    payload = {
        "deployment_id": str(id_),
        "area_id": str(city.id),
        "name": f"{city.name}下沉",
        "first_day": str((now() + timedelta(days=1)).date()),
        "days": 7,
        "shifts": SHIFTS,
        "rules": {"rest": 660, "days_in_row": 6, "shifts": 5, "nights": 2},
        **more,
    }
    desk.must([act("deployment.open", payload, "")])
    wants: dict[str, list[dict[str, Any]]] = {}
    for index, place in enumerate(places):
        for day in range(7):
            for shift, number in numbers.items():
                skill = "medical" if index % 12 == 0 and shift == "day" else ""
                one = {
                    "need_id": str(new_id()),
                    "area_id": str(place.id),
                    "place": place.name,
                    "day": day,
                    "shift": shift,
                    "number": number,
                    "skill": skill,
                }
                wants.setdefault(place.district, []).append(one)
    for district, needs in wants.items():
        area = Area.objects.get(code=district)
        content = {"deployment_id": str(id_), "area_id": str(area.id), "needs": needs}
        desk.must([act("deployment.need", content, district)])
    return Deployment.objects.get(id=id_)


@pytest.mark.django_db(transaction=True)
def test_wuhan_sends_344_and_the_plan_is_near_the_best_then_changed() -> None:
    homes = import_city("4201")
    city = Area.objects.get(code="4201")
    hire("city", "city_command", city)
    desk = Gate("city")
    units = [
        recruit(name, count, homes)
        for name, count in (("市直机关", 60), ("国企", 100), ("高校", 4), ("街道区机关", 180))
    ]
    plan = open_plan(desk, city, homes, {"day": 2, "night": 1})
    actor = actor_for(Account.objects.get(username="city"))
    task = deploying.task(plan, units)
    assert len(task.people) == 344
    found = deploying.solve(task, seconds=12)
    assert faults(task.problem, found.assignments) == []
    assert found.figures.filled == found.figures.asked == 78 * 3 * 7
    assert found.figures.gap < 0.05
    assert greedy(task.problem).figures.cost > found.figures.cost
    accepted(deploying.keep(actor, task, found))
    receipt = deploying.publish(actor, task, found)
    assert receipt.stands
    plan.refresh_from_db()
    assert plan.figures["gap"] == round(found.figures.gap, 4)
    assert not DeploymentNeed.objects.exclude(unfilled=0).exists()

    # Six people fall ill before the week begins; as few shifts as that change hands.
    ill = [task.people[n] for n in (3, 50, 99, 150, 222, 340)]
    lost = PlannedShift.objects.filter(person_id__in=[p for _, p in ill]).count()
    change = deploying.mend(actor, task, [(key, None) for key in ill])
    # Where nobody was free, somebody moved out of another slot, and a third one followed there.
    moves = len(change.removed) - lost
    assert 0 <= moves <= 3
    assert len(change.added) == lost + moves - sum(u.number for u in change.plan.unfilled)
    kept = PlannedShift.objects.filter(person_id__in=[p for _, p in ill])
    assert set(kept.values_list("state", flat=True)) <= {"dropped"}
    assert DeploymentNeed.objects.exclude(unfilled=0).count() == len(change.plan.unfilled)
    assert verify().differences == []


def test_ningbo_sends_fifty_and_each_unfilled_place_says_why() -> None:
    homes = import_city("3302")
    city = Area.objects.get(code="3302")
    hire("city", "city_command", city)
    unit = recruit("市直机关", 50, homes)
    # The high-speed station, and checkpoints at a dozen communities.
    plan = open_plan(Gate("city"), city, homes[:13], {"day": 3, "night": 2})
    task = deploying.task(plan, [unit])
    found = deploying.solve(task, seconds=4)
    assert found.figures.filled == 5 * 50
    missing = sum(u.number for u in found.unfilled)
    assert missing == 13 * 5 * 7 - 250
    assert {u.reason for u in found.unfilled} <= {"at_limit", "resting", "elsewhere", "no_skill"}
    actor = actor_for(Account.objects.get(username="city"))
    accepted(deploying.keep(actor, task, found))
    rows = deployment_queries.needs(actor, plan)
    assert sum(r.unfilled for r in rows) == missing
    assert all(r.reason for r in rows if r.unfilled)


def test_people_acknowledge_give_up_swap_and_take_over() -> None:
    homes = import_city("3302")[:3]
    city = Area.objects.get(code="3302")
    hire("city", "city_command", city)
    hire("lead", "community_lead", homes[0])
    unit = recruit("市直机关", 6, homes[:1])
    desk, lead = Gate("city"), Gate("lead")
    plan = open_plan(desk, city, homes[:1], {"day": 1, "night": 1})
    task = deploying.task(plan, [unit])
    actor = actor_for(Account.objects.get(username="city"))
    found = deploying.solve(task, seconds=2)
    accepted(deploying.keep(actor, task, found))
    deploying.publish(actor, task, found)
    # The nights want no skill; who was on duty the day before must rest.
    first, second = next(
        (night, day)
        for night in PlannedShift.objects.order_by("starts_at")
        for day in PlannedShift.objects.all()
        if night.ends_at.date() != night.starts_at.date() and day.ends_at == night.starts_at
    )
    assert first.person_id != second.person_id
    district = first.district
    on_first = {"shift_id": str(first.id)}
    lead.must([act("shift.acknowledge", on_first, district)])
    busy = {
        **on_first,
        "person_district": second.person_district,
        "person_id": str(second.person_id),
    }
    (refused,) = lead.send([act("shift.substitute", busy, district)])
    assert refused["problem"]["code"] == "deployment.no_rest"
    lead.must([act("shift.drop", {**on_first, "why": "发热"}, district)])
    assert Duty.objects.get(kind="substitute").state == "open"
    near = set(
        PlannedShift.objects.filter(starts_at__lt=first.ends_at + timedelta(days=1)).values_list(
            "person_id", flat=True
        )
    )
    district_of = {p: d for d, p in task.people}
    rested = next(p for _, p in task.people if p not in near)
    payload = {
        **on_first,
        "person_district": district_of[rested],
        "person_id": str(rested),
    }
    lead.must([act("shift.substitute", payload, district)])
    assert Duty.objects.get(kind="substitute").state == "done"
    mine = deployment_queries.shifts_of(district_of[rested], rested)
    assert first.starts_at in [s.starts_at for s in mine]
    assert DeploymentNeed.objects.get(id=first.need_id).unfilled == 0


def test_rest_is_kept_across_districts() -> None:
    homes = import_city("3302")
    here = homes[0]
    there = next(h for h in homes if h.district != here.district)
    city = Area.objects.get(code="3302")
    hire("city", "city_command", city)
    hire("lead", "community_lead", here)
    unit = recruit("市直机关", 4, homes[:1])
    # The first place of a plan wants a skill by day; nobody asks for one at the others.
    plan = open_plan(Gate("city"), city, [homes[1], here, there], {"day": 1})
    task = deploying.task(plan, [unit])
    actor = actor_for(Account.objects.get(username="city"))
    found = deploying.solve(task, seconds=2)
    accepted(deploying.keep(actor, task, found))
    deploying.publish(actor, task, found)
    mine = PlannedShift.objects.filter(area_id=here.id).order_by("starts_at").first()
    assert mine
    other = PlannedShift.objects.get(area_id=there.id, starts_at=mine.starts_at)
    assert other.district != mine.district
    content = {
        "shift_id": str(mine.id),
        "person_district": other.person_district,
        "person_id": str(other.person_id),
    }
    (refused,) = Gate("lead").send([act("shift.substitute", content, mine.district)])
    assert refused["problem"]["code"] == "deployment.no_rest"
    plan.refresh_from_db()
    proposed = {s.person_id for s in shift_queries.substitutes(plan, mine)}
    assert other.person_id not in proposed


def test_an_operator_plans_on_the_command_line() -> None:
    homes = import_city("3302")[:4]
    city = Area.objects.get(code="3302")
    hire("city", "city_command", city)
    recruit("市直机关", 8, homes)
    plan = open_plan(Gate("city"), city, homes[:2], {"day": 1})
    arguments = [plan.name, "--unit", "市直机关", "--seconds", "2", "--publish"]
    result = CliRunner().invoke(cli.app, arguments)
    assert result.exit_code == 0, result.output
    plan.refresh_from_db()
    assert plan.published_at
    # The one with the skill that the first place asks for has five shifts at most.
    assert PlannedShift.objects.count() == 7 + 5
    assert CliRunner().invoke(cli.app, arguments).exit_code == 1
    assert CliRunner().invoke(cli.app, ["nothing", "--unit", "x"]).exit_code == 1
