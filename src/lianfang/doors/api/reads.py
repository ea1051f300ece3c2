"""What can be read of areas, households, persons and duties; scope and sight come from queries."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from lianfang.areas import queries as area_queries
from lianfang.areas.models import Area
from lianfang.doors.api import answers, auth, districts, schemas
from lianfang.kernel import problems
from lianfang.kernel.actors import Actor
from lianfang.kernel.models import Duty
from lianfang.kernel.problems import Refuse
from lianfang.kernel.queries import records_about
from lianfang.kernel.rules import DutyState
from lianfang.kernel.scope import within
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people import queries
from lianfang.people.models import Household, Person
from lianfang.people.rules import HouseholdState

router = Router()
# For so long after one of these acts its author sees the whole person.
OPENED = timedelta(minutes=15)
SHOWN = ("person.open", "person.reveal")

Limit = Annotated[int, Query(ge=1, le=answers.MOST, description="Rows of a page.")]
Cursor = Annotated[str | None, Query(max_length=2_000, description="`next` of the page before.")]
District = Annotated[
    str | None,
    Query(
        pattern=r"^[0-9A-Za-z._-]{0,12}$",
        description="The district; may be left out when your scope lies in one.",
    ),
]


def area_shape(area: Area) -> dict[str, Any]:
    """Return an area as the API gives it."""
    names = ("id", "code", "name", "level", "parent_id", "path", "district", "valid_from")
    return {name: getattr(area, name) for name in (*names, "valid_to")}


@router.get("/areas", response=schemas.AreaPage, tags=["areas"])
def areas(
    request: HttpRequest,
    q: Annotated[str | None, Query(max_length=60, description="A code or name.")] = None,
    parent: Annotated[UUID | None, Query(description="Areas directly below this one.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> HttpResponse:
    """Search areas by name or code, list the children of one, or (without either) one's roots.

    A search gives the nearest twenty at once, without further pages.
    """
    actor = auth.actor(request)
    if q is not None:
        found = area_queries.search(actor, q, min(limit, 20))
        return answers.respond({"items": [area_shape(a) for a in found], "next": None})
    if parent is not None:
        above = area_queries.area(actor, parent)
        if above is None:
            raise Refuse(problems.NOT_FOUND, "parent")
        rows = area_queries.children(actor, above)
    else:
        rows = area_queries.roots(actor)
    return answers.page(request, rows.defer("boundary"), ("path", "id"), area_shape)


@router.get("/areas/{uuid:area_id}", response=schemas.AreaWhole, tags=["areas"])
def area(request: HttpRequest, area_id: UUID) -> HttpResponse:
    """Read one area, with those above it."""
    found = area_queries.area(auth.actor(request), area_id)
    if found is None:
        raise Refuse(problems.NOT_FOUND, "area_id")
    above = [area_shape(a) for a in area_queries.ancestors(found)]
    return answers.respond({**area_shape(found), "ancestors": above, "boundary": found.boundary})


def household_shape(actor: Actor, row: Household) -> dict[str, Any]:
    """Return a household with the address if the actor sees it there."""
    address = actor.sees(Sight.ADDRESS, row.path)
    plain = ("id", "district", "area_id", "community_id", "state", "persons", "registered_at")
    hidden = ("building", "unit", "floor", "room")
    return {name: getattr(row, name) for name in plain} | {
        name: getattr(row, name) if address else None for name in hidden
    }


@router.get("/households", response=schemas.HouseholdPage, tags=["people"])
def households(
    request: HttpRequest,
    district: District = None,
    area: Annotated[UUID | None, Query(description="Households of exactly this grid.")] = None,
    state: HouseholdState = HouseholdState.LIVE,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> HttpResponse:
    """List households; those of one grid in the order of their doors."""
    actor = auth.actor(request)
    where = districts.chosen(actor, district)
    rows = queries.households(actor, all_states=True).filter(district=where, state=state)
    key: tuple[str, ...] = ("id",)
    if area is not None:
        rows, key = rows.filter(area_id=area), ("sort_key", "id")
    return answers.page(request, rows, key, lambda row: household_shape(actor, row))


@router.get("/households/{uuid:household_id}", response=schemas.HouseholdWhole, tags=["people"])
def household(request: HttpRequest, household_id: UUID, district: District = None) -> HttpResponse:
    """Read one household with the people behind its door, their numbers masked."""
    actor = auth.actor(request)
    where = districts.chosen(actor, district)
    found = queries.household(actor, where, household_id)
    if found is None:
        raise Refuse(problems.NOT_FOUND, "household_id")
    shown = [person_shape(queries.visible(actor, m)) for m in queries.members(found)]
    return answers.respond({**household_shape(actor, found), "members": shown})


@router.get("/persons/{uuid:person_id}", response=schemas.PersonShape, tags=["people"])
def person(request: HttpRequest, person_id: UUID, district: District = None) -> HttpResponse:
    """Read one person: the fields that one's sight gives.

    Who has the permission `open_person` sends the command `person.open` with a reason first, and
    then sees the whole person here for a quarter of an hour.
    """
    actor = auth.actor(request)
    where = districts.chosen(actor, district)
    found = queries.person(actor, where, person_id)
    if found is None:
        raise Refuse(problems.NOT_FOUND, "person_id")
    return answers.respond(person_shape(queries.visible(actor, found, opened=opened(actor, found))))


def person_shape(seen: queries.Visible) -> dict[str, Any]:
    """Return what was seen of a person as the API gives it."""
    return {name: getattr(seen, name) for name in schemas.PersonShape.model_fields}


def opened(actor: Actor, who: Person) -> bool:
    """Tell whether the actor opened the person a short while ago, with a reason on record."""
    acts = records_about(who.district, [who.id]).filter(command__in=SHOWN, actor=actor.ref)
    return acts.filter(received_at__gte=now() - OPENED).exists()


@router.get("/duties", response=schemas.DutyPage, tags=["duties"])
def duties(
    request: HttpRequest,
    district: District = None,
    state: DutyState | None = None,
    kind: Annotated[str | None, Query(max_length=40)] = None,
    mine: Annotated[bool, Query(description="Only those that are claimed by you.")] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> HttpResponse:
    """List duties: those in one's scope, and those that one carries, the oldest first."""
    actor = auth.actor(request)
    where = districts.chosen(actor, district)
    own = Q(owner=actor.ref) if actor.active else Q(pk__in=[])
    scope = within((*actor.paths(Verb.READ), *actor.paths(Verb.WORK)), "path")
    rows = Duty.objects.filter(own if mine else own | scope, district=where)
    if state is not None:
        rows = rows.filter(state=state)
    if kind is not None:
        rows = rows.filter(kind=kind)
    return answers.page(request, rows, ("id",), lambda row: duty_shape(actor, row))


def duty_shape(actor: Actor, row: Duty) -> dict[str, Any]:
    """Return a duty; its details only for its owner and for who may read there."""
    names = tuple(name for name in schemas.DutyShape.model_fields if name != "details")
    open_ = row.owner == actor.ref or actor.may(Verb.READ, row.path)
    return {name: getattr(row, name) for name in names} | {
        "details": row.details if open_ else None
    }


@router.get("/me", response=schemas.Me, tags=["me"])
def me(request: HttpRequest) -> HttpResponse:
    """Tell who is asking, with which roles, and the server's time (to correct a device's clock)."""
    actor, account = auth.actor(request), auth.account(request)
    standing = [g for g in actor.live_grants if actor.active and g.subject is None]
    grants = [{"role": g.role, "path": g.path} for g in standing]
    return answers.respond(
        {
            "id": account.id,
            "username": account.username,
            "name": account.name,
            "active": account.is_active,
            "grants": grants,
            "districts": area_queries.districts(actor),
            "now": now(),
        }
    )
