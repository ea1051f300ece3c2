"""Who infected whom: the chain as a layout, its timeline, its plain figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lianfang.kernel.actors import Actor
from lianfang.tracing.case_queries import cases
from lianfang.tracing.models import Case, Contact
from lianfang.tracing.rules import (
    AttackRate,
    CaseState,
    Degree,
    SerialIntervals,
    serial_intervals,
)

MOST = 2_000


@dataclass(frozen=True, slots=True)
class Node:
    """A case in the picture: `column` is the day, `row` a line of its own generation's order."""

    case: Case
    generation: int
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class Chain:
    """A picture of a chain: nodes, edges between them, and its first day."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[Node, Node], ...]
    first: date | None
    days: int
    rows: int
    generations: int


def of(actor: Actor, cluster: str = "") -> list[Case]:
    """Return the cases of a chain that the actor traces, those ruled out left out."""
    found = cases(actor).exclude(state=CaseState.RULED_OUT)
    if cluster:
        found = found.filter(cluster=cluster)
    return list(found.order_by("onset", "district", "number")[:MOST])


def clusters(actor: Actor) -> list[str]:
    """Return the names of the clusters in the actor's cases."""
    found = cases(actor).exclude(cluster="").order_by("cluster")
    return list(found.values_list("cluster", flat=True).distinct())


def _day(row: Case) -> date | None:
    return row.onset or row.sample or row.result


def chain(rows: Sequence[Case]) -> Chain:
    """Lay a chain out: from left to right by day, a tree under each first case, from top to bottom.

    A case whose infecting case is not among the rows begins a tree; a circle, which only wrong
    entries make, is cut where it is met again.
    """
    by_id = {r.id: r for r in rows}
    children: dict[UUID | None, list[Case]] = defaultdict(list)
    for row in rows:
        parent = row.infected_by_id if row.infected_by_id in by_id else None
        children[parent].append(row)
    days = [d for r in rows if (d := _day(r))]
    first = min(days, default=None)
    nodes: dict[UUID, Node] = {}

    def place(row: Case, generation: int) -> None:
        stack = [(row, generation)]
        while stack:
            one, depth = stack.pop()
            if one.id in nodes:
                continue
            day = _day(one)
            column = (day - first).days if day and first else 0
            nodes[one.id] = Node(one, depth, column, len(nodes))
            stack += [(child, depth + 1) for child in reversed(children[one.id])]

    for row in children[None]:
        place(row, 0)
    for row in rows:
        place(row, 0)
    edges = tuple((nodes[r.infected_by_id], nodes[r.id]) for r in rows if r.infected_by_id in nodes)
    last = max(days, default=None)
    return Chain(
        tuple(nodes.values()),
        edges,
        first,
        (last - first).days + 1 if first and last else 1,
        len(nodes),
        max((n.generation for n in nodes.values()), default=-1) + 1,
    )


def intervals(rows: Sequence[Case]) -> SerialIntervals:
    """Return the serial intervals of a chain: onset to onset, where both days are known."""
    by_id = {r.id: r for r in rows}
    found = []
    for row in rows:
        source = by_id.get(row.infected_by_id) if row.infected_by_id else None
        if source and source.onset and row.onset:
            found.append((row.onset - source.onset).days)
    return serial_intervals(found)


def attack_rate(rows: Sequence[Case]) -> AttackRate:
    """Return how many of the close contacts of the chain's confirmed cases became cases.

    A contact counts once however many cases name it, and becomes a case when a confirmed case is
    the same registered person.
    """
    confirmed = [r for r in rows if r.state == CaseState.CONFIRMED]
    ill = {r.person_id for r in confirmed if r.person_id}
    close = Contact.objects.filter(
        district__in={r.district for r in confirmed},
        case_id__in=[r.id for r in confirmed],
        degree=Degree.CLOSE,
    ).values_list("key", "person_id", "found_person_id")
    met = {found or person or key for key, person, found in close}
    return AttackRate(len(met & ill), len(met))


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a cluster on a day: which case, and what (a field's name)."""

    day: date
    case: Case
    what: str


def timeline(rows: Sequence[Case]) -> list[Event]:
    """Return the days of a cluster's cases in their order."""
    events = [
        Event(day, row, what)
        for row in rows
        for what in ("onset", "sample", "result", "isolated")
        if (day := getattr(row, what))
    ]
    return sorted(events, key=lambda e: (e.day, e.case.number, e.what))
