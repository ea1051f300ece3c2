"""`POST /api/entries`: a list of entries in, a receipt for each out."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse

from lianfang.doors.api import answers, auth
from lianfang.doors.api.reading import read_list
from lianfang.kernel.actors import Actor
from lianfang.kernel.batch import Entry
from lianfang.kernel.malformed import Malformed, keep
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.submit import submit


def take(request: HttpRequest) -> HttpResponse:
    """Take a list of entries in, as a phone's outbox or another system sends it.

    The answer is 200 whenever the list could be read, with a receipt for each entry at its
    position: accepted, repeated, held or refused. One bad entry sinks no other, and is kept.
    Sending the same list again is always safe. An entry with `device_at` comes from a device
    whose clock may be wrong: an impossible time is then held for the lead instead of refused.
    """
    receipts = hand_in(auth.actor(request), read_list(request.body))
    return answers.respond({"receipts": [r.as_dict() for r in receipts]})


def hand_in(actor: Actor, parts: Sequence[Entry | Malformed]) -> list[Receipt]:
    """Submit what could be read, keep what could not; return the receipts by position."""
    bad = [p for p in parts if isinstance(p, Malformed)]
    good = [p for p in parts if isinstance(p, Entry)]
    devices = bool(good) and all(entry.device_at for entry in good)
    taken = submit(actor, good, hold_odd_clocks=devices) if good else []
    if not bad:
        return taken
    kept, done = iter(keep(actor, bad)), iter(taken)
    return [next(kept) if isinstance(part, Malformed) else next(done) for part in parts]
