"""Puts the API together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, re_path
from django.utils.translation import get_language
from ninja import NinjaAPI, Router, Swagger

from lianfang import __version__
from lianfang.doors.api import (
    acts,
    entries,
    errors,
    journal,
    own,
    reads,
    schemas,
    stations,
    watching,
)
from lianfang.doors.api.auth import Session, Token
from lianfang.doors.api.guard import guarded
from lianfang.doors.api.openapi import complete

DESCRIPTION = """\
Write with `POST /api/entries` (lists, as a phone's outbox sends them) or with one address for each
command; read the rest. Every failure is problem+json with a stable `code`. What is absent and what
is out of your scope look the same."""


class Api(NinjaAPI):
    """The API with problem+json for every error and the commands in its OpenAPI."""

    def __init__(self, **settings: Any) -> None:
        """Make it; `settings` are ninja's."""
        super().__init__(**settings)
        self._documents: dict[str | None, dict[str, Any]] = {}

    def get_openapi_schema(self, **arguments: Any) -> Any:
        """Return the OpenAPI document in the active language."""
        language = get_language()
        if language not in self._documents:
            self._documents[language] = complete(super().get_openapi_schema(**arguments))
        return self._documents[language]

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        """Return the problem for whatever was raised."""
        return errors.answer(request, exc)


def build() -> Api:
    """Return the API with an operation for each command that is registered by now."""
    made = Api(
        title="Lianfang",
        version=__version__,
        description=DESCRIPTION,
        urls_namespace="api",
        auth=[Token(), Session()],
        docs=Swagger(settings={"persistAuthorization": False, "validatorUrl": None}),
        servers=[],
    )
    writing = Router()
    writing.post(
        "/entries",
        response=schemas.Receipts,
        operation_id="take_entries",
        summary="Take a list of entries",
        tags=["entries"],
    )(entries.take)
    acts.add_to(writing)
    routers = (writing, reads.router, journal.router, own.router, stations.router, watching.router)
    for router in routers:
        made.add_router("", router)
    return made


def nowhere(request: HttpRequest) -> HttpResponse:
    """Answer an address that does not exist."""
    raise Http404


def patterns(api: Api) -> list[URLPattern]:
    """Return the API's addresses, each guarded, and the answer to all others."""
    found = [p for p in api.urls[0] if isinstance(p, URLPattern)]
    for pattern in found:
        view: Callable[..., Any] = pattern.callback
        pattern.callback = guarded(view)
    rest = guarded(nowhere)
    rest.csrf_exempt = True  # type: ignore[attr-defined]
    # Whatever is left, line breaks too, which <path:…> does not match.
    return [*found, re_path(r"^[\s\S]*$", rest)]
