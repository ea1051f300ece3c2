"""What a household reads on its own page: by the door's card, without an account."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import derive_id
from lianfang.kernel.problems import NOT_FOUND, Refuse, problem
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.messaging import bulletin_queries as queries
from lianfang.messaging import words
from lianfang.messaging.rules import BulletinKind, Reached, Verdict
from lianfang.people import throttle
from lianfang.services.card_queries import Card, card_of
from lianfang.web import paging, problems
from lianfang.web.acts import Once, done, send

BUSY = problem(
    "door.reads_too_often",
    words.TOO_OFTEN,
    words.WAIT,
    status=429,
)
View = Callable[..., HttpResponseBase]


def door(view: View) -> View:
    """Open a page by a door's code; wrong codes look like any page that is not there."""

    @wraps(view)
    def wrapped(request: HttpRequest, code: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            # The same count as the door's own page, so that codes can't be tried out here either.
            where = [throttle.Key(f"door-code:{request.META.get('REMOTE_ADDR', '')}", 20, 600)]
            if seconds := throttle.wait(where):
                raise Refuse(BUSY, None, seconds=seconds)
            card = card_of(code)
            if card is None:
                throttle.failed(where)
                raise Refuse(NOT_FOUND)
            response = view(request, card, *args, **kwargs)
        except Refuse as refuse:
            response = problems.respond(request, refuse.refusal)
        response["Cache-Control"] = "private, no-store"
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex"
        return response

    return wrapped


@require_safe
@door
def news(request: HttpRequest, card: Card) -> HttpResponse:
    """List what the household is told, with a search over it."""
    text = request.GET.get("q", "").strip()[:60]
    kind = request.GET.get("kind", "")
    found = queries.for_door(card.household, text)
    if kind in set(BulletinKind):
        found = found.filter(kind=kind)
    part = paging.page(found, ["-published_at", "id"], request.GET.get("cursor", ""), size=20)
    states = queries.states(card.household, [r.id for r in part.rows])
    rows = [
        (row, words.BULLETINS[BulletinKind(row.kind)], states.get(row.id, Reached.NO))
        for row in part.rows
    ]
    context = {
        "card": card,
        "rows": rows,
        "q": text,
        "next": paging.neighbour(request, part.next),
        "previous": paging.neighbour(request, part.previous),
    }
    return render(request, "messaging/door/news.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@door
def one(request: HttpRequest, card: Card, bulletin_id: UUID) -> HttpResponse:
    """Show one; to open it is to have read it, and the button says that it is understood."""
    home = card.household
    row = queries.for_door(home).filter(id=bulletin_id).first()
    if row is None:
        raise Refuse(NOT_FOUND)
    payload = {"bulletin_id": str(row.id), "household_id": str(home.id)}
    state = queries.states(home, [row.id]).get(row.id, Reached.NO)
    form = Once(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        receipt = send(card.actor, form, "bulletin.acknowledge", payload, home.district)
        if receipt:
            return done(request, receipt, _("Thank you."), reverse("door", args=[card.code]))
    elif state == Reached.NO and request.method == "GET":
        # The same id each time: to open it again is a repetition, not another record.
        entry_id = derive_id(row.id, "read", home.id)
        submit(card.actor, [Entry(entry_id, "bulletin.read", payload, now(), home.district)])
        state = Reached.READ
    context = {
        "card": card,
        "row": row,
        "kind": words.BULLETINS[BulletinKind(row.kind)],
        "verdict": words.VERDICTS[Verdict(row.verdict)],
        "asks": row.acknowledge and state == Reached.READ,
        "form": form,
    }
    return render(request, "messaging/door/one.html", context)
