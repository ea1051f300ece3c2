"""Duties: claimed by one, timed out with a word, climbing when nobody does them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import town as towns
from tests.town import COMMUNITY, DISTRICT, Town, accepted, entry

from lianfang.kernel import clock
from lianfang.kernel.actors import Actor
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty, DutyEvent
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.rules import DUTY_TABLE, LIVE, DutyAction, DutyState, next_state, parent_path
from lianfang.kernel.submit import submit
from lianfang.kernel.times import at, now
from lianfang.screening import rounds

pytestmark = pytest.mark.django_db
START = datetime.fromisoformat("2020-01-27T09:00:00+08:00")


@pytest.fixture
def town() -> Town:
    town = towns.build()
    town.hire("other1", "grid_worker", COMMUNITY + "001")
    town.register(1, "3-2-501")
    return town


@pytest.fixture
def duty(town: Town) -> UUID:
    """A revisit duty, made as it is in life: nobody was home."""
    with at(START):
        round_id = str(new_id())
        rounds.open_round(
            town.actor("lead"),
            {
                "round_id": round_id,
                "name": "第一轮",
                "area_ids": [str(town.areas[COMMUNITY].id)],
                "first_day": str(date(2020, 1, 27)),
                "last_day": str(date(2020, 1, 30)),
            },
        )
        visit = {
            "household_id": str(town.households["3-2-501"]),
            "round_id": round_id,
            "outcome": "nobody_home",
        }
        accepted(submit(town.actor("grid1"), [entry("household.visit", visit)]))
    return Duty.objects.get().id


def act(actor: Actor, name: str, duty_id: UUID, **more: str) -> Receipt:
    payload = {"duty_id": str(duty_id), **more}
    return submit(actor, [entry(f"duty.{name}", payload)])[0]


def code(receipt: Receipt) -> str | None:
    return receipt.refusal.code if receipt.refusal else None


def test_one_claims_and_the_other_hears_that_it_is_taken(town: Town, duty: UUID) -> None:
    with at(START):
        assert act(town.actor("grid1"), "claim", duty).stands
        assert code(act(town.actor("other1"), "claim", duty)) == "duty.taken"
        assert act(town.actor("grid1"), "claim", duty).stands  # again is no error
    assert Duty.objects.get().owner == town.actor("grid1").ref


def test_a_claim_that_ran_out_says_so_and_can_be_taken_by_another(town: Town, duty: UUID) -> None:
    with at(START):
        act(town.actor("grid1"), "claim", duty)
    with at(START + timedelta(hours=2)):
        late = act(town.actor("grid1"), "start", duty)
        assert code(late) == "duty.timed_out"
        assert act(town.actor("other1"), "claim", duty).stands
    actions = DutyEvent.objects.order_by("at", "id").values_list("action", flat=True)
    assert sorted(actions) == ["claim", "claim", "open", "time_out"]


def test_the_clock_takes_back_claims_that_ran_out(town: Town, duty: UUID) -> None:
    with at(START):
        act(town.actor("grid1"), "claim", duty)
    clock.run(START + timedelta(hours=1))
    assert Duty.objects.get().state == DutyState.CLAIMED
    clock.run(START + timedelta(hours=2))
    assert (Duty.objects.get().state, Duty.objects.get().owner) == (DutyState.OPEN, "")


def test_a_started_duty_does_not_time_out_and_ends_with_its_owner(town: Town, duty: UUID) -> None:
    with at(START):
        act(town.actor("grid1"), "claim", duty)
        act(town.actor("grid1"), "start", duty)
    clock.run(START + timedelta(hours=5))
    with at(START + timedelta(hours=5)):
        assert code(act(town.actor("other1"), "done", duty)) == "duty.not_yours"
        assert act(town.actor("grid1"), "done", duty).stands
        assert code(act(town.actor("grid1"), "claim", duty)) == "duty.not_now"


def test_giving_back_needs_no_reason_but_keeps_one(town: Town, duty: UUID) -> None:
    with at(START):
        act(town.actor("grid1"), "claim", duty)
        act(town.actor("grid1"), "return", duty, why="家里老人病了")
    assert Duty.objects.get().state == DutyState.OPEN
    assert DutyEvent.objects.get(action="return").why == "家里老人病了"


def test_an_overdue_duty_climbs_a_level_at_a_time_up_to_the_top(town: Town, duty: UUID) -> None:
    seen = []
    for hours in range(11, 26, 2):
        clock.run(START + timedelta(hours=hours))
        seen.append(Duty.objects.get().held_path.count("/"))
    assert seen == [6, 5, 4, 3, 2, 1, 0, 0]


def test_an_idle_clock_writes_nothing(town: Town) -> None:
    assert clock.run(now() + timedelta(days=9)) == []


def test_only_somebody_who_may_assign_gives_a_duty_to_another(town: Town, duty: UUID) -> None:
    other = str(town.accounts["other1"].id)
    with at(START):
        refused = act(town.actor("grid1"), "assign", duty, account_id=other)
        assert code(refused) == "kernel.not_found" or code(refused) == "kernel.forbidden"
        assert act(town.actor("lead"), "assign", duty, account_id=other).stands
    assert Duty.objects.get().owner == town.actor("other1").ref
    assert Duty.objects.get().claimed_until is None


def test_a_worker_of_another_grid_cannot_even_see_that_it_exists(town: Town, duty: UUID) -> None:
    absent = act(town.actor("grid2"), "claim", new_id())
    foreign = act(town.actor("grid2"), "claim", duty)
    assert code(absent) == code(foreign) == "kernel.not_found"
    assert Duty.objects.get(district=DISTRICT).state == DutyState.OPEN


@given(st.lists(st.sampled_from(list(DutyAction)), max_size=30))
def test_whatever_happens_a_duty_ends_once_and_stays_ended(actions: list[DutyAction]) -> None:
    state = DutyState.OPEN
    for action in actions:
        reached = next_state(state, action)
        if state not in LIVE:
            assert reached is None
        state = reached or state
    assert state in set(DutyState)


def test_every_live_state_can_be_ended_in_each_way() -> None:
    for state in LIVE:
        for action in (DutyAction.DONE, DutyAction.CANCEL, DutyAction.EXPIRE):
            assert DUTY_TABLE[state, action] not in LIVE


def test_the_path_above_a_path() -> None:
    assert parent_path("44/4406/440605/") == "44/4406/"
    assert parent_path("44/") == ""
