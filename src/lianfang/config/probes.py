"""/healthz, /readyz and /metrics, answered before anything else looks at the request.

A probe comes by address and in plain http, so these stand before the checks of host and https.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

logger = structlog.get_logger(__name__)
Answer = Callable[[HttpRequest], HttpResponseBase]
LOOPBACK = {"127.0.0.1", "::1"}


class Probes:
    """The middleware that answers the three addresses."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.answers = {"/healthz": health, "/readyz": readiness, "/metrics": metrics}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a probe; pass everything else on."""
        answer = self.answers.get(request.path_info)
        return self.get_response(request) if answer is None else answer(request)


def health(request: HttpRequest) -> HttpResponse:
    """Say that the process answers; touches nothing else."""
    return JsonResponse({"status": "ok"})


def readiness(request: HttpRequest) -> HttpResponse:
    """Say whether the database answers and is migrated: 200, or 503 with the reasons."""
    reasons = not_ready()
    body = {"status": "ok"} if not reasons else {"status": "not ready", "reasons": reasons}
    return JsonResponse(body, status=503 if reasons else 200)


def not_ready() -> list[str]:
    """Return why requests should not come here yet: `database`, `migrations`, or nothing."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return [] if migrated() else ["migrations"]
    except (DatabaseError, InterfaceError, OSError) as error:
        logger.warning("probe.database", error=type(error).__name__)
        connection.close()
        migrated.forget()
        return ["database"]


class _Migrated:
    """Whether all migrations are applied; asked once, until the database was away."""

    def __init__(self) -> None:
        self.known = False

    def __call__(self) -> bool:
        if not self.known:
            executor = MigrationExecutor(connection)
            self.known = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        return self.known

    def forget(self) -> None:
        self.known = False


migrated = _Migrated()


def metrics(request: HttpRequest) -> HttpResponse:
    """Give the Prometheus figures of all workers to whoever may have them; else 403."""
    if not may_read_metrics(request):
        return HttpResponse("metrics: a token is wanted\n", status=403, content_type="text/plain")
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def may_read_metrics(request: HttpRequest) -> bool:
    """Return whether the caller shows LIANFANG_METRICS_TOKEN, or, without one, is on this machine.

    A request that came through a proxy is never local, though the proxy is.
    """
    token: str = settings.METRICS_TOKEN
    if token:
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return secrets.compare_digest(shown.encode(), token.encode())
    forwarded = any(h in request.headers for h in ("X-Forwarded-For", "Forwarded", "X-Real-Ip"))
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not forwarded
