"""Signed links: who holds one may do one thing without an account, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.core import signing

from lianfang.kernel.actors import Actor, ActorKind, Granted
from lianfang.kernel.verbs import Verb

_SALT = "lianfang.mobilising"


class Purpose(StrEnum):
    """What a link is for."""

    SIGN_UP = "s"
    POST = "p"
    MINE = "m"
    RECALL = "r"
    SHIFTS = "f"
    PLACE = "o"


@dataclass(frozen=True, slots=True)
class Target:
    """What a link points at: a row of a district, and a second one where it needs that."""

    district: str
    id: UUID
    other: UUID | None = None


def token(purpose: Purpose, district: str, id_: UUID, other: UUID | None = None) -> str:
    """Return the text of a link; it can't be made or changed without the server's key."""
    parts = [district, id_.hex, *([other.hex] if other else [])]
    return signing.Signer(salt=f"{_SALT}.{purpose}", sep="~").sign("~".join(parts))


def read(purpose: Purpose, text: str) -> Target | None:
    """Return what a link of this purpose points at, None for any other text."""
    try:
        parts = signing.Signer(salt=f"{_SALT}.{purpose}", sep="~").unsign(text).split("~")
        return Target(parts[0], UUID(parts[1]), UUID(parts[2]) if len(parts) > 2 else None)
    except (signing.BadSignature, ValueError, IndexError):
        return None


def holder(id_: UUID, path: str) -> Actor:
    """Return the actor of a link: it may work at `path`, sees nothing, and has no other right."""
    granted = Granted("link", path, frozenset({Verb.WORK}), frozenset())
    return Actor(ActorKind.LINK, id_, (granted,))
