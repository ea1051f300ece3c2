"""What this room shows on the pages of the rooms below it: home, areas, duties, the journal."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from lianfang.areas.models import Area
from lianfang.areas.rules import Level
from lianfang.kernel.actors import Actor
from lianfang.kernel.models import Duty
from lianfang.kernel.verbs import Verb
from lianfang.people import duty_cards, history
from lianfang.supplies import place_queries, stock_queries
from lianfang.supplies.rules import RequestState
from lianfang.web.slots import Card, Line, lines_card


def home(actor: Actor) -> Card | None:
    """Return what of the supplies and key places needs the actor now."""
    lines = []
    if actor.may_somewhere(Verb.SUPPLY):
        asked = stock_queries.requests(actor).filter(state=RequestState.REQUESTED).count()
        low = stock_queries.levels(actor).filter(low_open=True).count()
        requests = reverse("supply_requests") + f"?state={RequestState.REQUESTED}"
        lines += [
            Line(_("Requests for supplies to decide"), asked, requests, "send", "warn"),
            Line(_("Items running low"), low, reverse("supplies") + "?part=low", "warning", "bad"),
        ]
    if actor.may_somewhere(Verb.ORGANISE):
        overdue = place_queries.places(actor, "overdue").count()
        where = reverse("key_places") + "?part=overdue"
        lines.append(Line(_("Key places to inspect"), overdue, where, "shield", "warn"))
    return lines_card(_("Supplies and key places"), "file", lines, reverse("supplies"))


def area(actor: Actor, one: Area) -> Card | None:
    """Return how many key places an area has and how many are due."""
    if not one.path or one.level > Level.COMMUNITY or one.valid_to:
        return None
    total, due = place_queries.figures(actor, one)
    if not total:
        return None
    where = reverse("key_places")
    return Card("supplies/c/area.html", {"total": total, "due": due, "href": where})


def tell() -> None:
    """Say how this room's records and duties look."""
    history.tell("stock.receive", "supply.arrive", icon="plus", tone="good")
    history.tell("stock.issue", "supply.send", icon="send")
    history.tell("stock.count", "production.count", icon="check")
    history.tell("stock.discard", "supply.refuse", icon="close", tone="warn")
    history.tell("supply.request", icon="question", tone="info")
    history.tell("place.inspect", "finding.accept", icon="shield", tone="good")
    duty_cards.LINKS.update(
        supply_request=_request,
        supply_send=_request,
        supply_difference=_request,
        stock_low=_stock,
        inspect=_inspect,
        mend_finding=_place,
    )
    duty_cards.ICONS.update(
        supply_request="question",
        supply_send="send",
        supply_difference="warning",
        stock_low="warning",
        inspect="shield",
        mend_finding="edit",
    )


def _request(duty: Duty) -> str:
    return reverse("supply_request", args=[duty.district, duty.subject_id])


def _stock(duty: Duty) -> str:
    return reverse("stock_post", args=[duty.district, duty.context_id])


def _inspect(duty: Duty) -> str:
    return reverse("key_place_inspect", args=[duty.district, duty.subject_id])


def _place(duty: Duty) -> str:
    return reverse("key_place", args=[duty.district, duty.context_id])
