"""What this room shows on the pages of the rooms below it: home, areas, households, the journal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lianfang.areas.models import Area
from lianfang.kernel.actors import Actor
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people import account_queries, duty_cards, history
from lianfang.people.models import Household
from lianfang.screening import door_queries, looks, queries
from lianfang.screening.models import Reading, Round, Visit
from lianfang.screening.rules import Counts, Outcome, RoundState, Symptom
from lianfang.screening.words import DUTY_ICONS, OUTCOMES, SYMPTOMS
from lianfang.web import components as c
from lianfang.web.slots import AREA, HOME, HOUSEHOLD, Card

_RUNNING = 4


def home(actor: Actor) -> Card | None:
    """Return the running rounds with the actor's part of each: coverage, silent doors, fevers."""
    if not actor.may_somewhere(Verb.READ):
        return None
    running = list(queries.rounds(actor).filter(state=RoundState.OPEN)[:_RUNNING])
    if not running:
        return None
    lines = []
    for round_ in running:
        entries = queries.entries(actor, round_.id)[:6]
        counts = sum((queries.coverage(actor, round_.id, a) for a in entries), Counts())
        lines.append(_line(round_, counts))
    return Card("screening/c/home.html", {"lines": lines}, wide=True)


def _line(round_: Round, counts: Counts) -> dict[str, Any]:
    where = reverse("round", args=[round_.id])
    facts = []
    if counts.fever:
        text = ngettext("%(n)d door with a fever", "%(n)d doors with a fever", counts.fever)
        facts.append(c.Badge(text % {"n": counts.fever}, "bad", "fever"))
    if counts.silent:
        text = ngettext(
            "%(n)d door in nobody's list", "%(n)d doors in nobody's list", counts.silent
        )
        facts.append(c.Badge(text % {"n": counts.silent}, "bad", "unowned"))
    return {"round": round_, "href": where, "coverage": looks.coverage(counts), "facts": facts}


def area(actor: Actor, one: Area) -> Card | None:
    """Return the running rounds of an area with their coverage there."""
    if not actor.may(Verb.READ, one.path):
        return None
    lines = []
    for round_ in door_queries.running(one.path)[:_RUNNING]:
        counts = queries.coverage(actor, round_.id, one)
        line = _line(round_, counts)
        lines.append({**line, "href": f"{line['href']}?area={one.id}"})
    return Card("screening/c/home.html", {"lines": lines}) if lines else None


def household(actor: Actor, door: Household) -> Card | None:
    """Return the visits to a door: outcomes, and readings for those who see health there."""
    if not actor.sees(Sight.ADDRESS, door.path):
        return None
    health = actor.sees(Sight.HEALTH, door.path)
    found = queries.visits(door.district, door.id)[:20]
    names = account_queries.names(visit.actor for visit, _readings in found)
    rounds = queries.names_of({visit.round_id for visit, _readings in found})
    people = {p.id: p for p in door_queries.residents(door)} if health else {}
    running = [r for r in door_queries.running(door.path) if actor.may(Verb.VISIT, door.path)]
    moments = [
        _moment(actor, door, visit, readings, names, rounds, people, health)
        for visit, readings in found
    ]
    actions = [
        c.Action(
            _("Visit: %(round)s") % {"round": r.name},
            reverse("round_visit", args=[r.id, door.district, door.id]),
            "door",
            "primary",
        )
        for r in running[:2]
    ]
    if not moments and not actions:
        return None
    return Card("screening/c/household.html", {"moments": moments, "actions": actions})


def _moment(
    actor: Actor,
    door: Household,
    visit: Visit,
    readings: list[Reading],
    names: Mapping[str, str],
    rounds: Mapping[UUID, tuple[str, str]],
    people: Mapping[UUID, Any],
    health: bool,
) -> c.Moment:
    name, state = rounds.get(visit.round_id, ("", ""))
    parts = [name]
    if health:
        if visit.all_normal:
            parts.append(_("all normal"))
        parts += [_reading(actor, one, people) for one in readings]
    href = ""
    if state == RoundState.OPEN and not visit.superseded_by_id and actor.may(Verb.VISIT, door.path):
        href = (
            reverse("round_visit", args=[visit.round_id, door.district, door.id])
            + f"?corrects={visit.id}"
        )
    return c.Moment(
        at=visit.occurred_at,
        what=OUTCOMES[Outcome(visit.outcome)],
        who=history.who(visit.actor, names),
        detail=" · ".join(part for part in parts if part),
        icon="fever" if health and visit.fever else looks.icon(visit.outcome),
        tone="bad" if health and visit.fever else "plain",
        href=href,
        replaced=bool(visit.superseded_by_id),
    )


def _reading(actor: Actor, reading: Reading, people: Mapping[UUID, Any]) -> str:
    who = people.get(reading.person_id)
    name = str(who.name) if who and actor.sees(Sight.IDENTITY, who.household.path) else ""
    parts = [name]
    if reading.absent:
        parts.append(_("not there"))
    if reading.tenths is not None:
        parts.append(f"{reading.tenths / 10:.1f} °C")
    parts += [str(SYMPTOMS[Symptom(s)]) for s in reading.symptoms]
    return " ".join(part for part in parts if part)


def _visited(content: Mapping[str, Any]) -> str:
    outcome = content.get("outcome")
    words = [str(OUTCOMES[Outcome(outcome)])] if outcome else []
    if content.get("corrects_id"):
        words.append(_("a correction"))
    return " · ".join(words)


def _named(content: Mapping[str, Any]) -> str:
    return str(content.get("name", ""))


def register() -> None:
    """Fill the places of other rooms, and say how this room's duties and records look."""
    HOME.register(home, order=20)
    AREA.register(area, order=20)
    HOUSEHOLD.register(household, order=20)
    duty_cards.ICONS.update(DUTY_ICONS)
    history.tell("household.visit", icon="door", words=_visited, sight=Sight.ADDRESS)
    history.tell("round.open", icon="round", tone="info", words=_named)
    history.tell(
        "round.join",
        "round.close_district",
        "round.close",
        "round.turn_day",
        "round.turn_district",
        icon="round",
    )
    history.tell("round.prove", icon="shield")
