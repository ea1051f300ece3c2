"""JSON answers, and lists by pages with a signed cursor."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core import signing
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from lianfang.doors.api import auth, errors
from lianfang.kernel.problems import Refuse

MOST = 500
_SALT = "lianfang.api.cursor"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def dumps(content: Any) -> str:
    """Return compact JSON; times in ISO 8601."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=_plain)


def respond(content: Any, status: int = 200) -> HttpResponse:
    """Return `content` as application/json."""
    return HttpResponse(dumps(content), content_type="application/json", status=status)


def page(
    request: HttpRequest,
    rows: QuerySet[Any, Any],
    key: Sequence[str],
    make: Callable[[Any], dict[str, Any]],
) -> HttpResponse:
    """Return one page of `rows` in the order of `key`, which must be unique.

    The next page begins after the last key, so rows that come or go meanwhile neither repeat nor
    hide others. Rows are model instances, or tuples of values that begin with the key.
    """
    limit, cursor = _limit(request), request.GET.get("cursor")
    if cursor:
        rows = rows.filter(_after(key, open_cursor(request, cursor)))
    found = list(rows.order_by(*key)[: limit + 1])
    rest = len(found) > limit
    found = found[:limit]
    following = None
    if rest:
        last = found[-1]
        values = (
            last[: len(key)] if isinstance(last, tuple) else [getattr(last, name) for name in key]
        )
        following = seal_cursor(request, list(values))
    return respond({"items": [make(row) for row in found], "next": following})


def _limit(request: HttpRequest) -> int:
    # The operation has checked the number already.
    return min(int(request.GET.get("limit") or 100), MOST)


def _after(key: Sequence[str], values: Sequence[Any]) -> Q:
    """Return the condition (a, b) > (x, y), for any number of columns."""
    condition = Q()
    for n, name in enumerate(key):
        equal = dict(zip(key[:n], values[:n], strict=True))
        condition |= Q(**equal, **{f"{name}__gt": values[n]})
    return condition


def _mark(request: HttpRequest) -> str:
    """Return what ties a cursor to its actor, address and parameters."""
    given = sorted((k, v) for k, v in request.GET.items() if k not in {"cursor", "limit"})
    text = repr((auth.actor(request).ref, request.path, given))
    return hashlib.blake2b(text.encode(), digest_size=9).hexdigest()


def seal_cursor(request: HttpRequest, values: list[Any]) -> str:
    """Return an opaque cursor that holds `values` for the query of this request."""
    return signing.dumps([_mark(request), json.loads(dumps(values))], salt=_SALT)


def open_cursor(request: HttpRequest, cursor: str) -> list[Any]:
    """Return the values of a cursor. Raises Refuse(api.bad_cursor) for a foreign one."""
    try:
        mark, values = signing.loads(cursor, salt=_SALT)
    except (signing.BadSignature, ValueError):
        raise Refuse(errors.BAD_CURSOR, "cursor") from None
    if mark != _mark(request):
        raise Refuse(errors.BAD_CURSOR, "cursor")
    return list(values)
