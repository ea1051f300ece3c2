"""What this room shows on the pages of the rooms below it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianfang.areas import queries as area_queries
from lianfang.areas.models import Area
from lianfang.kernel.actors import Actor
from lianfang.kernel.models import Duty
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people import duty_cards, history
from lianfang.people.models import Household, Person
from lianfang.watching import kinds, queries, referral_queries, words
from lianfang.web import components as c
from lianfang.web.slots import AREA, HOME, HOUSEHOLD, PERSON, Card, Line, lines_card


def home(actor: Actor) -> Card | None:
    """Return what of the watches needs the actor now: the missing first."""
    if not actor.paths(Verb.WATCH):
        return None
    where = area_queries.districts(actor)
    counts = queries.counts(actor, where)
    late = referral_queries.counts(actor, where)
    board = reverse("watches")
    entry = reverse("watch_entry")
    lines = [
        Line(_("Left or not found"), counts["left"], f"{board}?which=left", "warning", "bad"),
        Line(_("Referrals that are late"), late["late"], reverse("referrals"), "fever", "bad"),
        Line(_("Checks overdue"), counts["overdue"], f"{board}?which=overdue", "clock", "bad"),
        Line(_("Checks due"), counts["due"], entry, "isolated", "warn"),
        Line(_("Referrals"), late["live"], reverse("referrals"), "fever", "warn"),
        Line(_("To be released"), counts["release"], f"{board}?which=release", "check", "warn"),
    ]
    return lines_card(_("Under watch"), "isolated", lines, reverse("watches"))


def area(actor: Actor, one: Area) -> Card | None:
    """Return how many people are under watch in an area, by where they stay; counts only."""
    if not actor.may(Verb.READ, one.path):
        return None
    sums = queries.gauges(one)
    total = sums.get("watched", 0)
    if not total:
        return None
    places = [
        (label, sums[f"watched_{place}"])
        for place, label in words.PLACES.items()
        if sums.get(f"watched_{place}")
    ]
    href = reverse("watches") if actor.may(Verb.WATCH, one.path) else ""
    referred = sums.get("referrals_open", 0)
    return Card(
        "watching/c/area.html",
        {"total": total, "places": places, "referred": referred, "href": href},
    )


def household(actor: Actor, door: Household) -> Card | None:
    """Return who behind a door is under watch, and the way to put somebody under watch."""
    if not actor.may(Verb.WATCH, door.path) or not actor.sees(Sight.HEALTH, door.path):
        return None
    found = queries.of_household(door.district, door.id)
    lines = [
        {
            "name": queries.seen(actor, row).name or _("A person"),
            "href": reverse("watch", args=[row.district, row.id]),
            "until": row.until_day,
            "due": row.due_at,
            "state": words.LISTS["left"] if row.left_at else words.STATES[row.state],
            "tone": "bad" if row.left_at else "plain",
        }
        for row in found
    ]
    add = c.Action(
        _("Put under watch"), reverse("watch_start", args=[door.district, door.id]), "isolated"
    )
    return Card("watching/c/household.html", {"lines": lines, "add": add})


def person(actor: Actor, one: Person) -> Card | None:
    """Return the live watch of a person."""
    line = queries.watched(one.district, [one.id]).get(one.id)
    if line is None or queries.one(actor, one.district, line.id) is None:
        return None
    context = {
        "href": reverse("watch", args=[one.district, line.id]),
        "place": words.PLACES[line.place],
        "until": line.until_day,
        "left": line.left_at,
    }
    return Card("watching/c/person.html", context)


def _watch_of(duty: Duty) -> str:
    """Return the page of the watch that a duty is about."""
    return reverse("watch", args=[duty.district, duty.subject_id])


def _referral_of(duty: Duty) -> str:
    """Return the page of the referral that a duty is about."""
    found = duty.details.get("referral_id") or referral_queries.live_of(
        duty.district, duty.subject_id
    )
    if found:
        return reverse("referral", args=[duty.district, found])
    return reverse("referrals")


def _period(content: Mapping[str, Any]) -> str:
    return _("%(days)s days from %(day)s") % {
        "days": content.get("days", 14),
        "day": content.get("from_day", ""),
    }


def _why(content: Mapping[str, Any]) -> str:
    return str(content.get("why") or content.get("note") or "")


def _until(content: Mapping[str, Any]) -> str:
    return " · ".join(p for p in (str(content.get("until_day", "")), _why(content)) if p)


def register() -> None:
    """Fill the places of other rooms, and say how this room's records and duties look."""
    HOME.register(home, order=15)
    AREA.register(area, order=40)
    HOUSEHOLD.register(household, order=60)
    PERSON.register(person, order=40)
    health = Sight.HEALTH
    history.tell(
        "watch.start",
        "watch.take_over",
        said=gettext_lazy("Put under watch"),
        icon="isolated",
        tone="warn",
        words=_period,
        sight=health,
    )
    history.tell("watch.extend", icon="clock", tone="warn", words=_until, sight=health)
    history.tell("watch.left", icon="warning", tone="bad", words=_why, sight=health)
    history.tell("watch.found", icon="check", words=_why, sight=health)
    history.tell("watch.release", icon="check", tone="good", words=_why, sight=health)
    history.tell("watch.transfer", "watch.withdraw", icon="arrow-right", words=_why, sight=health)
    history.tell("watch.move", "watch.taken", icon="arrow-right")
    history.tell("watch.check", "watch.self_check", icon="check")
    history.tell("referral.open", icon="fever", tone="bad", words=_why, sight=health)
    steps = ("transport", "accept", "depart", "arrive")
    history.tell(*(f"referral.{step}" for step in steps), icon="send", words=_why, sight=health)
    history.tell("referral.result", icon="check", tone="info", words=_why, sight=health)
    history.tell("referral.cancel", icon="close", words=_why, sight=health)
    for kind in (kinds.LEFT, kinds.MISSED, kinds.RELEASE, kinds.HANDOVER):
        duty_cards.LINKS[kind] = _watch_of
    duty_cards.LINKS[kinds.REFERRAL] = _referral_of
    duty_cards.ICONS.update(
        {
            kinds.LEFT: "warning",
            kinds.MISSED: "clock",
            kinds.RELEASE: "check",
            kinds.HANDOVER: "arrow-right",
        }
    )
