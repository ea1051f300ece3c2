"""Whatever is done with beds in whatever order: none is given twice, nobody lies in two."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.arrivals import helpers as h
from tests.town import COMMUNITY, Town

from lianfang.arrivals.models import Room, Stay
from lianfang.arrivals.rules import Guest, PassengerAct, PassengerState, may_share, next_state
from lianfang.kernel.ids import derive_id

pytestmark = pytest.mark.django_db
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["place", "place", "move", "leave"]),
        st.integers(0, 5),
        st.integers(0, 2),
    ),
    max_size=24,
)


@pytest.fixture
def town() -> Town:
    return h.build()


@given(acts=ACTS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bed_is_given_twice(town: Town, acts: list[tuple[str, int, int]]) -> None:
    lead, here = town.actor("lead"), town.areas[COMMUNITY].id
    with transaction.atomic():
        site = h.open_site(lead, here, "hotel", rooms=3, beds=2)
        rooms = list(Room.objects.filter(site_id=site.id).order_by("label"))
        for name, number, room in acts:
            person = {"person_id": str(derive_id(site.id, "who", number))}
            spot = {"post_id": str(site.id), "room_id": str(rooms[room].id)}
            sex = "female" if number % 2 else "male"
            if name == "place":
                more = {"destination": "hotel", "sex": sex, "group": "x"}
                h.act(lead, "arrival.place", {**person, **spot, **more})
            elif name == "move":
                h.act(lead, "arrival.move", {**person, **spot})
            else:
                h.act(lead, "arrival.leave", {**person, "why": "released"})
            live = list(Stay.objects.filter(until=None, site_id=site.id))
            assert max(Counter(s.person_id for s in live).values(), default=0) <= 1
            assert max(Counter((s.room_id, s.bed) for s in live).values(), default=0) <= 1
            for one in rooms:
                guests = [Guest(s.sex, s.group, s.party) for s in live if s.room_id == one.id]
                assert len(guests) <= one.beds
                assert may_share(guests)
        transaction.set_rollback(True)


@given(st.lists(st.sampled_from(list(PassengerAct)), max_size=12))
def test_a_line_is_always_in_one_of_its_states(acts: list[PassengerAct]) -> None:
    state = PassengerState.EXPECTED
    for act in acts:
        after = next_state(state, act)
        # Nobody becomes present out of a double line without being taken back first.
        assert not (state is PassengerState.DOUBLE and after is PassengerState.PRESENT)
        state = after or state
        assert state in PassengerState
