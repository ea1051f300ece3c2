"""Who is on duty when, person by person, and who else could be: the hard rules."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np

from lianfang.mobilising.planning.arrays import Arrays, Bools, Ints
from lianfang.mobilising.planning.problem import Assignment

_NONE = -1


class Board:
    """The plan under way: `line[person, slot]` is the need on which somebody stands, or -1."""

    def __init__(self, arrays: Arrays) -> None:
        """Begin with what people are busy with already."""
        self.arrays = arrays
        self.on = arrays.busy.copy()
        self.line = np.full(self.on.shape, _NONE, dtype=np.int64)
        self.possible = arrays.available()
        self.conflict = arrays.conflict.astype(np.int16)

    def free(self, slot: int) -> Bools:
        """Return who could take one more duty in this slot without breaking a rule."""
        a = self.arrays
        can = self.possible[:, slot] & ~self.on[:, slot]
        can &= (self.on @ self.conflict[:, slot]) == 0
        can &= self.on.sum(axis=1) < a.most
        if a.night[slot]:
            can &= self.on[:, a.night].sum(axis=1) < a.most_nights
        return can & (self.row_with(slot) <= a.problem.rules.days_in_row)

    def free_with(self, slot: int, other: int, who: Bools) -> Bools:
        """Return who could take `slot` if all of `who` had `other` as well."""
        before = self.on[:, other].copy()
        self.on[who, other] = True
        result = self.free(slot)
        self.on[:, other] = before
        return result

    def row_with(self, slot: int) -> Ints:
        """Return how many days in a row everybody would be on duty with this slot."""
        a = self.arrays
        day = int(a.day[slot])
        worked = np.stack(
            [self.on[:, a.day == d].any(axis=1) for d in range(a.problem.days)], axis=1
        )
        length = np.ones(a.people, dtype=np.int64)
        going = np.ones(a.people, dtype=bool)
        for d in range(day - 1, -1, -1):
            going &= worked[:, d]
            length += going
        length += np.where(going, a.row_before, 0)
        going = np.ones(a.people, dtype=bool)
        for d in range(day + 1, a.problem.days):
            going &= worked[:, d]
            length += going
        return length

    def may(self, person: int, slot: int) -> bool:
        """Tell whether one person could take a duty in this slot without breaking a rule."""
        a = self.arrays
        mine = self.on[person]
        night = bool(a.night[slot])
        worked = [bool(mine[a.day == d].any()) for d in range(a.problem.days)]
        day = int(a.day[slot])
        first = last = day
        while first > 0 and worked[first - 1]:
            first -= 1
        while last + 1 < a.problem.days and worked[last + 1]:
            last += 1
        row = last - first + 1 + (int(a.row_before[person]) if first == 0 else 0)
        return bool(
            self.possible[person, slot]
            and not mine[slot]
            and not (mine & a.conflict[slot]).any()
            and mine.sum() < a.most[person]
            and (not night or mine[a.night].sum() < a.most_nights[person])
            and row <= a.problem.rules.days_in_row
        )

    def put(self, person: int, line: int) -> None:
        """Let a person stand on a line."""
        slot = self.arrays.slot[line]
        self.on[person, slot] = True
        self.line[person, slot] = line

    def take(self, person: int, slot: int) -> None:
        """Take a person off a slot."""
        self.on[person, slot] = self.arrays.busy[person, slot]
        self.line[person, slot] = _NONE

    def clear(self, slot: int) -> None:
        """Take everybody off a slot."""
        self.on[:, slot] = self.arrays.busy[:, slot]
        self.line[:, slot] = _NONE

    def standing(self, slot: int) -> Ints:
        """Return how many of each class stand on each line of a slot."""
        a = self.arrays
        lines = a.by_slot[slot]
        result = np.zeros((len(a.classes), len(lines)), dtype=np.int64)
        who = np.flatnonzero(self.line[:, slot] != _NONE)
        column = np.searchsorted(lines, self.line[who, slot])
        np.add.at(result, (a.kind[who], column), 1)
        return result

    def supply(self, who: Bools) -> Ints:
        """Return how many of `who` each class has."""
        a = self.arrays
        return np.bincount(a.kind[who], minlength=len(a.classes)).astype(np.int64)

    def seat(self, slot: int, flow: Ints, free: Bools) -> None:
        """Choose the people for `flow[class, line]` among `free` and put them on their lines.

        First those who asked for it, then who had the fewest nights and duties: that is fair.
        Within a class each goes where it was before if it can, else where its colleagues are.
        """
        a = self.arrays
        wanted = flow.sum(axis=1)
        who = np.flatnonzero(free & (wanted[a.kind] > 0))
        load = self.on.sum(axis=1)[who]
        nights = self.on[:, a.night].sum(axis=1)[who] if a.night[slot] else np.zeros_like(who)
        order = np.lexsort((who, load, nights, -a.requests[who, slot], a.kind[who]))
        who = who[order]
        first = np.searchsorted(a.kind[who], a.kind[who])
        chosen = who[np.arange(len(who)) - first < wanted[a.kind[who]]]
        lines = a.by_slot[slot]
        colleagues: dict[int, Counter[int]] = defaultdict(Counter)
        last = self._last_place(chosen, slot)
        begin = 0
        for kind in np.flatnonzero(wanted):
            group = chosen[begin : begin + wanted[kind]]
            before = last[begin : begin + wanted[kind]]
            begin += wanted[kind]
            columns = np.flatnonzero(flow[kind])
            room = {int(lines[c]): int(flow[kind, c]) for c in columns}
            self._place(group, before, room, colleagues)

    def _last_place(self, who: Ints, slot: int) -> Ints:
        """Return where each of `who` stood last before the slot (or next after it), or -1."""
        a = self.arrays
        found = np.full(len(who), _NONE, dtype=np.int64)
        for t in [*range(slot - 1, -1, -1), *range(slot + 1, a.slots)]:
            line = self.line[who, t]
            fresh = (found == _NONE) & (line != _NONE)
            found[fresh] = a.place[line[fresh]]
        return found

    def _place(
        self,
        group: Ints,
        before: Ints,
        room: dict[int, int],
        colleagues: dict[int, Counter[int]],
    ) -> None:
        a = self.arrays
        at = {int(a.place[line]): line for line in room}
        rest: dict[int, list[int]] = defaultdict(list)
        for person, place in zip(group.tolist(), before.tolist(), strict=True):
            line = at.get(place, _NONE)
            if room.get(line, 0) > 0:
                room[line] -= 1
                self._sit(person, line, colleagues)
            else:
                rest[int(a.organisation[person])].append(person)
        for line in sorted(room, key=lambda n: (-room[n], n)):
            here = colleagues[int(a.place[line])]
            while room[line] > 0 and rest:
                unit = max(rest, key=lambda o: (here[o] > 0, len(rest[o]), -o))
                person = rest[unit].pop()
                if not rest[unit]:
                    del rest[unit]
                room[line] -= 1
                self._sit(person, line, colleagues)

    def _sit(self, person: int, line: int, colleagues: dict[int, Counter[int]]) -> None:
        self.put(person, line)
        colleagues[int(self.arrays.place[line])][int(self.arrays.organisation[person])] += 1

    def assignments(self) -> tuple[Assignment, ...]:
        """Return everything as assignments, by need and person."""
        who, slots = np.nonzero(self.line != _NONE)
        lines = self.line[who, slots]
        order = np.lexsort((who, lines))
        return tuple(
            Assignment(int(p), int(n)) for p, n in zip(who[order], lines[order], strict=True)
        )

    def load(self, assignments: Iterable[Assignment]) -> None:
        """Put a plan made before on the board."""
        for one in assignments:
            self.put(one.person, one.need)
