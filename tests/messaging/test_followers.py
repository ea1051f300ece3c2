"""Whose bell rings for which record of another room."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from tests.messaging.helpers import build
from tests.messaging.test_notice_pages import client
from tests.mobilising.helpers import organisation, staff
from tests.town import COMMUNITY, DISTRICT, Town, accepted, do, entry

from lianfang.kernel import clock
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.messaging import notice_queries
from lianfang.messaging.models import Notice
from lianfang.people.models import Account

pytestmark = pytest.mark.django_db


def told(town: Town, who: str) -> dict[str, int]:
    """Return the kinds of an account's notices, each with its last count."""
    mine = Notice.objects.filter(account_id=town.accounts[who].id).order_by("at")
    return dict(mine.values_list("kind", "count"))


def member(town: Town, username: str, person_id: UUID) -> None:
    """Make an account of a person, with a volunteer's role."""
    account_id = str(new_id())
    do(
        OPERATOR,
        "account.create",
        {
            "account_id": account_id,
            "username": username,
            "name": username,
            "person_district": DISTRICT,
            "person_id": str(person_id),
        },
        "",
    )
    area_id = str(town.areas[COMMUNITY].id)
    grant = {"account_id": account_id, "role": "volunteer", "area_id": area_id}
    do(OPERATOR, "grant.give", grant, "")
    town.accounts[username] = Account.objects.get(id=account_id)


def test_a_whistle_rings_at_the_department_and_its_answer_at_the_raiser() -> None:
    town = build()
    unit = organisation("供水公司")
    town.hire("water", "site_staff", "440605011")
    account = {"account_id": str(town.accounts["water"].id), "role": "auditor"}
    area_id = str(town.areas["440605011"].id)
    do(OPERATOR, "grant.give", {**account, "area_id": area_id, "organisation_id": str(unit)}, "")
    whistle_id = str(new_id())
    content = {
        "whistle_id": whistle_id,
        "area_id": str(town.areas[COMMUNITY].id),
        "kind": "停水",
        "title": "三号楼王大爷家停水",
        "urgency": "half_hour",
        "departments": [str(unit)],
    }
    do(town.actor("lead"), "whistle.raise", content)
    assert told(town, "water") == {"whistle.raise": 1}
    one = Notice.objects.get(account_id=town.accounts["water"].id)
    assert one.urgent
    assert "王大爷" not in one.about + one.text
    answer = {"whistle_id": whistle_id, "organisation_id": str(unit), "why": "人手不够"}
    do(town.actor("water"), "whistle.refuse", answer)
    assert told(town, "lead") == {"whistle.refuse": 1}
    assert told(town, "other") == {}


def test_a_recall_rings_at_its_members_and_opens_where_they_answer() -> None:
    town = build()
    unit = organisation("南京路社区")
    one, other = staff(town, unit, 2)
    member(town, "zhang", one)
    member(town, "li", other)
    recall = {"recall_id": str(new_id())}
    content = {
        **recall,
        "organisation_id": str(unit),
        "area_id": str(town.areas["440605"].id),
        "name": "全员返岗",
        "deadline": (now() + timedelta(hours=12)).isoformat(),
    }
    do(OPERATOR, "recall.open", content, "")
    do(OPERATOR, "recall.join", recall)
    assert told(town, "zhang") == {"recall.join": 1}
    notice = Notice.objects.get(account_id=town.accounts["zhang"].id)
    opened = client(town, "zhang").get(f"/notices/{DISTRICT}/{notice.id}").headers["Location"]
    assert opened.startswith("/r/")
    answered = {**recall, "person_id": str(one), "answer": "back"}
    do(OPERATOR, "recall.answer", answered)
    do(OPERATOR, "recall.remind", recall)
    assert told(town, "zhang") == {"recall.join": 1}
    assert told(town, "li") == {"recall.join": 1, "recall.remind": 1}


def test_overdue_duties_ring_once_with_their_number() -> None:
    town = build()
    town.register(1, *[f"9-1-{100 + n}" for n in range(40)])
    acts = []
    for label in [k for k in town.households if k.startswith("9-")][:30]:
        home = str(town.households[label])
        acts.append(entry("order.place", {"household_id": home, "kind": "rubbish"}))
    accepted(submit(town.actor("lead"), acts))
    duties = Duty.objects.filter(district=DISTRICT)
    assert duties.count() >= 30
    clock.run(now() + timedelta(days=3))
    lead = Notice.objects.filter(account_id=town.accounts["lead"].id, kind="duty.climbed")
    assert lead.count() == 1
    assert lead.get().count >= 30


def test_a_published_plan_is_told_once_in_each_district() -> None:
    town = build()
    unit = organisation("机关")
    (person,) = staff(town, unit, 1)
    member(town, "zhang", person)
    plan = str(new_id())
    area = str(town.areas[COMMUNITY].id)
    day = (now() + timedelta(days=1)).date()
    do(
        OPERATOR,
        "deployment.open",
        {
            "deployment_id": plan,
            "area_id": area,
            "name": "下沉值守",
            "first_day": day.isoformat(),
            "days": 1,
            "shifts": [{"key": "d", "start": 480, "end": 960}],
        },
        "",
    )
    need = str(new_id())
    do(
        OPERATOR,
        "deployment.need",
        {
            "deployment_id": plan,
            "area_id": area,
            "needs": [
                {
                    "need_id": need,
                    "area_id": area,
                    "place": "东门",
                    "day": 0,
                    "shift": "d",
                    "number": 1,
                }
            ],
        },
    )
    put = {"need_id": need, "person_district": DISTRICT, "person_id": str(person)}
    placed = {"deployment_id": plan, "area_id": area, "put": [put]}
    do(OPERATOR, "deployment.place", placed)
    clock.run()
    assert told(town, "zhang") == {}
    do(OPERATOR, "deployment.publish", {"deployment_id": plan}, "")
    clock.run()
    clock.run(now() + timedelta(minutes=5))
    assert told(town, "zhang") == {"deployment.publish": 1}
    assert Notice.objects.filter(account_id=town.accounts["zhang"].id).count() == 1
    notice = Notice.objects.get(account_id=town.accounts["zhang"].id)
    assert notice_queries.link(town.actor("zhang"), notice).startswith("/s/")


def test_a_relieved_helper_and_the_relief_are_told() -> None:
    town = build()
    one, other = staff(town, None, 2)
    member(town, "zhang", one)
    member(town, "li", other)
    area = str(town.areas[COMMUNITY].id)
    begin = {"area_id": area, "person_id": str(one), "place": "东门"}
    do(town.actor("lead"), "duty_time.begin", begin)
    relieve = {"area_id": area, "person_id": str(one), "by_id": str(other)}
    do(town.actor("lead"), "relief.arrange", relieve)
    assert told(town, "zhang") == {"relief.arrange": 1}
    assert told(town, "li") == {"relief.take_over": 1}
