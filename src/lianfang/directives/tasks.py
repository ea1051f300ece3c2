"""What takes several records: giving a task to all districts of its areas, and closing it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from lianfang.areas.models import Area
from lianfang.areas.rules import DISTRICT_LEVEL
from lianfang.directives.models import TaskArea
from lianfang.kernel.actors import Actor
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import derive_id, new_id
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.scope import within
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now


def open_task(actor: Actor, payload: dict[str, Any], entry_id: UUID | None = None) -> Receipt:
    """Open a task and let its districts join; returns the receipt of the opening.

    Safe to send again with the same `entry_id`.
    """
    origin = entry_id or new_id()
    receipt = submit(actor, [Entry(origin, "task.open", payload, now())])[0]
    if receipt.stands:
        _everywhere(actor, UUID(str(payload["task_id"])), "task.join", origin)
    return receipt


def close_task(actor: Actor, task_id: UUID, entry_id: UUID | None = None) -> Receipt:
    """Close a task in its districts, then as a whole; returns the last receipt."""
    origin = entry_id or new_id()
    _everywhere(actor, task_id, "task.close_district", origin)
    return submit(actor, [Entry(origin, "task.close", {"task_id": str(task_id)}, now())])[0]


def _everywhere(actor: Actor, task_id: UUID, command: str, origin: UUID) -> None:
    content = {"task_id": str(task_id)}
    for district in districts(task_id):
        id_ = derive_id(origin, command, district)
        submit(actor, [Entry(id_, command, content, now(), district)])


def districts(task_id: UUID) -> Sequence[str]:
    """Return the districts of a task's areas, in order."""
    rows = TaskArea.objects.filter(task_id=task_id)
    targets = list(rows.values_list("area__path", "area__district"))
    own = {district for _, district in targets if district}
    above = [path for path, district in targets if not district]
    if above:
        counties = Area.objects.filter(within(above, "path"), level=DISTRICT_LEVEL, valid_to=None)
        own |= set(counties.values_list("code", flat=True))
    return sorted(own)
