"""The burden meter: what people have to type for each task, and how often a fact is asked again.

Counted from the registry of commands, from which forms, phone and imports come, and from the
records of visits; nobody is asked how long a form takes (力戒形式主义, S26).
"""  # cjk: the name of the measure

from __future__ import annotations

import types
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from itertools import pairwise
from statistics import median
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID

from django.db.models import Count, Q
from pydantic import BaseModel

from lianfang.areas import queries as area_queries
from lianfang.areas.models import Area
from lianfang.areas.rules import ROLE_VERBS, Role
from lianfang.kernel.registry import COMMANDS, Command
from lianfang.screening.models import Reading, Visit

# What the system knows and no person types: moments, places in a queue.
_KNOWN = frozenset({"now", "hop", "origin", "day", "slot", "digest", "lines", "district"})
_KNOWN_ENDS = ("_id", "_ids", "_at", "_district", "_index", "_key")
# Facts of a person that hold for good: asked once, then known by the person's id.
LASTING = frozenset({"name", "phone", "id_number", "born", "sex"})
# Two visits of one worker that lie further apart are not one walk.
_BREAK_SECONDS = 15 * 60
_MOST = 20_000


# Who may ask for a lasting fact without a person's id, and why that is not asking twice.
FIRST = {
    "card.bind": "the number proves who stands behind the door: it is compared, not kept",
    "order.place": "another number for this one order; without it the household's own holds",
    "contact.receive": "another district's row; the clock sends it, nobody types",
}


@dataclass(frozen=True, slots=True)
class Load:
    """The fields of one command: typed, chosen by a tap, filled in by the system."""

    command: str
    title: object
    roles: tuple[Role, ...]
    typed: int
    chosen: int
    known: int


def _parts(annotation: Any) -> Iterator[Any]:
    """Yield the plain types in an annotation such as `tuple[Line, ...] | None`."""
    origin = get_origin(annotation)
    if origin is Literal:
        yield Literal
    elif origin in (Union, types.UnionType, tuple, list, frozenset, set, dict) or (
        origin is not None
    ):
        for part in get_args(annotation):
            yield from _parts(part)
    else:
        yield annotation


def _kinds(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Yield (field, typed | chosen | known) of a payload; a list counts as one line of it."""
    for name, field in model.model_fields.items():
        parts = [p for p in _parts(field.annotation) if p not in (type(None), Ellipsis)]
        nested = [p for p in parts if isinstance(p, type) and issubclass(p, BaseModel)]
        if nested:
            for part in nested:
                yield from _kinds(part)
        elif name in _KNOWN or name.endswith(_KNOWN_ENDS) or UUID in parts:
            yield name, "known"
        elif any(
            p is bool or p is Literal or (isinstance(p, type) and issubclass(p, Enum))
            for p in parts
        ):
            yield name, "chosen"
        else:
            yield name, "typed"


def load(spec: Command) -> Load:
    """Return how many fields a command has of each kind, and which roles do it."""
    kinds = [kind for _name, kind in _kinds(spec.payload)]
    roles = tuple(role for role, verbs in ROLE_VERBS.items() if spec.verb in verbs)
    return Load(
        spec.name,
        spec.title,
        roles,
        kinds.count("typed"),
        kinds.count("chosen"),
        kinds.count("known"),
    )


@cache
def loads() -> tuple[Load, ...]:
    """Return the load of each task that a person does, by name."""
    return tuple(load(COMMANDS[name]) for name in sorted(COMMANDS) if not COMMANDS[name].hidden)


def asked_again() -> dict[str, set[str]]:
    """Return the commands that ask for a lasting fact of a person and take no person's id.

    Where an id can be given, what is known need not be typed.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for spec in COMMANDS.values():
        for model in _models(spec.payload):
            asked = LASTING & set(getattr(model, "sealed_fields", ()))
            if asked and "person_id" not in model.model_fields:
                found[spec.name] |= asked
    return dict(found)


def asked_twice() -> dict[str, set[str]]:
    """Return what of `asked_again` has no reason in FIRST: must be empty (a test holds it)."""
    return {name: facts for name, facts in asked_again().items() if name not in FIRST}


def _models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Yield a payload and all that stand in it."""
    yield model
    for field in model.model_fields.values():
        for part in _parts(field.annotation):
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from _models(part)


@dataclass(frozen=True, slots=True)
class Walk:
    """What visits cost in the field: `typed` values a door, `seconds` from door to door.

    `one_act` counts the doors settled by one act ("all normal", nobody home, …); None where
    nothing was recorded.
    """

    visits: int
    workers: int
    one_act: int
    typed: float | None
    seconds: float | None


def walk(area: Area, since: datetime) -> Walk:
    """Return the cost of the visits in an area (of the caller's scope) since a moment.

    Of more than 20,000 visits the latest count.
    """
    found = Visit.objects.filter(
        area_id__in=area_queries.ids_within([area.path]), occurred_at__gte=since
    )
    if area.district:
        found = found.filter(district=area.district)
    rows = list(
        found.order_by("-occurred_at").values_list(
            "district", "id", "actor", "occurred_at", "all_normal", "stays", "outsiders"
        )[:_MOST]
    )
    if not rows:
        return Walk(0, 0, 0, None, None)
    ids = [row[1] for row in rows]
    read = dict(
        Reading.objects.filter(district__in={r[0] for r in rows}, visit_id__in=ids)
        .values_list("visit_id")
        .annotate(n=Count("id", filter=Q(tenths__isnull=False)))
    )
    typed = sum(read.get(r[1], 0) + 2 * len(r[5]) + 2 * len(r[6]) for r in rows)
    plain = sum(1 for r in rows if not read.get(r[1]) and not r[5] and not r[6])
    gaps = _gaps([(r[2], r[3]) for r in rows])
    return Walk(
        len(rows),
        len({r[2] for r in rows}),
        plain,
        typed / len(rows),
        median(gaps) if gaps else None,
    )


def _gaps(steps: list[tuple[str, datetime]]) -> list[float]:
    by_worker: dict[str, list[datetime]] = defaultdict(list)
    for who, at in steps:
        by_worker[who].append(at)
    gaps = []
    for moments in by_worker.values():
        moments.sort()
        for one, other in pairwise(moments):
            seconds = (other - one).total_seconds()
            if 0 < seconds <= _BREAK_SECONDS:
                gaps.append(seconds)
    return gaps
