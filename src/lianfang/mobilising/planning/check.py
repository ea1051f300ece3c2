"""Checks a plan against the hard rules, person by person; shares nothing with the planner."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from lianfang.mobilising.planning.problem import DAY, Assignment, Problem


def faults(problem: Problem, assignments: Iterable[Assignment]) -> list[str]:
    """Return one sentence for each hard rule that the plan breaks; [] for a good plan."""
    result = []
    duties: dict[int, list[tuple[int, int]]] = defaultdict(list)
    filled: Counter[int] = Counter()
    for one in assignments:
        need, person = problem.needs[one.need], problem.people[one.person]
        filled[one.need] += 1
        duties[one.person].append((need.day, need.shift))
        if need.skill and need.skill not in person.skills:
            result.append(f"{person.key} lacks {need.skill} for need {one.need}")
        if need.sex and need.sex != person.sex:
            result.append(f"{person.key} is not {need.sex} for need {one.need}")
    for number, count in filled.items():
        if count > problem.needs[number].number:
            result.append(f"need {number} has {count} people")
    for index, given in duties.items():
        result += _person(problem, index, given)
    return result


def _person(problem: Problem, index: int, given: list[tuple[int, int]]) -> list[str]:
    person, rules = problem.people[index], problem.rules
    result = []
    every = sorted(given + list(person.busy))
    days = [day for day, _ in every]
    if any(day in person.days_off for day, _ in given):
        result.append(f"{person.key} is sent on a day off")
    if len(set(days)) < len(days):
        result.append(f"{person.key} has two shifts on one day")
    sent = set(given)
    end, known = person.ended if person.ended is not None else -(10**6), True
    for day, s in every:
        start = day * DAY + problem.shifts[s].start
        # What was agreed on before the plan is not the plan's fault.
        if start < end + rules.rest and ((day, s) in sent or not known):
            result.append(f"{person.key} rests too little before minute {start}")
        end, known = day * DAY + problem.shifts[s].end, (day, s) not in sent
    on_duty = sorted(set(days))
    for first in on_duty:
        if first - 1 in on_duty:
            continue
        last = first
        while last + 1 in on_duty:
            last += 1
        row = last - first + 1 + (person.row_before if first == 0 else 0)
        if row > rules.days_in_row and any(first <= d <= last for d, _ in given):
            result.append(f"{person.key} is on duty {row} days in a row")
    for limit in (rules.shifts, person.shifts):
        if limit is not None and len(every) > max(limit, len(person.busy)):
            result.append(f"{person.key} has {len(every)} duties")
    nights = sum(problem.shifts[s].night for _, s in every)
    before = sum(problem.shifts[s].night for _, s in person.busy)
    for limit in (rules.nights, person.nights):
        if limit is not None and nights > max(limit, before):
            result.append(f"{person.key} has {nights} nights")
    return result
