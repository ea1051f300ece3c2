"""Fixtures for all tests: query counts held in a file, a real server, a real browser."""

from __future__ import annotations

from tests.support.browser import browser, browser_page, open_page
from tests.support.queries import query_count
from tests.support.server import server, server_process

__all__ = ["browser", "browser_page", "open_page", "query_count", "server", "server_process"]
