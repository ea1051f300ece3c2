"""Everything that goes wrong at this door, as application/problem+json (RFC 9457)."""

from __future__ import annotations

import json
import uuid
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja.errors import AuthenticationError, HttpError, ValidationError

from lianfang.kernel import problems
from lianfang.kernel.problems import Refusal, Refuse, problem

log = structlog.get_logger(__name__)

RETRY_AFTER = 10
MEDIA_TYPE = "application/problem+json"

NOT_JSON = problem(
    "api.not_json",
    _("The body is not JSON: {reason}"),
    _("Send UTF-8 JSON with the header Content-Type: application/json."),
    status=400,
)
NOT_A_LIST = problem(
    "api.not_a_list",
    _("The body must be a list of entries."),
    _("Put even a single entry into a list."),
)
WRONG_TYPE = problem(
    "api.wrong_type",
    _("The body has the type “{type}”; this address takes application/json."),
    _("Set the header Content-Type to application/json."),
    status=415,
)
NO_METHOD = problem(
    "api.no_method",
    _("This address does not take {method}."),
    _("The header Allow says which methods it takes."),
    status=405,
)
NO_ADDRESS = problem(
    "api.no_address",
    _("There is no such address in the API."),
    _("The addresses are listed at /api/docs."),
    status=404,
)
NO_LOGIN = problem(
    "api.no_login",
    _("Log in, or send a valid token."),
    _("Make a token with `lianfang token`, and send it as Authorization: Bearer lf_…"),
    status=401,
)
TOO_MANY_FAILURES = problem(
    "api.too_many_failures",
    _("Too many invalid tokens came from this address."),
    _("Correct the token, then wait a few minutes."),
    status=429,
)
CSRF = problem(
    "api.csrf",
    _("The request does not come from a page of this server."),
    _("Reload the page and send it again; programs use a token."),
    status=403,
)
BAD_QUERY = problem(
    "api.bad_query",
    _("The value of {name} cannot be used: {reason}"),
    _("Correct it; the values are described at /api/docs."),
)
BAD_CURSOR = problem(
    "api.bad_cursor",
    _("The cursor does not belong to this query."),
    _("Begin again without a cursor, and keep the other parameters as they are."),
)
WHICH_DISTRICT = problem(
    "api.which_district",
    _("Your area spans several districts: say which one is meant."),
    _("Add district=…; /api/me lists yours."),
)


def respond(refusal: Refusal, *, retry_after: int | None = None, **more: Any) -> HttpResponse:
    """Return the refusal as problem+json in the active language; `more` are extra members."""
    body: dict[str, Any] = {
        "type": f"urn:lianfang:problem:{refusal.code}",
        "title": refusal.message,
        "status": refusal.status,
        "detail": refusal.hint,
        "code": refusal.code,
        "message": refusal.message,
        "hint": refusal.hint,
        "field": refusal.field,
        **more,
    }
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False), content_type=MEDIA_TYPE, status=refusal.status
    )
    response["X-Problem"] = refusal.code
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    if refusal.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="lianfang"'
    return response


class Throttled(Refuse):
    """Raised to refuse for a while."""

    def __init__(self, code: str, seconds: int) -> None:
        """Refuse with `code`; trying again makes sense after so many `seconds`."""
        super().__init__(code)
        self.seconds = seconds


def answer(request: HttpRequest, error: Exception) -> HttpResponse:
    """Return the answer to whatever a view of this door raised."""
    if isinstance(error, Refuse):
        wait = getattr(error, "seconds", RETRY_AFTER if error.refusal.status == 503 else None)
        return respond(error.refusal, retry_after=wait)
    if isinstance(error, AuthenticationError):
        return respond(Refusal(NO_LOGIN))
    if isinstance(error, ValidationError):
        return respond(_invalid(error))
    if isinstance(error, Http404):
        return respond(Refusal(NO_ADDRESS))
    if isinstance(error, RequestDataTooBig):
        return respond(too_large())
    if isinstance(error, HttpError):
        code = {403: CSRF, 404: NO_ADDRESS}.get(error.status_code, NOT_JSON)
        return respond(Refusal(code, params={"reason": str(error)}))
    if isinstance(error, SuspiciousOperation):
        return respond(Refusal(NOT_JSON, params={"reason": "not acceptable"}))
    if isinstance(error, OperationalError | InterfaceError):
        # The class only: the message of a database error can hold the values of a row.
        log.error("database_unavailable", error=type(error).__name__)
        return respond(Refusal(problems.UNAVAILABLE), retry_after=RETRY_AFTER)
    reference = uuid.uuid4().hex[:8]
    log.error("api_failed", ref=reference, path=request.path, exc_info=error)
    return respond(Refusal(problems.UNEXPECTED), reference=reference)


def too_large() -> Refusal:
    """Return the refusal of a body that is over the limit."""
    limit = f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20} MB"
    return Refusal(problems.TOO_LARGE, params={"limit": limit})


def _invalid(error: ValidationError) -> Refusal:
    first = error.errors[0]
    where = [str(step) for step in first["loc"]]
    name = ".".join(where[1:]) or where[0]
    if where[0] == "path":
        # An id that cannot be is an id that is not there.
        return Refusal(problems.NOT_FOUND, name)
    return Refusal(BAD_QUERY, name, {"name": name, "reason": first["msg"]})
