"""Posts for programs: the list, the hours, and whether somebody should be in isolation."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from ninja import Body, Query, Router
from pydantic import BaseModel, ConfigDict, Field

from lianfang.doors.api import answers, auth, districts, errors
from lianfang.doors.api.reads import Cursor, District, Limit
from lianfang.kernel import problems
from lianfang.kernel.actors import Actor
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import new_id
from lianfang.kernel.problems import Refuse
from lianfang.kernel.submit import submit
from lianfang.kernel.times import local, now
from lianfang.kernel.verbs import Verb
from lianfang.stations import isolation, passage_queries, queries
from lianfang.stations.models import Post
from lianfang.stations.rules import PostState

router = Router()
# A checkpoint asks some times a minute; who asks more is trying numbers out.
MOST, WINDOW = 60, 60
SHIFT = timedelta(hours=8)


class IsolationAsked(BaseModel):
    """Who stands at the post: any of these, as typed (the plate tidy, without a dot)."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    person_id: UUID | None = None
    phone: str = Field("", max_length=20)
    id_number: str = Field("", max_length=30)
    plate: str = Field("", max_length=20)


class IsolationAnswer(BaseModel):
    """The only answer there is."""

    call_desk: bool


class FilterWanted(BaseModel):
    """Until when the shift lasts; eight hours when left out, twelve at most."""

    model_config = ConfigDict(extra="forbid")
    until: datetime | None = None


class FilterShape(BaseModel):
    """A filter for one post and shift; `docs/decisions/passage-filter.md` says how it is asked."""

    version: int
    filter_id: UUID
    expires_at: datetime
    salt: str
    bits: int
    hashes: int
    data: str


class PostShape(BaseModel):
    """A post: where people stand duty. `fever` is in °C; `records` says whether you record here."""

    id: UUID
    district: str
    kind: str
    name: str
    address: str
    area_id: UUID
    team_id: UUID | None
    fever: float
    open: bool
    records: bool


class PostPage(BaseModel):
    """Some posts, and where the next ones begin."""

    items: list[PostShape]
    next: str | None


class HourShape(BaseModel):
    """What a post counted in the hour that begins at `at`."""

    at: datetime
    passages: int
    people: int
    fevers: int
    people_in: int
    people_out: int
    crowd_in: int
    crowd_out: int


class HourList(BaseModel):
    """The hours of one local day."""

    items: list[HourShape]


def _shape(actor: Actor, row: Post) -> dict[str, object]:
    plain = ("id", "district", "kind", "name", "address", "area_id", "team_id")
    return {name: getattr(row, name) for name in plain} | {
        "fever": row.fever / 10,
        "open": row.state == PostState.OPEN,
        "records": passage_queries.takes(actor, row),
    }


@router.get("/posts", response=PostPage, tags=["stations"])
def posts(
    request: HttpRequest,
    district: District = None,
    closed: Annotated[bool, Query(description="The closed ones too.")] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> HttpResponse:
    """List the posts of one's scope."""
    actor = auth.actor(request)
    where = districts.chosen(actor, district)
    rows = queries.posts(actor, [where], closed=closed)
    return answers.page(request, rows, ("id",), lambda row: _shape(actor, row))


@router.get("/posts/{uuid:post_id}/hours", response=HourList, tags=["stations"])
def hours(
    request: HttpRequest,
    post_id: UUID,
    day: Annotated[date | None, Query(description="A local day; today when left out.")] = None,
    district: District = None,
) -> HttpResponse:
    """Read what a post counted in each hour of a day."""
    actor = auth.actor(request)
    where = districts.chosen(actor, district)
    row = queries.post(actor, where, post_id)
    if row is None:
        raise Refuse(problems.NOT_FOUND, "post_id")
    found = passage_queries.hours(where, [row.id], day or local(now()).date())
    return answers.respond({"items": [asdict(hour) for hour in found]})


def _post(actor: Actor, district: str, post_id: UUID) -> Post:
    """Return a post at which the actor takes passages; absent and forbidden look the same."""
    found = queries.find(district, post_id)
    if found is None or not actor.may(Verb.PASSAGE, found.path):
        raise Refuse(problems.NOT_FOUND, "post_id")
    return found


@router.post("/posts/{uuid:post_id}/isolation", response=IsolationAnswer, tags=["stations"])
def check(
    request: HttpRequest,
    post_id: UUID,
    asked: Annotated[IsolationAsked, Body()],
    district: District = None,
) -> HttpResponse:
    """Ask whether the desk shall be called about somebody who stands at the post."""
    actor = auth.actor(request)
    where = districts.chosen(actor, district)
    post = _post(actor, where, post_id)
    key = f"isolation-asked:{actor.ref}"
    cache.add(key, 0, WINDOW)
    if cache.incr(key) > MOST:
        raise errors.Throttled(isolation.ASKED_TOO_OFTEN, WINDOW)
    call = isolation.should_be_isolated(
        where,
        post.path,
        person_id=asked.person_id,
        phone=asked.phone,
        id_number=asked.id_number,
        plate=asked.plate,
    )
    return answers.respond({"call_desk": call})


@router.post("/posts/{uuid:post_id}/filter", response=FilterShape, tags=["stations"])
def take_filter(
    request: HttpRequest,
    post_id: UUID,
    wanted: Annotated[FilterWanted, Body()],
    district: District = None,
) -> HttpResponse:
    """Take a filter of people in isolation for a shift without network; it is written down who did.

    It gives about one false alarm in a hundred, never misses, and its only answer is to call the
    desk. The phone throws it away at `expires_at`.
    """
    actor = auth.actor(request)
    where = districts.chosen(actor, district)
    post = _post(actor, where, post_id)
    moment = now()
    until = wanted.until or moment + SHIFT
    payload = {"post_id": str(post_id), "until": until.isoformat()}
    receipt = submit(actor, [Entry(new_id(), "passage.filter", payload, moment, where)])[0]
    if receipt.refusal:
        raise Refuse(receipt.refusal.code, receipt.refusal.field, **receipt.refusal.params)
    return answers.respond(isolation.filter_for(where, post.path, receipt.id, until))
