"""What a phone must be told to be as the server is: computed from its cursor and the journal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from lianfang.areas.models import Area
from lianfang.areas.rules import Level, district_of
from lianfang.doors.sync import feed, lists, rows
from lianfang.doors.sync.protocol import Cursor
from lianfang.kernel.actors import Actor
from lianfang.kernel.scope import within
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people import phone
from lianfang.people.models import Account, Household, Person
from lianfang.people.rules import HouseholdState, PersonState
from lianfang.screening.models import Round

# Doors in one answer; about 400 bytes each before compression.
MOST_DOORS = 2_500


@dataclass
class Changes:
    """The answer: what to keep, what is new, and the cursor after it."""

    body: dict[str, Any]
    cursor: Cursor
    more: bool


def of(account: Account, actor: Actor, cursor: Cursor | None) -> Changes:
    """Return what changed for a phone since `cursor`; everything for one without.

    The heads are read before the rows. A row may then be newer than its cursor and come again the
    next time, but none is ever left out.
    """
    told = cursor or Cursor()
    paths = phone_paths(actor)
    seqs = feed.heads({district_of(path) for path in paths})
    reader = _Reader(actor, told, paths, seqs)
    body = reader.read()
    small = {
        "areas": lists.areas(paths),
        "rounds": lists.rounds(reader.rounds),
        "duties": lists.duties(actor),
        "me": lists.me(account, actor, paths),
    }
    parts = phone.lists(phone.owner_of(account, actor))
    sums = {name: lists.digest(value) for name, value in small.items()}
    body.update({n: value for n, value in small.items() if told.sums.get(n) != sums[n]})
    # A room's part is sent with its name; null takes it off the phone.
    sums |= {f"room:{name}": lists.digest(value) for name, value in parts.items() if value}
    changed = {
        n: v for n, v in parts.items() if told.sums.get(f"room:{n}") != sums.get(f"room:{n}")
    }
    gone = [n for n in _told_rooms(told) if n not in parts]
    if changed or gone:
        body["rooms"] = {**dict.fromkeys(gone), **changed}
    after = Cursor(
        seqs=seqs,
        have=reader.have,
        part=reader.part,
        part_sight=reader.part_sight,
        after=reader.after,
        rounds=tuple(r.id for r in reader.rounds),
        sums=sums,
    )
    return Changes(body, after, reader.part is not None or reader.waiting)


def _told_rooms(told: Cursor) -> list[str]:
    return [name.removeprefix("room:") for name in told.sums if name.startswith("room:")]


def phone_paths(actor: Actor) -> tuple[str, ...]:
    """Return the paths whose doors the actor carries on a phone.

    Those at which the actor visits and sees addresses, from a community down: nobody visits the
    doors of a whole street, and a phone that is lost should not hold them.
    """
    return tuple(
        path
        for path in actor.paths(Verb.VISIT)
        if path.count("/") >= Level.COMMUNITY and actor.sees(Sight.ADDRESS, path)
    )


class _Reader:
    """Works out one answer."""

    def __init__(
        self, actor: Actor, told: Cursor, paths: tuple[str, ...], seqs: dict[str, int]
    ) -> None:
        self.actor = actor
        self.told = told
        self.paths = paths
        self.seqs = seqs
        self.sights = {path: rows.sight_of(actor, path) for path in paths}
        self.rounds: list[Round] = lists.open_rounds(actor, paths)
        self.have: dict[str, str] = {}
        self.part: str | None = None
        self.part_sight = ""
        self.after: UUID | None = None
        self.waiting = False
        self.room = MOST_DOORS

    def read(self) -> dict[str, Any]:
        told = self.told
        changed: dict[str, set[UUID]] = {}
        too_many: set[str] = set()
        areas = self._areas()
        for district, upto in self.seqs.items():
            since = told.seqs.get(district)
            if since is None:
                continue
            found = feed.touched(district, since, upto, areas)
            if found.too_many or since > upto:
                # Also when the server was restored from a backup and is behind the phone.
                too_many.add(district)
            changed[district] = found.ids
        for path, sight in told.have.items():
            if self._still(path, sight) and district_of(path) not in too_many:
                self.have[path] = sight
        if (
            told.part
            and self._still(told.part, told.part_sight)
            and district_of(told.part) not in too_many
        ):
            self.part, self.part_sight, self.after = told.part, told.part_sight, told.after
        keep = sorted([*self.have, *([self.part] if self.part else [])])
        body: dict[str, Any] = {"keep": keep, "doors": [], "gone": [], "gone_persons": []}
        if keep:
            for district, ids in changed.items():
                self._touched(body, district, ids, keep)
            self._lines(body, keep)
        self._load(body)
        return body

    def _still(self, path: str, sight: str) -> bool:
        """Tell whether what the phone holds of `path` is still its to hold, as it was told it."""
        return any(path.startswith(p) for p in self.paths) and (
            rows.sight_of(self.actor, path) == sight
        )

    def _areas(self) -> set[UUID]:
        if not self.paths:
            return set()
        found = Area.objects.filter(within(self.paths, "path"))
        return set(found.values_list("id", flat=True))

    def _touched(
        self, body: dict[str, Any], district: str, ids: set[UUID], keep: Collection[str]
    ) -> None:
        """Send anew what records spoke of, and take back what left the scope."""
        if not ids:
            return
        persons = list(
            Person.objects.filter(district=district, id__in=ids).values_list(
                "id", "household_id", "state"
            )
        )
        doors = ids | {door for _, door, state in persons if door and state == PersonState.LIVE}
        found = list(
            Household.objects.filter(district=district, id__in=doors).select_related("area")
        )
        visible = [
            h
            for h in found
            if h.state == HouseholdState.LIVE and any(h.area.path.startswith(p) for p in keep)
        ]
        sent = {h.id for h in visible}
        body["doors"] += self._rows(visible, district)
        body["gone"] += sorted(str(h.id) for h in found if h.id in ids and h.id not in sent)
        body["gone_persons"] += sorted(
            str(i) for i, door, state in persons if door not in sent or state != PersonState.LIVE
        )

    def _lines(self, body: dict[str, Any], keep: Collection[str]) -> None:
        """Send the standings of rounds that are new to the phone, for the doors it holds."""
        fresh = [r for r in self.rounds if r.id not in self.told.rounds]
        lines: list[Any] = []
        if fresh:
            by_district = defaultdict(list)
            found = rows.in_paths(keep, list(self.seqs))
            for district, door in found.values_list("district", "id"):
                by_district[district].append(door)
            for district, doors in by_district.items():
                for start in range(0, len(doors), 500):
                    known = rows.standings(district, doors[start : start + 500], fresh)
                    lines += [[str(door), s] for door, all_ in known.items() for s in all_]
        if lines:
            body["lines"] = lines

    def _load(self, body: dict[str, Any]) -> None:
        """Send the doors of paths that the phone has not got yet, as many as fit."""
        wanted = [self.part] if self.part else []
        wanted += [
            p for p in self.paths if p not in wanted and not any(p.startswith(h) for h in self.have)
        ]
        for path in wanted:
            if self.room <= 0:
                self.waiting = True
                return
            start = self.after if path == self.part else None
            district = district_of(path)
            found = rows.in_paths([path], [district]).select_related("area").order_by("id")
            if start:
                found = found.filter(id__gt=start)
            listed = list(found[: self.room + 1])
            page = listed[: self.room]
            body["doors"] += self._rows(page, district)
            self.room -= len(page)
            if len(listed) > len(page):
                self.part, self.part_sight = path, rows.sight_of(self.actor, path)
                self.after = page[-1].id
                return
            self.part, self.part_sight, self.after = None, "", None
            self.have = {p: s for p, s in self.have.items() if not p.startswith(path)}
            self.have[path] = rows.sight_of(self.actor, path)

    def _rows(self, found: Iterable[Household], district: str) -> list[Any]:
        sights: dict[str, str] = {}
        pairs = []
        for household in found:
            path = household.area.path
            if path not in sights:
                sights[path] = rows.sight_of(self.actor, path)
            pairs.append((household, sights[path]))
        return rows.doors(pairs, district, self.rounds)
