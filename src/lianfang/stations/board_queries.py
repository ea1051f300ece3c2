"""One situation picture of several posts, from their counters and from who is on duty there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from lianfang.kernel.actors import Actor
from lianfang.kernel.times import now
from lianfang.stations import passage_queries, queries, stand_queries
from lianfang.stations.models import Post
from lianfang.stations.passage_queries import Hour
from lianfang.stations.rules import hour_of

_MOST = 300


@dataclass(frozen=True, slots=True)
class Line:
    """One post in the picture."""

    post: Post
    day: Hour
    this_hour: int
    waiting: tuple[int, datetime] | None
    on_duty: int
    tired: int


@dataclass(frozen=True, slots=True)
class Picture:
    """All posts of a command, with their sums and the hours of the day."""

    lines: list[Line]
    hours: list[Hour]

    @property
    def into(self) -> int:
        """Return how many came in at all posts."""
        return sum(h.into for h in self.hours)

    @property
    def out(self) -> int:
        """Return how many went out at all posts."""
        return sum(h.out for h in self.hours)

    @property
    def fevers(self) -> int:
        """Return the fevers of the day."""
        return sum(h.fevers for h in self.hours)

    @property
    def waiting(self) -> int:
        """Return how many wait at all posts, by the last counts."""
        return sum(line.waiting[0] for line in self.lines if line.waiting)

    @property
    def on_duty(self) -> int:
        """Return how many stand at the posts now."""
        return sum(line.on_duty for line in self.lines)

    @property
    def tired(self) -> int:
        """Return how many of those are to be relieved."""
        return sum(line.tired for line in self.lines)

    @property
    def empty_posts(self) -> int:
        """Return at how many posts nobody is on duty."""
        return sum(not line.on_duty for line in self.lines)


def picture(
    actor: Actor, districts: Collection[str], day: date, *, team_id: UUID | None = None
) -> Picture:
    """Return the open posts of the actor's scope (of a team, where one is given) on a local day."""
    found = queries.posts(actor, districts)
    if team_id:
        found = found.filter(team_id=team_id)
    posts = list(found.order_by("name", "id")[:_MOST])
    stands = stand_queries.at_posts(actor, posts)
    lines: list[Line] = []
    total: list[Hour] = []
    current = hour_of(now())
    for district in sorted({p.district for p in posts}):
        ids = [p.id for p in posts if p.district == district]
        sums = passage_queries.days(district, ids, day)
        waits = passage_queries.waiting(district, ids)
        latest = passage_queries.this_hour(district, ids, current)
        hours = passage_queries.hours(district, ids, day)
        total = [_add(a, b) for a, b in zip(total, hours, strict=True)] if total else hours
        for post in posts:
            if post.district == district:
                here = stands.get(post.id, [])
                lines.append(
                    Line(
                        post,
                        sums.get(post.id, Hour(current)),
                        latest.get(post.id, 0),
                        waits.get(post.id),
                        len(here),
                        sum(s.relief for s in here),
                    )
                )
    empty = total or passage_queries.hours("", [], day)
    lines.sort(key=lambda line: (-line.day.fevers, line.post.name, str(line.post.id)))
    return Picture(lines, empty)


def _add(one: Hour, other: Hour) -> Hour:
    return replace(
        one,
        **{
            name: getattr(one, name) + getattr(other, name)
            for name in Hour.__slots__
            if name != "at"
        },
    )
