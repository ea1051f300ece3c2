"""The append-only journal: order, repetition, and what was set aside."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from lianfang.kernel import bulk, crypto, sealing
from lianfang.kernel.actors import Actor
from lianfang.kernel.batch import Batch, Entry, Item
from lianfang.kernel.models import Record, SetAside
from lianfang.kernel.problems import Refusal
from lianfang.kernel.receipts import Receipt, Status
from lianfang.kernel.routing import current_connection

# Advisory lock classes on PostgreSQL: the reference stream, and one lock for each district.
_REFERENCE_LOCK = 7101
_DISTRICT_LOCK = 7102
_REFERENCE_SEQ = "SELECT seq FROM kernel_stream WHERE district = ''"


def enter(district: str) -> int:
    """Take the district's place in the queue until the end of the transaction; return `ref_seq`.

    All that a district writes is in one order, which is the order of its journal; this is what
    makes a replay exact and a claim single. Districts run side by side and share the reference
    data; a reference command waits for them and they for it. On SQLite BEGIN IMMEDIATE has done
    this already. Advisory locks, not row locks: they cost no write and no dead row.
    """
    connection = current_connection()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and district:
            # Two statements in one round trip: the second sees what committed before the lock.
            cursor.execute(
                "SELECT pg_advisory_xact_lock_shared(%s, 0),"
                " pg_advisory_xact_lock(%s, hashtext(%s));" + _REFERENCE_SEQ,
                [_REFERENCE_LOCK, _DISTRICT_LOCK, district],
            )
            cursor.nextset()
        elif connection.vendor == "postgresql":
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, 0);" + _REFERENCE_SEQ, [_REFERENCE_LOCK]
            )
            cursor.nextset()
        else:
            cursor.execute(_REFERENCE_SEQ)
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _advance(district: str, by: int) -> int:
    """Move the district's sequence by `by` and return its last number."""
    connection = current_connection()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_stream (district, seq) VALUES (%s, %s) "
            "ON CONFLICT (district) DO UPDATE SET seq = kernel_stream.seq + EXCLUDED.seq "
            "RETURNING seq",
            [district, by],
        )
        return int(cursor.fetchone()[0])


def fingerprint(entry: Entry) -> bytes:
    """Return the digest by which a repetition is told from another entry of the same id.

    It is taken over what the device wrote, before its clock is corrected.
    """
    at = entry.device_at or entry.occurred_at
    content = json.dumps(entry.payload, sort_keys=True, ensure_ascii=False, default=str)
    return crypto.digest(f"{entry.command}\x1f{at.isoformat()}\x1f{content}".encode())


@dataclass(frozen=True, slots=True)
class Seen:
    """What the server answered to an id before."""

    digest: bytes
    receipt: Receipt


def seen(district: str, ids: Iterable[UUID]) -> dict[UUID, Seen]:
    """Return what is known of entries that came before, in the journal or set aside."""
    wanted = list(ids)
    known: dict[UUID, Seen] = {}
    aside = SetAside.objects.filter(district=district, id__in=wanted).values_list(
        "id", "digest", "state", "code", "field", "params"
    )
    for id_, digest, state, code, field, params in aside:
        first = Status.HELD if state == SetAside.State.HELD else Status.REFUSED
        refusal = Refusal(code, field or None, params)
        known[id_] = Seen(bytes(digest), Receipt(id_, Status.REPEATED, refusal, first=first))
    records = Record.objects.filter(district=district, id__in=wanted).values_list(
        "id", "digest", "result"
    )
    for id_, digest, result in records:
        answer = json.loads(result) if result else {}
        known[id_] = Seen(
            bytes(digest), Receipt(id_, Status.REPEATED, result=answer, first=Status.ACCEPTED)
        )
    return known


@dataclass(frozen=True, slots=True)
class Written:
    """An accepted item with what the journal needs to know beside it."""

    item: Item[Any]
    batch: Batch[Any]
    digest: bytes


_RECORD = (
    "district",
    "id",
    "seq",
    "ref_seq",
    "command",
    "version",
    "actor",
    "occurred_at",
    "received_at",
    "area_id",
    "subject_id",
    "payload",
    "sealed",
    "digest",
    "result",
    "mends_id",
    "approved_by",
)


def append(
    district: str, ref_seq: int, written: Sequence[Written], *, approved_by: str = ""
) -> None:
    """Write the accepted entries, in their order, with the sealed parts under their keys."""
    if not written:
        return
    last = _advance(district, len(written))
    seq = last - len(written)
    split = [sealing.split(w.item.payload) for w in written]
    sealed = sealing.seal(district, [parts for _, parts in split])
    rows = []
    for w, (plain, _), hidden in zip(written, split, sealed, strict=True):
        seq += 1
        item, spec = w.item, w.batch.command
        rows.append(
            (
                district,
                item.id,
                seq,
                # A reference record stands at its own number: those of districts come after it.
                ref_seq if district else seq,
                spec.name,
                spec.version,
                w.batch.actor.ref,
                item.at,
                w.batch.received_at,
                item.place.id if item.place else None,
                item.subject_id,
                plain,
                hidden,
                w.digest,
                json.dumps(item.result) if item.result else "",
                item.entry.mends,
                approved_by,
            )
        )
    bulk.insert_values(Record, _RECORD, rows)
    if mended := [w.item.entry.mends for w in written if w.item.entry.mends]:
        SetAside.objects.filter(
            district=district, id__in=mended, state=SetAside.State.REFUSED
        ).update(state=SetAside.State.MENDED)


def set_aside(
    district: str,
    actor: Actor,
    entry: Entry,
    refusal: Refusal,
    received_at: datetime,
    *,
    path: str = "",
    held: bool = False,
) -> SetAside:
    """Return the row that keeps a refused or held entry, its content encrypted."""
    content = {
        "payload": entry.payload,
        "mends": str(entry.mends) if entry.mends else None,
        "device_at": entry.device_at.isoformat() if entry.device_at else None,
    }
    return SetAside(
        district=district,
        id=entry.id,
        state=SetAside.State.HELD if held else SetAside.State.REFUSED,
        command=entry.command[:64],
        actor=actor.ref,
        path=path,
        occurred_at=entry.occurred_at,
        received_at=received_at,
        code=refusal.code,
        field=(refusal.field or "")[:120],
        params={k: str(v) for k, v in refusal.params.items()},
        content=crypto.seal_field(json.dumps(content, ensure_ascii=False, default=str)),
        digest=fingerprint(entry),
    )


def content_of(row: SetAside) -> Entry:
    """Return the entry that was set aside."""
    content = json.loads(crypto.open_field(row.content))
    device_at = content["device_at"]
    return Entry(
        id=row.id,
        command=row.command,
        payload=content["payload"],
        occurred_at=row.occurred_at or row.received_at,
        district=row.district,
        mends=UUID(content["mends"]) if content["mends"] else None,
        device_at=datetime.fromisoformat(device_at) if device_at else None,
    )
