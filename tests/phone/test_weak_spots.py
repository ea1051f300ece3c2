"""Where an app loses trust: a visit that was wrong, and a phone that goes from hand to hand."""

from __future__ import annotations

import pytest
from tests.phone.conftest import PASSWORD, OpenPhone, Screen, furnish, open_round
from tests.phone.test_app import stored, to_building, visit
from tests.town import Town

from lianfang.kernel.models import Record, SetAside
from lianfang.screening.models import Coverage, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

OTHER_PIN = "830462"


@pytest.fixture
def phone(town: Town, open_phone: OpenPhone) -> Screen:
    furnish(town, 1, "3", 3, 4)
    furnish(town, 2, "8", 2, 2)
    open_round(town)
    screen = open_phone()
    screen.login("grid1")
    screen.page.wait_for_selector(".big-number")
    return screen


def correct(phone: Screen, room: str, button: str) -> None:
    phone.page.locator(f".cell[data-room='{room}']").tap()
    phone.page.wait_for_selector(".all-normal")
    phone.page.locator(".tick input").check()
    phone.page.wait_for_timeout(350)
    phone.page.locator(button).first.tap()
    phone.page.wait_for_selector(".cell")


def test_a_visit_is_corrected_before_and_after_it_was_sent(phone: Screen) -> None:
    to_building(phone)
    phone.offline()
    visit(phone, "101")
    visit(phone, "102")
    # A slip of the thumb, noticed at once and offline: a correction that waits behind its visit.
    correct(phone, "101", "[data-outcome='nobody_home']")
    phone.page.wait_for_selector(".cell.d-nobody[data-room='101']")
    phone.offline(False)
    phone.quiet()
    assert SetAside.objects.count() == 0
    to_building(phone)
    # One that was noticed after it had gone up.
    correct(phone, "102", "[data-outcome='refused']")
    phone.page.wait_for_selector(".cell.d-refused[data-room='102']")
    phone.quiet()
    assert SetAside.objects.count() == 0
    counts = Coverage.objects.exclude(outcome="").order_by("outcome").values_list("outcome")
    assert [row[0] for row in counts] == ["nobody_home", "refused"]
    assert Visit.objects.count() == 4
    to_building(phone)
    assert phone.page.locator(".cell.d-nobody[data-room='101']").count() == 1
    assert phone.page.locator(".cell.d-refused[data-room='102']").count() == 1


def test_a_second_account_on_one_phone_sees_nothing_and_loses_nothing(
    town: Town, phone: Screen
) -> None:
    to_building(phone)
    phone.offline()
    visit(phone, "101")
    first = town.actor("grid1").ref
    # The colleague takes the phone over: logs the first one out, without network.
    phone.go("/me")
    phone.page.locator("main > .btn.quiet").last.tap()
    phone.page.locator(".btn.danger").tap()
    phone.page.wait_for_selector("input[name=username]")
    assert "王3-1-101" not in stored(phone)
    phone.offline(False)
    phone.page.fill("input[name=username]", "grid2")
    phone.page.fill("input[name=password]", PASSWORD)
    phone.page.locator("button.btn.primary").tap()
    phone.page.wait_for_selector(".pad")
    phone.pin(OTHER_PIN)
    phone.page.wait_for_timeout(100)
    phone.pin(OTHER_PIN)
    phone.page.wait_for_selector(".big-number")
    to_building(phone)
    # The own grid, and not a door of the other's; what the other recorded arrives under that name.
    assert phone.page.locator(".cell").count() == 4
    visit(phone, "101")
    phone.quiet()
    actors = Record.objects.filter(command="household.visit").values_list("actor", flat=True)
    assert sorted(actors) == sorted([first, town.actor("grid2").ref])
    assert SetAside.objects.count() == 0
    phone.go("/outbox")
    shown = phone.page.inner_text("main")
    assert "3-1-101" not in shown.replace("\n", "-")
