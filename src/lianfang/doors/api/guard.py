"""What holds for every address of the API, before and after its view."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

from lianfang.doors.api import errors
from lianfang.kernel import problems
from lianfang.kernel.problems import Refusal, Refuse

View = Callable[..., HttpResponseBase]


def guarded(view: View) -> View:
    """Wrap a view: nothing too large is read, nothing but problem+json tells of a failure."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            _check(request)
            response = view(request, *args, **kwargs)
        except Exception as error:
            response = errors.answer(request, error)
        if isinstance(response, HttpResponseNotAllowed):
            allowed = response["Allow"]
            refusal = Refusal(errors.NO_METHOD, params={"method": str(request.method)[:20]})
            response = errors.respond(refusal)
            response["Allow"] = allowed
        response.setdefault("Cache-Control", "no-store")
        return response

    run.csrf_exempt = getattr(view, "csrf_exempt", False)  # type: ignore[attr-defined]
    return run


def _check(request: HttpRequest) -> None:
    """Refuse by the headers alone: a body of 50 MB is never read."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
    if length > limit:
        raise Refuse(problems.TOO_LARGE, limit=f"{limit // 2**20} MB")
    if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
        # No column of any database holds it, and no id or name has it.
        raise Refuse(errors.BAD_QUERY, name="\\0", reason="NUL")
    if request.method in {"POST", "PUT", "PATCH"} and length:
        kind = request.content_type or ""
        if kind != "application/json":
            raise Refuse(errors.WRONG_TYPE, type=kind[:60])
