"""The real server, as `lianfang serve` starts it, and a real browser on it."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect
from tests.support.browser import DESK, PHONE, OpenPage
from tests.support.server import Server


@pytest.mark.slow
def test_it_is_ready_and_counts(server: Server) -> None:
    with urllib.request.urlopen(f"{server.url}/readyz", timeout=10) as response:
        assert response.status == 200
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"{server.url}/no-such-page", timeout=10)
    with urllib.request.urlopen(f"{server.url}/metrics", timeout=10) as response:
        assert b"lianfang_requests_total" in response.read()


@pytest.mark.slow
def test_static_files_are_compressed(server: Server) -> None:
    request = urllib.request.Request(
        f"{server.url}/static/django_htmx/htmx-2.min.js", headers={"Accept-Encoding": "gzip"}
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        assert response.headers["Content-Encoding"] == "gzip"


@pytest.mark.browser
@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_browser_reaches_it(server: Server, open_page: OpenPage, width: int) -> None:
    page = open_page(language="en", width=width)
    page.goto(f"{server.url}/healthz")
    expect(page.locator("body")).to_contain_text("ok")
