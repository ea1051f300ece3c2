"""From a manifest to entries: triage by the area's rules, and a plan of beds for what is free.

Nothing here writes: the rules are applied and the solver runs outside of the commands, what they
say becomes the payloads of `passenger.triage` and `arrival.place`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from lianfang.arrivals import placement, rules
from lianfang.arrivals.models import Manifest, Passenger, Room, RuleSet, Site, Stay
from lianfang.arrivals.placement import Bedroom, Plan, Traveller, Why
from lianfang.arrivals.rules import BEDDED, Destination, Facts, Member, PassengerState, SiteState
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import derive_id
from lianfang.people.models import Person


def facts_of(row: Passenger) -> Facts:
    """Return what the rules may look at."""
    return Facts(
        row.temperature,
        row.place_from,
        frozenset(row.symptoms),
        row.age,
        row.nationality,
        row.onward,
    )


def rules_for(district: str, path_ids: Sequence[UUID]) -> RuleSet | None:
    """Return the newest rules of the nearest of these areas (nearest first) that has any."""
    rows = RuleSet.objects.filter(district=district, area_id__in=list(path_ids))
    newest: dict[UUID, RuleSet] = {}
    for row in rows.order_by("version"):
        newest[row.area_id] = row
    return next((newest[i] for i in path_ids if i in newest), None)


def live_lines(manifest: Manifest) -> list[Passenger]:
    """Return the passengers who count: present or expected, no doubles, none missing."""
    found = Passenger.objects.filter(
        district=manifest.district,
        manifest_id=manifest.id,
        state__in=[PassengerState.EXPECTED, PassengerState.PRESENT],
    )
    return list(found.order_by("seat_key", "id"))


@dataclass(frozen=True, slots=True)
class Sorting:
    """What rules make of a manifest: how many go where, which families they split."""

    rule_of: dict[UUID, int | None]
    counts: dict[str, int]
    by_rule: list[int]
    split: dict[str, list[UUID]]


def sort(rows: Sequence[Passenger], chosen: Sequence[rules.Rule]) -> Sorting:
    """Apply rules to passengers without changing anything (the dry run of the editor)."""
    rule_of = {row.id: rules.first_match(chosen, facts_of(row)) for row in rows}
    where = {id_: str(chosen[n].destination) for id_, n in rule_of.items() if n is not None}
    counts = Counter(where.values())
    by_rule = Counter(n for n in rule_of.values() if n is not None)
    members = [Member(row.id, row.family, where.get(row.id, "")) for row in rows if row.id in where]
    return Sorting(
        rule_of,
        {str(d): counts[str(d)] for d in Destination if counts[str(d)]},
        [by_rule[n] for n in range(len(chosen))],
        rules.split_families(members),
    )


def triage_entries(act: UUID, manifest: Manifest, rule_set: RuleSet, at: datetime) -> list[Entry]:
    """Return the entries that send those who wait by the rules; placed ones stay where they are."""
    chosen = rules.read_rules(rule_set.rules)
    rows = [row for row in live_lines(manifest) if row.placed_at is None]
    sorting = sort(rows, chosen)
    entries = []
    for row in rows:
        number = sorting.rule_of[row.id]
        if number is None:
            continue
        rule = chosen[number]
        same = (row.destination, row.rule, row.group, row.days, row.checks, row.reason)
        wanted = (rule.destination, number, rule.group, rule.days, rule.checks, rule.reason)
        if same == wanted and manifest.rule_set_id == rule_set.id:
            continue
        payload = {
            "passenger_id": str(row.id),
            "rule_set_id": str(rule_set.id),
            "rule": number,
            "destination": str(rule.destination),
            "reason": str(rule.reason),
            "days": rule.days,
            "checks": rule.checks,
            "group": rule.group,
        }
        id_ = derive_id(act, "triage", row.id)
        entries.append(Entry(id_, "passenger.triage", payload, at, manifest.district))
    return entries


def split(rows: Iterable[Passenger]) -> dict[str, list[UUID]]:
    """Return the families of passengers who go to different places and wait for a decision.

    Who has a bed already (the one with fever) waits no more.
    """
    return rules.split_families(
        Member(row.id, row.family, row.destination, bool(row.decided or row.placed_at))
        for row in rows
    )


# --- beds --------------------------------------------------------------------------------------


def bedrooms(sites: Sequence[Site]) -> list[Bedroom]:
    """Return the rooms in use of open sites of one district, with who lies there."""
    open_ = {s.id: s for s in sites if s.state == SiteState.OPEN}
    if not open_:
        return []
    district = sites[0].district
    rank = {
        s.id: n for n, s in enumerate(sorted(open_.values(), key=lambda s: (s.opened_at, s.id)))
    }
    guests: dict[UUID, list[tuple[str, str, str]]] = {}
    live = Stay.objects.filter(district=district, site_id__in=list(open_), until=None)
    for room_id, sex, group, party in live.values_list("room_id", "sex", "group", "party"):
        if room_id is not None:
            guests.setdefault(room_id, []).append((sex, group, party))
    result = []
    for room in Room.objects.filter(district=district, site_id__in=list(open_), used=True):
        site, here = open_[room.site_id], guests.get(room.id, [])
        parties = {party for _, _, party in here}
        own = next(iter(parties)) if len(parties) == 1 and len(here) > 1 else ""
        kinds = {(sex, group) for sex, group, _ in here}
        sex, group = next(iter(kinds)) if len(kinds) == 1 else ("", "")
        result.append(
            Bedroom(
                room.id,
                site.id,
                site.takes,
                room.beds - len(here),
                (rank[site.id], room.building, room.floor, room.label, str(room.id)),
                room.accessible,
                sex if not own else "",
                group if not own else "",
                own,
                bool(here),
                rank[site.id],
            )
        )
    return result


@dataclass(slots=True)
class Proposal:
    """A plan for those of a manifest who wait, with those for whom no bed is looked for."""

    plan: Plan
    rows: dict[UUID, Passenger]
    home: list[UUID] = field(default_factory=list)
    # Room -> site, for the entries.
    sites: dict[UUID, UUID] = field(default_factory=dict)

    @property
    def unplaced(self) -> dict[UUID, Why]:
        """Return who has no place, and why."""
        return {key: why for key, why in self.plan.unplaced.items() if isinstance(key, UUID)}


def traveller(row: Passenger) -> Traveller:
    """Return a passenger as the model sees him, ordered by the seat, never by the file."""
    return Traveller(
        row.id,
        row.destination,
        row.sex,
        row.group,
        (row.seat_key, str(row.id)),
        f"{row.manifest_id}:{row.family}" if row.family else "",
        row.accessible,
    )


def propose(manifest: Manifest, sites: Sequence[Site], *, seconds: float = 20.0) -> Proposal:
    """Plan beds for everybody who is present, sent somewhere, and has none.

    A family that waits for a decision is left out, but for those who go to hospital.
    """
    lines = live_lines(manifest)
    waiting = [r for r in lines if r.state == PassengerState.PRESENT and r.placed_at is None]
    undecided = {id_ for ids in split(lines).values() for id_ in ids}
    rows = {row.id: row for row in waiting}
    bedded: list[Traveller] = []
    home: list[UUID] = []
    unplaced: dict[Hashable, Why] = {}
    for row in waiting:
        if not row.destination:
            unplaced[row.id] = Why.NO_RULE
        elif row.id in undecided and row.destination != Destination.HOSPITAL:
            unplaced[row.id] = Why.WAITS_FOR_DECISION
        elif row.destination in BEDDED:
            bedded.append(traveller(row))
        else:
            home.append(row.id)
    rooms = bedrooms(sites)
    plan = placement.solve(rooms, bedded, seconds=seconds)
    plan.unplaced.update(unplaced)
    proposal = Proposal(plan, rows, home)
    proposal.sites = {UUID(str(r.key)): UUID(str(r.site)) for r in rooms}
    return proposal


def register_entries(
    act: UUID, manifest: Manifest, rows: Iterable[Passenger], community_id: UUID, at: datetime
) -> list[Entry]:
    """Return the entries that register those whom nobody has registered yet.

    Who received them at the gate may not have had the right to; without a row of their own
    nobody could be put under watch.
    """
    wanted = {row.person_id: row for row in rows}
    known = Person.objects.filter(district=manifest.district, id__in=list(wanted))
    for person_id in known.values_list("id", flat=True):
        wanted.pop(person_id)
    entries = []
    for person_id, row in sorted(wanted.items(), key=lambda pair: str(pair[0])):
        said = {
            "name": row.name,
            "sex": row.sex,
            "phone": row.phone,
            "id_kind": row.id_kind,
            "id_number": row.id_number,
        }
        payload = {"person_id": str(person_id), "area_id": str(community_id)}
        payload |= {name: value for name, value in said.items() if value}
        id_ = derive_id(act, "register", person_id)
        entries.append(Entry(id_, "person.register", payload, at, manifest.district))
    return entries


def place_entries(
    act: UUID, manifest: Manifest, proposal: Proposal, sites: Sequence[Site], at: datetime
) -> list[Entry]:
    """Return the plan as entries of `arrival.place`, each with the watch that it asks for."""
    where = {s.id: s for s in sites}
    people = {row.person_id for row in proposal.rows.values()}
    homes = {
        p.id: (p.household_id, p.household.area_id)
        for p in Person.objects.filter(
            district=manifest.district, id__in=people, household_id__isnull=False
        ).select_related("household")
    }
    entries = []
    placed = [(UUID(str(key)), UUID(str(room))) for key, room in proposal.plan.beds.items()]
    for id_, room_id in sorted(placed, key=lambda p: str(p[0])):
        row, site = proposal.rows[id_], where[proposal.sites[room_id]]
        spot = {"post_id": str(site.id), "room_id": str(room_id)}
        entries.append(entry_of(act, manifest, row, site.area_id, spot, at))
    for id_ in sorted(proposal.home, key=str):
        row = proposal.rows[id_]
        household_id, area_id = homes.get(row.person_id, (None, manifest.area_id))
        entries.append(entry_of(act, manifest, row, area_id, {}, at, household_id))
    return entries


def entry_of(
    act: UUID,
    manifest: Manifest,
    row: Passenger,
    area_id: UUID,
    spot: dict[str, str],
    at: datetime,
    household_id: UUID | None = None,
) -> Entry:
    """Return the entry that places a passenger; `spot` names post and room, {} is home."""
    watch: dict[str, Any] = {
        "reason": row.reason or "arrival",
        "place": row.destination,
        "from_day": timezone.localdate(at).isoformat(),
        "days": row.days or rules.DAYS,
        "checks_a_day": row.checks or rules.CHECKS,
        "area_id": str(area_id),
    }
    if spot:
        watch["post_id"] = spot["post_id"]
    if household_id:
        watch["household_id"] = str(household_id)
    payload: dict[str, Any] = {
        "person_id": str(row.person_id),
        "passenger_id": str(row.id),
        "destination": row.destination,
        "area_id": str(area_id),
        **spot,
        "watch": watch,
    }
    id_ = derive_id(act, "place", row.id)
    return Entry(id_, "arrival.place", payload, at, manifest.district)
