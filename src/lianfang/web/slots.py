"""Places on a page which other rooms fill, so that no page imports what stands above it.

A room registers a function in `AppConfig.ready`; the page calls `gather` with the actor and what
it is about. The functions read only what the actor may see, and return None where they have
nothing to say. Each costs a query or two on every view of that page, so keep them lean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, ParamSpec

from lianfang.web.components import Text

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Card:
    """A part of a page: a template of the room and what it shows.

    `wide` gives it the whole width. The template gets `card` and the context; it draws its own
    panel, as a rule with `{% panel %}`.
    """

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence with a number on the home page ("3 fevers wait for a referral")."""

    label: Text
    count: int
    href: str
    icon: str = "duty"
    tone: str = "plain"


def lines_card(title: Text, icon: str, lines: Iterable[Line], href: str = "") -> Card | None:
    """Return a card of those lines that count something, None without any."""
    shown = [line for line in lines if line.count]
    context = {"title": title, "icon": icon, "href": href, "lines": shown}
    return Card("web/c/lines.html", context) if shown else None


class Slot(Generic[P]):
    """A named place on a page."""

    def __init__(self, name: str) -> None:
        """Make an empty place."""
        self.name = name
        self._entries: list[tuple[int, str, Callable[P, Card | None]]] = []

    def register(self, function: Callable[P, Card | None], *, order: int = 50) -> None:
        """Fill the place with `function`; a lower `order` stands further up.

        Registering a function of the same name again replaces it.
        """
        name = f"{function.__module__}.{function.__qualname__}"
        self._entries = [e for e in self._entries if e[1] != name]
        self._entries.append((order, name, function))
        self._entries.sort(key=lambda e: e[:2])

    def gather(self, *args: P.args, **kwargs: P.kwargs) -> list[Card]:
        """Return the cards for these arguments, in order."""
        cards = (function(*args, **kwargs) for _, _, function in self._entries)
        return [card for card in cards if card is not None]


# (actor) -> Card: "what needs me now" on the home page.
HOME: Slot[...] = Slot("home")
# (actor, area) -> Card: the page of an area; `area` is the row as areas.queries gives it.
AREA: Slot[...] = Slot("area")
# (actor, household) -> Card: the page of a household (with `area` loaded), after its people.
HOUSEHOLD: Slot[...] = Slot("household")
# (actor, person) -> Card: the page of a person, as people.queries.visible gives it.
PERSON: Slot[...] = Slot("person")
# (household) -> Card: the resident's own page, above the orders; small, without scripts, and
# nothing about people: whoever holds the door's card reads it.
DOOR: Slot[...] = Slot("door")
