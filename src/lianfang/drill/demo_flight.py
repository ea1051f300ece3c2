# cjk: names of a made-up flight's sites
"""The demonstration's flight: its manifest imported, sorted by the rules, placed at three sites."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from lianfang.areas.models import Area
from lianfang.arrivals import acting, opening, queries, words
from lianfang.arrivals.models import Manifest
from lianfang.arrivals.opening import Opening, Rooms
from lianfang.arrivals.rules import FIRST_RULES, Destination
from lianfang.doors.imports import jobs, work
from lianfang.doors.imports.rows import Kind
from lianfang.drill import flight
from lianfang.kernel import times
from lianfang.kernel.actors import Actor
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import new_id
from lianfang.kernel.submit import submit

_SITES = (
    Opening("定点医院(示例)", Destination.HOSPITAL, [Rooms(range(1, 3), 6, 1)], staff=88),
    Opening("机场酒店(示例)", Destination.HOTEL, [Rooms(range(2, 8), 12, 2, 1)], staff=24),
    Opening(
        "党校观察点(示例)",
        Destination.SITE,
        [Rooms(range(1, 7), 16, 2, 1, "1号楼"), Rooms(range(1, 5), 10, 3, 1, "2号楼")],
        staff=40,
    ),
)


def receive(actor: Actor, community: Area, path: Path, fail: Callable[[str], Exception]) -> None:
    """Receive the flight of the example file at a community; raises `fail(words)`."""

    def do(entries: Sequence[Entry]) -> None:
        for receipt in submit(actor, entries):
            if not receipt.stands:
                raise fail(str(receipt.as_dict()))

    def one(command: str, payload: dict[str, object]) -> None:
        do([Entry(new_id(), command, dict(payload), times.now(), community.district)])

    manifest_id = new_id()
    here = {"area_id": str(community.id)}
    one(
        "manifest.open",
        {
            **here,
            "manifest_id": str(manifest_id),
            "vehicle": "TR188",
            "origin": "新加坡",
            "arrives_at": times.now().isoformat(),
        },
    )
    job = jobs.begin(actor, Kind.MANIFEST, community, path, path.name, manifest_id)
    work.check(job)
    work.perform(job)
    row = Manifest.objects.select_related("area").get(id=manifest_id, district=community.district)
    absent = queries.passengers(row).get(seat=flight.build().absent.seat)
    one("passenger.missing", {"passenger_id": str(absent.id)})
    acting.all_present(actor, new_id(), row)
    one("manifest.count", {"manifest_id": str(row.id), "heads": flight.LANDED})
    rules = [dict(rule) for rule in words.proposal()]
    one("triage.adopt", {**here, "rule_set_id": str(new_id()), "rules": rules})
    acting.triage(actor, new_id(), row)
    for site in _SITES:
        opening.open_site(actor, new_id(), community, site)
    row.refresh_from_db()
    # One family is decided upon; the other waits for whoever looks at the demonstration.
    family = next(iter(queries.split_families(row)))
    decided = {"manifest_id": str(row.id), "family": family, "way": "apart"}
    one("family.decide", dict(decided))
    acting.place(actor, new_id(), row)
    assert len(rules) == len(FIRST_RULES)
