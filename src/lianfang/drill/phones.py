"""Plays phones: the same protocol, seals and store as the app in phone/, without a screen."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from lianfang.doors.sync.envelope import seal
from lianfang.kernel.ids import new_id

# (address, body, headers) -> (status, body): how a phone reaches the server.
Post = Callable[[str, bytes, dict[str, str]], tuple[int, bytes]]

MOST_AT_ONCE = 200


@dataclass
class Pending:
    """An entry in the outbox."""

    id: UUID
    sealed: str
    content: dict[str, Any]
    receipt: dict[str, Any] | None = None


@dataclass
class Phone:
    """A phone with its store: doors, small lists, outbox, and what became of each entry.

    `clock` is by how much its clock is ahead of the true time.
    """

    post: Post
    clock: timedelta = timedelta()
    language: str = "en"
    device: str = ""
    up: str = ""
    read: str = ""
    server_key: str = ""
    cursor: dict[str, Any] | None = None
    state: str = ""
    lease: str = ""
    areas: dict[str, list[Any]] = field(default_factory=dict)
    doors: dict[str, list[Any]] = field(default_factory=dict)
    lists: dict[str, Any] = field(default_factory=dict)
    outbox: dict[UUID, Pending] = field(default_factory=dict)
    settled: dict[UUID, dict[str, Any]] = field(default_factory=dict)

    def login(self, **credentials: Any) -> dict[str, Any]:
        """Log in; returns the server's answer. Raises ValueError with its problem."""
        body = {"name": "drill", **credentials}
        if self.device:
            body |= {"device": self.device, "up": self.up}
        status, raw = self.post("/sync/login", json.dumps(body).encode(), self._headers(""))
        answer: dict[str, Any] = json.loads(raw)
        if status != 200:
            raise ValueError(answer["code"])
        self.device, self.up, self.read = answer["device"], answer["up"], answer["read"]
        self.server_key = answer["server_key"]
        return answer

    def now(self) -> datetime:
        """Return what the phone's clock shows."""
        return datetime.now(UTC) + self.clock

    def record(
        self, command: str, payload: dict[str, Any], district: str, at: datetime | None = None
    ) -> UUID:
        """Write an act into the outbox; works without network. Returns the entry's id."""
        entry_id = new_id()
        content = {
            "command": command,
            "payload": payload,
            "district": district,
            "device_at": (at or self.now()).isoformat(timespec="milliseconds"),
        }
        sealed = seal(entry_id, content, self.server_key)
        self.outbox[entry_id] = Pending(entry_id, sealed, content)
        return entry_id

    def request(self, entries: list[Pending], *, locked: bool = False) -> tuple[int, bytes]:
        """Send one request and return the raw answer, which may get lost on the way."""
        body = {
            "device_clock": self.now().isoformat(),
            "entries": [{"id": str(e.id), "sealed": e.sealed} for e in entries],
            "cursor": self.cursor,
            "waiting": len(self.outbox) - len(entries),
            "version": "drill",
        }
        token = f"Device {self.device}.{self.up}.{'' if locked else self.read}"
        packed = gzip.compress(json.dumps(body).encode(), 1)
        headers = self._headers(token) | {"Content-Encoding": "gzip"}
        return self.post("/sync", packed, headers)

    def _headers(self, token: str) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Accept-Language": self.language}
        return headers | ({"Authorization": token} if token else {})

    def sync(self, *, locked: bool = False, most: int = MOST_AT_ONCE) -> dict[str, Any]:
        """Send what waits and take in what changed until both are at rest.

        Returns the last answer. Raises ValueError with the server's problem.
        """
        while True:
            status, raw = self.request(list(self.outbox.values())[:most], locked=locked)
            if status != 200:
                raise ValueError(json.loads(raw).get("code", status))
            answer: dict[str, Any] = json.loads(raw)
            self.apply(answer)
            if not self.outbox and not answer.get("more"):
                return answer

    def apply(self, answer: dict[str, Any]) -> None:
        """Take an answer in: the receipts first, then what changed."""
        for receipt in answer["receipts"]:
            self.settled[UUID(receipt["id"])] = receipt
            self.outbox.pop(UUID(receipt["id"]), None)
        self.state = answer["state"]
        if self.state in ("lost", "shut"):
            self.wipe()
        if self.state == "ok":
            self.lease = answer["lease"]
            self._change(answer["changes"])
            self.cursor = answer["cursor"]

    def wipe(self) -> None:
        """Forget everything but the outbox."""
        self.cursor, self.areas, self.doors, self.lists = None, {}, {}, {}

    def _change(self, changes: dict[str, Any]) -> None:
        for area in changes.get("areas", []):
            self.areas[area[0]] = area
        keep = changes["keep"]
        self.doors = {id_: door for id_, door in self.doors.items() if self._under(door[1], keep)}
        for id_ in changes["gone"]:
            self.doors.pop(id_, None)
        moved = {p[0] for door in changes["doors"] for p in door[6]}
        moved.update(changes["gone_persons"])
        if moved:
            for door in self.doors.values():
                door[6] = [p for p in door[6] if p[0] not in moved]
        for door in changes["doors"]:
            self.doors[door[0]] = door
        for id_, standing in changes.get("lines", []):
            if known := self.doors.get(id_):
                known[7] = [*(s for s in known[7] if s[0] != standing[0]), standing]
        for name in ("areas", "rounds", "duties", "me"):
            if name in changes:
                self.lists[name] = changes[name]
        rooms = {**self.lists.get("rooms", {}), **changes.get("rooms", {})}
        self.lists["rooms"] = {name: part for name, part in rooms.items() if part is not None}
        if "rounds" in changes:
            live = {r["id"] for r in changes["rounds"]}
            for door in self.doors.values():
                door[7] = [s for s in door[7] if s[0] in live]

    def _under(self, area_id: str, keep: list[str]) -> bool:
        area = self.areas.get(area_id)
        return area is not None and any(area[4].startswith(path) for path in keep)
