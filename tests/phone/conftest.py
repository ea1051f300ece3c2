"""A phone of 360 × 740 in a real Chromium, against the product's own server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page
from tests.support.server import Server
from tests.town import COMMUNITY, Town, build

from lianfang.kernel.ids import new_id
from lianfang.kernel.receipts import Status
from lianfang.screening import rounds

WIDTH, HEIGHT = 360, 740
PASSWORD = "a long word"
PIN = "274951"

OpenPhone = Callable[..., "Screen"]


@pytest.fixture
def town(server: Server) -> Town:
    town = build()
    for account in town.accounts.values():
        account.set_password(PASSWORD)
        account.save(update_fields=["password"])
    return town


def furnish(town: Town, grid: int, building: str, floors: int, rooms: int) -> None:
    """Register a building: so many floors, each with so many rooms."""
    labels = [f"{building}-1-{f}{r:02d}" for f in range(1, floors + 1) for r in range(1, rooms + 1)]
    town.register(grid, *labels)


def open_round(town: Town, **more: Any) -> str:
    round_id = new_id()
    payload = {
        "round_id": str(round_id),
        "name": "第一轮入户排查",
        "area_ids": [str(town.areas[COMMUNITY].id)],
        "first_day": str(timezone.localdate()),
        "last_day": str(timezone.localdate() + timedelta(days=3)),
        **more,
    }
    receipt = rounds.open_round(town.actor("lead"), payload)
    assert receipt.status == Status.ACCEPTED, receipt
    return str(round_id)


class Screen:
    """One phone: a browser context with its page, and what was tapped on it."""

    def __init__(self, context: BrowserContext, url: str, errors: list[str]) -> None:
        self.context = context
        self.url = url
        self.taps = 0
        self.errors = errors
        self.page = self.new_page()

    def new_page(self) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page = page
        return page

    def tap(self, selector: str) -> None:
        """Tap something once, and count it."""
        self.page.locator(selector).first.tap()
        self.taps += 1

    def pin(self, pin: str = PIN) -> None:
        for digit in pin:
            self.page.locator(".pad button", has_text=digit).first.tap()

    def login(self, username: str, password: str = PASSWORD) -> None:
        self.page.goto(f"{self.url}/phone/")
        self.page.fill("input[name=username]", username)
        self.page.fill("input[name=password]", password)
        self.page.locator("button.btn.primary").tap()
        self.page.wait_for_selector(".pad")
        self.pin()
        self.page.wait_for_timeout(100)
        self.pin()
        self.page.wait_for_selector(".hello h1:not(:empty)")

    def unlock(self, pin: str = PIN) -> None:
        self.page.wait_for_selector(".pad")
        self.pin(pin)
        self.page.wait_for_selector(".tabs")

    def go(self, path: str) -> None:
        self.page.evaluate("path => { location.hash = path }", path)

    def offline(self, off: bool = True) -> None:
        self.context.set_offline(off)

    def quiet(self) -> None:
        """Wait until everything has been sent."""
        self.page.wait_for_selector(".tabs")
        self.go("/outbox")
        self.page.wait_for_selector('.sync[data-tone="good"]', timeout=60_000)


@pytest.fixture
def open_phone(browser: Browser, server: Server) -> Iterator[OpenPhone]:
    """Open phones, each with a store of its own: `open_phone("zh-CN")`."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def make(language: str = "zh-CN", **more: Any) -> Screen:
        context = browser.new_context(
            locale=language,
            timezone_id="Asia/Shanghai",
            viewport={"width": WIDTH, "height": HEIGHT},
            has_touch=True,
            is_mobile=True,
            device_scale_factor=2,
            **more,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return Screen(context, server.url, errors)

    yield make
    for context in contexts:
        context.close()
    assert not errors, "the app threw:\n" + "\n".join(errors)
