"""Who somebody is of whom no person is registered: a few texts, sealed in one column."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from lianfang.kernel.crypto import blind_index
from lianfang.people import lookup


@dataclass(frozen=True, slots=True)
class Who:
    """Name, phone, document, address and a note, as far as they were said."""

    name: str = ""
    phone: str = ""
    id_number: str = ""
    address: str = ""
    note: str = ""

    def text(self) -> str:
        """Return it as the column keeps it; '' when nothing is known."""
        known = {k: v for k, v in asdict(self).items() if v}
        return json.dumps(known, ensure_ascii=False, sort_keys=True) if known else ""

    def index(self) -> str:
        """Return the blind index that tells one from another: document, else phone, else name."""
        if self.id_number:
            return blind_index(f"id:{self.id_number.upper()}")
        if self.phone:
            return lookup.phone_index(self.phone)
        return blind_index(f"name:{self.name}") if self.name else ""


def of_payload(payload: Any) -> Who:
    """Return what a payload says of somebody."""
    return Who(payload.name, str(payload.phone), payload.id_number, payload.address, payload.note)


def read(text: str) -> Who:
    """Return what a column keeps; after a purge nothing."""
    if not text:
        return Who()
    known = json.loads(text)
    return Who(**{k: str(known.get(k, "")) for k in Who.__dataclass_fields__})
