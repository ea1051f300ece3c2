"""What was kept of tables: read from the journal, which is the only place where it lies."""

from __future__ import annotations

import json
from uuid import UUID

from lianfang.kernel.actors import Actor
from lianfang.kernel.models import Record


def mapping(actor: Actor, table_id: UUID) -> dict[str, str]:
    """Return how the actor mapped the headings of a table the last time; {} if never."""
    row = (
        Record.objects.filter(
            district="", subject_id=table_id, command="table.keep", actor=actor.ref
        )
        .order_by("-seq")
        .values_list("payload", flat=True)
        .first()
    )
    return dict(json.loads(row)["columns"]) if row else {}
