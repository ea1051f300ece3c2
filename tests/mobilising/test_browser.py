"""A call in real browsers: the organiser's desk, a helper's phone, a late helper's."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from tests import town as towns
from tests.mobilising.helpers import call, organisation, sign_up, staff
from tests.mobilising.test_shift_pages import published
from tests.support.browser import DESK, PHONE, OpenPage
from tests.support.server import Server
from tests.town import COMMUNITY, DISTRICT, Town, do
from tests.web.test_browser import violations

from lianfang.areas import tree
from lianfang.kernel.ids import new_id
from lianfang.kernel.times import now
from lianfang.mobilising import links
from lianfang.mobilising.models import Call, PlannedShift, SignUp

pytestmark = pytest.mark.browser


def log_in(page: Page, server: Server, town: Town, username: str) -> None:
    """Give the browser a session of that account."""
    client = Client()
    client.force_login(town.accounts[username])
    page.emulate_media(reduced_motion="reduce")
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": server.url}]
    )


def spills(page: Page) -> bool:
    """Tell whether the page is wider than the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def test_organiser_helper_and_late_helper(server: Server, open_page: OpenPage) -> None:
    tree.clear()
    town = towns.build()
    desk = open_page(width=DESK)
    log_in(desk, server, town, "lead")
    desk.goto(f"{server.url}/calls/new")
    assert violations(desk) == []
    desk.fill("[name=name]", "口罩包装")
    desk.select_option("[name=area_id]", index=0)
    desk.fill("[name=starts_at]", f"{now() + timedelta(hours=10):%Y-%m-%dT%H:%M}")
    desk.fill("[name=capacity]", "1")
    desk.get_by_role("button", name="发起").click()
    expect(desk.locator("h1")).to_contain_text("口罩包装")
    assert violations(desk) == []
    row = Call.objects.get()
    join = f"{server.url}/c/{links.token(links.Purpose.SIGN_UP, row.district, row.id)}"

    pages = []
    for number in (1, 2):
        phone = open_page(width=PHONE)
        phone.goto(join)
        assert violations(phone) == []
        assert not spills(phone)
        phone.fill("[name=name]", f"王{number}")
        phone.fill("[name=phone]", f"1390000000{number}")
        phone.get_by_role("button", name="我要报名").click()
        pages.append(phone)
    first, late = pages
    expect(first.get_by_text("已报名")).to_be_visible()
    expect(late.get_by_text("候补中")).to_be_visible()
    assert violations(late) == []

    first.get_by_role("button", name="我来不了").click()
    expect(first.get_by_text("已退出").first).to_be_visible()
    late.reload()
    expect(late.get_by_text("已报名")).to_be_visible()

    post = f"{server.url}/c/post/{links.token(links.Purpose.POST, row.district, row.id)}"
    late.goto(post)
    late.fill("[name=phone]", "13900000002")
    late.get_by_role("button", name="签到").click()
    expect(late.get_by_text("签到成功")).to_be_visible()
    assert SignUp.objects.get(state="present").name == "王2"
    desk.reload()
    expect(desk.locator("#helpers")).to_contain_text("在岗")


@pytest.mark.parametrize(("language", "width"), [("zh-CN", PHONE), ("en", DESK)])
def test_the_desks_pages_are_accessible_and_fit(
    server: Server, open_page: OpenPage, language: str, width: int
) -> None:
    tree.clear()
    town = towns.build()
    one = call(town, 2)
    sign_up(one, 1)
    unit = organisation("一处")
    staff(town, unit, 1)
    page = open_page(language=language, width=width)
    log_in(page, server, town, "lead")
    for path in (
        "/mobilising",
        "/calls",
        f"/calls/{one.district}/{one.id}",
        f"/calls/{one.district}/{one.id}/poster",
        "/whistles",
        "/whistles/new",
        "/whistles/departments",
        "/teams",
        "/teams/new",
        "/recalls",
        "/recalls/new",
        "/duty-times",
        "/deployments",
        "/deployments/new",
    ):
        page.goto(server.url + path)
        assert violations(page) == [], path
        assert not spills(page), path
    assert re.search(r"/deployments/new$", page.url)


@pytest.mark.parametrize(("language", "width"), [("zh-CN", PHONE), ("en", DESK)])
def test_a_plan_with_its_shifts_and_changes_is_accessible_and_fits(
    server: Server, open_page: OpenPage, language: str, width: int
) -> None:
    tree.clear()
    town = towns.build()
    town.hire("command", "district_command", DISTRICT)
    unit = organisation("机关")
    staff(town, unit, 6)
    plan = published(town, [unit])
    row = PlannedShift.objects.order_by("starts_at").first()
    assert row
    place = new_id()
    do(
        town.actor("lead"),
        "organisation.create",
        {"organisation_id": str(place), "name": "联防点"},
        "",
    )
    formed = {
        "team_id": str(place),
        "area_id": str(town.areas[COMMUNITY].id),
        "kind": "command_place",
        "first_day": "2020-01-28",
    }
    do(town.actor("lead"), "team.form", formed, "")
    page = open_page(language=language, width=width)
    log_in(page, server, town, "command")
    where = f"/deployments/{plan.id}"
    for path in (
        where,
        f"{where}/shifts",
        f"{where}/shifts/{DISTRICT}/{row.id}",
        f"{where}/needs/{DISTRICT}/{row.need_id}",
        f"{where}/replan",
        f"/teams/{place}",
    ):
        page.goto(server.url + path)
        assert violations(page) == [], path
        assert not spills(page), path
    page.goto(f"{server.url}{where}/replan")
    page.select_option("[name=gone]", value=f"{row.person_district}:{row.person_id}")
    page.locator("button[name=act][value=look]").click()
    expect(page.locator("#changes tbody tr")).not_to_have_count(0)
    assert violations(page) == []
    assert not spills(page)
    page.locator("button[name=act][value=apply]").click()
    expect(page).to_have_url(re.compile(rf"/deployments/{plan.id}$"))
    assert not PlannedShift.objects.filter(
        person_id=row.person_id, state__in=("planned", "acknowledged")
    ).exists()
