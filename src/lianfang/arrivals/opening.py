"""A site opened as one act: post, temporary organisation with its lead, site, rooms.

Each step has an id derived from the act's, so a step that was done before answers "repeated" and
the rest goes on after a cut or a second press of the button.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from lianfang.areas.models import Area
from lianfang.arrivals.rules import Destination
from lianfang.kernel import problems
from lianfang.kernel.actors import Actor
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import derive_id, time_of
from lianfang.kernel.problems import Refuse
from lianfang.kernel.submit import submit
from lianfang.kernel.times import local, now

POST_KINDS = {
    Destination.HOSPITAL: "hospital",
    Destination.HOTEL: "hotel",
    Destination.SITE: "observation_site",
}


@dataclass(frozen=True, slots=True)
class Rooms:
    """Rooms that are alike: on these floors so many each, numbered 101, 102, …

    The first `accessible` of each floor take a wheelchair.
    """

    floors: range
    each: int
    beds: int
    accessible: int = 0
    building: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a site shall be. `lead` is (district, person) of who leads it."""

    name: str
    takes: Destination
    rooms: Sequence[Rooms] = ()
    address: str = ""
    staff: int = 0
    team: bool = True
    lead: tuple[str, UUID] | None = None
    purpose: str = ""
    functions: Sequence[str] = field(default_factory=tuple)


def open_site(actor: Actor, act: UUID, area: Area, wanted: Opening) -> UUID:
    """Open a site with its organisation and rooms; return its id, which is the post's.

    Raises Refuse with the first refusal; what was done stands, and the same act goes on from there.
    """
    post_id, team_id = derive_id(act, "post"), derive_id(act, "team")
    if wanted.team:
        unit = {"organisation_id": str(team_id), "name": wanted.name[:120], "kind": "temporary"}
        _step(actor, act, "organisation.create", unit, "")
        lead = wanted.lead and {"district": wanted.lead[0], "person_id": str(wanted.lead[1])}
        team: dict[str, Any] = {
            "team_id": str(team_id),
            "area_id": str(area.id),
            "purpose": wanted.purpose,
            "functions": list(wanted.functions),
            "first_day": local(now()).date().isoformat(),
        }
        _step(actor, act, "team.form", team | ({"lead": lead} if lead else {}), "")
    post: dict[str, Any] = {
        "post_id": str(post_id),
        "area_id": str(area.id),
        "kind": POST_KINDS[wanted.takes],
        "name": wanted.name,
        "address": wanted.address,
    }
    site: dict[str, Any] = {
        "post_id": str(post_id),
        "area_id": str(area.id),
        "name": wanted.name,
        "takes": str(wanted.takes),
        "staff": wanted.staff,
    }
    if wanted.team:
        post["team_id"] = site["team_id"] = str(team_id)
    _step(actor, act, "post.open", post, area.district)
    _step(actor, act, "site.open", site, area.district)
    add_rooms(actor, act, area.district, post_id, wanted.rooms)
    return post_id


def add_rooms(actor: Actor, act: UUID, district: str, post_id: UUID, rooms: Sequence[Rooms]) -> int:
    """Set up the rooms of a site; return how many. Rooms that exist are brought up to date."""
    entries = []
    for part in rooms:
        for floor in part.floors:
            for number in range(1, part.each + 1):
                label = f"{floor}{number:02d}"
                payload = {
                    "post_id": str(post_id),
                    "room_id": str(derive_id(post_id, "room", part.building, label)),
                    "building": part.building,
                    "floor": floor,
                    "label": label,
                    "beds": part.beds,
                    "accessible": number <= part.accessible,
                }
                id_ = derive_id(act, "room", part.building, label)
                entries.append(
                    Entry(id_, "room.set", payload, now(), district, device_at=time_of(act))
                )
    for start in range(0, len(entries), 500):
        for receipt in submit(actor, entries[start : start + 500]):
            if not receipt.stands:
                refusal = receipt.refusal or problems.Refusal(problems.UNEXPECTED)
                raise Refuse(refusal.code, refusal.field, **refusal.params)
    return len(entries)


def _step(actor: Actor, act: UUID, command: str, payload: Mapping[str, Any], district: str) -> None:
    entry = Entry(
        derive_id(act, command), command, dict(payload), now(), district, device_at=time_of(act)
    )
    receipt = submit(actor, [entry])[0]
    if not receipt.stands:
        refusal = receipt.refusal or problems.Refusal(problems.UNEXPECTED)
        raise Refuse(refusal.code, refusal.field, **refusal.params)
