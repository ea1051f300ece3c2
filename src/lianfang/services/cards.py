"""The code on a door's card: signed, rotatable, and what it lets somebody do.

A code is `district.` and 24 bytes in base64url: the household's id, the number of the card, and a
keyed digest of both. It says nothing about people; a phone reads the household from it without
network, the server alone can tell whether it is genuine and still the current one.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from uuid import UUID

from lianfang.kernel import crypto
from lianfang.kernel.actors import Actor, ActorKind, Granted
from lianfang.kernel.verbs import Verb
from lianfang.people.models import Household
from lianfang.people.rules import HouseholdState
from lianfang.services.models import DoorCard

_SIGNATURE = 6
VERBS = frozenset({Verb.ORDER, Verb.SELF_REPORT})


def _sign(district: str, body: bytes) -> bytes:
    return crypto.digest(b"door-card\x1f" + district.encode() + b"\x1f" + body)[:_SIGNATURE]


def code_of(district: str, household_id: UUID, serial: int = 0) -> str:
    """Return the code of a door's card with that number."""
    body = household_id.bytes + serial.to_bytes(2, "big")
    text = base64.urlsafe_b64encode(body + _sign(district, body)).decode().rstrip("=")
    return f"{district}.{text}"


def read(code: str) -> tuple[str, UUID, int] | None:
    """Return district, household and number of a genuine code; None for any other text."""
    district, _, text = code.partition(".")
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        return None
    if len(raw) != 18 + _SIGNATURE or not district.isalnum():
        return None
    body, signature = raw[:18], raw[18:]
    if not hmac.compare_digest(signature, _sign(district, body)):
        return None
    return district, UUID(bytes=body[:16]), int.from_bytes(body[16:], "big")


@dataclass(frozen=True, slots=True)
class Card:
    """A card that opens its door's page: the household, the number, and who acts with it."""

    household: Household
    serial: int
    actor: Actor

    @property
    def code(self) -> str:
        """Return the card's code."""
        return code_of(self.household.district, self.household.id, self.serial)

    @property
    def seal(self) -> str:
        """Return what a browser keeps once it is bound; worthless with the next card."""
        return f"{self.household.district}:{self.household.id}:{self.serial}"


def card_of(code: str) -> Card | None:
    """Return the card of a code; None when it is forged, replaced, stopped, or the door is gone."""
    found = read(code)
    if found is None:
        return None
    district, household_id, serial = found
    row = DoorCard.objects.filter(district=district, household_id=household_id).first()
    if (row.serial, row.stopped) != (serial, False) if row else serial != 0:
        return None
    home = (
        Household.objects.select_related("area")
        .filter(district=district, id=household_id, state=HouseholdState.LIVE)
        .first()
    )
    if home is None:
        return None
    grant = Granted("card", home.path, VERBS, frozenset(), subject=home.id)
    return Card(home, serial, Actor(ActorKind.CARD, home.id, (grant,)))


def serials(district: str, household_ids: list[UUID]) -> dict[UUID, DoorCard]:
    """Return the cards of households that have been renewed, stopped or bound."""
    rows = DoorCard.objects.filter(district=district, household_id__in=household_ids)
    return {row.household_id: row for row in rows}
