"""Cursor paging: a page begins after the last row of the one before, never at a number."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Some rows in order, and the cursors of the neighbours ('' where there is none)."""

    rows: list[M]
    next: str = ""
    previous: str = ""


def page(found: QuerySet[M], by: Sequence[str], cursor: str = "", size: int = 50) -> Page[M]:
    """Return the rows after (or before) `cursor`, ordered by `by`.

    `by` names columns that together are unique and never null; a leading "-" on the first turns
    the order of all round. A cursor that cannot be read gives the first page.
    """
    descending = by[0].startswith("-")
    names = [name.lstrip("-") for name in by]
    back, values = _read(cursor, len(names))
    reverse = descending != back
    if values is not None:
        found = found.filter(_beyond(names, values, "lt" if reverse else "gt"))
    order = [f"-{name}" if reverse else name for name in names]
    rows = list(found.order_by(*order)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if back:
        rows.reverse()
    if not rows:
        return Page([])
    first, last = (_write(row, names) for row in (rows[0], rows[-1]))
    has_next = more if not back else True
    has_previous = more if back else values is not None
    return Page(rows, f"n{last}" if has_next else "", f"p{first}" if has_previous else "")


def _beyond(names: Sequence[str], values: Sequence[Any], way: str) -> Q:
    """Return the condition that a row lies beyond the values, column by column."""
    condition = Q()
    same: dict[str, Any] = {}
    for name, value in zip(names, values, strict=True):
        condition |= Q(**same, **{f"{name}__{way}": value})
        same[name] = value
    return condition


def _write(row: Model, names: Sequence[str]) -> str:
    values = [getattr(row, name) for name in names]
    plain = [v.isoformat() if isinstance(v, datetime) else v for v in values]
    text = json.dumps(plain, default=str, ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str, length: int) -> tuple[bool, list[Any] | None]:
    way, text = cursor[:1], cursor[1:]
    if way not in ("n", "p") or not text:
        return False, None
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error):
        return False, None
    if not isinstance(values, list) or len(values) != length:
        return False, None
    if any(not isinstance(v, str | int) or isinstance(v, bool) or "\x00" in str(v) for v in values):
        return False, None
    return way == "p", values


def address(request: HttpRequest, **changes: str) -> str:
    """Return this page's address with the query changed; '' takes a part out."""
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    text = query.urlencode()
    return f"{request.path}?{text}" if text else request.path


def neighbour(request: HttpRequest, cursor: str) -> str:
    """Return the address of the page at `cursor`, '' for no cursor (for `components.Table`)."""
    return address(request, cursor=cursor) if cursor else ""
