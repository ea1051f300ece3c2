"""The filter that a phone carries without network: sizes, marks, answers; no database here.

A Bloom filter. What is asked is "phone:<digits>", "id:<number in capitals>" or "plate:<tidy>" (see
`mark_of`). With d = HMAC-SHA-256(salt, text), a and b the first two eight bytes of d (big-endian,
b made odd), the text's places are (a + i·b) mod bits for i = 0 … hashes - 1; it may be in the
filter when all those bits are set (bit n is bit n mod 8, the lowest first, of byte n div 8).

The filter is filled with noise up to a fixed number of entries, so that neither its size nor its
ones tell how many people are in it, and its rate of false alarms is the same on a quiet day.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from math import ceil, log

RATE = 0.01
HASHES = 7
# No filter holds fewer entries, with the noise; above it the size doubles.
LEAST = 1024


def capacity_for(count: int) -> int:
    """Return how many entries, with the noise, a filter of `count` true ones holds."""
    size = LEAST
    while size < count:
        size *= 2
    return size


def bits_for(capacity: int) -> int:
    """Return the bits that `capacity` entries need for RATE false alarms (Bloom's formula)."""
    return ceil(-capacity * log(RATE) / log(2) ** 2 / 8) * 8


def mark_of(kind: str, value: str) -> str:
    """Return the text that is asked for: kind is "phone", "id" or "plate"."""
    return f"{kind}:{value}"


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter with its salt; `holds` is what the phone computes too."""

    salt: bytes
    bits: int
    data: bytes

    def holds(self, text: str) -> bool:
        """Tell whether `text` may be in the filter; a text that is in it is always found."""
        return all(self.data[n >> 3] >> (n & 7) & 1 for n in _places(self._digest(text), self.bits))

    def _digest(self, text: str) -> bytes:
        return hmac.new(self.salt, text.encode(), sha256).digest()


def _places(digest: bytes, bits: int) -> list[int]:
    first = int.from_bytes(digest[:8], "big")
    step = int.from_bytes(digest[8:16], "big") | 1
    return [(first + i * step) % bits for i in range(HASHES)]


def build(texts: Iterable[str], salt: bytes, noise: Callable[[int], bytes]) -> Filter:
    """Return a filter of `texts`; `noise(n)` gives n random bytes for the entries that are none."""
    wanted = sorted(set(texts))
    capacity = capacity_for(len(wanted))
    bits = bits_for(capacity)
    data = bytearray(bits // 8)
    digests = [hmac.new(salt, text.encode(), sha256).digest() for text in wanted]
    digests += [noise(16) for _ in range(capacity - len(wanted))]
    for digest in digests:
        for place in _places(digest, bits):
            data[place >> 3] |= 1 << (place & 7)
    return Filter(salt, bits, bytes(data))
