"""The public feeds; what they hold is told to everybody anyway, so nobody logs in."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from lianfang.areas import queries as area_queries
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.messaging import bulletin_queries as queries
from lianfang.messaging import feeds, words
from lianfang.messaging.rules import BulletinKind, Verdict
from lianfang.web import paging, problems

_MOST = 100
_TYPES = {"atom": "application/atom+xml", "rss": "application/rss+xml"}


def _give(request: HttpRequest, make: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        response = make()
    except Refuse as refuse:
        return problems.respond(request, refuse.refusal)
    response["Cache-Control"] = "public, max-age=60"
    return response


def _absolute(request: HttpRequest, path: str) -> str:
    return (
        f"{settings.LIANFANG_ADDRESS}{path}"
        if settings.LIANFANG_ADDRESS
        else (request.build_absolute_uri(path))
    )


@require_safe
def feed(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """Give the feed of an area; its entries link to CAP alerts."""

    def make() -> HttpResponse:
        area = area_queries.by_code(code)
        if area is None or not area.district or form not in _TYPES:
            raise Refuse(NOT_FOUND)
        rows = list(queries.live(queries.public(area)).order_by("-published_at", "-id")[:_MOST])
        unique = UUID(int=0)
        each = _absolute(request, reverse("cap", args=[code, unique])).replace(str(unique), "{id}")
        body = (feeds.atom if form == "atom" else feeds.rss)(
            area, rows, _absolute(request, request.path), each
        )
        return HttpResponse(body, content_type=f"{_TYPES[form]}; charset=utf-8")

    return _give(request, make)


@require_safe
def cap(request: HttpRequest, code: str, bulletin_id: UUID) -> HttpResponse:
    """Give one CAP alert; withdrawn ones stay, as a Cancel."""

    def make() -> HttpResponse:
        area = area_queries.by_code(code)
        row = queries.public(area).filter(id=bulletin_id).first() if area else None
        if area is None or row is None:
            raise Refuse(NOT_FOUND)
        where = queries.area_of(row) or area
        sender = request.get_host().partition(":")[0]
        body = feeds.cap(row, where, sender, settings.LANGUAGE_CODE)
        return HttpResponse(body, content_type="application/cap+xml; charset=utf-8")

    return _give(request, make)


@require_safe
def news(request: HttpRequest, code: str) -> HttpResponse:
    """Show what everybody in an area is told, to whoever scans the code on a notice."""

    def make() -> HttpResponse:
        area = area_queries.by_code(code)
        if area is None or not area.district:
            raise Refuse(NOT_FOUND)
        text = request.GET.get("q", "").strip()[:60]
        rows = queries.search(queries.live(queries.public(area)), text)
        part = paging.page(rows, ["-published_at", "id"], request.GET.get("cursor", ""), size=20)
        context = {
            "area": area,
            "rows": [
                (r, words.BULLETINS[BulletinKind(r.kind)], words.VERDICTS[Verdict(r.verdict)])
                for r in part.rows
            ],
            "q": text,
            "next": paging.neighbour(request, part.next),
            "previous": paging.neighbour(request, part.previous),
        }
        return render(request, "messaging/news.html", context)

    return _give(request, make)
