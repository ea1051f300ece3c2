"""The commands on duties that every kind shares."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from lianfang.kernel import bulk, kinds, problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.effects import event
from lianfang.kernel.models import Duty
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import command
from lianfang.kernel.rules import DutyAction, DutyState, next_state
from lianfang.kernel.sealing import Payload
from lianfang.kernel.times import local
from lianfang.kernel.verbs import Verb

NOT_YOURS = problem(
    "duty.not_yours",
    _("This duty is not yours."),
    _("Claim it first, or ask the lead to assign it to you."),
    status=409,
)
TAKEN = problem(
    "duty.taken",
    _("Somebody else has claimed this duty."),
    _("Choose another one; the list has been refreshed."),
    status=409,
)
TIMED_OUT = problem(
    "duty.timed_out",
    _("Your claim ran out at {when}, and the duty went back to the list."),
    _("Claim it again if it is still open."),
    status=409,
)
NOT_NOW = problem(
    "duty.not_now",
    _("This cannot be done with a duty that is {state}."),
    _("Look at its history to see what happened meanwhile."),
    status=409,
)


class OnDuty(Payload):
    """One duty."""

    duty_id: UUID
    why: str = Field("", max_length=200)


class Assign(OnDuty):
    """One duty and the account that shall do it."""

    account_id: UUID


def by_duty(batch: Batch[Any]) -> None:
    """Locate entries by the duty that they name."""
    ids = {item.payload.duty_id for item in batch}
    paths = dict(Duty.objects.filter(district=batch.district, id__in=ids).values_list("id", "path"))
    for item in batch:
        item.path = paths.get(item.payload.duty_id)
        item.subject_id = item.payload.duty_id


def load(batch: Batch[Any], item: Item[Any], duty_id: UUID) -> Duty:
    """Return a duty, its claim taken back first when that has run out by now."""
    duty = Duty.objects.filter(district=batch.district, id=duty_id).first()
    if duty is None:
        raise Refuse(problems.NOT_FOUND, "duty_id")
    until = duty.claimed_until
    if duty.state == DutyState.CLAIMED and until and until <= batch.received_at:
        if duty.owner == batch.actor.ref and batch.command.name != "duty.claim":
            # The clock will take it back; the late owner hears why, not that he "holds" it.
            raise Refuse(TIMED_OUT, "duty_id", when=f"{local(until):%H:%M}")
        step(batch, item, duty, DutyAction.TIME_OUT, owner="")
    return duty


def step(
    batch: Batch[Any],
    item: Item[Any],
    duty: Duty,
    action: DutyAction,
    *,
    owner: str | None = None,
    why: str = "",
) -> None:
    """Move a duty along the table, write the row and its history; for rooms that carry theirs.

    Raises Refuse when the table does not allow it.
    """
    state = next_state(duty.state, action)
    if state is None:
        raise Refuse(NOT_NOW, "duty_id", state=duty.state)
    duty.state = state
    if owner is not None:
        duty.owner = owner
    if action in (DutyAction.CLAIM, DutyAction.ASSIGN):
        minutes = duty.claim_minutes if action is DutyAction.CLAIM else 0
        duty.claimed_until = batch.after(minutes=minutes) if minutes else None
    elif action is DutyAction.START:
        duty.started_at, duty.claimed_until = batch.received_at, None
    elif action in (DutyAction.RETURN, DutyAction.TIME_OUT):
        duty.claimed_until = duty.started_at = None
    elif action in (DutyAction.DONE, DutyAction.CANCEL, DutyAction.EXPIRE):
        duty.closed_at, duty.claimed_until, duty.climb_at = batch.received_at, None, None
    duty.save()
    bulk.insert([event(batch, item.id, duty.id, action, owner=duty.owner, why=why)])
    item.result = {"duty_id": str(duty.id), "state": str(duty.state)}


def _own(batch: Batch[Any], duty: Duty) -> None:
    """Let only the owner go on, or somebody who may assign duties there."""
    if duty.owner == batch.actor.ref or batch.actor.may(Verb.ASSIGN, duty.path):
        return
    raise Refuse(NOT_YOURS, "duty_id")


@command("duty.claim", OnDuty, verb=Verb.WORK, locate=by_duty, title=_("Claim a duty"))
def claim(batch: Batch[OnDuty], item: Item[OnDuty]) -> None:
    """Take an open duty for oneself, until the claim times out."""
    duty = load(batch, item, item.payload.duty_id)
    if not kinds.may_claim(batch.actor, duty.kind, duty.path):
        raise Refuse(problems.FORBIDDEN, "duty_id")
    if duty.owner and duty.owner != batch.actor.ref and duty.state != DutyState.OPEN:
        raise Refuse(TAKEN, "duty_id")
    if duty.owner == batch.actor.ref and duty.state == DutyState.CLAIMED:
        item.result = {"duty_id": str(duty.id), "state": str(duty.state)}
        return
    step(batch, item, duty, DutyAction.CLAIM, owner=batch.actor.ref)


@command("duty.assign", Assign, verb=Verb.ASSIGN, locate=by_duty, title=_("Assign a duty"))
def assign(batch: Batch[Assign], item: Item[Assign]) -> None:
    """Give a duty to an account; an assignment does not time out."""
    duty = load(batch, item, item.payload.duty_id)
    owner = f"account:{item.payload.account_id}"
    step(batch, item, duty, DutyAction.ASSIGN, owner=owner, why=item.payload.why)


@command("duty.start", OnDuty, verb=Verb.WORK, locate=by_duty, title=_("Start a duty"))
def start(batch: Batch[OnDuty], item: Item[OnDuty]) -> None:
    """Begin the work on one's own duty; its claim no longer times out."""
    duty = load(batch, item, item.payload.duty_id)
    _own(batch, duty)
    step(batch, item, duty, DutyAction.START)


@command("duty.done", OnDuty, verb=Verb.WORK, locate=by_duty, title=_("Finish a duty"))
def done(batch: Batch[OnDuty], item: Item[OnDuty]) -> None:
    """Say that the work is done."""
    duty = load(batch, item, item.payload.duty_id)
    _own(batch, duty)
    step(batch, item, duty, DutyAction.DONE, why=item.payload.why)


@command("duty.return", OnDuty, verb=Verb.WORK, locate=by_duty, title=_("Give a duty back"))
def give_back(batch: Batch[OnDuty], item: Item[OnDuty]) -> None:
    """Put one's duty back on the list, with the reason."""
    duty = load(batch, item, item.payload.duty_id)
    _own(batch, duty)
    step(batch, item, duty, DutyAction.RETURN, owner="", why=item.payload.why)


@command("duty.cancel", OnDuty, verb=Verb.ASSIGN, locate=by_duty, title=_("Cancel a duty"))
def cancel(batch: Batch[OnDuty], item: Item[OnDuty]) -> None:
    """End a duty that is no longer needed, with the reason."""
    duty = load(batch, item, item.payload.duty_id)
    step(batch, item, duty, DutyAction.CANCEL, why=item.payload.why)
