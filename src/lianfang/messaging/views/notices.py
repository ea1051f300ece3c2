"""The notices of whoever is logged in: the bell, the list, reading."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.messaging import notice_queries as queries
from lianfang.messaging import reading, words
from lianfang.messaging.rules import Topic
from lianfang.messaging.views.common import listing, workbook
from lianfang.people.pages import badge, when
from lianfang.web import acts, paging
from lianfang.web import components as c
from lianfang.web.acting import found, page


@require_safe
@page
def notices(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the own notices, the latest first."""
    text = request.GET.get("q", "").strip()[:60]
    topic = request.GET.get("topic", "")
    topic = topic if topic in set(Topic) else ""
    state = request.GET.get("state", "")
    rows = queries.matching(queries.notices(actor), text=text, topic=topic, state=state)
    if request.GET.get("export"):
        return _export(rows)
    part = paging.page(rows, ["-at", "district", "id"], request.GET.get("cursor", ""), size=30)
    areas = area_queries.labels(r.area_id for r in part.rows if r.area_id)
    table = c.Table(
        id="notices",
        caption=_("Notices"),
        columns=[c.Column(_("What"), primary=True), c.Column(_("About")), c.Column(_("When"))],
        rows=[
            c.Row(
                [
                    words.line(row, areas),
                    _mark(row.urgent, row.read_at is None, words.TOPICS[Topic(row.topic)]),
                    when(row.at),
                ],
                reverse("notice", args=[row.district, row.id]),
                tone="warn" if row.urgent and row.read_at is None else "plain",
            )
            for row in part.rows
        ],
        filters=[
            c.Filter("q", _("Search"), value=text),
            c.Filter("topic", _("About"), [("", _("All")), *words.TOPICS.items()], topic),
            c.Filter(
                "state",
                _("Which"),
                [("", _("All")), ("unread", _("Unread")), ("urgent", _("Urgent"))],
                state,
            ),
        ],
        action=request.path,
        export=paging.address(request, export="xlsx", cursor=""),
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        empty_title=_("Nothing new"),
        empty_text=_("What concerns you comes here by itself."),
    )
    actions = [
        c.Action(_("Mark all as read"), reverse("notices_read"), "check", post=True),
        c.Action(_("Where else they go"), reverse("channels"), "settings", "quiet"),
    ]
    return listing(request, _("Notices"), table, buttons=actions)


def _mark(urgent: bool, unread: bool, topic: object) -> object:
    if unread:
        return badge(topic, "bad" if urgent else "info", "bell")
    return badge(topic)


def _export(rows: object) -> HttpResponse:
    listed = list(rows.order_by("-at")[:5_000])  # type: ignore[attr-defined]
    areas = area_queries.labels(r.area_id for r in listed if r.area_id)
    lines = [
        [when(r.at), words.TOPICS[Topic(r.topic)], words.line(r, areas), when(r.read_at)]
        for r in listed
    ]
    return workbook("notices", [_("When"), _("About"), _("What"), _("Read")], lines)


@require_safe
def count(request: HttpRequest) -> HttpResponseBase:
    """Answer the bell with the number of unread notices.

    Who is not logged in (any more) gets nothing: a bell must not lead away from what is typed.
    """
    if not request.user.is_authenticated:
        return HttpResponse(status=204)
    return _bell(request)


@page
def _bell(request: HttpRequest, actor: Actor) -> HttpResponse:
    number = queries.unread(actor)
    shown = "99+" if number > 99 else str(number or "")
    label = ngettext("%(n)s unread notice", "%(n)s unread notices", number) % {"n": number}
    return render(request, "messaging/bell.html", {"shown": shown, "label": label})


@require_safe
@page
def notice(request: HttpRequest, actor: Actor, district: str, notice_id: UUID) -> HttpResponse:
    """Open what a notice is about, and mark it as read."""
    row = queries.notices(actor).filter(district=district, id=notice_id).first()
    found(row)
    assert row
    reading.read(actor, district, notice_id)
    return HttpResponseRedirect(queries.link(actor, row) or reverse("notices"))


@require_POST
@page
def read_all(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Mark everything as read."""
    reading.read_all(actor)
    return acts.said(request, _("All are marked as read."), reverse("notices"))
