"""Teams and recalls: members of many homes, one place; who is back, who is silent."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests import town as towns
from tests.mobilising.helpers import organisation, staff
from tests.town import COMMUNITY, DISTRICT, Town, accepted, do, entry

from lianfang.areas import queries as area_queries
from lianfang.kernel import clock, times
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.kernel.verification import verify
from lianfang.mobilising import gathering
from lianfang.mobilising import team_queries as queries
from lianfang.mobilising.models import Recall, Recalled, Team, TeamMember
from lianfang.people.models import Membership, Organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    town = towns.build()
    town.hire("command", "district_command", DISTRICT)
    return town


def form(town: Town, name: str, people: list[UUID], **more: Any) -> Team:
    team_id = new_id()
    payload = {
        "team_id": str(team_id),
        "area_id": str(town.areas[COMMUNITY].id),
        "purpose": "入户排查",
        "charter": "不退缩、不添乱",
        "first_day": str(date(2020, 1, 28)),
        **more,
    }
    accepted(gathering.form_team(town.actor("lead"), name, payload))
    join(town, team_id, people)
    return Team.objects.get(id=team_id)


def join(town: Town, team_id: UUID, people: list[UUID]) -> None:
    entries = [
        entry("membership.join", {"person_id": str(p), "organisation_id": str(team_id)})
        for p in people
    ]
    accepted(submit(town.actor("lead"), entries))


def test_a_team_of_many_homes_keeps_the_homes_and_its_charter_is_accepted(town: Town) -> None:
    school, bank = organisation("一小"), organisation("银行")
    people = staff(town, school, 2) + staff(town, bank, 1)
    lead = {"district": DISTRICT, "person_id": str(people[0])}
    gear = [{"kind": "motorcycle", "count": 3}, {"kind": "horse", "count": 2}]
    team = form(town, "摩托车队", people, lead=lead, equipment=gear)
    members = queries.team_members(team, [DISTRICT])
    assert members.count() == 3
    homes = queries.homes(members)
    assert sorted(h for names in homes.values() for h in names) == ["一小", "一小", "银行"]
    accept = {"team_id": str(team.id), "person_id": str(people[1])}
    do(town.actor("lead"), "team.accept", accept)
    assert TeamMember.objects.exclude(accepted_at=None).count() == 1
    assert team.lead["person_id"] == str(people[0])
    assert [e["kind"] for e in team.equipment] == ["motorcycle", "horse"]


def test_teams_merge_and_disband_and_everybody_stays_at_home(town: Town) -> None:
    school = organisation("一小")
    people = staff(town, school, 4)
    small, large = form(town, "小队", people[:1]), form(town, "大队", people[1:])
    lead = town.actor("lead")
    do(lead, "team.merge", {"team_id": str(small.id), "into_id": str(large.id)}, "")
    assert queries.team_members(large, [DISTRICT]).count() == 4
    assert [t.id for t in queries.active_teams(lead)] == [large.id]
    do(lead, "team.disband", {"team_id": str(large.id), "why": "任务完成"}, "")
    assert not queries.active_teams(lead).exists()
    assert Organisation.objects.get(id=large.id).valid_to
    assert Membership.objects.filter(organisation_id=school, until=None).count() == 4
    ended = submit(lead, [entry("team.disband", {"team_id": str(small.id)}, "")])[0]
    assert ended.refusal
    assert ended.refusal.code == "team.ended"


def test_a_standing_team_is_converted_in_one_act_and_goes_on_later(town: Town) -> None:
    village = organisation("驻村工作队")
    staff(town, village, 3)
    payload = {
        "team_id": str(village),
        "area_id": str(town.areas[COMMUNITY].id),
        "purpose": "就地转为防疫队",
        "first_day": "2020-01-28",
        "parked": [{"title": "产业扶贫", "note": "茶园二期"}, {"title": "危房改造"}],
    }
    do(town.actor("lead"), "team.convert", payload, "")
    team = Team.objects.get(id=village)
    assert [w["title"] for w in team.parked] == ["产业扶贫", "危房改造"]
    done = do(town.actor("lead"), "team.resume", {"team_id": str(village)}, "")
    assert done.result == {"resumed": 2}
    assert Organisation.objects.get(id=village).valid_to is None


def test_a_command_place_is_shared_by_several_organisations(town: Town) -> None:
    place = form(town, "火车站指挥点", [], kind="command_place", functions=["测温", "登记"])
    for name, function in (("铁路", "测温"), ("街道", "登记"), ("卫健", "转运"), ("公安", "人流")):
        payload = {
            "team_id": str(place.id),
            "organisation_id": str(organisation(name)),
            "function": function,
        }
        do(town.actor("lead"), "team.share", payload, "")
    parts = queries.team_parts(place)
    assert [p.organisation.name for p in parts] == ["铁路", "街道", "卫健", "公安"]


def recall(town: Town, unit: UUID, hours: int = 24) -> Recall:
    id_ = new_id()
    payload = {
        "recall_id": str(id_),
        "organisation_id": str(unit),
        "area_id": str(town.areas[DISTRICT].id),
        "name": "全体返岗",
        "deadline": (now() + timedelta(hours=hours)).isoformat(),
    }
    accepted(gathering.open_recall(town.actor("command"), payload))
    return Recall.objects.get(id=id_)


def answer(town: Town, found: Recall, who: UUID, what: str, why: str = "") -> Receipt:
    payload = {"recall_id": str(found.id), "person_id": str(who), "answer": what, "why": why}
    return submit(town.actor("lead"), [entry("recall.answer", payload)])[0]


def test_a_recall_counts_every_member_of_the_tree_by_unit(town: Town) -> None:
    bureau = organisation("市局")
    one, two = organisation("一处", bureau), organisation("二处", bureau)
    first, second = staff(town, one, 3), staff(town, two, 2)
    found = recall(town, bureau)
    answer(town, found, first[0], "back")
    answer(town, found, first[1], "on_the_way")
    answer(town, found, second[0], "excused", "居家观察")
    refused = answer(town, found, second[1], "excused")
    assert refused.refusal
    assert refused.refusal.code == "recall.no_reason"
    units = {u.name: u for u in queries.recall_figures(town.actor("command"), found)}
    mine, other = units["一处"], units["二处"]
    assert (mine.silent, mine.on_the_way, mine.back, mine.excused) == (1, 1, 1, 0)
    assert (other.silent, other.excused, other.members) == (1, 1, 2)
    answer(town, found, first[1], "back")
    assert queries.recall_figures(town.actor("command"), found)[0].silent == 1


def test_silent_units_climb_at_the_deadline_and_answers_end_it(town: Town) -> None:
    unit = organisation("一处")
    people = staff(town, unit, 2)
    found = recall(town, unit, hours=1)
    do(town.actor("command"), "recall.remind", {"recall_id": str(found.id)})
    assert set(Recalled.objects.values_list("reminders", flat=True)) == {1}
    with times.at(now() + timedelta(hours=1, minutes=5)):
        clock.run()
    assert Duty.objects.get(kind="recall_silent").climbs == 1
    for who in people:
        answer(town, found, who, "back")
    assert Duty.objects.get(kind="recall_silent").state == "done"


def test_who_joins_later_is_recalled_too_and_closing_ends_what_is_owed(town: Town) -> None:
    unit = organisation("一处")
    staff(town, unit, 1)
    found = recall(town, unit)
    late = staff(town, unit, 1)
    do(town.actor("command"), "recall.join", {"recall_id": str(found.id)})
    assert Recalled.objects.filter(person_id=late[0]).exists()
    accepted(gathering.close_recall(town.actor("command"), found.id))
    assert not Duty.objects.filter(kind="recall_silent", state="open").exists()
    assert area_queries.districts(town.actor("command")) == [DISTRICT]


@pytest.mark.django_db(transaction=True)
def test_a_replay_gives_the_same_teams_and_recalls(town: Town) -> None:
    unit = organisation("一处")
    people = staff(town, unit, 3)
    team, other = form(town, "突击队", people[:2]), form(town, "二队", people[2:])
    do(town.actor("lead"), "team.accept", {"team_id": str(team.id), "person_id": str(people[0])})
    do(
        town.actor("lead"),
        "membership.quit",
        {"organisation_id": str(team.id), "person_id": str(people[1])},
    )
    do(town.actor("lead"), "team.merge", {"team_id": str(other.id), "into_id": str(team.id)}, "")
    found = recall(town, unit)
    answer(town, found, people[0], "back")
    assert verify().differences == []
