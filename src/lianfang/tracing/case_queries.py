"""What can be read of cases and their contacts: only where one traces."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.scope import within
from lianfang.kernel.times import local, now
from lianfang.kernel.verbs import Sight, Verb
from lianfang.mobilising import queries as mobilising
from lianfang.people import lookup
from lianfang.stations import queries as stations
from lianfang.tracing import contact_search, who
from lianfang.tracing.models import Case, Contact, Presence, Spot
from lianfang.tracing.rules import (
    ON_DESK,
    OPEN_CONTACTS,
    CaseState,
    PlaceKind,
    Window,
    window,
)


def cases(actor: Actor) -> QuerySet[Case]:
    """Return the cases that the actor traces."""
    return Case.objects.filter(
        within(actor.paths(Verb.TRACE), "path"), district__in=area_queries.districts(actor)
    )


def exportable(actor: Actor) -> QuerySet[Case]:
    """Return those of the cases that the actor may take out."""
    return cases(actor).filter(within(actor.paths(Verb.EXPORT), "path"))


def case(actor: Actor, district: str, case_id: UUID) -> Case | None:
    """Return one case; None when absent or forbidden."""
    row = Case.objects.filter(district=district, id=case_id).first()
    return row if row and actor.may(Verb.TRACE, row.path) else None


class Known:
    """The cases of a district that an import may mean: by its key, by the person, by who it is.

    Only those that the actor traces; of two of one person the live one counts.
    """

    def __init__(
        self,
        actor: Actor,
        district: str,
        *,
        keys: set[str],
        persons: set[UUID],
        indexes: set[str],
    ) -> None:
        """Read them in one query."""
        asked = Q(import_key__in=keys) | Q(person_id__in=persons)
        asked |= Q(person_id=None, who_index__in=indexes - {""})
        self.by_key: dict[str, Case] = {}
        self._by_person: dict[UUID, Case] = {}
        self._by_index: dict[str, Case] = {}
        rows = list(cases(actor).filter(asked, district=district))
        # Later ones win: those that were not ruled out, the newest last.
        rows.sort(key=lambda r: (r.state != CaseState.RULED_OUT, r.number))
        for row in rows:
            if row.import_key:
                self.by_key[row.import_key] = row
            if row.person_id:
                self._by_person[row.person_id] = row
            elif row.who_index:
                self._by_index[row.who_index] = row

    def names(self) -> dict[str, str]:
        """Return the names of those who are not registered by index, to tell people apart."""
        return {index: who.read(row.who).name for index, row in self._by_index.items()}

    def find(self, key: str, person_id: UUID | None, index: str) -> Case | None:
        """Return the case of a row: the one that came in under its key, else the live one."""
        if found := self.by_key.get(key):
            return found
        other = self._by_person.get(person_id) if person_id else None
        other = other or self._by_index.get(index)
        return other if other and other.state != CaseState.RULED_OUT else None


def dates_of(row: Case) -> dict[str, Any]:
    """Return the days of a case as `case.correct` takes them, so that it changes none."""
    days = ("onset", "sample", "result", "isolated", "first_day")
    found: dict[str, Any] = {n: d.isoformat() for n in days if (d := getattr(row, n))}
    found |= {n: getattr(row, n) for n in ("asymptomatic", "rule", "setting", "cluster")}
    if row.infected_by_id:
        found["infected_by_id"] = str(row.infected_by_id)
    return found


def by_number(found: QuerySet[Case], text: str) -> QuerySet[Case]:
    """Narrow cases to a number or a cluster; names are sealed and so not searched by parts."""
    wanted = Q(cluster__icontains=text)
    if text.isdigit():
        wanted |= Q(number=int(text))
    index = lookup.phone_index(text)
    return found.filter(wanted | Q(who_index=index) if index else wanted)


def window_now(row: Case) -> Window | None:
    """Return the days in which a case may have infected others, as of today."""
    return window(
        row.rule,
        local(now()).date(),
        onset=row.onset,
        sample=row.sample,
        isolated=row.isolated,
        asymptomatic=row.asymptomatic,
        first=row.first_day,
    )


def reach(row: Case) -> int | None:
    """Return how many people an infection could have come to in two steps, by the presences.

    None as long as the window is not known.
    """
    span = window_now(row)
    if span is None:
        return None
    return len(contact_search.within_two_hops(row.district, row.person_id or row.id, span))


def names(actor: Actor, rows: Iterable[tuple[str, UUID, UUID | None, str, str]]) -> dict[UUID, str]:
    """Return names by row id; rows are (district, id, person, sealed text, path).

    A registered person's name by the sight of persons, another's by the sight of identities there.
    """
    listed = list(rows)
    known = mobilising.names_of(actor, [(d, p) for d, _id, p, _t, _path in listed if p])
    found: dict[UUID, str] = {}
    for _district, id_, person_id, text, path in listed:
        name = known.get(person_id, "") if person_id else ""
        if not name and text and actor.sees(Sight.IDENTITY, path):
            name = who.read(text).name
        found[id_] = name
    return found


def case_names(actor: Actor, rows: Sequence[Case]) -> dict[UUID, str]:
    """Return what the actor may see of the names of cases, by case."""
    return names(actor, [(r.district, r.id, r.person_id, r.who, r.path) for r in rows])


def contact_names(actor: Actor, row: Case, lines: Sequence[Contact]) -> dict[UUID, str]:
    """Return what the actor may see of the names of a case's contacts, by contact."""
    return names(actor, [(c.district, c.id, c.person_id, c.who, row.path) for c in lines])


def interview(row: Case) -> dict[str, str]:
    """Return what the case said, by the names of the interview's fields."""
    return dict(json.loads(row.interview)) if row.interview else {}


def contacts(row: Case) -> QuerySet[Contact]:
    """Return the contacts of a case (which the caller has found in scope)."""
    return Contact.objects.filter(district=row.district, case_id=row.id)


def contact(actor: Actor, district: str, contact_id: UUID) -> tuple[Case, Contact] | None:
    """Return a contact with its case; None when absent or forbidden."""
    line = Contact.objects.filter(district=district, id=contact_id).first()
    row = case(actor, district, line.case_id) if line else None
    return (row, line) if row and line else None


@dataclass(frozen=True, slots=True)
class Figures:
    """How far the contacts of some cases are: all, verified, not yet, and late."""

    contacts: int
    found: int
    open: int
    late: int


def figures(rows: Sequence[Case]) -> dict[UUID, Figures]:
    """Return the figures of the contacts of each of some cases of one scope."""
    found: dict[UUID, Counter[str]] = {row.id: Counter() for row in rows}
    lines = Contact.objects.filter(
        district__in={r.district for r in rows}, case_id__in=[r.id for r in rows]
    )
    moment = now()
    for case_id, state, due in lines.values_list("case_id", "state", "due_at"):
        one = found[case_id]
        one["all"] += 1
        one[state] += 1
        if state in OPEN_CONTACTS:
            one["open"] += 1
            one["late"] += bool(due and due < moment)
    return {id_: Figures(c["all"], c["found"], c["open"], c["late"]) for id_, c in found.items()}


@dataclass(frozen=True, slots=True)
class Stay:
    """Where a case was, from when until when; `id` only for what was typed by hand."""

    kind: PlaceKind
    name: str
    from_at: datetime
    to_at: datetime
    id: UUID | None


def stays(row: Case, limit: int = 300) -> list[Stay]:
    """Return the stays of a case within the records of its district, the latest first."""
    found = Presence.objects.filter(
        district=row.district, person_id=row.person_id or row.id
    ).order_by("-from_at", "-id")[:limit]
    listed = list(found)
    ids = {p.place_id for p in listed}
    spots = dict(Spot.objects.filter(district=row.district, id__in=ids).values_list("id", "name"))
    posts = {k: v.name for k, v in stations.named(row.district, ids).items()}
    return [
        Stay(
            PlaceKind(p.place_kind),
            spots.get(p.place_id) or posts.get(p.place_id, ""),
            p.from_at,
            p.to_at,
            p.source_id if p.source == "interview" else None,
        )
        for p in listed
    ]


def totals(actor: Actor) -> dict[str, int]:
    """Return how many cases stand how in the actor's scope, and how many contacts are open."""
    paths = actor.paths(Verb.TRACE)
    if not paths:
        return {}
    states = Counter(cases(actor).values_list("state", flat=True))
    ids = cases(actor).values("id")
    left = Contact.objects.filter(
        district__in=area_queries.districts(actor), case_id__in=ids, state__in=list(OPEN_CONTACTS)
    )
    late = left.filter(due_at__lt=now()).count()
    result = {str(s): states.get(s, 0) for s in CaseState}
    return {**result, "open": left.count(), "late": late}


def ready(row: Case) -> QuerySet[Contact]:
    """Return the contacts of a case that can be sent at once: their community is known."""
    found = contacts(row).filter(state__in=sorted(ON_DESK)).exclude(community_id=None)
    # One that came back as wrong or unknown wants a look first.
    return found.exclude(outcome__in=["wrong", "nobody"]).order_by("id")
