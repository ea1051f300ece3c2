"""The app in a real browser: what a phone may keep, for how long, and what its owner sees."""

from __future__ import annotations

import gzip
import re

import pytest
from tests.phone.conftest import PIN, OpenPhone, Screen, furnish, open_round
from tests.town import COMMUNITY, DISTRICT, Town, do

from lianfang.areas.models import Grant
from lianfang.doors.models import Device
from lianfang.doors.phone.files import BUILT
from lianfang.doors.sync import devices
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.models import SetAside
from lianfang.people.auth import new_link
from lianfang.screening.models import Reading, Visit
from lianfang.services.cards import code_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_SCRIPT = 120 * 1024


@pytest.fixture
def phone(town: Town, open_phone: OpenPhone) -> Screen:
    furnish(town, 1, "3", 3, 4)
    open_round(town)
    screen = open_phone()
    screen.login("grid1")
    screen.page.wait_for_selector(".big-number")
    return screen


def to_building(phone: Screen) -> None:
    phone.go("/doors")
    phone.page.locator(".building").first.tap()
    phone.page.wait_for_selector(".cell")


def visit(phone: Screen, room: str, button: str = ".all-normal") -> None:
    phone.page.locator(f".cell[data-room='{room}']").tap()
    phone.page.wait_for_selector(".all-normal")
    phone.page.wait_for_timeout(350)
    phone.page.locator(button).first.tap()
    phone.page.wait_for_selector(".cell")


def stored(phone: Screen) -> str:
    """Return all that lies in the phone's database, as text."""
    return str(
        phone.page.evaluate(
            """async () => {
                const db = await new Promise((done) => {
                    const asked = indexedDB.open("lianfang");
                    asked.onsuccess = () => done(asked.result);
                });
                const all = {};
                for (const name of db.objectStoreNames) {
                    all[name] = await new Promise((done) => {
                        const asked = db.transaction(name).objectStore(name).getAll();
                        asked.onsuccess = () => done(asked.result);
                    });
                }
                db.close();
                return JSON.stringify(all, (key, value) =>
                    value instanceof Uint8Array ? new TextDecoder().decode(value) : value);
            }"""
        )
    )


def test_the_first_load_is_small() -> None:
    page = (BUILT / "index.html").read_text()
    scripts = re.findall(r"/phone/(assets/[\w-]+\.js)", page)
    assert scripts
    assert sum(len(gzip.compress((BUILT / s).read_bytes())) for s in scripts) < MOST_SCRIPT


def test_the_app_is_served_to_be_kept(phone: Screen) -> None:
    request = phone.context.request
    page = request.get(f"{phone.url}/phone/")
    assert page.headers["cache-control"] == "no-cache"
    script = re.search(r"/phone/assets/[\w-]+\.js", page.text())
    assert script
    assert "immutable" in request.get(f"{phone.url}{script.group()}").headers["cache-control"]
    assert request.get(f"{phone.url}/phone/sw.js").headers["cache-control"] == "no-cache"
    assert request.get(f"{phone.url}/phone/../../config/settings.py").status == 404
    assert request.get(f"{phone.url}/phone/none.js").status == 404


def test_nothing_readable_lies_on_the_phone(phone: Screen) -> None:
    to_building(phone)
    phone.offline()
    visit(phone, "101")
    text = stored(phone)
    assert "王3-1-101" not in text
    assert "household.visit" not in text
    assert "第一网格" not in text
    assert "sealed" in text


def test_a_fever_by_number_pad(phone: Screen) -> None:
    to_building(phone)
    phone.page.locator(".cell[data-room='202']").tap()
    phone.page.locator(".outcome.ill").tap()
    phone.page.wait_for_selector(".pad")
    for digit in "384":
        phone.page.locator(".pad button", has_text=digit).first.tap()
    phone.page.wait_for_timeout(350)
    phone.page.locator(".thumb .btn.primary").tap()
    phone.page.wait_for_selector(".cell.d-fever[data-room='202']")
    phone.quiet()
    assert Reading.objects.get().tenths == 384
    assert not Visit.objects.get().all_normal
    phone.go("/duties")
    phone.page.wait_for_selector('.duty[data-hot="true"]')


def test_a_temperature_that_cannot_be_is_not_saved(phone: Screen) -> None:
    to_building(phone)
    phone.page.locator(".cell[data-room='202']").tap()
    phone.page.locator(".outcome.ill").tap()
    phone.page.wait_for_selector(".pad")
    for digit in "984":
        phone.page.locator(".pad button", has_text=digit).first.tap()
    phone.page.wait_for_selector('.check-line[data-bad="true"]')
    phone.page.wait_for_timeout(350)
    phone.page.locator(".thumb .btn.primary").tap()
    assert phone.page.locator("[role=alert]").count() == 1
    assert phone.page.locator(".checks").count() == 1


def test_a_permission_taken_away_takes_the_doors_at_the_next_contact(
    town: Town, phone: Screen
) -> None:
    to_building(phone)
    phone.offline()
    visit(phone, "101")
    for grant in Grant.objects.filter(account_id=town.accounts["grid1"].id, ended_at=None):
        do(OPERATOR, "grant.end", {"grant_id": str(grant.id)}, "")
    phone.offline(False)
    phone.go("/outbox")
    phone.page.wait_for_selector(".act[data-state=held]")
    assert SetAside.objects.get().state == "held"
    phone.go("/doors")
    phone.page.wait_for_selector(".nothing")
    assert phone.page.locator(".building").count() == 0


def test_a_lost_phone_is_emptied_and_stays_out(town: Town, phone: Screen) -> None:
    to_building(phone)
    phone.offline()
    visit(phone, "101")
    devices.report_lost(Device.objects.get(), town.actor("lead"))
    phone.offline(False)
    # The network coming back is contact enough.
    phone.page.wait_for_selector("input[name=username]")
    assert phone.page.locator('.note[data-tone="bad"]').count() == 1
    assert SetAside.objects.get().state == "held"
    text = stored(phone)
    assert '"buckets":[]' in text
    phone.page.reload()
    phone.page.wait_for_selector("input[name=username]")


def test_after_the_lease_only_a_log_in_opens_it_and_the_outbox_is_sent_without(
    phone: Screen,
) -> None:
    to_building(phone)
    phone.offline()
    visit(phone, "101")
    phone.page.evaluate(
        """async () => {
            const db = await new Promise((done) => {
                const asked = indexedDB.open("lianfang");
                asked.onsuccess = () => done(asked.result);
            });
            const store = db.transaction("meta", "readwrite").objectStore("meta");
            const known = await new Promise((done) => {
                const asked = store.get("session");
                asked.onsuccess = () => done(asked.result);
            });
            store.put({...known, lease: Date.now() - 1}, "session");
            await new Promise((done) => { store.transaction.oncomplete = done; });
            db.close();
        }"""
    )
    phone.page.reload()
    phone.page.wait_for_selector("input[name=username]")
    assert '"share":null' in stored(phone)
    phone.offline(False)
    phone.page.wait_for_function("() => !document.querySelector('.note .btn')")
    assert Visit.objects.count() == 1
    # The same PIN opens what was there before.
    phone.page.fill("input[name=username]", "grid1")
    phone.page.fill("input[name=password]", "a long word")
    phone.page.locator("button.btn.primary").tap()
    phone.unlock()
    phone.page.wait_for_selector(".big-number")
    assert Device.objects.count() == 1


def test_five_wrong_pins_ask_for_a_log_in(phone: Screen) -> None:
    phone.page.reload()
    phone.page.wait_for_selector(".pad")
    for _ in range(5):
        phone.page.wait_for_selector(".dots i:not(.on)")
        phone.page.wait_for_function("() => !document.querySelector('.dots i.on')")
        phone.pin("999999")
        phone.page.wait_for_function("() => !document.querySelector('.dots i.on')")
    phone.page.wait_for_selector("input[name=username]")


def test_a_one_time_link_and_a_door_code(town: Town, open_phone: OpenPhone) -> None:
    furnish(town, 1, "3", 2, 2)
    open_round(town)
    screen = open_phone("en")
    link = new_link(town.accounts["grid1"], town.actor("lead"))
    screen.page.goto(f"{screen.url}/phone/#/in/{link}")
    screen.page.locator("button.btn.primary").tap()
    screen.page.wait_for_selector(".pad")
    screen.pin()
    screen.page.wait_for_timeout(100)
    screen.pin()
    screen.page.wait_for_selector(".big-number")
    code = code_of(DISTRICT, town.households["3-1-201"])
    screen.go(f"/d/{code}")
    screen.page.wait_for_selector(".visit .plate.large")
    assert screen.page.locator(".plate.large").inner_text().split() == ["3", "1", "201"]


def test_an_account_that_visits_nothing_sees_its_duties_only(
    town: Town, open_phone: OpenPhone
) -> None:
    furnish(town, 1, "3", 2, 2)
    account = town.hire("helper", "volunteer", f"{COMMUNITY}001")
    account.set_password("a long word")
    account.save(update_fields=["password"])
    screen = open_phone()
    screen.login("helper")
    screen.go("/doors")
    screen.page.wait_for_selector(".nothing")
    assert PIN
