"""What this room shows on the pages of the rooms below it: areas, the journal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lianfang.areas import queries as area_queries
from lianfang.areas.models import Area
from lianfang.kernel.actors import Actor
from lianfang.kernel.scope import within
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people import history
from lianfang.stations import passage_queries, queries
from lianfang.stations.views import common
from lianfang.web.slots import AREA, HOME, Card

# So many posts are listed on an area's page; the others are found in the list.
_SHOWN = 8


def home(actor: Actor) -> Card | None:
    """Return the way to the posts at which the actor records passages."""
    if not actor.paths(Verb.PASSAGE):
        return None
    found = queries.posts(actor, area_queries.districts(actor))
    found = found.filter(within(actor.paths(Verb.PASSAGE), "area__path"))
    rows = list(found.order_by("name", "id")[: _SHOWN + 1])
    if not rows:
        return None
    shown = [
        {
            "name": post.name,
            "href": common.address("post", post),
            "record": common.address("post_pass", post),
        }
        for post in rows[:_SHOWN]
    ]
    return Card("stations/c/home.html", {"posts": shown, "more": len(rows) > _SHOWN})


def area(actor: Actor, one: Area) -> Card | None:
    """Return the posts of an area with today's counts, and the way to put one up."""
    if not one.district or one.valid_to or not actor.may(Verb.READ, one.path):
        return None
    found = queries.posts(actor, [one.district]).filter(within([one.path], "area__path"))
    rows = list(found.order_by("name", "id")[: _SHOWN + 1])
    organises = actor.may(Verb.ORGANISE, one.path)
    if not rows and not organises:
        return None
    sums = passage_queries.days(one.district, [p.id for p in rows], common.today())
    shown = [
        {
            "name": post.name,
            "href": common.address("post", post),
            "into": sums[post.id].into if post.id in sums else 0,
            "out": sums[post.id].out if post.id in sums else 0,
            "fevers": sums[post.id].fevers if post.id in sums else 0,
        }
        for post in rows[:_SHOWN]
    ]
    new = f"{reverse('post_new')}?area={one.id}" if organises else ""
    context = {"posts": shown, "more": len(rows) > _SHOWN, "new": new}
    return Card("stations/c/area.html", context)


def _name(content: Mapping[str, Any]) -> str:
    return str(content.get("name", ""))


def _why(content: Mapping[str, Any]) -> str:
    return str(content.get("why", ""))


def _passage(content: Mapping[str, Any]) -> str:
    people = content.get("people") or len(content.get("travellers", ()))
    return ngettext("%(n)d person", "%(n)d people", people) % {"n": people}


def _crowd(content: Mapping[str, Any]) -> str:
    return _("in %(into)d, out %(out)d") % {
        "into": content.get("entered", 0),
        "out": content.get("left", 0),
    }


def register() -> None:
    """Put the cards where they belong, and say how this room's records look in a history."""
    HOME.register(home, order=45)
    AREA.register(area, order=45)
    history.tell(
        "post.open", said=gettext_lazy("Post put up"), icon="post", tone="info", words=_name
    )
    history.tell("post.correct", said=gettext_lazy("Post corrected"), icon="edit", words=_name)
    history.tell(
        "post.close", said=gettext_lazy("Post closed"), icon="close", tone="warn", words=_why
    )
    history.tell(
        "passage.record",
        said=gettext_lazy("Passed a post"),
        icon="post",
        words=_passage,
        sight=Sight.MOVEMENT,
    )
    history.tell("post.count", said=gettext_lazy("Heads counted"), icon="people", words=_crowd)
    history.tell(
        "passage.filter", said=gettext_lazy("Filter taken for a shift"), icon="lock", tone="warn"
    )
