"""S21, information: the first confirmed case in a community, and every household hears the truth.

Emeishan Road community, Qingdao (370211005038): 1,200 doors in 12 grids are told within the day;
who confirms on the own page is reached, the others are gone to; questions and rumours are answered.
And S11: public science through the grid, not a household left out.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from tests.scenarios import city
from tests.scenarios.gate import Gate, act

from lianfang.kernel import clock
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.kernel.times import at, local, now
from lianfang.messaging import bulletin_queries as queries
from lianfang.messaging.models import Bulletin
from lianfang.people.auth import actor_for
from lianfang.people.models import Account
from lianfang.services import ask_queries, cards

pytestmark = pytest.mark.django_db
COMMUNITY = "370211005038"
DISTRICT = "370211"
GRIDS = 12
EACH = 100


def test_every_household_is_told_and_every_question_answered() -> None:
    areas = city.import_areas(COMMUNITY)
    community = areas[COMMUNITY]
    grids = city.draw_grids([community], GRIDS)
    assert len(grids) == GRIDS
    city.hire_all([(f"worker{n}", "grid_worker", grid, "") for n, grid in enumerate(grids)])
    city.hire("desk", "community_lead", community)
    desk = Gate("desk")
    homes = [UUID(h.id) for h in city.settle(desk, grids, each=EACH, persons=1)]
    told = str(new_id())
    letter = {
        "bulletin_id": told,
        "area_id": str(community.id),
        "title": "致居民的一封信",
        "text": "本社区有一例确诊，已送定点医院。出入口二十四小时值守，凭证出入，每日测温。",
        "source": "区疫情防控指挥部",
        "severity": "severe",
        "acknowledge": True,
        "knock_at": (now() + timedelta(hours=6)).isoformat(),
    }
    desk.must([act("bulletin.publish", letter, DISTRICT)])
    row = Bulletin.objects.get(id=told)
    assert queries.figures(row).doors == GRIDS * EACH

    # Ten read and confirm in a browser, by the code on the door; most others by the same command.
    for home in homes[:10]:
        reader = Client()
        page = f"/d/{cards.code_of(DISTRICT, home)}/news/{told}"
        assert "凭证出入" in reader.get(page).content.decode()
        assert reader.post(page, {"entry_id": ""}).status_code == 302
    assert (queries.figures(row).read, queries.figures(row).reached) == (10, 10)
    online = [h for n, h in enumerate(homes) if n >= 10 and n % 10 < 7]
    desk.must([_at(told, "bulletin.acknowledge", h) for h in online])

    # After six hours each grid with doors left has a duty with their list, and it is worked off.
    later = now() + timedelta(hours=7)
    clock.run(later)
    left = queries.figures(row).missed
    knocks = Duty.objects.filter(kind="knock")
    assert knocks.count() == GRIDS
    assert sum(d.details["doors"] for d in knocks) == left == len(homes) - 10 - len(online)
    with at(later + timedelta(minutes=5)):
        for number, grid in enumerate(grids):
            worker = actor_for(Account.objects.get(username=f"worker{number}"))
            doors = list(queries.missed(worker, row, grid.id))
            assert {d.area_id for d in doors} == {grid.id}
            Gate(f"worker{number}").must([_at(told, "bulletin.told", d.id) for d in doors])
    figures = queries.figures(row)
    assert (figures.missed, figures.knocks) == (0, 0)
    assert set(knocks.values_list("state", flat=True)) == {"done"}

    # Rumours and questions: an answer with its source, found by who types three characters of it.
    rumour = {
        "bulletin_id": str(new_id()),
        "area_id": str(community.id),
        "kind": "rumour",
        "title": "网传小区水管里查出病毒",
        "text": "不属实。供水每日检测，指标正常。",
        "source": "市水务集团",
        "verdict": "false",
    }
    faq = {
        "bulletin_id": str(new_id()),
        "area_id": str(community.id),
        "kind": "faq",
        "title": "生活垃圾怎么处理",
        "text": "双层袋扎紧，每晚七点放门口，专人收。",
    }
    desk.must([act("bulletin.publish", p, DISTRICT) for p in (rumour, faq)])
    for home in homes[20:45]:
        code = cards.code_of(DISTRICT, home)
        Client().post(
            f"/d/{code}/ask", {"kind": "question", "text": "垃圾往哪放？", "entry_id": ""}
        )

    lead = actor_for(Account.objects.get(username="desk"))
    asks = list(ask_queries.asks(lead, [DISTRICT]))
    assert len(asks) == 25
    answers = []
    for ask in asks:
        at_door = {"ask_id": str(ask.id), "household_id": str(ask.household_id)}
        answers.append(act("ask.answer", {**at_door, "text": faq["text"]}, DISTRICT))
        content = {**at_door, "bulletin_id": faq["bulletin_id"]}
        answers.append(act("bulletin.asked", content, DISTRICT))
    desk.must(answers)
    assert not ask_queries.asks(lead, [DISTRICT]).exists()
    today = local(now()).date()
    most = queries.asked_most(community, today, today)
    assert [(m.bulletin.title, m.times) for m in most] == [("生活垃圾怎么处理", 25)]
    for text in ("水管里", "病毒"):
        shown = Client().get(f"/d/{cards.code_of(DISTRICT, homes[100])}/news?q={text}")
        assert "网传小区水管里查出病毒" in shown.content.decode()


def _at(bulletin_id: str, command: str, home: object) -> Entry:
    return act(command, {"bulletin_id": bulletin_id, "household_id": str(home)}, DISTRICT)


def test_public_science_goes_through_every_grid() -> None:
    areas = city.import_areas(COMMUNITY)
    community = areas[COMMUNITY]
    grids = city.draw_grids([community], 3)
    city.hire("desk", "community_lead", community)
    desk = Gate("desk")
    homes = [UUID(h.id) for h in city.settle(desk, grids, each=20, persons=1)]
    tips = ["七步洗手法", "口罩怎么戴", "室内怎么通风"]
    entries = [
        act(
            "bulletin.publish",
            {
                "bulletin_id": str(new_id()),
                "area_id": str(community.id),
                "kind": "tip",
                "title": tip,
                "text": f"{tip}：看图学。",
                "source": "市疾控中心",
            },
            DISTRICT,
        )
        for tip in tips
    ]
    desk.must(entries)
    first = Bulletin.objects.get(title="七步洗手法")
    # A tip asks for no confirmation: to have read it is enough. The grids see who has not.
    for home in homes[::2]:
        Client().get(f"/d/{cards.code_of(DISTRICT, home)}/news/{first.id}")
    lead = actor_for(Account.objects.get(username="desk"))
    by_grid = queries.by_grid(lead, first)
    assert [(every, left) for _, every, left in by_grid] == [(20, 10)] * 3
    desk.must([act("bulletin.knock", {"bulletin_id": str(first.id)}, DISTRICT)])
    desk.must([_at(str(first.id), "bulletin.told", d.id) for d in queries.missed(lead, first)])
    assert queries.figures(first).reached == len(homes)
    feed = Client().get(f"/feeds/{COMMUNITY}.atom").content.decode()
    assert all(tip in feed for tip in tips)
