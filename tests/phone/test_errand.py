"""An errand in the app: whose it is and what to buy while it is carried, nothing after it."""

from __future__ import annotations

import pytest
from tests.phone.conftest import PASSWORD, OpenPhone
from tests.services.helpers import accept, act, claim, door, place
from tests.town import COMMUNITY, Town

from lianfang.kernel.models import Duty

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_an_errand_says_what_to_buy_and_leads_to_its_order(
    town: Town, open_phone: OpenPhone
) -> None:
    town.register(1, "3-2-501")
    account = town.hire("helper", "volunteer", COMMUNITY)
    account.set_password(PASSWORD)
    account.save(update_fields=["password"])
    order_id = place(town, note="放在门口")
    accept(town, order_id)
    phone = open_phone()
    phone.login("helper")
    phone.go("/duties")
    phone.tap(".duty")
    phone.page.wait_for_selector(".facts")
    before = phone.page.inner_text("main")
    assert "王大爷" not in before
    assert "酱油" not in before
    assert claim(town, order_id).stands
    phone.quiet()
    phone.tap(".sync")
    phone.go("/duties")
    phone.tap(".duty")
    phone.page.wait_for_selector(".facts :text('酱油 × 2瓶')")
    shown = phone.page.inner_text("main")
    assert all(text in shown for text in ("王大爷", "陈醋 × 1瓶", "放在门口", "501"))
    assert "13800000012" not in shown
    link = phone.page.locator("a.row-link").get_attribute("href")
    assert link
    assert link.endswith(str(order_id))
    phone.offline()
    phone.go("/duties")
    phone.tap(".duty")
    phone.page.wait_for_selector(".facts :text('酱油 × 2瓶')")
    assert phone.page.locator("a.row-link").count() == 0
    # What is recorded here stays in the outbox for days: without the door.
    phone.page.locator(".pair .btn").nth(1).tap()
    phone.offline(False)
    phone.quiet()
    assert Duty.objects.get(kind="errand").state == "started"
    act(town.actor("helper"), "order.leave", order_id)
    act(door(town, "3-2-501"), "order.confirm", order_id)
    phone.quiet()
    phone.tap(".sync")
    phone.go("/duties")
    phone.page.wait_for_function("() => !document.querySelector('.duty')")
    for screen in ("/duties", "/outbox", "/today"):
        phone.go(screen)
        phone.page.wait_for_selector("main")
        text = phone.page.inner_text("main")
        assert not [t for t in ("王大爷", "酱油", "501") if t in text], screen
