"""Mobilising on the phone, without network: every tap arrives, in its order."""

from __future__ import annotations

import pytest
from tests.mobilising.helpers import sign_up
from tests.mobilising.on_phone import stage
from tests.phone.conftest import PASSWORD, OpenPhone, Screen
from tests.town import Town

from lianfang.kernel.models import Record, SetAside
from lianfang.mobilising.models import (
    Attendance,
    Call,
    PlannedShift,
    Recalled,
    SignUp,
    TeamMember,
    WhistleDepartment,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lin(town: Town, open_phone: OpenPhone) -> Screen:
    made = stage(town)
    found = Call.objects.get(id=made["call"])
    sign_up(found, 2, phone="13800000000")
    account = town.accounts["lin"]
    account.set_password(PASSWORD)
    account.save(update_fields=["password"])
    screen = open_phone()
    screen.login("lin")
    screen.page.wait_for_selector(".card.service")
    return screen


def press(screen: Screen, button: str) -> None:
    """Press a button and wait until the screen has taken it."""
    screen.tap(f"[data-act='{button}']")
    screen.page.wait_for_selector(f"[data-act='{button}']", state="detached")


def answer(screen: Screen, icon: str, button: str) -> None:
    """Open the first line of the kind on the first screen and press its button."""
    screen.go("/today")
    screen.tap(f".duty:has-text('{icon}')")
    press(screen, button)


def test_a_day_of_service_without_network(lin: Screen) -> None:
    lin.offline()
    answer(lin, "全体返岗", "back")
    answer(lin, "青年突击队", "accept")
    lin.page.wait_for_selector("main .note[data-tone=good]")
    answer(lin, "菜场断货", "report")
    # Tomorrow's shift; the one that runs is answered by checking in.
    answer(lin, "北门卡口", "acknowledge")
    lin.go("/today")
    lin.tap(".card.service [data-act='check-in']")
    lin.page.wait_for_selector(".card.service[data-on=true]")
    assert Record.objects.filter(command="recall.answer").count() == 0
    lin.page.reload()
    lin.unlock()
    lin.page.wait_for_selector(".card.service[data-on=true]")
    lin.tap("[data-act='check-out']")
    lin.page.wait_for_selector(".card.service:not([data-on])")
    lin.offline(False)
    lin.quiet()
    assert SetAside.objects.count() == 0
    assert Recalled.objects.filter(answer="back").count() == 1
    assert TeamMember.objects.exclude(accepted_at=None).count() == 1
    assert WhistleDepartment.objects.get().by == "lin"
    assert PlannedShift.objects.filter(state="acknowledged").count() == 1
    assert Attendance.objects.exclude(ended_at=None).count() == 1


def test_a_place_in_a_call_is_checked_in_by_the_posts_code(lin: Screen) -> None:
    call = Call.objects.get()
    lin.go(f"/p/{call.district}~{call.id.hex}~signature")
    press(lin, "check-in")
    lin.quiet()
    assert SignUp.objects.get(state="present").checked_in_at
    lin.go(f"/call/{call.id}")
    press(lin, "check-out")
    lin.quiet()
    assert SignUp.objects.get(state="served").checked_out_at
