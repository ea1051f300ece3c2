"""What the tests of rounds share: opening one, visiting, logging in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.test import Client
from django.utils import timezone
from tests.town import COMMUNITY, Town, entry

from lianfang.kernel.ids import new_id
from lianfang.kernel.receipts import Receipt, Status
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.people.models import Person
from lianfang.screening import rounds


def start(town: Town, code: str = COMMUNITY, who: str = "lead", **more: Any) -> UUID:
    """Open a round over the area of that code as the community lead."""
    round_id = new_id()
    payload = {
        "round_id": str(round_id),
        "name": "第一轮",
        "area_ids": [str(town.areas[code].id)],
        "first_day": str(timezone.localdate()),
        "last_day": str(timezone.localdate() + timedelta(days=3)),
        **more,
    }
    receipt = rounds.open_round(town.actor(who), payload)
    assert receipt.status == Status.ACCEPTED, receipt
    return round_id


def visit(
    town: Town, round_id: UUID, label: str, outcome: str = "met", who: str = "grid1", **more: Any
) -> Receipt:
    """Record one visit and return its receipt, accepted or not."""
    at = more.pop("at", now())
    payload = {
        "household_id": str(town.households[label]),
        "round_id": str(round_id),
        "outcome": outcome,
        **more,
    }
    return submit(town.actor(who), [entry("household.visit", payload, occurred_at=at)])[0]


def readings(town: Town, label: str, *temperatures: Any) -> list[dict[str, Any]]:
    """Return readings of the people behind a door, in the order of their ids."""
    people = Person.objects.filter(household_id=town.households[label]).order_by("id")
    return [
        {"person_id": str(p.id), "temperature": t}
        for p, t in zip(people, temperatures, strict=False)
    ]


def client(town: Town, username: str, language: str = "en") -> Client:
    """Return a browser that is logged in."""
    result = Client(headers={"accept-language": language})
    result.force_login(town.accounts[username])
    return result


def text(response: Any) -> str:
    """Return the text of a page."""
    return str(response.content.decode())
