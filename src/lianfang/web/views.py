"""The pages of this room: the error pages and the style guide. None of them reads the database."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from lianfang.web import problems


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler400."""
    return problems.respond(request, problems.standard(400))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler403."""
    return problems.respond(request, problems.standard(403))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The answer to a form whose CSRF token is missing or old (setting CSRF_FAILURE_VIEW)."""
    return problems.respond(request, problems.standard(403))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler404."""
    return problems.respond(request, problems.standard(404))


def broken(request: HttpRequest) -> HttpResponse:
    """handler500."""
    return problems.respond(request, problems.standard(500), reference=uuid.uuid4().hex[:8])


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component in every state, with made-up data."""
    # Here, because the page's data is wanted by nobody in production.
    from lianfang.web import styleguide as data

    part = request.GET.get("part", "")
    if part == "dialog":
        return render(request, "web/styleguide/dialog.html")
    if part == "suggest":
        query = request.GET.get("q", "")
        found = [link for link in data.SUGGESTIONS if query and query in str(link.label)]
        return render(request, "web/styleguide/suggest.html", {"links": found, "query": query})
    if part == "progress":
        return render(request, "web/styleguide/progress.html", data.next_progress(request))
    if part == "table":
        return render(
            request, "web/styleguide/table.html", {"table": data.table(reverse("styleguide"))}
        )
    if part.isdecimal():
        return problems.respond(request, problems.standard(int(part)), reference="7f3a91c2")
    if part == "login":
        return render(request, "web/styleguide/login.html", data.login_context())
    return render(request, "web/styleguide/page.html", data.context(request))
