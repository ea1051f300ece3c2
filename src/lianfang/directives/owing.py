"""Keeps what a receiver in a district owes as at most two duties: to acknowledge, and to act.

However many directives wait for a street, it has one duty of each kind, due when the first of them
is. A duty is made when a directive reaches its receiver, moved when the earliest deadline moves,
and settled when nothing waits any more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.areas.rules import DISTRICT_LEVEL
from lianfang.areas.tree import places
from lianfang.directives.models import (
    Directive,
    DirectiveDistrict,
    DirectiveTarget,
    LocalNode,
    UpperNode,
)
from lianfang.directives.rules import DirectiveState, Passing, covers, earliest
from lianfang.kernel.batch import Batch, Item, NewDuty
from lianfang.kernel.kinds import duty_kind
from lianfang.kernel.models import Duty
from lianfang.kernel.registry import follow
from lianfang.kernel.rules import LIVE, parent_path
from lianfang.kernel.scope import Place
from lianfang.kernel.verbs import Verb

ACK = duty_kind("directive_ack", _("Acknowledge directives"), verb=Verb.READ)
ACT = duty_kind("directive_act", _("Act on directives"), verb=Verb.READ)
_KINDS = (ACK, ACT)


@dataclass(frozen=True, slots=True)
class Paper:
    """A directive in a district: what is needed to tell whom it has reached."""

    directive: Directive
    targets: tuple[str, ...]
    received_at: datetime

    def covers(self, path: str, level: int) -> bool:
        """Tell whether the area is one of its receivers."""
        return level <= self.directive.to_level and covers(self.targets, path)

    def received(self, path: str, passed: dict[tuple[UUID, str], datetime]) -> datetime | None:
        """Return when it reached the receiver at `path`; None while it waits for the level above.

        `passed` says when each area of the district has passed each directive on.
        """
        district = path.count("/") == DISTRICT_LEVEL
        if self.directive.passing == Passing.STRAIGHT or path in self.targets or district:
            return self.received_at
        return passed.get((self.directive.id, parent_path(path)))


def papers(district: str, only: Iterable[UUID] | None = None) -> list[Paper]:
    """Return the directives that are in force in a district, by id."""
    found = DirectiveDistrict.objects.filter(district=district, state=DirectiveState.ISSUED)
    if only is not None:
        found = found.filter(id__in=list(only))
    arrived = dict(found.values_list("id", "received_at"))
    rows = Directive.objects.filter(id__in=list(arrived)).order_by("id")
    targets: dict[UUID, list[str]] = {}
    reach = DirectiveTarget.objects.filter(directive_id__in=list(arrived), area__isnull=False)
    for directive_id, path in reach.values_list("directive_id", "path"):
        targets.setdefault(directive_id, []).append(path)
    return [Paper(row, tuple(targets.get(row.id, ())), arrived[row.id]) for row in rows]


def passed(district: str, directives: Iterable[UUID]) -> dict[tuple[UUID, str], datetime]:
    """Return when each area of a district has passed each directive on."""
    rows = LocalNode.objects.filter(
        district=district, directive_id__in=list(directives), passed_at__isnull=False
    )
    return {
        (directive_id, path): at
        for directive_id, path, at in rows.values_list("directive_id", "path", "passed_at")
        if at
    }


def received_above(directive: Directive, targets: Iterable[str], path: str) -> datetime | None:
    """Return when a directive reached the district at `path`, None while it waits further up.

    Reads reference data only.
    """
    reach = list(targets)
    if not covers(reach, path) and not any(t.startswith(path) for t in reach):
        return None
    if directive.passing == Passing.STRAIGHT or path in reach or not covers(reach, path):
        return directive.issued_at
    above = UpperNode.objects.filter(directive_id=directive.id, path=parent_path(path)).first()
    return above.passed_at if above else directive.issued_at


def sync(batch: Batch[Any], item: Item[Any], receivers: Iterable[Place]) -> None:
    """Bring the duties of some receivers of the district in step with what they owe now."""
    wanted = {p.id: p for p in receivers}
    if not wanted:
        return
    here = papers(batch.district)
    handed = passed(batch.district, [p.directive.id for p in here])
    nodes = {
        (n.directive_id, n.area_id): n
        for n in LocalNode.objects.filter(
            district=batch.district,
            directive_id__in=[p.directive.id for p in here],
            area_id__in=list(wanted),
        )
    }
    live = {
        (d.kind, d.subject_id): d
        for d in Duty.objects.filter(
            district=batch.district, kind__in=_KINDS, subject_id__in=list(wanted), state__in=LIVE
        )
    }
    for place in sorted(wanted.values(), key=lambda p: p.path):
        owed: dict[str, list[datetime | None]] = {ACK: [], ACT: []}
        for paper in here:
            row = paper.directive
            if not paper.covers(place.path, place.level):
                continue
            if paper.received(place.path, handed) is None:
                continue
            node = nodes.get((row.id, place.id))
            if row.ack_due and (node is None or node.acked_at is None):
                owed[ACK].append(row.ack_due)
            acts = row.act_level if row.act_level is not None else row.to_level
            if row.act_due and place.level <= acts and (node is None or node.acted_at is None):
                owed[ACT].append(row.act_due)
        for kind, dues in owed.items():
            _one(batch, item, place, kind, dues, live.get((kind, place.id)))


def _one(
    batch: Batch[Any],
    item: Item[Any],
    place: Place,
    kind: str,
    dues: list[datetime | None],
    duty: Duty | None,
) -> None:
    due = earliest(dues)
    # What earlier entries of the same list have opened or ended is not in the database yet.
    pending: dict[Any, Any] = batch.memo.setdefault("directive_duties", {})
    key = (kind, place.id)
    before = pending.get(key)
    if not dues:
        if duty or before:
            item.settle(kind, place.id)
            pending[key] = "settled"
        return
    if isinstance(before, tuple):
        origin, position = before
        origin.duties[position] = replace(origin.duties[position], due_at=due)
    elif duty is None or before == "settled":
        item.open_duty(
            NewDuty(
                kind,
                f"{kind}-{place.id}",
                place,
                due_at=due,
                subject_kind="area",
                subject_id=place.id,
                priority=6,
            )
        )
        pending[key] = (item, len(item.duties) - 1)
    elif duty.due_at != due:
        # A duty that has climbed stays where it has climbed to; only its day moves.
        duty.due_at = due
        duty.climb_at = duty.climb_at if duty.climbs else due
        duty.save(update_fields=["due_at", "climb_at"])


@follow("duty.done", "duty.cancel")
def ended_by_hand(batch: Batch[Any]) -> None:
    """A duty that is called done while something still waits comes back: only answers end it."""
    ids = {item.payload.duty_id: item for item in batch}
    rows = Duty.objects.filter(district=batch.district, id__in=list(ids), kind__in=_KINDS)
    for duty in rows.order_by("id"):
        item = ids[duty.id]
        result = item.result
        found = places({duty.area_id}, batch)
        item.place = item.place or found[duty.area_id]
        sync(batch, item, found.values())
        item.result = result
