"""What this room shows on the pages of the rooms below it: home, areas, households, the journal."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lianfang.areas import queries as area_queries
from lianfang.areas.models import Area
from lianfang.areas.rules import Level
from lianfang.kernel.actors import Actor
from lianfang.kernel.models import Duty
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people import duty_cards, history
from lianfang.people.models import Household
from lianfang.services import cards, care_queries, queries, words
from lianfang.services.rules import OrderState
from lianfang.web import components as c
from lianfang.web.acts import once
from lianfang.web.slots import AREA, HOME, HOUSEHOLD, Card, Line, lines_card


def home(actor: Actor) -> Card | None:
    """Return what of the services needs the actor now: alarms first, late and new orders."""
    if not actor.may_somewhere(Verb.SERVE):
        return None
    districts = area_queries.districts(actor)
    counts = queries.counts(actor, districts)
    late = queries.narrowed(queries.orders(actor, districts), state="late").count()
    board = reverse("services")
    lines = [
        Line(
            _("Nobody has seen them for too long"),
            care_queries.alarms(actor, districts),
            reverse("services_care") + "?which=alarm",
            "bell",
            "bad",
        ),
        Line(
            _("Complaints about orders"),
            counts.get("disputed", 0),
            f"{board}?state=disputed",
            "warning",
            "bad",
        ),
        Line(_("Late orders"), late, f"{board}?state=late", "clock", "warn"),
        Line(_("New orders"), counts.get("ordered", 0), f"{board}?state=ordered", "send", "warn"),
    ]
    return lines_card(_("Services"), "send", lines, reverse("services"))


def area(actor: Actor, one: Area) -> Card | None:
    """Return the way to the door cards of a community or grid."""
    if one.level < Level.COMMUNITY or one.valid_to or not actor.may(Verb.SERVE, one.path):
        return None
    if not actor.sees(Sight.ADDRESS, one.path):
        return None
    return Card("services/c/area.html", {"cards": reverse("cards", args=[one.id])})


def household(actor: Actor, door: Household) -> Card | None:
    """Return the door's card and what can be done with it."""
    if not actor.may(Verb.SERVE, door.path) or not actor.sees(Sight.ADDRESS, door.path):
        return None
    row = cards.serials(door.district, [door.id]).get(door.id)
    renew: Any = reverse("card_change", args=[door.district, door.id, "renew"])
    actions = [c.Action(_("New card"), renew, "refresh", "quiet", post=True, fields=once())]
    code = ""
    if row is None or not row.stopped:
        code = cards.code_of(door.district, door.id, row.serial if row else 0)
        stop = reverse("card_change", args=[door.district, door.id, "stop"])
        actions.append(c.Action(_("Stop the card"), stop, "lock", "quiet", True, fields=once()))
    links = [
        c.Action(label, reverse("services_household", args=[door.district, door.id, act]), icon)
        for act, label, icon in (
            ("order", _("Order for them"), "send"),
            ("needs", _("Ask what they need"), "question"),
            ("care", _("Look after them"), "people"),
            ("look", _("Look in"), "door"),
        )
    ]
    context = {
        "links": links,
        "orders": [
            (
                reverse("services_order", args=[o.district, o.id]),
                words.KINDS.get(o.kind, o.kind),
                words.STATES[OrderState(o.state)],
                o.ordered_at,
            )
            for o in queries.of_household(door, 5)
        ],
        "care": care_queries.care_of(door.district, door.id),
        "href": reverse("door", args=[code]) if code else "",
        "bound": row.bound_at if row else None,
        "actions": actions,
    }
    return Card("services/c/card.html", context)


def _order_of(duty: Duty) -> str:
    """Return the page of the order that a duty carries."""
    return reverse("services_order", args=[duty.district, duty.context_id])


def register() -> None:
    """Fill the places of other rooms, and say how this room's records and duties look."""
    HOME.register(home, order=20)
    AREA.register(area, order=60)
    HOUSEHOLD.register(household, order=70)
    history.tell("order.place", "order.accept", icon="send", tone="info")
    history.tell("order.buy", "order.leave", icon="door")
    history.tell("order.confirm", "order.settle", icon="check", tone="good")
    history.tell("order.decline", "order.cancel", icon="close", tone="warn")
    history.tell("order.dispute", "order.resolve", icon="warning", tone="bad")
    history.tell("care.visit", "care.keep", "needs.ask", "need.answer", icon="people")
    history.tell("card.renew", "card.stop", "card.bind", icon="qr")
    history.tell("ask.place", "ask.answer", icon="question")
    history.tell("run.plan", icon="map")
    for kind in ("errand", "order_desk", "complaint"):
        duty_cards.LINKS[kind] = _order_of
    duty_cards.ICONS.update(
        errand="send",
        order_desk="question",
        complaint="warning",
        care="people",
        unseen="bell",
        ask="question",
    )
