"""The answer to each entry."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from lianfang.kernel.problems import Refusal


class Status(StrEnum):
    """What became of an entry."""

    ACCEPTED = "accepted"
    REPEATED = "repeated"
    HELD = "held"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one entry. For `repeated`, `first` says what became of it the first time."""

    id: UUID
    status: Status
    refusal: Refusal | None = None
    result: dict[str, Any] = field(default_factory=dict)
    first: Status | None = None

    @property
    def stands(self) -> bool:
        """Tell whether the record is in the journal, now or from before."""
        return Status.ACCEPTED in (self.status, self.first)

    def as_dict(self) -> dict[str, Any]:
        """Return the receipt as the API gives it, with words in the reader's language."""
        answer: dict[str, Any] = {"id": str(self.id), "status": str(self.status)}
        if self.first:
            answer["first"] = str(self.first)
        if self.refusal:
            answer["problem"] = {
                "code": self.refusal.code,
                "field": self.refusal.field,
                "message": self.refusal.message,
                "hint": self.refusal.hint,
            }
        if self.result:
            answer["result"] = self.result
        return answer
