"""Watches and their daily checks: in time, late, missed, by oneself; and how they end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.town import COMMUNITY, entry
from tests.watching.helpers import TODAY, act, begin, build, clock, door, person, terms

from lianfang.kernel import clock as ticking
from lianfang.kernel import times
from lianfang.kernel.models import Duty, Tally
from lianfang.kernel.submit import submit
from lianfang.watching import queries
from lianfang.watching.models import Check, Referral, Watch

pytestmark = pytest.mark.django_db


def count(metric: str, period: str = "now") -> int:
    row = Tally.objects.filter(metric=metric, period=period, level=5).first()
    return row.value if row else 0


def test_a_watch_owes_its_checks_and_a_check_answers_them() -> None:
    with times.at(clock(8)):
        town = build()
        watch = begin(town)
        assert (watch.next_day, watch.next_slot) == (TODAY, 1)
        assert count("watched") == 1
        done = act(town.actor("grid1"), "watch.check", watch, temperature="36.5")
        assert done.result == {"state": "done", "day": TODAY.isoformat(), "slot": 1}
        again = act(town.actor("grid1"), "watch.check", watch, temperature="36.6")
        assert again.result["state"] == "extra"
        watch.refresh_from_db()
        assert (watch.next_day, watch.next_slot) == (TODAY, 2)
    with times.at(clock(21)):
        late = act(town.actor("grid1"), "watch.check", watch, normal=True)
        assert late.result["state"] == "late"
    assert count("checks_done", TODAY.isoformat()) == count("checks_late", TODAY.isoformat()) == 1


def test_what_is_due_overdue_and_missed() -> None:
    with times.at(clock(8)):
        town = build()
        watch = begin(town)
    grid = town.actor("grid1")
    where = [watch.district]
    for hour, name in ((8, "due"), (12, "overdue"), (15, "due")):
        with times.at(clock(hour)):
            ticking.run()
            found = queries.counts(grid, where)
            assert found[name] == 1, (hour, found)
    with times.at(clock(15)):
        assert queries.counts(grid, where)["missed"] == 1
        duty = Duty.objects.get(kind="watch_missed", state="open")
        assert duty.due_at == clock(17)
    # The phone was offline: the reading of the morning comes in the afternoon and counts in time.
    with times.at(clock(16)):
        sent = act(grid, "watch.check", watch, at=clock(9), temperature="36.4")
        assert sent.result == {"state": "done", "day": TODAY.isoformat(), "slot": 1}
    assert count("checks_missed", TODAY.isoformat()) == 0
    watch.refresh_from_db()
    assert (watch.missed, watch.next_slot) == (0, 2)
    assert Duty.objects.get(kind="watch_missed").state == "done"


def test_a_missed_check_has_one_duty_and_is_written_down_once_for_each_slot() -> None:
    with times.at(clock(8)):
        town = build()
        watch = begin(town)
    with times.at(clock(8, 2)):
        ticking.run()
        ticking.run()
    missed = Check.objects.filter(watch_id=watch.id, state="missed")
    assert missed.count() == 4
    assert Duty.objects.filter(kind="watch_missed").count() == 1
    watch.refresh_from_db()
    assert (watch.next_day, watch.next_slot, watch.missed) == (TODAY + timedelta(days=2), 1, 4)
    with times.at(clock(9, 2)):
        backfilled = act(
            town.actor("grid1"), "watch.check", watch, normal=True, day=TODAY.isoformat(), slot=2
        )
    assert backfilled.result["state"] == "late"
    watch.refresh_from_db()
    assert (watch.next_day, watch.missed) == (TODAY + timedelta(days=2), 3)


def test_two_reasons_make_one_watch() -> None:
    with times.at(clock(8)):
        town = build()
        first = begin(town)
        second = begin(town, reason="arrival", days=20, checks_a_day=3, place="hotel")
    assert first.id == second.id
    assert second.reasons == ["contact", "arrival"]
    assert (second.until_day, second.checks_a_day, second.place) == (
        TODAY + timedelta(days=20),
        3,
        "hotel",
    )
    assert count("watched") == count("watched_hotel") == 1
    assert count("watched_home") == 0


def test_release_on_the_day_and_not_before() -> None:
    with times.at(clock(8)):
        town = build()
        watch = begin(town)
        early = act(town.actor("grid1"), "watch.release", watch)
        assert early.refusal
        assert early.refusal.code == "watch.not_over"
        bare = act(town.actor("lead"), "watch.release", watch)
        assert bare.refusal
        assert bare.refusal.code == "watch.no_reason"
    with times.at(clock(8, 14)):
        ticking.run()
        assert Duty.objects.get(kind="watch_release").state == "open"
        assert queries.counts(town.actor("grid1"), [watch.district])["release"] == 1
        released = act(town.actor("grid1"), "watch.release", watch)
        assert released.result == {"early": False, "days": 14}
        assert Duty.objects.get(kind="watch_release").state == "done"
    assert count("watched") == 0
    assert queries.watched(watch.district, [watch.person_id or watch.id]) == {}


def test_extension_takes_the_release_back() -> None:
    with times.at(clock(8)):
        town = build()
        watch = begin(town, days=2)
    with times.at(clock(8, 2)):
        ticking.run()
        grid = town.actor("grid1")
        until = (TODAY + timedelta(days=5)).isoformat()
        assert act(grid, "watch.extend", watch, until_day=until).refusal
        assert act(grid, "watch.extend", watch, until_day=until, why="复检").stands
        assert Duty.objects.get(kind="watch_release").state == "cancelled"
        watch.refresh_from_db()
        assert watch.next_day == TODAY + timedelta(days=2)
        back = act(grid, "watch.extend", watch, until_day=TODAY.isoformat(), why="x")
        assert back.refusal
        assert back.refusal.code == "watch.shorter"


def test_a_resident_checks_herself_only_where_it_is_allowed() -> None:
    with times.at(clock(8)):
        town = build()
        own = begin(town)
        staff = begin(town, "3-2-502", self_check=False)
        assert act(door(town, "3-2-501"), "watch.self_check", own, temperature="36.8").stands
        refused = act(door(town, "3-2-502"), "watch.self_check", staff, temperature="36.8")
        assert refused.refusal
        assert refused.refusal.code == "watch.no_self_check"
        stranger = act(door(town, "3-2-503"), "watch.self_check", own, temperature="36.8")
        assert stranger.refusal
        assert stranger.refusal.code == "kernel.not_found"


def test_nobody_found_and_back() -> None:
    with times.at(clock(8)):
        town = build()
        watch = begin(town)
        grid = town.actor("grid1")
        assert act(grid, "watch.check", watch, absent=True).result == {"state": "absent"}
        assert act(grid, "watch.check", watch, absent=True).stands
        duty = Duty.objects.get(kind="watch_left")
        assert duty.due_at == clock(8, minute=30)
        assert act(grid, "watch.check", watch, temperature="36.5").stands
        duty.refresh_from_db()
        assert duty.state == "done"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({}, "watch.empty_check"),
        ({"temperature": "375"}, "watch.bad_temperature"),
        ({"temperature": "warm"}, "watch.bad_temperature"),
        ({"absent": True, "temperature": "36.5"}, "watch.absent_reading"),
        ({"normal": True, "day": "2026-03-02"}, "watch.half_slot"),
        ({"normal": True, "day": "2026-03-09", "slot": 1}, "watch.not_owed"),
        ({"normal": True, "day": "2026-03-02", "slot": 4}, "watch.not_owed"),
        ({"symptoms": ["happy"]}, "kernel.malformed"),
        ({"normal": True, "slot": "x", "day": "y"}, "kernel.malformed"),
    ],
)
def test_bad_checks_are_refused(content: dict[str, Any], code: str) -> None:
    with times.at(clock(8)):
        town = build()
        watch = begin(town)
        receipt = act(town.actor("grid1"), "watch.check", watch, **content)
        assert receipt.refusal
        assert receipt.refusal.code == code
        assert not Check.objects.exists()


def test_bad_starts_are_refused() -> None:
    with times.at(clock(8)):
        town = build()
        who = str(person(town))
        for change, code in (
            ({"person_id": str(town.grid(1).id)}, "kernel.not_found"),
            ({"household_id": str(town.households["4-1-101"])}, "kernel.not_found"),
            ({"area_id": str(town.areas["440605012901"].id)}, "kernel.not_found"),
            ({"days": 0}, "kernel.malformed"),
            ({"checks_a_day": 9}, "kernel.malformed"),
            ({"from_day": "yesterday"}, "kernel.malformed"),
            ({"reason": "case of Mr Li"}, "kernel.malformed"),
        ):
            payload = {"person_id": who, **terms(town), **change}
            receipt = submit(town.actor("grid1"), [entry("watch.start", payload)])[0]
            assert receipt.refusal
            assert receipt.refusal.code == code, change
    assert not Watch.objects.exists()


def test_a_fever_opens_one_referral_with_a_clock() -> None:
    with times.at(clock(8)):
        town = build()
        watch = begin(town)
        grid = town.actor("grid1")
        sent = act(grid, "watch.check", watch, temperature="37.3")
        again = act(grid, "watch.check", watch, symptoms=["cough"])
        assert sent.result["referral_id"] == again.result["referral_id"]
        row = Referral.objects.get()
        assert (row.state, row.origin, row.tenths, row.watch_id) == (
            "opened",
            "check",
            373,
            watch.id,
        )
        duty = Duty.objects.get(kind="referral")
        assert duty.due_at == row.due_at == clock(10)


def test_the_filter_holds_blind_keys_of_the_live_ones_only() -> None:
    with times.at(clock(8)):
        town = build()
        begin(town)
        begin(town, "4-1-101", who="grid2")
        keys = queries.filter_keys(["440605"])
    assert [kind for kind, _ in keys] == ["person", "person"]
    assert all(len(key) == 32 for _, key in keys)
    assert COMMUNITY not in str(keys)
