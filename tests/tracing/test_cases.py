"""Cases and the people near them, found in what is recorded already."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.town import Town, do
from tests.tracing.helpers import (
    DISTRICT,
    build,
    case,
    code,
    contacts,
    must,
    named,
    people,
    send,
    today,
)

from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.kernel.times import now
from lianfang.tracing.models import Case, Presence

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build()


def live(kind: str) -> int:
    return Duty.objects.filter(kind=kind, state__in=["open", "claimed"]).count()


def test_a_case_is_interviewed_within_hours_and_stands_there_once(town: Town) -> None:
    person = people(town, "3-2-501")[0]
    row = case(town, person)
    assert (row.number, row.state, live("case_interview")) == (1, "confirmed", 1)
    twin = send(
        town.actor("officer"),
        "case.open",
        case_id=new_id(),
        area_id=town.areas["440605011900"].id,
        person_id=person,
    )
    assert code(twin) == "case.known"
    must(town.actor("officer"), "case.interview", case_id=row.id, symptoms="咳嗽三天")
    assert live("case_interview") == 0


def test_the_household_is_found_without_anybody_typing_it(town: Town) -> None:
    sick, wife = people(town, "3-2-501")
    row = case(town, sick)
    answer = must(town.actor("officer"), "contact.find", case_id=row.id)
    assert answer.result == {"added": 1, "nearer": 0}
    found = contacts(row)[wife]
    assert (found.degree, found.basis) == ("close", "household")
    assert found.community_id == town.areas["440605011900"].id
    again = must(town.actor("officer"), "contact.find", case_id=row.id)
    assert again.result == {"added": 0, "nearer": 0}


def test_whoever_was_at_one_place_long_enough_is_close(town: Town) -> None:
    sick, neighbour, short = (
        people(town, "3-2-501")[0],
        people(town, "3-2-502")[0],
        people(town, "4-1-101")[0],
    )
    first, second, third = case(town, sick), case(town, neighbour), case(town, short)
    start = now() - timedelta(hours=5)
    for row, begin, minutes in ((first, 0, 60), (second, 30, 60), (third, 55, 60)):
        must(
            town.actor("officer"),
            "presence.note",
            case_id=row.id,
            presence_id=new_id(),
            kind="spot",
            name="东湖菜市场",
            from_at=(start + timedelta(minutes=begin)).isoformat(),
            to_at=(start + timedelta(minutes=begin + minutes)).isoformat(),
        )
    must(town.actor("officer"), "contact.find", case_id=first.id)
    found = contacts(first)
    assert (found[neighbour].degree, found[neighbour].basis) == ("close", "place")
    assert found[short].degree == "general"


def test_two_hops_reach_the_contacts_of_close_contacts(town: Town) -> None:
    sick, wife = people(town, "3-2-501")
    friend = people(town, "3-2-502")[0]
    row, other = case(town, sick), case(town, friend)
    wife_case = case(town, wife, state="suspected")
    start = now() - timedelta(hours=5)
    for one in (other, wife_case):
        must(
            town.actor("officer"),
            "presence.note",
            case_id=one.id,
            presence_id=new_id(),
            name="棋牌室",
            from_at=start.isoformat(),
            to_at=(start + timedelta(hours=2)).isoformat(),
        )
    must(town.actor("officer"), "contact.find", case_id=row.id, hops=2)
    assert {p: c.degree for p, c in contacts(row).items()} == {
        wife: "close",
        friend: "second",
    }


def test_a_passage_tells_who_sat_in_one_vehicle(town: Town) -> None:
    sick, other = people(town, "3-2-501")[0], people(town, "4-1-101")[0]
    post_id = new_id()
    do(
        town.actor("lead"),
        "post.open",
        {
            "post_id": str(post_id),
            "kind": "gate",
            "name": "北门",
            "area_id": str(town.areas["440605011900"].id),
        },
    )
    do(
        town.actor("staff"),
        "passage.record",
        {
            "post_id": str(post_id),
            "plate": "粤E12345",
            "travellers": [
                {"person_id": str(sick), "name": "甲", "temperature": "36.5"},
                {"person_id": str(other), "name": "乙", "temperature": "36.6"},
            ],
        },
    )
    row = case(town, sick)
    must(town.actor("officer"), "contact.find", case_id=row.id)
    assert (contacts(row)[other].degree, contacts(row)[other].basis) == ("close", "vehicle")


def test_without_a_date_nobody_knows_from_when(town: Town) -> None:
    row = case(town, people(town, "3-2-501")[0], onset=None)
    answer = send(town.actor("officer"), "contact.find", case_id=row.id)
    assert code(answer) == "case.window_unknown"


def test_a_date_in_the_future_and_a_turned_span_are_refused(town: Town) -> None:
    row = case(town, people(town, "3-2-501")[0])
    tomorrow = str(today() + timedelta(days=1))
    answer = send(town.actor("officer"), "case.correct", case_id=row.id, onset=tomorrow)
    assert code(answer) == "case.days_turned"
    answer = send(
        town.actor("officer"),
        "presence.note",
        case_id=row.id,
        presence_id=new_id(),
        name="市场",
        from_at=now().isoformat(),
        to_at=(now() - timedelta(hours=1)).isoformat(),
    )
    assert code(answer) == "presence.span_turned"


def test_a_stay_written_down_by_mistake_is_struck(town: Town) -> None:
    row, presence = case(town, people(town, "3-2-501")[0]), new_id()
    start = now() - timedelta(days=2)
    must(
        town.actor("officer"),
        "presence.note",
        case_id=row.id,
        presence_id=presence,
        name="市场",
        from_at=start.isoformat(),
        to_at=(start + timedelta(days=1)).isoformat(),
    )
    assert Presence.objects.filter(district=DISTRICT).count() == 2
    must(town.actor("officer"), "presence.strike", case_id=row.id, presence_id=presence)
    assert not Presence.objects.filter(district=DISTRICT).exists()


def test_what_is_ruled_out_sends_nobody_down(town: Town) -> None:
    row = case(town, people(town, "3-2-501")[0])
    contact = named(town, row)
    assert live("contact_desk") == 1
    must(town.actor("officer"), "case.judge", case_id=row.id, state="ruled_out")
    contact.refresh_from_db()
    assert (contact.state, live("contact_desk"), live("case_interview")) == ("struck", 0, 0)
    answer = send(town.actor("officer"), "case.judge", case_id=row.id, state="confirmed")
    assert code(answer) == "case.not_that_way"


def test_somebody_without_any_name_is_no_case(town: Town) -> None:
    answer = send(
        town.actor("officer"),
        "case.open",
        case_id=new_id(),
        area_id=town.areas["440605011900"].id,
    )
    assert code(answer) == "case.who_missing"


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("officer", True),
        ("lead", False),
        ("grid1", False),
        ("staff", False),
        ("volunteer", False),
        ("other", False),
        ("away_lead", False),
    ],
)
def test_who_opens_cases(town: Town, who: str, may: bool) -> None:
    answer = send(
        town.actor(who),
        "case.open",
        case_id=new_id(),
        area_id=town.areas["440605011900"].id,
        name="王五",
    )
    assert (answer.status == "accepted") == may
    assert Case.objects.count() == may
