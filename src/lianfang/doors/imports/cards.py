"""What the imports show on the page of an area: the way to bring its roster in."""

from __future__ import annotations

from django.urls import reverse

from lianfang.areas.models import Area
from lianfang.areas.rules import Level
from lianfang.doors.imports import jobs
from lianfang.doors.imports.rows import Kind
from lianfang.kernel.actors import Actor
from lianfang.web.slots import AREA, Card


def roster(actor: Actor, area: Area) -> Card | None:
    """Return the way to import the roster of a community or grid; nothing elsewhere."""
    if area.level < Level.COMMUNITY or not jobs.may_import(actor, Kind.ROSTER, area):
        return None
    href = f"{reverse('import_new')}?kind={Kind.ROSTER}&area={area.id}"
    return Card("doors/imports/card.html", {"href": href})


def register() -> None:
    """Fill the place on the area's page."""
    AREA.register(roster, order=60)
