"""Rounds that begin anew each day: the clock turns the day, late visits find theirs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from tests import town as towns
from tests.screening.helpers import client, start, text, visit
from tests.town import Town, do

from lianfang.areas.models import Grant
from lianfang.kernel import clock, times
from lianfang.kernel.verification import verify
from lianfang.screening import daily_queries, queries, rounds
from lianfang.screening.models import Coverage, Round, RoundDistrict
from lianfang.screening.rules import Counts

pytestmark = pytest.mark.django_db

# 2020-01-30 09:00 in Shanghai
MORNING = datetime(2020, 1, 30, 1, tzinfo=UTC)
MIDNIGHT = datetime(2020, 1, 30, 16, 0, 5, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def town() -> Iterator[Town]:
    with times.at(MORNING):
        town = towns.build()
        town.register(1, "3-2-501", "3-2-502")
        town.register(2, "4-1-101")
        yield town


def daily(town: Town, days: int = 3) -> UUID:
    first = date(2020, 1, 30)
    last = first + timedelta(days=days - 1)
    return start(town, name="每日排查", daily=True, first_day=str(first), last_day=str(last))


def counts(town: Town, round_id: UUID) -> Counts:
    return queries.coverage(town.actor("lead"), round_id, town.areas[towns.COMMUNITY])


def days_of(series: UUID) -> list[Round]:
    return list(Round.objects.filter(series_id=series).order_by("first_day"))


def test_at_midnight_the_day_closes_and_the_next_owes_every_door(town: Town) -> None:
    series = daily(town)
    visit(town, series, "3-2-501", all_normal=True)
    assert clock.run(MIDNIGHT - timedelta(minutes=1)) == []
    clock.run(MIDNIGHT)
    first, second = days_of(series)
    assert (first.state, second.state) == ("closed", "open")
    assert second.first_day == date(2020, 1, 31)
    assert Coverage.objects.filter(round_id=first.id).count() == 3
    missed = Coverage.objects.filter(round_id=first.id, outcome="unvisited")
    assert {line.owner for line in missed} == {town.actor("grid1").ref, town.actor("grid2").ref}
    assert counts(town, second.id) == Counts(households=3)
    assert clock.run(MIDNIGHT + timedelta(minutes=1)) == []


def test_the_series_ends_on_its_last_day_and_a_standstill_leaves_no_gap(town: Town) -> None:
    series = daily(town, days=4)
    clock.run(MIDNIGHT + 9 * DAY)
    found = days_of(series)
    assert [r.first_day.day for r in found] == [30, 31, 1, 2]
    assert {r.state for r in found} == {"closed"}
    assert RoundDistrict.objects.filter(state="open").count() == 0
    assert Coverage.objects.count() == 12


def test_a_round_that_a_person_closed_does_not_begin_anew(town: Town) -> None:
    series = daily(town)
    assert rounds.close_round(town.actor("lead"), series)[-1].stands
    clock.run(MIDNIGHT)
    assert len(days_of(series)) == 1
    late = visit(town, series, "3-2-501", all_normal=True)
    assert late.refusal
    assert late.refusal.code == "round.closed"


def test_a_silent_door_does_not_hold_up_the_day_and_stays_visible(town: Town) -> None:
    series = daily(town)
    given = Grant.objects.get(account_id=town.accounts["grid2"].id)
    do(town.actor("lead"), "grant.end", {"grant_id": str(given.id)}, "")
    clock.run(MIDNIGHT)
    owners = Coverage.objects.filter(round_id=series).values_list("owner", flat=True)
    assert sorted(owners)[0] == ""
    assert len(days_of(series)) == 2


def test_a_visit_counts_on_its_own_day_whenever_it_comes(town: Town) -> None:
    series = daily(town)
    clock.run(MIDNIGHT)
    second = days_of(series)[1]
    with times.at(MIDNIGHT + timedelta(hours=9)):
        # Of yesterday evening, from a phone that had no signal.
        late = visit(town, series, "3-2-501", all_normal=True, at=MORNING + timedelta(hours=10))
        # Of today, from a phone that knows only yesterday's round.
        fresh = visit(town, series, "3-2-502", all_normal=True)
        shut = visit(town, series, "4-1-101", "nobody_home", who="grid2", at=MORNING)
    assert late.stands
    assert fresh.result["round_id"] == str(second.id)
    assert shut.stands
    yesterday = counts(town, series)
    assert (yesterday.met, yesterday.nobody_home, yesterday.unvisited) == (1, 1, 1)
    assert counts(town, second.id).met == 1
    line = Coverage.objects.get(round_id=series, household_id=town.households["3-2-501"])
    assert line.owner == ""


def test_who_was_missed_and_how_many_days_in_a_row(town: Town) -> None:
    series = daily(town, days=5)
    clock.run(MIDNIGHT)
    with times.at(MIDNIGHT + timedelta(hours=9)):
        visit(town, series, "3-2-502", all_normal=True)
    clock.run(MIDNIGHT + DAY)
    clock.run(MIDNIGHT + 2 * DAY)
    missed = daily_queries.missed(
        town.actor("lead"), series, town.areas[towns.COMMUNITY], upto=date(2020, 2, 1)
    )
    assert [(m.household.label, m.days) for m in missed] == [
        ("3-2-501", 3),
        ("4-1-101", 3),
        ("3-2-502", 1),
    ]
    page = text(client(town, "lead").get(f"/rounds/{series}/days?day=2020-02-01"))
    assert "3-2-501" in page
    assert "3 days" in page


def test_the_days_replay(transactional_db: None) -> None:
    with times.at(MORNING):
        town = towns.build()
        town.register(1, "3-2-501", "3-2-502")
        town.register(2, "4-1-101")
        series = daily(town)
        visit(town, series, "3-2-501", all_normal=True)
    clock.run(MIDNIGHT)
    with times.at(MIDNIGHT + timedelta(hours=9)):
        visit(town, series, "3-2-502", "by_phone", at=MORNING)
        visit(town, series, "3-2-501", "refused")
    clock.run(MIDNIGHT + DAY)
    assert verify().differences == []
