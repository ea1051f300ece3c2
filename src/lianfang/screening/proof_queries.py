"""The proof of coverage: a round's ledger of an area, its changes, and a digest over its lines.

No name of a resident, no reading, no telephone: an inspector needs the door, what came of it, when,
by whom, and who owes what is open. The digest is taken over ids, so that it stays the same when an
address is corrected later: SHA-256 over one line for each household, sorted by its id,

    district|household|outcome|time (UTC)|record of the visit|owner

each ended by a line feed. The columns are in the file that goes with the proof.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from lianfang.areas import queries as area_queries
from lianfang.areas.models import Area
from lianfang.areas.rules import Level
from lianfang.kernel.actors import Actor
from lianfang.kernel.models import Record, Stream
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people import account_queries
from lianfang.people.models import Household
from lianfang.people.rules import HouseholdState
from lianfang.screening import queries
from lianfang.screening.door_queries import closed_in, ledger, owed_doors, paths_of
from lianfang.screening.ledger import settled
from lianfang.screening.models import Coverage, Round, RoundDistrict, Visit
from lianfang.screening.rules import DONE, EXCUSED, OPEN, Counts, Outcome
from lianfang.web import paging

RECIPE = "sha256(sorted lines: district|household|outcome|time in UTC|record|owner + LF)"


# district, household, outcome, time, record of the visit, owner; None where nobody has been.
Row = tuple[str, UUID, str | None, datetime | None, UUID | None, str | None]
# Lines on one page of the screen.
PAGE = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One household of the ledger."""

    district: str
    household_id: UUID
    door: str
    grid: str
    outcome: Outcome
    at: datetime | None
    visit_id: UUID | None
    seq: int | None
    who: str
    owner_ref: str
    owner: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the denominator while the round ran, as the journal has it."""

    seq: int
    at: datetime
    command: str
    by: int
    door: str
    why: str
    who: str


@dataclass(frozen=True)
class Proof:
    """Everything that an inspector is shown of a round in an area.

    `rows` is the whole ledger, as the digest is taken over it; `lines` the same with words, or one
    page of it with the cursors of its neighbours.
    """

    round: Round
    area: Area
    counts: Counts
    rows: list[Row]
    lines: list[Line]
    changes: list[Change]
    first: int
    last: int
    closed: bool
    digest: str
    at_start: int
    sums: dict[str, int] = field(default_factory=dict)
    next: str = ""
    previous: str = ""

    @property
    def agrees(self) -> bool:
        """Tell whether the lines, counted one by one, give the counters."""
        found = Counter(Outcome(row[2] or Outcome.UNVISITED) for row in self.rows)
        done = sum(found[o] for o in DONE)
        excused = sum(found[o] for o in EXCUSED)
        return (len(self.rows), done, excused) == (
            self.counts.households,
            self.counts.done,
            self.counts.excused,
        )


def may_prove(actor: Actor, area: Area) -> bool:
    """Tell whether the actor may take a proof with every door: a reader of the journal there."""
    return (
        area.level >= Level.STREET
        and actor.may(Verb.READ_JOURNAL, area.path)
        and actor.sees(Sight.ADDRESS, area.path)
    )


def prove(actor: Actor, round_: Round, area: Area, *, cursor: str | None = None) -> Proof | None:
    """Return the proof for an area, from streets down; None where the actor may not take one.

    With every line, or with one page of them when there is a `cursor` ('' is the first page).
    """
    if not may_prove(actor, area):
        return None
    district = area.district
    part = RoundDistrict.objects.filter(district=district, id=round_.id).first()
    if part is None:
        return None
    first, last = _range(district, round_.id)
    shown: paging.Page[Any] = paging.Page([])
    if cursor is None:
        lines = _lines(round_, area, list(ledger(round_, area)))
        rows: list[Row] = [_row(line) for line in lines]
    else:
        shown = paging.page(ledger(round_, area), ["sort_key", "id"], cursor, size=PAGE)
        lines = _lines(round_, area, shown.rows)
        rows = _rows(round_, area)
    changes = _changes(round_, area, part.joined_at, first, last)
    return Proof(
        round=round_,
        area=area,
        counts=queries.coverage(actor, round_.id, area),
        rows=rows,
        lines=lines,
        changes=changes,
        first=first,
        last=last,
        closed=closed_in(round_.id, district),
        digest=_digest(rows),
        at_start=len(rows) - sum(change.by for change in changes),
        sums={
            name: sum(abs(c.by) for c in changes if c.command == name)
            for name in ("household.register", "household.close", "household.merge")
        },
        next=shown.next,
        previous=shown.previous,
    )


def ledger_digest(round_: Round, area: Area) -> tuple[str, int]:
    """Return the digest over an area's ledger as it is now, and the number of its lines."""
    rows = _rows(round_, area)
    return _digest(rows), len(rows)


def text_of(line: Line) -> str:
    """Return a line as the digest is taken over it, without the line feed."""
    return _text(_row(line)).rstrip("\n")


def _row(n: Line) -> Row:
    return (n.district, n.household_id, n.outcome, n.at, n.visit_id, n.owner_ref)


def _rows(round_: Round, area: Area) -> list[Row]:
    """Return the ledger bare: two plain reads, where `ledger` looks five times for each door."""
    doors = owed_doors(round_, area).values_list("id", flat=True)
    lines = Coverage.objects.filter(
        district=area.district, round_id=round_.id, household_id__in=doors
    ).values_list("household_id", "outcome", "occurred_at", "visit_id", "owner")
    known = {line[0]: line[1:] for line in lines}
    nothing = (None, None, None, None)
    return [(area.district, door, *known.get(door, nothing)) for door in doors]


def _digest(rows: Iterable[Row]) -> str:
    total = hashlib.sha256()
    for text in sorted(map(_text, rows)):
        total.update(text.encode())
    return total.hexdigest()


def _text(row: Row) -> str:
    district, household, outcome, at, visit, owner = row
    moment = at.astimezone(UTC).isoformat() if at else ""
    parts = (district, household, outcome or Outcome.UNVISITED, moment, visit or "", owner or "")
    return "|".join(map(str, parts)) + "\n"


def _range(district: str, round_id: UUID) -> tuple[int, int]:
    """Return the numbers in the district's journal from the round's begin to its end, or to now."""
    rows = Record.objects.filter(
        district=district,
        subject_id=round_id,
        command__in=["round.join", "round.close_district", "round.turn_district"],
    ).order_by("seq")
    seqs = list(rows.values_list("seq", flat=True))
    if len(seqs) > 1:
        return seqs[0], seqs[-1]
    now = Stream.objects.filter(district=district).values_list("seq", flat=True).first() or 0
    return (seqs[0] if seqs else 0), now


def _lines(round_: Round, area: Area, found: list[Any]) -> list[Line]:
    """Say the doors of a ledger in words."""
    # A page names its visits; for the whole ledger the database looks for them itself.
    counted: Any = [h.visit_id for h in found if h.visit_id]
    if len(found) > PAGE:
        counted = _visits(round_, area)
    visits = Visit.objects.filter(district=area.district, id__in=counted)
    actors = dict(visits.values_list("id", "actor"))
    records = Record.objects.filter(district=area.district, id__in=counted)
    seqs = dict(records.values_list("id", "seq"))
    return _said(found, actors, seqs)


def _visits(round_: Round, area: Area) -> Any:
    return Coverage.objects.filter(
        district=area.district,
        round_id=round_.id,
        area_id__in=Area.objects.filter(path__under=area.path).values("id"),
    ).values("visit_id")


def _said(found: list[Any], actors: dict[UUID, str], seqs: dict[UUID, int]) -> list[Line]:
    names = account_queries.names({*actors.values(), *(h.line_owner for h in found)} - {None, ""})
    workers = account_queries.named_workers({h.area_id for h in found})
    lines = []
    for h in found:
        outcome = Outcome(h.outcome or Outcome.UNVISITED)
        owner = ""
        if outcome in OPEN:
            owner = names.get(h.line_owner or "") or ", ".join(workers.get(h.area_id, ()))
        lines.append(
            Line(
                h.district,
                h.id,
                h.label,
                h.area.name,
                outcome,
                h.tried_at,
                h.visit_id,
                seqs.get(h.visit_id),
                names.get(actors.get(h.visit_id, ""), ""),
                h.line_owner or "",
                owner,
            )
        )
    return lines


def _changes(round_: Round, area: Area, since: datetime, first: int, last: int) -> list[Change]:
    """Return what came on the list and left it, or moved over the area's border, in the journal."""
    district = area.district
    grids = list(Area.objects.filter(path__under=area.path).values_list("id", flat=True))
    here = Household.objects.select_related("area").filter(district=district, area_id__in=grids)
    came = here.filter(registered_at__gte=since)
    gone = here.filter(closed_at__gte=since).exclude(state=HouseholdState.LIVE)
    doors = {h.id: h for h in [*came, *gone]}
    out: set[UUID] = set()
    if round_.continues_id:
        out = settled(district, round_.continues_id, doors)
    records = Record.objects.filter(district=district, seq__gt=first, seq__lte=last)
    rows = list(
        records.filter(
            subject_id__in=list(doors),
            command__in=["household.register", "household.close", "household.merge"],
        )
    )
    names = account_queries.names(row.actor for row in rows)
    covered = paths_of(round_.id)
    changes = []
    for row in rows:
        door = doors[row.subject_id]  # type: ignore[index]
        if door.id in out or not any(door.area.path.startswith(p) for p in covered):
            continue
        by = 1 if row.command == "household.register" else -1
        why = door.closed_why if by < 0 else ""
        who = names.get(row.actor, "")
        changes.append(Change(row.seq, row.received_at, row.command, by, door.label, why, who))
    return sorted([*changes, *_moves(area, records, set(grids))], key=lambda c: c.seq)


def _moves(area: Area, records: Any, grids: set[UUID]) -> list[Change]:
    """Return the moves of doors between grids that cross the border of the area."""

    if area.level < Level.GRID:
        return []
    community = Area.objects.filter(parent=area.parent_id).values_list("id", flat=True)
    rows = list(records.filter(command="household.assign", subject_id__in=list(community)))
    names = account_queries.names(row.actor for row in rows)
    labels = area_queries.labels(row.subject_id for row in rows)
    changes = []
    for row in rows:
        moved = json.loads(row.result or "{}").get("moved", {})
        left = sum(len(ids) for origin, ids in moved.items() if UUID(origin) in grids)
        came = sum(len(ids) for ids in moved.values()) if row.subject_id in grids else 0
        by = came - left if row.subject_id in grids else -left
        if by:
            where = labels.get(row.subject_id, "")
            who = names.get(row.actor, "")
            changes.append(Change(row.seq, row.received_at, row.command, by, where, "", who))
    return changes


@dataclass(frozen=True, slots=True)
class Taken:
    """A proof that was handed out, as the journal keeps it."""

    at: datetime
    who: str
    digest: str
    lines: int
    seq: int


def taken(round_: Round, area: Area) -> list[Taken]:
    """Return the proofs of an area that were handed out, the latest first."""

    rows = list(
        Record.objects.filter(
            district=area.district, subject_id=round_.id, command="round.prove", area_id=area.id
        ).order_by("-seq")[:20]
    )
    names = account_queries.names(row.actor for row in rows)
    found = []
    for row in rows:
        content = json.loads(row.payload)
        found.append(
            Taken(
                row.received_at,
                names.get(row.actor, ""),
                content["digest"],
                content["lines"],
                row.seq,
            )
        )
    return found
