"""The lead tells everybody, a household confirms on a phone, a grid worker knocks: in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.messaging.helpers import build, call_helpers
from tests.services.test_services_browser import PASSWORD, log_in, look
from tests.support.browser import DESK, PHONE, OpenPage
from tests.support.server import Server
from tests.town import DISTRICT, Town

from lianfang.people.models import Account
from lianfang.services import cards

pytestmark = pytest.mark.browser


@pytest.fixture
def town(server: Server) -> Town:
    town = build()
    for account in Account.objects.all():
        account.set_password(PASSWORD)
        account.save()
    return town


def test_from_the_lead_to_the_last_door(server: Server, town: Town, open_page: OpenPage) -> None:
    call_helpers(town, "发放出入证")
    desk = open_page(width=DESK)
    log_in(desk, server, "lead")
    desk.goto(f"{server.url}/information/new")
    look(desk, "information-new")
    desk.fill("input[name=title]", "致居民的一封信")
    desk.fill("textarea[name=text]", "本社区有一例确诊，已送定点医院。凭证出入，每日测温。")
    desk.fill("input[name=source]", "区指挥部")
    desk.check("input[name=acknowledge]")
    desk.locator("main button[type=submit]").click()
    expect(desk.locator("main h1")).to_contain_text("致居民的一封信")
    look(desk, "information")

    resident = open_page(width=PHONE)
    door = f"{server.url}/d/{cards.code_of(DISTRICT, town.households['3-2-501'])}"
    resident.goto(door)
    resident.get_by_role("link", name="致居民的一封信").click()
    look(resident, "door-news")
    resident.locator("main button[type=submit]").click()
    expect(resident.locator(".note")).to_contain_text("谢谢")
    resident.goto(f"{door}/news?q=定点医院")
    expect(resident.locator("main")).to_contain_text("致居民的一封信")
    look(resident, "door-news-list")

    desk.reload()
    desk.get_by_role("button", name="现在就派人上门").click()
    expect(desk.locator("main")).to_contain_text("上门任务")

    worker = open_page(width=PHONE)
    log_in(worker, server, "grid1")
    bell = worker.locator("a.bell .count")
    expect(bell).to_have_text("2")
    worker.locator("a.bell").click()
    expect(worker.locator("main")).to_contain_text("招募志愿者")
    look(worker, "notices")
    worker.goto(f"{server.url}/duties")
    look(worker, "duties-knock")
    worker.goto(desk.url.replace("?", "/doors?") if "?" in desk.url else f"{desk.url}/doors")
    look(worker, "doors")
    worker.get_by_role("button", name="已告知").first.click()
    expect(worker.locator("main")).not_to_contain_text("3-2-501")

    for address in ("channels", "channels/new-group", "information/questions", "information"):
        desk.goto(f"{server.url}/{address}")
        look(desk, address.replace("/", "-"))
        phone = worker if address == "information" else desk
        phone.set_viewport_size({"width": PHONE, "height": 844})
        phone.goto(f"{server.url}/{address}")
        look(phone, address.replace("/", "-") + "-phone")
        desk.set_viewport_size({"width": DESK, "height": 800})
    public = open_page(width=PHONE)
    public.goto(f"{server.url}/news/440605011900")
    look(public, "public-news")
