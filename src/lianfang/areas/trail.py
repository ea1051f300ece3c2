"""The way from the top of the tree to an area, for the head of a page."""

from __future__ import annotations

from django.urls import reverse

from lianfang.areas.models import Area
from lianfang.areas.queries import ancestors
from lianfang.kernel.actors import Actor
from lianfang.kernel.verbs import Verb
from lianfang.web.components import Link


def crumbs(actor: Actor, area: Area) -> list[Link]:
    """Return the areas above and the area itself; those that the actor may read are links."""
    return [
        Link(a.name, reverse("area", args=[a.id]) if actor.may(Verb.READ, a.path) else "")
        for a in [*ancestors(area), area]
    ]
