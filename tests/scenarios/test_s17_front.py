"""S17: a village doctor works over ten hours a day; a branch of 27 offers itself."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.scenarios.city import hire
from tests.scenarios.gate import Gate, act
from tests.scenarios.hands import import_city, people, serve, unit

from lianfang.areas.models import Area
from lianfang.kernel import times
from lianfang.kernel.models import Duty
from lianfang.mobilising.models import Team, TeamMember
from lianfang.people.models import Membership

pytestmark = pytest.mark.django_db


def test_hours_are_watched_and_rest_is_enforced() -> None:
    (village, *_rest) = import_city("3608")
    hire("site", "site_staff", village)
    site = Gate("site")
    (doctor,) = people(village, None, 1)
    day = datetime.fromisoformat("2020-01-28T08:00:00+08:00")
    serve(site, village, doctor, day, 12, "村卫生室")
    # No new duty the same evening without a reason.
    with times.at(day + timedelta(hours=13)):
        content = {"area_id": str(village.id), "person_id": str(doctor)}
        (refused,) = site.send([act("duty_time.begin", content, village.district)])
        assert refused["problem"]["code"] == "attendance.must_rest"
        assert Duty.objects.get(kind="relief").details["minutes"] == 720


def test_a_branch_of_27_offers_itself_and_is_deployed() -> None:
    (village, *_rest) = import_city("3608")
    hire("county", "district_command", Area.objects.get(code=village.district))
    branch = unit("第一党支部")
    people(village, branch, 27)
    payload = {
        "team_id": str(branch),
        "area_id": str(village.id),
        "first_day": "2020-01-28",
        "purpose": "请战支援隔离病区",
    }
    Gate("county").must([act("team.convert", payload, "")])
    assert Team.objects.get(id=branch).kind == "converted"
    assert Membership.objects.filter(organisation_id=branch, until=None).count() == 27
    assert not TeamMember.objects.filter(team_id=branch).exists()
