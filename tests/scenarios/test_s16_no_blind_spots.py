"""S05 and S16: key sites kept up, and no blind spots among the places of an area."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from tests.scenarios.gate import Gate, act
from tests.supplies.helpers import build
from tests.town import COMMUNITY, DISTRICT, Town

from lianfang.kernel import clock
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.kernel.times import now
from lianfang.supplies import place_queries

pytestmark = pytest.mark.django_db

# Kind, how many of them, every how many days somebody looks, what is looked at.
REGISTER = [
    ("enterprise", 120, 7, ["员工测温", "错峰就餐", "消毒记录"]),
    ("school", 12, 3, ["晨午检", "封闭管理"]),
    ("hospital", 4, 1, ["预检分诊", "通信畅通", "发热门诊"]),
    ("mall", 9, 2, ["门口测温", "人流"]),
    ("park", 6, 7, ["聚集劝散"]),
    ("market", 11, 1, ["禁售活禽", "消毒记录", "口罩"]),
    ("communications", 30, 1, ["基站供电", "线路"]),
    ("government", 8, 3, ["通信畅通", "测温"]),
]
TOTAL = sum(number for _k, number, _d, _c in REGISTER)


@pytest.fixture
def town() -> Town:
    return build()


def register(town: Town, desk: Gate) -> dict[UUID, tuple[str, int]]:
    """Register all places; returns kind and number of checks by id."""
    made, entries = {}, []
    for kind, number, days, checklist in REGISTER:
        for n in range(number):
            place_id = new_id()
            made[place_id] = (kind, len(checklist))
            payload = {
                "place_id": str(place_id),
                "area_id": str(town.areas[COMMUNITY].id),
                "kind": kind,
                "name": f"{kind}-{n + 1}",
                "every_days": days,
                "checklist": checklist,
            }
            entries.append(act("place.register", payload, DISTRICT))
    desk.must(entries)
    return made


def inspect(place_id: UUID, checks: int, bad: bool = False) -> Entry:
    answers = [{"number": n, "good": not (bad and n == 0)} for n in range(checks)]
    return act("place.inspect", {"place_id": str(place_id), "checks": answers}, DISTRICT)


def test_every_site_is_covered_and_the_ones_that_are_not_stand_in_a_list(town: Town) -> None:
    desk = Gate("lead")
    made = register(town, desk)
    lead = town.actor("lead")
    # Nobody has looked at any of them: each is due, in a list and in somebody's duties.
    assert place_queries.places(lead, "never").count() == TOTAL == 200
    clock.run()
    assert Duty.objects.filter(district=DISTRICT, kind="inspect", state="open").count() == TOTAL
    assert place_queries.figures(lead, town.areas[COMMUNITY]) == (TOTAL, TOTAL)

    seen = [p for n, p in enumerate(made) if n % 5]
    desk.must([inspect(p, made[p][1], bad=made[p][0] == "market") for p in seen])
    never = set(place_queries.places(lead, "never").values_list("id", flat=True))
    assert never == set(made) - set(seen)
    markets = sum(made[p][0] == "market" for p in seen)
    assert place_queries.places(lead, "findings").count() == markets
    assert Duty.objects.filter(kind="mend_finding", state="open").count() == markets

    # Two days on, whoever is looked at each day or every second day is due again.
    clock.run(now() + timedelta(days=2, minutes=1))
    again = [p for p in seen if made[p][0] in ("hospital", "market", "communications", "mall")]
    due = Duty.objects.filter(district=DISTRICT, kind="inspect", state="open")
    assert set(due.values_list("subject_id", flat=True)) == never | set(again)
    assert place_queries.figures(lead, town.areas[COMMUNITY]) == (TOTAL, len(never) + len(again))


def test_the_figures_add_up_to_the_district(town: Town) -> None:
    register(town, Gate("lead"))
    town.hire("district", "district_command", "440605")
    commander = town.actor("district")
    for code in (COMMUNITY, "440605011", "440605"):
        assert place_queries.figures(commander, town.areas[code])[0] == TOTAL
    assert place_queries.figures(town.actor("other"), town.areas["440605"]) == (0, 0)
