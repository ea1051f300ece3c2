"""Plans runs: which helper goes to which shop and to which doors, in which order. No database.

A vehicle routing problem with time windows, capacities, shifts and optional stops, solved by
PyVRP. Orders of one shop are planned together: a helper fills the bags there, goes round the
doors, and comes back for more while the shift lasts. Shops follow each other, the largest first,
and a helper who was used is free again when that run ends.

Places are points on a plane, times are seconds; speed turns one into the other.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from importlib.util import find_spec
from itertools import groupby
from typing import Any

# PyVRP reckons in whole numbers: three decimals are kept.
_SCALE = 1_000
_FOREVER = 10**9
Point = tuple[float, float]


class LeftOut(StrEnum):
    """Why an order is in no run."""

    NO_HELPER = "no_helper"
    TOO_MUCH = "too_much"
    TOO_LATE = "too_late"
    NO_TIME = "no_time"


@dataclass(frozen=True, slots=True)
class Errand:
    """An order to be planned: its door, its shop ('' is the desk), bag units, window, weight."""

    id: str
    door: Point
    shop: str = ""
    units: int = 1
    earliest: float = 0
    latest: float = _FOREVER
    service: float = 180
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody who can go: bag units at once, shift in seconds; free from `start`."""

    id: str
    bag: int
    start: float = 0
    end: float = _FOREVER


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop: at a shop (with all that is fetched there for the trip) or at a door."""

    shop: str | None
    errands: tuple[str, ...]
    at: float


@dataclass(frozen=True, slots=True)
class Run:
    """What one helper does, in order; `length` in the unit of the points."""

    helper: str
    stops: tuple[Stop, ...]
    length: float
    ends: float


@dataclass(slots=True)
class Plan:
    """The runs, and each order that is in none of them with its reason."""

    runs: list[Run] = field(default_factory=list)
    left_out: dict[str, LeftOut] = field(default_factory=dict)

    @property
    def length(self) -> float:
        """Return how far all helpers go together."""
        return sum(run.length for run in self.runs)


def available() -> bool:
    """Tell whether the solver is installed (the extra `runs`)."""
    return find_spec("pyvrp") is not None


def plan(
    errands: Sequence[Errand],
    helpers: Sequence[Helper],
    shops: Mapping[str, Point],
    *,
    seconds: float = 8,
    speed: float = 1.2,
    shopping: float = 600,
    trips: int = 6,
    seed: int = 1,
) -> Plan:
    """Return runs that carry as much as possible, what comes first before all, on short ways.

    `shops` has the points of all shops and of the desk (''); `speed` is length a second, walking
    by default; `shopping` the seconds in a shop before each trip. The same arguments give the same
    plan only as far as the time allows the same search.
    """
    result = Plan()
    free = {h.id: h for h in helpers}
    groups: dict[str, list[Errand]] = defaultdict(list)
    for errand in errands:
        groups[errand.shop].append(errand)
    total = len(errands) or 1
    for shop, group in sorted(groups.items(), key=lambda g: (-len(g[1]), g[0])):
        wait = shopping if shop else 0
        fit = []
        for errand in group:
            if reason := _impossible(errand, free.values(), shops[shop], speed, wait):
                result.left_out[errand.id] = reason
            else:
                fit.append(errand)
        if not fit:
            continue
        share = max(0.5, seconds * len(group) / total)
        runs = _solve(fit, list(free.values()), shops[shop], shop, share, speed, wait, trips, seed)
        for run in runs:
            free[run.helper] = replace(free[run.helper], start=run.ends)
        carried = {id_ for run in runs for stop in run.stops for id_ in stop.errands}
        result.left_out |= {e.id: LeftOut.NO_TIME for e in fit if e.id not in carried}
        result.runs += runs
    result.runs = _joined(result.runs)
    return result


def _impossible(
    errand: Errand, helpers: Iterable[Helper], shop: Point, speed: float, wait: float
) -> LeftOut | None:
    """Return why nobody could carry an order, even if it were the only one."""
    there = list(helpers)
    if not there:
        return LeftOut.NO_HELPER
    strong = [h for h in there if h.bag >= errand.units]
    if not strong:
        return LeftOut.TOO_MUCH
    way = wait + math.dist(shop, errand.door) / speed
    if min(h.start for h in strong) + way > errand.latest:
        return LeftOut.TOO_LATE
    return None


def _solve(
    errands: Sequence[Errand],
    helpers: Sequence[Helper],
    shop: Point,
    name: str,
    seconds: float,
    speed: float,
    wait: float,
    trips: int,
    seed: int,
) -> list[Run]:
    """Solve one shop's problem; returns the runs of the helpers that are used."""
    from pyvrp import Model
    from pyvrp.stop import MaxRuntime

    model = Model()
    points = list(dict.fromkeys([shop, *(e.door for e in errands)]))
    places = {point: model.add_location(*point) for point in points}
    far = 0
    for one in points:
        for other in points:
            length = math.dist(one, other)
            far = max(far, _whole(length))
            model.add_edge(places[one], places[other], _whole(length), _whole(length / speed))
    depot = model.add_depot(places[shop], service_duration=_whole(wait))
    for errand in errands:
        model.add_client(
            places[errand.door],
            delivery=errand.units,
            service_duration=_whole(errand.service),
            tw_early=_whole(errand.earliest),
            tw_late=_whole(errand.latest),
            # Dearer than any way there and back: an order is left out only when there is no time.
            prize=(3 * far + 1) * (1 + errand.priority),
            required=False,
        )
    kinds = _alike(helpers)
    for (bag, start, end), who in kinds:
        model.add_vehicle_type(
            len(who),
            capacity=bag,
            start_depot=depot,
            end_depot=depot,
            tw_early=_whole(start),
            tw_late=_whole(end),
            reload_depots=[depot] if trips > 1 else [],
            max_reloads=max(0, trips - 1),
        )
    best = model.solve(MaxRuntime(seconds), seed=seed, display=False, collect_stats=False).best
    waiting = [list(who) for _, who in kinds]
    return [
        _run(route, waiting[route.vehicle_type()].pop(0), errands, name) for route in best.routes()
    ]


def _alike(helpers: Sequence[Helper]) -> list[tuple[tuple[int, float, float], list[str]]]:
    """Return the helpers in groups that the solver need not tell apart."""
    ordered = sorted(helpers, key=lambda h: (h.start, h.bag, h.end, h.id))
    groups = groupby(ordered, key=lambda h: (h.bag, h.start, h.end))
    return [(key, [h.id for h in who]) for key, who in groups]


def _run(route: Any, helper: str, errands: Sequence[Errand], shop: str) -> Run:
    """Return a route of the solver as a run: each trip begins with what is fetched for it."""
    stops: list[Stop] = []
    steps = list(route.schedule())
    for trip, part in groupby(steps, key=lambda s: s.trip):
        listed = list(part)
        clients = [s for s in listed if s.is_client()]
        if not clients:
            continue
        if shop:
            begin = steps[0] if trip == 0 else next(s for s in listed if s.is_depot())
            fetched = tuple(errands[s.idx].id for s in clients)
            stops.append(Stop(shop, fetched, begin.start_time / _SCALE))
        for _, same in groupby(clients, key=lambda s: errands[s.idx].door):
            here = list(same)
            ids = tuple(errands[s.idx].id for s in here)
            stops.append(Stop(None, ids, here[0].start_time / _SCALE))
    return Run(helper, tuple(stops), route.distance() / _SCALE, route.end_time() / _SCALE)


def _joined(runs: Iterable[Run]) -> list[Run]:
    """Return one run for each helper: what he does for one shop, then for the next."""
    by_helper: dict[str, Run] = {}
    for run in runs:
        if before := by_helper.get(run.helper):
            run = Run(
                run.helper,
                before.stops + run.stops,
                before.length + run.length,
                max(before.ends, run.ends),
            )
        by_helper[run.helper] = run
    return sorted(by_helper.values(), key=lambda r: r.helper)


def _whole(value: float) -> int:
    return round(min(value, _FOREVER) * _SCALE)


# A row of houses as it is where nobody has measured: so many metres from house to house, from
# entrance to entrance, and what a floor costs.
HOUSE, ENTRANCE, FLOOR = 60.0, 18.0, 4.0


def from_order(
    doors: Iterable[tuple[str, str, str, int | None]],
    known: Mapping[str, Point] | None = None,
) -> dict[str, Point]:
    """Return points for doors of which only the order of the houses is known.

    `doors` are (id, house, entrance, floor); houses stand in a row in their natural order, unless
    `known` has the point of a house (in metres).
    """
    listed = list(doors)
    houses = sorted({house for _, house, _, _ in listed}, key=_natural)
    entrances: dict[str, list[str]] = {
        house: sorted({e for _, h, e, _ in listed if h == house}, key=_natural) for house in houses
    }
    given = known or {}
    result = {}
    for id_, house, entrance, floor in listed:
        x, y = given.get(house, (houses.index(house) * HOUSE, 0.0))
        along = entrances[house].index(entrance) * ENTRANCE
        result[id_] = (x, y + along + abs(floor or 1) * FLOOR)
    return result


def _natural(text: str) -> tuple[tuple[int, str], ...]:
    digits = "".join(c if c.isdigit() else " " for c in text).split()
    return (*((int(d), "") for d in digits[:3]), (0, text))


def metres(latitude: float, longitude: float, about: tuple[float, float]) -> Point:
    """Return a point on the plane around `about` (latitude, longitude), in metres.

    Good to a few metres within a town.
    """
    north = (latitude - about[0]) * 111_195
    east = (longitude - about[1]) * 111_195 * math.cos(math.radians(about[0]))
    return east, north
