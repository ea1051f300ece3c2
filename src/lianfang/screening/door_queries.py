"""The doors of a round: lists, buildings, fevers. The actor first, then scope and sight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from lianfang.areas.models import Area
from lianfang.areas.rules import Level
from lianfang.kernel.actors import Actor
from lianfang.kernel.models import Duty
from lianfang.kernel.rules import LIVE
from lianfang.kernel.scope import within
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people import account_queries
from lianfang.people.models import Household, Person
from lianfang.people.rules import PersonState, natural
from lianfang.screening.ledger import owed
from lianfang.screening.models import (
    Coverage,
    Reading,
    Round,
    RoundArea,
    RoundDistrict,
    Visit,
)
from lianfang.screening.rules import DONE, EXCUSED, OPEN, Counts, Outcome, RoundState
from lianfang.screening.visit_commands import REFERRAL, REVISIT

# The lists that can be asked for: a part of the ledger, one outcome, or those with a fever.
PARTS = ("open", "silent", "done", "excused", "fever", "all")


def may_list(actor: Actor, area: Area) -> bool:
    """Tell whether the actor sees doors one by one: from streets down, with addresses."""
    return (
        area.level >= Level.STREET
        and actor.may(Verb.READ, area.path)
        and actor.sees(Sight.ADDRESS, area.path)
    )


def paths_of(round_id: UUID) -> list[str]:
    """Return the paths that a round covers."""
    rows = RoundArea.objects.filter(round_id=round_id)
    return list(rows.order_by("area__path").values_list("area__path", flat=True))


def closed_in(round_id: UUID, district: str) -> bool:
    """Tell whether the district's part of the round is closed, so that every door has its line."""
    return RoundDistrict.objects.filter(
        district=district, id=round_id, state=RoundState.CLOSED
    ).exists()


def owed_doors(round_: Round, area: Area) -> QuerySet[Household]:
    """Return the doors that a round owes in an area of one district, in no order.

    While the round runs these are the doors on the list now; then those of its closed ledger.
    The caller has checked scope and sight.
    """
    if closed_in(round_.id, area.district):
        here = Coverage.objects.filter(
            district=area.district,
            round_id=round_.id,
            area_id__in=Area.objects.filter(path__under=area.path).values("id"),
        )
        return Household.objects.filter(
            district=area.district, id__in=here.values("household_id")
        ).order_by()
    return Household.objects.filter(
        owed(area.district, paths_of(round_.id), round_.continues_id),
        area__path__under=area.path,
    ).order_by()


def ledger(round_: Round, area: Area) -> QuerySet[Any]:
    """Return the doors that a round owes in an area of one district, in the order of buildings.

    Each has `outcome` (None: nobody has been there), `fever`, `tried_at`, `visit_id` and
    `line_owner`. The caller has checked scope and sight.
    """
    line = Coverage.objects.filter(
        district=OuterRef("district"), round_id=round_.id, household_id=OuterRef("id")
    )
    return (
        owed_doors(round_, area)
        .annotate(
            outcome=Subquery(line.values("outcome")[:1]),
            fever=Subquery(line.values("fever")[:1]),
            tried_at=Subquery(line.values("occurred_at")[:1]),
            visit_id=Subquery(line.values("visit_id")[:1]),
            line_owner=Subquery(line.values("owner")[:1]),
        )
        .select_related("area")
        .order_by("sort_key", "id")
    )


def doors(
    actor: Actor,
    round_: Round,
    area: Area,
    *,
    part: str = "open",
    outcome: str = "",
    text: str = "",
) -> QuerySet[Any]:
    """Return a list of the round's doors: `part` is one of PARTS; narrowed by outcome and door.

    Empty for an actor who does not see addresses there; fevers only with the sight of health.
    """
    if not may_list(actor, area):
        return Household.objects.none()
    found = ledger(round_, area)
    if "" not in (paths := actor.paths(Verb.READ)):
        found = found.filter(within(paths, "area__path"))
    settled = [o.value for o in (*DONE, *EXCUSED)]
    if part in ("open", "silent"):
        found = found.filter(Q(outcome=None) | ~Q(outcome__in=settled))
        if part == "silent":
            found = found.filter(area__named=0, area__level=Level.GRID)
    elif part == "done":
        found = found.filter(outcome__in=[o.value for o in DONE])
    elif part == "excused":
        found = found.filter(outcome__in=[o.value for o in EXCUSED])
    elif part == "fever":
        if not actor.sees(Sight.HEALTH, area.path):
            return Household.objects.none()
        found = found.filter(fever=True)
    if outcome == Outcome.UNVISITED:
        found = found.filter(Q(outcome=None) | Q(outcome=Outcome.UNVISITED))
    elif outcome:
        found = found.filter(outcome=outcome)
    if text := text.strip().upper().replace(" ", ""):
        found = found.filter(Q(address_key__startswith=text) | Q(room=text) | Q(building=text))
    return found


@dataclass(frozen=True, slots=True)
class Owed:
    """A door of a list with what its owner has to know."""

    household: Household
    outcome: Outcome
    tried_at: datetime | None
    owners: tuple[str, ...]
    silent: bool
    revisit_due: datetime | None


def with_owners(round_id: UUID, found: Sequence[Any]) -> list[Owed]:
    """Return doors of one district with their owners and due revisits: three queries for a page.

    The owner is whom the closed round names, or else those who are named for the grid.
    """
    workers = account_queries.named_workers(h.area_id for h in found)
    names = account_queries.names(h.line_owner for h in found if h.line_owner)
    due: dict[UUID, datetime] = {}
    if found:
        duties = Duty.objects.filter(
            district=found[0].district,
            kind=REVISIT,
            subject_id__in=[h.id for h in found],
            context_id=round_id,
            state__in=LIVE,
        )
        due = dict(duties.exclude(due_at=None).values_list("subject_id", "due_at"))  # type: ignore[arg-type]
    result = []
    for h in found:
        outcome = Outcome(h.outcome or Outcome.UNVISITED)
        owner = names.get(h.line_owner or "")
        owners = (owner,) if owner else tuple(workers.get(h.area_id, ()))
        if outcome not in OPEN:
            owners = ()
        silent = outcome in OPEN and not owners and not h.area.named and h.area.level == Level.GRID
        tried = h.tried_at
        result.append(Owed(h, outcome, tried, owners, silent, due.get(h.id)))
    return result


def building(actor: Actor, round_: Round, area: Area, name: str) -> list[Any]:
    """Return all doors that a round owes in one building, as `ledger` gives them."""
    if not may_list(actor, area):
        return []
    found = ledger(round_, area).filter(building=name)
    if "" not in (paths := actor.paths(Verb.READ)):
        found = found.filter(within(paths, "area__path"))
    return list(found[:2_000])


@dataclass(frozen=True, slots=True)
class OfBuilding:
    """The coverage of one building."""

    name: str
    counts: Counts


def by_building(actor: Actor, round_: Round, area: Area) -> list[OfBuilding]:
    """Return the coverage of each building of a grid or community, in their order: one query.

    Buildings have no tallies of their own; a community's doors are few enough to count.
    """
    if not may_list(actor, area):
        return []
    found = ledger(round_, area).order_by()
    if "" not in (paths := actor.paths(Verb.READ)):
        found = found.filter(within(paths, "area__path"))
    rows = found.values("building", "outcome", "fever").annotate(
        n=Count("id"), gaps=Count("id", filter=Q(area__named=0, area__level=Level.GRID))
    )
    sums: dict[str, Counter[str]] = {}
    for row in rows:
        mine = sums.setdefault(row["building"], Counter())
        outcome = Outcome(row["outcome"] or Outcome.UNVISITED)
        mine["households"] += row["n"]
        if outcome is not Outcome.UNVISITED:
            mine[outcome.value] += row["n"]
        if outcome in OPEN:
            mine["silent"] += row["gaps"]
        if row["fever"]:
            mine["fever"] += row["n"]
    return [
        OfBuilding(name, Counts(**sums[name]))
        for name in sorted(sums, key=lambda building: natural(building))
    ]


@dataclass(frozen=True, slots=True)
class Feverish:
    """Somebody with a fever in a round, and what has been done about it."""

    person: Person
    household: Household
    tenths: int | None
    symptoms: tuple[str, ...]
    at: datetime | None
    duty: Duty | None


def fevers(actor: Actor, round_: Round, area: Area, limit: int = 200) -> list[Feverish]:
    """Return who had a fever at the visit that counts, the latest first; only with health sight."""
    if not (may_list(actor, area) and actor.sees(Sight.HEALTH, area.path)):
        return []
    lines = Coverage.objects.filter(
        district=area.district,
        round_id=round_.id,
        fever=True,
        area_id__in=Area.objects.filter(path__under=area.path).values("id"),
    )
    at = dict(lines.order_by("-occurred_at").values_list("visit_id", "occurred_at")[:limit])
    readings = list(
        Reading.objects.filter(district=area.district, visit_id__in=list(at), fever=True)
    )
    people = {
        p.id: p
        for p in Person.objects.select_related("household__area").filter(
            district=area.district, id__in=[r.person_id for r in readings]
        )
    }
    duties = {
        d.subject_id: d
        for d in Duty.objects.filter(
            district=area.district, kind=REFERRAL, subject_id__in=list(people)
        ).order_by("opened_at", "id")
    }
    found = []
    for reading in readings:
        person = people.get(reading.person_id)
        if person is None or person.household is None:
            continue
        if not actor.may(Verb.READ, person.household.path):
            continue
        found.append(
            Feverish(
                person,
                person.household,
                reading.tenths,
                tuple(reading.symptoms),
                at[reading.visit_id],
                duties.get(person.id),
            )
        )
    return sorted(found, key=lambda f: str(f.at), reverse=True)


def standing(district: str, round_id: UUID, household_id: UUID) -> Coverage | None:
    """Return the line of one door in a round; None where nobody has been."""
    return Coverage.objects.filter(
        district=district, round_id=round_id, household_id=household_id
    ).first()


def a_visit(district: str, round_id: UUID, household_id: UUID, visit_id: UUID) -> Visit | None:
    """Return one visit to a door in a round."""
    return Visit.objects.filter(
        district=district, id=visit_id, round_id=round_id, household_id=household_id
    ).first()


def readings_of(district: str, visit_id: UUID) -> list[Reading]:
    """Return the readings of one visit, for a caller who has checked the health sight."""
    return list(Reading.objects.filter(district=district, visit_id=visit_id).order_by("id"))


def residents(household: Household) -> list[Person]:
    """Return who lives behind a door now."""
    found = Person.objects.filter(
        district=household.district, household_id=household.id, state=PersonState.LIVE
    )
    return list(found.order_by("registered_at", "id"))


def running(path: str) -> list[Round]:
    """Return the open rounds that cover a place, the latest first; the caller checked the scope."""
    codes = path.rstrip("/").split("/")
    above = ["/".join(codes[:n]) + "/" for n in range(1, len(codes) + 1)]
    covering = RoundArea.objects.filter(area__path__in=above)
    found = Round.objects.filter(id__in=covering.values("round_id"), state=RoundState.OPEN)
    return list(found.order_by("-opened_at", "-id"))
