"""What can be read of passages and counts: of posts that the caller found in the actor's scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from lianfang.kernel import crypto
from lianfang.kernel.actors import Actor
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people.rules import mask_name, mask_phone
from lianfang.stations.models import (
    CrowdCount,
    Passage,
    PassageLine,
    Post,
    PostHour,
    Traveller,
    Vehicle,
)
from lianfang.stations.plate_rules import PlateFault, plate
from lianfang.stations.rules import REMEMBER_DAYS


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of a post's day; `at` is its beginning, on the deployment's clock."""

    at: datetime
    passages: int = 0
    people: int = 0
    fevers: int = 0
    people_in: int = 0
    people_out: int = 0
    crowd_in: int = 0
    crowd_out: int = 0

    @property
    def into(self) -> int:
        """Return how many came in, written down or only counted."""
        return self.people_in + self.crowd_in

    @property
    def out(self) -> int:
        """Return how many went out, written down or only counted."""
        return self.people_out + self.crowd_out


def bounds(day: date) -> tuple[datetime, datetime]:
    """Return the beginning of a local day and of the next."""
    zone = timezone.get_current_timezone()
    start = datetime.combine(day, time(), zone)
    return start, datetime.combine(day + timedelta(days=1), time(), zone)


def hours(district: str, post_ids: Iterable[UUID], day: date) -> list[Hour]:
    """Return the 24 hours of a local day, summed over posts of one district."""
    start, end = bounds(day)
    rows = PostHour.objects.filter(
        district=district, post_id__in=list(post_ids), hour__gte=start, hour__lt=end
    )
    sums = rows.values_list("hour").annotate(*(Sum(name) for name in PostHour.counters))
    found = {row[0]: row[1:] for row in sums.order_by("hour")}
    result = []
    moment = start
    while moment < end:
        result.append(Hour(timezone.localtime(moment), *found.get(moment, ())))
        moment += timedelta(hours=1)
    return result


def days(district: str, post_ids: Iterable[UUID], day: date) -> dict[UUID, Hour]:
    """Return the sums of a local day for each post of one district; posts without any are out."""
    start, end = bounds(day)
    rows = PostHour.objects.filter(
        district=district, post_id__in=list(post_ids), hour__gte=start, hour__lt=end
    )
    sums = rows.values_list("post_id").annotate(*(Sum(name) for name in PostHour.counters))
    return {row[0]: Hour(start, *row[1:]) for row in sums.order_by("post_id")}


def this_hour(district: str, post_ids: Iterable[UUID], hour: datetime) -> dict[UUID, int]:
    """Return how many went either way in the hour that began at `hour` (UTC), by post."""
    rows = PostHour.objects.filter(district=district, post_id__in=list(post_ids), hour=hour)
    return {r.post_id: r.people_in + r.people_out + r.crowd_in + r.crowd_out for r in rows}


def waiting(district: str, post_ids: Iterable[UUID]) -> dict[UUID, tuple[int, datetime]]:
    """Return how many waited at each post by the last count that says so, and when that was."""
    since = now() - timedelta(hours=24)
    rows = CrowdCount.objects.filter(
        district=district, post_id__in=list(post_ids), at__gte=since
    ).exclude(waiting=None)
    return {
        post: (number, at)
        for post, number, at in rows.order_by("at", "id").values_list("post_id", "waiting", "at")
        if number is not None
    }


@dataclass(frozen=True, slots=True)
class KnownTraveller:
    """A traveller as the post's staff sees him again: enough to recognise, no more."""

    id: UUID
    name: str
    phone: str
    passages: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class KnownVehicle:
    """A vehicle that passed this post before, with where it came from and who sat in it."""

    id: UUID
    plate: str
    passages: int
    last_at: datetime
    direction: str
    from_place: str
    to_place: str
    travellers: tuple[KnownTraveller, ...]


def takes(actor: Actor, post: Post) -> bool:
    """Tell whether the actor records passages at a post."""
    return actor.may(Verb.PASSAGE, post.path)


def _known(actor: Actor, post: Post, row: Traveller) -> KnownTraveller:
    whole = actor.sees(Sight.IDENTITY, post.path)
    name = row.name if whole else mask_name(row.name)
    return KnownTraveller(row.id, name, mask_phone(row.phone), row.passages, row.last_at)


def vehicle(actor: Actor, post: Post, text: str) -> KnownVehicle | None:
    """Return the vehicle of that plate that this post remembers, None for another."""
    try:
        index = crypto.blind_index(plate(text, other=True))
    except PlateFault:
        return None
    since = now() - timedelta(days=REMEMBER_DAYS)
    row = Vehicle.objects.filter(
        district=post.district, post_id=post.id, plate_index=index, last_at__gte=since
    ).first()
    if row is None or not index or not takes(actor, post):
        return None
    last = Passage.objects.get(district=post.district, id=row.last_passage_id)
    lines = PassageLine.objects.filter(district=post.district, passage_id=last.id)
    listed = lines.order_by("number").values_list("traveller_id", flat=True)
    ids = [traveller_id for traveller_id in listed if traveller_id]
    found = {t.id: t for t in Traveller.objects.filter(district=post.district, id__in=ids)}
    return KnownVehicle(
        row.id,
        row.plate,
        row.passages,
        row.last_at,
        last.direction,
        last.from_place,
        last.to_place,
        tuple(
            _known(actor, post, found[i])
            for i in ids
            # Somebody without a name and a number would be anybody.
            if i in found and (found[i].name or found[i].phone or found[i].id_number)
        ),
    )


def travellers(actor: Actor, post: Post, *, phone: str) -> list[KnownTraveller]:
    """Return those who gave this number here before: a family shares one."""
    index = crypto.blind_index(phone.strip())
    if not index or not takes(actor, post):
        return []
    since = now() - timedelta(days=REMEMBER_DAYS)
    rows = Traveller.objects.filter(
        district=post.district, post_id=post.id, phone_index=index, last_at__gte=since
    )
    return [_known(actor, post, row) for row in rows.order_by("-last_at", "id")[:6]]


def known(actor: Actor, post: Post, ids: Iterable[UUID]) -> dict[UUID, KnownTraveller]:
    """Return travellers of this post by id."""
    rows = Traveller.objects.filter(district=post.district, post_id=post.id, id__in=list(ids))
    return {row.id: _known(actor, post, row) for row in rows} if takes(actor, post) else {}


def passages(actor: Actor, post: Post, *, plate_text: str = "") -> QuerySet[Passage]:
    """Return a post's passages to whoever records them there or sees movements; else none."""
    if not takes(actor, post) and not actor.sees(Sight.MOVEMENT, post.path):
        return Passage.objects.none()
    found = Passage.objects.filter(district=post.district, post_id=post.id)
    if plate_text.strip():
        try:
            index = crypto.blind_index(plate(plate_text, other=True))
        except PlateFault:
            return found.none()
        found = found.filter(Q(vehicle__plate_index=index))
    return found.select_related("vehicle")


def temperatures(district: str, passage_ids: Iterable[UUID]) -> dict[UUID, list[Any]]:
    """Return the readings of passages in tenths of °C, in the order of their lines."""
    rows = PassageLine.objects.filter(district=district, passage_id__in=list(passage_ids))
    result: dict[UUID, list[Any]] = {}
    for passage_id, tenths in rows.order_by("passage_id", "number").values_list(
        "passage_id", "tenths"
    ):
        result.setdefault(passage_id, []).append(tenths)
    return result
