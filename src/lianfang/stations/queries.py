"""What can be read of posts: scope says which."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from lianfang.kernel import queries as kernel
from lianfang.kernel.actors import Actor
from lianfang.kernel.models import Record
from lianfang.kernel.scope import within
from lianfang.kernel.verbs import Verb
from lianfang.stations.models import Post
from lianfang.stations.rules import PostKind, PostState


def posts(
    actor: Actor,
    districts: Collection[str],
    *,
    kinds: Collection[PostKind] = (),
    closed: bool = False,
) -> QuerySet[Post]:
    """Return the posts in the actor's scope with their areas; with `closed` the closed ones too."""
    found = Post.objects.filter(within(actor.paths(Verb.READ), "area__path"))
    found = found.filter(district__in=districts)
    if kinds:
        found = found.filter(kind__in=[str(k) for k in kinds])
    if not closed:
        found = found.filter(state=PostState.OPEN)
    return found.select_related("area")


def post(actor: Actor, district: str, post_id: UUID) -> Post | None:
    """Return one post, open or closed; None when absent or forbidden."""
    return posts(actor, [district], closed=True).filter(id=post_id).first()


def narrowed(found: QuerySet[Post], *, text: str = "", kind: str = "") -> QuerySet[Post]:
    """Narrow posts by a part of their name, address or area's name, and by kind."""
    if kind:
        found = found.filter(kind=kind)
    if text := text.strip():
        found = found.filter(
            Q(name__icontains=text) | Q(address__icontains=text) | Q(area__name__icontains=text)
        )
    return found


def find(district: str, post_id: UUID) -> Post | None:
    """Return one post with its area, open or closed, for handlers: nobody's scope is asked."""
    return Post.objects.select_related("area").filter(district=district, id=post_id).first()


@dataclass(frozen=True, slots=True)
class PostName:
    """What other rooms show of a post."""

    id: UUID
    kind: PostKind
    name: str
    area_id: UUID
    path: str
    open: bool


def named(district: str, ids: Iterable[UUID]) -> dict[UUID, PostName]:
    """Return the names of posts by id, for rows that the caller has scoped; unknown are left out.

    `path` is the path of the post's area.
    """
    rows = Post.objects.filter(district=district, id__in=set(ids)).values_list(
        "id", "kind", "name", "area_id", "area__path", "state"
    )
    return {
        id_: PostName(id_, PostKind(kind), name, area_id, path, state == PostState.OPEN)
        for id_, kind, name, area_id, path, state in rows
    }


def of_rows(rows: Iterable[Any]) -> dict[UUID, PostName]:
    """Return the posts that rows of several districts stand at, one query a district.

    A row has a `district` and a `post_id`, which may be None; the caller has scoped the rows.
    """
    ids: dict[str, set[UUID]] = {}
    for row in rows:
        if row.post_id:
            ids.setdefault(row.district, set()).add(row.post_id)
    result: dict[UUID, PostName] = {}
    for district, wanted in ids.items():
        result |= named(district, wanted)
    return result


def acts_on(post: Post, limit: int = 20) -> QuerySet[Record]:
    """Return what was done with a post itself, the latest first (not what was recorded at it)."""
    found = kernel.records_about(post.district, [post.id])
    return found.filter(command__in=("post.open", "post.correct", "post.close"))[:limit]
