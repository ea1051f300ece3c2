"""The roster of one team: as cheap as trying everything, and it keeps the rules."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianfang.mobilising.planning.problem import Shift
from lianfang.mobilising.planning.rostering import Cover, Infeasible, Team, Worker, roster

SHIFTS = (Shift("D", 480, 960), Shift("N", 1320, 1800, night=True))


def cost(team: Team, rows: tuple[tuple[str, ...], ...]) -> int:
    total = 0
    for cover in team.covers:
        count = sum(
            row[cover.day] == cover.shift and (not cover.skill or cover.skill in worker.skills)
            for row, worker in zip(rows, team.workers, strict=True)
        )
        total += cover.under * max(cover.number - count, 0)
        total += cover.over * max(count - cover.number, 0)
    for row, worker in zip(rows, team.workers, strict=True):
        for (day, key), weight in worker.wishes.items():
            total += abs(weight) * ((row[day] == key) != (weight > 0))
    return total


def keeps(team: Team, worker: Worker, row: tuple[str, ...]) -> bool:
    if any(row[d] for d in worker.days_off) or sum(map(bool, row)) < worker.fewest:
        return False
    if worker.most is not None and sum(map(bool, row)) > worker.most:
        return False
    if any(row.count(key) > most for key, most in worker.most_of.items()):
        return False
    if any(a == "N" and b == "D" for a, b in pairwise(row)):
        return False
    length = worker.row_before
    for day in row:
        length = length + 1 if day else 0
        if length > team.days_in_row:
            return False
    return True


workers = st.builds(
    Worker,
    key=st.just("w"),
    skills=st.frozensets(st.sampled_from(["medical"])),
    days_off=st.frozensets(st.integers(0, 2), max_size=1),
    most=st.none() | st.integers(1, 3),
    row_before=st.integers(0, 2),
    most_of=st.sampled_from([{}, {"N": 1}]),
    wishes=st.dictionaries(
        st.tuples(st.integers(0, 2), st.sampled_from(["D", "N"])),
        st.sampled_from([-5, 7]),
        max_size=2,
    ),
)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(workers, min_size=1, max_size=2),
    st.lists(st.integers(0, 2), min_size=6, max_size=6),
    st.integers(2, 3),
)
def test_the_roster_is_as_cheap_as_trying_everything(
    staff: list[Worker], numbers: list[int], row: int
) -> None:
    covers = [
        Cover(day, key, numbers[2 * day + n], "medical" if n == 0 and day == 1 else "")
        for day in range(3)
        for n, key in enumerate(("D", "N"))
    ]
    team = Team(3, SHIFTS, staff, covers, days_in_row=row)
    made = roster(team)
    choices = [
        [r for r in product(("", "D", "N"), repeat=3) if keeps(team, worker, r)] for worker in staff
    ]
    # Who lacks the skill that is asked for may stand idle there, at no cost.
    lowest = min(cost(team, way) for way in product(*choices))
    assert all(keeps(team, w, r) for w, r in zip(staff, made.rows, strict=True))
    assert made.cost == lowest
    assert made.bound <= made.cost + 1e-6


def test_a_checkpoint_team_of_nine_gets_its_fortnight() -> None:
    staff = [
        Worker(f"w{n}", frozenset({"medical"} if n < 4 else ()), most=10, most_weekends=1)
        for n in range(9)
    ]
    covers = [Cover(day, "D", 2) for day in range(14)]
    covers += [Cover(day, "N", 1, "medical") for day in range(0, 14, 2)]
    made = roster(Team(14, SHIFTS, staff, covers, days_in_row=5), seconds=20)
    assert made.cost == 0
    assert made.bound == pytest.approx(0)


def test_several_skills_on_one_shift_want_one_worker_each() -> None:
    both = Worker("both", frozenset({"medical", "driver"}))
    covers = [Cover(0, "D", 1, "medical"), Cover(0, "D", 1, "driver")]
    assert roster(Team(1, SHIFTS, [both], covers)).cost == 100
    assert roster(Team(1, SHIFTS, [both, both], covers)).cost == 0


def test_what_cannot_be_is_said() -> None:
    worker = Worker("w", days_off=frozenset({0, 1}), fewest=1)
    with pytest.raises(Infeasible):
        roster(Team(2, SHIFTS, [worker], []))
