"""What this room shows on the home page, and how its records and duties look."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from lianfang.areas import queries as area_queries
from lianfang.arrivals import queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.models import Duty
from lianfang.kernel.verbs import Verb
from lianfang.people import duty_cards, history
from lianfang.web.slots import HOME, Card, Line, lines_card


def home(actor: Actor) -> Card | None:
    """Return the manifests on which somebody still waits."""
    if not actor.may_somewhere(Verb.PLACE):
        return None
    lines = []
    found = queries.manifests(actor, area_queries.districts(actor), state="open")
    for row in found.order_by("arrives_at", "id")[:4]:
        n = queries.counts(row)
        waiting = n.waiting + n.missing
        label = _("%(vehicle)s: wait for a place or are missing") % {"vehicle": row.vehicle}
        href = reverse("manifest", args=[row.district, row.id])
        lines.append(Line(label, waiting, href, "arrow-down", "warn"))
    return lines_card(_("Arrivals"), "arrow-down", lines, reverse("arrivals"))


def _manifest_of(duty: Duty) -> str:
    """Return the page of a missing passenger."""
    return reverse("passenger", args=[duty.district, duty.context_id, duty.subject_id])


def register() -> None:
    """Fill the places of other rooms, and say how this room's records and duties look."""
    HOME.register(home, order=25)
    history.tell("passenger.list", "passenger.present", "passenger.triage", icon="arrow-down")
    history.tell("passenger.missing", icon="question", tone="bad")
    history.tell("arrival.place", "arrival.move", "stay.keep", "stay.note", icon="building")
    history.tell("arrival.leave", icon="logout")
    duty_cards.LINKS["missing_passenger"] = _manifest_of
    duty_cards.ICONS.update(missing_passenger="question", left_early="logout")
