"""S17: 91 designated hospitals with beds and nearly 8,000 staff; a branch of 27 asks to be sent;
a village doctor who works more than ten hours a day is seen, and rest is enforced.

The village (Pingzhou, 360822103206) and its county are real, hospitals and people made up.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.scenarios.city import hire, import_areas, operate
from tests.scenarios.gate import Gate, act

from lianfang.areas.models import Area
from lianfang.arrivals import opening, site_queries
from lianfang.arrivals.models import Room, Stay
from lianfang.arrivals.rules import Destination
from lianfang.kernel import times
from lianfang.kernel.ids import derive_id, new_id
from lianfang.kernel.models import Duty
from lianfang.kernel.times import now
from lianfang.kernel.verification import verify
from lianfang.mobilising import deploying, duty_queries
from lianfang.mobilising.models import Deployment, PlannedShift, SignUp
from lianfang.people.auth import actor_for
from lianfang.people.models import Account

pytestmark = pytest.mark.django_db(transaction=True)
HOSPITALS, STAFF, BRANCH = 91, 7_980, 27
VILLAGE, DISTRICT = "360822103206", "360822"


@pytest.fixture
def county() -> Area:
    import_areas("360822")
    city = Area.objects.get(code="3608")
    hire("command", "community_lead", Area.objects.get(code=DISTRICT))
    hire("city", "city_command", city)
    return Area.objects.get(code=VILLAGE)


def open_hospitals(desk: Gate, village: Area) -> list[UUID]:
    """Open all hospitals with their wards in a few lists, as an operator's file would."""
    sites, entries, rooms = [], [], []
    for number in range(HOSPITALS):
        id_ = new_id()
        sites.append(id_)
        base: dict[str, Any] = {"post_id": str(id_), "area_id": str(village.id)}
        name = f"定点医院{number + 1:02d}"
        entries.append(act("post.open", {**base, "kind": "hospital", "name": name}, DISTRICT))
        # 63 hospitals have 88 staff, 28 have 87: 7,980 in all.
        staff = STAFF // HOSPITALS + (number < STAFF % HOSPITALS)
        site = {**base, "name": name, "takes": "hospital", "staff": staff}
        entries.append(act("site.open", site, DISTRICT))
        rooms += [
            act(
                "room.set",
                {
                    "post_id": str(id_),
                    "room_id": str(derive_id(id_, "room", ward)),
                    "floor": ward // 10 + 1,
                    "label": f"{ward // 10 + 1}{ward % 10 + 1:02d}",
                    "beds": 1 if ward < 4 else 2,
                },
                DISTRICT,
            )
            for ward in range(12)
        ]
    desk.must(entries)
    desk.must(rooms)
    return sites


def people(village: Area, count: int, name: str, **more: Any) -> list[str]:
    ids = [str(new_id()) for _ in range(count)]
    operate(
        [
            act(
                "person.register",
                {
                    "person_id": id_,
                    "area_id": str(village.id),
                    "name": f"{name}{n}",
                    "sex": "male" if n % 2 else "female",
                    **more,
                },
                DISTRICT,
            )
            for n, id_ in enumerate(ids)
        ]
    )
    return ids


def test_patients_find_the_free_beds_of_91_hospitals(county: Area) -> None:
    desk = Gate("command")
    sites = open_hospitals(desk, county)
    actor = actor_for(Account.objects.get(username="city"))
    (total,) = site_queries.totals(actor, [DISTRICT])
    assert (total.sites, total.staff) == (HOSPITALS, STAFF)
    assert (total.beds, total.free) == (HOSPITALS * 20, HOSPITALS * 20)
    ill = people(county, 30, "患者")
    first = list(Room.objects.filter(site_id=sites[0]).order_by("label"))
    spot = {"destination": "hospital", "post_id": str(sites[0])}
    beds = [room for room in first for _ in range(room.beds)][:20]
    placed = desk.send(
        [
            act(
                "arrival.place",
                {**spot, "person_id": who, "room_id": str(room.id), "sex": "male", "anyway": True},
                DISTRICT,
            )
            for who, room in zip(ill, beds, strict=False)
        ]
    )
    assert [r["status"] for r in placed] == ["accepted"] * 20
    full = desk.send(
        [
            act(
                "arrival.place",
                {**spot, "person_id": ill[20], "room_id": str(first[0].id), "sex": "male"},
                DISTRICT,
            )
        ]
    )[0]
    assert full["problem"]["code"] == "arrival.room_full"
    found = site_queries.sites(actor, [DISTRICT])
    assert found.get(id=sites[0]).free == 0
    assert found.filter(free__gt=0).count() == HOSPITALS - 1
    # The next one goes where a bed is free; two who want the same bed do not both get it.
    free = found.filter(free__gt=0).order_by("name", "id").first()
    assert free is not None
    ward = Room.objects.filter(site_id=free.id, beds=1).order_by("label").first()
    assert ward is not None
    there = {"destination": "hospital", "post_id": str(free.id), "room_id": str(ward.id)}
    both = desk.send(
        [act("arrival.place", {**there, "person_id": who}, DISTRICT) for who in ill[20:22]]
    )
    assert [r["status"] for r in both] == ["accepted", "refused"]
    # A discharge frees the bed for the one who waits.
    desk.must([act("arrival.leave", {"person_id": ill[20], "why": "released"}, DISTRICT)])
    desk.must([act("arrival.place", {**there, "person_id": ill[21]}, DISTRICT)])
    assert Stay.objects.filter(until=None).count() == 21
    assert verify().differences == []


def test_a_branch_of_27_offers_itself_and_is_sent(county: Area) -> None:
    desk, city = Gate("command"), Gate("city")
    wanted = opening.Opening(
        "县人民医院", Destination.HOSPITAL, [opening.Rooms(range(1, 3), 6, 2)], staff=88
    )
    lead = actor_for(Account.objects.get(username="command"))
    hospital = opening.open_site(lead, new_id(), county, wanted)
    branch = new_id()
    operate(
        [act("organisation.create", {"organisation_id": str(branch), "name": "呼吸科党支部"}, "")]
    )
    members = people(county, BRANCH, "党员", skills=["medical"])
    joined = [
        act("membership.join", {"person_id": m, "organisation_id": str(branch)}, DISTRICT)
        for m in members
    ]
    operate(joined)
    # The branch asks to be sent: all 27 put themselves down for the call of the hospital.
    call_id = str(new_id())
    begin = (now() + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    call = {
        "call_id": call_id,
        "area_id": str(county.id),
        "name": "请战上一线",
        "place": "县人民医院",
        "groups": [
            {
                "name": "隔离病区",
                "starts_at": begin.isoformat(),
                "ends_at": (begin + timedelta(hours=8)).isoformat(),
                "capacity": BRANCH,
                "skills": ["medical"],
            }
        ],
    }
    desk.must([act("call.open", call, DISTRICT)])
    offers = [
        act(
            "call.sign_up",
            {
                "call_id": call_id,
                "person_id": m,
                "name": f"党员{n}",
                "phone": f"1990000{n:04d}",
                "skills": ["medical"],
            },
            DISTRICT,
        )
        for n, m in enumerate(members)
    ]
    desk.must(offers)
    assert SignUp.objects.filter(state="signed").count() == BRANCH
    # And is deployed: a week of three shifts at the hospital, rest and days in a row kept.
    plan_id = new_id()
    shifts = [
        {"key": "day", "start": 480, "end": 960},
        {"key": "late", "start": 960, "end": 1440},
        {"key": "night", "start": 0, "end": 480, "night": True},
    ]
    plan = {
        "deployment_id": str(plan_id),
        "area_id": str(Area.objects.get(code="3608").id),
        "name": "医疗支援",
        "first_day": begin.date().isoformat(),
        "days": 7,
        "shifts": shifts,
        "rules": {"rest": 660, "days_in_row": 6, "shifts": 5, "nights": 2},
    }
    city.must([act("deployment.open", plan, "")])
    needs = [
        {
            "need_id": str(new_id()),
            "area_id": str(county.id),
            "place": "县人民医院",
            "day": day,
            "shift": shift,
            "number": 3,
            "skill": "medical",
        }
        for day in range(7)
        for shift in ("day", "late", "night")
    ]
    content = {"deployment_id": str(plan_id), "area_id": str(county.id), "needs": needs}
    city.must([act("deployment.need", content, DISTRICT)])
    task = deploying.task(Deployment.objects.get(id=plan_id), [branch])
    assert len(task.people) == BRANCH
    found = deploying.solve(task, seconds=5)
    assert found.figures.filled == found.figures.asked == 63
    actor = actor_for(Account.objects.get(username="city"))
    assert all(r.stands for r in deploying.keep(actor, task, found))
    assert deploying.publish(actor, task, found).stands
    assert {str(p) for p in PlannedShift.objects.values_list("person_id", flat=True)} <= set(
        members
    )
    assert hospital


def test_the_village_doctor_is_seen_and_must_rest(county: Area) -> None:
    desk = Gate("command")
    (doctor,) = people(county, 1, "村医", skills=["medical"])
    base = {"area_id": str(county.id), "person_id": doctor, "place": "坪洲村卫生室"}
    first = now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=8)
    for day in range(7):
        start = first + timedelta(days=day)
        with times.at(start):
            desk.must([act("duty_time.begin", base, DISTRICT, start)])
        end = start + timedelta(hours=10, minutes=30)
        with times.at(end):
            gone = {k: v for k, v in base.items() if k != "place"}
            desk.must([act("duty_time.end", gone, DISTRICT, end)])
    actor = actor_for(Account.objects.get(username="command"))
    with times.at(first + timedelta(days=6, hours=11)):
        (seen,) = duty_queries.on_duty(actor)
        assert (seen.days_in_row, seen.relief) == (7, True)
        assert seen.minutes_today == 630
    relief = Duty.objects.get(kind="relief")
    assert relief.details["days"] == 7
    served = duty_queries.service(DISTRICT, UUID(doctor))
    assert (served.minutes, served.days) == (7 * 630, 7)
    # On the eighth day an epidemic's thirteen hours: after that only with a reason.
    start = first + timedelta(days=7)
    with times.at(start):
        desk.must([act("duty_time.begin", base, DISTRICT, start)])
    with times.at(start + timedelta(hours=13)):
        gone = {k: v for k, v in base.items() if k != "place"}
        desk.must([act("duty_time.end", gone, DISTRICT, times.now())])
    with times.at(start + timedelta(hours=15)):
        again = desk.send([act("duty_time.begin", base, DISTRICT, times.now())])[0]
        assert again["problem"]["code"] == "attendance.must_rest"
        rest = {**{k: v for k, v in base.items() if k != "place"}, "why": "休整一天"}
        desk.must([act("relief.rest", rest, DISTRICT, times.now())])
    assert not Duty.objects.filter(kind="relief", state__in=["open", "claimed"]).exists()
