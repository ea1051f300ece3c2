"""Each request measured and logged: method, route, status, time; never the address itself."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from prometheus_client import Counter, Histogram

logger = structlog.get_logger(__name__)

REQUESTS = Counter("lianfang_requests_total", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram(
    "lianfang_request_seconds",
    "Time to answer a request, in seconds.",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
REQUEST_ID = re.compile(r"[0-9A-Za-z-]{8,64}")


class Observation:
    """The middleware around all others; gives each request an id, which the answer carries too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on, then count and log it."""
        start = time.perf_counter()
        given = request.headers.get("X-Request-Id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        seconds = time.perf_counter() - start
        method = request.method if request.method in METHODS else "other"
        route = route_of(request)
        REQUESTS.labels(method, route, str(response.status_code)).inc()
        SECONDS.labels(method, route).observe(seconds)
        response.headers["X-Request-Id"] = request_id
        if route != "static":
            logger.info(
                "request",
                method=method,
                route=route,
                status=response.status_code,
                ms=round(seconds * 1000, 1),
                account=account_of(request),
            )
        return response


def route_of(request: HttpRequest) -> str:
    """Return the pattern that matched, so that ids in addresses make no labels of their own."""
    match = request.resolver_match
    if match is not None:
        return str(match.route)
    if request.path_info.startswith(settings.STATIC_URL):
        return "static"
    return "none"


def account_of(request: HttpRequest) -> str | None:
    """Return the account's id if the request looked it up already; asks no database."""
    user = getattr(request, "_cached_user", None)
    key = getattr(user, "pk", None)
    return None if key is None else str(key)
