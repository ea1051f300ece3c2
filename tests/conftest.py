"""Fixtures for all tests: query counts held in a file, a real server, a real browser."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from tests.support.browser import browser, browser_page, open_page
from tests.support.queries import query_count
from tests.support.server import server, server_process

__all__ = ["browser", "browser_page", "open_page", "query_count", "server", "server_process"]

# How long an example takes says something about the machine, not about the product.
settings.register_profile(
    "lianfang", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("lianfang")
