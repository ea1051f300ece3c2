"""The pages of tracing: the desk's way from a case to verified contacts; who sees what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.screening.helpers import client
from tests.town import COMMUNITY, Town
from tests.tracing.helpers import (
    AWAY,
    DISTRICT,
    build,
    case,
    contacts,
    must,
    named,
    people,
    today,
)

from lianfang.people.models import Person
from lianfang.tracing.models import Case, Contact
from lianfang.watching import queries as watching

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build()


def send(browser: Client, where: str, **data: Any) -> Any:
    answer = browser.post(where, data, follow=True)
    assert answer.status_code == 200, answer.content.decode()[-3_000:]
    return answer


def test_from_a_person_to_a_case_to_its_household_under_watch(town: Town) -> None:
    sick, wife = people(town, "3-2-501")
    desk, worker = client(town, "officer"), client(town, "grid1")
    person = desk.get(f"/persons/{DISTRICT}/{sick}").content.decode()
    assert f"/cases/new?person={DISTRICT}/{sick}" in person
    send(
        desk,
        f"/cases/new?person={DISTRICT}/{sick}",
        area_id=town.areas[COMMUNITY].id,
        state="confirmed",
        onset=str(today() - timedelta(days=2)),
        rule="nhc5",
    )
    row = Case.objects.get(district=DISTRICT)
    where = f"/cases/{DISTRICT}/{row.id}"
    assert (row.person_id, row.onset) == (sick, today() - timedelta(days=2))
    send(desk, f"{where}/interview", symptoms="咳嗽", worked="菜市场摊主")
    page = send(desk, where, act="find").content.decode()
    assert Person.objects.get(id=wife).name in page
    send(desk, where, act="send")
    contact = contacts(row)[wife]
    assert contact.state == "sent"
    line = f"/contacts/{DISTRICT}/{contact.id}/answer"
    assert line in worker.get("/contacts").content.decode()
    page = worker.get(line).content.decode()
    # The form knows who it is and from when: nothing of it is typed again.
    assert str(wife) in page
    send(
        worker,
        line,
        outcome="found",
        person_id=str(wife),
        isolate="home",
        from_day=str(today()),
        days=14,
    )
    assert wife in watching.watched(DISTRICT, [wife])
    assert "1/1" in desk.get("/cases").content.decode()


def test_a_community_sees_who_is_to_be_found_and_nothing_of_the_case(town: Town) -> None:
    sick = people(town, "3-2-501")[0]
    row = case(town, sick, cluster="海鲜市场")
    contact = named(town, row, "李四", address="和平路 3 号", last_day=str(today()))
    community = town.areas[COMMUNITY].id
    must(town.actor("officer"), "contact.send", contact_id=contact.id, community_id=community)
    lead = client(town, "lead")
    secret = ["海鲜市场", Person.objects.get(id=sick).name, str(row.id), "/cases/"]
    for where in ("/contacts", f"/contacts/{DISTRICT}/{contact.id}/answer"):
        page = lead.get(where).content.decode()
        assert "李四" in page
        assert not [s for s in secret if s in page], where
    assert "和平路" in lead.get(f"/contacts/{DISTRICT}/{contact.id}/answer").content.decode()
    # A command above the community reads numbers only.
    assert "李四" not in client(town, "other").get("/contacts").content.decode()


def test_who_lives_elsewhere_is_sent_there_by_the_name_of_the_community(town: Town) -> None:
    row = case(town, people(town, "3-2-501")[0])
    desk = client(town, "officer")
    send(
        desk,
        f"/cases/{DISTRICT}/{row.id}",
        act="contact",
        name="赵六",
        degree="close",
        community="莲花社区",
    )
    contact = Contact.objects.get(district=DISTRICT)
    assert contact.community_id == town.areas[AWAY].id
    where = f"/contacts/{DISTRICT}/{contact.id}"
    assert AWAY in desk.get(where).content.decode()
    unknown = desk.post(where, {"act": "send", "community": "没有的社区", "hours": 4})
    assert unknown.status_code == 422
    send(desk, where, act="send", community=AWAY, hours=4)
    contact.refresh_from_db()
    assert contact.state == "on_way"


def test_the_chain_draws_who_infected_whom(town: Town) -> None:
    sick, wife = people(town, "3-2-501")
    first = case(town, sick, onset=str(today() - timedelta(days=8)), cluster="家庭")
    second = case(
        town,
        wife,
        onset=str(today() - timedelta(days=3)),
        infected_by_id=str(first.id),
        cluster="家庭",
    )
    must(town.actor("officer"), "contact.find", case_id=first.id)
    page = client(town, "officer").get("/cases/chain?cluster=家庭").content.decode()
    assert page.count("chain-dot") >= 2
    assert page.count("chain-line") == 1
    assert f"/cases/{DISTRICT}/{second.id}" in page
    assert "5" in page
    empty = client(town, "officer").get("/cases/chain?cluster=没有").status_code
    assert empty == 200


def test_a_second_day_is_corrected_from_what_was_there(town: Town) -> None:
    row = case(town, people(town, "3-2-501")[0])
    desk, where = client(town, "officer"), f"/cases/{DISTRICT}/{row.id}"
    assert f'value="{row.onset}"' in desk.get(f"{where}/dates").content.decode()
    send(desk, f"{where}/dates", onset=str(today() - timedelta(days=5)), rule="nhc3")
    send(desk, f"{where}/judge", state="ruled_out")
    row.refresh_from_db()
    assert (row.onset, row.rule, row.state) == (today() - timedelta(days=5), "nhc3", "ruled_out")


PAGES = {
    "cases": "/cases",
    "xlsx": "/cases.xlsx",
    "new": "/cases/new",
    "chain": "/cases/chain",
    "case": "/cases/{d}/{case}",
    "dates": "/cases/{d}/{case}/dates",
    "judge": "/cases/{d}/{case}/judge",
    "interview": "/cases/{d}/{case}/interview",
    "contact": "/contacts/{d}/{contact}",
    "lists": "/contacts",
    "answer": "/contacts/{d}/{contact}/answer",
}
OPENS: dict[str, set[str]] = {
    "officer": set(PAGES),
    "lead": {"lists", "answer"},
    "grid1": {"lists"},
    "staff": {"lists", "answer"},
    "other": {"lists"},
    "away_lead": {"lists"},
    "volunteer": set(),
}


@pytest.mark.parametrize("who", sorted(OPENS))
def test_each_role_opens_its_pages_and_no_other(town: Town, who: str) -> None:
    row = case(town, people(town, "3-2-501")[0])
    contact = named(town, row)
    community = town.areas[COMMUNITY].id
    must(town.actor("officer"), "contact.send", contact_id=contact.id, community_id=community)
    browser, found = client(town, who), set()
    for name, where in PAGES.items():
        status = browser.get(where.format(d=DISTRICT, case=row.id, contact=contact.id)).status_code
        assert status in (200, 404), (name, status)
        if status == 200:
            found.add(name)
    assert found == OPENS[who]
