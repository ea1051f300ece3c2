"""The main flow at the desk in a real browser: open a round, visit, see it move, close, prove."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests import town as towns
from tests.support.browser import DESK, PHONE, OpenPage
from tests.support.server import Server
from tests.town import Town
from tests.web.test_browser import violations

from lianfang.people.models import Account

pytestmark = pytest.mark.browser
PASSWORD = "lianfang-browser"


@pytest.fixture
def town(server: Server) -> Town:
    town = towns.build()
    town.register(1, *[f"3-1-{floor}0{door}" for floor in (1, 2, 3) for door in (1, 2)])
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


@pytest.mark.parametrize(("language", "width"), [("en", DESK), ("zh-CN", PHONE)])
def test_a_round_from_its_opening_to_its_proof(
    server: Server, town: Town, open_page: OpenPage, language: str, width: int
) -> None:
    page = open_page(language=language, width=width)
    page.emulate_media(reduced_motion="reduce")
    log_in(page, server, "lead")

    page.goto(f"{server.url}/rounds/new")
    assert violations(page) == []
    page.fill("input[name=name]", "第一轮排查")
    page.click("[hx-target='#questions']")
    expect(page.locator("input[name=question_words]")).to_have_count(2)
    page.locator("input[name=question_words]").first.fill("需要口罩吗")
    page.locator("button.primary").click()
    expect(page.locator(".coverage-head").first).to_contain_text("0 / 6")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    round_url = page.url

    page.locator(".tile").first.click()
    page.locator("#buildings .tile").first.click()
    front = page.locator("#front")
    expect(front.locator(".coverage-head")).to_contain_text("0 / 6")
    assert violations(page) == []

    # All normal: one act, the dialog closes, the building and its coverage are drawn anew.
    page.locator(".cell", has_text="301").click()
    dialog = page.locator("dialog#dialog")
    expect(dialog).to_be_visible()
    assert "/building" in page.url
    assert dialog.evaluate("d => d.scrollTop") == 0
    assert violations(page) == []
    dialog.locator(".once button").click()
    expect(dialog).not_to_be_visible()
    expect(front.locator(".coverage-head")).to_contain_text("1 / 6")
    expect(page.locator(".cell[data-state=fine]")).to_have_count(1)

    # A wrong temperature stays in the dialog with its words; the mended one is taken.
    page.locator(".cell", has_text="302").click()
    field = dialog.locator(".celsius input").first
    field.fill("375")
    dialog.locator("button.primary").last.click()
    expect(dialog.locator(".person-check .error")).to_contain_text("37.5")
    dialog.locator(".celsius input").first.fill("37.5")
    dialog.locator("button.primary").last.click()
    expect(dialog).not_to_be_visible()
    expect(page.locator(".cell[data-state=fever]")).to_have_count(1)

    page.goto(round_url)
    page.click(f"a[href='{page.url.removeprefix(server.url)}/close']")
    assert violations(page) == []
    page.locator("main form button.primary").click()
    expect(page.locator(".door", has_text="").first).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(4)

    page.goto(f"{round_url}/proof")
    expect(page.locator(".ledger tbody tr")).to_have_count(6)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    digest = page.locator(".digest").inner_text().strip()
    page.goto(f"{round_url}/proof/verify?digest={digest}")
    expect(page.locator(".notice[data-tone=good]")).to_be_visible()
    assert violations(page) == []
