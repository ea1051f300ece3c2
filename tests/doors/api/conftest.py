"""A client of the API for each member of the test town."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from tests import town as towns
from tests.town import Town

from lianfang.areas import tree
from lianfang.kernel.ids import new_id
from lianfang.kernel.times import now
from lianfang.people import tokens


@dataclass
class Api:
    """Sends JSON with somebody's token, and gives back JSON."""

    token: str = ""
    language: str = "en"
    client: Client = field(default_factory=Client)

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Return the response; `json()` of it works for problems too."""
        options: dict[str, Any] = {"headers": {"Accept-Language": self.language, **headers}}
        if self.token:
            options["headers"]["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            options["data"] = body if isinstance(body, bytes | str) else json.dumps(body)
            options["content_type"] = headers.get("Content-Type", "application/json")
        return self.client.generic(method, path, **options)

    def get(self, path: str, status: int = 200) -> Any:
        """Return the JSON of an answer that must have this status."""
        response = self.request("GET", path)
        assert response.status_code == status, response.content
        return json.loads(response.content)

    def post(self, path: str, body: Any, status: int = 200) -> Any:
        """Return the JSON of the answer to `body`, which must have this status."""
        response = self.request("POST", path, body)
        assert response.status_code == status, response.content
        return json.loads(response.content)

    def send(self, *entries: Any) -> list[Any]:
        """Send a list of entries and return the receipts."""
        receipts = self.post("/api/entries", list(entries))["receipts"]
        assert len(receipts) == len(entries)
        return list(receipts)


def raw(command: str, payload: Any, district: str = towns.DISTRICT, **more: Any) -> dict[str, Any]:
    """Return an entry as a client sends it."""
    return {
        "id": str(new_id()),
        "command": command,
        "district": district,
        "occurred_at": now().isoformat(),
        "payload": payload,
        **more,
    }


def door(town: Town, room: str = "501", **more: Any) -> dict[str, Any]:
    """Return the payload of a household to register in the first grid."""
    return {
        "household_id": str(new_id()),
        "area_id": str(town.grid(1).id),
        "building": "3",
        "unit": "2",
        "floor": 5,
        "room": room,
        "members": [{"person_id": str(new_id()), "name": "王芳", "phone": "19900000012"}],
        **more,
    }


@pytest.fixture(autouse=True)
def _fresh_tree() -> None:
    tree.clear()


@pytest.fixture
def town(db: None) -> Town:
    return towns.build()


@pytest.fixture
def api(town: Town) -> Callable[[str], Api]:
    """Return a client with a fresh token of the account of that name."""

    def of(username: str) -> Api:
        return Api(tokens.make(town.accounts[username], "test")[0])

    return of
