"""People under watch and referrals for programs; scope and sight come from the room's queries."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel

from lianfang.doors.api import answers, auth, districts
from lianfang.doors.api.reads import Cursor, District, Limit
from lianfang.kernel.actors import Actor
from lianfang.watching import queries, referral_queries
from lianfang.watching.models import Referral, Watch

router = Router()
_LIST = "live, due, overdue, missed, unwell, left, away, release, handing or ended."
_STEPS = "live, late, over, or one state."


class WatchShape(BaseModel):
    """A watch. The name is empty where one may not see it; no watch says whose contact it is."""

    id: UUID
    district: str
    name: str
    person_id: UUID | None
    household_id: UUID | None
    post_id: UUID | None
    area_id: UUID
    state: str
    place: str
    from_day: date
    until_day: date
    checks_a_day: int
    opens_at: datetime | None
    due_at: datetime | None
    missed: int
    away: bool
    left_at: datetime | None


class WatchPage(BaseModel):
    """Some watches, and where the next ones begin."""

    items: list[WatchShape]
    next: str | None


class ReferralShape(BaseModel):
    """A referral; `due_at` is when its next step is due, `temperature` in °C where one sees it."""

    id: UUID
    district: str
    name: str
    person_id: UUID | None
    watch_id: UUID | None
    area_id: UUID
    state: str
    origin: str
    result: str
    temperature: float | None
    opened_at: datetime
    due_at: datetime | None


class ReferralPage(BaseModel):
    """Some referrals, and where the next ones begin."""

    items: list[ReferralShape]
    next: str | None


def _watch(actor: Actor, row: Watch) -> dict[str, Any]:
    seen = queries.seen(actor, row)
    fields = {name: getattr(row, name) for name in WatchShape.model_fields if name != "name"}
    return fields | {"name": seen.name, "household_id": row.household_id if seen.address else None}


def _referral(actor: Actor, row: Referral) -> dict[str, Any]:
    seen = queries.seen(actor, row)
    hidden = {"name", "result", "temperature"}
    fields = {name: getattr(row, name) for name in ReferralShape.model_fields if name not in hidden}
    return fields | {
        "name": seen.name,
        "result": row.result if seen.health else "",
        "temperature": row.tenths / 10 if row.tenths and seen.health else None,
    }


@router.get("/watches", response=WatchPage, tags=["watching"])
def watches(
    request: HttpRequest,
    which: Annotated[str, Query(max_length=12, description=_LIST)] = "live",
    district: District = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> HttpResponse:
    """List the watches of one's scope by what has to be done."""
    actor = auth.actor(request)
    rows = queries.watches(actor, [districts.chosen(actor, district)], which=which)
    return answers.page(request, rows, ("id",), lambda row: _watch(actor, row))


@router.get("/referrals", response=ReferralPage, tags=["watching"])
def referrals(
    request: HttpRequest,
    which: Annotated[
        str, Query(max_length=12, description="live, late, over or a state.")
    ] = "live",
    district: District = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> HttpResponse:
    """List the referrals of one's scope."""
    actor = auth.actor(request)
    rows = referral_queries.referrals(actor, [districts.chosen(actor, district)], which=which)
    return answers.page(request, rows, ("id",), lambda row: _referral(actor, row))
