"""The beds of rooms as a handler sees them: who lies where, and which one is free."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.arrivals.models import Room, Site, Stay
from lianfang.arrivals.rules import Guest, SiteState, may_share
from lianfang.arrivals.site_commands import CLOSED
from lianfang.kernel import problems
from lianfang.kernel.problems import Refuse, problem

FULL = problem(
    "arrival.room_full",
    _("Room {room} at “{site}” is full."),
    _("Choose another room, or make the plan anew."),
    status=409,
)
OUT_OF_USE = problem(
    "arrival.room_out_of_use",
    _("Room {room} at “{site}” is out of use."),
    _("Choose another room."),
    status=409,
)
MIXED = problem(
    "arrival.room_mixed",
    _("In room {room} at “{site}” lie people of another sex or risk group."),
    _("Choose another room, or say that they share it all the same."),
    status=409,
)


class Beds:
    """Rooms of one district, with their sites and guests, kept in step while a list is handled."""

    def __init__(self, district: str, room_ids: Collection[UUID]) -> None:
        """Read the rooms, their sites and who lies there."""
        found = Room.objects.filter(district=district, id__in=room_ids)
        self.rooms = {r.id: r for r in found}
        self.sites = {
            s.id: s
            for s in Site.objects.filter(
                district=district, id__in={r.site_id for r in self.rooms.values()}
            )
        }
        self._guests: dict[UUID, list[Guest]] = {}
        self._taken: dict[UUID, set[int]] = {}
        live = Stay.objects.filter(district=district, room_id__in=room_ids, until=None)
        for room_id, bed, sex, group, party in live.values_list(
            "room_id", "bed", "sex", "group", "party"
        ):
            if room_id is not None:
                self._guests.setdefault(room_id, []).append(Guest(sex, group, party))
                self._taken.setdefault(room_id, set()).add(bed or 0)

    def site_of(self, site_id: UUID, room_id: UUID) -> Site:
        """Return the site of a room; refuses a room of another site, a closed site."""
        room = self.rooms.get(room_id)
        if room is None or room.site_id != site_id:
            raise Refuse(problems.NOT_FOUND, "room_id")
        site = self.sites[site_id]
        if site.state != SiteState.OPEN:
            raise Refuse(CLOSED, "post_id", name=site.name)
        return site

    def take(self, room_id: UUID, guest: Guest, *, anyway: bool = False) -> int:
        """Give `guest` the first free bed of a room; refuses where there is none to be had."""
        room = self.rooms[room_id]
        words = {"room": room.label, "site": self.sites[room.site_id].name}
        if not room.used:
            raise Refuse(OUT_OF_USE, "room_id", **words)
        taken = self._taken.setdefault(room_id, set())
        bed = next((n for n in range(1, room.beds + 1) if n not in taken), None)
        if bed is None:
            raise Refuse(FULL, "room_id", **words)
        guests = self._guests.setdefault(room_id, [])
        if not anyway and not may_share([*guests, guest]):
            raise Refuse(MIXED, "room_id", **words)
        taken.add(bed)
        guests.append(guest)
        return bed
