"""Whistles: deadlines climb, refusals stay, only the raiser closes, figures are derived."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests import town as towns
from tests.mobilising.helpers import organisation
from tests.town import COMMUNITY, DISTRICT, Town, do, entry

from lianfang.kernel import clock, times
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty, DutyEvent
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.kernel.verification import verify
from lianfang.mobilising import whistle_queries as queries
from lianfang.mobilising.models import Whistle, WhistleDepartment

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    town = towns.build()
    town.hire("street", "street_command", "440605011")
    town.hire("district", "district_command", DISTRICT)
    return town


def blow(town: Town, *units: UUID, urgency: str = "two_hours", who: str = "street") -> UUID:
    id_ = new_id()
    code = "440605011" if who == "street" else COMMUNITY
    payload = {
        "whistle_id": str(id_),
        "area_id": str(town.areas[code].id),
        "kind": "supplies",
        "title": "菜场断货",
        "urgency": urgency,
        "departments": [str(u) for u in units],
    }
    do(town.actor(who), "whistle.raise", payload)
    return id_


def tell(town: Town, who: str, command: str, id_: UUID, **more: Any) -> Receipt:
    payload = {"whistle_id": str(id_), **{k: str(v) for k, v in more.items()}}
    return submit(town.actor(who), [entry(f"whistle.{command}", payload)])[0]


def bureau(town: Town, name: str) -> UUID:
    """Make a department of the district with an account of the same name."""
    unit = organisation(name)
    account = town.hire(name, "auditor", None)
    from lianfang.areas.models import Grant

    given = Grant.objects.get(account_id=account.id)
    do(OPERATOR, "grant.end", {"grant_id": str(given.id)}, "")
    payload = {
        "account_id": str(account.id),
        "role": "auditor",
        "area_id": str(town.areas[DISTRICT].id),
        "organisation_id": str(unit),
    }
    do(OPERATOR, "grant.give", payload, "")
    return unit


def test_departments_report_handle_and_the_street_closes(town: Town) -> None:
    trade, police = bureau(town, "trade"), bureau(town, "police")
    id_ = blow(town, trade, police)
    assert Duty.objects.filter(kind="whistle", state="open").count() == 2
    assert tell(town, "trade", "report", id_, organisation_id=trade, by="李科长").result["in_time"]
    strange = tell(town, "trade", "report", id_, organisation_id=police)
    assert strange.refusal
    assert strange.refusal.code == "whistle.not_your_department"
    tell(town, "police", "refuse", id_, organisation_id=police, why="不属本局职责")
    tell(town, "trade", "handle", id_, text="已补货")
    early = tell(town, "trade", "close", id_, mark=5)
    assert early.refusal
    above = tell(town, "district", "close", id_, mark=5)
    assert above.refusal
    assert above.refusal.code == "whistle.only_the_raiser"
    assert tell(town, "street", "close", id_, mark=4).result["state"] == "closed"
    # The refusal stays for all to see, with its reason.
    kept = WhistleDepartment.objects.get(organisation_id=police)
    assert (kept.state, kept.why) == ("refused", "不属本局职责")
    steps = [s.action for s in queries.whistle_steps(Whistle.objects.get(id=id_))]
    assert steps == ["raise", "report", "refuse", "handle", "close"]
    assert not Duty.objects.filter(state="open").exists()


def test_a_refusal_becomes_the_superiors_decision(town: Town) -> None:
    trade = bureau(town, "trade")
    id_ = blow(town, trade)
    tell(town, "trade", "refuse", id_, organisation_id=trade, why="不归我们管")
    duty = Duty.objects.get(kind="whistle_refused", state="open")
    assert duty.held_path == town.areas[DISTRICT].path
    # Told to come after all, the department comes.
    tell(town, "trade", "report", id_, organisation_id=trade, by="王")
    assert Duty.objects.get(kind="whistle_refused").state == "done"
    assert WhistleDepartment.objects.get().why == "不归我们管"


@pytest.mark.parametrize(
    ("urgency", "span"),
    [
        ("half_hour", timedelta(minutes=30)),
        ("two_hours", timedelta(hours=2)),
        ("day", timedelta(hours=24)),
        ("week", timedelta(days=7)),
    ],
)
def test_overdue_ones_climb_to_the_common_superior(
    town: Town, urgency: str, span: timedelta
) -> None:
    trade = bureau(town, "trade")
    moment = now()
    with times.at(moment):
        id_ = blow(town, trade, urgency=urgency)
    with times.at(moment + span - timedelta(minutes=1)):
        clock.run()
        assert Duty.objects.get(kind="whistle").climbs == 0
    with times.at(moment + span + timedelta(minutes=1)):
        clock.run()
        duty = Duty.objects.get(kind="whistle")
        assert (duty.climbs, duty.held_path) == (1, town.areas[DISTRICT].path)
        assert DutyEvent.objects.filter(duty_id=duty.id, action="climb").exists()
        late = tell(town, "trade", "report", id_, organisation_id=trade, by="李")
    assert late.result["in_time"] is False


def test_a_reopened_matter_and_the_statistics(town: Town) -> None:
    trade, police = bureau(town, "trade"), bureau(town, "police")
    first, second = blow(town, trade, police), blow(town, trade)
    tell(town, "trade", "report", first, organisation_id=trade, by="李")
    tell(town, "trade", "report", second, organisation_id=trade, by="李")
    tell(town, "street", "close", first, mark=3)
    tell(town, "street", "reopen", first, text="又断货")
    assert Duty.objects.filter(kind="whistle", state="open").count() == 1
    tell(town, "street", "close", first, mark=5)
    found = {f.name: f for f in queries.department_figures(town.actor("street"))}
    mine = found["trade"]
    assert (mine.called, mine.reported, mine.in_time, mine.solved) == (2, 2, 2, 1)
    assert (mine.reopened, mine.mark) == (1, 5.0)
    assert (found["police"].open, found["police"].reported) == (1, 0)


def test_others_see_nothing_of_it(town: Town) -> None:
    town.hire("elsewhere", "community_lead", "440605012901")
    id_ = blow(town, bureau(town, "trade"))
    assert queries.whistle(town.actor("elsewhere"), DISTRICT, id_) is None
    assert tell(town, "elsewhere", "log", id_, text="看看").refusal


@pytest.mark.django_db(transaction=True)
def test_a_replay_gives_the_same_matters(town: Town) -> None:
    trade, police = bureau(town, "trade"), bureau(town, "police")
    id_ = blow(town, trade, police, who="lead")
    tell(town, "trade", "report", id_, organisation_id=trade, by="李")
    tell(town, "police", "refuse", id_, organisation_id=police, why="不归我们")
    tell(town, "lead", "close", id_, mark=2)
    tell(town, "lead", "reopen", id_, text="没有解决")
    assert verify().differences == []
