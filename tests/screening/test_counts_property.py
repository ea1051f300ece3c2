"""Whatever comes in whatever order: counters equal a recount, and a list counts as one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import town as towns
from tests.screening.helpers import start
from tests.town import Town, entry

from lianfang.areas import tree
from lianfang.areas.models import Area
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.people.models import Household, Person
from lianfang.screening.models import Coverage, RoundTally, Visit
from lianfang.screening.rules import Outcome

pytestmark = pytest.mark.django_db

DOORS = ("3-2-501", "3-2-502", "3-2-503", "4-1-101")
OUTCOMES = [o.value for o in Outcome if o is not Outcome.UNVISITED]

visits = st.tuples(
    st.just("visit"),
    st.integers(0, len(DOORS) - 1),
    st.sampled_from(OUTCOMES),
    st.integers(0, 6),
    st.sampled_from(["", "36.5", "38.1"]),
    st.integers(0, 2),
)
corrections = st.tuples(
    st.just("correct"),
    st.integers(0, 9),
    st.sampled_from(OUTCOMES),
    st.sampled_from(["", "36.5", "38.1"]),
)
changes = st.one_of(
    st.tuples(st.just("register"), st.integers(1, 2)),
    st.tuples(st.just("close"), st.integers(0, len(DOORS) - 1)),
    st.tuples(st.just("merge"), st.integers(0, 2), st.integers(0, 2)),
    st.tuples(st.just("assign"), st.integers(0, len(DOORS) - 1), st.integers(1, 2)),
)
sequences = st.lists(st.one_of(visits, visits, corrections, changes), min_size=1, max_size=12)


@pytest.fixture
def town() -> Town:
    town = towns.build()
    town.register(1, *DOORS[:3], members=1)
    town.register(2, DOORS[3], members=1)
    return town


def entries(town: Town, round_id: UUID, steps: list[Any], moment: datetime) -> list[Entry]:
    """Return the steps as entries; a correction is of the n-th visit before it, if there is one."""
    found: list[Entry] = []
    made: list[tuple[UUID, int]] = []
    people = dict(Person.objects.values_list("household_id", "id"))

    def visit(door: int, outcome: str, minutes: int, heat: str, guests: int, **more: Any) -> None:
        household = town.households[DOORS[door]]
        payload: dict[str, Any] = {
            "household_id": str(household),
            "round_id": str(round_id),
            "outcome": outcome,
            **more,
        }
        if heat and outcome in ("met", "by_phone", "self_reported"):
            payload["readings"] = [{"person_id": str(people[household]), "temperature": heat}]
        if guests:
            payload["outsiders"] = [{"from_area": "33", "persons": guests}]
        at = moment - timedelta(minutes=minutes)
        one = entry("household.visit", payload, occurred_at=at)
        made.append((one.id, door))
        found.append(one)

    for number, step in enumerate(steps):
        kind = step[0]
        if kind == "visit":
            visit(*step[1:])
        elif kind == "correct" and made:
            id_, door = made[step[1] % len(made)]
            visit(door, step[2], 0, step[3], 0, corrects_id=str(id_))
        elif kind == "register":
            payload: dict[str, Any] = {
                "household_id": str(new_id()),
                "area_id": str(town.grid(step[1]).id),
                "building": "9",
                "room": str(100 + number),
            }
            found.append(entry("household.register", payload))
        elif kind == "close":
            payload = {"household_id": str(town.households[DOORS[step[1]]]), "why": "x"}
            found.append(entry("household.close", payload))
        elif kind == "merge" and step[1] != step[2]:
            one, into = (str(town.households[DOORS[n]]) for n in step[1:])
            found.append(entry("household.merge", {"household_id": one, "into_id": into}))
        elif kind == "assign":
            ids = [str(town.households[DOORS[step[1]]])]
            payload = {"area_id": str(town.grid(step[2]).id), "household_ids": ids}
            found.append(entry("household.assign", payload))
    return found


def recount(round_id: UUID) -> dict[str, Counter[str]]:
    """Count everything anew from the doors, the ledger and the visits."""
    paths = dict(Area.objects.values_list("id", "path"))
    sums: dict[str, Counter[str]] = {}

    def add(area_id: UUID, what: str, by: int = 1) -> None:
        codes = paths[area_id].rstrip("/").split("/")
        for n in range(3, len(codes) + 1):
            sums.setdefault("/".join(codes[:n]) + "/", Counter())[what] += by

    for area_id in Household.objects.filter(state="live").values_list("area_id", flat=True):
        add(area_id, "households")
    for line in Coverage.objects.filter(round_id=round_id).select_related("household"):
        assert line.household.state == "live"
        assert line.area_id == line.household.area_id
        add(line.area_id, line.outcome)
        add(line.area_id, "fever", int(line.fever))
        add(line.area_id, "outsiders", line.outsiders)
    for area_id in Visit.objects.filter(corrects_id=None).values_list("area_id", flat=True):
        add(area_id, "visits")
    return {path: +counter for path, counter in sums.items() if +counter}


def tallies(round_id: UUID) -> dict[str, Counter[str]]:
    paths = dict(Area.objects.values_list("id", "path"))
    sums = {}
    for row in RoundTally.objects.filter(round_id=round_id):
        counter = Counter({name: getattr(row, name) for name in RoundTally.counters})
        assert min(counter.values()) >= 0, (paths[row.area_id], counter)
        if +counter:
            sums[paths[row.area_id]] = +counter
    return sums


def snapshot(round_id: UUID) -> list[Any]:
    ledger = Coverage.objects.order_by("household_id").values_list(
        "household_id", "area_id", "outcome", "fever", "outsiders", "visit_id", "occurred_at"
    )
    duties = Duty.objects.order_by("id").values_list("id", "kind", "state", "subject_id")
    rows = Visit.objects.order_by("id").values_list("id", "household_id", "superseded_by_id")
    return [list(ledger), list(duties), list(rows), tallies(round_id)]


class _Undo(Exception):
    pass


def undone(work: Callable[[], Any]) -> Any:
    """Do something and return its result, with all its writes undone."""
    result: Any = None
    try:
        with transaction.atomic():
            result = work()
            raise _Undo
    except _Undo:
        tree.clear()
        return result


def test_counters_equal_a_recount_and_lists_count_as_one_by_one(town: Town) -> None:
    round_id = start(town)
    lead = town.actor("lead")

    @settings(
        max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(sequences)
    def check(steps: list[Any]) -> None:
        moment = now()
        sent = entries(town, round_id, steps, moment)

        def as_list() -> list[Any]:
            submit(lead, sent, received_at=moment)
            assert tallies(round_id) == recount(round_id)
            return snapshot(round_id)

        def one_by_one() -> list[Any]:
            for one in sent:
                submit(lead, [one], received_at=moment)
                assert tallies(round_id) == recount(round_id)
            return snapshot(round_id)

        assert undone(as_list) == undone(one_by_one)

    check()
