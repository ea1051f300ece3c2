"""Who stands at a post: those on duty there now, and the shifts planned for it.

Mobilising writes the place of a stretch of duty and of a shift as text; it is a post's when the
text is the post's name and the district is its own.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from lianfang.kernel.actors import Actor
from lianfang.kernel.times import now
from lianfang.mobilising import deployment_queries, duty_queries
from lianfang.mobilising import queries as mobilising
from lianfang.stations.models import Post

# Shifts that begin within this are shown.
AHEAD = timedelta(hours=24)
_PLANS = 10


@dataclass(frozen=True, slots=True)
class Stand:
    """Somebody at a post: since when on duty (None: planned only), or from when to when."""

    person_id: UUID
    name: str
    since: datetime | None = None
    minutes_today: int = 0
    days_in_row: int = 0
    relief: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def at_posts(actor: Actor, posts: Collection[Post]) -> dict[UUID, list[Stand]]:
    """Return who is on duty at posts now, the most tired first; those to be relieved are marked."""
    by_place = {(p.district, p.name): p.id for p in posts}
    rows = [
        (by_place[r.district, r.place], r)
        for r in duty_queries.on_duty(actor)
        if r.since is not None and (r.district, r.place) in by_place
    ]
    names = mobilising.names_of(actor, ((r.district, r.person_id) for _, r in rows))
    result: dict[UUID, list[Stand]] = {}
    for post_id, r in rows:
        result.setdefault(post_id, []).append(
            Stand(
                r.person_id,
                names.get(r.person_id, ""),
                r.since,
                r.minutes_today,
                r.days_in_row,
                r.relief,
            )
        )
    return result


def planned(actor: Actor, post: Post) -> list[Stand]:
    """Return the published shifts at a post that go on now or begin within a day."""
    moment = now()
    plans = deployment_queries.deployments(actor).exclude(published_at=None)[:_PLANS]
    rows = [
        row
        for plan in plans
        for row in deployment_queries.shifts_of_place(post.district, plan.id, post.area_id)
        if row.place == post.name and row.ends_at > moment and row.starts_at < moment + AHEAD
    ]
    names = mobilising.names_of(actor, ((r.person_district, r.person_id) for r in rows))
    rows.sort(key=lambda r: (r.starts_at, str(r.id)))
    return [
        Stand(r.person_id, names.get(r.person_id, ""), starts_at=r.starts_at, ends_at=r.ends_at)
        for r in rows
    ]
