"""Turns problems raised by a view, and a database that is gone, into the one problem shape."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from lianfang.kernel.problems import Refuse
from lianfang.web import problems

log = logging.getLogger(__name__)


class ProblemMiddleware:
    """Answers a raised problem with its page; a lost or locked database with 503."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError) as error:
            return self._unavailable(request, error)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the answer to an exception of the view, or None to leave it to Django."""
        if isinstance(exception, Refuse):
            return problems.respond(request, exception.refusal)
        if isinstance(exception, problems.ProblemLike):
            return problems.respond(request, exception)
        if isinstance(exception, OperationalError | InterfaceError):
            return self._unavailable(request, exception)
        return None

    def _unavailable(self, request: HttpRequest, error: Exception) -> HttpResponse:
        reference = uuid.uuid4().hex[:8]
        # The class only: the message of a database error can hold the values of a row.
        log.error("database unavailable", extra={"ref": reference, "error": type(error).__name__})
        return problems.respond(
            request, problems.standard(503), reference=reference, retry_after=10
        )
