"""What the commands on orders share: where they act, how an order moves, the duties that carry it.

An order never lies about: until the desk has decided a duty of the desk stands for it, then the
errand does until the household has confirmed, and a complaint is a duty of the desk again. All of
them climb when they are late.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.areas.tree import places
from lianfang.kernel import problems
from lianfang.kernel.batch import Batch, Item, NewDuty
from lianfang.kernel.kinds import duty_kind
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.rules import DutyAction
from lianfang.kernel.verbs import Sight, Verb
from lianfang.mobilising.queries import at_the_front
from lianfang.people.models import Account, Membership, Person
from lianfang.people.rules import Care as CareReason
from lianfang.people.rules import PersonState
from lianfang.services import rules
from lianfang.services.models import Care, Order, ServiceKind
from lianfang.services.rules import OrderAction, OrderState, Why

ERRAND = duty_kind("errand", _("Errand"), sights=(Sight.ADDRESS, Sight.NAME, Sight.RELAY))
DESK = duty_kind("order_desk", _("Order to decide on"), verb=Verb.SERVE)
COMPLAINT = duty_kind("complaint", _("Complaint"), verb=Verb.SERVE)
DESK_HOURS, COMPLAINT_HOURS = 2, 4

NOT_NOW = problem(
    "order.not_now",
    _("This cannot be done with an order that is “{state}”."),
    _("Look at the order: something has happened meanwhile."),
    status=409,
)
NOT_CARRIED = problem(
    "order.not_carried_by_you",
    _("Somebody else carries this order now."),
    _("Speak with the desk before you go on."),
    status=409,
)

_CARE_REASONS: dict[str, Why] = {
    CareReason.AGED_ALONE: Why.AGED,
    CareReason.ILLNESS: Why.ILL,
    CareReason.PREGNANT: Why.ILL,
    CareReason.DISABILITY: Why.DISABILITY,
}


def by_order(batch: Batch[Any]) -> None:
    """Locate entries by the order that they name: at its door."""
    ids = {item.payload.order_id for item in batch}
    rows = Order.objects.filter(district=batch.district, id__in=ids)
    doors = {r[0]: r[1:] for r in rows.values_list("id", "area_id", "household_id")}
    found = places({area_id for area_id, _ in doors.values()}, batch)
    for item in batch:
        item.subject_id = item.payload.order_id
        if door := doors.get(item.payload.order_id):
            item.place = found[door[0]]
            item.path = f"{item.place.path}{door[1].hex}/"


def load(batch: Batch[Any], item: Item[Any]) -> Order:
    """Return the order that an entry names; a word about it must name its own household."""
    order = Order.objects.filter(district=batch.district, id=item.payload.order_id).first()
    if order is None:
        raise Refuse(problems.NOT_FOUND, "order_id")
    if getattr(item.payload, "household_id", order.household_id) != order.household_id:
        raise Refuse(problems.NOT_FOUND, "household_id")
    return order


def move(batch: Batch[Any], item: Item[Any], order: Order, action: OrderAction) -> None:
    """Move an order along the table, in memory; raises Refuse when it is not allowed."""
    state = rules.next_order_state(order.state, action)
    if state is None:
        from lianfang.services.words import STATES

        raise Refuse(NOT_NOW, "order_id", state=STATES[OrderState(order.state)])
    order.state = state
    order.changed_at = batch.received_at
    item.result = {"order_id": str(order.id), "state": str(state)}


def kind_of(district: str, community_id: UUID, code: str) -> tuple[rules.Kind | None, bool]:
    """Return a kind as the community keeps it, and whether it is offered."""
    row = ServiceKind.objects.filter(
        district=district, community_id=community_id, code=code
    ).first()
    if row is None:
        return rules.KINDS.get(code), True
    kind = rules.Kind(
        code, row.buys, row.urgent, row.due_hours, row.claim_minutes, row.most, row.per_day
    )
    return kind, row.offered


def reasons(district: str, household_id: UUID, at: datetime) -> list[Why]:
    """Return why a household comes first at a moment, sorted."""
    found: set[Why] = set()
    people = list(
        Person.objects.filter(
            district=district, household_id=household_id, state=PersonState.LIVE
        ).values_list("id", "care")
    )
    for _id, care in people:
        found |= {_CARE_REASONS[c] for c in care if c in _CARE_REASONS}
    ids = [id_ for id_, _ in people]
    if Care.objects.filter(
        district=district, household_id=household_id, isolated_until__gte=timezone.localdate(at)
    ).exists():
        found.add(Why.ISOLATED)
    helpers = Membership.objects.filter(district=district, person_id__in=ids, until=None)
    workers = Account.objects.filter(person_district=district, person_id__in=ids, is_active=True)
    if ids and (helpers.exists() or workers.exists()):
        found.add(Why.HELPER)
    if ids and at_the_front(district, ids, at):
        found |= {Why.HELPER, Why.FRONT}
    return sorted(found)


def open_desk_duty(
    batch: Batch[Any], item: Item[Any], order: Order, kind: str = DESK, hours: int = DESK_HOURS
) -> None:
    """Let the desk owe a decision on an order."""
    assert item.place
    item.open_duty(
        NewDuty(
            kind,
            kind,
            item.place,
            due_at=batch.after(hours=hours),
            path=f"{item.place.path}{order.household_id.hex}/",
            subject_kind="household",
            subject_id=order.household_id,
            context_id=order.id,
            priority=order.priority,
            details={"order_id": str(order.id), "kind": order.kind},
        )
    )


def open_errand(
    batch: Batch[Any], item: Item[Any], order: Order, due_at: datetime, claim_minutes: int
) -> None:
    """Let somebody owe the errand; the order keeps the duty's id."""
    assert item.place
    order.due_at = due_at
    order.carrier = ""
    order.duty_id = item.open_duty(
        NewDuty(
            ERRAND,
            ERRAND,
            item.place,
            due_at=due_at,
            path=f"{item.place.path}{order.household_id.hex}/",
            subject_kind="household",
            subject_id=order.household_id,
            context_id=order.id,
            priority=order.priority,
            claim_minutes=claim_minutes,
            details={"order_id": str(order.id), "kind": order.kind},
        )
    )


def settle_duties(
    item: Item[Any], order: Order, *kinds: str, action: DutyAction = DutyAction.DONE
) -> None:
    """End the live duties of these kinds that stand for an order."""
    for kind in kinds:
        item.settle(kind, order.household_id, order.id, action, f"order.{order.state}")
