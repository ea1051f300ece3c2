"""Checks of those under watch without network: one tap for a household, a pad, nobody home."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.phone.conftest import PASSWORD, OpenPhone, Screen
from tests.town import Town, accepted, entry
from tests.watching.helpers import person, terms

from lianfang.kernel.models import SetAside
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.watching.models import Check, Referral, Watch

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def worker(town: Town, open_phone: OpenPhone) -> Screen:
    town.register(1, "3-2-501", "3-2-502", "3-2-503", "3-2-504")
    # Two days ago, so that a check is owed at any hour of the day.
    start = now() - timedelta(days=2)
    entries = [
        entry(
            "watch.start",
            terms(town, label)
            | {"person_id": str(person(town, label, n)), "from_day": start.date().isoformat()},
            occurred_at=start,
        )
        for label, n in (("3-2-501", 0), ("3-2-501", 1), ("3-2-502", 0), ("3-2-503", 0))
    ]
    accepted(submit(town.actor("lead"), entries))
    screen = open_phone()
    screen.login("grid1", PASSWORD)
    screen.page.wait_for_selector(".row-link:has-text('4')")
    return screen


def test_a_round_of_checks_offline(worker: Screen) -> None:
    worker.offline()
    worker.go("/checks")
    worker.tap("[data-place='3-2-501'] [data-act='well']")
    worker.page.wait_for_selector("[data-place='3-2-501'] [data-act='well']", state="detached")
    assert worker.taps == 1
    worker.tap("[data-place='3-2-502'] [data-watch]")
    for digit in "382":
        worker.tap(f".pad button:text-is('{digit}')")
    worker.tap("[data-act='save']")
    worker.page.wait_for_selector(".stop")
    worker.tap("[data-act='understood']")
    worker.tap("[data-place='3-2-503'] [data-watch]")
    worker.tap("[data-act='absent']")
    worker.page.wait_for_selector("[data-place='3-2-503'] .badge")
    worker.page.reload()
    worker.unlock()
    # Who was not found is still owed; the others are done for now.
    assert worker.page.locator("[data-act='well']").count() == 1
    assert not Check.objects.exclude(state="missed").exists()
    worker.offline(False)
    worker.quiet()
    assert SetAside.objects.count() == 0
    assert sorted(
        Check.objects.exclude(state="missed").values_list("tenths", "unwell"), key=str
    ) == [
        (382, True),
        (None, False),
        (None, False),
    ]
    assert Referral.objects.count() == 1
    assert Watch.objects.exclude(left_at=None).count() == 1


def test_nonsense_is_not_saved(worker: Screen) -> None:
    worker.go("/checks")
    worker.tap("[data-place='3-2-502'] [data-watch]")
    for digit in "982":
        worker.tap(f".pad button:text-is('{digit}')")
    worker.tap("[data-act='save']")
    worker.page.wait_for_selector("[role=alert]")
    assert not Check.objects.exclude(state="missed").exists()
