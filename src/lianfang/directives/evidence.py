"""What a measure set in motion, and how far that has come: read from the records, never typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from lianfang.directives.answering import SHOWS
from lianfang.directives.models import Directive, NodeTally, TaskTally, UpperNode
from lianfang.kernel.actors import Actor
from lianfang.kernel.models import Record
from lianfang.kernel.problems import Words
from lianfang.kernel.registry import COMMANDS
from lianfang.mobilising import queries as calls
from lianfang.mobilising import team_queries as recalls
from lianfang.screening import queries as rounds

Progress = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A record that a measure names; `done` of `of`, where its room counts something."""

    what: Words
    at: datetime
    district: str
    record_id: UUID
    command: str
    href: str = ""
    done: int | None = None
    of: int | None = None


def _recall(actor: Actor, row: Record) -> Progress | None:
    found = recalls.recall(actor, row.subject_id) if row.subject_id else None
    if found is None:
        return None
    figures = recalls.recall_figures(actor, found)
    done = sum(f.back + f.excused for f in figures)
    return done, sum(f.members for f in figures), reverse("recall", args=[found.id])


def _call(actor: Actor, row: Record) -> Progress | None:
    found = calls.call(actor, row.district, row.subject_id) if row.subject_id else None
    if found is None:
        return None
    figures = calls.call_figures(found)
    return figures.taken, figures.capacity, reverse("call", args=[row.district, found.id])


def _round(actor: Actor, row: Record) -> Progress | None:
    if row.subject_id is None:
        return None
    total = rounds.totals(actor, [row.subject_id]).get(row.subject_id)
    if total is None:
        return None
    return total.households - total.open, total.households, reverse("round", args=[row.subject_id])


def _directive(actor: Actor, row: Record) -> Progress | None:
    found = Directive.objects.filter(id=row.subject_id).first() if row.subject_id else None
    if found is None:
        return None
    acked = UpperNode.objects.filter(directive=found, acked_at__isnull=False).count()
    tallies = NodeTally.objects.filter(directive_id=found.id, rung=3)
    acked += sum(tallies.values_list("acked", flat=True))
    units = UpperNode.objects.filter(directive=found, organisation__isnull=False).count()
    expected = sum(found.expected.values()) + units
    return acked, expected, reverse("directive", args=[found.id])


def _task(actor: Actor, row: Record) -> Progress | None:
    if row.subject_id is None:
        return None
    rows = TaskTally.objects.filter(task_id=row.subject_id, level=3)
    done = of = 0
    for grids, ready, excused in rows.values_list("grids", "done", "excused"):
        done, of = done + ready + excused, of + grids
    return done, of, reverse("task", args=[row.subject_id])


_READ: dict[str, Callable[[Actor, Record], Progress | None]] = {
    "recall.open": _recall,
    "call.open": _call,
    "round.open": _round,
    "directive.issue": _directive,
    "task.open": _task,
}


def follow(actor: Actor, links: Iterable[dict[str, str]]) -> list[Shown]:
    """Return what became of the records that a measure names, as far as the actor may see it."""
    result = []
    for link in links:
        row = Record.objects.filter(district=link["district"], id=link["record_id"]).first()
        if row is None:
            continue
        reader = _READ.get(row.command)
        progress = reader(actor, row) if reader else None
        done, of, href = progress or (None, None, "")
        result.append(
            Shown(
                COMMANDS[row.command].title if row.command in COMMANDS else row.command,
                row.received_at,
                row.district,
                row.id,
                row.command,
                href,
                done,
                of,
            )
        )
    return result


def own_records(actor: Actor, districts: Iterable[str], limit: int = 30) -> list[Record]:
    """Return what the actor lately set in motion that a measure may name, the latest first."""
    found: QuerySet[Record] = Record.objects.filter(
        district__in=["", *districts], actor=actor.ref, command__in=sorted(SHOWS)
    )
    return list(found.order_by("-received_at")[:limit])
