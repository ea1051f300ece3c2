"""What the tests of arrivals share: a town that receives a flight, with sites and rooms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests import town as towns
from tests.town import COMMUNITY, DISTRICT, Town, accepted, do, entry

from lianfang.arrivals import planning, queries
from lianfang.arrivals.models import Manifest, Passenger, RuleSet, Site, Stay
from lianfang.arrivals.rules import FIRST_RULES
from lianfang.kernel.actors import Actor
from lianfang.kernel.ids import derive_id, new_id
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now


def build() -> Town:
    """Make the town with staff at the airport and a neighbour community's lead."""
    town = towns.build()
    town.hire("site", "site_staff", COMMUNITY)
    town.hire("other", "community_lead", "440605012901")
    return town


def open_manifest(actor: Actor, area_id: UUID, vehicle: str = "TR188") -> Manifest:
    """Open a manifest at a community."""
    id_ = new_id()
    payload = {
        "manifest_id": str(id_),
        "area_id": str(area_id),
        "vehicle": vehicle,
        "origin": "新加坡",
        "arrives_at": now().isoformat(),
    }
    do(actor, "manifest.open", payload)
    return Manifest.objects.select_related("area").get(id=id_)


def line(manifest: Manifest, number: int, **more: Any) -> dict[str, Any]:
    """Return the payload of a passenger's line."""
    key = more.pop("key", number)
    return {
        "passenger_id": str(derive_id(manifest.id, "p", key)),
        "manifest_id": str(manifest.id),
        "person_id": str(derive_id(manifest.id, "who", key)),
        "name": f"旅客{number}",
        "sex": "female" if number % 2 else "male",
        "seat": f"{number // 6 + 1}{'ABCDEF'[number % 6]}",
        "place_from": "武汉" if number % 3 == 0 else "杭州",
        **more,
    }


def list_all(actor: Actor, lines: Sequence[dict[str, Any]]) -> None:
    """List passengers."""
    accepted(submit(actor, [entry("passenger.list", one, DISTRICT) for one in lines]))


def all_present(actor: Actor, manifest: Manifest, **more: Any) -> None:
    """Mark everybody who is expected as present."""
    waiting = Passenger.objects.filter(manifest_id=manifest.id, state="expected")
    accepted(
        submit(
            actor,
            [
                entry("passenger.present", {"passenger_id": str(p.id), **more}, DISTRICT)
                for p in waiting
            ],
        )
    )


def open_site(
    actor: Actor,
    area_id: UUID,
    takes: str = "hotel",
    rooms: int = 4,
    beds: int = 2,
    name: str = "",
    accessible: int = 0,
) -> Site:
    """Open a site with rooms that are alike."""
    id_ = new_id()
    payload = {
        "post_id": str(id_),
        "area_id": str(area_id),
        "name": name or f"{takes}-{str(id_)[-4:]}",
        "takes": takes,
    }
    do(actor, "site.open", payload)
    set_rooms(actor, id_, rooms, beds, accessible)
    return Site.objects.select_related("area").get(id=id_)


def set_rooms(
    actor: Actor, site_id: UUID, rooms: int, beds: int, accessible: int = 0, start: int = 1
) -> None:
    """Set rooms up, ten on a floor; the first `accessible` of them take a wheelchair."""
    entries = [
        entry(
            "room.set",
            {
                "post_id": str(site_id),
                "room_id": str(derive_id(site_id, "room", n)),
                "floor": n // 10 + 1,
                "label": f"{n // 10 + 1}{n % 10:02d}",
                "beds": beds,
                "accessible": n < start + accessible,
            },
            DISTRICT,
        )
        for n in range(start, start + rooms)
    ]
    accepted(submit(actor, entries))


def adopt(actor: Actor, area_id: UUID, rules: Sequence[dict[str, Any]] = FIRST_RULES) -> RuleSet:
    """Adopt triage rules for an area."""
    id_ = new_id()
    payload = {"rule_set_id": str(id_), "area_id": str(area_id), "rules": list(rules)}
    do(actor, "triage.adopt", payload)
    return RuleSet.objects.get(id=id_)


def triage(actor: Actor, manifest: Manifest, rules: RuleSet) -> None:
    """Send those who wait by the rules."""
    accepted(submit(actor, planning.triage_entries(new_id(), manifest, rules, now())))


def place(actor: Actor, manifest: Manifest, *sites: Site) -> planning.Proposal:
    """Plan beds, and place everybody whom the plan places, registered if they were not."""
    manifest.refresh_from_db()
    community = queries.community_of(manifest)
    waiting = planning.live_lines(manifest)
    submit(actor, planning.register_entries(new_id(), manifest, waiting, community, now()))
    proposal = planning.propose(manifest, sites)
    assert proposal.plan.proven
    accepted(submit(actor, planning.place_entries(new_id(), manifest, proposal, sites, now())))
    return proposal


def act(actor: Actor, command: str, payload: dict[str, Any]) -> Receipt:
    """Send one act and return its receipt, accepted or not."""
    return submit(actor, [entry(command, payload, DISTRICT)])[0]


def live(manifest: Manifest) -> list[Stay]:
    return list(Stay.objects.filter(manifest_id=manifest.id, until=None))


def later(days: float) -> datetime:
    return now() + timedelta(days=days)
