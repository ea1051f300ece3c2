"""What can be read of watches: who, what is due, what was missed. Actor first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.timezone import localdate

from lianfang.areas import queries as area_queries
from lianfang.areas.models import Area
from lianfang.areas.rules import Level
from lianfang.kernel import crypto
from lianfang.kernel.actors import Actor
from lianfang.kernel.models import Tally
from lianfang.kernel.scope import within
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people.rules import mask_name
from lianfang.watching.models import Check, Watch
from lianfang.watching.rules import LIVE_WATCHES, WatchPlace, WatchState

LIVE = _LIVE = sorted(LIVE_WATCHES)


@dataclass(frozen=True, slots=True)
class WatchLine:
    """A live watch as other rooms see it; it says nothing of any case."""

    id: UUID
    person_id: UUID
    household_id: UUID | None
    post_id: UUID | None
    area_id: UUID
    place: str
    reasons: tuple[str, ...]
    from_day: date
    until_day: date
    checks_a_day: int
    away: bool
    left_at: datetime | None


def watched(district: str, person_ids: Iterable[UUID]) -> dict[UUID, WatchLine]:
    """Return the live watches of those of the persons who have one."""
    found = Watch.objects.filter(district=district, person_id__in=list(person_ids), state__in=_LIVE)
    return {row.person_id: _line(row) for row in found if row.person_id}


def _line(row: Watch) -> WatchLine:
    assert row.person_id
    return WatchLine(
        row.id,
        row.person_id,
        row.household_id,
        row.post_id,
        row.area_id,
        row.place,
        tuple(row.reasons),
        row.from_day,
        row.until_day,
        row.checks_a_day,
        row.away,
        row.left_at,
    )


def isolation(district: str, watch_ids: Iterable[UUID]) -> dict[UUID, date | None]:
    """Return the doors of these watches with the last day of isolation there, None for none."""
    doors = Watch.objects.filter(district=district, id__in=list(watch_ids)).exclude(
        household_id=None
    )
    homes = {id_ for id_ in doors.values_list("household_id", flat=True) if id_}
    result: dict[UUID, date | None] = dict.fromkeys(homes)
    live = Watch.objects.filter(
        district=district, household_id__in=homes, state__in=_LIVE, place=WatchPlace.HOME
    )
    for home, until in live.values_list("household_id", "until_day"):
        if home:
            result[home] = max(until, result[home] or until)
    return result


def filter_keys(districts: Collection[str]) -> list[tuple[str, str]]:
    """Return what tells people who should be in isolation: (kind, blind key), in no order.

    Kinds: "id" and "phone" are the blind indexes that the registers keep, "person" that of the
    person's id. Whoever has the filter made of them needs the server's key to try a guess.
    """
    found = Watch.objects.filter(district__in=districts, state__in=_LIVE, away=False).values_list(
        "person_id", "person__id_index", "person__phone_index"
    )
    keys = set()
    for person_id, identity, phone in found.iterator(chunk_size=5_000):
        keys.add(("person", crypto.blind_index(f"person:{person_id}")))
        keys |= {(kind, key) for kind, key in (("id", identity), ("phone", phone)) if key}
    return sorted(keys)


def scope(actor: Actor) -> Q:
    """Return the condition of the watches that an actor may see one by one.

    Those in the areas whose health the actor sees and watches; staff of a site see those who stay
    at a post of their area, and nobody at home. A command post sees counts only.
    """
    doors = within(actor.paths(Verb.WATCH), "area__path") & within(
        actor.sight_paths(Sight.HEALTH), "area__path"
    )
    sites = Q(post_id__isnull=False) & within(actor.paths(Verb.PLACE), "area__path")
    return doors | (sites & within(actor.paths(Verb.WATCH), "area__path"))


def watches(
    actor: Actor,
    districts: Collection[str],
    *,
    which: str = "live",
    under: str = "",
    post_id: UUID | None = None,
    moment: datetime | None = None,
) -> QuerySet[Watch]:
    """Return watches in the actor's scope, by what has to be done.

    `which`: live, due (open now, in time), overdue (open, late), missed (with a missed check),
    release (its day has come), left, away (at the clinic), unwell, handing, ended.
    """
    at = moment or now()
    found = Watch.objects.filter(scope(actor), district__in=districts).select_related(
        "area", "household", "person"
    )
    if under:
        found = found.filter(area__path__startswith=under)
    if post_id:
        found = found.filter(post_id=post_id)
    if which == "ended":
        return found.exclude(state__in=_LIVE)
    return found.filter(which_of(which, at), state__in=_LIVE)


def which_of(which: str, at: datetime) -> Q:
    """Return the condition of a list by its name, among the live ones."""
    conditions: dict[str, Q] = {
        "due": Q(opens_at__lte=at, due_at__gte=at),
        "overdue": Q(due_at__lt=at),
        "open": Q(opens_at__lte=at),
        "missed": Q(missed__gt=0),
        "release": Q(until_day__lte=localdate(at), away=False),
        "left": Q(left_at__isnull=False),
        "away": Q(away=True),
        "unwell": Q(unwell=True),
        "handing": Q(state=WatchState.HANDING),
    }
    return conditions.get(which, Q())


def counts(
    actor: Actor, districts: Collection[str], *, under: str = "", moment: datetime | None = None
) -> dict[str, int]:
    """Return how many watches stand in each list, for tabs and the home page."""
    at = moment or now()
    names = ("due", "overdue", "missed", "release", "left", "away", "handing")
    base = watches(actor, districts, under=under, moment=at).order_by().select_related(None)
    sums: dict[str, Any] = {name: Count("id", filter=which_of(name, at)) for name in names}
    return dict(base.aggregate(live=Count("id"), **sums))


def one(actor: Actor, district: str, watch_id: UUID) -> Watch | None:
    """Return one watch that the actor may see; None looks the same as none."""
    found = Watch.objects.filter(scope(actor), district=district, id=watch_id)
    return found.select_related("area", "household", "person").first()


def checks(district: str, watch_id: UUID) -> list[Check]:
    """Return the checks of a watch, the latest first; the caller checks the right to it."""
    return list(
        Check.objects.filter(district=district, watch_id=watch_id).order_by("-day", "-slot", "-at")
    )


def of_household(district: str, household_id: UUID) -> list[Watch]:
    """Return the live watches behind a door; the caller checks the right to it."""
    found = Watch.objects.filter(district=district, household_id=household_id, state__in=_LIVE)
    return list(found.select_related("person", "area").order_by("id"))


def by_post(district: str, post_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return how many are under watch at each post."""
    rows = (
        Watch.objects.filter(district=district, post_id__in=list(post_ids), state__in=_LIVE)
        .values_list("post_id")
        .annotate(number=Count("id"))
    )
    return {post_id: number for post_id, number in rows if post_id}


def people(district: str, watch_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return whom watches are about, for rooms that follow their records; purged ones left out."""
    found = Watch.objects.filter(district=district, id__in=list(watch_ids), person_id__isnull=False)
    return {id_: person for id_, person in found.values_list("id", "person_id") if person}


@dataclass(frozen=True, slots=True)
class Seen:
    """What an actor sees of one watch or referral; '' where the sight does not reach."""

    name: str
    where: str
    health: bool
    address: bool


def seen(actor: Actor, row: Any, posts: Mapping[UUID, Any] | None = None) -> Seen:
    """Return who and where, as far as the actor's sight goes.

    Staff of a site see the names and readings of those who stay at a post, and of nobody at home.
    """
    path = f"{row.area.path}{row.household_id.hex}/" if row.household_id else row.area.path
    site = row.post_id is not None and actor.may(Verb.PLACE, row.area.path)
    named = site or actor.sees(Sight.IDENTITY, path) or actor.sees(Sight.NAME, path)
    address = actor.sees(Sight.ADDRESS, path)
    door = row.household.label if row.household_id and row.household and address else ""
    post = posts.get(row.post_id) if posts and row.post_id else None
    place = post.name if post else door
    name = row.person.name if row.person_id and row.person and named else ""
    return Seen(
        name or (mask_name(row.person.name) if row.person_id and row.person and address else ""),
        " · ".join(part for part in (row.area.name, place) if part),
        site or actor.sees(Sight.HEALTH, path),
        address,
    )


def narrowed(
    actor: Actor, found: QuerySet[Any], *, text: str = "", place: str = "", area_id: str = ""
) -> QuerySet[Any]:
    """Narrow watches or referrals by a name, a door or an area's name; by place; by area.

    Names are searched only where the actor sees them.
    """
    if text := text.strip():
        named = within(actor.sight_paths(Sight.IDENTITY), "area__path")
        doors = within(actor.sight_paths(Sight.ADDRESS), "area__path")
        wanted = Q(person__name__icontains=text) & named | Q(area__name__icontains=text)
        room = Q(household__room__iexact=text) | Q(household__address_key__icontains=text)
        found = found.filter(wanted | room & doors)
    if place:
        found = found.filter(place=place)
    if area_id:
        found = found.filter(area_id=area_id)
    return found


def areas_of(found: QuerySet[Any]) -> list[tuple[str, str]]:
    """Return the areas in which rows lie, as choices; at most two hundred."""
    rows = found.order_by("area__path").values_list("area_id", "area__name").distinct()[:200]
    return [(str(id_), name) for id_, name in rows]


def incoming(actor: Actor, districts: Collection[str]) -> QuerySet[Watch]:
    """Return the watches that other districts offer to the areas which the actor watches."""
    found = Watch.objects.filter(
        within(actor.paths(Verb.WATCH), "to_path"),
        to_district__in=districts,
        state=WatchState.HANDING,
    )
    return found.select_related("area", "person").order_by("until_day", "id")


def offered(actor: Actor, districts: Collection[str], watch_id: UUID) -> Watch | None:
    """Return one watch that another district offers."""
    return incoming(actor, districts).filter(id=watch_id).first()


def certificate(district: str, watch_id: UUID) -> Watch | None:
    """Return the watch whose certificate is valid: released, and nothing new has begun since."""
    row = Watch.objects.filter(district=district, id=watch_id, state=WatchState.RELEASED)
    found = row.select_related("person").first()
    if found is None or (found.person_id and watched(district, [found.person_id])):
        return None
    return found


def isolated_doors(district: str, household_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of the doors behind which somebody is isolated at home."""
    found = Watch.objects.filter(
        district=district,
        household_id__in=list(household_ids),
        state__in=_LIVE,
        place=WatchPlace.HOME,
    )
    return {id_ for id_ in found.values_list("household_id", flat=True) if id_}


def own_checks(district: str, household_id: UUID) -> list[Watch]:
    """Return the live watches behind a door whose people may check themselves.

    For the resident's page, once it knows that its reader belongs to the household.
    """
    found = of_household(district, household_id)
    return [row for row in found if row.self_check and not row.away and row.person_id]


def gauges(area: Area) -> dict[str, int]:
    """Return how many are under watch in an area now, in all and by place, and are referred.

    From the counters, so that it says the same to a command post that sees nobody by name.
    """
    metrics = ["watched", "referrals_open", *(f"watched_{place}" for place in WatchPlace)]
    where = [area.id]
    if area.level < Level.COUNTY:
        where = [county.id for county in area_queries.below(area, Level.COUNTY)]
    rows = Tally.objects.filter(area_id__in=where, period="now", metric__in=metrics)
    if area.level >= Level.COUNTY:
        rows = rows.filter(district=area.district)
    return dict(rows.values_list("metric").annotate(number=Sum("value")))
