"""A real headless Chromium, which fails the test when a page writes an error to its console."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

Language = Literal["zh-CN", "en"]
DESK, PHONE = 1280, 390
HEIGHTS = {DESK: 800, PHONE: 844}

OpenPage = Callable[..., Page]


def chromium() -> str:
    """Return the path of the browser: LIANFANG_CHROMIUM, or the system's."""
    path = os.environ.get("LIANFANG_CHROMIUM") or next(
        (p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p),
        "",
    )
    if not path:
        pytest.fail("Chromium is missing: run make setup, or name it in LIANFANG_CHROMIUM")
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start one browser for the session."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Open pages in sessions of their own: `open_page(language="en", width=390)`.

    Each has its own cookies. At the end of the test, an error in a console, an exception in a
    script or an answer of 500 and above fails it.
    """
    errors: list[str] = []
    contexts = []

    def open_one(*, language: Language = "zh-CN", width: int = DESK) -> Page:
        context = browser.new_context(
            locale=language,
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": HEIGHTS.get(width, 800)},
            has_touch=width == PHONE,
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()

        def on_console(message: ConsoleMessage) -> None:
            # The browser asks for it by itself on what is no page of ours (JSON, a file).
            own_wish = message.location.get("url", "").endswith("/favicon.ico")
            # A form that came back with its errors; the browser notes the status as an error.
            form = "status of 422" in message.text
            if message.type == "error" and not own_wish and not form:
                errors.append(f"{page.url}: {message.text} ({message.location.get('url', '')})")

        page.on("console", on_console)
        page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
        page.on(
            "response",
            lambda r: errors.append(f"{r.url}: {r.status}") if r.status >= 500 else None,
        )
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not errors, "the browser saw errors:\n" + "\n".join(errors)


@pytest.fixture
def browser_page(open_page: OpenPage, request: pytest.FixtureRequest) -> Page:
    """One page, in Chinese at desk width; parametrize indirectly with (language, width)."""
    language, width = getattr(request, "param", ("zh-CN", DESK))
    return open_page(language=language, width=width)
