"""What the pages of this room share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from lianfang.areas import queries as area_queries
from lianfang.areas.rules import Level
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.scope import within
from lianfang.kernel.times import local, now
from lianfang.kernel.verbs import Verb
from lianfang.mobilising import queries as mobilising
from lianfang.mobilising import team_queries
from lianfang.people.workbook import answer, write
from lianfang.stations import queries
from lianfang.stations.passage_queries import Hour
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.problems import is_htmx

if TYPE_CHECKING:
    from lianfang.stations.models import Post

_MOST = 400


def today() -> date:
    """Return the local day."""
    return local(now()).date()


def one(actor: Actor, district: str, post_id: UUID) -> Post:
    """Return a post in the actor's scope or raise Refuse(kernel.not_found)."""
    found = queries.post(actor, district, post_id)
    if found is None:
        raise Refuse(NOT_FOUND)
    return found


def address(name: str, post: Post, *more: Any) -> str:
    """Return the address of one of a post's pages."""
    return reverse(name, args=(post.district, post.id, *more))


def crumbs(actor: Actor, post: Post, *more: c.Link) -> list[c.Link]:
    """Return the way from the areas above down to a post."""
    above = [*area_queries.ancestors(post.area), post.area]
    shown = [a for a in above if actor.may(Verb.READ, a.path)]
    steps = [c.Link(a.name, reverse("area", args=[a.id])) for a in shown]
    return [*steps, c.Link(post.name, address("post", post)), *more]


def area_choices(actor: Actor) -> list[tuple[str, str]]:
    """Return the live areas in which the actor puts up posts, from the district down."""
    found = area_queries.areas(actor).filter(
        within(actor.paths(Verb.ORGANISE), "path"), level__gte=Level.COUNTY
    )
    rows = found.order_by("level", "path")[:_MOST]
    labels = area_queries.labels(a.id for a in rows)
    return [(str(a.id), labels[a.id]) for a in rows]


def team_choices(actor: Actor) -> list[tuple[str, str]]:
    """Return the teams at work, by which posts may be run."""
    rows = list(team_queries.active_teams(actor)[:_MOST])
    names = team_names(t.id for t in rows)
    return [(str(t.id), names.get(t.id, "")) for t in rows]


def team_names(ids: Any) -> dict[UUID, str]:
    """Return the names of teams, which are those of their organisations."""
    return mobilising.organisation_names(ids)


def form_page(
    request: HttpRequest, form: acts.CommandForm, title: str, back: str, **more: Any
) -> HttpResponse:
    """Show a form on a page of its own."""
    return acts.show(request, "stations/form.html", form, {"title": title, "back": back, **more})


def listing(request: HttpRequest, table: c.Table, **more: Any) -> HttpResponse:
    """Show a list; to HTMX the table alone."""
    template = "web/table.html" if is_htmx(request) else "stations/list.html"
    return render(request, template, {"table": table, **more})


def workbook(
    actor: Actor, name: str, head: Sequence[Any], rows: Sequence[Sequence[Any]]
) -> HttpResponse:
    """Return rows as an Excel file; there is nothing about persons in it."""
    heads = [(str(n), str(h)) for n, h in enumerate(head)]
    lines = ({str(n): v for n, v in enumerate(row)} for row in rows)
    content, _count = write(heads, lines, title=name, who=actor.ref)
    return answer(content, name)


def bars(hours: Sequence[Hour]) -> dict[str, Any]:
    """Return the chart of a day: for each hour the heights of its bars in an SVG of 24 columns."""
    top = max((max(h.into, h.out) for h in hours), default=0) or 1
    columns = []
    for number, hour in enumerate(hours):
        into, out = round(100 * hour.into / top), round(100 * hour.out / top)
        columns.append(
            {
                "hour": hour,
                "x": number * 20,
                "in_y": 100 - into,
                "in_h": into,
                "out_x": number * 20 + 9,
                "out_y": 100 - out,
                "out_h": out,
                "mid": number * 20 + 9,
                "labelled": number % 3 == 0,
                "label": hour.at.strftime("%H"),
                "words": _("%(hour)s: in %(into)d, out %(out)d, fever %(fevers)d")
                % {
                    "hour": hour.at.strftime("%H:%M"),
                    "into": hour.into,
                    "out": hour.out,
                    "fevers": hour.fevers,
                },
            }
        )
    return {
        "columns": columns,
        "width": len(columns) * 20,
        "top": top,
        "empty": not any(h.into or h.out for h in hours),
    }
