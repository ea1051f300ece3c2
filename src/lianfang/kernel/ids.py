"""UUIDv7 identifiers (RFC 9562) and ids that are derived from others."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """Return a fresh UUIDv7; ids made later sort later, which keeps inserts local."""
    return UUID(int=uuid_utils.uuid7().int)


def derive_id(parent: UUID, *parts: object) -> UUID:
    """Return the id of the child `parts` of `parent`: always the same for the same arguments.

    Handlers use it for every row they make, so that a replay makes the same rows. The 48 bits of
    time come from the parent, so children lie beside it in an index.
    """
    text = "\x1f".join(str(part) for part in parts)
    digest = hashlib.blake2b(parent.bytes + text.encode(), digest_size=10).digest()
    tail = int.from_bytes(digest, "big")
    value = (parent.int >> 80 << 80) | tail
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return UUID(int=value)


def time_of(identifier: UUID) -> datetime:
    """Return the moment (UTC, millisecond resolution) that a UUIDv7 carries."""
    return datetime.fromtimestamp((identifier.int >> 80) / 1000, tz=UTC)
