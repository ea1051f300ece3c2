"""What can be read of sites: rooms, beds that are free, who stays there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from lianfang.areas import queries as area_queries
from lianfang.arrivals.models import Passenger, Room, Site, Stay, StayNote
from lianfang.arrivals.rules import Destination, Guest, SiteState, may_share
from lianfang.kernel.actors import Actor
from lianfang.kernel.scope import within
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people import account_queries
from lianfang.people.models import Person
from lianfang.people.rules import mask_name


def sites(
    actor: Actor,
    districts: Collection[str],
    *,
    takes: str = "",
    text: str = "",
    closed: bool = False,
) -> QuerySet[Any]:
    """Return the sites in the actor's scope, with how many beds they have, taken and free."""
    found = Site.objects.filter(
        within(actor.paths(Verb.READ), "area__path"), district__in=districts
    ).select_related("area")
    if not closed:
        found = found.filter(state=SiteState.OPEN)
    if takes:
        found = found.filter(takes=takes)
    if text := text.strip():
        found = found.filter(Q(name__icontains=text) | Q(area__name__icontains=text))
    return with_beds(found)


def with_beds(found: QuerySet[Site]) -> QuerySet[Any]:
    """Add to sites `beds`, `taken`, `free`: rooms out of use count with those who lie there."""
    rooms = Room.objects.filter(district=OuterRef("district"), site_id=OuterRef("id"), used=True)
    stays = Stay.objects.filter(district=OuterRef("district"), site_id=OuterRef("id"), until=None)
    nothing = Value(0, output_field=IntegerField())
    return found.annotate(
        beds=Coalesce(
            Subquery(rooms.order_by().values("site_id").annotate(n=Sum("beds")).values("n")),
            nothing,
        ),
        taken=Coalesce(
            Subquery(stays.order_by().values("site_id").annotate(n=Count("id")).values("n")),
            nothing,
        ),
    ).annotate(free=F("beds") - F("taken"))


def site(actor: Actor, district: str, site_id: UUID) -> Any:
    """Return one site (with its beds), open or closed; None when absent or forbidden."""
    return sites(actor, [district], closed=True).filter(id=site_id).first()


def receiving(district: str) -> list[Site]:
    """Return the open sites of a district, in the order in which they opened: for plans."""
    found = Site.objects.filter(district=district, state=SiteState.OPEN)
    return list(found.order_by("opened_at", "id"))


@dataclass(frozen=True, slots=True)
class Total:
    """Sites of one sort in a scope: how many, beds, taken, staff."""

    takes: str
    sites: int
    beds: int
    taken: int
    staff: int

    @property
    def free(self) -> int:
        """Beds in which nobody lies."""
        return self.beds - self.taken


def totals(actor: Actor, districts: Collection[str]) -> list[Total]:
    """Return the open sites of a scope by what they take."""
    sums: dict[str, list[int]] = {}
    rows = sites(actor, districts).values_list("takes", "beds", "taken", "staff")
    for takes, beds, taken, staff in rows:
        total = sums.setdefault(takes, [0, 0, 0, 0])
        for n, value in enumerate((1, beds, taken, staff)):
            total[n] += value
    return [Total(str(d), *sums[str(d)]) for d in Destination if str(d) in sums]


@dataclass(frozen=True, slots=True)
class Occupant:
    """Somebody in a bed, as far as the actor's rights go."""

    stay: Stay
    name: str
    seat: str = ""


@dataclass(slots=True)
class Filled:
    """A room with those who lie in it."""

    room: Room
    guests: list[Occupant]

    @property
    def free(self) -> int:
        """Beds in which nobody lies; none in a room out of use."""
        return max(self.room.beds - len(self.guests), 0) if self.room.used else 0


def rooms(actor: Actor, one: Site) -> list[Filled]:
    """Return the rooms of a site that the caller has found in scope, with their guests."""
    filled = {
        room.id: Filled(room, [])
        for room in Room.objects.filter(district=one.district, site_id=one.id).order_by(
            "building", "floor", "label"
        )
    }
    for guest in occupants(actor, one):
        if guest.stay.room_id in filled:
            filled[guest.stay.room_id].guests.append(guest)
    return list(filled.values())


def occupants(actor: Actor, one: Site) -> list[Occupant]:
    """Return who stays at a site now, by room and bed; names for those who place people there."""
    found = list(
        Stay.objects.filter(district=one.district, site_id=one.id, until=None)
        .select_related("room")
        .order_by("room__building", "room__floor", "room__label", "bed", "id")
    )
    return _named(actor, one, found)


def _named(actor: Actor, one: Site, found: list[Stay]) -> list[Occupant]:
    path = one.area.path
    named = (
        actor.may(Verb.PLACE, path)
        or actor.sees(Sight.IDENTITY, path)
        or actor.sees(Sight.NAME, path)
    )
    names: dict[UUID, str] = {}
    seats: dict[UUID, str] = {}
    lines = Passenger.objects.filter(
        district=one.district, id__in=[s.passenger_id for s in found if s.passenger_id]
    )
    for person_id, name, seat in lines.values_list("person_id", "name", "seat"):
        names[person_id], seats[person_id] = name, seat
    others = [s.person_id for s in found if s.person_id not in names]
    known = Person.objects.filter(district=one.district, id__in=others)
    names.update(known.values_list("id", "name"))
    return [
        Occupant(
            stay,
            names.get(stay.person_id, "")
            if named
            else mask_name(names.get(stay.person_id, "") or "*"),
            seats.get(stay.person_id, ""),
        )
        for stay in found
    ]


def stay_of(district: str, person_id: UUID) -> Stay | None:
    """Return where somebody stays now, with the site; the caller checks the right to it."""
    found = Stay.objects.filter(district=district, person_id=person_id, until=None)
    return found.select_related("site__area", "room").first()


def notes(district: str, person_ids: Collection[UUID]) -> list[StayNote]:
    """Return the words about people who stay, the newest first."""
    found = StayNote.objects.filter(district=district, person_id__in=list(person_ids))
    return list(found.order_by("-at", "id")[:200])


def fitting(one: Site, guest: Guest, filled: Collection[Filled]) -> list[Room]:
    """Return the rooms of a site into which a guest fits by the rules of sharing."""
    return [
        f.room
        for f in filled
        if f.free
        and may_share([*(Guest(g.stay.sex, g.stay.group, g.stay.party) for g in f.guests), guest])
    ]


@dataclass(frozen=True, slots=True)
class Meals:
    """Plates for one meal at a site: all, and by what the kitchen must know."""

    people: int
    diets: dict[str, int]


def meals(one: Site) -> Meals:
    """Return how many plates a site needs, by diet: nobody counts them by hand."""
    rows = Stay.objects.filter(district=one.district, site_id=one.id, until=None)
    diets: dict[str, int] = {}
    people = 0
    for wanted in rows.values_list("diets", flat=True):
        people += 1
        for diet in wanted:
            diets[diet] = diets.get(diet, 0) + 1
    return Meals(people, dict(sorted(diets.items())))


def rooms_for(
    actor: Actor, district: str, takes: str, guest: Guest
) -> tuple[list[tuple[str, str]], dict[UUID, Site]]:
    """Return rooms with a free bed as choices, those into which a guest fits first; and each
    room's site. Without `takes` the rooms of all sites."""
    fit: list[tuple[str, str]] = []
    other: list[tuple[str, str]] = []
    where: dict[UUID, Site] = {}
    for one in sites(actor, [district], takes=takes).order_by("opened_at", "id")[:40]:
        filled = rooms(actor, one)
        fitting_ids = {room.id for room in fitting(one, guest, filled)}
        for part in filled:
            if part.free:
                where[part.room.id] = one
                label = f"{one.name} {part.room.building}{part.room.label} ({part.free})"
                good = part.room.id in fitting_ids
                (fit if good else other).append(
                    (str(part.room.id), label if good else f"△ {label}")
                )
    return (fit + other)[:2_000], where


def helpers(actor: Actor) -> list[tuple[str, str]]:
    """Return who can lead a site, as choices (district:person): helpers of the actor's areas."""
    found: dict[str, str] = {}
    for area in area_queries.roots(actor)[:5]:
        workers = account_queries.workers(area)[:200]
        accounts = account_queries.accounts_by_id(w.account_id for w in workers)
        for account in accounts.values():
            if account.person_id:
                found[f"{account.person_district}:{account.person_id}"] = account.name
    return sorted(found.items(), key=lambda pair: pair[1])[:300]


def open_ones(district: str) -> QuerySet[Site]:
    """Return the open sites of a district with their areas, in the order in which they opened."""
    found = Site.objects.filter(district=district, state=SiteState.OPEN).select_related("area")
    return found.order_by("opened_at", "id")
