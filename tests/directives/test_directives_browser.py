"""Directives and tasks in a real browser, at the desk and at the width of a phone."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.directives.helpers import answer, build, issue, open_task
from tests.mobilising.test_browser import log_in, spills
from tests.support.browser import DESK, PHONE, OpenPage
from tests.support.server import Server
from tests.town import COMMUNITY
from tests.web.test_browser import violations

from lianfang.areas import tree
from lianfang.directives.models import Directive, LocalNode
from lianfang.kernel.times import now

pytestmark = pytest.mark.browser


def keep(page: Page, name: str) -> None:
    """Keep a picture of the page where LIANFANG_PICTURES names a folder."""
    if folder := os.environ.get("LIANFANG_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_a_cascade_is_seen_and_answered_on_a_phone(server: Server, open_page: OpenPage) -> None:
    tree.clear()
    town = build()
    directive = issue(town.actor("country"))
    answer(town, "province", directive, "44", "pass_on")
    answer(town, "county", directive, "440605")
    Directive.objects.update(ack_due=now() - timedelta(minutes=5))
    task = open_task(town)
    desk = open_page(width=DESK)
    log_in(desk, server, town, "country")
    for path in ("directives", f"directives/{directive}", "directives/new"):
        desk.goto(f"{server.url}/{path}")
        assert violations(desk) == [], path
        keep(desk, f"desk-{path.replace('/', '-')[:14]}")
    phone = open_page(width=PHONE)
    log_in(phone, server, town, "lead")
    for path in ("directives", "directives/mine", "tasks", f"tasks/{task}"):
        phone.goto(f"{server.url}/{path}")
        assert violations(phone) == [], path
        assert not spills(phone), path
        keep(phone, f"phone-{path.replace('/', '-')[:14]}")
    phone.goto(f"{server.url}/tasks/{task}/grids/{town.grid(1).id}")
    assert not spills(phone)
    keep(phone, "phone-grid")
    phone.goto(f"{server.url}/directives/{directive}")
    phone.wait_for_load_state("networkidle")
    assert not spills(phone)
    assert LocalNode.objects.get(area_id=town.areas[COMMUNITY].id).state == "read"
    keep(phone, "phone-directive")
    phone.get_by_role("button", name="签收", exact=True).click()
    expect(phone.get_by_text("已签收。")).to_be_visible()
    assert LocalNode.objects.get(area_id=town.areas[COMMUNITY].id).state == "acknowledged"
