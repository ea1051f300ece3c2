"""The planner: hard rules hold, the bound is a bound, reasons are given, changes are few."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianfang.mobilising.planning import problem as p
from lianfang.mobilising.planning.arrays import Arrays
from lianfang.mobilising.planning.board import Board
from lianfang.mobilising.planning.bound import relax
from lianfang.mobilising.planning.check import faults
from lianfang.mobilising.planning.greedy import greedy
from lianfang.mobilising.planning.planner import plan
from lianfang.mobilising.planning.problem import (
    Assignment,
    Need,
    Person,
    Problem,
    Rules,
    Shift,
    Weights,
)
from lianfang.mobilising.planning.reasons import cost_of
from lianfang.mobilising.planning.replan import replan, without

TWO = (Shift("day", 480, 1200), Shift("night", 1200, 1920, night=True))
THREE = (
    Shift("early", 360, 840),
    Shift("late", 840, 1320),
    Shift("night", 1320, 1800, night=True),
)


@st.composite
def problems(draw: st.DrawFn, people: int = 8, places: int = 3, days: int = 4) -> Problem:
    """Return a small problem with everything that a rule can depend on."""
    days = draw(st.integers(1, days))
    shifts = draw(st.sampled_from([TWO, THREE, TWO[:1]]))
    homes, where = draw(st.integers(1, 3)), draw(st.integers(1, places))
    slots = st.tuples(st.integers(0, days - 1), st.integers(0, len(shifts) - 1))
    one = st.builds(
        Person,
        key=st.uuids().map(str),
        home=st.integers(0, homes - 1),
        organisation=st.sampled_from(["a", "b", "c"]),
        skills=st.frozensets(st.sampled_from(["medical", "driver"])),
        sex=st.sampled_from(["female", "male"]),
        days_off=st.frozensets(st.integers(0, days - 1), max_size=1),
        busy=st.frozensets(slots, max_size=1),
        row_before=st.integers(0, 3),
        ended=st.none() | st.integers(-600, 480),
        shifts=st.none() | st.integers(0, 3),
        nights=st.none() | st.integers(0, 2),
        requests=st.dictionaries(slots, st.sampled_from([-2, 3]), max_size=2),
    )
    need = st.builds(
        Need,
        place=st.integers(0, where - 1),
        day=st.integers(0, days - 1),
        shift=st.integers(0, len(shifts) - 1),
        number=st.integers(0, 3),
        skill=st.sampled_from(["", "", "medical", "driver"]),
        sex=st.sampled_from(["", "", "female"]),
        priority=st.integers(1, 2),
    )
    numbers = draw(st.lists(st.integers(0, 90), min_size=homes * where, max_size=homes * where))
    return Problem(
        days,
        shifts,
        draw(st.lists(one, max_size=people)),
        draw(st.lists(need, max_size=8)),
        np.array(numbers, dtype=np.int64).reshape(homes, where),
        Rules(
            draw(st.sampled_from([0, 480, 660])),
            draw(st.integers(1, 4)),
            draw(st.none() | st.integers(1, 4)),
            draw(st.none() | st.integers(0, 2)),
        ),
        Weights(unfilled=draw(st.sampled_from([50, 1_000]))),
    )


quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(problems())
def test_every_plan_keeps_every_rule_and_accounts_for_every_place(problem: Problem) -> None:
    for made in (plan(problem, seconds=2), greedy(problem)):
        assert faults(problem, made.assignments) == []
        missing = sum(u.number for u in made.unfilled)
        assert made.figures.filled + missing == made.figures.asked
        assert all(u.reason for u in made.unfilled)
    made = plan(problem, seconds=2)
    assert made.figures.bound <= made.figures.cost + 1e-6


def best(problem: Problem) -> int:
    """Return the least cost of all plans, by trying every way to place every person."""
    arrays = Arrays(problem)
    choices = []
    for person in range(len(problem.people)):
        per_day = [
            [
                None,
                *(
                    n
                    for n, need in enumerate(problem.needs)
                    if need.day == day and arrays.wanted[arrays.wants[n]][arrays.kind[person]]
                ),
            ]
            for day in range(problem.days)
        ]
        rows = []
        for row in product(*per_day):
            given_ = [Assignment(person, n) for n in row if n is not None]
            if not faults(problem, [a for a in given_ if problem.needs[a.need].number]):
                rows.append([a.need for a in given_])
        choices.append(rows)
    lowest = int((arrays.penalty * arrays.number).sum())
    for way in product(*choices):
        filled = [0] * len(problem.needs)
        cost = int((arrays.penalty * arrays.number).sum())
        for person, needs in enumerate(way):
            for n in needs:
                filled[n] += 1
                cost -= int(arrays.penalty[n])
                cost += int(problem.travel[problem.people[person].home, problem.needs[n].place])
        if all(f <= need.number for f, need in zip(filled, problem.needs, strict=True)):
            lowest = min(lowest, cost)
    return lowest


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems(people=3, places=2, days=2))
def test_the_bound_is_never_above_the_best_plan(problem: Problem) -> None:
    problem = p.Problem(
        problem.days,
        problem.shifts,
        problem.people,
        problem.needs[:4],
        problem.travel,
        problem.rules,
        problem.weights,
    )
    lowest = best(problem)
    made = plan(problem, seconds=2)
    assert made.figures.bound <= lowest + 1e-6
    assert made.figures.cost >= lowest


def town(people: int = 120, places: int = 20, seed: int = 3) -> Problem:
    """Return a made-up quarter in which about every place can be filled."""
    rng = np.random.default_rng(seed)
    homes = 8
    travel = rng.integers(5, 60, (homes, places))
    staff = [
        Person(
            f"p{n}",
            int(rng.integers(0, homes)),
            f"o{n % 6}",
            frozenset({"medical"} if n % 5 == 0 else ()),
        )
        for n in range(people)
    ]
    needs = [
        Need(place, day, shift, 2 - shift)
        for place in range(places)
        for day in range(7)
        for shift in range(2)
    ]
    needs += [
        Need(place, day, 0, 1, "medical") for place in range(0, places, 5) for day in range(7)
    ]
    return Problem(7, TWO, staff, needs, travel, Rules(660, 6, 5, 2))


def test_a_quarter_is_planned_near_the_bound_and_better_than_by_hand() -> None:
    problem = town()
    made = plan(problem, seconds=20)
    office = greedy(problem, made.figures.bound)
    assert made.figures.filled == made.figures.asked
    assert made.figures.gap < 0.05
    assert office.figures.cost > made.figures.cost * 1.05


def test_drop_outs_change_only_what_they_must() -> None:
    problem = town()
    made = plan(problem, seconds=10)
    gone = [(0, None), (7, 2), (30, None)]
    after = without(problem, gone)
    mended = replan(after, made.assignments)
    lost = [
        a
        for a in made.assignments
        if any(
            a.person == who and (day is None or problem.needs[a.need].day == day)
            for who, day in gone
        )
    ]
    assert lost
    assert faults(after, mended.plan.assignments) == []
    assert mended.plan.figures.filled == made.figures.filled
    assert sorted(mended.removed, key=str) == sorted(lost, key=str)
    assert len(mended.added) == len(lost)


def test_a_place_that_only_a_skill_can_fill_is_filled_by_moving_one_person() -> None:
    people = [
        Person("doctor", 0, skills=frozenset({"medical"})),
        Person("nurse", 0, skills=frozenset({"medical"})),
        Person("clerk", 0),
    ]
    needs = [Need(0, 0, 0, 1, "medical"), Need(1, 0, 0, 1)]
    problem = Problem(1, TWO, people, needs, np.array([[10, 10]]))
    before = [Assignment(0, 0), Assignment(1, 1)]
    mended = replan(without(problem, [(0, None)]), before)
    assert mended.plan.assignments == (Assignment(1, 0), Assignment(2, 1))
    assert len(mended.added) == 2


def test_where_nobody_is_free_somebody_moves_from_another_day_and_a_third_follows() -> None:
    people = [
        Person("nurse", 0, skills=frozenset({"medical"})),
        Person("doctor", 0, skills=frozenset({"medical"})),
        Person("clerk", 0),
    ]
    needs = [Need(0, 0, 0, 1, "medical"), Need(0, 1, 0, 1)]
    problem = Problem(2, TWO, people, needs, np.array([[10]]), Rules(shifts=1))
    before = [Assignment(0, 0), Assignment(1, 1)]
    mended = replan(without(problem, [(0, None)]), before)
    assert mended.plan.assignments == (Assignment(1, 0), Assignment(2, 1))
    assert (len(mended.added), len(mended.removed)) == (2, 2)
    assert mended.plan.unfilled == ()


@quick
@given(problems(), st.data())
def test_a_plan_mended_after_any_drop_out_keeps_every_rule(
    problem: Problem, data: st.DataObject
) -> None:
    made = plan(problem, seconds=1)
    people = st.integers(0, max(len(problem.people) - 1, 0))
    gone = data.draw(st.lists(st.tuples(people, st.none()), max_size=2)) if problem.people else []
    after = without(problem, gone)
    mended = replan(after, made.assignments)
    assert faults(after, mended.plan.assignments) == []
    who = {person for person, _ in gone}
    kept = [a for a in made.assignments if a.person not in who]
    lost = len(made.assignments) - len(kept)
    assert mended.plan.figures.filled >= made.figures.filled - lost


@pytest.mark.parametrize(
    ("people", "reason"),
    [
        ([Person("a", 0)], "no_skill"),
        ([Person("a", 0, skills=frozenset({"medical"}), days_off=frozenset({0}))], "off"),
        ([Person("a", 0, skills=frozenset({"medical"}), busy=frozenset({(0, 1)}))], "busy"),
        ([Person("a", 0, skills=frozenset({"medical"}), ended=100)], "resting"),
        ([Person("a", 0, skills=frozenset({"medical"}), row_before=6)], "in_a_row"),
        ([Person("a", 0, skills=frozenset({"medical"}), shifts=0)], "at_limit"),
    ],
)
def test_an_unfilled_place_says_why(people: list[Person], reason: str) -> None:
    problem = Problem(1, TWO, people, [Need(0, 0, 0, 1, "medical")], np.array([[10]]))
    (missing,) = plan(problem, seconds=1).unfilled
    assert (missing.number, missing.reason) == (1, reason)


def test_somebody_at_another_place_at_that_time_is_the_reason() -> None:
    people = [Person("a", 0, skills=frozenset({"medical"}))]
    needs = [Need(0, 0, 0, 1, "medical"), Need(1, 0, 0, 1, "medical")]
    problem = Problem(1, TWO, people, needs, np.array([[10, 20]]))
    (missing,) = plan(problem, seconds=1).unfilled
    assert (missing.need, missing.reason) == (1, "elsewhere")


def test_colleagues_go_together_and_wishes_choose_among_alike() -> None:
    people = [Person(f"{n}", 0, f"o{n % 2}") for n in range(4)]
    needs = [Need(0, 0, 0, 2), Need(1, 0, 0, 2)]
    made = plan(Problem(1, TWO, people, needs, np.array([[10, 10]])), seconds=1)
    assert made.figures.together == 1.0
    wish = [Person("a", 0), Person("b", 0, requests={(0, 0): 3})]
    made = plan(Problem(1, TWO, wish, [Need(0, 0, 0, 1)], np.array([[10]])), seconds=1)
    assert made.assignments == (Assignment(1, 0),)
    assert (made.figures.requests_kept, made.figures.requests) == (1, 1)


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        Problem(1, TWO, [], [Need(0, 1, 0, 1)], np.array([[1]]))
    with pytest.raises(ValueError, match="no travel times"):
        Problem(1, TWO, [Person("a", 3)], [], np.array([[1]]))
    with pytest.raises(ValueError, match="no shift"):
        Shift("x", 600, 500)


def test_the_relaxation_alone_and_an_empty_board_agree_on_nothing_to_do() -> None:
    problem = Problem(1, TWO, [Person("a", 0)], [], np.array([[1]]))
    arrays = Arrays(problem)
    assert relax(arrays).bound == 0
    assert cost_of(Board(arrays)) == 0
