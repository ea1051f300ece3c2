"""The journal, the counters, and what was set aside."""

from __future__ import annotations

import json
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from lianfang.areas import queries as area_queries
from lianfang.areas.models import Area
from lianfang.doors.api import answers, auth, districts, schemas
from lianfang.doors.api.reads import Cursor, District, Limit
from lianfang.kernel import journal, problems
from lianfang.kernel.actors import Actor
from lianfang.kernel.models import Duty, Record, SetAside, Tally
from lianfang.kernel.problems import Refusal, Refuse
from lianfang.kernel.scope import within
from lianfang.kernel.verbs import Sight, Verb

router = Router()

# Who sees all of these at a place sees what was recorded there; names and numbers stay sealed.
_CONTENT = (Sight.ADDRESS, Sight.HEALTH, Sight.MOVEMENT)


@router.get("/records", response=schemas.Feed, tags=["journal"])
def records(
    request: HttpRequest,
    district: District = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> HttpResponse:
    """Follow the journal of one district within one's scope, in the order of commits.

    `next` is always given: keep it and ask again at any time. No record is ever skipped, since a
    district's numbers follow the order of its commits without holes. `district=` (empty) is the
    stream of what all districts share: areas, accounts, grants.
    """
    actor = auth.actor(request)
    where = districts.chosen(actor, district)
    since = int(answers.open_cursor(request, cursor)[0]) if cursor else 0
    rows = Record.objects.filter(_scope(actor, where), district=where, seq__gt=since)
    found = list(rows.order_by("seq")[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    ids = {row.area_id for row in found if row.area_id}
    paths = dict(Area.objects.filter(id__in=ids).values_list("id", "path"))
    return answers.respond(
        {
            "items": [_record(actor, row, paths) for row in found],
            "next": answers.seal_cursor(request, [found[-1].seq if found else since]),
            "more": more,
        }
    )


def _scope(actor: Actor, district: str) -> Q:
    paths = actor.paths(Verb.READ_JOURNAL)
    if not paths:
        return Q(pk__in=[])
    root = Area.objects.filter(code=district, valid_to=None).values_list("path", flat=True).first()
    whole = root if district else ""
    if whole is not None and any(whole.startswith(path) for path in paths):
        return Q()
    areas = Area.objects.filter(within(paths, "path")).values("id")
    duties = Duty.objects.filter(within(paths, "path"), district=district).values("id")
    return Q(area_id__in=areas) | Q(area_id=None, subject_id__in=duties)


def _record(actor: Actor, row: Record, paths: dict[UUID, str]) -> dict[str, Any]:
    path = paths.get(row.area_id, "") if row.area_id else ""
    sees = all(actor.sees(sight, path) for sight in _CONTENT)
    return {
        "seq": row.seq,
        "id": row.id,
        "district": row.district,
        "command": row.command,
        "version": row.version,
        "actor": row.actor,
        "occurred_at": row.occurred_at,
        "received_at": row.received_at,
        "area_id": row.area_id,
        "subject_id": row.subject_id,
        "mends": row.mends_id,
        "approved_by": row.approved_by,
        "payload": json.loads(row.payload) if sees else None,
    }


@router.get("/tallies", response=schemas.TallyPage, tags=["journal"])
def tallies(
    request: HttpRequest,
    district: District = None,
    period: Annotated[str, Query(max_length=36, description="A day, `now`, or a round.")] = "now",
    metric: Annotated[str | None, Query(max_length=40)] = None,
    area: Annotated[UUID | None, Query(description="This area and all below it.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> HttpResponse:
    """List counters of the areas in one's scope; a count needs no sight."""
    actor = auth.actor(request)
    where = districts.chosen(actor, district)
    mine = area_queries.areas(actor, all_times=True)
    if area is not None:
        top = area_queries.area(actor, area)
        if top is None:
            raise Refuse(problems.NOT_FOUND, "area")
        mine = mine.filter(path__under=top.path)
    rows = Tally.objects.filter(district=where, period=period, area_id__in=mine.values("id"))
    if metric is not None:
        rows = rows.filter(metric=metric)
    return answers.page(request, rows, ("metric", "area_id"), _tally)


def _tally(row: Tally) -> dict[str, Any]:
    return {name: getattr(row, name) for name in schemas.TallyShape.model_fields}


@router.get("/set-aside", response=schemas.SetAsidePage, tags=["journal"])
def set_aside(
    request: HttpRequest,
    district: District = None,
    state: SetAside.State | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> HttpResponse:
    """List entries that do not stand: one's own, and those in the scope of one's decisions."""
    actor = auth.actor(request)
    where = districts.chosen(actor, district)
    scope = Q(actor=actor.ref)
    if paths := actor.paths(Verb.DECIDE):
        scope |= within(paths, "path") & ~Q(path="")
    rows = SetAside.objects.filter(scope, district=where)
    if state is not None:
        rows = rows.filter(state=state)
    return answers.page(request, rows, ("id",), lambda row: _aside(actor, row))


def _aside(actor: Actor, row: SetAside) -> dict[str, Any]:
    refusal = Refusal(row.code, row.field or None, row.params)
    mine = row.actor == actor.ref
    return {
        "id": row.id,
        "district": row.district,
        "state": row.state,
        "command": row.command,
        "actor": row.actor,
        "occurred_at": row.occurred_at,
        "received_at": row.received_at,
        "problem": {
            "code": refusal.code,
            "field": refusal.field,
            "message": refusal.message,
            "hint": refusal.hint,
        },
        "content": journal.content_of(row).payload if mine else None,
    }
