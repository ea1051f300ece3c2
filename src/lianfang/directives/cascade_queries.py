"""The cascade: who on which level has come how far; from tallies, in few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from lianfang.areas.models import Area
from lianfang.areas.rules import DISTRICT_LEVEL
from lianfang.directives import owing
from lianfang.directives.models import (
    Directive,
    LocalMeasure,
    LocalNode,
    NodeTally,
    UpperMeasure,
    UpperNode,
)
from lianfang.directives.rules import (
    MeasureKind,
    NodeState,
    Passing,
    covers,
    late,
    mean_seconds,
    node_state,
    rungs,
    sum_levels,
)
from lianfang.kernel.actors import Actor
from lianfang.kernel.verbs import Verb


@dataclass(slots=True)
class Line:
    """How far the receivers of one level have come. Seconds are sums over those counted."""

    level: int
    expected: int = 0
    reached: int = 0
    read: int = 0
    acked: int = 0
    acked_late: int = 0
    passed: int = 0
    acted: int = 0
    acted_late: int = 0
    ack_seconds: int = 0
    pass_seconds: int = 0
    overdue: int = 0
    measures: dict[str, int] = field(default_factory=dict)

    @property
    def ack_lag(self) -> float | None:
        """Return the mean time from receipt to acknowledgement, in seconds."""
        return mean_seconds(self.ack_seconds, self.acked)

    @property
    def pass_lag(self) -> float | None:
        """Return the mean time from receipt to passing on, in seconds."""
        return mean_seconds(self.pass_seconds, self.passed)

    @property
    def late(self) -> int:
        """Return all who are late: still open after the deadline, or acknowledged after it."""
        return self.overdue + self.acked_late

    @property
    def parts(self) -> tuple[int, int, int, int, int]:
        """Return acted, acknowledged only, read only, not opened, not reached: they add up."""
        return (
            self.acted,
            self.acked - self.acted,
            self.read - self.acked,
            self.reached - self.read,
            self.expected - self.reached,
        )

    def add(self, numbers: dict[str, int]) -> None:
        """Add counters of a tally."""
        for name, number in numbers.items():
            if not number:
                continue
            if name in _COUNTED:
                setattr(self, name, getattr(self, name) + number)
            else:
                self.measures[name] = self.measures.get(name, 0) + number


_COUNTED = frozenset(f.name for f in fields(Line)) & frozenset(NodeTally.counters)


@dataclass(slots=True)
class Child:
    """A receiver directly below where one stands, and all below it level by level."""

    area: Area
    times: tuple[
        datetime | None, datetime | None, datetime | None, datetime | None, datetime | None
    ]
    state: NodeState | None
    late: bool
    lines: dict[int, Line]
    measures: list[str] = field(default_factory=list)

    @property
    def below(self) -> Line:
        """Return all receivers below it as one line."""
        total = Line(0)
        for level, line in self.lines.items():
            if level > self.area.level:
                total.expected += line.expected
                total.reached += line.reached
                total.acked += line.acked
                total.acted += line.acted
                total.overdue += line.overdue
        return total


@dataclass(frozen=True, slots=True)
class Cascade:
    """A directive as seen from an area (None: from above all)."""

    directive: Directive
    area: Area | None
    lines: list[Line]
    children: list[Child]
    units: list[UpperNode]

    @property
    def by_kind(self) -> dict[str, list[Child]]:
        """Return for each kind of measure the receivers directly below that took it."""
        result: dict[str, list[Child]] = {str(kind): [] for kind in MeasureKind}
        for child in self.children:
            for kind in child.measures:
                result[kind].append(child)
        return result


def cascade(
    actor: Actor, directive: Directive, area: Area | None, moment: datetime
) -> Cascade | None:
    """Return the cascade at and below an area; None where the actor may not look.

    At most nine queries, whatever the size of the tree.
    """
    path = area.path if area else ""
    if not actor.may(Verb.READ, path):
        return None
    targets = [(p, below) for p, below in directive.targets.values_list("path", "below") if p]
    reach = [p for p, _ in targets]
    upper = _upper(directive, path)
    level = area.level if area else 0
    beneath = Area.objects.filter(parent=area, valid_to=None, level__lte=directive.to_level)
    kids = [
        k
        for k in beneath.order_by("code")
        if covers(reach, k.path) or any(p.startswith(k.path) for p in reach)
    ]
    expected = _expected(directive, area, kids, targets)
    tallies = _tallies(directive, area, kids)
    lines: dict[int, Line] = {}
    parts: dict[str, dict[int, Line]] = {k.path: {} for k in kids}

    def line(into: dict[int, Line], at: int) -> Line:
        return into.setdefault(at, Line(at))

    for into, numbers in [
        (lines, expected[path]),
        *((parts[k.path], expected[k.path]) for k in kids),
    ]:
        for rank, number in numbers.items():
            line(into, int(rank)).expected = number
    for place, at, counts in tallies:
        if place in parts:
            line(parts[place], at).add(counts)
        if place == path or (level < DISTRICT_LEVEL and place in parts):
            line(lines, at).add(counts)
    for node in upper:
        counts = _of_node(node, directive)
        line(lines, node.level).add(counts)
        under = rungs(node.path)[level : level + 1]
        if under and under[0] in parts:
            line(parts[under[0]], node.level).add(counts)
    for group in (lines, *parts.values()):
        for one in group.values():
            _finish(one, directive, moment)
    children = _children(directive, area, kids, upper, parts, reach, moment)
    units = _units(directive) if area is None else []
    return Cascade(directive, area, [lines[n] for n in sorted(lines)], children, units)


class Upper(NamedTuple):
    """The times of a receiver above the districts, without the weight of a model."""

    path: str
    level: int
    received_at: datetime | None
    read_at: datetime | None
    acked_at: datetime | None
    passed_at: datetime | None
    acted_at: datetime | None


def _upper(directive: Directive, path: str) -> list[Upper]:
    found = UpperNode.objects.filter(directive=directive, area__isnull=False, path__under=path)
    return [Upper(*row) for row in found.values_list(*Upper._fields)]


def _finish(line: Line, directive: Directive, moment: datetime) -> None:
    """Add what follows: a paper that goes straight has reached all; who is open after the time."""
    if directive.passing == Passing.STRAIGHT:
        line.reached = line.expected
    line.expected = max(line.expected, line.reached, line.read)
    line.reached = max(line.reached, line.read)
    if late(directive.ack_due, None, moment):
        line.overdue = line.reached - line.acked


def _of_node(node: Upper, directive: Directive) -> dict[str, int]:
    counts = {
        "reached": int(node.received_at is not None),
        "read": int(node.read_at is not None),
        "acked": int(node.acked_at is not None),
        "passed": int(node.passed_at is not None),
        "acted": int(node.acted_at is not None),
    }
    if node.acked_at and node.received_at:
        counts["acked_late"] = int(late(directive.ack_due, node.acked_at, node.acked_at))
        counts["ack_seconds"] = int((node.acked_at - node.received_at).total_seconds())
    if node.passed_at and node.received_at:
        counts["pass_seconds"] = int((node.passed_at - node.received_at).total_seconds())
    if node.acted_at:
        counts["acted_late"] = int(late(directive.act_due, node.acted_at, node.acted_at))
    return counts


def _tallies(
    directive: Directive, area: Area | None, kids: list[Area]
) -> list[tuple[str, int, dict[str, int]]]:
    """Return (path of a part, level, counters): of the children; within a district also its own."""
    found = NodeTally.objects.filter(directive_id=directive.id)
    sums = {name: Sum(name) for name in NodeTally.counters}
    level = area.level if area else 0
    if area is None or level < DISTRICT_LEVEL - 1:
        column = "province" if area is None else "city"
        found = found.filter(rung=DISTRICT_LEVEL)
        if area is not None:
            found = found.filter(province=area.path)
        rows = found.order_by().values(column, "level").annotate(**_renamed(sums))
        return [(row[column], row["level"], _plain(row)) for row in rows]
    by_id = {k.id: k.path for k in kids}
    if level < DISTRICT_LEVEL:
        found = found.filter(rung=DISTRICT_LEVEL, city=area.path)
    else:
        by_id[area.id] = area.path
        found = found.filter(district=area.district, area_id__in=list(by_id))
    rows_here = [
        (by_id[row.area_id], row.level, {n: getattr(row, n) for n in NodeTally.counters})
        for row in found
        if row.area_id in by_id
    ]
    if level > DISTRICT_LEVEL:
        own = LocalNode.objects.filter(
            district=area.district, directive_id=directive.id, area_id=area.id
        )
        rows_here += [
            (area.path, level, _of_node(Upper(*row), directive))
            for row in own.values_list(*Upper._fields)
        ]
    return rows_here


def _renamed(sums: dict[str, Sum]) -> dict[str, Sum]:
    return {f"s_{name}": total for name, total in sums.items()}


def _plain(row: dict[str, int]) -> dict[str, int]:
    return {name: row[f"s_{name}"] or 0 for name in NodeTally.counters}


def _expected(
    directive: Directive,
    area: Area | None,
    kids: list[Area],
    targets: list[tuple[str, dict[str, int]]],
) -> dict[str, dict[str, int]]:
    """Return by path how many receivers of each level there are: where one stands, and below."""
    result: dict[str, dict[str, int]] = defaultdict(dict)
    wanted = [*([area] if area else []), *kids]
    nodes = UpperNode.objects.filter(directive=directive, path__in=[a.path for a in wanted])
    known = dict(nodes.filter(area__isnull=False).values_list("path", "below")) | dict(targets)
    result[""] = directive.expected
    deep = [a for a in wanted if a.level >= DISTRICT_LEVEL and a.path not in known]
    for one in wanted:
        if one.path in known:
            result[one.path] = known[one.path]
        elif one not in deep:
            parts = [below for p, below in targets if p.startswith(one.path)]
            for part in parts:
                result[one.path] = sum_levels([result[one.path], part])
    if deep:
        root = area.path if area else ""
        rows = _below(root, directive.to_level, area)
        reach = [p for p, _ in targets]
        for path, at, number in rows:
            for one in deep:
                if path.startswith(one.path) and (covers(reach, path) or not area):
                    result[one.path][str(at)] = result[one.path].get(str(at), 0) + number
    return result


def _below(root: str, to_level: int, area: Area | None) -> Iterable[tuple[str, int, int]]:
    """Return (path, level, number) of receivers under a city or within a district."""
    found = Area.objects.filter(path__under=root, valid_to=None, level__lte=to_level)
    if area is not None and area.level >= DISTRICT_LEVEL:
        return [(path, at, 1) for path, at in found.values_list("path", "level")]
    paths = dict(
        Area.objects.filter(path__under=root, level=DISTRICT_LEVEL, valid_to=None).values_list(
            "code", "path"
        )
    )
    grouped = found.filter(level__gte=DISTRICT_LEVEL).order_by().values_list("district", "level")
    return [(paths.get(d, "\0"), at, n) for d, at, n in grouped.annotate(Count("id"))]


def _children(
    directive: Directive,
    area: Area | None,
    kids: list[Area],
    upper: list[Upper],
    parts: dict[str, dict[int, Line]],
    reach: list[str],
    moment: datetime,
) -> list[Child]:
    by_path: dict[str, Upper | LocalNode] = {n.path: n for n in upper}
    measures: dict[str, set[str]] = defaultdict(set)
    wide = [k for k in kids if not k.district]
    local = [k for k in kids if k.district]
    handed: dict[tuple[UUID, str], datetime] = {}
    arrived: dict[str, owing.Paper] = {}
    if wide:
        rows = UpperMeasure.objects.filter(directive_id=directive.id, node__area__in=wide)
        for path, kind in rows.values_list("node__path", "kind"):
            measures[path].add(kind)
    if local:
        districts = sorted({k.district for k in local})
        ids = [k.id for k in local]
        nodes = LocalNode.objects.filter(
            district__in=districts, directive_id=directive.id, area_id__in=ids
        )
        by_path |= {n.path: n for n in nodes}
        told = LocalMeasure.objects.filter(
            district__in=districts, directive_id=directive.id, area_id__in=ids
        )
        for path, kind in told.values_list("path", "kind"):
            measures[path].add(kind)
        if area is not None and area.district:
            handed = owing.passed(area.district, [directive.id])
            for paper in owing.papers(area.district, [directive.id]):
                arrived[area.district] = paper
    order = list(MeasureKind)
    result = []
    for kid in kids:
        node = by_path.get(kid.path)
        received = node.received_at if node else None
        if node is None and covers(reach, kid.path):
            here = arrived.get(kid.district)
            if here:
                received = here.received(kid.path, handed)
            elif kid.level == DISTRICT_LEVEL or directive.passing == Passing.STRAIGHT:
                received = owing.received_above(directive, reach, kid.path)
        times = (
            (received, node.read_at, node.acked_at, node.passed_at, node.acted_at)
            if node
            else (received, None, None, None, None)
        )
        state = None
        if covers(reach, kid.path):
            state = node_state(received, times[1], times[2], times[4])
        behind = state is not None and received is not None
        result.append(
            Child(
                kid,
                times,
                state,
                behind and late(directive.ack_due, times[2], moment),
                parts[kid.path],
                sorted(measures[kid.path], key=lambda k: order.index(MeasureKind(k))),
            )
        )
    return result


def _units(directive: Directive) -> list[UpperNode]:
    found = UpperNode.objects.filter(directive=directive, organisation__isnull=False)
    return list(found.select_related("organisation").order_by("organisation__name")[:200])


@dataclass(frozen=True, slots=True)
class Told:
    """A measure with who took it."""

    id: UUID
    kind: MeasureKind
    who: str
    area_id: UUID | None
    text: str
    links: list[dict[str, str]]
    at: datetime
    by: str


def measures(directive: Directive, area: Area | None, limit: int = 200) -> list[Told]:
    """Return the measures at and below an area that the caller has found in scope, in time."""
    path = area.path if area else ""
    rows: list[Told] = []
    above = UpperMeasure.objects.filter(directive_id=directive.id).select_related(
        "node__area", "node__organisation"
    )
    if path:
        above = above.filter(node__area__isnull=False, node__path__under=path)
    for m in above.order_by("at", "id")[:limit]:
        name = m.node.area or m.node.organisation
        rows.append(
            Told(
                m.id,
                MeasureKind(m.kind),
                name.name if name else "",
                m.node.area_id,
                m.text,
                m.links,
                m.at,
                m.by,
            )
        )
    local: QuerySet[LocalMeasure] = LocalMeasure.objects.filter(directive_id=directive.id)
    if area is not None and area.district:
        local = local.filter(district=area.district)
    if path:
        local = local.filter(path__under=path)
    found = list(local.order_by("at", "id")[:limit])
    names = dict(Area.objects.filter(id__in={m.area_id for m in found}).values_list("id", "name"))
    rows += [
        Told(
            m.id,
            MeasureKind(m.kind),
            names.get(m.area_id, ""),
            m.area_id,
            m.text,
            m.links,
            m.at,
            m.by,
        )
        for m in found
    ]
    return sorted(rows, key=lambda t: (t.at, t.id))[:limit]
