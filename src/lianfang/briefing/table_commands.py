"""How the columns of a table were mapped: kept once, so that tomorrow's needs nobody."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from lianfang.briefing.figures import FIGURES
from lianfang.kernel import problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.problems import Refuse
from lianfang.kernel.registry import anywhere, command
from lianfang.kernel.sealing import Payload
from lianfang.kernel.verbs import Verb

_Short = Annotated[str, Field(max_length=80)]


class KeepTable(Payload):
    """The figure behind each heading of a table; the record is the only place where it is kept."""

    table_id: UUID
    columns: dict[_Short, _Short] = Field(max_length=60)


@command(
    "table.keep",
    KeepTable,
    verb=Verb.READ,
    locate=anywhere,
    title=_("Keep how a table is filled"),
    reference=True,
)
def keep(batch: Batch[KeepTable], item: Item[KeepTable]) -> None:
    """Keep a mapping: the last one of somebody for the same headings counts."""
    if not set(item.payload.columns.values()) <= set(FIGURES):
        raise Refuse(problems.NOT_FOUND, "columns")
    item.subject_id = item.payload.table_id
