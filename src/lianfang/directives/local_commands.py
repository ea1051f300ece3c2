"""Receivers in a district: what reaches them, what they answer, what they pass on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.areas.locate import at_area
from lianfang.areas.models import Area
from lianfang.areas.rules import DISTRICT_LEVEL
from lianfang.areas.tree import places
from lianfang.directives import answering, owing, problems
from lianfang.directives.models import (
    Directive,
    DirectiveDistrict,
    DirectiveTarget,
    LocalMeasure,
    LocalNode,
    NodeTally,
    Reminder,
)
from lianfang.directives.payloads import Here, MeasureHere, OfDirective, RemindHere
from lianfang.directives.rules import DirectiveState, NodeAction, Passing, rungs
from lianfang.kernel import bulk
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.models import Duty
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.registry import command
from lianfang.kernel.rules import LIVE
from lianfang.kernel.scope import Place
from lianfang.kernel.verbs import Verb

AGAIN_AFTER = timedelta(hours=1)


def _district(batch: Batch[Any]) -> None:
    """Locate entries at the district as a whole."""
    ids = Area.objects.filter(code=batch.district, valid_to=None).values_list("id", flat=True)
    found = places(ids, batch)
    known = set(
        Directive.objects.filter(id__in={i.payload.directive_id for i in batch}).values_list(
            "id", flat=True
        )
    )
    for item in batch:
        item.subject_id = item.payload.directive_id
        if found and item.payload.directive_id in known:
            item.place = next(iter(found.values()))
            item.path = item.place.path


def _by_receiver(batch: Batch[Any]) -> None:
    """Locate entries at the receiving area, in a district that the directive has reached."""
    found = places({item.payload.area_id for item in batch}, batch)
    here = set(
        DirectiveDistrict.objects.filter(
            district=batch.district, id__in={i.payload.directive_id for i in batch}
        ).values_list("id", flat=True)
    )
    for item in batch:
        item.subject_id = item.payload.directive_id
        place = found.get(item.payload.area_id)
        if place and place.district == batch.district and item.payload.directive_id in here:
            item.place, item.path = place, place.path


def below(district: str, level: int, path: str = "") -> list[UUID]:
    """Return the live areas of a district down to a level, under `path` if given."""
    found = Area.objects.filter(district=district, valid_to=None, level__lte=level)
    root = Area.objects.filter(code=district, valid_to=None).values_list("path", flat=True).first()
    found = found.filter(path__under=path or root or "\0")
    return list(found.order_by("path").values_list("id", flat=True))


@command(
    "directive.arrive",
    OfDirective,
    verb=Verb.TICK,
    locate=_district,
    title=_("A directive arrives in a district"),
    hidden=True,
)
def arrive(batch: Batch[OfDirective], item: Item[OfDirective]) -> None:
    """Let a directive take effect in a district; its receivers there owe an answer from now on.

    The clock sends it, for districts in which somebody works. Again changes nothing.
    """
    directive = answering.in_force(item.payload.directive_id)
    assert item.place
    if DirectiveDistrict.objects.filter(district=batch.district, id=directive.id).exists():
        return
    targets = DirectiveTarget.objects.filter(directive=directive, area__isnull=False)
    reach = tuple(targets.values_list("path", flat=True))
    received = owing.received_above(directive, reach, item.place.path)
    if received is None:
        raise Refuse(problems.NOT_REACHED, "directive_id")
    bulk.insert(
        [
            DirectiveDistrict(
                district=batch.district,
                id=directive.id,
                received_at=received,
                arrived_at=batch.received_at,
            )
        ]
    )
    paper = owing.Paper(directive, reach, received)
    areas = places(below(batch.district, directive.to_level), batch)
    mine = [p for p in areas.values() if paper.covers(p.path, p.level)]
    if directive.passing == Passing.STEPWISE:
        mine = [p for p in mine if paper.received(p.path, {})]
        write(batch, [(p, directive, {"reached": 1}) for p in mine])
    owing.sync(batch, item, mine)
    item.result = {"receivers": len(mine)}


@command(
    "directive.end_district",
    OfDirective,
    verb=Verb.TICK,
    locate=_district,
    title=_("A directive ends in a district"),
    hidden=True,
)
def end_district(batch: Batch[OfDirective], item: Item[OfDirective]) -> None:
    """Take a directive that was withdrawn or superseded out of what is owed in a district."""
    directive = Directive.objects.get(id=item.payload.directive_id)
    part = DirectiveDistrict.objects.filter(
        district=batch.district, id=directive.id, state=DirectiveState.ISSUED
    ).first()
    if part is None or directive.state == DirectiveState.ISSUED:
        return
    part.state = directive.state
    part.save(update_fields=["state"])
    areas = places(below(batch.district, directive.to_level), batch)
    owing.sync(batch, item, areas.values())


def _copy(batch: Batch[Any], item: Item[Any]) -> tuple[owing.Paper, LocalNode, bool]:
    """Return the directive, the receiver's copy, and whether it has no row yet.

    Raises Refuse for a directive that is over, for one that has not come so far, and for somebody
    who does not lead there.
    """
    assert item.place
    place = item.place
    answering.in_force(item.payload.directive_id)
    found = owing.papers(batch.district, [item.payload.directive_id])
    if not found:
        raise Refuse(problems.OVER, "directive_id")
    paper = found[0]
    if not paper.covers(place.path, place.level):
        raise Refuse(NOT_FOUND, "area_id")
    if not answering.leads(batch.actor, place.path):
        raise Refuse(problems.NOT_RECEIVER, "area_id")
    node = LocalNode.objects.filter(
        district=batch.district, directive_id=paper.directive.id, area_id=place.id
    ).first()
    if node:
        return paper, node, False
    handed = owing.passed(batch.district, [paper.directive.id])
    received = paper.received(place.path, handed)
    if received is None:
        raise Refuse(problems.NOT_REACHED, "directive_id")
    node = LocalNode(
        district=batch.district,
        directive_id=paper.directive.id,
        area_id=place.id,
        level=place.level,
        path=place.path,
        received_at=received,
    )
    return paper, node, True


def _keep(node: LocalNode, fresh: bool) -> None:
    if fresh:
        bulk.insert([node])
    else:
        node.save()


def write(batch: Batch[Any], changes: list[tuple[Place, Directive, dict[str, int]]]) -> None:
    """Add to the tallies of the receivers' level, at each area from theirs up to the district."""
    sums: dict[tuple[Any, ...], tuple[tuple[Any, ...], list[int]]] = {}
    for place, directive, counts in changes:
        upper = [*rungs(place.path)[:2], "", ""]
        for rung, area_id in place.ladder:
            # Below the districts a receiver's own row says of itself what a counter would.
            if rung == place.level > DISTRICT_LEVEL:
                continue
            key = (batch.district, directive.id, area_id, place.level)
            numbers = sums.setdefault(
                key, ((rung, upper[0], upper[1]), [0] * len(NodeTally.counters))
            )[1]
            for position, name in enumerate(NodeTally.counters):
                numbers[position] += counts.get(name, 0)
    bulk.add_counters(NodeTally, NodeTally.key_fields, NodeTally.plain, NodeTally.counters, sums)


def _done(
    batch: Batch[Any], item: Item[Any], paper: owing.Paper, node: LocalNode, counts: dict[str, int]
) -> None:
    assert item.place
    write(batch, [(item.place, paper.directive, counts)])
    if counts.get("acked") or counts.get("acted"):
        owing.sync(batch, item, [item.place])
    item.result = {**item.result, "state": str(node.state)}


@command(
    "directive.read",
    Here,
    verb=Verb.READ,
    locate=_by_receiver,
    title=_("Read a directive"),
    hidden=True,
)
def read(batch: Batch[Here], item: Item[Here]) -> None:
    """Note that the receiver has opened it."""
    paper, node, fresh = _copy(batch, item)
    counts = answering.move(batch, node, NodeAction.READ, paper.directive)
    _keep(node, fresh)
    _done(batch, item, paper, node, counts)


@command(
    "directive.acknowledge",
    Here,
    verb=Verb.READ,
    locate=_by_receiver,
    title=_("Acknowledge a directive"),
)
def acknowledge(batch: Batch[Here], item: Item[Here]) -> None:
    """Acknowledge it for the own area."""
    paper, node, fresh = _copy(batch, item)
    counts = answering.move(batch, node, NodeAction.ACKNOWLEDGE, paper.directive)
    _keep(node, fresh)
    _done(batch, item, paper, node, counts)


@command(
    "directive.pass_on",
    Here,
    verb=Verb.READ,
    locate=_by_receiver,
    title=_("Pass a directive on"),
)
def pass_on(batch: Batch[Here], item: Item[Here]) -> None:
    """Pass it on to the level below; going from hand to hand, that receives and owes it now."""
    paper, node, fresh = _copy(batch, item)
    directive = paper.directive
    if node.level >= directive.to_level:
        raise Refuse(problems.LAST_HAND, "directive_id")
    again = node.passed_at is not None
    counts = answering.pass_on(batch, node, directive)
    _keep(node, fresh)
    next_ones: list[Place] = []
    if directive.passing == Passing.STEPWISE and not again:
        children = Area.objects.filter(
            parent_id=node.area_id, valid_to=None, level__lte=directive.to_level
        )
        found = places(children.values_list("id", flat=True), batch).values()
        covered = (p for p in found if paper.covers(p.path, p.level))
        next_ones = sorted(covered, key=lambda p: p.path)
        write(batch, [(p, directive, {"reached": 1}) for p in next_ones])
    write(batch, [(item.place, directive, counts)] if item.place else [])
    owing.sync(batch, item, [*([item.place] if item.place else []), *next_ones])
    item.result = {"state": str(node.state), "reached": len(next_ones)}


@command(
    "directive.measure",
    MeasureHere,
    verb=Verb.READ,
    locate=_by_receiver,
    title=_("Add a measure"),
)
def measure(batch: Batch[MeasureHere], item: Item[MeasureHere]) -> None:
    """Answer with a measure. It counts as acted once it names a record that it set in motion."""
    payload = item.payload
    paper, node, fresh = _copy(batch, item)
    links = answering.check_links(batch, payload.links)
    row = LocalMeasure.objects.filter(district=batch.district, id=payload.measure_id).first()
    counts: dict[str, int] = {}
    if row is None:
        row = LocalMeasure(
            district=batch.district,
            id=payload.measure_id,
            directive_id=payload.directive_id,
            area_id=payload.area_id,
            path=node.path,
            kind=payload.kind,
            text=payload.text,
            links=links,
            at=batch.received_at,
            by=batch.actor.ref,
        )
        bulk.insert([row])
        counts[payload.kind] = 1
    elif (row.directive_id, row.area_id) != (payload.directive_id, payload.area_id):
        raise Refuse(problems.OTHER_MEASURE, "measure_id")
    else:
        row.links, row.text = answering.joined(row.links, links), payload.text or row.text
        row.save(update_fields=["links", "text"])
    action = NodeAction.ACT if row.links else NodeAction.ACKNOWLEDGE
    counts |= answering.move(batch, node, action, paper.directive)
    _keep(node, fresh)
    item.result = {"measure_id": str(row.id)}
    _done(batch, item, paper, node, counts)


@command(
    "directive.remind",
    RemindHere,
    verb=Verb.DIRECT,
    locate=at_area(subject="area_id"),
    title=_("Remind the late"),
)
def remind(batch: Batch[RemindHere], item: Item[RemindHere]) -> None:
    """Remind each receiver below that has not acknowledged: one reminder about all that waits.

    Who was reminded within the last hour is left in peace.
    """
    assert item.place
    duties = Duty.objects.filter(
        district=batch.district, kind=owing.ACK, state__in=LIVE, path__under=item.place.path
    )
    asked = dict(duties.order_by("path").values_list("subject_id", "path"))
    lately = Reminder.objects.filter(
        district=batch.district,
        area_id__in=list(asked),
        at__gt=batch.received_at - AGAIN_AFTER,
    )
    quiet = set(lately.values_list("area_id", flat=True))
    here = owing.papers(batch.district)
    handed = owing.passed(batch.district, [p.directive.id for p in here])
    answered = set(
        LocalNode.objects.filter(
            district=batch.district, area_id__in=list(asked), acked_at__isnull=False
        ).values_list("directive_id", "area_id")
    )
    levels = {p.id: p.level for p in places([a for a in asked if a], batch).values()}
    rows = [
        Reminder(
            district=batch.district,
            id=item.derive("reminder", area_id),
            area_id=area_id,
            at=batch.received_at,
            by=batch.actor.ref,
            waiting=sum(
                p.covers(path, levels[area_id])
                and p.received(path, handed) is not None
                and (p.directive.id, area_id) not in answered
                for p in here
            ),
        )
        for area_id, path in asked.items()
        if area_id and area_id not in quiet
    ]
    bulk.insert(rows)
    duties.filter(subject_id__in=[r.area_id for r in rows]).update(priority=9)
    item.result = {"receivers": len(rows), "directives": sum(r.waiting for r in rows)}
