"""A volunteer carries a door on the phone no longer than its order; what the files hold."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook
from tests.doors.sync.conftest import NewPhone, phone  # noqa: F401 (a fixture)
from tests.services.helpers import accept, act, build, claim, door, place
from tests.town import COMMUNITY, DISTRICT, Town, do

from lianfang.drill.phones import Phone
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty, Record
from lianfang.kernel.times import now
from lianfang.services.models import Order

pytestmark = pytest.mark.django_db

PHONE, NAME, LABEL = "13800000012", "王大爷", "3-2-501"


@pytest.fixture
def town() -> Town:
    return build()


def store(carrier: Phone) -> str:
    """Return all that lies in a phone's store, the outbox apart, as one text."""
    return json.dumps([carrier.areas, carrier.doors, carrier.lists], ensure_ascii=False)


def test_a_claimed_order_lies_on_the_phone_until_it_is_confirmed(
    town: Town,
    phone: NewPhone,  # noqa: F811
) -> None:
    order_id = place(town, note="放在门口")
    accept(town, order_id)
    carrier, other = phone("helper"), phone("helper2")
    carrier.sync()
    home = str(town.households[LABEL])
    hidden = (NAME, LABEL, PHONE, "酱油", "放在门口", home)
    assert not [text for text in hidden if text in store(carrier)]
    (row,) = carrier.lists["duties"]
    carrier.record("duty.claim", {"duty_id": row[1]}, DISTRICT)
    carrier.sync()
    (row,) = carrier.lists["duties"]
    assert (row[5], row[8], row[9], row[10]) == (1, home, LABEL, NAME)
    assert row[14]["wants"] == "酱油 × 2瓶\n陈醋 × 1瓶"
    assert row[14]["note"] == "放在门口"
    # The number is dialled by the order's page, one call at a time, and lies nowhere.
    assert PHONE not in store(carrier)
    assert carrier.doors == {}
    act(town.actor("helper"), "order.buy", order_id, price_fen=4350)
    act(town.actor("helper"), "order.leave", order_id)
    carrier.sync()
    assert carrier.lists["duties"][0][9] == LABEL
    other.sync()
    assert not [text for text in hidden if text in store(other)]
    act(door(town, LABEL), "order.confirm", order_id)
    carrier.sync()
    assert not [text for text in hidden if text in store(carrier)]


def test_an_order_leaves_the_phone_when_it_goes_to_somebody_else_or_the_claim_runs_out(
    town: Town,
    phone: NewPhone,  # noqa: F811
) -> None:
    order_id = place(town)
    accept(town, order_id)
    carrier = phone("helper")
    assert claim(town, order_id).stands
    carrier.sync()
    assert LABEL in store(carrier)
    Duty.objects.filter(kind="errand").update(claimed_until=now() - timedelta(seconds=1))
    carrier.sync()
    assert not [text for text in (NAME, LABEL, "酱油") if text in store(carrier)]


def test_an_errand_of_nothing_to_buy_says_its_kind(
    town: Town,
    phone: NewPhone,  # noqa: F811
) -> None:
    accept(town, place(town, kind="rubbish", items=[]))
    assert claim(town, Order.objects.get().id).stands
    carrier = phone("helper")
    carrier.sync()
    assert carrier.lists["duties"][0][14]["wants"] == "Rubbish"


def client(town: Town, name: str) -> Client:
    made = Client()
    made.force_login(town.accounts[name])
    return made


def taken_out(who: Client, where: str) -> str:
    """Take a list out as a file; returns every cell as one text."""
    answer = who.post(where, {"entry_id": str(new_id())})
    assert answer.status_code == 200, answer.status_code
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    return "\n".join(str(cell) for sheet in sheets for line in sheet for cell in line)


def test_exports_give_each_what_he_may_see_and_a_volunteer_nothing(town: Town) -> None:
    order_id = place(town)
    accept(town, order_id)
    claim(town, order_id)
    act(town.actor("helper"), "order.buy", order_id, price_fen=4350)
    town.hire("street", "street_command", COMMUNITY[:9])
    town.hire("command", "district_command", DISTRICT)
    area = f"?community={town.areas[COMMUNITY].id}"
    files = ["/services/export" + area, "/services/money/export" + area]
    files += ["/services/care/export" + area]
    for who in ("helper", "helper2", "other"):
        for where in files:
            for answer in (client(town, who).get(where), client(town, who).post(where)):
                assert answer.status_code == 404, (who, where)
    for where in files[:2]:
        desk = taken_out(client(town, "lead"), where)
        assert LABEL in desk
        assert PHONE not in desk
        assert "0012" not in desk
    for who in ("street", "command"):
        assert client(town, who).get(files[2]).status_code == 404
        for where in files[:2]:
            given = taken_out(client(town, who), where)
            assert not [text for text in (NAME, PHONE, "酱油") if text in given], (who, where)
            assert who == "street" or LABEL not in given
    kept = Record.objects.filter(command="export.record")
    assert kept.count() == 6
    assert all(NAME not in row.payload and LABEL not in row.payload for row in kept)


def test_the_care_list_is_paged_and_taken_out_whole(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = town.actor("lead")
    labels = ("3-2-501", "3-2-502", "3-2-503", "4-1-101")
    for number, label in enumerate(labels):
        kept = {"household_id": str(town.households[label])}
        # The last is only in isolation: no alarm, no visit.
        more = {"unseen_days": 5 - number} if number < 3 else {"isolated_until": "2999-01-01"}
        do(lead, "care.keep", {**kept, **more})
    monkeypatch.setattr("lianfang.services.views.care._SHOWN", 2)
    desk = client(town, "lead")
    seen: list[str] = []
    address = "/services/care"
    for _page in range(2):
        table = desk.get(address).context["table"]
        seen += [row.cells[0] for row in table.rows]
        address = table.next
    assert seen == ["3-2-503", "3-2-502", "3-2-501", "4-1-101"]
    assert not address
    assert [r.cells[0] for r in desk.get(table.previous).context["table"].rows] == seen[:2]
    # The way to the file asks first, so it must open as a page.
    assert " download" not in desk.get("/services/care").content.decode()
    given = taken_out(desk, table.export)
    assert [label for label in seen if label in given] == seen
    assert "王" not in given
    assert taken_out(desk, "/services/care/export?which=isolated").count("-101") == 1
    assert client(town, "grid1").get("/services/care").context["table"].export == ""
    assert client(town, "grid1").get("/services/care/export").status_code == 404
    assert client(town, "other").get("/services/care").context["table"].rows == []


def test_more_late_orders_than_cards_lead_to_the_list(town: Town) -> None:
    desk = client(town, "lead")
    for _number in range(11):
        accept(town, place(town, kind="visit", items=[]))
        Order.objects.update(ordered_at=now() - timedelta(days=2))
    Order.objects.update(due_at=now() - timedelta(minutes=1))
    answer = desk.get("/services")
    assert len(answer.context["late"]) == 10
    assert answer.context["all_late"] in answer.content.decode().replace("&amp;", "&")
    assert len(desk.get(answer.context["all_late"]).context["table"].rows) == 11
    Order.objects.filter(id=Order.objects.first().id).update(due_at=None)  # type: ignore[union-attr]
    assert desk.get("/services").context["all_late"] == ""
