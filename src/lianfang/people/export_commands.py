"""What leaves the system as a file is kept in the journal: who, when, what, how much."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from lianfang.areas.tree import by_area
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.registry import command
from lianfang.kernel.sealing import Payload
from lianfang.kernel.verbs import Verb


class RecordExport(Payload):
    """A list that somebody took out: of what, from where, how many rows, how narrowed, why."""

    area_id: UUID
    what: str = Field(min_length=1, max_length=40)
    rows: int = Field(ge=0)
    filters: dict[str, str] = Field(default_factory=dict, max_length=20)
    in_full: bool = False
    why: str = Field("", max_length=200)


@command(
    "export.record",
    RecordExport,
    verb=Verb.EXPORT,
    locate=by_area(),
    title=_("Export a list"),
)
def record(batch: Batch[RecordExport], item: Item[RecordExport]) -> None:
    """Keep the export; the file itself is not stored."""
    item.result = {"rows": item.payload.rows}
