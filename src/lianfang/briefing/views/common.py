"""What the pages share: the area and the day asked for, the figures as the pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from lianfang.areas import queries as area_queries
from lianfang.briefing import queries
from lianfang.briefing.figures import visible
from lianfang.briefing.kinds import GROUPS, ICONS, Figure
from lianfang.briefing.rules import Group, Span
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb
from lianfang.people.pages import want
from lianfang.web import components as c

if TYPE_CHECKING:
    from lianfang.areas.models import Area


@dataclass(frozen=True, slots=True)
class Told:
    """A figure with its number, the change since the day before, and where it opens."""

    figure: Figure
    value: int | None
    change: int | None
    href: str

    @property
    def tone(self) -> str:
        """Return the figure's alarm where there is something to be alarmed about."""
        return self.figure.alarm if self.value else "plain"


@dataclass(frozen=True, slots=True)
class Part:
    """A group of the board or a section of the brief."""

    group: Group
    title: object
    icon: str
    told: Sequence[Told]


def asked_area(request: HttpRequest, actor: Actor) -> Area:
    """Return the area of the page: the one asked for, else the actor's first.

    Raises Refuse where there is none in the actor's scope.
    """
    want(actor, Verb.READ)
    wanted = request.GET.get("area", "") or request.POST.get("area", "")
    if not wanted:
        found = area_queries.roots(actor).first()
    else:
        try:
            found = area_queries.area(actor, UUID(wanted))
        except ValueError:
            found = None
    if found is None:
        raise Refuse(NOT_FOUND)
    return found


def asked_span(request: HttpRequest) -> Span:
    """Return the day asked for, else today; a day to come is today."""
    try:
        wanted = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        wanted = queries.today()
    return queries.span_of(now(), min(wanted, queries.today()))


def parts(actor: Actor, area: Area, span: Span, groups: Sequence[Group]) -> list[Part]:
    """Return the groups with the figures that the actor sees, each with its number."""
    figures = [f for f in visible(actor, area.path) if f.group in groups]
    values = queries.numbers(actor, area, figures, span)
    before = queries.yesterday(area, figures, span.day)
    result = []
    for group in groups:
        told = []
        for figure in (f for f in figures if f.group == group):
            value, was = values.get(figure.code), before.get(figure.code)
            change = value - was if value is not None and was is not None else None
            told.append(Told(figure, value, change, link(figure, area, span.day)))
        if told:
            result.append(Part(group, GROUPS[group], ICONS[group], told))
    return result


def link(figure: Figure, area: Area, day: date) -> str:
    """Return the page on which a figure opens to its areas, days and records."""
    return f"{reverse('board_figure', args=[figure.code])}?{query(area, day)}"


def query(area: Area, day: date) -> str:
    """Return the area and the day as a page asks for them; today goes unsaid."""
    asked = {"area": str(area.id)}
    if day != queries.today():
        asked["day"] = day.isoformat()
    return urlencode(asked)


def crumbs(actor: Actor, area: Area, name: str, last: object = "") -> list[c.Link]:
    """Return the way down to an area, those in scope as links to the same page."""
    way = []
    for one in [*area_queries.ancestors(area), area]:
        href = ""
        if actor.may(Verb.READ, one.path) and (one.id != area.id or last):
            href = f"{reverse(name)}?{urlencode({'area': str(one.id)})}"
        way.append(c.Link(one.name, href))
    return [*way, c.Link(str(last))] if last else way
