"""S03: a committee of 400 at a hospital's building site, 95 teams in Jiaozhou, 3,200 in Xi'an."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

import pytest
from tests.scenarios.city import hire
from tests.scenarios.gate import Gate, act
from tests.scenarios.hands import actor, form, import_city, join, people, unit
from tests.town import accepted

from lianfang.areas.models import Area
from lianfang.kernel.ids import new_id
from lianfang.mobilising import duty_queries, gathering, team_queries
from lianfang.mobilising.models import Team, TeamMember
from lianfang.people.models import Membership, Organisation

pytestmark = pytest.mark.django_db
WORK = ["信息摸排", "困难帮扶", "排查", "建设", "安全", "物流"]


def test_a_committee_of_412_from_four_companies_at_a_building_site() -> None:
    homes = import_city("4201")
    site = homes[0]
    hire("county", "district_command", Area.objects.get(code=site.district))
    companies = [unit(f"建设公司{n}") for n in range(4)]
    members = [p for company in companies for p in people(site, company, 103)]
    lead, deputy = (
        {"district": site.district, "person_id": str(p)} for p in (members[0], members[1])
    )
    committee = form(
        "county",
        "医院工地临时党委",
        site,
        kind="committee",
        purpose="二十四小时建设",
        charter="党旗在工地高高飘扬",
        lead=lead,
        deputy=deputy,
    )
    join(site.district, committee.id, members, "委员")
    hire("lead", "community_lead", site)
    charter = {"team_id": str(committee.id)}
    desk = Gate("lead")
    desk.must(
        [act("team.accept", {**charter, "person_id": str(p)}, site.district) for p in members[:400]]
    )
    (stranger,) = people(site, companies[0], 1)
    (refused,) = desk.send(
        [act("team.accept", {**charter, "person_id": str(stranger)}, site.district)]
    )
    assert refused["problem"]["code"] == "team.not_a_member"
    inside = team_queries.team_members(committee, [site.district])
    assert inside.count() == 412
    assert inside.exclude(accepted_at=None).count() == 400
    assert (committee.lead, committee.deputy) == (lead, deputy)
    # The home organisations keep their members, and each member one home.
    at_home = Membership.objects.filter(organisation_id__in=companies, until=None)
    assert at_home.count() == 413
    assert all(len(names) == 1 for names in team_queries.homes(list(inside)).values())

    # The site is built: the committee ends, the homes and the service records stay.
    hire("site", "site_staff", site)
    builder = {"area_id": str(site.id), "person_id": str(members[5])}
    gate = Gate("site")
    gate.must([act("duty_time.begin", {**builder, "place": "工地"}, site.district)])
    gate.must([act("duty_time.end", builder, site.district)])
    Gate("county").must([act("team.disband", {**charter, "why": "医院交付"}, "")])
    assert at_home.count() == 413
    assert Organisation.objects.get(id=committee.id).valid_to
    assert len(duty_queries.service(site.district, members[5]).stretches) == 1


def test_95_teams_in_jiaozhou_with_motorcycles_and_horses_and_a_merger() -> None:
    homes = import_city("3702")
    hire("county", "district_command", Area.objects.get(code="370281"))
    teams = [
        (
            f"突击队{n}",
            {
                "team_id": str(new_id()),
                "area_id": str(homes[n % len(homes)].id),
                "first_day": "2020-01-28",
                "purpose": WORK[n % 6],
                "equipment": [{"kind": "motorcycle" if n == 0 else "horse", "count": 6}]
                if n < 2
                else [],
            },
        )
        for n in range(95)
    ]
    accepted(gathering.form_teams(actor("county"), teams))
    found = team_queries.active_teams(actor("county"))
    assert found.count() == 95
    motor, horse = (Team.objects.get(id=UUID(str(teams[n][1]["team_id"]))) for n in (0, 1))
    riders = people(homes[0], motor.id, 6)
    people(homes[0], horse.id, 6)
    desk = Gate("county")
    desk.must([act("team.merge", {"team_id": str(motor.id), "into_id": str(horse.id)}, "")])
    assert found.count() == 94
    horse.refresh_from_db()
    assert [(e["kind"], e["count"]) for e in horse.equipment] == [("horse", 6), ("motorcycle", 6)]
    together = team_queries.team_members(horse, ["370281"])
    assert together.count() == 12
    assert set(riders) <= set(together.values_list("person_id", flat=True))
    (twice,) = desk.send([act("team.disband", {"team_id": str(motor.id)}, "")])
    assert twice["problem"]["code"] == "team.ended"


def test_3200_squads_in_xian_are_formed_in_one_act() -> None:
    homes = import_city("6101")
    hire("city", "city_command", Area.objects.get(code="6101"))
    county = Area.objects.get(code=homes[0].district)
    teams = [
        (
            f"第{n}突击队",
            {
                "team_id": str(new_id()),
                "area_id": str(homes[n % len(homes)].id),
                "first_day": "2020-01-28",
                "purpose": WORK[n % 6],
            },
        )
        for n in range(3_200)
    ]
    accepted(gathering.form_teams(actor("city"), teams))
    found = team_queries.active_teams(actor("city"))
    assert found.count() == 3_200
    by_work = Counter(found.values_list("purpose", flat=True))
    assert set(by_work) == set(WORK)
    assert max(by_work.values()) - min(by_work.values()) <= 1
    # A lead of each comes from an office and stays there.
    office = unit("市直机关")
    leads = people(homes[0], office, 3_200)
    entries = [
        act(
            "membership.join",
            {"person_id": str(p), "organisation_id": team["team_id"], "title": "队长"},
            county.code,
        )
        for p, (_name, team) in zip(leads, teams, strict=True)
    ]
    Gate("city").must(entries)
    assert TeamMember.objects.filter(function="队长", until=None).count() == 3_200
    assert Membership.objects.filter(organisation_id=office, until=None).count() == 3_200
