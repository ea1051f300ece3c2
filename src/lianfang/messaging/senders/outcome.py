"""What became of a message."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Why a message did not go out."""

    NONE = ""
    NO_ADDRESS = "no_address"
    NO_SERVER = "no_server"
    UNREACHABLE = "unreachable"
    SIGNATURE = "signature"
    KEY = "key"
    TOO_OFTEN = "too_often"
    WORDS = "words"
    REFUSED = "refused"
    BROKEN = "broken"


# With these a further try can't help: somebody has to change the channel.
FINAL = frozenset({Fault.NO_ADDRESS, Fault.NO_SERVER, Fault.SIGNATURE, Fault.KEY, Fault.WORDS})


@dataclass(frozen=True, slots=True)
class Outcome:
    """Sent, or a fault with what the service said (never an address or key)."""

    fault: Fault = Fault.NONE
    detail: str = ""

    @property
    def sent(self) -> bool:
        """Tell whether the service took the message."""
        return self.fault is Fault.NONE
