"""Keeps entries that could not even be read, so that nothing is lost and somebody can mend them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction

from lianfang.kernel import bulk, journal, problems, times
from lianfang.kernel.actors import Actor
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import derive_id
from lianfang.kernel.problems import Refusal, Refuse
from lianfang.kernel.receipts import Receipt, Status
from lianfang.kernel.routing import current_alias

_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Malformed:
    """Something at the place of an entry, with what could be told of it."""

    content: Any
    refusal: Refusal
    id: UUID | None = None
    district: str = ""
    command: str = ""


def keep(
    actor: Actor, parts: Sequence[Malformed], received_at: datetime | None = None
) -> list[Receipt]:
    """Set the malformed parts aside; return a refused receipt for each, in their order.

    One without a usable id gets one that is made from its content, so that the same thing sent
    again is kept once. Raises Refuse(kernel.unavailable) when the database does not answer.
    """
    moment = received_at or times.now()
    entries = [_entry(actor, part, moment) for part in parts]
    try:
        for district in sorted({e.district for e in entries}):
            _keep(actor, district, entries, parts, moment)
    except (OperationalError, InterfaceError) as error:
        raise Refuse(problems.UNAVAILABLE) from error
    return [
        Receipt(entry.id, Status.REFUSED, part.refusal)
        for entry, part in zip(entries, parts, strict=True)
    ]


def _entry(actor: Actor, part: Malformed, moment: datetime) -> Entry:
    content = part.content if isinstance(part.content, dict) else {"content": part.content}
    text = json.dumps(content, sort_keys=True, default=str)
    id_ = part.id or derive_id(actor.id or _NOBODY, "malformed", text)
    return Entry(id_, part.command, content, moment, part.district)


def _keep(
    actor: Actor,
    district: str,
    entries: Sequence[Entry],
    parts: Sequence[Malformed],
    moment: datetime,
) -> None:
    with transaction.atomic(using=current_alias()):
        journal.enter(district)
        mine = [(e, p) for e, p in zip(entries, parts, strict=True) if e.district == district]
        taken = set(journal.seen(district, (e.id for e, _ in mine)))
        rows = []
        for entry, part in mine:
            if entry.id not in taken:
                taken.add(entry.id)
                rows.append(journal.set_aside(district, actor, entry, part.refusal, moment))
        bulk.insert(rows)
