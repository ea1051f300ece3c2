"""The lists that go down: found, moved, wrong, nobody; over a border; nobody is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.town import COMMUNITY, Town
from tests.tracing.helpers import (
    AWAY,
    DISTRICT,
    OTHER,
    build,
    case,
    code,
    contacts,
    listing,
    must,
    named,
    people,
    plan,
    send,
)

from lianfang.kernel import clock
from lianfang.kernel.models import Duty, Record
from lianfang.kernel.times import now
from lianfang.tracing.models import Contact, Listing
from lianfang.tracing.rules import OPEN_CONTACTS, ContactState, ListingState
from lianfang.watching import queries as watching

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build()


def test_a_registered_contact_goes_to_the_door_and_under_watch_in_one_act(town: Town) -> None:
    sick, wife = people(town, "3-2-501")
    row = case(town, sick)
    must(town.actor("officer"), "contact.find", case_id=row.id)
    contact = contacts(row)[wife]
    must(town.actor("officer"), "contact.send", contact_id=contact.id, hours=4)
    duty = Duty.objects.get(kind="contact_verify", state="open")
    assert duty.path.startswith(town.grid(1).path)
    assert duty.path.endswith(f"{town.households['3-2-501'].hex}/")
    must(
        town.actor("grid1"),
        "contact.verify",
        contact_id=contact.id,
        outcome="found",
        person_id=wife,
        watch=plan(town, household_id=str(town.households["3-2-501"])),
    )
    contact.refresh_from_db()
    assert (contact.state, contact.found_person_id) == ("found", wife)
    assert wife in watching.watched(DISTRICT, [wife])
    duty.refresh_from_db()
    assert duty.state == "done"
    again = send(town.actor("grid1"), "contact.verify", contact_id=contact.id, outcome="wrong")
    assert code(again) == "contact.answered"


@pytest.mark.parametrize("outcome", ["moved", "wrong", "nobody"])
def test_what_was_not_found_comes_back_to_the_desk(town: Town, outcome: str) -> None:
    row = case(town, people(town, "3-2-501")[0])
    contact = named(town, row)
    answer = send(town.actor("officer"), "contact.send", contact_id=contact.id)
    assert code(answer) == "contact.community_missing"
    community = town.areas[COMMUNITY].id
    must(town.actor("officer"), "contact.send", contact_id=contact.id, community_id=community)
    assert not Duty.objects.filter(kind="contact_desk", state="open").exists()
    more: dict[str, Any] = {"community_id": town.areas[AWAY].id} if outcome == "moved" else {}
    must(town.actor("lead"), "contact.verify", contact_id=contact.id, outcome=outcome, **more)
    contact.refresh_from_db()
    assert (contact.state, contact.outcome) == ("back", outcome)
    assert Duty.objects.filter(kind="contact_desk", state="open").count() == 1
    # One press sends somebody who has moved on to the new community.
    if outcome == "moved":
        must(town.actor("officer"), "contact.send", contact_id=contact.id)
        contact.refresh_from_db()
        assert (contact.state, contact.list_district) == ("on_way", OTHER)


def test_a_contact_crosses_the_border_and_the_answer_comes_back(town: Town) -> None:
    row = case(town, people(town, "3-2-501")[0])
    contact = named(town, row, address="莲花路 8 号")
    away = town.areas[AWAY].id
    must(town.actor("officer"), "contact.send", contact_id=contact.id, community_id=away)
    contact.refresh_from_db()
    assert (contact.state, contact.away) == ("on_way", True)
    clock.run()
    contact.refresh_from_db()
    assert (contact.state, contact.away) == ("sent", False)
    line = listing(contact)
    assert (line.origin, line.community_id) == (DISTRICT, away)
    assert "莲花路" in line.who
    # Nothing on the line or in the record there says anything of the case.
    crossing = Record.objects.get(district=OTHER, command="contact.receive")
    assert str(row.id) not in crossing.payload
    must(
        town.actor("away_lead"),
        "contact.verify",
        OTHER,
        contact_id=contact.id,
        outcome="wrong",
    )
    contact.refresh_from_db()
    assert contact.state == "sent"
    clock.run()
    contact.refresh_from_db()
    line.refresh_from_db()
    assert (contact.state, contact.outcome, line.reported) == ("back", "wrong", True)


def test_the_clock_that_broke_off_between_the_steps_loses_and_doubles_nobody(town: Town) -> None:
    row = case(town, people(town, "3-2-501")[0])
    contact = named(town, row)
    must(
        town.actor("officer"),
        "contact.send",
        contact_id=contact.id,
        community_id=town.areas[AWAY].id,
    )
    clock.run()
    # As if the receipt had been lost here after the contact had arrived there.
    Contact.objects.filter(id=contact.id).update(state=ContactState.ON_WAY, away=True)
    Record.objects.filter(district=DISTRICT, command="contact.arrived").delete()
    clock.run(now() + timedelta(minutes=1))
    contact.refresh_from_db()
    assert contact.state == "sent"
    assert Listing.objects.filter(id=contact.id).count() == 1


def test_an_overdue_line_climbs_to_the_street(town: Town) -> None:
    row = case(town, people(town, "3-2-501")[0])
    contact = named(town, row)
    must(
        town.actor("officer"),
        "contact.send",
        contact_id=contact.id,
        community_id=town.areas[COMMUNITY].id,
        hours=2,
    )
    clock.run(now() + timedelta(hours=3))
    duty = Duty.objects.get(kind="contact_verify")
    assert duty.held_path == town.areas["440605011"].path


def test_one_that_stands_on_another_districts_list_is_not_struck_here(town: Town) -> None:
    row = case(town, people(town, "3-2-501")[0])
    contact = named(town, row)
    away = town.areas[AWAY].id
    must(town.actor("officer"), "contact.send", contact_id=contact.id, community_id=away)
    answer = send(town.actor("officer"), "contact.strike", contact_id=contact.id, why="错")
    assert code(answer) == "contact.elsewhere"


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("lead", True),
        ("officer", True),
        ("staff", True),
        ("volunteer", False),
        ("other", False),
        ("away_lead", False),
    ],
)
def test_who_answers_for_a_contact(town: Town, who: str, may: bool) -> None:
    row = case(town, people(town, "3-2-501")[0])
    contact = named(town, row)
    must(
        town.actor("officer"),
        "contact.send",
        contact_id=contact.id,
        community_id=town.areas[COMMUNITY].id,
    )
    answer = send(town.actor(who), "contact.verify", contact_id=contact.id, outcome="nobody")
    assert (answer.status == "accepted") == may


steps = st.lists(
    st.tuples(
        st.sampled_from(["send_here", "send_away", "verify", "strike", "clock"]),
        st.sampled_from(["found", "moved", "wrong", "nobody"]),
    ),
    max_size=8,
)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_every_contact_is_always_in_exactly_one_list_or_verified(
    town: Town, steps: list[tuple[str, str]]
) -> None:
    row = case(town, None, name=f"病例{Contact.objects.count()}-{now().isoformat()}")
    contact = named(town, row)
    officer = town.actor("officer")
    for step, outcome in steps:
        contact.refresh_from_db()
        if step == "clock":
            clock.run()
        elif step == "strike":
            send(officer, "contact.strike", contact_id=contact.id, why="误报")
        elif step == "verify":
            where = contact.list_district or DISTRICT
            who = "lead" if where == DISTRICT else "away_lead"
            send(town.actor(who), "contact.verify", where, contact_id=contact.id, outcome=outcome)
        else:
            code_ = COMMUNITY if step == "send_here" else AWAY
            send(
                officer,
                "contact.send",
                contact_id=contact.id,
                community_id=town.areas[code_].id,
            )
        contact.refresh_from_db()
        lines = [
            line
            for line in Listing.objects.filter(id=contact.id)
            if line.state == ListingState.OPEN
            or (line.state == ListingState.ANSWERED and not line.reported)
        ]
        if contact.state in (ContactState.TO_SEND, ContactState.BACK, ContactState.FOUND):
            assert not lines
        elif contact.state == ContactState.SENT:
            assert [line.hop for line in lines] == [contact.hop]
        elif contact.state == ContactState.ON_WAY:
            assert contact.away
    clock.run()
    contact.refresh_from_db()
    assert contact.state != ContactState.ON_WAY
    desk = Duty.objects.filter(
        kind__in=["contact_desk", "contact_verify"],
        state__in=["open", "claimed"],
        subject_id__in=[row.id, contact.id],
    )
    # Whoever is not verified stands in somebody's duty.
    assert desk.exists() == (contact.state in OPEN_CONTACTS)


def test_what_the_case_said_of_a_contact_stays_in_its_district(town: Town) -> None:
    row = case(town, people(town, "3-2-501")[0])
    contact = named(town, row, note="与王某同桌吃饭")
    away = str(town.areas[AWAY].id)
    must(town.actor("officer"), "contact.send", contact_id=contact.id, community_id=away)
    clock.run(now())
    line = Listing.objects.get(district=OTHER, id=contact.id)
    assert "李四" in line.who
    assert "王某" not in line.who
