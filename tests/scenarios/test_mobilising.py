"""S02, S03, S08, S12 (the call), S13, S14, S17, S19, S20 and S27, through the API and the links."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from tests.scenarios.city import hire, operate
from tests.scenarios.gate import Gate, act
from tests.scenarios.test_s15_sent_down import import_city
from tests.town import accepted

from lianfang.areas.models import Area
from lianfang.kernel import clock, times
from lianfang.kernel.actors import Actor
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.kernel.times import now
from lianfang.mobilising import (
    duty_queries,
    gathering,
    links,
    queries,
    team_queries,
    whistle_queries,
)
from lianfang.mobilising.models import Call, CallGroup, Recall, SignUp, Team
from lianfang.people.auth import actor_for
from lianfang.people.models import Account, Membership

pytestmark = pytest.mark.django_db


def actor(username: str) -> Actor:
    return actor_for(Account.objects.get(username=username))


def path_above(area: Area) -> str:
    """Return the path of the area above."""
    return str(area.path).rstrip("/").rpartition("/")[0] + "/"


def unit(name: str, parent: UUID | None = None) -> UUID:
    """Make an organisation."""
    id_ = new_id()
    payload: dict[str, Any] = {"organisation_id": str(id_), "name": name}
    if parent:
        payload["parent_id"] = str(parent)
    operate([act("organisation.create", payload, "")])
    return id_


def people(home: Area, organisation: UUID | None, count: int) -> list[UUID]:
    """Register helpers of a community, members of an organisation."""
    ids = [new_id() for _ in range(count)]
    entries = [
        act(
            "person.register",
            {"person_id": str(p), "area_id": str(home.id), "name": f"队员{n}"},
            home.district,
        )
        for n, p in enumerate(ids)
    ]
    if organisation:
        entries += [
            act(
                "membership.join",
                {"person_id": str(p), "organisation_id": str(organisation)},
                home.district,
            )
            for p in ids
        ]
    operate(entries)
    return ids


def test_s02_all_civil_servants_of_tianjin_are_recalled_by_27_january() -> None:
    homes = import_city("1201")
    city = Area.objects.get(code="1201")
    hire("city", "city_command", city)
    tree = unit("天津市直机关")
    units = [unit(f"第{n}委办局", tree) for n in range(1, 5)]
    everybody = {
        (home.district, p): u
        for n, home in enumerate(homes)
        for u in [units[n % 4]]
        for p in people(home, u, 5)
    }
    deadline = datetime.fromisoformat("2020-01-27T00:00:00+08:00")
    with times.at(datetime.fromisoformat("2020-01-25T12:00:00+08:00")):
        payload = {
            "recall_id": str(recall_id := new_id()),
            "organisation_id": str(tree),
            "area_id": str(city.id),
            "name": "全体公务员返岗",
            "deadline": deadline.isoformat(),
        }
        accepted(gathering.open_recall(actor("city"), payload))
        desk = {}
        for home in homes:
            hire(f"lead{home.code}", "community_lead", home)
            desk[home.district] = Gate(f"lead{home.code}")
        silent = []
        for number, (district, person) in enumerate(everybody):
            if number % 10 == 9:
                silent.append(person)
                continue
            answer: dict[str, str] = {"answer": "back"}
            if number % 10 == 8:
                answer = {"answer": "excused", "why": "在鄂探亲，就地隔离"}
            content = {"recall_id": str(recall_id), "person_id": str(person), **answer}
            desk[district].must([act("recall.answer", content, district)])
        figures = team_queries.recall_figures(actor("city"), Recall.objects.get(id=recall_id))
        assert sum(f.members for f in figures) == len(everybody) == 80
        assert sum(f.silent for f in figures) == len(silent) == 8
        assert sum(f.excused for f in figures) == 8
    # After the deadline what units still owe climbs by itself.
    with times.at(deadline + timedelta(minutes=10)):
        clock.run()
        climbed = Duty.objects.filter(kind="recall_silent", climbs=1)
        assert climbed.count() == Duty.objects.filter(kind="recall_silent", state="open").count()
        assert climbed.exists()


def form(desk: str, name: str, area: Area, **more: Any) -> Team:
    """Form a team at an area."""
    team_id = new_id()
    payload = {
        "team_id": str(team_id),
        "area_id": str(area.id),
        "first_day": "2020-01-28",
        **more,
    }
    accepted(gathering.form_team(actor(desk), name, payload))
    return Team.objects.get(id=team_id)


def test_s03_a_committee_of_400_at_a_building_site_and_95_teams() -> None:
    homes = import_city("3702")
    county = Area.objects.get(code="370281")
    hire("county", "district_command", county)
    desk = Gate("county")
    companies = [unit(f"建设公司{n}") for n in range(4)]
    members = [p for n, c in enumerate(companies) for p in people(homes[n % 4], c, 103)]
    lead = {"district": "370281", "person_id": str(members[0])}
    committee = form(
        "county",
        "医院工地临时党委",
        homes[0],
        kind="committee",
        purpose="二十四小时建设",
        charter="党旗在工地高高飘扬",
        lead=lead,
    )
    joins = [
        act(
            "membership.join",
            {"person_id": str(p), "organisation_id": str(committee.id)},
            "370281",
        )
        for p in members
    ]
    desk.must(joins)
    hire("lead", "community_lead", homes[0])
    first = members[:103]
    Gate("lead").must(
        [
            act("team.accept", {"team_id": str(committee.id), "person_id": str(p)}, "370281")
            for p in first
        ]
    )
    inside = team_queries.team_members(committee, ["370281"])
    assert inside.count() == 412
    assert inside.exclude(accepted_at=None).count() == 103
    # The home organisations keep their members.
    assert Membership.objects.filter(organisation_id__in=companies, until=None).count() == 412
    homes_of = team_queries.homes(list(inside[:200]))
    assert all(len(names) == 1 for names in homes_of.values())
    for number in range(94):
        gear = [{"kind": "motorcycle" if number % 2 else "horse", "count": 6}]
        form("county", f"突击队{number}", homes[number % 4], equipment=gear)
    found = team_queries.active_teams(actor("county"))
    assert found.count() == 95
    small, large = found[0], found[1]
    desk.must([act("team.merge", {"team_id": str(small.id), "into_id": str(large.id)}, "")])
    assert found.count() == 94


def test_s08_village_work_teams_become_epidemic_teams_in_one_act_each() -> None:
    homes = import_city("3608")
    county = Area.objects.get(code="360822")
    hire("county", "district_command", county)
    desk = Gate("county")
    teams = [unit(f"{home.name}驻村工作队") for home in homes]
    for team, home in zip(teams, homes, strict=True):
        people(home, team, 3)
        payload = {
            "team_id": str(team),
            "area_id": str(home.id),
            "first_day": "2020-01-28",
            "purpose": "就地转为防疫工作队",
            "parked": [{"title": "产业帮扶"}, {"title": "危房改造"}],
        }
        desk.must([act("team.convert", payload, "")])
    assert team_queries.active_teams(actor("county")).count() == len(homes)
    (resumed,) = desk.must([act("team.resume", {"team_id": str(teams[0])}, "")])
    assert resumed["result"]["resumed"] == 2


def open_call(
    desk: Gate, area: Area, name: str, groups: Sequence[dict[str, Any]], **more: Any
) -> Call:
    """Open a call and return it."""
    payload = {
        "call_id": str(call_id := new_id()),
        "area_id": str(area.id),
        "name": name,
        "groups": list(groups),
        **more,
    }
    desk.must([act("call.open", payload, area.district)])
    return Call.objects.get(id=call_id)


def group(name: str, begin: datetime, hours: int, capacity: int, **more: Any) -> dict[str, Any]:
    """Return a group as the command takes it."""
    end = begin + timedelta(hours=hours)
    return {
        "name": name,
        "starts_at": begin.isoformat(),
        "ends_at": end.isoformat(),
        "capacity": capacity,
        **more,
    }


def sign_up(call: Call, number: int) -> str:
    """Sign up through the link in the group chat, as anybody would; returns the own page."""
    token = links.token(links.Purpose.SIGN_UP, call.district, call.id)
    data = {
        "entry_id": str(new_id()),
        "name": f"志愿者{number}",
        "phone": f"137{number:08d}",
    }
    answer = Client().post(f"/c/{token}", data)
    assert answer.status_code == 302, answer.content
    return str(answer["Location"])


def test_s12_five_staff_call_in_the_group_chat_and_share_3000_households() -> None:
    homes = import_city("4406")
    hire("lead", "community_lead", homes[0])
    desk = Gate("lead")
    call = open_call(desk, homes[0], "入户排查", [group("楼栋", now() + timedelta(hours=1), 4, 60)])
    for number in range(60):
        sign_up(call, number)
    buildings = {f"{n}栋": 50 for n in range(1, 61)}
    payload = {"call_id": str(call.id), "places": buildings}
    desk.must([act("call.share_out", payload, call.district)])
    figures = queries.call_figures(Call.objects.get(id=call.id))
    # 3,000 households: 600 for each of five staff before, 50 for each helper an hour later.
    assert (figures.households, figures.taken, figures.load) == (3_000, 60, 50)
    assert all(len(s) == 1 for s in SignUp.objects.values_list("share", flat=True))


def test_s13_one_command_place_at_a_station_shared_by_four_organisations() -> None:
    homes = import_city("3101")
    hire("street", "street_command", Area.objects.get(path=path_above(homes[0])))
    functions = ["测温", "问询", "登记", "疏导"]
    place = form("street", "火车站联防点", homes[0], kind="command_place", functions=functions)
    desk = Gate("street")
    for name, function in zip(("铁路", "街道", "卫健", "公安"), functions, strict=True):
        organisation = unit(name)
        payload = {
            "team_id": str(place.id),
            "organisation_id": str(organisation),
            "function": function,
        }
        desk.must([act("team.share", payload, "")])
    parts = team_queries.team_parts(place)
    assert [(p.organisation.name, p.function) for p in parts][:2] == [
        ("铁路", "测温"),
        ("街道", "问询"),
    ]
    # The volunteers of all of them stand on one board.
    staff = people(homes[0], place.id, 12)
    hire("site", "site_staff", homes[0])
    site = Gate("site")
    for number, who in enumerate(staff):
        begin = {
            "area_id": str(homes[0].id),
            "person_id": str(who),
            "place": functions[number % 4],
        }
        site.must([act("duty_time.begin", begin, homes[0].district)])
    board = duty_queries.on_duty(actor("street"))
    assert len([r for r in board if r.since]) == 12
    assert {r.place for r in board} == set(functions)


def test_s14_the_street_whistles_and_the_street_closes() -> None:
    homes = import_city("1201")
    street = Area.objects.get(path=path_above(homes[0]))
    hire("street", "street_command", street)
    hire("district", "district_command", Area.objects.get(code=street.district))
    departments = [unit(name) for name in ("城管", "市场监管", "卫健")]
    desk = Gate("street")
    start = now()
    with times.at(start):
        payload = {
            "whistle_id": str(id_ := new_id()),
            "area_id": str(street.id),
            "kind": "guarding",
            "title": "小区出入口无人值守",
            "urgency": "half_hour",
            "departments": [str(d) for d in departments],
        }
        desk.must([act("whistle.raise", payload, street.district)])
        told = {"whistle_id": str(id_), "organisation_id": str(departments[0]), "by": "赵队"}
        desk.must([act("whistle.report", told, street.district)])
        no = {
            "whistle_id": str(id_),
            "organisation_id": str(departments[1]),
            "why": "人手全部在外",
        }
        desk.must([act("whistle.refuse", no, street.district)])
    with times.at(start + timedelta(minutes=31)):
        clock.run()
        late = Duty.objects.get(kind="whistle", state="open")
        assert late.subject_id == departments[2]
        # It lies with the common superior now.
        assert late.held_path == Area.objects.get(code=street.district).path
    (told_off,) = Gate("district").send(
        [act("whistle.close", {"whistle_id": str(id_), "mark": 5}, street.district)]
    )
    assert told_off["problem"]["code"] == "whistle.only_the_raiser"
    desk.must([act("whistle.close", {"whistle_id": str(id_), "mark": 3}, street.district)])
    figures = {f.name: f for f in whistle_queries.department_figures(actor("district"))}
    assert (figures["城管"].in_time, figures["市场监管"].refused, figures["卫健"].open) == (1, 1, 1)


def serve(site: Gate, area: Area, who: UUID, begin: datetime, hours: int, place: str) -> None:
    """Let somebody serve some hours."""
    with times.at(begin):
        content = {"area_id": str(area.id), "person_id": str(who), "place": place}
        site.must([act("duty_time.begin", content, area.district)])
    with times.at(begin + timedelta(hours=hours)):
        content = {"area_id": str(area.id), "person_id": str(who)}
        site.must([act("duty_time.end", content, area.district)])


def test_s17_a_village_doctor_over_ten_hours_and_a_branch_of_27_that_offers_itself() -> None:
    homes = import_city("3608")
    village = homes[0]
    hire("site", "site_staff", village)
    site = Gate("site")
    (doctor,) = people(village, None, 1)
    day = datetime.fromisoformat("2020-01-28T08:00:00+08:00")
    serve(site, village, doctor, day, 12, "村卫生室")
    # Rest is enforced: no new duty the same evening without a reason.
    with times.at(day + timedelta(hours=13)):
        content = {"area_id": str(village.id), "person_id": str(doctor)}
        (refused,) = site.send([act("duty_time.begin", content, village.district)])
        assert refused["problem"]["code"] == "attendance.must_rest"
        assert Duty.objects.get(kind="relief").details["minutes"] == 720
    hire("county", "district_command", Area.objects.get(code=village.district))
    branch = unit("第一党支部")
    staff = people(village, branch, 27)
    payload = {
        "team_id": str(branch),
        "area_id": str(village.id),
        "first_day": "2020-01-28",
        "purpose": "请战支援隔离病区",
    }
    Gate("county").must([act("team.convert", payload, "")])
    assert Team.objects.get(id=branch).kind == "converted"
    assert len(staff) == 27


def test_s19_120_volunteers_in_four_groups_at_the_mask_factory() -> None:
    homes = import_city("4406")
    hire("lead", "community_lead", homes[0])
    desk = Gate("lead")
    morning = datetime.fromisoformat("2020-01-28T08:00:00+08:00")
    with times.at(morning - timedelta(hours=14)):
        groups = [group(f"第{n}组", morning, 4, 30, target=175_000) for n in range(1, 5)]
        call = open_call(desk, homes[0], "口罩包装", groups, place="厂门口")
        for number in range(126):
            sign_up(call, number)
        figures = queries.call_figures(call)
        assert (figures.taken, figures.waiting) == (120, 6)
        assert set(CallGroup.objects.values_list("taken", flat=True)) == {30}
    post = f"/c/post/{links.token(links.Purpose.POST, call.district, call.id)}"
    with times.at(morning):
        came = list(SignUp.objects.filter(state="signed"))
        for row in came:
            data = {"entry_id": str(new_id()), "phone": row.phone, "act": "check_in"}
            assert Client().post(post, data).status_code == 302
        assert queries.call_figures(call).present == 120
    with times.at(morning + timedelta(hours=4)):
        for one in CallGroup.objects.all():
            payload = {"call_id": str(call.id), "group_id": str(one.id), "output": 180_000}
            desk.must([act("call.output", payload, call.district)])
        for row in came:
            data = {"entry_id": str(new_id()), "phone": row.phone, "act": "check_out"}
            assert Client().post(post, data).status_code == 302
    figures = queries.call_figures(call)
    assert (figures.served, figures.minutes) == (120, 120 * 240)
    made = sum(CallGroup.objects.values_list("output", flat=True))
    assert made == 720_000 >= 700_000


def test_s20_and_s27_a_team_without_a_break_is_flagged_relieved_and_proven() -> None:
    homes = import_city("4102")
    exit_ = homes[0]
    hire("site", "site_staff", exit_)
    hire("lead", "community_lead", exit_)
    site, lead = Gate("site"), Gate("lead")
    team = unit("尉氏北出口检查组")
    crew = people(exit_, team, 4)
    reserve = people(exit_, team, 4)
    new_year = datetime.fromisoformat("2020-01-25T08:00:00+08:00")
    for day in range(7):
        for who in crew:
            serve(site, exit_, who, new_year + timedelta(days=day), 8, "北出口")
    with times.at(new_year + timedelta(days=7, hours=1)):
        # On the seventh day in a row all four were flagged, each once.
        assert Duty.objects.filter(kind="relief", state="open").count() == 4
        for who in crew:
            content = {"area_id": str(exit_.id), "person_id": str(who), "place": "北出口"}
            site.must([act("duty_time.begin", content, exit_.district)])
        board = duty_queries.on_duty(actor("lead"))
        assert [r.days_in_row for r in board] == [8, 8, 8, 8]
        assert {str(r.last_day_off) for r in board} == {"2020-01-24"}
        for who in crew:
            proposed = duty_queries.substitutes(actor("lead"), exit_.district, who)
            assert {UUID(c.person_id) for c in proposed} <= set(reserve)
            content = {
                "area_id": str(exit_.id),
                "person_id": str(who),
                "by_id": proposed[0].person_id,
                "place": "北出口",
            }
            lead.must([act("relief.arrange", content, exit_.district)])
        assert not Duty.objects.filter(kind="relief", state="open").exists()
        # Their own households come first in the services meanwhile.
        assert queries.at_the_front(exit_.district, crew) == set(crew)
        served = duty_queries.service(exit_.district, crew[0])
        assert served.minutes == 7 * 480
        browser = Client()
        browser.force_login(Account.objects.get(username="lead"))
        proof = browser.get(f"/duty-times/{exit_.district}/{crew[0]}/proof.pdf")
        assert proof.content.startswith(b"%PDF")
