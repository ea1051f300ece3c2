"""The form of a phone's request, and of its cursor."""

from __future__ import annotations

import base64
import zlib
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from lianfang.doors.sync import errors
from lianfang.kernel import problems
from lianfang.kernel.problems import Refuse

MOST_ENTRIES = 500
MOST_BYTES = 4 * 1024 * 1024


class Part(BaseModel):
    """A part of what a phone says."""

    # Fields of a newer app are ignored: phones and the server are never updated at once.
    model_config = ConfigDict(extra="ignore", frozen=True)


class Envelope(Part):
    """A sealed entry. `skew_ms` is by how much the phone's clock was set since it was written."""

    id: UUID
    sealed: str = Field(max_length=400_000)
    skew_ms: int = Field(0, ge=-(10**13), le=10**13)


class Cursor(Part):
    """How far a phone is. It gives it back as it got it, and learns nothing from it.

    `seqs`: the last record seen of each district. `have`: the paths whose doors it holds, with the
    sight under which it got them. `part` and `after`: the path that is on its way, and the last
    door of it. `rounds`: the rounds whose lines it holds. `sums`: digests of the small lists.
    """

    v: int = 1
    seqs: dict[str, int] = Field(default_factory=dict)
    have: dict[str, str] = Field(default_factory=dict)
    part: str | None = None
    part_sight: str = ""
    after: UUID | None = None
    rounds: tuple[UUID, ...] = ()
    sums: dict[str, str] = Field(default_factory=dict)


class Sync(Part):
    """One contact of a phone with the server."""

    device_clock: AwareDatetime
    entries: tuple[Envelope, ...] = ()
    cursor: Cursor | None = None
    # Entries that stay on the phone after this request.
    waiting: int = Field(0, ge=0, le=10**6)
    version: str = Field("", max_length=20)


class Login(Part):
    """A log-in on a phone: by name and password (and code), or by a one-time link."""

    username: str = Field("", max_length=60)
    password: str = Field("", max_length=200)
    code: str = Field("", max_length=12)
    link: str = Field("", max_length=100)
    name: str = Field("", max_length=80)
    # The device that this phone was before, with its secret.
    device: UUID | None = None
    up: str = Field("", max_length=100)


def body_of(request: HttpRequest) -> bytes:
    """Return the body, unpacked where it came compressed. Raises Refuse when it is too large."""
    body = request.body
    if request.headers.get("Content-Encoding", "").lower() == "gzip":
        unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            body = unpack.decompress(body, MOST_BYTES + 1)
        except zlib.error as error:
            raise Refuse(errors.NOT_UNDERSTOOD, reason="gzip") from error
        if len(body) <= MOST_BYTES and not unpack.eof:
            raise Refuse(errors.NOT_UNDERSTOOD, reason="gzip")
    if len(body) > MOST_BYTES:
        raise Refuse(problems.TOO_LARGE, limit=f"{MOST_BYTES // 2**20} MB")
    return body


def read_sync(body: bytes) -> Sync:
    """Return the request of a phone. Raises Refuse."""
    wanted: Sync = read(Sync, body)
    if len(wanted.entries) > MOST_ENTRIES:
        raise Refuse(problems.TOO_MANY, limit=MOST_ENTRIES)
    return wanted


def read_login(body: bytes) -> Login:
    """Return the log-in of a phone. Raises Refuse."""
    wanted: Login = read(Login, body)
    return wanted


def read(model: type[Any], body: bytes) -> Any:
    """Return a request as `model`. Raises Refuse."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(step) for step in first["loc"])[:60]
        raise Refuse(errors.NOT_UNDERSTOOD, reason=where or "json") from error


def credentials(request: HttpRequest) -> tuple[UUID, str, str] | None:
    """Return (device, secret for sending, secret for reading or '') from the header."""
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "device":
        return None
    device, _, rest = text.strip().partition(".")
    up, _, read = rest.partition(".")
    try:
        return UUID(device), up, read
    except ValueError:
        return None


def b64(raw: bytes) -> str:
    """Return `raw` as base64 for addresses, without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def seconds(moment: datetime | None) -> int | None:
    """Return a moment as whole seconds since 1970, as rows carry it."""
    return None if moment is None else int(moment.timestamp())
