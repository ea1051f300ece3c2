"""The checkpoint's page in a real browser: by keyboard alone, in a few keys; pages on a phone."""

from __future__ import annotations

import os
import time
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from tests.stations.helpers import build, passage, post
from tests.support.browser import DESK, PHONE, OpenPage
from tests.support.server import Server
from tests.town import DISTRICT, Town, do
from tests.web.test_browser import violations

from lianfang.people.models import Account
from lianfang.stations.models import Passage, Traveller

pytestmark = pytest.mark.browser
PASSWORD = "lianfang-browser"
WANG = {"name": "王小明", "phone": "13800000001", "temperature": "36.5"}
LI = {"name": "李红", "phone": "13800000002", "temperature": "36.8"}


@pytest.fixture
def town(server: Server) -> Town:
    town = build()
    for account in Account.objects.all():
        account.set_password(PASSWORD)
        account.save()
    return town


def log_in(page: Page, server: Server, username: str) -> None:
    page.goto(f"{server.url}/login")
    page.fill("input[name=username]", username)
    page.fill("input[type=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("main h1")).to_contain_text(username)


def look(page: Page, name: str) -> None:
    """Check a page for axe's rules and for sideways scrolling; keep a picture if asked."""
    assert violations(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, name
    if folder := os.environ.get("LIANFANG_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_a_known_vehicle_passes_by_keyboard_in_under_ten_seconds(
    server: Server, town: Town, open_page: OpenPage
) -> None:
    post_id = post(town, "尉氏北出口", kind="checkpoint")
    passage(town, post_id, "豫B12345", WANG, LI, from_place="开封")
    page = open_page(width=DESK)
    log_in(page, server, "staff")
    page.goto(f"{server.url}/posts/{DISTRICT}/{post_id}/pass")
    begun = time.monotonic()
    # The cursor stands in the plate; each key takes a fifth of a second, as a tired hand needs.
    page.keyboard.type("豫b12345", delay=200)
    expect(page.locator(".passage-known").first).to_contain_text("王**")
    # A recognised vehicle puts the cursor into the first temperature.
    expect(page.locator("#t0_temperature")).to_be_focused()
    page.keyboard.type("36.6", delay=200)
    page.keyboard.press("Tab")
    page.keyboard.type("36.4", delay=200)
    page.keyboard.press("Enter")
    expect(page.locator("#id_plate")).to_be_focused()
    expect(page.locator("body")).to_contain_text("已登记 2 人")
    assert time.monotonic() - begun < 10
    assert Passage.objects.count() == 2
    assert Traveller.objects.filter(passages=2).count() == 2
    # axe leaves empty style attributes, which the page's own swaps would meet: it comes last.
    page.goto(f"{server.url}/posts/{DISTRICT}/{post_id}/pass?plate=豫B12345")
    look(page, "pass-known")


def test_a_fever_cannot_be_overlooked_and_numbers_recognise(
    server: Server, town: Town, open_page: OpenPage
) -> None:
    post_id = post(town)
    passage(town, post_id, "", WANG)
    page = open_page(width=PHONE)
    log_in(page, server, "staff")
    page.goto(f"{server.url}/posts/{DISTRICT}/{post_id}/pass")
    page.fill("#t0_phone", "13800000001")
    page.keyboard.press("Tab")
    page.get_by_text("王**").click()
    expect(page.locator("#t0_temperature")).to_be_focused()
    page.keyboard.type("38.4")
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_contain_text("1 人发热")
    look(page, "pass-fever")
    assert Passage.objects.filter(fevers=1).count() == 1


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_pages_of_posts(server: Server, town: Town, open_page: OpenPage, width: int) -> None:
    post_id = post(town, "佛山西站", kind="station", address="站前路 1 号")
    passage(town, post_id, "豫B12345", WANG, LI | {"temperature": "38.0"}, from_place="武汉")
    passage(town, post_id, "粤E54321", WANG, direction="out")
    do(town.actor("staff"), "post.count", {"post_id": str(post_id), "entered": 40, "waiting": 12})
    page = open_page(width=width)
    log_in(page, server, "lead")
    where: dict[str, str] = {
        "posts": "/posts",
        "post": f"/posts/{DISTRICT}/{post_id}",
        "board": "/posts/board",
        "post-new": "/posts/new",
        "count": f"/posts/{DISTRICT}/{post_id}/count",
    }
    for name, address in where.items():
        page.goto(f"{server.url}{address}")
        look(page, f"{name}-{width}")
    assert UUID(str(post_id))
