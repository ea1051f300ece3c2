"""Temporary organisations: formed, shared, merged, disbanded; standing teams at another work."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from lianfang.areas.tree import by_area
from lianfang.kernel import bulk, problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import command, follow, list_command
from lianfang.kernel.sealing import Payload
from lianfang.kernel.verbs import Verb
from lianfang.mobilising.attendance import local_day
from lianfang.mobilising.models import Team, TeamMember, TeamPart
from lianfang.mobilising.rules import TeamKind, TeamState
from lianfang.people.locate import by_person
from lianfang.people.models import Organisation

TEAM_ENDED = problem(
    "team.ended",
    _("The team “{name}” works no more."),
    _("Look at where its members went."),
    status=409,
)
IS_A_TEAM = problem(
    "team.exists",
    _("“{name}” is at work as a team already."),
    _("Open its page and change it there."),
    status=409,
)
NOT_A_MEMBER = problem(
    "team.not_a_member",
    _("This person is not in the team."),
    _("Let the person join first."),
    status=409,
)
NOTHING_PARKED = problem(
    "team.not_converted",
    _("This team was not converted from a standing one."),
    _("A temporary team is disbanded instead."),
    status=409,
)


class Equipment(Payload):
    """Vehicles, motorcycles, horses and the like, with how many."""

    kind: str = Field(min_length=1, max_length=40)
    count: int = Field(1, ge=1, le=10_000)


class Lead(Payload):
    """A person of any district at the head of a team."""

    district: str = Field(min_length=1, max_length=12)
    person_id: UUID


class Work(Payload):
    """A piece of a standing team's work that is parked meanwhile."""

    title: str = Field(min_length=1, max_length=120)
    note: str = Field("", max_length=300)


class FormTeam(Payload):
    """A team at a place; its organisation (of the same id) was made before, in the same list."""

    team_id: UUID
    area_id: UUID
    kind: TeamKind = TeamKind.TASK_FORCE
    purpose: str = Field("", max_length=300)
    charter: str = Field("", max_length=2_000)
    lead: Lead | None = None
    deputy: Lead | None = None
    equipment: tuple[Equipment, ...] = Field((), max_length=40)
    functions: tuple[str, ...] = Field((), max_length=20)
    first_day: date
    last_day: date | None = None


class ConvertTeam(FormTeam):
    """A standing team that turns to response work where it is; its work is parked."""

    parked: tuple[Work, ...] = Field((), max_length=100)


class OfTeam(Payload):
    """One team."""

    team_id: UUID


class LeadTeam(OfTeam):
    """Who leads a team from now on, and what it has."""

    lead: Lead | None = None
    deputy: Lead | None = None
    equipment: tuple[Equipment, ...] | None = Field(None, max_length=40)


class SharePlace(OfTeam):
    """An organisation that takes part in a command place, with the function it fills."""

    organisation_id: UUID
    function: str = Field("", max_length=40)


class MergeTeam(OfTeam):
    """A team that goes into another one."""

    into_id: UUID


class EndTeam(OfTeam):
    """The end of a team, with the reason."""

    why: str = Field("", max_length=200)


class AcceptCharter(OfTeam):
    """A member who accepts the team's charter."""

    person_id: UUID


def _by_team(batch: Batch[Any]) -> None:
    ids = {item.payload.team_id for item in batch}
    found = dict(Team.objects.filter(id__in=ids).values_list("id", "area__path"))
    for item in batch:
        item.subject_id = item.payload.team_id
        item.path = found.get(item.payload.team_id)


def _form(batch: Batch[Any], kind_of: Callable[[Any], TeamKind], works: bool = False) -> None:
    """Let organisations be teams; with `works` their standing work is parked."""
    ids = {item.payload.team_id for item in batch}
    names = dict(Organisation.objects.filter(id__in=ids, valid_to=None).values_list("id", "name"))
    known = {t.id: t for t in Team.objects.filter(id__in=ids)}
    fresh = []
    for item in batch:
        payload = item.payload
        if payload.team_id not in names:
            item.refuse(problems.NOT_FOUND, "team_id")
            continue
        before = known.get(payload.team_id)
        if before is not None and before.state == TeamState.ACTIVE:
            item.refuse(IS_A_TEAM, "team_id", name=names[payload.team_id])
            continue
        row = known[payload.team_id] = before or Team(id=payload.team_id)
        row.kind, row.area_id, row.state = kind_of(payload), payload.area_id, TeamState.ACTIVE
        row.purpose, row.charter = payload.purpose, payload.charter
        row.parked = (
            [w.model_dump(mode="json", exclude_defaults=True) for w in payload.parked]
            if works
            else []
        )
        row.lead, row.deputy = _plain(payload.lead), _plain(payload.deputy)
        row.equipment = [e.model_dump(mode="json") for e in payload.equipment]
        row.functions = list(payload.functions)
        row.first_day, row.last_day = payload.first_day, payload.last_day
        row.formed_at, row.ended_at, row.ended_why = batch.received_at, None, ""
        if before is None:
            fresh.append(row)
        else:
            row.save()
        item.subject_id = payload.team_id
        item.result = {"team_id": str(payload.team_id)}
    bulk.insert(fresh)


def _plain(lead: Lead | None) -> dict[str, Any]:
    return lead.model_dump(mode="json") if lead else {}


@list_command(
    "team.form",
    FormTeam,
    verb=Verb.ORGANISE,
    locate=by_area(),
    title=_("Form a team"),
    reference=True,
)
def form(batch: Batch[FormTeam]) -> None:
    """Make organisations temporary teams at places; members of any home organisation join."""
    _form(batch, lambda payload: payload.kind)


@list_command(
    "team.convert",
    ConvertTeam,
    verb=Verb.ORGANISE,
    locate=by_area(),
    title=_("Convert a standing team"),
    reference=True,
)
def convert(batch: Batch[ConvertTeam]) -> None:
    """Turn standing teams to response work in one act each; their work is parked, not lost."""
    _form(batch, lambda _payload: TeamKind.CONVERTED, works=True)


@command(
    "team.resume",
    OfTeam,
    verb=Verb.ORGANISE,
    locate=_by_team,
    title=_("Resume a standing team's work"),
    reference=True,
)
def resume(batch: Batch[OfTeam], item: Item[OfTeam]) -> None:
    """End a conversion: the standing team goes on with what was parked."""
    team = _active(item)
    if team.kind != TeamKind.CONVERTED:
        raise Refuse(NOTHING_PARKED, "team_id")
    item.result = {"resumed": len(team.parked)}
    team.state, team.ended_at = TeamState.DISBANDED, batch.received_at
    team.save(update_fields=["state", "ended_at"])


@command(
    "team.lead",
    LeadTeam,
    verb=Verb.ORGANISE,
    locate=_by_team,
    title=_("Say who leads a team and what it has"),
    reference=True,
)
def lead(batch: Batch[LeadTeam], item: Item[LeadTeam]) -> None:
    """Name lead and deputy anew; the equipment too where it is given."""
    team = _active(item)
    team.lead, team.deputy = _plain(item.payload.lead), _plain(item.payload.deputy)
    if item.payload.equipment is not None:
        team.equipment = [e.model_dump(mode="json") for e in item.payload.equipment]
    team.save(update_fields=["lead", "deputy", "equipment"])


@command(
    "team.share",
    SharePlace,
    verb=Verb.ORGANISE,
    locate=_by_team,
    title=_("Share a command place"),
    reference=True,
)
def share(batch: Batch[SharePlace], item: Item[SharePlace]) -> None:
    """Let an organisation take part in a command place; again changes its function."""
    team, payload = _active(item), item.payload
    if not Organisation.objects.filter(id=payload.organisation_id, valid_to=None).exists():
        raise Refuse(problems.NOT_FOUND, "organisation_id")
    changed = TeamPart.objects.filter(team=team, organisation_id=payload.organisation_id).update(
        function=payload.function
    )
    if not changed:
        bulk.insert(
            [
                TeamPart(
                    id=item.derive("part"),
                    team=team,
                    organisation_id=payload.organisation_id,
                    function=payload.function,
                    since=batch.received_at,
                )
            ]
        )


@command(
    "team.merge",
    MergeTeam,
    verb=Verb.ORGANISE,
    locate=_by_team,
    title=_("Merge a team into another"),
    reference=True,
)
def merge(batch: Batch[MergeTeam], item: Item[MergeTeam]) -> None:
    """Let a team go into another one: its members count there, its equipment too."""
    team = _active(item)
    into = Team.objects.filter(id=item.payload.into_id, state=TeamState.ACTIVE).first()
    if into is None or into.id == team.id:
        raise Refuse(problems.NOT_FOUND, "into_id")
    into.equipment = [*into.equipment, *team.equipment]
    into.save(update_fields=["equipment"])
    # Teams that went into this one before go along, so that one step finds the members.
    Team.objects.filter(merged_into=team).update(merged_into=into)
    team.merged_into = into
    _end(batch, team, TeamState.MERGED, "")


@command(
    "team.disband",
    EndTeam,
    verb=Verb.ORGANISE,
    locate=_by_team,
    title=_("Disband a team"),
    reference=True,
)
def disband(batch: Batch[EndTeam], item: Item[EndTeam]) -> None:
    """End a team; everybody's home membership and service record stay."""
    _end(batch, _active(item), TeamState.DISBANDED, item.payload.why)


def _active(item: Item[Any]) -> Team:
    team = Team.objects.get(id=item.payload.team_id)
    if team.state != TeamState.ACTIVE:
        name = Organisation.objects.get(id=team.id).name
        raise Refuse(TEAM_ENDED, "team_id", name=name)
    return team


def _end(batch: Batch[Any], team: Team, state: TeamState, why: str) -> None:
    team.state, team.ended_at, team.ended_why = state, batch.received_at, why
    team.save(update_fields=["state", "ended_at", "ended_why", "merged_into"])
    if team.kind != TeamKind.CONVERTED:
        Organisation.objects.filter(id=team.id).update(valid_to=local_day(batch.received_at))


@follow("membership.join")
def joined(batch: Batch[Any]) -> None:
    """Who joins the organisation of a team is in the team."""
    wanted = {item.payload.organisation_id for item in batch}
    teams = set(
        Team.objects.filter(id__in=wanted, state=TeamState.ACTIVE).values_list("id", flat=True)
    )
    items = [item for item in batch if item.payload.organisation_id in teams]
    if not items:
        return
    mine = _members(batch, teams, {item.payload.person_id for item in items})
    fresh: list[TeamMember] = []
    changed: dict[UUID, TeamMember] = {}
    for item in items:
        payload = item.payload
        key = (payload.organisation_id, payload.person_id)
        if row := mine.get(key):
            row.function = payload.title
            if not row._state.adding:
                changed[row.id] = row
            continue
        mine[key] = row = TeamMember(
            district=batch.district,
            id=item.derive("team_member"),
            team_id=payload.organisation_id,
            person_id=payload.person_id,
            function=payload.title,
            since=batch.received_at,
        )
        fresh.append(row)
    bulk.insert(fresh)
    bulk.upsert(list(changed.values()), ("district", "id"), ("function",))


def _members(
    batch: Batch[Any], team_ids: Collection[UUID], person_ids: Collection[UUID]
) -> dict[tuple[UUID, UUID], TeamMember]:
    """Return the present members of teams among these people, by (team, person)."""
    found = TeamMember.objects.filter(
        district=batch.district, team_id__in=team_ids, person_id__in=person_ids, until=None
    )
    return {(m.team_id, m.person_id): m for m in found}


@follow("membership.quit")
def left(batch: Batch[Any]) -> None:
    """Who leaves the organisation of a team leaves the team."""
    for item in batch:
        TeamMember.objects.filter(
            district=batch.district,
            team_id=item.payload.organisation_id,
            person_id=item.payload.person_id,
            until=None,
        ).update(until=batch.received_at)


@list_command(
    "team.accept", AcceptCharter, verb=Verb.WORK, locate=by_person, title=_("Accept the charter")
)
def accept(batch: Batch[AcceptCharter]) -> None:
    """Keep that members accept what the team stands for; the first time counts."""
    mine = _members(
        batch,
        {item.payload.team_id for item in batch},
        {item.payload.person_id for item in batch},
    )
    changed = []
    for item in batch:
        row = mine.get((item.payload.team_id, item.payload.person_id))
        if row is None:
            item.refuse(NOT_A_MEMBER, "person_id")
        elif row.accepted_at is None:
            row.accepted_at = batch.received_at
            changed.append(row)
    bulk.upsert(changed, ("district", "id"), ("accepted_at",))
