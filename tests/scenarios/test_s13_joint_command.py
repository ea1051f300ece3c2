"""S13: one command place at a railway station, shared by four organisations."""

from __future__ import annotations

import pytest
from tests.scenarios.city import hire
from tests.scenarios.gate import Gate, act
from tests.scenarios.hands import above, actor, form, import_city, people, unit

from lianfang.mobilising import duty_queries, team_queries

pytestmark = pytest.mark.django_db
FUNCTIONS = ("测温", "问询", "登记", "疏导")


def test_each_organisation_has_its_function_and_all_stand_on_one_board() -> None:
    (home, *_rest) = import_city("3101")
    hire("street", "street_command", above(home))
    place = form("street", "火车站联防点", home, kind="command_place", functions=list(FUNCTIONS))
    desk = Gate("street")
    for name, function in zip(("铁路", "街道", "卫健", "公安"), FUNCTIONS, strict=True):
        payload = {
            "team_id": str(place.id),
            "organisation_id": str(unit(name)),
            "function": function,
        }
        desk.must([act("team.share", payload, "")])
    parts = team_queries.team_parts(place)
    assert [(p.organisation.name, p.function) for p in parts] == [
        ("铁路", "测温"),
        ("街道", "问询"),
        ("卫健", "登记"),
        ("公安", "疏导"),
    ]
    staff = people(home, place.id, 12)
    hire("site", "site_staff", home)
    site = Gate("site")
    for number, who in enumerate(staff):
        begin = {"area_id": str(home.id), "person_id": str(who), "place": FUNCTIONS[number % 4]}
        site.must([act("duty_time.begin", begin, home.district)])
    board = duty_queries.on_duty(actor("street"))
    assert len([r for r in board if r.since]) == 12
    assert {r.place for r in board} == set(FUNCTIONS)
