"""What can be read of teams and recalls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.scope import within
from lianfang.kernel.verbs import Verb
from lianfang.mobilising.models import (
    Recall,
    Recalled,
    RecallTally,
    Team,
    TeamMember,
    TeamPart,
)
from lianfang.mobilising.queries import above_all, organisation_names
from lianfang.mobilising.rules import (
    TeamState,
)
from lianfang.people import queries as people_queries
from lianfang.people.models import Membership, Organisation, Person


def teams(actor: Actor) -> QuerySet[Team]:
    """Return the teams at places of the actor's scope, the latest first."""
    found = Team.objects.filter(within(actor.paths(Verb.READ), "area__path"))
    return found.select_related("area").order_by("-formed_at", "-id")


def named(found: QuerySet[Team], text: str) -> QuerySet[Team]:
    """Return those whose name holds the text."""
    units = Organisation.objects.filter(name__contains=text)
    return found.filter(id__in=units.values("id"))


def team(actor: Actor, team_id: UUID) -> Team | None:
    """Return one team; None when absent or forbidden."""
    return teams(actor).filter(id=team_id).first()


def team_parts(team: Team) -> list[TeamPart]:
    """Return the organisations that share a command place."""
    return list(team.parts.select_related("organisation").order_by("since", "id"))


def team_members(team: Team, districts: Iterable[str]) -> QuerySet[TeamMember]:
    """Return a team's members in these districts, with those of teams merged into it."""
    ids = [team.id, *Team.objects.filter(merged_into=team).values_list("id", flat=True)]
    found = TeamMember.objects.filter(district__in=list(districts), team_id__in=ids, until=None)
    return found.order_by("since", "id")


def homes(members: Iterable[TeamMember]) -> dict[UUID, list[str]]:
    """Return the names of the home organisations of members: all but teams."""
    listed = list(members)
    rows = Membership.objects.filter(
        district__in={m.district for m in listed},
        person_id__in=[m.person_id for m in listed],
        until=None,
    ).exclude(organisation_id__in=Team.objects.exclude(kind="converted").values("id"))
    names = organisation_names(r.organisation_id for r in rows)
    result: dict[UUID, list[str]] = defaultdict(list)
    for row in rows:
        result[row.person_id].append(names.get(row.organisation_id, ""))
    return result


def active_teams(actor: Actor) -> QuerySet[Team]:
    """Return the teams that work now."""
    return teams(actor).filter(state=TeamState.ACTIVE)


def recalls(actor: Actor, verb: Verb = Verb.READ) -> QuerySet[Recall]:
    """Return the recalls that touch the actor's scope: above it, in it or below it."""
    paths = actor.paths(verb)
    mine = within(paths, "area__path") | Q(area__path__in=above_all(paths))
    return Recall.objects.filter(mine).select_related("organisation").order_by("-opened_at", "-id")


def recall(actor: Actor, recall_id: UUID) -> Recall | None:
    """Return one recall; None when absent or forbidden."""
    return recalls(actor).filter(id=recall_id).first()


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """Where the members of a unit stand in a recall."""

    organisation_id: UUID
    name: str
    silent: int
    on_the_way: int
    back: int
    excused: int

    @property
    def members(self) -> int:
        """Return all to whom the recall goes."""
        return self.silent + self.on_the_way + self.back + self.excused


def recall_figures(actor: Actor, recall: Recall) -> list[UnitFigures]:
    """Return the figures of each unit in the districts of the actor's scope, by name."""
    rows = RecallTally.objects.filter(
        district__in=area_queries.districts(actor), recall_id=recall.id
    )
    found: dict[UUID, list[int]] = {}
    for row in rows:
        numbers = [getattr(row, counter) for counter in RecallTally.counters]
        before = found.get(row.organisation_id, [0] * len(numbers))
        found[row.organisation_id] = [a + b for a, b in zip(before, numbers, strict=True)]
    names = organisation_names(found)
    figures = [UnitFigures(unit, names.get(unit, ""), *sums) for unit, sums in found.items()]
    return sorted(figures, key=lambda f: (-f.silent, f.name))


def recalled(actor: Actor, recall: Recall, unit: UUID, answer: str = "") -> QuerySet[Recalled]:
    """Return the members of a unit in a recall, in the districts of the actor's scope."""
    found = Recalled.objects.filter(
        district__in=area_queries.districts(actor), recall_id=recall.id, organisation_id=unit
    )
    return (found.filter(answer=answer) if answer else found).order_by("id")


def recall_by_link(recall_id: UUID) -> Recall:
    """Return the recall of a signed link that was checked before."""
    return Recall.objects.get(id=recall_id)


def own_recalled(district: str, recall_id: UUID, person_id: UUID) -> tuple[Recalled, str] | None:
    """Return a member's line and scope path, for the own signed link."""
    row = Recalled.objects.filter(
        district=district, recall_id=recall_id, person_id=person_id
    ).first()
    person = Person.objects.select_related("household__area").filter(
        district=district, id=person_id
    )
    found = person.first()
    return (row, people_queries.path_of(found)) if row and found else None
