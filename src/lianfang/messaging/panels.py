"""What this room shows on the pages of the rooms below it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lianfang.kernel.models import Duty
from lianfang.kernel.verbs import Verb
from lianfang.messaging import bulletin_queries as queries
from lianfang.messaging.rules import Reached
from lianfang.people import duty_cards, history
from lianfang.people.models import Household
from lianfang.web import navigation
from lianfang.web.acting import may
from lianfang.web.components import NavItem
from lianfang.web.slots import DOOR, Card

_SHOWN = 3


def door(home: Household) -> Card:
    """Return the latest of what a household is told: first what it shall confirm."""
    rows = list(queries.for_door(home).order_by("-published_at", "-id")[:20])
    states = queries.states(home, [r.id for r in rows])
    done = {Reached.ACKNOWLEDGED, Reached.TOLD}
    waits = [(r, r.acknowledge and states.get(r.id) not in done) for r in rows]
    shown = sorted(waits, key=lambda pair: not pair[1])[:_SHOWN]
    return Card("messaging/c/door.html", {"rows": shown})


def _doors_of(duty: Duty) -> str:
    """Return the list of doors of a duty to knock."""
    where = reverse("bulletin_doors", args=[duty.district, duty.context_id])
    return f"{where}?area={duty.details.get('area', '')}"


def register() -> None:
    """Fill the places of other rooms, and say how this room's records look."""
    DOOR.register(door, order=10)
    duty_cards.LINKS["knock"] = _doors_of
    duty_cards.ICONS["knock"] = "door"
    navigation.register(
        NavItem(_("Information"), "bulletins", "info", order=55, match=("/information",)),
        visible=may(Verb.WORK),
    )
    navigation.register(
        NavItem(_("Channels"), "channels", "bell", order=90, match=("/channels",)),
        visible=may(Verb.ANNOUNCE),
    )
    history.tell("channel.keep", "channel.own", icon="bell")
    history.tell("channel.stop", "channel.stop_own", icon="close")
    history.tell("bulletin.publish", icon="info", tone="info")
    history.tell("bulletin.change", icon="edit")
    history.tell("bulletin.withdraw", icon="close", tone="warn")
    history.tell("bulletin.knock", "bulletin.told", icon="door")
    history.tell("bulletin.read", "bulletin.acknowledge", icon="check", tone="good")
    history.tell("bulletin.asked", icon="question")
