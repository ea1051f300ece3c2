"""One shape for everything that goes wrong: what happened, what you can do, the code.

A problem is anything with `code`, `status`, `message`, `hint` and `field` (the kernel's Problem
is one). It is shown as a page, as a notice for HTMX, or as problem+json (RFC 9457), as the
request asks. Nothing here touches the database, so it works when that is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


@runtime_checkable
class ProblemLike(Protocol):
    """What can be shown as a problem."""

    @property
    def code(self) -> str:
        """A stable word for programs and for the help desk."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def message(self) -> object:
        """What happened, in words for a person."""

    @property
    def hint(self) -> object:
        """What the person can do about it; may be empty."""

    @property
    def field(self) -> str | None:
        """The input at fault, if one is."""


@dataclass(frozen=True, slots=True)
class PageProblem:
    """A problem of the pages themselves (not found, no network to the database, …)."""

    code: str
    status: int
    message: str
    hint: str = ""
    field: str | None = None


def standard(status: int) -> PageProblem:
    """Return the problem for an HTTP status in the words of the active language."""
    known: dict[int, tuple[str, str, str]] = {
        400: (
            "bad-request",
            _("We could not read what was sent."),
            _("Go back, check what you typed, and send it again. Nothing was changed."),
        ),
        403: (
            "forbidden",
            _("This isn't open to you."),
            _(
                "If you were filling in a form, go back, reload the page and send it again. "
                "If you need this for your duty, ask your community lead to give you access."
            ),
        ),
        404: (
            "not-found",
            _("There is nothing here, or it isn't in your area."),
            _("Check the address, or search for the household, person or building by name."),
        ),
        413: (
            "too-large",
            _("That is too much at once."),
            _("Send it in smaller parts."),
        ),
        503: (
            "unavailable",
            _("Lianfang can't reach its records just now."),
            _(
                "Wait a minute and try again. What was accepted before is safe; "
                "phones keep their records and send them later."
            ),
        ),
    }
    code, message, hint = known.get(
        status,
        (
            "internal",
            _("Something broke on our side."),
            _("Nothing of what you sent is half done. Try again; if it stays, report the code."),
        ),
    )
    return PageProblem(code, status, message, hint)


def respond(
    request: HttpRequest,
    problem: ProblemLike,
    *,
    reference: str = "",
    retry_after: int | None = None,
) -> HttpResponse:
    """Answer the request with the problem in the form that it asks for.

    HTMX gets a notice for the toast (header `X-Problem` carries the code); a client that prefers
    JSON gets application/problem+json; everyone else a page. `reference` helps an operator to
    find the log line. `retry_after` is in seconds.
    """
    context = {"problem": problem, "reference": reference}
    response: HttpResponse
    if wants_json(request):
        body = {
            "type": f"urn:lianfang:problem:{problem.code}",
            "title": str(problem.message),
            "status": problem.status,
            "code": problem.code,
            "detail": str(problem.hint or ""),
            "field": problem.field,
        }
        if reference:
            body["reference"] = reference
        response = JsonResponse(body, content_type="application/problem+json")
    elif is_htmx(request):
        response = HttpResponse(render_to_string("web/problem.html", context))
    else:
        response = HttpResponse(render_to_string("web/error.html", context))
    response.status_code = problem.status
    response["X-Problem"] = problem.code
    response["Cache-Control"] = "no-store"
    response["Vary"] = "HX-Request, Accept, Accept-Language"
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def is_htmx(request: HttpRequest) -> bool:
    """Return whether HTMX asks for a part of a page (not for a boosted whole page)."""
    return request.headers.get("HX-Request") == "true" and "HX-Boosted" not in request.headers


def wants_json(request: HttpRequest) -> bool:
    """Return whether the client prefers JSON to a page."""
    chosen = request.get_preferred_type(
        ["text/html", "application/problem+json", "application/json"]
    )
    return chosen is not None and "json" in chosen
