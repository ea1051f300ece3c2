"""What a figure is, and the groups of the board."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from lianfang.briefing.rules import Group
from lianfang.briefing.sources import Source
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import Words
from lianfang.kernel.verbs import Sight, Verb


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the board.

    `daily` counts what happened in a day, else it is how things stand. `alarm` is the tone of a
    number that should be 0; `good` says whether more of it is good news. `home` names the page of
    the room that lists such records, with its query, where there is one, for who has `home_verb`.
    """

    code: str
    group: Group
    label: Words
    unit: Words
    metrics: tuple[str, ...] = ()
    daily: bool = False
    source: Source | None = None
    counted: str = ""
    verbs: tuple[Verb, ...] = (Verb.READ,)
    sight: Sight | None = None
    alarm: str = "plain"
    good: str = "down"
    home: str = ""
    query: str = ""
    home_verb: Verb = Verb.READ

    def seen_by(self, actor: Actor, path: str) -> bool:
        """Tell whether the actor sees this number of the area at `path`."""
        if self.sight and not (actor.sees(self.sight, path) or actor.may(Verb.ASSIGN, path)):
            return False
        return any(actor.may(verb, path) for verb in self.verbs)


GROUPS: dict[Group, Words] = {
    Group.SCREENING: _("Screening"),
    Group.WATCHING: _("Under watch and referrals"),
    Group.TRACING: _("Cases and contacts"),
    Group.SERVICES: _("Services to households"),
    Group.MOBILISING: _("People on duty"),
    Group.STATIONS: _("Posts and passages"),
    Group.ARRIVALS: _("Arrivals and beds"),
    Group.SUPPLIES: _("Supplies and key places"),
    Group.MESSAGING: _("Information"),
    Group.DIRECTIVES: _("Directives"),
    Group.DUTIES: _("Duties"),
}
ICONS: dict[Group, str] = {
    Group.SCREENING: "round",
    Group.WATCHING: "isolated",
    Group.TRACING: "search",
    Group.SERVICES: "send",
    Group.MOBILISING: "people",
    Group.STATIONS: "post",
    Group.ARRIVALS: "arrow-down",
    Group.SUPPLIES: "file",
    Group.MESSAGING: "info",
    Group.DIRECTIVES: "send",
    Group.DUTIES: "duty",
}
