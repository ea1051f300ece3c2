"""S14: streets call, departments come; 50,000 members join community teams."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from tests.scenarios.city import hire
from tests.scenarios.gate import Gate, act
from tests.scenarios.hands import above, actor, import_city, join, people, unit
from tests.town import accepted

from lianfang.areas.models import Area
from lianfang.kernel import clock, times
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.mobilising import gathering, team_queries, whistle_queries
from lianfang.mobilising.models import TeamMember
from lianfang.people.models import Account, Membership

pytestmark = pytest.mark.django_db
EACH = 3_126


def test_50_000_members_join_the_teams_of_their_communities() -> None:
    homes = import_city("1201")
    hire("city", "city_command", Area.objects.get(code="1201"))
    teams = [
        (
            f"{home.name}党员突击队",
            {"team_id": str(new_id()), "area_id": str(home.id), "first_day": "2020-01-28"},
        )
        for home in homes
    ]
    accepted(gathering.form_teams(actor("city"), teams))
    for home, (_name, team) in zip(homes, teams, strict=True):
        members = people(home, None, EACH)
        join(home.district, UUID(team["team_id"]), members)
    assert TeamMember.objects.filter(until=None).count() == 16 * EACH == 50_016
    assert Membership.objects.filter(until=None).count() == 50_016
    # The lists stay lists: a page of one team, and of all teams.
    browser = Client()
    browser.force_login(Account.objects.get(username="city"))
    shown = browser.get(f"/teams/{teams[0][1]['team_id']}")
    assert shown.status_code == 200
    assert "3126" in shown.content.decode().replace(",", "")
    assert team_queries.active_teams(actor("city")).count() == 16


def whistle(desk: Gate, street: Area, departments: list[UUID], **more: Any) -> UUID:
    """Raise a matter as the street."""
    payload = {
        "whistle_id": str(id_ := new_id()),
        "area_id": str(street.id),
        "kind": "guarding",
        "title": "小区出入口无人值守",
        "urgency": "half_hour",
        "departments": [str(d) for d in departments],
        **more,
    }
    desk.must([act("whistle.raise", payload, street.district)])
    return id_


def test_the_street_whistles_the_late_climb_and_only_the_street_closes() -> None:
    homes = import_city("1201")
    street = above(homes[0])
    county = Area.objects.get(code=street.district)
    hire("street", "street_command", street)
    hire("district", "district_command", county)
    city_guard, market, health = departments = [unit(n) for n in ("城管", "市场监管", "卫健")]
    desk, district = Gate("street"), Gate("district")
    start = datetime.fromisoformat("2020-02-03T09:00:00+08:00")

    def send(gate: Gate, command: str, id_: UUID, minutes: int, **more: Any) -> dict[str, Any]:
        with times.at(start + timedelta(minutes=minutes)):
            content = {"whistle_id": str(id_), **more}
            (receipt,) = gate.send([act(command, content, street.district)])
            return receipt

    with times.at(start):
        id_ = whistle(desk, street, departments)
        slow = whistle(desk, street, [market], urgency="day", title="菜场消毒")
    send(desk, "whistle.report", id_, 12, organisation_id=str(city_guard), by="赵队")
    send(desk, "whistle.refuse", id_, 20, organisation_id=str(market), why="人手全部在外")
    with times.at(start + timedelta(minutes=31)):
        clock.run()
        late = Duty.objects.get(kind="whistle", context_id=id_, state="open")
        assert (late.subject_id, late.climbs) == (health, 1)
        # It lies with the common superior now; the refusal waits for a decision there as well.
        assert late.held_path == county.path
        assert Duty.objects.get(kind="whistle_refused", state="open").subject_id == market
        # The one that has a day does not climb.
        assert Duty.objects.get(kind="whistle", context_id=slow).climbs == 0
    # The superior makes the two come; that they came late, and refused first, stays visible.
    send(district, "whistle.report", id_, 50, organisation_id=str(health), by="李科")
    send(district, "whistle.report", id_, 55, organisation_id=str(market), by="周所")
    for minutes, organisation, text in ((60, city_guard, "设卡"), (70, health, "测温到位")):
        send(desk, "whistle.log", id_, minutes, organisation_id=str(organisation), text=text)
    send(district, "whistle.handle", id_, 80, text="已落实")
    told_off = send(district, "whistle.close", id_, 85, mark=5)
    assert told_off["problem"]["code"] == "whistle.only_the_raiser"
    assert send(desk, "whistle.reopen", id_, 90, text="夜间无人")["status"] == "accepted"
    send(district, "whistle.handle", id_, 120, text="夜班已排")
    assert send(desk, "whistle.close", id_, 125, mark=3)["status"] == "accepted"
    assert not Duty.objects.filter(context_id=id_, state__in=("open", "claimed")).exists()

    steps = [s.action for s in whistle_queries.whistle_steps(whistle_of(id_, street))]
    assert steps == [
        "raise",
        "report",
        "refuse",
        "report",
        "report",
        "log",
        "log",
        "handle",
        "reopen",
        "handle",
        "close",
    ]
    figures = {f.name: f for f in whistle_queries.department_figures(actor("district"))}
    guard, market_, health_ = figures["城管"], figures["市场监管"], figures["卫健"]
    assert (guard.called, guard.reported, guard.in_time) == (1, 1, 1)
    assert (health_.reported, health_.in_time, health_.reopened) == (1, 0, 1)
    assert (market_.called, market_.reported, market_.open, market_.solved) == (2, 1, 1, 1)
    assert guard.mark == 3.0


def whistle_of(id_: UUID, street: Area) -> Any:
    """Return a matter as the street reads it."""
    return whistle_queries.whistle(actor("street"), street.district, id_)
