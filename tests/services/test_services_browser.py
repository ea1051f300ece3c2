"""Resident, helper and desk at once in a real browser: the receipt of the article, end to end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.services.helpers import build
from tests.support.browser import DESK, PHONE, OpenPage
from tests.support.server import Server
from tests.town import COMMUNITY, DISTRICT, Town
from tests.web.test_browser import violations

from lianfang.people.models import Account
from lianfang.services import cards

pytestmark = pytest.mark.browser
PASSWORD = "lianfang-browser"
RECEIPT = "瓜子\n花生\n果汁 2 瓶\n汤圆\n白糖\n醋\n酱油"


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
    # A message that fades in has no contrast yet.
    page.emulate_media(reduced_motion="reduce")
    page.wait_for_timeout(400)
    assert violations(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, name
    if folder := os.environ.get("LIANFANG_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_a_household_orders_a_helper_carries_the_desk_settles(
    server: Server, town: Town, open_page: OpenPage
) -> None:
    resident, helper = open_page(width=PHONE), open_page(width=PHONE)
    desk = open_page(width=DESK)
    door = f"{server.url}/d/{cards.code_of(DISTRICT, town.households['3-2-501'])}"
    resident.goto(door)
    look(resident, "door")
    resident.locator("nav.big a").first.click()
    resident.fill("textarea[name=items]", RECEIPT)
    resident.fill("input[name=contact]", "王大爷")
    resident.fill("input[name=phone]", "13800000012")
    look(resident, "door-order")
    resident.locator("main button[type=submit]").click()
    expect(resident.locator(".state")).to_have_text("新订单")

    log_in(desk, server, "lead")
    desk.goto(f"{server.url}/services")
    look(desk, "desk-board")
    desk.get_by_text("3-2-501").first.click()
    expect(desk.locator("main")).to_contain_text("酱油")
    look(desk, "desk-order")
    desk.get_by_role("link", name="接单").click()
    desk.locator("main button.primary").click()
    expect(desk.locator("main")).to_contain_text("待认领")

    log_in(helper, server, "helper")
    helper.goto(f"{server.url}/errands")
    expect(helper.locator("main")).not_to_contain_text("3-2-501")
    helper.locator("main form button").first.click()
    expect(helper.locator("main")).to_contain_text("3-2-501")
    helper.goto(f"{server.url}/errands")
    look(helper, "helper-errands")
    helper.locator("main a").filter(has_text="3-2-501").first.click()
    expect(helper.locator("main")).to_contain_text("瓜子")
    look(helper, "helper-order")
    helper.get_by_role("link", name="已买好").click()
    helper.fill("input[name=price]", "86.4")
    helper.locator("main button.primary").click()
    helper.get_by_role("link", name="已送到门口").click()
    helper.locator("main button.primary").click()

    resident.reload()
    expect(resident.locator(".state")).to_have_text("已送到门口")
    resident.get_by_role("button", name="我已收到").click()
    expect(resident.locator(".state")).to_have_text("已收到")
    helper.goto(f"{server.url}/errands")
    expect(helper.locator("main")).not_to_contain_text("3-2-501")

    desk.reload()
    desk.get_by_role("link", name="结清").click()
    desk.locator("main button.primary").click()
    expect(desk.locator("main")).to_contain_text("已结清")
    desk.goto(f"{server.url}/services/money")
    expect(desk.locator("main")).to_contain_text("86.40")
    look(desk, "desk-money")


@pytest.mark.parametrize(("language", "width"), [("en", PHONE), ("zh-CN", DESK)])
def test_the_desks_pages_hold_to_the_design(
    server: Server, town: Town, open_page: OpenPage, language: str, width: int
) -> None:
    page = open_page(language=language, width=width)
    log_in(page, server, "lead")
    for name in ("", "/asks", "/care", "/catalogue", "/money", "/runs"):
        page.goto(f"{server.url}/services{name}")
        look(page, f"services{name.replace('/', '-')}-{width}")
    area = town.areas[COMMUNITY].id
    page.goto(f"{server.url}/services/cards/{area}/print?building=3")
    look(page, f"cards-{width}")
