"""Referrals: a clock on each step, one for each person, joined with screening's follow-up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.screening.helpers import start
from tests.town import DISTRICT, Town, do, entry
from tests.watching.helpers import TODAY, act, begin, build, clock, person, refer, terms

from lianfang.kernel import clock as ticking
from lianfang.kernel import times
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.kernel.submit import submit
from lianfang.services.care_queries import care_of
from lianfang.watching.models import Check, Referral, Watch

pytestmark = pytest.mark.django_db


def live_duty() -> Duty:
    return Duty.objects.get(kind="referral", state__in=["open", "claimed", "started"])


def open_round(town: Town) -> str:
    last = (TODAY + timedelta(days=5)).isoformat()
    return str(start(town, first_day=TODAY.isoformat(), last_day=last))


def visit(town: Town, round_id: str, label: str, **more: Any) -> dict[str, Any]:
    payload = {
        "household_id": str(town.households[label]),
        "round_id": round_id,
        "outcome": "met",
        **more,
    }
    return do(town.actor("grid1"), "household.visit", payload).result


def test_each_step_has_its_clock_and_the_watch_waits_meanwhile() -> None:
    with times.at(clock(8)):
        town = build()
        watch = begin(town)
        health = town.actor("health")
        act(town.actor("grid1"), "watch.check", watch, temperature="38.0")
        row = Referral.objects.get()
        assert live_duty().due_at == clock(10)
        assert refer(health, "depart", row).refusal
        assert refer(health, "transport", row, by="ambulance").stands
        assert live_duty().due_at == clock(8, minute=30)
        assert refer(health, "accept", row).refusal
        assert refer(health, "accept", row, clinic="区人民医院发热门诊").stands
    with times.at(clock(9)):
        ticking.run()
        assert live_duty().climbs == 1
        assert refer(health, "depart", row).stands
        assert live_duty().due_at == clock(10)
        watch.refresh_from_db()
        assert watch.away
        assert watch.opens_at is None
        early = act(health, "watch.release", watch)
        assert early.refusal
    with times.at(clock(10)):
        assert refer(health, "arrive", row).stands
        assert refer(health, "result", row, result="retest").stands
        row.refresh_from_db()
        assert (row.state, row.due_at) == ("arrived", clock(10, 1))
        assert refer(health, "result", row, result="negative").stands
    row.refresh_from_db()
    watch.refresh_from_db()
    assert (row.state, row.result, row.due_at) == ("closed", "negative", None)
    assert (watch.state, watch.away, watch.next_slot) == ("live", False, 1)
    assert not Duty.objects.filter(kind="referral", state="open").exists()


def test_a_positive_result_ends_the_watch_and_the_isolation_at_home() -> None:
    with times.at(clock(8)):
        town = build()
        watch = begin(town)
        home = town.households["3-2-501"]
        kept = care_of(DISTRICT, home)
        assert kept
        assert kept.isolated_until == TODAY + timedelta(days=14)
        health = town.actor("health")
        act(town.actor("grid1"), "watch.check", watch, symptoms=["short_breath"])
        row = Referral.objects.get()
        for step, more in (
            ("transport", {}),
            ("accept", {"clinic": "门诊"}),
            ("depart", {}),
            ("arrive", {}),
            ("result", {"result": "positive"}),
        ):
            assert refer(health, step, row, **more).stands, step
    watch.refresh_from_db()
    assert watch.state == "referred"
    kept = care_of(DISTRICT, home)
    assert kept
    assert kept.isolated_until is None


def test_a_step_can_be_given_another_clock() -> None:
    with times.at(clock(8)):
        town = build()
        choice = {"area_id": str(town.areas[DISTRICT].id), "step_minutes": {"opened": 45}}
        do(town.actor("district"), "watch.keep", choice)
        watch = begin(town)
        act(town.actor("grid1"), "watch.check", watch, temperature="38.0")
        assert live_duty().due_at == clock(8, minute=45)
        bad = {**choice, "step_minutes": {"opened": 1}}
        receipt = submit(town.actor("district"), [entry("watch.keep", bad)])[0]
        assert receipt.refusal
        assert receipt.refusal.code == "referral.bad_clock"


def test_a_fever_at_a_visit_has_one_duty_and_one_referral() -> None:
    with times.at(clock(8)):
        town = build()
        watch = begin(town)
        round_id = open_round(town)
        who = str(watch.person_id)
        visit(town, round_id, "3-2-501", readings=[{"person_id": who, "temperature": "38.2"}])
        row = Referral.objects.get()
        assert (row.origin, row.watch_id, row.state) == ("visit", watch.id, "opened")
        assert live_duty().due_at == row.due_at == clock(10)
        # The reading is the morning's check, too: nothing is typed twice.
        assert Check.objects.get(watch_id=watch.id).tenths == 382
        act(town.actor("grid1"), "watch.check", watch, temperature="38.3")
        assert Referral.objects.count() == Duty.objects.filter(kind="referral").count() == 1


def test_all_normal_at_the_door_answers_the_checks_of_the_household() -> None:
    with times.at(clock(8)):
        town = build()
        begin(town)
        begin(town, number=1)
        visit(town, open_round(town), "3-2-501", all_normal=True)
        assert [c.state for c in Check.objects.all()] == ["done", "done"]
        assert Check.objects.filter(tenths=None).count() == 2


def test_a_corrected_visit_calls_the_referral_off() -> None:
    with times.at(clock(8)):
        town = build()
        round_id = open_round(town)
        who = str(person(town))
        fever = {"readings": [{"person_id": who, "temperature": "38.2"}]}
        payload = {
            "household_id": str(town.households["3-2-501"]),
            "round_id": round_id,
            "outcome": "met",
        }
        first = do(town.actor("grid1"), "household.visit", {**payload, **fever})
        well = {"readings": [{"person_id": who, "temperature": "36.8"}]}
        visit(town, round_id, "3-2-501", corrects_id=str(first.id), **well)
        assert Referral.objects.get().state == "cancelled"


def test_a_duty_that_is_ticked_off_leaves_no_referral_without_a_clock() -> None:
    with times.at(clock(8)):
        town = build()
        watch = begin(town)
        grid = town.actor("grid1")
        act(grid, "watch.check", watch, temperature="38.2")
        seen = []
        for _ in range(5):
            duty = live_duty()
            do(grid, "duty.claim", {"duty_id": str(duty.id)})
            do(grid, "duty.done", {"duty_id": str(duty.id)})
            seen.append(Referral.objects.get().state)
        assert seen == ["transport", "accepted", "on_the_way", "arrived", "arrived"]
        assert live_duty().details["step"] == "arrived"


def test_who_is_watched_and_passes_a_checkpoint_is_looked_for() -> None:
    with times.at(clock(8)):
        town = build()
        watch = begin(town)
        post = str(new_id())
        opened = {
            "post_id": post,
            "area_id": str(town.areas["440605011900"].id),
            "kind": "checkpoint",
            "name": "北出口",
        }
        do(town.actor("lead"), "post.open", opened)
        passage = {
            "post_id": post,
            "travellers": [
                {"person_id": str(watch.person_id), "temperature": "36.5"},
                {"name": "过路人", "temperature": "38.0"},
            ],
        }
        town.hire("gate", "site_staff", "440605011900")
        do(town.actor("gate"), "passage.record", passage)
    watch.refresh_from_db()
    assert watch.left_at is not None
    assert Duty.objects.get(kind="watch_left").subject_id == watch.id
    row = Referral.objects.get()
    assert (row.origin, row.person_id, str(row.post_id)) == ("passage", None, post)


def test_a_watch_goes_with_its_door_and_its_person() -> None:
    with times.at(clock(8)):
        town = build()
        watch = begin(town)
        home = str(town.households["3-2-501"])
        moved = {"area_id": str(town.grid(2).id), "household_ids": [home]}
        do(town.actor("lead"), "household.assign", moved)
        watch.refresh_from_db()
        assert watch.area_id == town.grid(2).id
        there = {
            "person_id": str(watch.person_id),
            "household_id": str(town.households["3-2-502"]),
        }
        do(town.actor("lead"), "person.move", there)
        watch.refresh_from_db()
        assert watch.household_id == town.households["3-2-502"]
        do(town.actor("lead"), "person.leave", {"person_id": str(watch.person_id)})
        assert Duty.objects.get(kind="watch_left").details == {"by": "moved_away"}


def test_terms_of_a_placement_or_a_contact_become_a_watch() -> None:
    from lianfang.watching import followers, payloads

    with times.at(clock(8)):
        town = build()
        given = {**terms(town), "checks_a_day": 6}

    class Asked:
        watch = given

    made = followers._terms(Asked())
    assert isinstance(made, payloads.Terms)
    assert made.checks_a_day == 4
    assert not Watch.objects.exists()
