"""What receivers on all levels have in common: who may answer, and how a copy moves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from lianfang.directives import problems
from lianfang.directives.models import Copy, Directive
from lianfang.directives.payloads import Link
from lianfang.directives.rules import DirectiveState, NodeAction, late, next_node
from lianfang.kernel.actors import Actor
from lianfang.kernel.batch import Batch
from lianfang.kernel.models import Record
from lianfang.kernel.problems import Refuse
from lianfang.kernel.verbs import Verb

# Who leads somewhere has one of these there: a command post directs, a community lead decides.
LEADING = frozenset({Verb.DIRECT, Verb.DECIDE})


def leads(actor: Actor, path: str) -> bool:
    """Tell whether the actor leads this very area; who leads one above does not answer for it."""
    if actor.trusted:
        return True
    return actor.active and any(
        g.path == path and g.verbs & LEADING for g in actor.live_grants if g.subject is None
    )


def led(actor: Actor) -> list[str]:
    """Return the paths of the areas that the actor leads, sorted."""
    return sorted(
        {g.path for g in actor.live_grants if g.verbs & LEADING and g.subject is None}
        if actor.active
        else ()
    )


def in_force(directive_id: UUID) -> Directive:
    """Return a directive that is in force. Raises Refuse for one that is over."""
    row = Directive.objects.get(id=directive_id)
    if row.state != DirectiveState.ISSUED:
        raise Refuse(problems.OVER, "directive_id")
    return row


def move(batch: Batch[Any], node: Copy, action: NodeAction, directive: Directive) -> dict[str, int]:
    """Move a copy along the table, in memory; returns the counters that change.

    Times are the server's: deadlines run on them. Raises Refuse when it has not been received.
    """
    before = node.state
    after = next_node(before, action)
    if after is None or node.received_at is None:
        raise Refuse(problems.NOT_REACHED, "directive_id")
    at, who = batch.received_at, batch.actor.ref
    counts: dict[str, int] = {}
    if node.read_at is None:
        node.read_at, node.read_by = at, who
        counts["read"] = 1
    if action in (NodeAction.ACKNOWLEDGE, NodeAction.ACT) and node.acked_at is None:
        node.acked_at, node.acked_by = at, who
        counts["acked"] = 1
        counts["acked_late"] = int(late(directive.ack_due, at, at))
        counts["ack_seconds"] = max(0, int((at - node.received_at).total_seconds()))
    if action is NodeAction.ACT and node.acted_at is None:
        node.acted_at = at
        counts["acted"] = 1
        counts["acted_late"] = int(late(directive.act_due, at, at))
    assert node.state == after
    return counts


def pass_on(batch: Batch[Any], node: Copy, directive: Directive) -> dict[str, int]:
    """Mark a copy as passed on (and acknowledged), in memory; returns the counters that change."""
    counts = move(batch, node, NodeAction.ACKNOWLEDGE, directive)
    if node.passed_at is None:
        assert node.received_at
        node.passed_at, node.passed_by = batch.received_at, batch.actor.ref
        counts["passed"] = 1
        counts["pass_seconds"] = max(0, int((batch.received_at - node.received_at).total_seconds()))
    return counts


# What "acted" may be shown by: what people set in motion, not what they wrote about it.
SHOWS: frozenset[str] = frozenset(
    {
        "announcement.publish",
        "arrival.place",
        "call.open",
        "care.keep",
        "deployment.publish",
        "directive.issue",
        "gate.open",
        "place.keep",
        "post.open",
        "production.open",
        "recall.open",
        "round.open",
        "shift.publish",
        "site.open",
        "supply.order",
        "supply.request",
        "supply.send",
        "task.open",
        "team.form",
        "watch.rule",
        "watch.start",
        "whistle.raise",
    }
)


def check_links(batch: Batch[Any], links: Iterable[Link]) -> list[dict[str, str]]:
    """Return the links as they are kept. Raises Refuse for one that names no such record.

    In a replay they were checked once, and the journal is not in the new database.
    """
    kept = []
    for link in links:
        if not batch.replaying:
            known = Record.objects.filter(
                district=link.district, id=link.record_id, command=link.command
            )
            if link.command not in SHOWS or not known.exists():
                raise Refuse(problems.NO_RECORD, "links", record=str(link.record_id))
        kept.append(link.model_dump(mode="json"))
    return kept


def joined(old: list[dict[str, str]], new: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return links without repetitions, in their order."""
    result = list(old)
    result += [link for link in new if link not in result]
    return result
