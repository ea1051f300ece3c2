"""An errand in the app: whose it is and what to buy while it is carried, nothing after it."""

from __future__ import annotations

from base64 import b64decode

import pytest
from tests.phone.conftest import PASSWORD, OpenPhone
from tests.services.helpers import accept, act, claim, door, place
from tests.town import COMMUNITY, DISTRICT, Town

from lianfang.kernel.models import Duty, SetAside
from lianfang.services import carrying
from lianfang.services.models import Order
from lianfang.web import photos

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


# One black pixel, as a camera that is somewhat small would take it.
PNG = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwABBAEAX+XDSwAAAABJRU5ErkJggg=="
)


def test_an_errand_is_bought_and_left_without_network(town: Town, open_phone: OpenPhone) -> None:
    town.register(1, "3-2-501")
    account = town.hire("helper", "volunteer", COMMUNITY)
    account.set_password(PASSWORD)
    account.save(update_fields=["password"])
    order_id = place(town, note="放在门口", ceiling_fen=5000)
    accept(town, order_id)
    assert claim(town, order_id).stands
    phone = open_phone()
    phone.login("helper")
    phone.go("/duties")
    phone.tap(".duty")
    phone.page.wait_for_selector("[data-act='buy']")
    phone.offline()
    phone.page.fill("input[name=price]", "62.80")
    # More than they wanted to spend: not without a word.
    assert phone.page.locator("[data-act='buy']").is_disabled()
    phone.tap("input[name=agreed]")
    photo = {"name": "receipt.png", "mimeType": "image/png", "buffer": PNG}
    phone.page.set_input_files("input[name=receipt]", photo)  # type: ignore[arg-type]
    phone.page.wait_for_selector("label.btn:has-text('已拍照')")
    phone.tap("[data-act='buy']")
    phone.tap("[data-act='leave']")
    phone.page.wait_for_selector(".note[data-tone='good']")
    phone.page.reload()
    phone.unlock()
    assert Order.objects.get(id=order_id).state == "taken"
    phone.offline(False)
    phone.quiet()
    assert SetAside.objects.count() == 0
    row = Order.objects.get(id=order_id)
    assert (row.state, row.price_fen) == ("at_door", 6280)
    assert row.receipt_id
    kept = photos.read(row.district, row.household_id, row.receipt_id)
    assert kept
    assert kept[1] == "image/jpeg"
    assert row.door_photo_id is None


def test_a_photo_comes_only_from_who_carries_the_order(town: Town) -> None:
    town.register(1, "3-2-501")
    town.hire("helper", "volunteer", COMMUNITY)
    town.hire("helper2", "volunteer", COMMUNITY)
    order_id = place(town)
    accept(town, order_id)
    assert claim(town, order_id).stands
    payload = {"order_id": str(order_id)}
    household = town.households["3-2-501"]
    assert carrying.photo_of(town.actor("helper"), DISTRICT, payload) == household
    assert carrying.photo_of(town.actor("helper2"), DISTRICT, payload) is None
    assert carrying.photo_of(town.actor("helper"), DISTRICT, {"order_id": "x"}) is None
