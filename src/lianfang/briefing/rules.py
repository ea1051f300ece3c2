"""Rules of the brief: groups and their order, spans of a day, roll-up, the shape of a chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Group(StrEnum):
    """A section of the board and of the brief."""

    SCREENING = "screening"
    WATCHING = "watching"
    TRACING = "tracing"
    SERVICES = "services"
    MOBILISING = "mobilising"
    STATIONS = "stations"
    ARRIVALS = "arrivals"
    SUPPLIES = "supplies"
    MESSAGING = "messaging"
    DIRECTIVES = "directives"
    DUTIES = "duties"


# The numbers of a chart's own units: width, height, and the room for the days below.
WIDTH, HEIGHT, FOOT = 560, 150, 22
# A series shows two weeks: what an isolation of 14 days spans.
SERIES_DAYS = 14


@dataclass(frozen=True, slots=True)
class Span:
    """A moment, and the local day in which it lies from `start` up to `end`."""

    at: datetime
    day: date
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of a chart: where its bar stands, how high it is, and what it says."""

    x: float
    y: float
    width: float
    height: float
    day: str
    value: int | None
    labelled: bool


def order_of(kept: Sequence[str]) -> list[tuple[Group, bool]]:
    """Return every group with whether it is shown, in the order that was kept.

    `kept` holds the codes of the groups shown, in order. What is not in it is hidden and comes
    last; an empty list is the standing order with everything shown.
    """
    if not kept:
        return [(group, True) for group in Group]
    shown = [Group(code) for code in dict.fromkeys(kept) if code in set(Group)]
    return [(g, True) for g in shown] + [(g, False) for g in Group if g not in shown]


def prefixes(path: str) -> list[str]:
    """Return the paths of all areas on the way down to `path`, itself included."""
    codes = path.rstrip("/").split("/")
    return ["/".join(codes[:n]) + "/" for n in range(1, len(codes) + 1)]


def rolled(counts: Mapping[str, int], paths: Iterable[str]) -> dict[str, int]:
    """Return for each of `paths` the sum of the counts at and below it."""
    wanted = set(paths)
    sums = dict.fromkeys(wanted, 0)
    for path, number in counts.items():
        for above in prefixes(path):
            if above in wanted:
                sums[above] += number
    return sums


def bars(series: Sequence[tuple[date, int | None]]) -> list[Bar]:
    """Return the bars of a series of days; a day without a number has none, and its day stays."""
    if not series:
        return []
    top = max((value or 0 for _, value in series), default=0) or 1
    step = WIDTH / len(series)
    room = HEIGHT - FOOT - 18
    every = max(1, -(-len(series) // 7))
    result = []
    for number, (day, value) in enumerate(series):
        height = round(room * (value or 0) / top, 1)
        result.append(
            Bar(
                round(number * step + step * 0.15, 1),
                round(HEIGHT - FOOT - height, 1),
                round(step * 0.7, 1),
                height,
                f"{day:%m-%d}",
                value,
                (len(series) - 1 - number) % every == 0,
            )
        )
    return result


@dataclass(frozen=True, slots=True)
class Frame:
    """An area in one picture of the film: where its square stands, and how far it had come."""

    x: int
    y: int
    name: str
    done: int
    owed: int

    @property
    def step(self) -> str:
        """Return the colour's step: 0 to 3 by the share reached, '' where nothing was owed."""
        if not self.owed:
            return ""
        if self.done == self.owed:
            return "3"
        share = self.done / self.owed
        return "0" if share < 0.25 else "1" if share < 0.75 else "2"


# So many squares stand in a row of a picture, 15 units apart.
FILM_ROW, FILM_STEP = 8, 15


def frames(names: Sequence[str], reached: Sequence[tuple[int, int]]) -> list[Frame]:
    """Return the squares of one day from (reached, still open) of each area, in their order."""
    return [
        Frame(
            number % FILM_ROW * FILM_STEP + 1,
            number // FILM_ROW * FILM_STEP + 1,
            name,
            done,
            done + left,
        )
        for number, (name, (done, left)) in enumerate(zip(names, reached, strict=True))
    ]
