"""Properties of the state tables and the sums."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.mobilising import rules as r


@given(st.lists(st.sampled_from(list(r.SignUpAction)), max_size=12))
def test_no_way_through_the_sign_up_table_leaves_an_end_or_serves_who_was_not_present(
    actions: list[r.SignUpAction],
) -> None:
    state: r.SignUpState = r.SignUpState.WAITING
    seen = [state]
    for action in actions:
        following = r.next_sign_up(state, action)
        if following is not None:
            state = following
            seen.append(state)
    if r.SignUpState.SERVED in seen:
        assert r.SignUpState.PRESENT in seen
        assert seen[-1] is r.SignUpState.SERVED
    if r.SignUpState.DROPPED in seen:
        assert seen[-1] is r.SignUpState.DROPPED


@given(st.lists(st.sampled_from(list(r.WhistleAction)), max_size=12))
def test_a_matter_is_closed_by_closing_only(actions: list[r.WhistleAction]) -> None:
    state: r.WhistleState = r.WhistleState.OPEN
    for action in actions:
        following = r.next_whistle(state, action)
        if following is r.WhistleState.CLOSED:
            assert action is r.WhistleAction.CLOSE
        state = following or state


@pytest.mark.parametrize("state", list(r.SignUpState))
def test_every_state_is_in_the_table_or_an_end(state: r.SignUpState) -> None:
    goes_on = any(s is state for s, _ in r.SIGN_UP_TABLE)
    assert goes_on or state in (r.SignUpState.DROPPED, r.SignUpState.SERVED)


@given(st.dictionaries(st.text(min_size=1, max_size=4), st.integers(0, 200)), st.integers(1, 9))
def test_sharing_out_gives_every_place_to_one_helper_and_is_even(
    loads: dict[str, int], helpers: int
) -> None:
    shares = r.share_out(loads, helpers)
    assert sorted(x for s in shares for x in s) == sorted(loads)
    sums = [sum(loads[x] for x in s) for s in shares]
    assert max(sums) - min(sums) <= max(loads.values(), default=0)


@given(st.sets(st.integers(0, 30)), st.integers(0, 30))
def test_days_in_a_row_are_all_worked_and_the_day_before_is_free(
    worked: set[int], today: int
) -> None:
    first = date(2020, 1, 25)
    found = r.stretch([first + timedelta(days=n) for n in worked], first + timedelta(days=today))
    last = today if today in worked else today - 1
    assert all(last - n in worked for n in range(found.days_in_row))
    assert last - found.days_in_row not in worked
    if found.days_in_row:
        assert found.last_day_off == first + timedelta(days=last - found.days_in_row)


def test_the_group_for_somebody_without_a_choice() -> None:
    rooms = [
        r.Room("1", 2, 2),
        r.Room("2", 4, 1),
        r.Room("3", 4, 3, frozenset({"medical"})),
        r.Room("4", 9, 0, frozenset({"driver"})),
    ]
    assert r.choose_group(rooms, []) == rooms[1]
    assert r.choose_group(rooms, ["medical"]) == rooms[2]
    assert r.choose_group(rooms[:1], []) == rooms[0]
    assert r.choose_group(rooms[3:], []) is None


def test_travel_by_codes_grows_with_the_distance_in_the_tree() -> None:
    home = "420102003005"
    places = [home, "420102003009", "420102005001", "420103001001", "330203001001"]
    minutes = [r.code_minutes(home, p) for p in places]
    assert minutes == sorted(set(minutes))
