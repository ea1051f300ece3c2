"""Receivers above the districts, and organisations: reference data, a few hundred a directive."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianfang.areas.models import Grant
from lianfang.areas.tree import by_area
from lianfang.directives import answering, problems
from lianfang.directives.models import Directive, UpperMeasure, UpperNode
from lianfang.directives.payloads import Above, MeasureAbove, Remind
from lianfang.directives.rules import DirectiveState, NodeAction, Passing
from lianfang.kernel import bulk
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.problems import Refuse
from lianfang.kernel.registry import command
from lianfang.kernel.verbs import Verb
from lianfang.people.models import Organisation

# Nobody is reminded twice within this time, however many people press the button.
AGAIN_AFTER = timedelta(hours=1)


def _by_node(batch: Batch[Any]) -> None:
    """Locate entries by their receiver; one who may not answer for it does not find it."""
    ids = {item.payload.directive_id for item in batch}
    nodes = UpperNode.objects.filter(directive_id__in=ids)
    wanted = {i.payload.area_id for i in batch} | {i.payload.organisation_id for i in batch}
    nodes = nodes.filter(Q(area_id__in=wanted - {None}) | Q(organisation_id__in=wanted - {None}))
    found = {(n.directive_id, n.area_id or n.organisation_id): n for n in nodes}
    for item in batch:
        payload = item.payload
        node = found.get((payload.directive_id, payload.area_id or payload.organisation_id))
        item.subject_id = payload.directive_id
        if node is None:
            continue
        if node.area_id:
            item.path = node.path
        else:
            # An organisation has no path; whoever may read anywhere is asked for the grant below.
            mine = batch.actor.paths(Verb.READ) if not batch.actor.trusted else ("",)
            item.path = mine[0] if mine else ""


def _node(batch: Batch[Any], item: Item[Any]) -> tuple[Directive, UpperNode]:
    """Return the directive and the receiver's copy. Raises Refuse if it isn't the actor's own."""
    payload = item.payload
    directive = answering.in_force(payload.directive_id)
    node = UpperNode.objects.get(
        directive_id=payload.directive_id,
        area_id=payload.area_id,
        organisation_id=payload.organisation_id,
    )
    if node.area_id and not answering.leads(batch.actor, node.path):
        raise Refuse(problems.NOT_RECEIVER, "area_id")
    if node.organisation_id and not _of_unit(batch, node.organisation_id):
        raise Refuse(problems.NOT_RECEIVER, "organisation_id")
    return directive, node


def _of_unit(batch: Batch[Any], organisation_id: UUID) -> bool:
    """Tell whether the actor has a grant for the organisation or for one above it."""
    if batch.actor.trusted:
        return True
    if batch.actor.id is None:
        return False
    unit = Organisation.objects.get(id=organisation_id)
    above = [UUID(part) for part in unit.path.rstrip("/").split("/")]
    grants = Grant.objects.filter(
        account_id=batch.actor.id, organisation_id__in=above, ended_at=None
    )
    return grants.exists()


@command(
    "directive.read_above",
    Above,
    verb=Verb.READ,
    locate=_by_node,
    title=_("Read a directive"),
    reference=True,
    hidden=True,
)
def read(batch: Batch[Above], item: Item[Above]) -> None:
    """Note that the receiver has opened it."""
    directive, node = _node(batch, item)
    answering.move(batch, node, NodeAction.READ, directive)
    node.save()
    item.result = {"state": str(node.state)}


@command(
    "directive.acknowledge_above",
    Above,
    verb=Verb.READ,
    locate=_by_node,
    title=_("Acknowledge a directive"),
    reference=True,
)
def acknowledge(batch: Batch[Above], item: Item[Above]) -> None:
    """Acknowledge it for a province, a city or an organisation."""
    directive, node = _node(batch, item)
    answering.move(batch, node, NodeAction.ACKNOWLEDGE, directive)
    node.save()
    item.result = {"state": str(node.state)}


@command(
    "directive.pass_on_above",
    Above,
    verb=Verb.READ,
    locate=_by_node,
    title=_("Pass a directive on"),
    reference=True,
)
def pass_on(batch: Batch[Above], item: Item[Above]) -> None:
    """Pass it on to the level below; going from hand to hand, that receives it now."""
    directive, node = _node(batch, item)
    if node.area_id is None or node.level >= directive.to_level:
        raise Refuse(problems.LAST_HAND, "directive_id")
    answering.pass_on(batch, node, directive)
    node.save()
    reached = 0
    if directive.passing == Passing.STEPWISE:
        reached = UpperNode.objects.filter(
            directive_id=directive.id, area__parent_id=node.area_id, received_at=None
        ).update(received_at=batch.received_at)
    item.result = {"state": str(node.state), "reached": reached}


@command(
    "directive.measure_above",
    MeasureAbove,
    verb=Verb.READ,
    locate=_by_node,
    title=_("Add a measure"),
    reference=True,
)
def measure(batch: Batch[MeasureAbove], item: Item[MeasureAbove]) -> None:
    """Answer with a measure. It counts as acted once it names a record that it set in motion."""
    payload = item.payload
    directive, node = _node(batch, item)
    links = answering.check_links(batch, payload.links)
    row = UpperMeasure.objects.filter(id=payload.measure_id).first()
    if row is None:
        row = UpperMeasure(
            id=payload.measure_id,
            node_id=node.id,
            directive_id=directive.id,
            kind=payload.kind,
            at=batch.received_at,
            by=batch.actor.ref,
        )
        row.text, row.links = payload.text, links
        action = NodeAction.ACT if links else NodeAction.ACKNOWLEDGE
        answering.move(batch, node, action, directive)
        node.save()
        bulk.insert([row])
    else:
        if row.node_id != node.id:
            raise Refuse(problems.OTHER_MEASURE, "measure_id")
        row.links = answering.joined(row.links, links)
        row.text = payload.text or row.text
        row.save(update_fields=["links", "text"])
        if row.links:
            answering.move(batch, node, NodeAction.ACT, directive)
            node.save()
    item.result = {"measure_id": str(row.id), "state": str(node.state)}


@command(
    "directive.remind_above",
    Remind,
    verb=Verb.DIRECT,
    locate=by_area(),
    title=_("Remind the late"),
    reference=True,
)
def remind(batch: Batch[Remind], item: Item[Remind]) -> None:
    """Remind provinces, cities and organisations that have not acknowledged, once an hour at most.

    One reminder a receiver, whatever the number of directives that wait for it.
    """
    path = item.path or ""
    mine = Q(area=None, directive__path__startswith=path)
    mine |= (
        Q(path__under=path, area__isnull=False) & ~Q(path=path) if path else Q(area__isnull=False)
    )
    waiting = UpperNode.objects.filter(
        mine, directive__state=DirectiveState.ISSUED, received_at__isnull=False, acked_at=None
    ).exclude(reminded_at__gt=batch.received_at - AGAIN_AFTER)
    receivers: dict[UUID, int] = {}
    for area_id, unit_id in waiting.values_list("area_id", "organisation_id"):
        key = area_id or unit_id
        assert key
        receivers[key] = receivers.get(key, 0) + 1
    waiting.update(reminders=F("reminders") + 1, reminded_at=batch.received_at)
    item.result = {"receivers": len(receivers), "directives": sum(receivers.values())}
