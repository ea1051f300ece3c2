"""Entries that wait for the community lead: late permissions, impossible clocks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from lianfang.kernel import journal
from lianfang.kernel.actors import Actor, replayed
from lianfang.kernel.batch import Batch, Entry, Item
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import SetAside
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.registry import command
from lianfang.kernel.sealing import Payload
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb

ALREADY_DECIDED = problem(
    "held.already_decided",
    _("Somebody has decided on this entry already."),
    _("Open it to see who, and why."),
    status=409,
)


class Decide(Payload):
    """Whether a held entry counts."""

    entry_id: UUID
    accept: bool
    why: str = Field("", max_length=200)


def _by_entry(batch: Batch[Any]) -> None:
    ids = [item.payload.entry_id for item in batch]
    paths = dict(
        SetAside.objects.filter(district=batch.district, id__in=ids).values_list("id", "path")
    )
    for item in batch:
        item.path = paths.get(item.payload.entry_id)
        item.subject_id = item.payload.entry_id


@command(
    "held.decide", Decide, verb=Verb.DECIDE, locate=_by_entry, title=_("Decide on a held entry")
)
def decide(batch: Batch[Decide], item: Item[Decide]) -> None:
    """Mark a held entry as accepted or rejected, once."""
    target = SetAside.State.ACCEPTED if item.payload.accept else SetAside.State.REJECTED
    changed = SetAside.objects.filter(
        district=batch.district, id=item.payload.entry_id, state=SetAside.State.HELD
    ).update(
        state=target,
        decided_at=batch.received_at,
        decided_by=batch.actor.ref,
        why=item.payload.why,
    )
    if not changed and not batch.replaying:
        raise Refuse(ALREADY_DECIDED, "entry_id")


def decide_and_run(
    actor: Actor, district: str, entry_id: UUID, *, accept: bool, why: str = ""
) -> tuple[Receipt, Receipt | None]:
    """Decide on a held entry and, when it is accepted, let it count in its author's name.

    Returns the decision's receipt and the entry's. The two are separate records; when the server
    stops between them, deciding is over and `run_accepted` does the rest.
    """
    payload = {"entry_id": str(entry_id), "accept": accept, "why": why}
    decision = submit(actor, [Entry(new_id(), "held.decide", payload, now(), district)])[0]
    if not decision.stands or not accept:
        return decision, None
    return decision, run_accepted(district, entry_id)


def run_accepted(district: str, entry_id: UUID) -> Receipt | None:
    """Submit an accepted held entry as its author's; the handler may still refuse it."""
    row = SetAside.objects.get(district=district, id=entry_id, state=SetAside.State.ACCEPTED)
    author = replayed(row.actor)
    receipt = submit(author, [journal.content_of(row)], approved_by=row.decided_by)[0]
    if not receipt.stands and receipt.refusal:
        SetAside.objects.filter(district=district, id=entry_id).update(
            state=SetAside.State.REFUSED,
            code=receipt.refusal.code,
            field=receipt.refusal.field or "",
            params={k: str(v) for k, v in receipt.refusal.params.items()},
        )
    return receipt
