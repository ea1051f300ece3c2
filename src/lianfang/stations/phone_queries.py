"""What the phone carries of posts: those where its owner records passages, and what they remember.

A post remembers vehicles; the phone gets the ones that come again, so that they are typed once.
Names go by sight and numbers masked, as on the post's own page.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from lianfang.areas.queries import districts
from lianfang.kernel.actors import Actor
from lianfang.kernel.scope import within
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people.phone import Owner
from lianfang.people.rules import mask_name, mask_phone
from lianfang.stations.models import Passage, PassageLine, Post, Traveller, Vehicle
from lianfang.stations.rules import REMEMBER_DAYS, PostKind, PostState

# Posts at which vehicles and people are stopped and written down.
_KINDS = (PostKind.CHECKPOINT, PostKind.GATE, PostKind.STATION)
MOST_POSTS = 40
# With more posts than these a phone is not somebody's at a post, and carries no plates.
MOST_REMEMBERING = 8
MOST_VEHICLES = 150
MOST_PLACES = 12
_THIS_SHIFT = timedelta(hours=12)


def part(owner: Owner) -> dict[str, Any] | None:
    """Return this room's part of the phone's list; None where no passage is recorded."""
    actor = owner.actor
    paths = actor.paths(Verb.PASSAGE)
    if not paths:
        return None
    found = list(
        Post.objects.filter(
            within(paths, "area__path"),
            district__in=districts(actor),
            state=PostState.OPEN,
            kind__in=[str(kind) for kind in _KINDS],
        )
        .select_related("area")
        .order_by("area__path", "name", "id")[:MOST_POSTS]
    )
    if not found:
        return None
    known = _known(actor, found) if len(found) <= MOST_REMEMBERING else {}
    return {
        "posts": [
            {
                "district": post.district,
                "id": str(post.id),
                "name": post.name,
                "kind": post.kind,
                "area": post.area.name,
                "path": post.path,
                "fever": post.fever,
                **known.get(post.id, {"vehicles": [], "places": []}),
            }
            for post in found
        ]
    }


def _known(actor: Actor, posts: Iterable[Post]) -> dict[UUID, dict[str, Any]]:
    """Return the vehicles and places that each post remembers, in a fixed number of queries."""
    by_post = {(p.district, p.id): p for p in posts}
    moment = now()
    again = Q(passages__gte=2, last_at__gte=moment - timedelta(days=REMEMBER_DAYS))
    vehicles = Vehicle.objects.filter(
        again | Q(last_at__gte=moment - _THIS_SHIFT),
        district__in={d for d, _ in by_post},
        post_id__in=[i for _, i in by_post],
    ).exclude(plate_index="")
    listed = list(vehicles.order_by("-last_at", "id")[:MOST_VEHICLES])
    last = {
        p.id: p
        for p in Passage.objects.filter(
            district__in={v.district for v in listed}, id__in=[v.last_passage_id for v in listed]
        )
    }
    lines: dict[UUID, list[UUID]] = defaultdict(list)
    rows = PassageLine.objects.filter(
        district__in={v.district for v in listed}, passage_id__in=list(last)
    ).exclude(traveller_id=None)
    for passage_id, traveller_id in rows.order_by("passage_id", "number").values_list(
        "passage_id", "traveller_id"
    ):
        if traveller_id:
            lines[passage_id].append(traveller_id)
    people = {
        t.id: t
        for t in Traveller.objects.filter(
            district__in={v.district for v in listed},
            id__in=[i for ids in lines.values() for i in ids],
        )
    }
    result: dict[UUID, dict[str, Any]] = {
        post.id: {"vehicles": [], "places": _places(post)} for post in by_post.values()
    }
    for vehicle in listed:
        passage = last.get(vehicle.last_passage_id)
        if passage is None or not vehicle.plate:
            continue
        post = by_post[vehicle.district, vehicle.post_id]
        result[post.id]["vehicles"].append(
            [
                vehicle.plate,
                passage.from_place,
                passage.to_place,
                passage.people,
                [
                    _traveller(actor, post, people[i])
                    for i in lines[passage.id]
                    # Somebody without a name and a number would be anybody.
                    if i in people and (people[i].name or people[i].phone or people[i].id_number)
                ],
            ]
        )
    return result


def _traveller(actor: Actor, post: Post, row: Traveller) -> list[str]:
    whole = actor.sees(Sight.IDENTITY, post.path)
    name = row.name if whole else mask_name(row.name)
    return [str(row.id), name, mask_phone(row.phone)]


def _places(post: Post) -> list[str]:
    """Return the places from and to which people pass most, the most frequent first."""
    lately = Passage.objects.filter(district=post.district, post_id=post.id).order_by("-at")
    counted = Counter(
        place
        for pair in lately.values_list("from_place", "to_place")[:200]
        for place in pair
        if place
    )
    return [place for place, _ in sorted(counted.items(), key=lambda p: (-p[1], p[0]))][
        :MOST_PLACES
    ]
