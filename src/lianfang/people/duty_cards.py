"""Duties as cards: what, at which door, due when, whose, and what the actor can do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lianfang.areas import queries as area_queries
from lianfang.kernel import words
from lianfang.kernel.actors import Actor
from lianfang.kernel.kinds import may_claim
from lianfang.kernel.models import Duty
from lianfang.kernel.rules import DutyState
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people import account_queries
from lianfang.people.queries import labels
from lianfang.web import components as c
from lianfang.web.acts import once

# The icon of each kind of duty; the room that opens the kind adds it.
ICONS: dict[str, str] = {}
# Where a card of a kind leads, if not to the household: the page of the order, say.
LINKS: dict[str, Callable[[Duty], str]] = {}

_STEPS = {
    "claim": (_("Take it"), "check", "primary"),
    "start": (_("Start"), "arrow-right", "primary"),
    "done": (_("It is done"), "check", "primary"),
    "return": (_("Give back"), "undo", "quiet"),
}


def cards(actor: Actor, duties: Sequence[Duty]) -> list[c.Duty]:
    """Return duties as cards; the door is named only where the actor sees addresses."""
    doors = {}
    for district in {d.district for d in duties}:
        here = [_door_of(d) for d in duties if d.district == district]
        doors.update(labels(district, here))
    areas = area_queries.labels(d.area_id for d in duties)
    names = account_queries.names(d.owner for d in duties if d.owner and d.owner != actor.ref)
    result = []
    for duty in duties:
        where = areas.get(duty.area_id, "")
        href = ""
        door_id = _door_of(duty)
        door = doors.get(door_id) if door_id else None
        if door and (actor.sees(Sight.ADDRESS, door.path) or duty.owner == actor.ref):
            where = f"{where} · {door.label}" if where else door.label
        if door and actor.may(Verb.READ, door.path):
            href = reverse("household", args=[door.district, door.id])
        if duty.kind in LINKS and (duty.owner == actor.ref or actor.may(Verb.READ, duty.path)):
            href = LINKS[duty.kind](duty)
        mine = duty.owner == actor.ref
        result.append(
            c.Duty(
                kind=words.DUTY_KINDS.get(duty.kind, duty.kind),
                place=where or duty.kind,
                href=href,
                icon=ICONS.get(duty.kind, "duty"),
                due=duty.due_at,
                owner=_("You") if mine else names.get(duty.owner, ""),
                state=""
                if duty.state == DutyState.OPEN
                else words.DUTY_STATES[DutyState(duty.state)],
                note=str(duty.details.get("note", "")),
                tone="warn" if duty.climbs else "plain",
                actions=_actions(actor, duty, mine),
            )
        )
    return result


def _door_of(duty: Duty) -> UUID | None:
    """Return the household of a duty: its subject, or where the person lives that it is about."""
    if duty.subject_kind == "household":
        return duty.subject_id
    return duty.context_id if duty.subject_kind == "person" else None


def _actions(actor: Actor, duty: Duty, mine: bool) -> list[c.Action]:
    if duty.state == DutyState.OPEN:
        allowed = actor.may(Verb.WORK, duty.path) and may_claim(actor, duty.kind, duty.path)
        steps = ["claim"] if allowed else []
    elif mine:
        steps = ["done", "return"] if duty.state == DutyState.STARTED else ["start", "return"]
    else:
        steps = []
    result = []
    for step in steps:
        label, icon, kind = _STEPS[step]
        href = reverse("duty_step", args=[duty.district, duty.id, step])
        result.append(c.Action(label, href, icon, kind, post=True, fields=once()))  # type: ignore[arg-type]
    return result
