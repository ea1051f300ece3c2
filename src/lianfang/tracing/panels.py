"""What this room shows on the pages of the rooms below it: home, persons, duties, the journal."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from lianfang.kernel.actors import Actor
from lianfang.kernel.models import Duty
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb
from lianfang.people import duty_cards, history
from lianfang.people import queries as people
from lianfang.people.models import Person
from lianfang.tracing import case_queries, list_queries
from lianfang.tracing.rules import ListingState
from lianfang.web.slots import Card, Line, lines_card


def home(actor: Actor) -> Card | None:
    """Return what of tracing needs the actor now: contacts to be found, contacts to be sent."""
    lines = []
    if actor.may_somewhere(Verb.TRACE):
        totals = case_queries.totals(actor)
        cases = reverse("cases")
        lines += [
            Line(_("Contacts not verified yet"), totals.get("open", 0), cases, "search", "warn"),
            Line(_("Contacts verified late"), totals.get("late", 0), cases, "clock", "bad"),
        ]
    elif actor.may_somewhere(Verb.WATCH):
        left = list_queries.listings(actor).filter(state=ListingState.OPEN)
        late = left.filter(due_at__lt=now()).count()
        tone = "bad" if late else "warn"
        where = reverse("contact_lists")
        lines.append(Line(_("Contacts to be found"), left.count(), where, "search", tone))
    return lines_card(_("Tracing"), "search", lines)


def person(actor: Actor, one: Person) -> Card | None:
    """Return the way to open a case of a person, for those who trace there."""
    if not actor.may(Verb.TRACE, people.path_of(one)):
        return None
    href = reverse("case_new") + f"?person={one.district}/{one.id}"
    return Card("tracing/c/person.html", {"href": href})


def tell() -> None:
    """Say how this room's records and duties look."""
    history.tell("case.open", "case.judge", "case.correct", icon="fever", tone="bad")
    history.tell("case.interview", "presence.note", icon="edit")
    history.tell("contact.find", "contact.name", "contact.send", icon="search", tone="info")
    history.tell("contact.verify", icon="check", tone="good")
    history.tell("case.look", icon="eye")
    duty_cards.LINKS.update(case_interview=_interview, contact_desk=_case, contact_verify=_answer)
    duty_cards.ICONS.update(case_interview="edit", contact_desk="send", contact_verify="search")


def _interview(duty: Duty) -> str:
    return reverse("case_interview", args=[duty.district, duty.subject_id])


def _case(duty: Duty) -> str:
    return reverse("case", args=[duty.district, duty.subject_id])


def _answer(duty: Duty) -> str:
    return reverse("contact_answer", args=[duty.district, duty.subject_id])
