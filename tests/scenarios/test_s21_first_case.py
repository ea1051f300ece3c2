"""S21, the first confirmed case: Emeishan Road community, Qingdao, as far as tracing goes.

A case, its contacts found and named, sent to where they live (one in another district), gates
guarded round the clock, and the community's picture day by day. How every household is told, and
how questions and rumours are answered, is told in `test_s21_information.py`.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.scenarios import city
from tests.scenarios.gate import Gate, act

from lianfang.kernel import clock
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty, Record
from lianfang.kernel.times import at, local, now
from lianfang.mobilising.models import Attendance
from lianfang.people.auth import actor_for
from lianfang.people.models import Account
from lianfang.stations import queries as stations
from lianfang.tracing import list_queries
from lianfang.tracing.models import Contact, Listing
from lianfang.watching import queries as watching

pytestmark = pytest.mark.django_db
COMMUNITY, DISTRICT = "370211005038", "370211"
# Made up beside the real ones: the community of another district where one contact lives.
FAR, FAR_DISTRICT = "370202001001", "370202"
SHIFTS = (("day", 480, 960), ("late", 960, 1440), ("night", 1440, 1920))


def test_the_first_case_of_a_community() -> None:
    areas = _areas()
    community = areas[COMMUNITY]
    grids = city.draw_grids([community], 2)
    city.hire_all([(f"worker{n}", "grid_worker", g, "") for n, g in enumerate(grids)])
    city.hire("desk", "community_lead", community)
    city.hire("far", "community_lead", areas[FAR])
    city.hire("health", "health_officer", areas[DISTRICT])
    city.hire("command", "district_command", areas[DISTRICT])
    desk, health, far = Gate("desk"), Gate("health"), Gate("far")
    homes = city.settle(desk, grids, each=20)
    sick, wife = homes[0].persons
    today = local(now()).date()

    # The case, and where it was: a neighbour of another grid sat at the same table.
    cases = [(str(new_id()), sick, "confirmed"), (str(new_id()), homes[25].persons[0], "suspected")]
    health.must([act("case.open", _case(community.id, today, *c), DISTRICT) for c in cases])
    since = now() - timedelta(hours=20)
    stays = [
        {
            "case_id": case_id,
            "presence_id": str(new_id()),
            "name": "棋牌室",
            "area_id": str(community.id),
            "from_at": since.isoformat(),
            "to_at": (since + timedelta(hours=2)).isoformat(),
        }
        for case_id, _person, _state in cases
    ]
    health.must([act("presence.note", stay, DISTRICT) for stay in stays])
    case_id = cases[0][0]
    health.must([act("contact.find", {"case_id": case_id, "hops": 2}, DISTRICT)])
    rows = {str(c.person_id): c for c in Contact.objects.filter(case_id=case_id)}
    assert (rows[wife].degree, rows[wife].basis) == ("close", "household")
    assert (rows[homes[25].persons[0]].degree, rows[homes[25].persons[1]].degree) == (
        "close",
        "second",
    )
    cousin = str(new_id())
    named = {"case_id": case_id, "contact_id": cousin, "name": "周远", "note": "病例的表哥"}
    health.must([act("contact.name", {**named, "community_id": str(areas[FAR].id)}, DISTRICT)])

    # Down to where they live; nobody is told whose contact it is.
    waiting = list(Contact.objects.filter(case_id=case_id).values_list("id", flat=True))
    health.must(
        [act("contact.send", {"contact_id": str(i), "hours": 12}, DISTRICT) for i in waiting]
    )
    clock.run(now())
    there = Listing.objects.get(district=FAR_DISTRICT)
    assert (str(there.id), there.state) == (cousin, "open")
    told = Record.objects.get(command="contact.receive")
    assert case_id not in told.payload
    assert "表哥" not in there.who

    # Found at the door and put under watch in the same act; the far one is found by its own.
    for line in Listing.objects.filter(district=DISTRICT).order_by("id"):
        home = next(h for h in homes if str(line.person_id) in h.persons)
        gate = Gate(f"worker{0 if home.grid == grids[0].code else 1}")
        watch = {
            "from_day": str(today),
            "area_id": str(areas_of(home.grid)),
            "household_id": home.id,
        }
        found = {"outcome": "found", "person_id": str(line.person_id), "watch": watch}
        gate.must([act("contact.verify", {"contact_id": str(line.id), **found}, DISTRICT)])
    far.must([act("contact.verify", {"contact_id": cousin, "outcome": "found"}, FAR_DISTRICT)])
    clock.run(now())
    assert set(Contact.objects.values_list("state", flat=True)) == {"found"}
    assert not Duty.objects.filter(kind="contact_verify", state="open").exists()
    assert UUID(wife) in watching.watched(DISTRICT, [UUID(wife)])

    _gates_round_the_clock(desk, community, homes, today)

    # The picture of the days that follow: nobody is left on a list, on any level.
    command = actor_for(Account.objects.get(username="command"))
    for day in range(3):
        with at(now() + timedelta(days=day)):
            lead = actor_for(Account.objects.get(username="desk"))
            assert not list_queries.listings(lead).filter(state="open").exists()
            shown = {line[0].code: line[1:] for line in list_queries.by_community(command)}
            assert all(numbers[0] == 0 or code == COMMUNITY for code, numbers in shown.items())


def _areas() -> Any:
    areas = city.import_areas(COMMUNITY)
    rows = [
        {"code": FAR_DISTRICT, "name": "市南区"},
        {"code": FAR_DISTRICT + "001", "name": "街道"},
        {"code": FAR, "name": "另一区的社区"},
    ]
    city.operate([act("area.import", {"rows": rows}, "")])
    areas = city.areas()
    return areas


def areas_of(code: str) -> UUID:
    """Return the id of the live area of a code."""
    return city.areas()[code].id


def _case(area_id: UUID, today: date, case_id: str, person_id: str, state: str) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "area_id": str(area_id),
        "person_id": person_id,
        "state": state,
        "onset": str(today - timedelta(days=2)),
    }


def _gates_round_the_clock(desk: Gate, community: Any, homes: list[city.Home], today: date) -> None:
    """Open two gates with three shifts a day for a week; each shift of each has its two people."""
    names = ("南门", "北门")
    gates = [
        {"post_id": str(new_id()), "area_id": str(community.id), "kind": "gate", "name": name}
        for name in names
    ]
    desk.must([act("post.open", gate, DISTRICT) for gate in gates])
    lead = actor_for(Account.objects.get(username="desk"))
    assert stations.posts(lead, [DISTRICT]).count() == len(names)
    plan = str(new_id())
    shifts = [{"key": k, "start": s % 1440, "end": e - s + s % 1440} for k, s, e in SHIFTS]
    content = {"deployment_id": plan, "area_id": str(community.id), "name": "卡口值守"}
    opened = {**content, "first_day": str(today), "days": 7, "shifts": shifts}
    desk.must([act("deployment.open", opened, "")])
    on = {"deployment_id": plan, "area_id": str(community.id)}
    needs = [
        {
            "need_id": str(new_id()),
            "area_id": str(community.id),
            "place": name,
            "day": day,
            "shift": key,
            "number": 2,
        }
        for day in range(7)
        for name in names
        for key, _s, _e in SHIFTS
    ]
    desk.must([act("deployment.need", {**on, "needs": needs}, DISTRICT)])
    # Twelve people, each on the same gate and shift every day.
    crew = [p for h in homes[1:7] for p in h.persons]
    put = []
    for need in needs:
        post = names.index(need["place"]) * 3 + [s[0] for s in SHIFTS].index(str(need["shift"]))
        if need["day"] == 6:
            # The seventh day in a row is not theirs.
            continue
        for person in crew[post * 2 : post * 2 + 2]:
            put.append(
                {"need_id": need["need_id"], "person_district": DISTRICT, "person_id": person}
            )
    desk.must([act("deployment.place", {**on, "put": put}, DISTRICT)])
    desk.must([act("deployment.publish", {"deployment_id": plan}, "")])
    begin = {"area_id": str(community.id), "person_id": crew[0], "place": names[0]}
    desk.must([act("duty_time.begin", begin, DISTRICT)])
    assert Attendance.objects.filter(person_id=crew[0], ended_at=None).exists()
