"""The resident's page: without an account, without scripts, and silent about people."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.services.helpers import accept, act, build, claim, place
from tests.town import COMMUNITY, DISTRICT, Town, do

from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.people.models import LoginTry, Person
from lianfang.screening import rounds
from lianfang.screening.models import Coverage
from lianfang.services import cards
from lianfang.services.models import Ask, Order

pytestmark = pytest.mark.django_db

PHONE = "13800000012"


@pytest.fixture
def town() -> Town:
    return build()


def address(town: Town, label: str = "3-2-501", serial: int = 0) -> str:
    return f"/d/{cards.code_of(DISTRICT, town.households[label], serial)}"


def give_phone(town: Town) -> Person:
    who = Person.objects.filter(household_id=town.households["3-2-501"]).first()
    assert who
    content = {"person_id": str(who.id), "name": "王大爷", "phone": PHONE}
    do(town.actor("lead"), "person.correct", content)
    return who


def bind(client: Client, town: Town) -> None:
    sent = client.post(f"{address(town)}/bind", {"phone": PHONE})
    assert sent.status_code == 302


def order(client: Client, town: Town, **more: Any) -> Any:
    content = {
        "kind": "shopping",
        "items": "酱油 2 瓶\n陈醋",
        "contact": "王大爷",
        "phone": PHONE,
        "ceiling": "50",
        **more,
    }
    return client.post(f"{address(town)}/order", content)


def test_a_household_orders_follows_and_confirms_without_an_account(
    town: Town, client: Client
) -> None:
    assert order(client, town).status_code == 302
    row = Order.objects.get()
    assert (row.kind, row.ceiling_fen, row.units) == ("shopping", 5000, 3)
    assert row.ordered_by.startswith("card:")
    accept(town, row.id)
    claim(town, row.id)
    act(town.actor("helper"), "order.buy", row.id, price_fen=4350)
    act(town.actor("helper"), "order.leave", row.id)
    page = client.get(f"{address(town)}/orders/{row.id}", headers={"accept-language": "zh-hans"})
    assert "已送到门口" in page.content.decode()
    assert "43.50" in page.content.decode()
    sent = client.post(f"{address(town)}/orders/{row.id}/confirm", {"entry_id": str(new_id())})
    assert sent.status_code == 302
    assert Order.objects.get().state == "confirmed"


def test_a_card_says_nothing_about_people_before_it_is_bound(town: Town, client: Client) -> None:
    who = give_phone(town)
    order_id = place(town)
    pages = ["", "/order", "/report", "/ask", "/bind", "/data", f"/orders/{order_id}"]
    for page in pages:
        text = client.get(address(town) + page).content.decode()
        for secret in (who.name, "王大爷", PHONE, "酱油", "13800"):
            assert secret not in text, (page, secret)
    bind(client, town)
    assert "酱油" in client.get(f"{address(town)}/orders/{order_id}").content.decode()


def test_only_a_number_of_the_household_binds_and_tries_are_few(town: Town, client: Client) -> None:
    give_phone(town)
    for _ in range(5):
        wrong = client.post(f"{address(town)}/bind", {"phone": "13900000000"})
        assert wrong.status_code == 422
    assert client.post(f"{address(town)}/bind", {"phone": PHONE}).status_code == 429


def test_a_community_may_ask_for_the_number_first(town: Town, client: Client) -> None:
    give_phone(town)
    community = str(town.areas[COMMUNITY].id)
    do(town.actor("lead"), "service.desk", {"community_id": community, "bind_first": True})
    assert client.get(address(town))["Location"].endswith("/bind")
    assert order(client, town).status_code == 403
    bind(client, town)
    assert order(client, town).status_code == 302


def test_a_stolen_card_is_renewed_and_the_old_one_opens_nothing(town: Town, client: Client) -> None:
    give_phone(town)
    bind(client, town)
    home = str(town.households["3-2-501"])
    do(town.actor("lead"), "card.renew", {"household_id": home, "why": "丢失"})
    assert client.get(address(town)).status_code == 404
    assert client.get(address(town, serial=1)).status_code == 200
    assert client.get(f"{address(town, serial=1)}/data").status_code == 302
    do(town.actor("lead"), "card.stop", {"household_id": home})
    assert client.get(address(town, serial=1)).status_code == 404


def test_codes_cannot_be_forged_and_trying_is_slow(town: Town, client: Client) -> None:
    good = address(town)
    forged = good[:-1] + ("A" if good[-1] != "A" else "B")
    codes: list[int] = []
    while len(codes) < 60 and 429 not in codes:
        codes.append(client.get(forged).status_code)
    assert set(codes) == {404, 429}
    LoginTry.objects.all().delete()
    assert client.get("/d/440605.酱油").status_code == 404
    assert client.get(good).status_code == 200


def test_a_household_reports_itself_and_it_counts_in_the_round(town: Town, client: Client) -> None:
    who = give_phone(town)
    round_id = new_id()
    day = timezone.localdate()
    payload = {
        "round_id": str(round_id),
        "name": "第一轮",
        "area_ids": [str(town.areas[COMMUNITY].id)],
        "first_day": str(day),
        "last_day": str(day + timedelta(days=1)),
    }
    rounds.open_round(town.actor("lead"), payload)
    assert client.post(f"{address(town)}/report", {}).status_code == 422
    assert client.post(f"{address(town)}/report", {"well": "on"}).status_code == 302
    assert Coverage.objects.get().outcome == "self_reported"
    bind(client, town)
    page = client.get(f"{address(town)}/report").content.decode()
    assert "王**" in page
    people = Person.objects.filter(household_id=who.household_id).order_by("registered_at", "id")
    field = f"t{[p.id for p in people].index(who.id)}"
    wrong = client.post(f"{address(town)}/report", {field: "375"})
    assert wrong.status_code == 422
    assert "37.5" in wrong.content.decode()
    assert client.post(f"{address(town)}/report", {field: "38.1"}).status_code == 302
    assert Coverage.objects.get().fever
    assert Duty.objects.get(kind="referral").subject_id == who.id


def test_a_question_is_a_duty_and_its_answer_comes_to_the_page(town: Town, client: Client) -> None:
    give_phone(town)
    sent = client.post(f"{address(town)}/ask", {"kind": "correction", "text": "门牌写错了"})
    assert sent.status_code == 302
    row = Ask.objects.get()
    assert Duty.objects.get(kind="ask").state == "open"
    answer = {"ask_id": str(row.id), "household_id": str(row.household_id), "text": "已更正"}
    do(town.actor("grid1"), "ask.answer", answer)
    assert Duty.objects.get(kind="ask").state == "done"
    bind(client, town)
    assert "已更正" in client.get(address(town)).content.decode()


def test_a_bound_household_sees_who_opened_its_data(town: Town, client: Client) -> None:
    who = give_phone(town)
    town.hire("doctor", "health_officer", COMMUNITY)
    opened = {"person_id": str(who.id), "reason": "流行病学调查"}
    do(town.actor("doctor"), "person.open", opened)
    bind(client, town)
    text = client.get(f"{address(town)}/data").content.decode()
    assert "doctor" in text
    assert "流行病学调查" in text


def test_somebody_elses_order_is_not_there(town: Town, client: Client) -> None:
    order_id = place(town, "3-2-502")
    assert client.get(f"{address(town)}/orders/{order_id}").status_code == 404
    sent = client.post(f"{address(town)}/orders/{order_id}/cancel", {})
    assert sent.status_code == 404


def test_too_many_posts_from_a_card_are_slowed(town: Town, client: Client) -> None:
    codes = [client.post(f"{address(town)}/ask", {"text": ""}).status_code for _ in range(33)]
    assert codes[0] == 422
    assert codes[-1] == 429


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_page_with_its_styles_is_under_60_kb_and_has_no_script(
    town: Town, client: Client, language: str
) -> None:
    order(client, town)
    root = Path(cards.__file__).parent.parent
    styles = sum(
        (root / path).stat().st_size
        for path in (
            "web/static/web/tokens.css",
            "services/static/services/door.css",
            "web/static/web/mark.svg",
        )
    )
    for page in ("", "/order", "/report", "/ask", "/bind"):
        answer = client.get(address(town) + page, headers={"accept-language": language})
        assert answer.status_code == 200
        assert b"<script" not in answer.content
        assert len(answer.content) + styles < 60_000
        assert answer["Cache-Control"] == "private, no-store"
