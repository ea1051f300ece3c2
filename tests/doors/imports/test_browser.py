# cjk: words of the pages
"""The whole way of a roster in a real browser: upload, columns, check, progress, done."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.doors.imports import whole
from tests.support.browser import DESK, PHONE, OpenPage
from tests.support.server import Server
from tests.town import do

from lianfang.areas.models import Area
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.ids import new_id
from lianfang.people.auth import set_password
from lianfang.people.models import Account, Household

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a long word for tests"


def _lead(area: Area) -> None:
    id_ = str(new_id())
    do(OPERATOR, "account.create", {"account_id": id_, "username": "lead", "name": "陈书记"}, "")
    grant = {"account_id": id_, "role": "community_lead", "area_id": str(area.id)}
    do(OPERATOR, "grant.give", grant, "")
    set_password(Account.objects.get(id=id_), PASSWORD)


def _log_in(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/login")
    page.locator("[name=username]").fill("lead")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/login" not in url)


@pytest.mark.parametrize(("language", "width"), [("zh-CN", DESK), ("en", PHONE)])
def test_the_example_roster_goes_in(
    server: Server, open_page: OpenPage, tmp_path: Path, language: str, width: int
) -> None:
    _lead(whole.example_areas())
    page = open_page(language=language, width=width)
    chinese = language == "zh-CN"
    _log_in(page, server)
    page.goto(f"{server.url}/imports")
    page.get_by_role("link", name="导入文件" if chinese else "Import a file").click()
    page.locator("input[type=file]").set_input_files(whole.EXAMPLES / "roster.xlsx")
    page.get_by_role("button", name="看看这份文件" if chinese else "Look into the file").click()
    # What each column is: proposed, with samples.
    page.wait_for_url("**/columns")
    expect(page.locator("select[name=c8]")).to_have_value("id_number")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="检查数据" if chinese else "Check the rows").click()
    # The check runs beside the page, which follows it.
    go = page.get_by_role("button", name="确认录入" if chinese else "Take it in")
    expect(go).to_be_visible(timeout=60_000)
    expect(page.locator(".stat-value").first).to_have_text(re.compile(r"3\D?000"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not Household.objects.exists()
    go.click()
    mend = page.get_by_role("link", name="待改的行" if chinese else "Rows to mend", exact=True)
    expect(mend).to_be_visible(timeout=60_000)
    assert Household.objects.count() == 3_000
    with page.expect_download() as waiting:
        mend.click()
    back = tmp_path / "back.xlsx"
    waiting.value.save_as(back)
    assert len(whole.rows_of(back)) == 44
    page.goto(f"{server.url}/imports")
    expect(page.get_by_role("link", name="roster.xlsx")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
