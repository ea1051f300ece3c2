"""The desk's and the helper's pages: every act by a form, every page by its permission."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.services.helpers import accept, act, build, claim, door, place, word
from tests.town import COMMUNITY, DISTRICT, Town, do

from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Record
from lianfang.services.models import Ask, Care, Need, Order, Run, ServiceKind, Shop

pytestmark = pytest.mark.django_db
PHOTO = b"\x89PNG\r\n\x1a\n" + b"receipt" * 20


@pytest.fixture
def town() -> Town:
    return build()


def login(town: Town, name: str) -> Client:
    client = Client()
    client.force_login(town.accounts[name])
    return client


def post(client: Client, where: str, **data: Any) -> None:
    answer = client.post(where, {"entry_id": str(new_id()), **data})
    assert answer.status_code == 302, answer.context and answer.context["form"].errors


def page_of(order_id: Any) -> str:
    return f"/services/orders/{DISTRICT}/{order_id}"


def test_an_order_runs_through_the_pages_of_desk_and_helper(town: Town) -> None:
    from io import BytesIO

    lead, helper = login(town, "lead"), login(town, "helper")
    order_id = place(town)
    assert "3-2-501" in lead.get("/services").content.decode()
    where = page_of(order_id)
    assert "酱油" in lead.get(where).content.decode()
    assert helper.get(where).status_code == 404
    post(lead, f"{where}/accept", payer="household")
    assert "3-2-501" not in helper.get("/errands").content.decode()
    claim(town, order_id)
    errands = helper.get("/errands").content.decode()
    assert "3-2-501" in errands
    seen = helper.get(where).content.decode()
    assert "王大爷" in seen
    assert "13800000012" not in seen
    dialled = helper.post(f"{where}/call")
    assert dialled["Location"] == "tel:13800000012"
    assert Record.objects.filter(command="order.call").count() == 1
    photo = BytesIO(PHOTO)
    photo.name = "receipt.png"
    post(helper, f"{where}/buy", price="43.5", photo=photo)
    assert Order.objects.get().price_fen == 4350
    assert helper.get(f"{where}/photo/receipt").content == PHOTO
    post(helper, f"{where}/leave")
    act(door(town, "3-2-501"), "order.confirm", order_id)
    for gone in (where, f"{where}/photo/receipt", f"{where}/buy"):
        assert helper.get(gone).status_code == 404, gone
    assert "3-2-501" not in helper.get("/errands").content.decode()
    post(lead, f"{where}/settle")
    assert Order.objects.get().state == "settled"


def test_a_volunteers_duty_ends_in_the_api_too(town: Town) -> None:
    helper = login(town, "helper")
    order_id = place(town)
    accept(town, order_id)
    claim(town, order_id)
    home = f"/api/households/{town.households['3-2-501']}"
    assert helper.get(home).json()["room"] == "501"
    act(town.actor("helper"), "order.leave", order_id)
    act(door(town, "3-2-501"), "order.confirm", order_id)
    assert helper.get(home).status_code == 404
    assert helper.get("/services/export").status_code == 404


def test_asking_back_declining_and_resolving_need_words(town: Town) -> None:
    lead = login(town, "lead")
    order_id = place(town)
    assert lead.post(f"{page_of(order_id)}/ask_back", {}).status_code == 422
    post(lead, f"{page_of(order_id)}/ask_back", text="哪种？")
    word(door(town, "3-2-501"), "order.answer", order_id, "生抽")
    post(lead, f"{page_of(order_id)}/accept", payer="community")
    helper = str(town.accounts["helper2"].id)
    post(lead, f"{page_of(order_id)}/assign", account_id=helper)
    assert Order.objects.get().carrier == f"account:{helper}"
    post(lead, f"{page_of(order_id)}/leave")
    post(lead, f"{page_of(order_id)}/dispute", text="少一瓶")
    post(lead, f"{page_of(order_id)}/resolve", redo="1")
    assert Order.objects.get().state == "accepted"


def test_catalogue_shops_money_care_and_questions_by_their_forms(town: Town) -> None:
    lead = login(town, "lead")
    kind = {"code": "shopping", "name": "买菜", "due_hours": 6, "claim_minutes": 60}
    post(lead, "/services/catalogue/kinds/shopping", **kind, most=9, per_day=2, buys="on")
    assert ServiceKind.objects.get().name == "买菜"
    assert "买菜" in lead.get("/services/catalogue").content.decode()
    post(lead, "/services/catalogue/shops/new", name="平价超市")
    assert Shop.objects.get().name == "平价超市"
    post(lead, "/services/catalogue/desk", phone="13800000099", bind_first="on")
    helper = str(town.accounts["helper"].id)
    post(lead, "/services/money/hand", account_id=helper, kind="advance", amount="100")
    assert "100.00" in lead.get("/services/money").content.decode()
    book = lead.post("/services/money/export", {"entry_id": str(new_id())})
    assert book.content[:2] == b"PK"
    assert Record.objects.filter(command="export.record").count() == 1
    home = f"/services/households/{DISTRICT}/{town.households['3-2-501']}"
    post(lead, f"{home}/care", every_days=3, unseen_days=5, isolated_until="2999-01-01")
    post(lead, f"{home}/needs", needs=["medicine", "visit"])
    post(lead, f"{home}/look", outcome="seen")
    assert Care.objects.get().last_seen_at
    assert Need.objects.count() == 2
    assert "3-2-501" in lead.get("/services/care?which=isolated").content.decode()
    post(lead, f"{home}/order", kind="rubbish", contact="王", phone="13800000012")
    assert Order.objects.get().kind == "rubbish"
    asked = {"household_id": str(town.households["3-2-501"]), "text": "几点收垃圾？"}
    do(door(town, "3-2-501"), "ask.place", asked)
    assert "几点收垃圾" in lead.get("/services/asks").content.decode()
    post(lead, f"/services/asks/{DISTRICT}/{Ask.objects.get().id}", text="八点")
    assert Ask.objects.get().answer == "八点"


def test_runs_are_planned_from_the_page(town: Town) -> None:
    lead = login(town, "lead")
    accept(town, place(town))
    helper = str(town.accounts["helper"].id)
    post(lead, "/services/runs", helpers=[helper], bag=12, hours=4)
    assert Run.objects.get().helper == f"account:{helper}"
    assert "3-2-501" in lead.get("/services/runs").content.decode()


PAGES = ["", "/asks", "/catalogue", "/money", "/care", "/runs"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_open_in_both_languages_and_only_for_the_desk(town: Town, language: str) -> None:
    place(town)
    for who, status in (("lead", 200), ("helper", 404)):
        client = login(town, who)
        for page in PAGES:
            answer = client.get(f"/services{page}", headers={"accept-language": language})
            assert answer.status_code == status, (who, page)
    other = login(town, "other")
    assert "3-2-501" not in other.get("/services?state=all").content.decode()
    area = town.areas[COMMUNITY].id
    assert other.get(f"/services?community={area}").status_code == 404
    board = login(town, "lead").get("/", headers={"accept-language": "en"}).content.decode()
    assert "New orders" in board
