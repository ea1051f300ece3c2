"""Rebuilds the state from the journal, and compares two states."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

from lianfang.kernel import sealing
from lianfang.kernel.actors import replayed
from lianfang.kernel.batch import Batch, Entry, Item
from lianfang.kernel.fields import StateModel
from lianfang.kernel.models import Record, Stream
from lianfang.kernel.problems import Refuse
from lianfang.kernel.registry import COMMANDS
from lianfang.kernel.routing import using
from lianfang.kernel.submit import perform


def replay(source: str, target: str, progress: Callable[[int], None] = lambda done: None) -> int:
    """Run the journal of the database `source` into the empty database `target`.

    Returns the number of records. Entries that came in one list are run as one list again.
    Raises Refuse when a handler refuses what it once accepted: then code and journal disagree.
    """
    done = 0
    with using(source):
        rows = Record.objects.order_by("ref_seq", "district", "seq").iterator(chunk_size=2_000)
        for run in _runs(rows):
            keys = sealing.subject_keys(
                run[0].district, {s for row in run for s in sealing.subjects_of(row.sealed)}
            )
            with using(target), transaction.atomic(using=target):
                _again(run, keys)
            done += len(run)
            progress(done)
    return done


def _runs(rows: Iterable[Record]) -> Iterator[list[Record]]:
    def key(row: Record) -> tuple[Any, ...]:
        return row.district, row.command, row.actor, row.received_at, row.ref_seq, row.version

    for _, run in groupby(rows, key=key):
        yield list(run)


def _again(run: list[Record], keys: dict[Any, bytes]) -> None:
    first = run[0]
    spec = COMMANDS[first.command]
    items: list[Item[Any]] = []
    for row in run:
        content = sealing.unseal(row.payload, row.sealed, keys)
        for version in range(row.version, spec.version):
            content = spec.upcasts[version](content)
        entry = Entry(row.id, row.command, content, row.occurred_at, row.district, row.mends_id)
        items.append(Item(entry, spec.payload.model_validate(content)))
    batch: Batch[Any] = Batch(
        spec,
        replayed(first.actor),
        first.district,
        items,
        first.received_at,
        ref_seq=first.ref_seq,
        replaying=True,
    )
    spec.locate(batch)
    perform(batch)
    for item in batch.items:
        if item.refusal:
            raise Refuse(item.refusal.code, item.refusal.field, **dict(item.refusal.params))
    Stream.objects.update_or_create(district=first.district, defaults={"seq": run[-1].seq})


def state_models() -> list[type[models.Model]]:
    """Return every model whose rows come from the journal, by table name."""
    found = [m for m in apps.get_models() if issubclass(m, StateModel)]
    return sorted(found, key=lambda m: m._meta.db_table)


def fingerprints(alias: str) -> dict[str, str]:
    """Return a digest of each table's rows in canonical order, personal fields decrypted."""
    with using(alias):
        return {m._meta.db_table: _fingerprint(m) for m in state_models()}


def _fingerprint(model: type[models.Model]) -> str:
    digest = hashlib.sha256()
    for row in canonical_rows(model):
        digest.update(row.encode())
    return digest.hexdigest()


def canonical_rows(model: type[models.Model]) -> Iterator[str]:
    """Yield each row of `model` as canonical JSON, in key order."""
    skipped: frozenset[str] = getattr(model, "not_replayed", frozenset())
    names = [f.attname for f in model._meta.concrete_fields if f.column and f.name not in skipped]
    rows = model._default_manager.order_by("pk").values_list(*names)
    for row in rows.iterator(chunk_size=2_000):
        content = dict(zip(names, row, strict=True))
        yield json.dumps(content, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False)


def differences(first: str, second: str) -> list[str]:
    """Return the tables in which the two databases differ; [] when the states are the same."""
    one, other = fingerprints(first), fingerprints(second)
    return [table for table in one if one[table] != other[table]]
