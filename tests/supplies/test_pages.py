"""The pages of supplies: what each role opens, and the way from a form to the records."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from tests.screening.helpers import client
from tests.supplies.helpers import build, item, must, post
from tests.supplies.test_places import checks, place
from tests.supplies.test_requests import ask
from tests.town import COMMUNITY, DISTRICT, Town

from lianfang.kernel.times import now
from lianfang.supplies.models import Finding, KeyPlace, Production, Stock, SupplyRequest

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build()


def send(browser: Client, where: str, **data: Any) -> Any:
    answer = browser.post(where, {k: v for k, v in data.items() if v is not None}, follow=True)
    assert answer.status_code == 200, answer.content.decode()[:3_000]
    return answer


def test_a_box_goes_in_and_out_at_the_desk(town: Town) -> None:
    depot, masks, browser = post(town, "仓库"), item(), client(town, "lead")
    where = f"/supplies/posts/{DISTRICT}/{depot}"
    send(browser, where, act="receive", item_id=masks, quantity=100, lot="A", expires="2027-01-31")
    send(browser, where, act="keep", item_id=masks, low_at=80)
    page = send(browser, where, act="issue", item_id=masks, quantity=30)
    assert Stock.objects.get(district=DISTRICT).quantity == 70
    assert "A" in page.content.decode()
    low = browser.get("/supplies?part=low").content.decode()
    assert "口罩" in low
    assert "口罩" in browser.get("/supplies?q=口").content.decode()
    assert "口罩" not in browser.get("/supplies?q=酒精").content.decode()
    refused = browser.post(where, {"act": "issue", "item_id": masks, "quantity": 71})
    assert refused.status_code == 409
    # What runs low is said on the home page, and the way leads there.
    assert "/supplies?part=low" in browser.get("/").content.decode()


def test_a_request_goes_its_way_through_both_desks(town: Town) -> None:
    gate, depot, masks = post(town, "东门"), post(town, "街道仓库", "440605011"), item()
    must(town.actor("street"), "stock.receive", post_id=depot, item_id=masks, quantity=90)
    community, street = client(town, "lead"), client(town, "street")
    day = (now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    send(
        community,
        "/supplies/requests/new",
        post_id=f"{DISTRICT}/{gate}",
        wanted_by=day,
        **{f"n_{masks}": 60},
    )
    row = SupplyRequest.objects.get(district=DISTRICT)
    where = f"/supplies/requests/{DISTRICT}/{row.id}"
    assert "supply_request" not in community.get(where).content.decode()
    send(street, where, act="approve", giver_id=depot, **{f"n_{masks}": 50})
    send(street, where, act="send")
    # The form is filled with what was sent; only the difference and its reason are typed.
    assert 'value="50"' in community.get(where).content.decode()
    short = community.post(where, {"act": "arrive", f"n_{masks}": 49})
    assert short.status_code == 422
    send(community, where, act="arrive", why="破损一只", **{f"n_{masks}": 49})
    row.refresh_from_db()
    assert row.state == "received"


def test_an_order_shows_its_stages_and_takes_a_shift(town: Town) -> None:
    browser = client(town, "lead")
    start = now() - timedelta(hours=6)
    send(
        browser,
        "/productions/new",
        area_id=town.areas[COMMUNITY].id,
        name="防护服",
        unit="件",
        stages="裁剪\n缝制\n灭菌",
        starts_at=start.strftime("%Y-%m-%dT%H:%M"),
        quantity=100,
        deadline=(start + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"),
    )
    row = Production.objects.get(district=DISTRICT)
    assert row.stages == ["裁剪", "缝制", "灭菌"]
    where = f"/productions/{DISTRICT}/{row.id}"
    span = {
        "from_at": "2020-01-29T08:00",
        "to_at": "2020-01-29T11:00",
        "spoilt": 0,
        "people": 3,
    }
    send(browser, where, act="count", stage=0, out=50, **span)
    assert browser.post(where, {"act": "count", "stage": 1, "out": 51, **span}).status_code == 409
    page = send(browser, where, act="count", stage=1, out=20, **span).content.decode()
    assert "缝制" in page
    send(browser, where, act="close")
    row.refresh_from_db()
    assert row.closed_at


def test_an_inspection_and_its_finding_at_the_desk(town: Town) -> None:
    browser = client(town, "lead")
    send(
        browser,
        "/key-places/new",
        area_id=town.areas[COMMUNITY].id,
        kind="school",
        name="第一小学",
        every_days=2,
        checklist="晨检\n消毒",
    )
    row = KeyPlace.objects.get(district=DISTRICT)
    base = f"/key-places/{DISTRICT}/{row.id}"
    assert "第一小学" in browser.get("/key-places?part=never").content.decode()
    send(browser, f"{base}/inspect", c0="1", c1="0", m1="没有记录")
    finding = Finding.objects.get(district=DISTRICT)
    assert finding.note == "没有记录"
    assert "没有记录" in browser.get(base).content.decode()
    send(browser, f"{base}/findings/{finding.id}", act="mend", proof="补齐")
    send(browser, f"{base}/findings/{finding.id}", act="yes")
    assert browser.get(f"{base}/findings/{finding.id}").status_code == 404
    assert "第一小学" not in browser.get("/key-places?part=findings").content.decode()


PAGES = {
    "stock": "/supplies",
    "post": "/supplies/posts/{d}/{depot}",
    "expiring": "/supplies/expiring",
    "xlsx": "/supplies/stock.xlsx",
    "requests": "/supplies/requests",
    "request": "/supplies/requests/{d}/{request}",
    "ask": "/supplies/requests/new",
    "item": "/supplies/items/new",
    "orders": "/productions",
    "order_new": "/productions/new",
    "places": "/key-places",
    "places_xlsx": "/key-places.xlsx",
    "place": "/key-places/{d}/{place}",
    "place_new": "/key-places/new",
    "inspect": "/key-places/{d}/{place}/inspect",
}
LISTS = {"stock", "expiring", "requests", "orders", "places"}
OPENS: dict[str, set[str]] = {
    "lead": set(PAGES),
    "street": set(PAGES) - {"inspect"},
    "grid1": LISTS,
    "volunteer": set(),
    "other": LISTS | {"ask", "item", "order_new", "place_new", "xlsx", "places_xlsx"},
}


@pytest.mark.parametrize("who", sorted(OPENS))
def test_each_role_opens_its_pages_and_no_other(town: Town, who: str) -> None:
    depot, masks = post(town, "仓库"), item()
    request_id, place_id = ask(town, depot, {masks: 5}), place(town)
    must(town.actor("lead"), "place.inspect", place_id=place_id, checks=checks(True, True, False))
    ids: dict[str, UUID | str] = {
        "d": DISTRICT,
        "depot": depot,
        "request": request_id,
        "place": place_id,
    }
    browser, found = client(town, who), set()
    for name, where in PAGES.items():
        status = browser.get(where.format(**ids)).status_code
        assert status in (200, 404), (name, status)
        if status == 200:
            found.add(name)
    assert found == OPENS[who]
