"""The situation of several posts at once: of a joint command, or of one's whole scope."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.times import local
from lianfang.kernel.verbs import Verb
from lianfang.mobilising import team_queries
from lianfang.stations import board_queries, words
from lianfang.stations.rules import PostKind
from lianfang.stations.views import common
from lianfang.stations.views.posts import day_of
from lianfang.web import components as c
from lianfang.web.acting import page


def _team(request: HttpRequest, actor: Actor) -> Any:
    try:
        return team_queries.team(actor, UUID(request.GET.get("team", "")))
    except ValueError:
        return None


@require_safe
@page
def board(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show one picture of all posts of a team, or of the actor's scope without one."""
    team = _team(request, actor)
    day = day_of(request)
    picture = board_queries.picture(
        actor, area_queries.districts(actor), day, team_id=team.id if team else None
    )
    name = common.team_names([team.id]).get(team.id, "") if team else ""
    parts = team_queries.team_parts(team) if team else []
    rows = [_row(line) for line in picture.lines]
    table = c.Table(
        "board",
        _("Posts"),
        [
            c.Column(_("Post"), primary=True),
            c.Column(pgettext("post", "Kind")),
            c.Column(_("On duty"), numeric=True),
            c.Column(_("To be relieved"), numeric=True),
            c.Column(pgettext("passage", "In"), numeric=True),
            c.Column(pgettext("passage", "Out"), numeric=True),
            c.Column(_("This hour"), numeric=True),
            c.Column(pgettext("crowd", "Waiting"), numeric=True),
            c.Column(_("Fever"), numeric=True),
        ],
        rows,
        filters=[c.Filter("team", _("Joint command"), _teams(actor), str(team.id) if team else "")],
        action=reverse("posts_board"),
        empty_title=_("No posts here"),
        empty_text=_("A post belongs to a joint command when its page names it."),
    )
    context: dict[str, Any] = {
        "title": name or _("Situation of the posts"),
        "day": day,
        "picture": picture,
        "chart": common.bars(picture.hours),
        "hours": [h for h in picture.hours if h.into or h.out or h.fevers],
        "table": table,
        "parts": [
            c.Person(p.organisation.name, "", p.function)
            for p in sorted(parts, key=lambda p: (p.function, p.organisation.name))
        ],
        "open_posts": len(picture.lines),
        "team": team,
        "organises": bool(team and actor.may(Verb.ORGANISE, team.area.path)),
    }
    template = "web/table.html" if request.headers.get("HX-Request") else "stations/board.html"
    return render(request, template, context)


def _teams(actor: Actor) -> list[tuple[str, Any]]:
    return [("", _("All posts")), *common.team_choices(actor)]


def _row(line: board_queries.Line) -> c.Row:
    waiting = f"{line.waiting[0]} ({local(line.waiting[1]):%H:%M})" if line.waiting else "—"
    return c.Row(
        [
            line.post.name,
            words.KINDS[PostKind(line.post.kind)],
            line.on_duty,
            line.tired or "—",
            line.day.into,
            line.day.out,
            line.this_hour,
            waiting,
            line.day.fevers or "—",
        ],
        common.address("post", line.post),
        tone="bad" if line.day.fevers or not line.on_duty else "plain",
    )
