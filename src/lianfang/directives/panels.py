"""What this room shows on other pages: the home page, and histories."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from lianfang.directives import queries
from lianfang.directives.answering import led
from lianfang.kernel.actors import Actor
from lianfang.kernel.times import now
from lianfang.people import history
from lianfang.web.slots import Card, Line, lines_card


def home(actor: Actor) -> Card | None:
    """Return how many directives wait for the actor, the late ones apart."""
    if not led(actor) and actor.id is None:
        return None
    rows, moment = queries.waiting(actor), now()
    acks = sum(w.owes_acknowledgement for w in rows)
    acts = sum(w.owes_act and not w.owes_acknowledgement for w in rows)
    late = sum(w.late(moment) for w in rows)
    mine = reverse("directives_mine")
    lines = [
        Line(
            ngettext(
                "Directive waits for your acknowledgement",
                "Directives wait for your acknowledgement",
                acks,
            ),
            acks,
            mine,
            "file",
            "warn",
        ),
        Line(_("Directives to act upon"), acts, mine, "duty", "info"),
        Line(_("Of these late"), late, mine, "warning", "bad"),
    ]
    return lines_card(_("Directives"), "file", lines, reverse("directives"))


def tell() -> None:
    """Say what the records of this room look like in a history."""
    history.tell("directive.acknowledge", "directive.acknowledge_above", icon="check", tone="good")
    history.tell("directive.pass_on", "directive.pass_on_above", icon="send")
    history.tell("directive.measure", "directive.measure_above", icon="plus", tone="good")
    history.tell("directive.withdraw", icon="close", tone="bad")
    history.tell("directive.remind", "directive.remind_above", icon="bell", tone="warn")
    history.tell("task.done", icon="check", tone="good", words=lambda p: str(p.get("note", "")))
    history.tell("task.excuse", icon="close", words=lambda p: str(p.get("why", "")))
