"""Gives everybody a bed: the exact model, and proof that no plan places more. No database here.

What is decided is how many of which kind go where, not who lies in which of two equal beds: rooms
that are alike make one class, families take patterns of rooms, single guests are counted by sex
and risk group. That keeps the model small enough to be solved to its proven optimum in a moment,
and free of the symmetries that would keep a solver from proving anything.

The rules of a room: a family has its rooms to itself; others share with their own sex and risk
group. A family stays at one site or is not placed at all; who needs an accessible room gets one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations_with_replacement
from typing import Any

from ortools.sat.python import cp_model

# A family fills at most so many rooms of one site; more rooms of two beds than that is a group.
_ROOMS_OF_FAMILY = 5
# First as many people as can be placed, then few rooms, then accessible ones kept free, then the
# sites in their order: each weight outgrows what the later ones can add up to.
_PERSON, _ROOM, _ACCESSIBLE = 1_000_000, 200, 40


class Why(StrEnum):
    """Why somebody has no place."""

    NO_SITE = "no_site"
    FULL = "full"
    FAMILY_TOO_LARGE = "family_too_large"
    OTHER_ROOMS = "other_rooms"
    NO_ACCESSIBLE = "no_accessible"
    SEX_UNKNOWN = "sex_unknown"
    WAITS_FOR_DECISION = "waits_for_decision"
    NO_RULE = "no_rule"


@dataclass(frozen=True, slots=True)
class Bedroom:
    """A room of a site with its free beds. `sex` and `group` are those of who lies there.

    `party` is the family that has it already, `order` the rank of its site.
    """

    key: Hashable
    site: Hashable
    takes: str
    free: int
    sort: tuple[Any, ...]
    accessible: bool = False
    sex: str = ""
    group: str = ""
    party: str = ""
    taken: bool = False
    order: int = 0


@dataclass(frozen=True, slots=True)
class Traveller:
    """Somebody to be placed. `sort` orders those who are alike: never by the place in a file."""

    key: Hashable
    destination: str
    sex: str
    group: str
    sort: tuple[Any, ...]
    party: str = ""
    accessible: bool = False


@dataclass(slots=True)
class Plan:
    """Who lies where, who does not and why; `proven` says that no plan places more."""

    beds: dict[Hashable, Hashable] = field(default_factory=dict)
    unplaced: dict[Hashable, Why] = field(default_factory=dict)
    proven: bool = True
    bound: int = 0


@dataclass(frozen=True, slots=True)
class _Class:
    """Rooms that are alike; those with guests are kept apart by who lies there."""

    site: Hashable
    takes: str
    free: int
    accessible: bool
    sex: str
    group: str
    party: str
    order: int


@dataclass(slots=True)
class _Family:
    key: str
    destination: str
    members: list[Traveller]

    @property
    def accessible(self) -> bool:
        return any(m.accessible for m in self.members)


@dataclass(frozen=True, slots=True)
class _Pattern:
    """The rooms of one family: so many of each class, all at one site."""

    site: Hashable
    rooms: tuple[_Class, ...]


def solve(rooms: Sequence[Bedroom], people: Sequence[Traveller], *, seconds: float = 20.0) -> Plan:
    """Return the best plan; the same for the same people and rooms, in whatever order they come.

    `seconds` bounds the search; what is known then is returned with `proven` False.
    """
    plan = Plan()
    for destination in sorted({p.destination for p in people}):
        part = sorted((p for p in people if p.destination == destination), key=lambda p: p.sort)
        here = sorted(
            (r for r in rooms if r.takes == destination and r.free > 0), key=lambda r: r.sort
        )
        _Task(here, part).solve(plan, seconds)
    return plan


class _Task:
    """The people of one destination."""

    def __init__(self, rooms: Sequence[Bedroom], people: Sequence[Traveller]) -> None:
        self.people = people
        self.rooms: dict[_Class, list[Bedroom]] = defaultdict(list)
        for room in rooms:
            self.rooms[_class(room)].append(room)
        parties: dict[str, list[Traveller]] = defaultdict(list)
        for one in people:
            if one.party:
                parties[one.party].append(one)
        kept = {c.party for c in self.rooms if c.party}
        # Who travels alone, or whose family goes elsewhere, is a single guest here, unless the
        # family has a room already, into which a late member comes.
        self.families = [
            _Family(key, members[0].destination, members)
            for key, members in sorted(parties.items())
            if len(members) > 1 or key in kept
        ]
        # Families that are alike are counted, not told apart.
        self.alike: dict[tuple[int, bool, str], list[_Family]] = defaultdict(list)
        for family in self.families:
            own = family.key if family.key in kept else ""
            self.alike[len(family.members), family.accessible, own].append(family)
        together = {f.key for f in self.families}
        self.singles: dict[tuple[str, str, bool], list[Traveller]] = defaultdict(list)
        for one in people:
            if one.party not in together:
                self.singles[one.sex, one.group, one.accessible].append(one)

    # --- the model ------------------------------------------------------------------------------

    def solve(self, plan: Plan, seconds: float) -> None:
        if not self.rooms:
            plan.unplaced.update(dict.fromkeys((p.key for p in self.people), Why.NO_SITE))
            return
        model = cp_model.CpModel()
        used: dict[_Class, list[Any]] = defaultdict(list)
        goal: list[Any] = []
        families = self._families(model, used, goal)
        singles, single_rooms = self._singles(model, used, goal)
        for kind, rooms in self.rooms.items():
            if used[kind]:
                model.add(sum(used[kind]) <= len(rooms))
        model.maximize(sum(goal))
        solver = cp_model.CpSolver()
        # One worker and a fixed seed: the same task always has the same answer.
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        solver.parameters.max_time_in_seconds = seconds
        status = solver.solve(model)
        plan.proven = plan.proven and status == cp_model.OPTIMAL
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            plan.unplaced.update(dict.fromkeys((p.key for p in self.people), Why.FULL))
            return
        placed = sum(solver.value(v) * kind[0] for (kind, _), v in families.items()) + sum(
            solver.value(v) for v in singles.values()
        )
        plan.bound += placed if status == cp_model.OPTIMAL else len(self.people)
        self._assign(plan, solver, families, singles, single_rooms)

    def _families(
        self, model: cp_model.CpModel, used: dict[_Class, list[Any]], goal: list[Any]
    ) -> dict[tuple[tuple[int, bool, str], _Pattern], Any]:
        """So many families of each kind take each pattern of rooms."""
        result: dict[tuple[tuple[int, bool, str], _Pattern], Any] = {}
        for kind_of, alike in self.alike.items():
            size, accessible, own = kind_of
            chosen = []
            for pattern in self._patterns(size, accessible, own):
                number = model.new_int_var(0, len(alike), "")
                result[kind_of, pattern] = number
                chosen.append(number)
                cost = 0
                for kind, count in Counter(pattern.rooms).items():
                    used[kind].append(count * number)
                    cost += count * _room_cost(kind, accessible)
                goal.append((_PERSON * size - cost) * number)
            if chosen:
                model.add(sum(chosen) <= len(alike))
        return result

    def _singles(
        self, model: cp_model.CpModel, used: dict[_Class, list[Any]], goal: list[Any]
    ) -> tuple[dict[Any, Any], dict[Any, Any]]:
        """So many of each sex and group into so many rooms that they open of each class."""
        counts: dict[Any, Any] = {}
        opened: dict[Any, Any] = {}
        beds: dict[tuple[str, str, _Class], list[Any]] = defaultdict(list)
        for kind_of, waiting in self.singles.items():
            sex, group, accessible = kind_of
            placed = []
            for kind, rooms in self.rooms.items():
                if kind.party or (accessible and not kind.accessible):
                    continue
                if kind.sex and (kind.sex, kind.group) != (sex, group):
                    continue
                # Somebody of unknown sex lies alone.
                most = len(rooms) * (kind.free if sex else 1)
                if not sex and kind.sex:
                    continue
                number = model.new_int_var(0, min(len(waiting), most), "")
                counts[kind_of, kind] = number
                placed.append(number)
                beds[sex, group, kind].append(number)
                goal.append(_PERSON * number)
            if placed:
                model.add(sum(placed) <= len(waiting))
        for (sex, group, kind), numbers in beds.items():
            rooms_used = model.new_int_var(0, len(self.rooms[kind]), "")
            opened[sex, group, kind] = rooms_used
            used[kind].append(rooms_used)
            model.add(sum(numbers) <= rooms_used * (kind.free if sex else 1))
            goal.append(-_room_cost(kind, False) * rooms_used)
        return counts, opened

    def _patterns(self, size: int, accessible: bool, own: str) -> Iterator[_Pattern]:
        """Yield the ways to house a family at one site, none with a room too many.

        `own` is the family itself where it has a room already, whose free beds are its own.
        """
        by_site: dict[Hashable, list[_Class]] = defaultdict(list)
        for kind in self.rooms:
            if not (kind.sex or kind.party) or (own and kind.party == own):
                by_site[kind.site].append(kind)
        for site, kinds in by_site.items():
            for count in range(1, _ROOMS_OF_FAMILY + 1):
                for rooms in combinations_with_replacement(kinds, count):
                    beds = sum(r.free for r in rooms)
                    if beds < size or any(
                        n > len(self.rooms[kind]) for kind, n in Counter(rooms).items()
                    ):
                        continue
                    opens = any(r.accessible for r in rooms)
                    if accessible and not opens:
                        continue
                    if _spare(rooms, beds, size, accessible):
                        continue
                    yield _Pattern(site, rooms)

    # --- from numbers to people -----------------------------------------------------------------

    def _assign(
        self,
        plan: Plan,
        solver: cp_model.CpSolver,
        families: dict[tuple[tuple[int, bool, str], _Pattern], Any],
        singles: dict[Any, Any],
        opened: dict[Any, Any],
    ) -> None:
        stock = {kind: list(rooms) for kind, rooms in self.rooms.items()}
        lines = {kind_of: list(alike) for kind_of, alike in self.alike.items()}
        for (kind_of, pattern), number in families.items():
            for _ in range(solver.value(number)):
                rooms = [stock[kind].pop(0) for kind in pattern.rooms]
                _house(plan, lines[kind_of].pop(0).members, rooms)
        shelves: dict[Any, list[Bedroom]] = {}
        for key, count in opened.items():
            kind = key[2]
            shelves[key] = [stock[kind].pop(0) for _ in range(solver.value(count))]
        open_beds = {
            key: [room for room in rooms for _ in range(room.free if key[0] else 1)]
            for key, rooms in shelves.items()
        }
        queues = {key: list(waiting) for key, waiting in self.singles.items()}
        for (kind_of, kind), number in singles.items():
            beds = open_beds[kind_of[0], kind_of[1], kind]
            for _ in range(solver.value(number)):
                plan.beds[queues[kind_of].pop(0).key] = beds.pop(0).key
        self._reasons(plan)

    def _reasons(self, plan: Plan) -> None:
        """Say for each without a bed what stood in the way, by what is left over."""
        left = Counter({room.key: room.free for rooms in self.rooms.values() for room in rooms})
        left.subtract(plan.beds.values())
        spare = [r for rooms in self.rooms.values() for r in rooms if left[r.key] > 0]
        capacity: Counter[Hashable] = Counter()
        for rooms in self.rooms.values():
            for room in rooms:
                capacity[room.site] += room.free
        for family in self.families:
            for one in family.members:
                if one.key not in plan.beds:
                    plan.unplaced[one.key] = _why_family(family, spare, capacity, self.rooms)
        for waiting in self.singles.values():
            for one in waiting:
                if one.key not in plan.beds:
                    plan.unplaced[one.key] = _why_single(one, spare)


def _class(room: Bedroom) -> _Class:
    # An occupied room of people whose sex is unknown takes nobody but their own family.
    sex = room.sex if room.taken else ""
    party = room.party or ("?" if room.taken and not room.sex else "")
    return _Class(
        room.site,
        room.takes,
        room.free,
        room.accessible,
        sex if not party else "",
        room.group if room.taken and not party else "",
        party,
        room.order,
    )


def _room_cost(kind: _Class, needed: bool) -> int:
    opened = 0 if kind.sex or kind.party else _ROOM
    return opened + (_ACCESSIBLE if kind.accessible and not needed else 0) + min(kind.order, 30)


def _spare(rooms: Sequence[_Class], beds: int, size: int, accessible: bool) -> bool:
    """Tell whether a pattern holds a room that the family could do without."""
    for index, room in enumerate(rooms):
        rest = [*rooms[:index], *rooms[index + 1 :]]
        if beds - room.free >= size and (not accessible or any(other.accessible for other in rest)):
            return True
    return False


def _house(plan: Plan, members: Sequence[Traveller], rooms: Sequence[Bedroom]) -> None:
    """Put a family into its rooms: who needs it into the accessible one, the others as they sit."""
    beds = [
        room for room in sorted(rooms, key=lambda r: not r.accessible) for _ in range(room.free)
    ]
    for one in sorted(members, key=lambda m: (not m.accessible, m.sort)):
        plan.beds[one.key] = beds.pop(0).key


def _why_single(one: Traveller, spare: Sequence[Bedroom]) -> Why:
    if not spare:
        return Why.FULL
    if one.accessible:
        return Why.NO_ACCESSIBLE
    return Why.OTHER_ROOMS if one.sex else Why.SEX_UNKNOWN


def _why_family(
    family: _Family,
    spare: Sequence[Bedroom],
    capacity: Counter[Hashable],
    rooms: dict[_Class, list[Bedroom]],
) -> Why:
    if max(capacity.values(), default=0) < len(family.members):
        return Why.FAMILY_TOO_LARGE
    if family.accessible and not any(kind.accessible for kind in rooms):
        return Why.NO_ACCESSIBLE
    return Why.OTHER_ROOMS if spare else Why.FULL
