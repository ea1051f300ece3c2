"""The scenarios' way into the product: the API, with a token, as any other system would."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.test import Client

from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import new_id
from lianfang.kernel.times import now
from lianfang.people.auth import new_token
from lianfang.people.models import Account

AREAS = Path(__file__).parent / "data" / "areas.csv"
# As long as a list may be.
LIST = 500


def area_rows(*prefixes: str) -> list[dict[str, str]]:
    """Return the real areas whose codes begin with one of `prefixes`, with all above them."""
    with AREAS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    wanted = [r["code"] for r in rows if r["code"].startswith(prefixes)]
    return [r for r in rows if any(w.startswith(r["code"]) or r["code"] == w for w in wanted)]


class Gate:
    """Sends entries as one account and reads what the API answers."""

    def __init__(self, username: str) -> None:
        """Log the account of that name in with a fresh token."""
        account = Account.objects.get(username=username)
        self.account_id: UUID = account.id
        token = new_token(account, "scenario")
        self.client = Client(headers={"authorization": f"Bearer {token}"})

    def send(self, entries: Sequence[Entry]) -> list[dict[str, Any]]:
        """Send entries in lists; returns the receipts in their order."""
        receipts: list[dict[str, Any]] = []
        for start in range(0, len(entries), LIST):
            body = [as_json(e) for e in entries[start : start + LIST]]
            answer = self.client.post("/api/entries", body, content_type="application/json")
            assert answer.status_code == 200, answer.content
            receipts += answer.json()["receipts"]
        return receipts

    def must(self, entries: Sequence[Entry]) -> list[dict[str, Any]]:
        """Send entries that must all be accepted."""
        receipts = self.send(entries)
        bad = [r for r in receipts if r["status"] != "accepted"]
        assert not bad, bad[:3]
        return receipts

    def get(self, path: str, **query: Any) -> Any:
        """Read an address of the API that must answer."""
        answer = self.client.get(path, query)
        assert answer.status_code == 200, answer.content
        return answer.json()


def act(
    command: str, payload: dict[str, Any], district: str, occurred_at: datetime | None = None
) -> Entry:
    """Return an entry with a fresh id."""
    return Entry(new_id(), command, payload, occurred_at or now(), district)


def as_json(entry: Entry) -> dict[str, Any]:
    """Return an entry as the API takes it."""
    return {
        "id": str(entry.id),
        "command": entry.command,
        "district": entry.district,
        "occurred_at": entry.occurred_at.isoformat(),
        "payload": entry.payload,
    }


def doors(
    area_id: UUID, count: int, persons: int = 2, building: str = "1"
) -> Iterator[dict[str, Any]]:
    """Yield the payloads of `count` made-up households of one grid."""
    for number in range(count):
        block, place = divmod(number, 120)
        floor, room = divmod(place, 4)
        yield {
            "household_id": str(new_id()),
            "area_id": str(area_id),
            "building": f"{building}.{block}" if block else building,
            "unit": "1",
            "floor": floor + 1,
            "room": f"{floor + 1}{room + 1:02d}",
            "members": [
                {"person_id": str(new_id()), "name": f"住户{number}之{n}"} for n in range(persons)
            ],
        }
