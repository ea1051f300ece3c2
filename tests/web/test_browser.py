"""The style guide in a real browser: axe finds nothing, keys work, nothing spills at 390 px."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.support.browser import DESK, PHONE, OpenPage
from tests.support.server import Server

pytestmark = pytest.mark.browser
FOUND = find_spec("axe_playwright_python")
assert FOUND is not None
assert FOUND.origin is not None
AXE = Path(FOUND.origin).parent / "axe.min.js"


def violations(page: Page) -> list[str]:
    # Through the debugger's protocol, which the content policy does not concern.
    page.evaluate(AXE.read_text() + ";0")
    found: dict[str, Any] = page.evaluate(
        "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
    )
    return [
        f"{v['id']}: {v['help']}: {n['html'][:160]} {n['any'][:1] and n['any'][0]['message']}"
        for v in found["violations"]
        for n in v["nodes"][:3]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("language", "width"), [("zh-CN", DESK), ("en", PHONE)])
def test_the_style_guide_is_accessible(
    server: Server, open_page: OpenPage, language: str, width: int, scheme: Any
) -> None:
    page = open_page(language=language, width=width)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"{server.url}/styleguide")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_log_in_is_accessible(server: Server, open_page: OpenPage) -> None:
    page = open_page(width=PHONE)
    page.goto(f"{server.url}/styleguide?part=login")
    assert violations(page) == []


def test_targets_are_large_enough(server: Server, open_page: OpenPage) -> None:
    page = open_page(width=PHONE)
    page.goto(f"{server.url}/styleguide")
    small = page.evaluate(
        """() => [...document.querySelectorAll(
            '.btn, .tile, .cell, .key, .segmented label, .input, .select, .tabbar a, .find-list a')]
          .filter((n) => n.offsetParent && n.getBoundingClientRect().height < 43.5)
          .map((n) => n.outerHTML.slice(0, 120))"""
    )
    assert small == []


def test_arrows_walk_through_a_building(server: Server, open_page: OpenPage) -> None:
    page = open_page(language="en")
    page.goto(f"{server.url}/styleguide")
    front = page.locator("#tower .front")
    assert front.locator("a[tabindex='0']").count() == 1
    front.locator("a[tabindex='0']").focus()
    focused = page.locator(":focus")
    expect(focused).to_contain_text("3001")
    page.keyboard.press("ArrowRight")
    expect(focused).to_contain_text("3002")
    page.keyboard.press("ArrowDown")
    expect(focused).to_contain_text("2902")
    page.keyboard.press("ArrowLeft")
    expect(focused).to_contain_text("2901")
    page.keyboard.press("ArrowUp")
    expect(focused).to_contain_text("3001")
    assert front.locator("a[tabindex='0']").count() == 1


def test_the_legend_filters(server: Server, open_page: OpenPage) -> None:
    page = open_page(language="en")
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{server.url}/styleguide")
    page.locator("#house .key", has_text="Nobody home").click()
    assert float(page.locator("#house .cell[data-state=fine]").first.evaluate(OPACITY)) < 0.3
    assert page.locator("#house .cell[data-state=nobody]").first.evaluate(OPACITY) == "1"


OPACITY = "(node) => getComputedStyle(node).opacity"


def test_search_dialog_and_keys(server: Server, open_page: OpenPage) -> None:
    page = open_page(language="en")
    page.goto(f"{server.url}/styleguide")
    page.keyboard.press("/")
    expect(page.locator("#find-input")).to_be_focused()
    page.keyboard.type("Building 3")
    option = page.locator("#find-list a").first
    expect(option).to_contain_text("Building 3")
    page.keyboard.press("ArrowDown")
    expect(option).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#find-list a")).to_have_count(0)
    page.locator("#main").focus()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.get_by_role("link", name="Dialog from the server").click()
    expect(page.locator("#dialog")).to_be_visible()
    expect(page.locator("#dialog-title")).to_have_text("Building 3, unit 2, 501")


def test_a_page_without_javascript_can_be_read(server: Server, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en")
    page = context.new_page()
    page.goto(f"{server.url}/styleguide")
    expect(page.locator("#demo-dialog")).to_be_visible()
    expect(page.locator("#house .cell").first).to_be_visible()
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    context.close()


def test_the_proof_prints_on_white_paper_with_its_states(
    server: Server, open_page: OpenPage
) -> None:
    page = open_page()
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(f"{server.url}/styleguide")
    colour = "(node) => getComputedStyle(node).color"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator(".tile[data-step='4']").first.evaluate(colour) == "rgb(255, 255, 255)"
    assert page.locator(".cell[data-state=isolated]").first.evaluate(colour) == "rgb(255, 255, 255)"
    expect(page.locator(".head")).to_be_hidden()
