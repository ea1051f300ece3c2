"""S02: all civil servants of Tianjin back by 27 January; the leave of medical staff is cancelled.

16 districts of 8 offices of 75, and a hospital each: 10,240 people. Nine of ten answer; what a unit
still owes at the deadline climbs by itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client
from tests.scenarios.city import hire_all
from tests.scenarios.gate import Gate, act
from tests.scenarios.hands import actor, import_city, join, people, unit, units
from tests.town import accepted

from lianfang.areas.models import Area
from lianfang.kernel import clock, times
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.mobilising import gathering, links, team_queries
from lianfang.mobilising.models import Recall, Recalled

pytestmark = pytest.mark.django_db
OFFICES, EACH, STAFF = 8, 75, 40
NOON = datetime.fromisoformat("2020-01-25T12:00:00+08:00")
DEADLINE = datetime.fromisoformat("2020-01-27T00:00:00+08:00")


def recall(name: str, tree: UUID, city: Area) -> Recall:
    """Recall everybody below a unit to the post."""
    payload = {
        "recall_id": str(id_ := new_id()),
        "organisation_id": str(tree),
        "area_id": str(city.id),
        "name": name,
        "deadline": DEADLINE.isoformat(),
    }
    accepted(gathering.open_recall(actor("city"), payload))
    return Recall.objects.get(id=id_)


def test_all_are_recalled_answer_and_the_silent_climb() -> None:
    homes = {home.district: home for home in import_city("1201")}
    city = Area.objects.get(code="1201")
    hire_all(
        [("city", "city_command", city, "")]
        + [(f"lead{d}", "community_lead", home, "") for d, home in homes.items()]
    )
    office, health = unit("天津市机关"), unit("天津市卫健系统")
    branches = dict(zip(homes, units([f"{d}区机关" for d in homes], office), strict=True))
    hospitals = dict(zip(homes, units([f"{d}区医院" for d in homes], health), strict=True))
    staff: dict[str, list[UUID]] = {}
    for district, home in homes.items():
        offices = units([f"{district}第{n}局" for n in range(OFFICES)], branches[district])
        staff[district] = people(home, None, OFFICES * EACH)
        for n, one in enumerate(offices):
            join(district, one, staff[district][n * EACH : (n + 1) * EACH])
        people(home, hospitals[district], STAFF)

    with times.at(NOON):
        back = recall("全体公务员返岗", office, city)
        doctors = recall("取消休假，全员到岗", health, city)
        assert Recalled.objects.filter(recall_id=back.id).count() == 16 * OFFICES * EACH == 9_600
        assert Recalled.objects.filter(recall_id=doctors.id).count() == 640
        for district, everybody in staff.items():
            entries = []
            for number, person in enumerate(everybody):
                content = {"recall_id": str(back.id), "person_id": str(person), "answer": "back"}
                # One office in each district has two who say nothing.
                if number in (3, 4):
                    continue
                if number % 25 == 8:
                    content |= {"answer": "excused", "why": "在鄂探亲，就地隔离"}
                elif number % 25 == 9:
                    content["answer"] = "on_the_way"
                entries.append(act("recall.answer", content, district))
            Gate(f"lead{district}").must(entries)
        # One answers by the own link, without an account.
        first = homes[min(homes)].district
        shy = staff[first][3]
        link = f"/r/{links.token(links.Purpose.RECALL, first, back.id, shy)}"
        told = Client().post(link, {"entry_id": str(new_id()), "answer": "back"})
        assert told.status_code == 302
        accepted(gathering.in_districts(actor("city"), back.id, "recall.remind", new_id()))
        reminded = Recalled.objects.filter(recall_id=back.id, reminders=1)
        assert reminded.count() == 16 * 2 - 1

        figures = team_queries.recall_figures(actor("city"), back)
        assert len(figures) == 16 * OFFICES
        assert sum(f.members for f in figures) == 9_600
        assert sum(f.silent for f in figures) == 31
        assert sum(f.excused for f in figures) == 16 * 24
        assert sum(f.on_the_way for f in figures) == 16 * 24
        assert {f.silent for f in figures[:15]} == {2}
        # An office that has answered owes nothing any more.
        owed = Duty.objects.filter(kind="recall_silent", context_id=back.id, state="open")
        assert owed.count() == 16

    with times.at(DEADLINE + timedelta(minutes=10)):
        clock.run()
        assert set(owed.values_list("climbs", flat=True)) == {1}
        assert owed.count() == 16
        accepted(gathering.close_recall(actor("city"), back.id))
        assert not owed.exists()
        assert Recall.objects.get(id=back.id).closed_at
