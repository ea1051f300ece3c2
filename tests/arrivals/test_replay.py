"""The journal gives arrivals again, also after somebody's data were purged."""

from __future__ import annotations

import pytest
from tests.arrivals import helpers as h
from tests.town import COMMUNITY, do, entry

from lianfang.arrivals import queries
from lianfang.arrivals.models import Passenger, Room, Stay, StayNote
from lianfang.kernel import clock
from lianfang.kernel.models import SubjectKey
from lianfang.kernel.submit import submit
from lianfang.kernel.verification import verify

pytestmark = pytest.mark.django_db(transaction=True)


def test_thirty_days_after_the_last_bed_names_are_gone_and_counts_stay() -> None:
    town = h.build()
    lead, here = town.actor("lead"), town.areas[COMMUNITY].id
    manifest = h.open_manifest(lead, here)
    h.list_all(lead, [h.line(manifest, n, place_from="武汉") for n in range(4)])
    h.all_present(lead, manifest, temperature="36.5")
    h.triage(lead, manifest, h.adopt(lead, here))
    h.place(lead, manifest, h.open_site(lead, here))
    do(lead, "manifest.close", {"manifest_id": str(manifest.id)})
    stays = list(Stay.objects.all())
    do(lead, "stay.note", {"person_id": str(stays[0].person_id), "text": "想家"})
    before = queries.counts(manifest)
    clock.run(h.later(60))
    # Whoever still stays is not forgotten.
    assert Passenger.objects.exclude(name="").count() == 4
    for stay in stays:
        do(lead, "arrival.leave", {"person_id": str(stay.person_id), "why": "released"})
    clock.run(h.later(29))
    assert Passenger.objects.exclude(name="").count() == 4
    clock.run(h.later(31))
    assert not Passenger.objects.exclude(name="").exists()
    assert StayNote.objects.get().text == ""
    keys = SubjectKey.objects.filter(subject_id__in=[p.id for p in Passenger.objects.all()])
    assert not keys.exists()
    after = queries.counts(manifest)
    assert (after.placed, after.to) == (before.placed, before.to)
    assert verify().differences == []


def test_a_replay_gives_a_flight_again() -> None:
    town = h.build()
    lead, here = town.actor("lead"), town.areas[COMMUNITY].id
    manifest = h.open_manifest(lead, here)
    lines = [
        h.line(manifest, n, family="A" if n < 3 else "", id_kind="passport", id_number=f"E1000{n}")
        for n in range(9)
    ]
    registered = [
        entry(
            "person.register",
            {"person_id": one["person_id"], "area_id": str(here), "name": one["name"]},
        )
        for one in lines
    ]
    submit(lead, registered)
    h.list_all(lead, lines)
    h.list_all(lead, [{**h.line(manifest, 20), "double_of": lines[0]["passenger_id"]}])
    h.list_all(lead, [h.line(manifest, 21, extra=True)])
    gone = lines[8]["passenger_id"]
    do(lead, "passenger.missing", {"passenger_id": gone})
    h.all_present(lead, manifest, temperature="36.5")
    seen = {"passenger_id": lines[1]["passenger_id"], "temperature": "38.0", "symptoms": ["cough"]}
    do(lead, "passenger.present", seen)
    h.triage(lead, manifest, h.adopt(lead, here))
    sites = [h.open_site(lead, here, takes) for takes in ("hospital", "hotel", "site")]
    decide = {"manifest_id": str(manifest.id), "family": "A", "way": "together"}
    do(lead, "family.decide", {**decide, "destination": "hotel"})
    assert not h.place(lead, manifest, *sites).unplaced
    do(lead, "passenger.present", {"passenger_id": gone})
    h.triage(lead, manifest, h.adopt(lead, here))
    h.place(lead, manifest, *sites)
    one, two, *_ = Stay.objects.filter(until=None, destination="site").order_by("id")
    do(lead, "stay.keep", {"person_id": str(one.person_id), "table": "4", "diets": ["soft"]})
    do(lead, "stay.note", {"person_id": str(one.person_id), "text": "想家"})
    used = {s.room_id for s in Stay.objects.filter(until=None)}
    room = next(r for r in Room.objects.filter(site_id=sites[2].id) if r.id not in used)
    there = {"post_id": str(sites[2].id), "room_id": str(room.id)}
    do(lead, "arrival.move", {"person_id": str(one.person_id), **there})
    do(lead, "arrival.leave", {"person_id": str(two.person_id), "why": "early"})
    do(lead, "manifest.count", {"manifest_id": str(manifest.id), "heads": 10})
    assert verify().differences == []
    do(lead, "person.purge", {"person_id": str(one.person_id), "reason": "到期"})
    purged = Passenger.objects.get(person_id=one.person_id)
    assert (purged.name, purged.id_index) == ("", "")
    assert StayNote.objects.get().text == ""
    assert verify().differences == []
