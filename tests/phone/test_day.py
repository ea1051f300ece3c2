"""A whole day without network: 200 doors, a reload, a crash, an update; then everything arrives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Error as PlaywrightError
from tests.phone.conftest import OpenPhone, Screen, furnish, open_round
from tests.town import Town

from lianfang.doors.phone.files import BUILT
from lianfang.kernel.models import Record, SetAside
from lianfang.people.models import Household
from lianfang.screening.models import Coverage, Reading, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

BUILDINGS, FLOORS, ROOMS = 5, 10, 4
RELOAD_AT, UPDATE_AT, KILL_AT = 60, 100, 150
# What is tapped at the n-th door, by n modulo 10; all the others are normal.
OTHERWISE = {3: "nobody_home", 6: "refused", 7: "by_phone", 9: "vacant"}


@contextmanager
def new_version() -> Iterator[str]:
    """Put another version of the app on the server; yields the name of its script."""
    page, worker = BUILT / "index.html", BUILT / "sw.js"
    before = {path: path.read_bytes() for path in (page, worker)}
    old = re.search(r"assets/index-[\w-]{8}\.js", page.read_text())
    assert old
    script = Path(BUILT, "assets", "index-UPDATED1.js")
    script.write_bytes((BUILT / old.group()).read_bytes() + b"\n// another version\n")
    try:
        page.write_text(before[page].decode().replace(old.group(), "assets/index-UPDATED1.js"))
        text = before[worker].decode().replace(old.group(), "assets/index-UPDATED1.js")
        worker.write_text(re.sub(r"phone-[0-9a-f]{12}", "phone-0123456789ab", text))
        yield script.name
    finally:
        for path, content in before.items():
            path.write_bytes(content)
        script.unlink()


def rooms() -> Iterator[tuple[int, str]]:
    """Yield (building, room) in the order of walking."""
    for building in range(1, BUILDINGS + 1):
        for floor in range(1, FLOORS + 1):
            for room in range(1, ROOMS + 1):
                yield building, f"{floor}{room:02d}"


def open_building(phone: Screen, building: int) -> None:
    phone.go("/doors")
    phone.page.locator(".building", has_text=f"{building} 栋 1 单元").tap()
    phone.page.wait_for_selector(".cell")


def record(phone: Screen, room: str, outcome: str) -> int:
    """Record one door from the elevation and back to it; returns the number of taps."""
    before = phone.taps
    phone.tap(f".cell[data-room='{room}']")
    phone.page.wait_for_selector(".all-normal")
    # Longer than the guard against double taps; a person needs longer to say good morning.
    phone.page.wait_for_timeout(320)
    phone.tap(".all-normal" if outcome == "met" else f"[data-outcome={outcome}]")
    phone.page.wait_for_selector(f".cell[data-room='{room}']:not(.d-unvisited)")
    return phone.taps - before


def test_a_day_without_network(
    town: Town, open_phone: OpenPhone, capsys: pytest.CaptureFixture[str]
) -> None:
    for building in range(1, BUILDINGS + 1):
        furnish(town, 1, str(building), FLOORS, ROOMS)
    open_round(town)
    phone = open_phone()
    phone.login("grid1")
    phone.page.wait_for_selector(".big-number")
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    typed: list[str] = []
    phone.page.on("console", lambda message: typed.append(message.text))
    phone.offline()

    tapped: list[tuple[str, str]] = []
    normal: list[int] = []
    inside = 0
    for number, (building, room) in enumerate(rooms()):
        if number == RELOAD_AT:  # the page is loaded anew, without network
            phone.page.reload()
            phone.unlock()
            inside = 0
        if number == UPDATE_AT:  # an update arrives in a moment of network
            with new_version() as script:
                phone.offline(False)
                phone.page.evaluate(
                    "navigator.serviceWorker.getRegistration().then(r => r.update())"
                )
                phone.page.wait_for_function(
                    "caches.keys().then(keys => keys.includes('phone-0123456789ab'))"
                )
                phone.page.wait_for_timeout(500)
                phone.offline()
                phone.page.reload()
                phone.unlock()
                scripts = phone.page.eval_on_selector_all("script", "all => all.map(s => s.src)")
                assert any(script in source for source in scripts)
            inside = 0
        if number == KILL_AT:  # the tab is killed
            dead = phone.page
            with pytest.raises(PlaywrightError, match="crash"):
                dead.goto("chrome://crash", timeout=5_000)
            dead.close()
            phone.new_page().goto(f"{phone.url}/phone/")
            phone.unlock()
            inside = 0
        if building != inside:
            open_building(phone, building)
            inside = building
        outcome = OTHERWISE.get(number % 10, "met")
        taps = record(phone, room, outcome)
        tapped.append((f"{building}-1-{room}", outcome))
        if outcome == "met":
            normal.append(taps)

    assert max(normal) <= 2
    with capsys.disabled():
        print(  # noqa: T201
            f"\n  phone: {len(normal)} households all normal: {max(normal)} taps each, 0 typed;"
            f" {len(tapped)} doors in all"
        )
    phone.offline(False)
    phone.quiet()
    assert phone.page.locator(".act[data-state=waiting]").count() == 0

    doors = {h.id: h.label for h in Household.objects.all()}
    visits = list(Visit.objects.order_by("occurred_at", "id"))
    assert [(doors[v.household_id], v.outcome) for v in visits] == tapped
    assert Record.objects.filter(command="household.visit").count() == len(tapped)
    assert SetAside.objects.count() == 0
    assert Coverage.objects.count() == len(tapped)
    assert Reading.objects.count() == 0
    assert all(v.all_normal == (v.outcome == "met") for v in visits)
