"""What the tests of this room share: people with organisations, calls, links."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.town import COMMUNITY, DISTRICT, Town, accepted, do, entry

from lianfang.kernel.actors import OPERATOR, Actor
from lianfang.kernel.ids import new_id
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.mobilising import links
from lianfang.mobilising.models import Call, CallGroup


def organisation(name: str, parent: UUID | None = None) -> UUID:
    """Make an organisation and return its id."""
    id_ = new_id()
    payload = {"organisation_id": str(id_), "name": name}
    if parent:
        payload["parent_id"] = str(parent)
    do(OPERATOR, "organisation.create", payload, "")
    return id_


def staff(town: Town, unit: UUID | None, count: int, **more: Any) -> list[UUID]:
    """Register so many helpers in the community, members of the unit."""
    people = [new_id() for _ in range(count)]
    area = str(town.areas[COMMUNITY].id)
    entries = [
        entry(
            "person.register",
            {"person_id": str(p), "area_id": area, "name": f"张{n}", "phone": f"1380000{n:04d}"}
            | more,
        )
        for n, p in enumerate(people)
    ]
    if unit:
        entries += [
            entry("membership.join", {"person_id": str(p), "organisation_id": str(unit)})
            for p in people
        ]
    accepted(submit(town.actor("lead"), entries))
    return people


def call(
    town: Town, *capacities: int, starts: datetime | None = None, hours: int = 4, **more: Any
) -> Call:
    """Open a call with groups of these capacities as the community lead."""
    begin = starts or now() + timedelta(hours=2)
    groups = [
        {
            "name": f"第{n}组",
            "starts_at": begin.isoformat(),
            "ends_at": (begin + timedelta(hours=hours)).isoformat(),
            "capacity": capacity,
        }
        for n, capacity in enumerate(capacities, 1)
    ]
    id_ = new_id()
    payload = {
        "call_id": str(id_),
        "area_id": str(town.areas[COMMUNITY].id),
        "name": "口罩包装",
        "groups": groups,
        **more,
    }
    do(town.actor("lead"), "call.open", payload)
    return Call.objects.get(id=id_)


def holder(call: Call) -> Actor:
    """Return the actor of the call's link."""
    return links.holder(call.id, call.path)


def sign_up(call: Call, number: int, **more: Any) -> Receipt:
    """Sign somebody up through the link; returns the receipt, accepted or not."""
    payload = {
        "call_id": str(call.id),
        "person_id": str(new_id()),
        "name": f"王{number}",
        "phone": f"1390000{number:04d}",
        **more,
    }
    return submit(holder(call), [entry("call.sign_up", payload)])[0]


def on_sign_up(actor: Actor, command: str, call: Call, receipt: Receipt, **more: Any) -> Receipt:
    """Do something with a sign-up; returns the receipt."""
    payload = {"call_id": str(call.id), "sign_up_id": receipt.result["sign_up_id"], **more}
    at = more.pop("at", None)
    payload.pop("at", None)
    extra = {"occurred_at": at} if at else {}
    return submit(actor, [entry(command, payload, **extra)])[0]


def group(call: Call, number: int = 1) -> CallGroup:
    return CallGroup.objects.get(call_id=call.id, number=number)


__all__ = ["DISTRICT", "call", "group", "holder", "on_sign_up", "organisation", "sign_up", "staff"]
