"""S08: village work teams become epidemic teams where they are; their old work is parked."""

from __future__ import annotations

import pytest
from tests.scenarios.city import hire
from tests.scenarios.gate import Gate, act
from tests.scenarios.hands import actor, import_city, people, unit

from lianfang.areas.models import Area
from lianfang.mobilising import team_queries
from lianfang.mobilising.models import Team
from lianfang.people.models import Organisation

pytestmark = pytest.mark.django_db


def test_each_is_converted_in_one_act_and_goes_back_to_its_work() -> None:
    homes = import_city("3608")
    hire("county", "district_command", Area.objects.get(code="360822"))
    desk = Gate("county")
    teams = [unit(f"{home.name}驻村工作队") for home in homes]
    for team, home in zip(teams, homes, strict=True):
        secretary, *_ = people(home, team, 3)
        payload = {
            "team_id": str(team),
            "area_id": str(home.id),
            "first_day": "2020-01-28",
            "purpose": "就地转为防疫工作队",
            "lead": {"district": home.district, "person_id": str(secretary)},
            "parked": [{"title": "产业帮扶"}, {"title": "危房改造", "note": "三户待验收"}],
        }
        # Who is a member now was one before: nothing is asked again.
        desk.must([act("team.convert", payload, "")])
    found = team_queries.active_teams(actor("county"))
    assert found.count() == len(homes)
    assert set(found.values_list("kind", flat=True)) == {"converted"}
    (resumed,) = desk.must([act("team.resume", {"team_id": str(teams[0])}, "")])
    assert resumed["result"]["resumed"] == 2
    assert found.count() == len(homes) - 1
    # The standing team goes on; what it had parked can still be read.
    assert Organisation.objects.get(id=teams[0]).valid_to is None
    assert [w["title"] for w in Team.objects.get(id=teams[0]).parked] == ["产业帮扶", "危房改造"]
    (again,) = desk.send([act("team.resume", {"team_id": str(teams[0])}, "")])
    assert again["problem"]["code"] == "team.ended"
