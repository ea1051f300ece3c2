"""What can be read of manifests and passengers: scope says which rows, sight which fields."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from lianfang.areas import queries as area_queries
from lianfang.areas.models import Area
from lianfang.areas.rules import Level
from lianfang.arrivals import rules
from lianfang.arrivals.models import Manifest, Passenger, RuleSet, Stay
from lianfang.arrivals.planning import live_lines, rules_for, split
from lianfang.arrivals.rules import PassengerState
from lianfang.kernel.actors import Actor
from lianfang.kernel.scope import within
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people.rules import mask_name


def manifests(
    actor: Actor, districts: Collection[str], *, state: str = "", text: str = ""
) -> QuerySet[Manifest]:
    """Return the manifests in the actor's scope with their areas, narrowed by state and vehicle."""
    found = Manifest.objects.filter(
        within(actor.paths(Verb.PLACE), "area__path"), district__in=districts
    ).select_related("area")
    if state:
        found = found.filter(state=state)
    if text := text.strip():
        found = found.filter(Q(vehicle__icontains=text) | Q(origin__icontains=text))
    return found


def manifest(actor: Actor, district: str, manifest_id: UUID) -> Manifest | None:
    """Return one manifest with its area; None when absent or forbidden."""
    return manifests(actor, [district]).filter(id=manifest_id).first()


def listed(district: str, manifest_id: UUID) -> dict[UUID, Passenger]:
    """Return all lines of a manifest that the caller has found in scope, by id."""
    rows = Passenger.objects.filter(district=district, manifest_id=manifest_id)
    return {row.id: row for row in rows}


def community_of(row: Manifest) -> UUID:
    """Return the community at which a manifest is received (needs `area` loaded)."""
    if row.area.level > Level.COMMUNITY and row.area.parent_id:
        return UUID(str(row.area.parent_id))
    return UUID(str(row.area_id))


# What a list of passengers can be narrowed to.
WHICH = (
    "expected",
    "present",
    "missing",
    "double",
    "extra",
    "fever",
    "unsorted",
    "hospital",
    "hotel",
    "site",
    "home",
    "waiting",
    "placed",
)


def passengers(row: Manifest, *, which: str = "", text: str = "") -> QuerySet[Passenger]:
    """Return the lines of a manifest, narrowed. `which` is one of `WHICH`, a search is by seat,
    the beginning of a name in either script, a family's mark, or a whole document."""
    found = Passenger.objects.filter(district=row.district, manifest_id=row.id)
    live = [PassengerState.EXPECTED, PassengerState.PRESENT]
    if which in {str(s) for s in PassengerState}:
        found = found.filter(state=which)
    elif which in {str(d) for d in rules.Destination}:
        found = found.filter(destination=which, state__in=live)
    elif which == "extra":
        found = found.filter(extra=True)
    elif which == "fever":
        found = found.filter(temperature__gte=373)
    elif which == "unsorted":
        found = found.filter(destination="", state__in=live)
    elif which == "waiting":
        found = found.filter(state=PassengerState.PRESENT, placed_at=None)
    elif which == "placed":
        found = found.exclude(placed_at=None)
    if text := text.strip():
        wanted = Q(seat__iexact=text) | Q(name__startswith=text) | Q(family__iexact=text)
        wanted |= Q(name_latin__istartswith=text)
        if len(text) > 5:
            wanted |= Q(id_index__in=_indexes(text))
        found = found.filter(wanted)
    return found


def _indexes(number: str) -> list[str]:
    from lianfang.arrivals.manifest_commands import document_index

    kinds = ("resident", "passport", "permit", "other")
    return [document_index(kind, number.upper()) for kind in kinds]


def passenger(row: Manifest, passenger_id: UUID) -> Passenger | None:
    """Return one line of a manifest that the caller has found in scope."""
    found = Passenger.objects.filter(district=row.district, manifest_id=row.id, id=passenger_id)
    return found.first()


@dataclass(frozen=True, slots=True)
class Counts:
    """How a manifest stands; `gap` is the head count less those present (None: not counted)."""

    expected: int
    present: int
    missing: int
    double: int
    extra: int
    fever: int
    unsorted: int
    waiting: int
    placed: int
    to: dict[str, int]
    gap: int | None


def counts(row: Manifest) -> Counts:
    """Return the figures of a manifest, each of which opens its list."""
    live = Q(state__in=[PassengerState.EXPECTED, PassengerState.PRESENT])
    here = Q(state=PassengerState.PRESENT)
    numbers = Passenger.objects.filter(district=row.district, manifest_id=row.id).aggregate(
        expected=Count("id", filter=Q(state=PassengerState.EXPECTED)),
        present=Count("id", filter=here),
        missing=Count("id", filter=Q(state=PassengerState.MISSING)),
        double=Count("id", filter=Q(state=PassengerState.DOUBLE)),
        extra=Count("id", filter=Q(extra=True)),
        fever=Count("id", filter=live & Q(temperature__gte=373)),
        unsorted=Count("id", filter=live & Q(destination="")),
        waiting=Count("id", filter=here & Q(placed_at=None)),
        placed=Count("id", filter=~Q(placed_at=None)),
        **{f"to_{d}": Count("id", filter=live & Q(destination=d)) for d in rules.Destination},
    )
    to = {str(d): numbers.pop(f"to_{d}") for d in rules.Destination}
    gap = None if row.heads is None else row.heads - numbers["present"]
    return Counts(**numbers, to=to, gap=gap)


@dataclass(frozen=True, slots=True)
class Shown:
    """What an actor sees of a passenger: who places them sees the name, as one needs at a gate."""

    name: str
    latin: str
    temperature: str
    symptoms: tuple[str, ...]


def shown(actor: Actor, row: Passenger, path: str) -> Shown:
    """Return the fields of a passenger that the actor's rights allow where he is received."""
    places = actor.may(Verb.PLACE, path)
    named = places or actor.sees(Sight.IDENTITY, path) or actor.sees(Sight.NAME, path)
    health = places or actor.sees(Sight.HEALTH, path)
    degrees = "" if row.temperature is None else f"{row.temperature / 10:.1f}"
    return Shown(
        row.name if named else mask_name(row.name),
        row.name_latin if named else "",
        degrees if health else "",
        tuple(row.symptoms) if health else (),
    )


# --- rules and families ------------------------------------------------------------------------


def rule_set(area: Area) -> RuleSet | None:
    """Return the rules that hold for an area: its own newest, or those of the nearest above."""
    above = [a.id for a in reversed(area_queries.ancestors(area)) if a.district]
    return rules_for(area.district, [area.id, *above])


def rule_set_by_id(district: str, rule_set_id: UUID | None) -> RuleSet | None:
    """Return one version of rules."""
    if rule_set_id is None:
        return None
    return RuleSet.objects.filter(district=district, id=rule_set_id).first()


def versions(area: Area) -> Sequence[RuleSet]:
    """Return all versions of an area's own rules, the newest first."""
    found = RuleSet.objects.filter(district=area.district, area_id=area.id)
    return list(found.order_by("-version")[:50])


def split_families(row: Manifest) -> dict[str, list[Passenger]]:
    """Return the families that the rules split and about which nobody has decided."""
    lines = live_lines(row)
    by_id = {line.id: line for line in lines}
    return {family: [by_id[i] for i in ids] for family, ids in split(lines).items()}


# --- neighbours --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Somebody who was near a person: in the same `room` or at the same `table`, from then until
    then (None: still)."""

    person_id: UUID
    how: str
    site_id: UUID
    since: datetime
    until: datetime | None


def neighbours(district: str, person_id: UUID, since: datetime | None = None) -> list[Neighbour]:
    """Return who shared a room or a table at a site with a person, for tracing; nobody twice for
    the same way and stay. `since` cuts off what was before (the exposure window)."""
    result: list[Neighbour] = []
    mine = Stay.objects.filter(district=district, person_id=person_id).exclude(site_id=None)
    for stay in mine.order_by("since", "id"):
        near = Q(room_id=stay.room_id)
        if stay.table:
            near |= Q(table=stay.table)
        others = Stay.objects.filter(near, district=district, site_id=stay.site_id)
        for other in others.exclude(person_id=person_id).order_by("since", "id"):
            common = rules.overlap(stay.since, stay.until, other.since, other.until)
            if common is None or not other.site_id:
                continue
            start, end = common
            if since is not None:
                if end is not None and end <= since:
                    continue
                start = max(start, since)
            how = "room" if other.room_id == stay.room_id else "table"
            result.append(Neighbour(other.person_id, how, other.site_id, start, end))
    return result


def stays(district: str, person_ids: Iterable[UUID]) -> dict[UUID, Stay]:
    """Return the live stay of each person who has one, with its site and room."""
    found = Stay.objects.filter(district=district, person_id__in=list(person_ids), until=None)
    return {row.person_id: row for row in found.select_related("site", "room")}
