"""The pages of arrivals in a real browser, at a desk and on a phone: readable, nothing sideways."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests.arrivals import helpers as h
from tests.support.browser import DESK, PHONE, OpenPage
from tests.support.server import Server
from tests.town import COMMUNITY, DISTRICT, Town
from tests.web.test_browser import violations

from lianfang.arrivals.models import Stay
from lianfang.people.models import Account

pytestmark = pytest.mark.browser
PASSWORD = "lianfang-browser"


@pytest.fixture
def town(server: Server) -> Town:
    town = h.build()
    for account in Account.objects.all():
        account.set_password(PASSWORD)
        account.save()
    return town


def look(page: Page, name: str) -> None:
    """Check a page for axe's rules and for sideways scrolling; keep a picture if asked."""
    if folder := os.environ.get("LIANFANG_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
    assert violations(page) == [], name
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, name


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_family_is_decided_and_the_plan_carried_out(
    server: Server, town: Town, open_page: OpenPage, width: int
) -> None:
    lead, here = town.actor("lead"), town.areas[COMMUNITY].id
    row = h.open_manifest(lead, here)
    h.list_all(lead, [h.line(row, n, family="PNR7" if n < 2 else "") for n in range(24)])
    h.all_present(lead, row, temperature="36.5")
    h.triage(lead, row, h.adopt(lead, here))
    for takes in ("hotel", "site"):
        site = h.open_site(lead, here, takes, rooms=18, accessible=1)
    page = open_page(width=width)
    page.goto(f"{server.url}/login")
    page.fill("input[name=username]", "lead")
    page.fill("input[type=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("main h1")).to_contain_text("lead")
    page.goto(f"{server.url}/arrivals")
    look(page, f"arrivals-{width}")
    page.goto(f"{server.url}{reverse('manifest', args=[DISTRICT, row.id])}")
    look(page, f"manifest-{width}")
    page.goto(f"{server.url}/arrivals/rules")
    look(page, f"rules-{width}")
    page.goto(f"{server.url}{reverse('manifest_board', args=[DISTRICT, row.id])}")
    look(page, f"board-{width}")
    page.get_by_role("button", name="按规则分开").click()
    page.get_by_role("button", name="按此安排").click()
    expect(page.get_by_text("已安排 24 人，没有床位 0 人。")).to_be_visible()
    assert Stay.objects.filter(until=None).count() == 24
    page.goto(f"{server.url}{reverse('site', args=[DISTRICT, site.id])}")
    look(page, f"site-{width}")
    page.locator("a.cell").first.click()
    look(page, f"room-{width}")
    page.goto(f"{server.url}/sites")
    look(page, f"sites-{width}")
    guest = Stay.objects.filter(until=None, site_id=site.id).first()
    assert guest
    page.goto(f"{server.url}{reverse('stay', args=[DISTRICT, guest.person_id])}")
    look(page, f"stay-{width}")
