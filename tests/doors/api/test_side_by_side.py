"""Many at once, in real threads: each claim is single, each entry counts once, none is skipped."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, connections
from tests import town as towns
from tests.doors.api.conftest import Api, door, raw
from tests.town import DISTRICT, Town

from lianfang.areas import tree
from lianfang.areas.models import Area
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.models import Duty, DutyEvent, Record
from lianfang.kernel.times import now
from lianfang.people import tokens
from lianfang.people.models import Household

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


@pytest.fixture
def town(transactional_db: None) -> Iterator[Town]:
    tree.clear()
    yield towns.build()
    tree.clear()


def client(town: Town, username: str) -> Api:
    return Api(tokens.make(town.accounts[username], "test")[0])


def together(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Run `work(n)` in `count` threads that start at one moment; return what each gave."""
    gate = threading.Barrier(count)
    results: list[Any] = [None] * count
    errors: list[BaseException] = []

    def run(number: int) -> None:
        try:
            gate.wait(30)
            results[number] = work(number)
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not errors, errors
    return results


def open_duty(town: Town) -> Duty:
    grid = town.grid(1)
    return Duty.objects.create(
        district=DISTRICT,
        kind="test",
        area_id=grid.id,
        path=grid.path,
        held_path=grid.path,
        opened_at=now(),
        opened_by_id=grid.id,
    )


def without_holes(district: str = DISTRICT) -> bool:
    rows = Record.objects.filter(district=district).order_by("seq")
    numbers = list(rows.values_list("seq", flat=True))
    return numbers == list(range(1, len(numbers) + 1))


def test_eight_claim_one_duty_and_one_has_it(town: Town) -> None:
    duty = open_duty(town)
    people = [town.hire(f"worker{n}", "grid_worker", towns.COMMUNITY + "001") for n in range(8)]
    clients = [client(town, account.username) for account in people]
    body = {"payload": {"duty_id": str(duty.id)}}

    def claim(number: int) -> int:
        response = clients[number].request("POST", "/api/commands/duty.claim", body)
        return int(response.status_code)

    assert Counter(together(THREADS, claim)) == {200: 1, 409: 7}
    duty = Duty.objects.get()
    assert DutyEvent.objects.filter(action="claim").count() == 1
    assert duty.owner == DutyEvent.objects.get(action="claim").owner
    assert without_holes()


def test_eight_send_overlapping_lists_and_each_entry_counts_once(town: Town) -> None:
    entries = [raw("household.register", door(town, str(100 + n))) for n in range(60)]
    lead = client(town, "lead")

    def send(number: int) -> list[str]:
        # Each sends half of all, shifted, in its own order.
        mine = [entries[(number * 7 + n) % 60] for n in range(30)]
        receipts = Api(lead.token).send(*(reversed(mine) if number % 2 else mine))
        return [r["status"] for r in receipts]

    statuses = Counter(s for part in together(THREADS, send) for s in part)
    assert set(statuses) == {"accepted", "repeated"}
    assert statuses["accepted"] == Household.objects.count()
    assert Record.objects.filter(command="household.register").count() == statuses["accepted"]
    assert without_holes()


def test_who_follows_the_journal_while_others_write_misses_nothing(town: Town) -> None:
    lead = client(town, "lead")
    writers, lists, size = 4, 12, 3
    finished = [threading.Event() for _ in range(writers)]

    def work(number: int) -> list[int]:
        if number < writers:
            try:
                write(number)
            finally:
                finished[number].set()
            return []
        return follow()

    def write(number: int) -> None:
        for n in range(lists):
            rooms = [f"{number}{n:02d}{m}" for m in range(size)]
            sent = [raw("household.register", door(town, room)) for room in rooms]
            assert {r["status"] for r in Api(lead.token).send(*sent)} == {"accepted"}

    def follow() -> list[int]:
        reader, seen, cursor = Api(lead.token), [], ""
        while True:
            all_written = all(event.is_set() for event in finished)
            feed = reader.get(f"/api/records?district={DISTRICT}&limit=5{cursor}")
            seen += [int(row["seq"]) for row in feed["items"]]
            cursor = f"&cursor={feed['next']}"
            if all_written and not feed["items"]:
                return seen

    seen = together(writers + 1, work)[-1]
    written = list(
        Record.objects.filter(district=DISTRICT).order_by("seq").values_list("seq", flat=True)
    )
    assert seen == written
    assert len(written) >= writers * lists * size
    assert without_holes()


def test_two_districts_write_side_by_side(town: Town) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer")
    towns.do(OPERATOR, "area.import", {"rows": OTHER}, "")
    town.areas["440606001901"] = Area.objects.get(code="440606001901")
    town.hire("other", "community_lead", "440606001901")
    clients = [client(town, "lead"), client(town, "other")]
    places = [town.grid(1), town.areas["440606001901"]]

    def send(number: int) -> int:
        for n in range(10):
            payload = door(town, str(n), area_id=str(places[number].id))
            district = places[number].district
            assert clients[number].send(raw("household.register", payload, district))
        return Household.objects.filter(district=places[number].district).count()

    assert together(2, send) == [10, 10]
    assert without_holes()
    assert without_holes("440606")


OTHER = [
    {"code": "440606", "name": "顺德区"},
    {"code": "440606001", "name": "大良街道"},
    {"code": "440606001901", "name": "文秀社区"},
]
