"""The console in a real browser: the way a community lead goes, at a desk and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from tests import town as towns
from tests.people.conftest import ANN
from tests.people.test_permissions import ANN_ID
from tests.support.browser import DESK, PHONE, OpenPage
from tests.support.server import Server
from tests.town import DISTRICT, Town
from tests.web.test_browser import violations

from lianfang.areas import tree
from lianfang.people import auth
from lianfang.people.models import Person

pytestmark = pytest.mark.browser
PASSWORD = "yi-ju-duanju-66"


@pytest.fixture
def house(server: Server, town: Town) -> Town:
    """The town, in the database that the server sees; the lead has a password."""
    tree.clear()
    town.accounts["lead"].name = "周敏"
    town.accounts["lead"].save()
    auth.set_password(town.accounts["lead"], PASSWORD)
    return town


def enter(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/")
    page.get_by_label("Login name").fill("lead")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("周敏")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_from_the_log_in_to_a_household(
    server: Server, house: Town, open_page: OpenPage, width: int
) -> None:
    page = open_page(language="en", width=width)
    enter(page, server)
    find = page.get_by_role("searchbox").first
    find.press_sequentially("3-2-501")
    page.get_by_role("link", name="3-2-501").first.click()
    expect(page.get_by_role("link", name=ANN["name"])).to_be_visible()
    expect(page.get_by_text("199****0012")).to_be_visible()
    page.get_by_role("link", name="Add a person").click()
    page.get_by_label("Name", exact=True).fill("Chen Yi")
    page.get_by_label("Telephone").fill("12")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("is not a telephone number")
    page.get_by_label("Telephone").fill("199 0000 0345")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The person is registered.")).to_be_visible()
    expect(page.get_by_role("link", name="Chen Yi")).to_be_visible()
    page.get_by_role("link", name=ANN["name"]).click()
    page.get_by_role("button", name="Show the numbers in full").click()
    expect(page.get_by_role("link", name=ANN["phone"])).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_area_tree_opens_in_place_and_by_search(
    server: Server, house: Town, open_page: OpenPage
) -> None:
    house.hire("street2", "street_command", "440605011")
    auth.set_password(house.accounts["street2"], PASSWORD)
    page = open_page(language="en")
    page.goto(f"{server.url}/login?next=/areas")
    page.get_by_label("Login name").fill("street2")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    community = house.areas[towns.COMMUNITY].name
    grid = page.get_by_role("link", name=house.grid(2).name)
    expect(page.get_by_role("link", name=community)).to_be_visible()
    expect(grid).to_have_count(0)
    opener = page.get_by_role("button", name=f"Open {community}")
    opener.focus()
    page.keyboard.press("Enter")
    expect(grid).to_be_visible()
    page.keyboard.press("Enter")
    expect(grid).to_be_hidden()
    page.get_by_label("Find an area by name or code").press_sequentially(towns.COMMUNITY + "002")
    expect(grid).to_be_visible()


def test_a_list_is_filtered_in_place(server: Server, house: Town, open_page: OpenPage) -> None:
    page = open_page(language="en")
    enter(page, server)
    page.goto(f"{server.url}/areas/{house.areas[towns.COMMUNITY].id}/households")
    expect(page.get_by_role("link", name="5-1-101")).to_be_visible()
    page.get_by_label("Door or name").press_sequentially("3-2")
    expect(page.get_by_role("link", name="5-1-101")).to_have_count(0)
    expect(page.get_by_role("link", name="3-2-502")).to_be_visible()


@pytest.mark.parametrize(("language", "width"), [("zh-CN", DESK), ("en", PHONE)])
def test_the_pages_are_accessible_and_fit(
    server: Server, house: Town, open_page: OpenPage, language: str, width: int
) -> None:
    page = open_page(language=language, width=width)
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{server.url}/login")
    assert violations(page) == []
    page.fill("#id_username", "lead")
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("周敏")
    community, grid = house.areas[towns.COMMUNITY].id, house.grid(1).id
    door = f"/households/{DISTRICT}/{house.households['3-2-501']}"
    person = f"/persons/{DISTRICT}/{ANN_ID}"
    account = house.accounts["grid1"].id
    wrong = {}
    for path in (
        *("/", "/duties", "/areas", f"/areas/{community}", f"/areas/{grid}", "/areas/gaps"),
        *(f"/areas/{community}/households", f"/areas/{grid}/split", f"/areas/{grid}/roles/new"),
        *(door, f"{door}/correct", f"{door}/people/new", person, f"{person}/correct"),
        *("/people", f"/people/{account}", "/organisations", "/journal", "/held", "/refused"),
        *("/settings", "/settings/password", "/search?q=3-2-501"),
    ):
        page.goto(f"{server.url}{path}")
        found = violations(page)
        if page.evaluate("document.documentElement.scrollWidth") != width:
            found.append("wider than the window")
        if found:
            wrong[path] = found
    assert wrong == {}


def test_all_works_without_scripts(server: Server, house: Town, browser: Browser) -> None:
    context = browser.new_context(locale="en", java_script_enabled=False)
    page = context.new_page()
    enter(page, server)
    page.goto(f"{server.url}/areas/{house.areas[towns.COMMUNITY].id}")
    page.get_by_role("link", name=house.grid(1).name).first.click()
    page.get_by_role("link", name="Households").first.click()
    page.get_by_label("Door or name").fill("3-2-502")
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("link", name="3-2-502").click()
    page.get_by_role("link", name="Add a person").click()
    page.get_by_label("Name", exact=True).fill("Chen Yi")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("link", name="Chen Yi")).to_be_visible()
    assert Person.objects.filter(name="Chen Yi").count() == 1
    context.close()


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_sheet_of_links_is_chosen_made_and_printed(
    server: Server, house: Town, open_page: OpenPage, width: int
) -> None:
    page = open_page(language="en", width=width)
    enter(page, server)
    page.goto(f"{server.url}/people")
    page.get_by_role("link", name="Sheet of links").click()
    page.get_by_label("Role").select_option("grid_worker")
    page.get_by_role("button", name="Show").click()
    boxes = page.get_by_role("checkbox")
    expect(boxes).to_have_count(2)
    boxes.first.uncheck()
    page.get_by_role("button", name="Make the links").click()
    expect(page.get_by_text("Works once, within 48 hours")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert violations(page) == []
    page.emulate_media(media="print")
    expect(page.get_by_text("It is not shown again")).to_be_hidden()
    expect(page.locator(".qr-code")).to_be_visible()
