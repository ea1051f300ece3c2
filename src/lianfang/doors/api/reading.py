"""Reads entries from bytes; one that cannot be read becomes a `Malformed` at its position."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import from_json

from lianfang.doors.api import errors
from lianfang.kernel import problems
from lianfang.kernel.batch import Entry
from lianfang.kernel.malformed import Malformed
from lianfang.kernel.problems import Refusal, Refuse

MOST = 1_000
KEYS = frozenset({"id", "command", "district", "occurred_at", "payload", "mends", "device_at"})
DISTRICT = re.compile(r"[0-9A-Za-z._-]{0,12}\Z")
_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\Z")
# A clock that lost its battery shows 1970; beyond these years time zones cannot be computed.
_YEARS = range(1970, 2200)


def parse(body: bytes) -> tuple[Any, bool]:
    """Return the JSON of `body`, and whether its strings must be searched for what cannot be kept.

    Raises Refuse(api.not_json).
    """
    try:
        tree = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        if b"\\u" not in body:
            raise Refuse(errors.NOT_JSON, reason=str(error)[:200]) from None
        # Half a surrogate pair in one entry must not sink the others.
        try:
            tree = json.loads(body, parse_constant=_no_constant)
        except (ValueError, RecursionError) as other:
            raise Refuse(errors.NOT_JSON, reason=str(other)[:200]) from None
        return tree, True
    return tree, b"\\u0000" in body


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def read_list(body: bytes) -> list[Entry | Malformed]:
    """Return what each position of the list holds.

    Raises Refuse when the body is not a list, or a list of more than 1,000.
    """
    tree, suspicious = parse(body)
    if not isinstance(tree, list):
        raise Refuse(errors.NOT_A_LIST)
    if len(tree) > MOST:
        raise Refuse(problems.TOO_MANY, limit=MOST)
    return [read_one(part, suspicious) for part in tree]


def read_one(part: Any, suspicious: bool = False) -> Entry | Malformed:
    """Return one entry, or what is wrong with it."""
    if suspicious and not _storable(part):
        return _bad(_scrub(part), "payload", "a character that cannot be stored")
    if not isinstance(part, dict):
        return _bad(part, None, "not an object")
    try:
        return _entry(part)
    except _Fault as fault:
        return _bad(part, fault.field, fault.reason)


class _Fault(Exception):
    def __init__(self, field: str, reason: str) -> None:
        super().__init__(field)
        self.field = field
        self.reason = reason


def _entry(part: dict[str, Any]) -> Entry:
    if not KEYS.issuperset(part):
        raise _Fault(str(min(part.keys() - KEYS))[:60], "not a field of an entry")
    command, payload = part.get("command"), part.get("payload")
    if not isinstance(command, str) or not 0 < len(command) <= 64:
        raise _Fault("command", "the name of a command is wanted")
    if not isinstance(payload, dict):
        raise _Fault("payload", "an object is wanted")
    mends, device_at = part.get("mends"), part.get("device_at")
    return Entry(
        _uuid(part.get("id"), "id"),
        command,
        payload,
        _time(part.get("occurred_at"), "occurred_at"),
        _district(part.get("district", "")),
        _uuid(mends, "mends") if mends is not None else None,
        _time(device_at, "device_at") if device_at is not None else None,
    )


def _uuid(value: Any, field: str) -> UUID:
    if isinstance(value, str) and _UUID.match(value):
        return UUID(value)
    raise _Fault(field, "a UUID is wanted")


def _time(value: Any, field: str) -> datetime:
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if moment and moment.tzinfo and moment.year in _YEARS:
            return moment
    raise _Fault(field, "a time with its time zone is wanted, such as 2026-11-24T08:30:00+08:00")


def _district(value: Any) -> str:
    if isinstance(value, str) and DISTRICT.match(value):
        return value
    raise _Fault("district", "a district's code is wanted")


def _bad(part: Any, field: str | None, reason: str) -> Malformed:
    """Return the malformed part with what can be told of it."""
    known = part if isinstance(part, dict) else {}
    id_, district, command = known.get("id"), known.get("district"), known.get("command")
    return Malformed(
        content=part,
        refusal=Refusal(problems.MALFORMED, field, {"reason": reason}),
        id=UUID(id_) if isinstance(id_, str) and _UUID.match(id_) else None,
        district=district if isinstance(district, str) and DISTRICT.match(district) else "",
        command=command[:64] if isinstance(command, str) else "",
    )


def _storable(part: Any) -> bool:
    """Tell whether all strings in `part` can be stored: no NUL, no half of a surrogate pair."""
    if isinstance(part, str):
        return part == _clean(part)
    if isinstance(part, dict):
        return all(_storable(key) and _storable(value) for key, value in part.items())
    if isinstance(part, list):
        return all(map(_storable, part))
    return True


def _scrub(part: Any) -> Any:
    """Return `part` with a question mark for each character that cannot be stored."""
    if isinstance(part, str):
        return _clean(part)
    if isinstance(part, dict):
        return {_clean(key): _scrub(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_scrub(value) for value in part]
    return part


def _clean(text: str) -> str:
    return text.replace("\x00", "?").encode("utf-8", "replace").decode()
