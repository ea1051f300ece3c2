"""Visits and coverage: what counts, what follows, what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from tests import town as towns
from tests.town import COMMUNITY, Town, accepted, do, entry

from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.kernel.receipts import Receipt, Status
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.kernel.verification import verify
from lianfang.people.models import Person
from lianfang.screening import queries, rounds
from lianfang.screening.models import Coverage, Visit
from lianfang.screening.rules import Counts

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    town = towns.build()
    town.register(1, "3-2-501", "3-2-502", "3-2-503")
    town.register(2, "4-1-101")
    return town


def start(town: Town, code: str = COMMUNITY, **more: Any) -> UUID:
    """Open a round over the area of that code as the community lead."""
    round_id = new_id()
    payload = {
        "round_id": str(round_id),
        "name": "第一轮",
        "area_ids": [str(town.areas[code].id)],
        "first_day": str(timezone.localdate()),
        "last_day": str(timezone.localdate() + timedelta(days=3)),
        **more,
    }
    receipt = rounds.open_round(town.actor("lead"), payload)
    assert receipt.status == Status.ACCEPTED, receipt
    return round_id


def visit(
    town: Town, round_id: UUID, label: str, outcome: str = "met", who: str = "grid1", **more: Any
) -> Receipt:
    """Record one visit and return its receipt, accepted or not."""
    at = more.pop("at", now())
    payload = {
        "household_id": str(town.households[label]),
        "round_id": str(round_id),
        "outcome": outcome,
        **more,
    }
    return submit(town.actor(who), [entry("household.visit", payload, occurred_at=at)])[0]


def counts(town: Town, round_id: UUID, code: str = COMMUNITY) -> Counts:
    return queries.coverage(town.actor("lead"), round_id, town.areas[code])


def readings(town: Town, label: str, *temperatures: Any) -> list[dict[str, Any]]:
    people = Person.objects.filter(household_id=town.households[label]).order_by("id")
    return [
        {"person_id": str(p.id), "temperature": t}
        for p, t in zip(people, temperatures, strict=False)
    ]


def test_every_household_is_done_excused_or_open(town: Town) -> None:
    round_id = start(town)
    assert counts(town, round_id) == Counts(households=4)
    visit(town, round_id, "3-2-501", all_normal=True)
    visit(town, round_id, "3-2-502", "vacant")
    visit(town, round_id, "3-2-503", "nobody_home")
    found = counts(town, round_id)
    assert (found.done, found.excused, found.open, found.unvisited) == (1, 1, 2, 1)
    assert not found.complete


def test_an_empty_door_does_not_undo_a_household_that_was_met(town: Town) -> None:
    round_id = start(town)
    visit(town, round_id, "3-2-501", all_normal=True)
    late = visit(town, round_id, "3-2-501", "nobody_home", at=now() + timedelta(minutes=1))
    assert late.status == Status.ACCEPTED
    assert late.result["counts"] is False
    assert counts(town, round_id).met == 1
    assert Visit.objects.count() == 2


def test_two_lists_in_either_order_give_the_same_ledger(town: Town) -> None:
    round_id = start(town)
    early, later = now() - timedelta(hours=2), now() - timedelta(hours=1)
    visit(town, round_id, "3-2-501", "by_phone", at=later)
    visit(town, round_id, "3-2-501", "met", at=early)
    visit(town, round_id, "3-2-502", "met", at=early)
    visit(town, round_id, "3-2-502", "by_phone", at=later)
    assert counts(town, round_id).by_phone == 2
    assert counts(town, round_id).met == 0


def test_a_fever_opens_a_referral_due_in_two_hours(town: Town) -> None:
    round_id = start(town)
    accepted([visit(town, round_id, "3-2-501", readings=readings(town, "3-2-501", 36.5, 37.3))])
    assert counts(town, round_id).fever == 1
    duty = Duty.objects.get(kind="referral")
    assert duty.due_at
    assert duty.due_at - duty.opened_at == timedelta(hours=2)
    assert duty.subject_kind == "person"


@pytest.mark.parametrize(
    ("value", "code", "likely"),
    [
        (375, "visit.likely_temperature", "37.5"),
        ("36,5", "visit.likely_temperature", "36.5"),
        ("正常", "visit.bad_temperature", None),
        (12, "visit.bad_temperature", None),
        ("NaN", "visit.bad_temperature", None),
    ],
)
def test_a_temperature_that_cannot_be_is_refused_with_the_likely_one(
    town: Town, value: Any, code: str, likely: str | None
) -> None:
    round_id = start(town)
    receipt = visit(town, round_id, "3-2-501", readings=readings(town, "3-2-501", value))
    assert receipt.refusal
    assert receipt.refusal.code == code
    assert receipt.refusal.field == "readings.0.temperature"
    assert receipt.refusal.params.get("likely") == likely


def test_nobody_home_opens_one_revisit_which_the_next_visit_ends(town: Town) -> None:
    round_id = start(town)
    visit(town, round_id, "3-2-501", "nobody_home")
    visit(town, round_id, "3-2-501", "nobody_home")
    assert Duty.objects.filter(kind="revisit", state="open").count() == 1
    visit(town, round_id, "3-2-501", all_normal=True)
    assert Duty.objects.get(kind="revisit").state == "done"


def test_a_guest_from_a_watched_area_opens_an_arrival_duty(town: Town) -> None:
    round_id = start(town, watched_origins=["4201"])
    visit(town, round_id, "3-2-501", outsiders=[{"from_area": "420106", "persons": 2}])
    assert Duty.objects.get(kind="arrival").details == {"from": ["420106"]}
    assert counts(town, round_id).outsiders == 2


def test_a_correction_counts_and_keeps_the_first_version(town: Town) -> None:
    round_id = start(town)
    first = visit(town, round_id, "3-2-501", readings=readings(town, "3-2-501", 38.5))
    visit(
        town,
        round_id,
        "3-2-501",
        readings=readings(town, "3-2-501", 36.5),
        corrects_id=str(first.id),
        at=now() - timedelta(hours=1),
    )
    assert counts(town, round_id).fever == 0
    assert counts(town, round_id).visits == 1
    kept = Visit.objects.get(id=first.id)
    assert kept.fever
    assert kept.superseded_by_id


def test_the_list_of_doors_changes_the_denominator(town: Town) -> None:
    round_id = start(town)
    visit(town, round_id, "3-2-501", all_normal=True)
    town.register(1, "3-2-504")
    assert counts(town, round_id).households == 5
    do(
        town.actor("lead"),
        "household.close",
        {"household_id": str(town.households["3-2-501"]), "why": "重复"},
    )
    assert counts(town, round_id) == Counts(households=4, visits=1)


def test_a_door_that_changes_its_grid_takes_its_line_along(town: Town) -> None:
    round_id = start(town)
    visit(town, round_id, "3-2-501", all_normal=True)
    do(
        town.actor("lead"),
        "household.assign",
        {
            "area_id": str(town.grid(2).id),
            "household_ids": [str(town.households["3-2-501"])],
        },
    )
    assert counts(town, round_id, COMMUNITY + "001").households == 2
    second = counts(town, round_id, COMMUNITY + "002")
    assert (second.households, second.met) == (2, 1)
    assert counts(town, round_id).met == 1


def test_doors_of_a_grid_without_a_named_worker_are_silent_and_block_the_close(
    town: Town,
) -> None:
    round_id = start(town)
    grant = town.accounts["grid2"].id
    from lianfang.areas.models import Grant

    given = Grant.objects.get(account_id=grant)
    do(town.actor("lead"), "grant.end", {"grant_id": str(given.id)}, "")
    assert counts(town, round_id).silent == 1
    refused = rounds.close_round(town.actor("lead"), round_id)[-1]
    assert refused.refusal
    assert refused.refusal.code == "round.silent"
    assert "第二网格" in refused.refusal.message


def test_closing_gives_every_open_door_a_line_with_its_owner(town: Town) -> None:
    round_id = start(town)
    visit(town, round_id, "3-2-501", all_normal=True)
    visit(town, round_id, "3-2-502", "refused")
    assert rounds.close_round(town.actor("lead"), round_id)[-1].stands
    ledger = {
        str(line.household_id): (line.outcome, line.owner)
        for line in Coverage.objects.filter(round_id=round_id)
    }
    owner1, owner2 = (town.actor(w).ref for w in ("grid1", "grid2"))
    homes = {label: str(id_) for label, id_ in town.households.items()}
    assert ledger == {
        homes["3-2-501"]: ("met", ""),
        homes["3-2-502"]: ("refused", owner1),
        homes["3-2-503"]: ("unvisited", owner1),
        homes["4-1-101"]: ("unvisited", owner2),
    }
    assert Duty.objects.get(kind="revisit").state == "expired"
    late = visit(town, round_id, "3-2-503", all_normal=True)
    assert late.refusal
    assert late.refusal.code == "round.closed"


def test_a_second_round_owes_only_what_the_first_left_open(town: Town) -> None:
    first = start(town)
    visit(town, first, "3-2-501", all_normal=True)
    visit(town, first, "3-2-502", "vacant")
    rounds.close_round(town.actor("lead"), first)
    second = start(town, name="第二轮", continues_id=str(first))
    assert counts(town, second).households == 2
    extra = visit(town, second, "3-2-501", all_normal=True)
    assert extra.result["counts"] is False
    visit(town, second, "3-2-503", all_normal=True)
    visit(town, second, "4-1-101", "by_phone", who="grid2")
    assert counts(town, second).complete
    town.register(1, "3-2-505")
    assert counts(town, second).open == 1


def test_a_visit_to_a_merged_door_goes_to_the_one_that_stays(town: Town) -> None:
    round_id = start(town)
    do(
        town.actor("lead"),
        "household.merge",
        {
            "household_id": str(town.households["3-2-503"]),
            "into_id": str(town.households["3-2-502"]),
        },
    )
    receipt = visit(town, round_id, "3-2-503", all_normal=True)
    assert receipt.result["household_id"] == str(town.households["3-2-502"])
    assert (counts(town, round_id).households, counts(town, round_id).met) == (3, 1)


def test_required_questions_are_asked_unless_all_is_normal(town: Town) -> None:
    question = {"key": "bags", "words": "需要口罩几个", "kind": "number", "required": True}
    round_id = start(town, questions=[question])
    refused = visit(town, round_id, "3-2-501")
    assert refused.refusal
    assert refused.refusal.field == "answers.bags"
    assert visit(town, round_id, "3-2-501", answers={"bags": 3}).stands
    assert visit(town, round_id, "3-2-502", all_normal=True).stands


def test_a_list_of_visits_counts_as_one_by_one(town: Town) -> None:
    round_id = start(town)
    labels = ["3-2-501", "3-2-501", "3-2-502", "3-2-501"]
    outcomes = ["nobody_home", "met", "refused", "vacant"]
    moment = now() - timedelta(hours=1)
    entries = [
        entry(
            "household.visit",
            {
                "household_id": str(town.households[label]),
                "round_id": str(round_id),
                "outcome": outcome,
            },
            occurred_at=moment + timedelta(minutes=n),
        )
        for n, (label, outcome) in enumerate(zip(labels, outcomes, strict=True))
    ]
    accepted(submit(town.actor("grid1"), entries))
    found = counts(town, round_id)
    assert (found.vacant, found.refused, found.met, found.visits) == (1, 1, 0, 4)


@pytest.mark.django_db(transaction=True)
def test_a_round_replays(town: Town) -> None:
    round_id = start(town)
    visit(town, round_id, "3-2-501", readings=readings(town, "3-2-501", 36.5, 38.0), note="咳嗽")
    visit(town, round_id, "3-2-502", "nobody_home")
    visit(town, round_id, "3-2-502", "met", all_normal=True)
    visit(town, round_id, "4-1-101", "nobody_home", who="grid2")
    rounds.close_round(town.actor("lead"), round_id)
    second = start(town, name="第二轮", continues_id=str(round_id))
    visit(town, second, "4-1-101", all_normal=True, who="grid2")
    assert verify().differences == []


def test_somebody_who_is_met_later_in_the_same_list_owes_no_revisit(town: Town) -> None:
    round_id = start(town)
    moment = now() - timedelta(hours=1)
    entries = [
        entry(
            "household.visit",
            {
                "household_id": str(town.households["3-2-501"]),
                "round_id": str(round_id),
                "outcome": outcome,
            },
            occurred_at=moment + timedelta(minutes=n),
        )
        for n, outcome in enumerate(["nobody_home", "met"])
    ]
    accepted(submit(town.actor("grid1"), entries))
    assert [d.state for d in Duty.objects.filter(kind="revisit")] == ["done"]
