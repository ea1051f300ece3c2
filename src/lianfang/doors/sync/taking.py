"""Takes a phone's outbox in: opens the envelopes, corrects the clock, submits."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from lianfang.doors.api.reading import read_one
from lianfang.doors.sync import errors
from lianfang.doors.sync.envelope import Damaged, open_sealed
from lianfang.doors.sync.protocol import Envelope
from lianfang.kernel.actors import Actor
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import derive_id
from lianfang.kernel.malformed import Malformed, keep
from lianfang.kernel.problems import Refusal, Refuse
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.submit import submit
from lianfang.people import phone
from lianfang.people.phone import Owner
from lianfang.web import photos

# A difference up to this is the way through a bad network, not the clock.
SLOW_NETWORK = timedelta(seconds=30)


def clock_offset(device_clock: datetime, moment: datetime) -> timedelta:
    """Return what must be added to a phone's clock to get the server's; 0 for a small difference.

    The clock was read before the request went through the network, so a right clock always looks
    a little slow; to correct it would move each record by a different second.
    """
    offset = moment - device_clock
    return offset if abs(offset) > SLOW_NETWORK else timedelta()


def take(
    actor: Actor,
    envelopes: Iterable[Envelope],
    offset: timedelta,
    received_at: datetime,
    owner: Owner | None = None,
) -> list[Receipt]:
    """Return a receipt for each envelope, in order; nothing of it is lost whatever it is.

    `offset` is what must be added to the phone's clock of now to get the server's; an entry
    written before the clock was last set has the difference in its `skew_ms`. The time that the
    phone wrote stays beside the corrected one, so that the entry is known again when it comes
    twice. What the `owner` of the phone does for oneself (a shift acknowledged, a recall answered)
    goes in with a permission for that one entry.
    """
    parts = [_open(envelope, offset, actor) for envelope in envelopes]
    good = [p for p in parts if isinstance(p, Entry)]
    bad = [p for p in parts if isinstance(p, Malformed)]
    taken = _submit(actor, good, received_at, owner)
    kept = keep(actor, bad, received_at) if bad else []
    first, second = iter(taken), iter(kept)
    return [next(first) if isinstance(part, Entry) else next(second) for part in parts]


def _submit(
    actor: Actor, entries: list[Entry], received_at: datetime, owner: Owner | None
) -> list[Receipt]:
    """Submit entries in their order; those about the owner's own rows one by one."""
    receipts: list[Receipt] = []
    parts: list[tuple[Actor, list[Entry]]] = []
    for entry in entries:
        grant = (
            phone.own_grant(owner, entry.command, entry.district, entry.payload) if owner else None
        )
        if grant is not None and not actor.may(min(grant.verbs), grant.path):
            parts.append((replace(actor, grants=(*actor.grants, grant)), [entry]))
        elif parts and parts[-1][0] is actor:
            parts[-1][1].append(entry)
        else:
            parts.append((actor, [entry]))
    for who, part in parts:
        receipts += submit(who, part, received_at=received_at, hold_odd_clocks=True)
    return receipts


def _open(envelope: Envelope, offset: timedelta, actor: Actor) -> Entry | Malformed:
    try:
        content = open_sealed(envelope.id, envelope.sealed)
    except Damaged:
        return Malformed(
            {"sealed": envelope.sealed}, Refusal(errors.UNREADABLE, None, {}), envelope.id
        )
    whole: dict[str, Any] = {**content, "id": str(envelope.id)}
    photo = whole.pop("photo", None)
    whole["occurred_at"] = whole.get("device_at")
    part = read_one(whole, suspicious=True)
    if isinstance(part, Malformed):
        return part
    assert part.device_at
    try:
        at = part.device_at + offset + timedelta(milliseconds=envelope.skew_ms)
    except OverflowError:
        at = part.device_at
    payload = _with_photo(actor, part, photo) if photo else part.payload
    return Entry(part.id, part.command, payload, at, part.district, part.mends, part.device_at)


def _with_photo(actor: Actor, part: Entry, photo: Any) -> Any:
    """Keep the photo that came along, and name it in the payload; without it the act still counts.

    Its id follows from the entry's, so a list that is sent twice says the same twice.
    """
    found = phone.photo_of(actor, part.command, part.district, part.payload)
    if found is None or not isinstance(photo, str):
        return part.payload
    field, subject = found
    try:
        raw = b64decode(photo, validate=True)
        kept = photos.store(part.district, subject, derive_id(part.id, "photo"), raw)
    except (ValueError, Refuse):
        return part.payload
    return {**part.payload, field: str(kept)}
