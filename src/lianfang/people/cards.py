"""What this room shows on the pages of the rooms below it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from lianfang.areas.models import Area
from lianfang.areas.rules import Level, Role
from lianfang.areas.words import ROLES
from lianfang.kernel.actors import Actor
from lianfang.kernel.verbs import Verb
from lianfang.people import account_queries
from lianfang.web import components as c
from lianfang.web.slots import AREA, Card


def responsible(actor: Actor, area: Area) -> Card:
    """Return who answers for an area: people with a role there, organisations that serve it."""
    grants = actor.may(Verb.GRANT, area.path) and area.valid_to is None
    people = [
        c.Person(
            one.name,
            reverse("account_page", args=[one.account_id]) if grants else "",
            str(ROLES[Role(one.role)]),
            badges=[] if one.active else [c.Badge(_("Shut out"), "warn", "lock")],
        )
        for one in account_queries.responsible(area)
    ]
    organisations = account_queries.serving(area)
    return Card(
        "people/c/responsible.html",
        {
            "people": people,
            "organisations": organisations,
            "gap": area.level == Level.GRID and not area.named and area.valid_to is None,
            "grants": grants,
            "area": area,
            "role": str(Role.GRID_WORKER) if area.level == Level.GRID else "",
            "organises": actor.may(Verb.ORGANISE, area.path) and area.valid_to is None,
        },
    )


def register() -> None:
    """Fill the places of other rooms."""
    AREA.register(responsible, order=10)
