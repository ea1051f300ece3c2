"""Whether a traveller should be in isolation. The only answer is "call the desk"."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from lianfang.kernel.batch import Item


def isolated(district: str, person_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of the persons who are under a watch that has not ended."""
    return set()


def answer(district: str, items: Iterable[Item[Any]]) -> None:
    """Say in the receipts for whom the desk shall be called; nothing of this is kept in a table."""
    listed = list(items)
    people = {t.person_id for item in listed for t in item.payload.travellers} - {None}
    found = isolated(district, people) if people else set()
    for item in listed:
        stopped = False
        for line, told in zip(item.payload.travellers, item.result["travellers"], strict=True):
            told["call_desk"] = line.person_id in found
            stopped = stopped or told["call_desk"]
        item.result["call_desk"] = stopped
