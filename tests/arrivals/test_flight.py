"""A manifest from its first line to the last bed: lists, triage, families, placing, leaving."""

from __future__ import annotations

from uuid import UUID

import pytest
from tests.arrivals import helpers as h
from tests.town import COMMUNITY, DISTRICT, Town

from lianfang.arrivals import planning, queries, site_queries
from lianfang.arrivals.models import Manifest, Passenger, Room, Site, Stay
from lianfang.arrivals.placement import Why
from lianfang.kernel.models import Duty
from lianfang.kernel.times import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return h.build()


def area(town: Town) -> object:
    return town.areas[COMMUNITY].id


def received(town: Town, count: int = 12, **more: object) -> Manifest:
    lead = town.actor("lead")
    manifest = h.open_manifest(lead, town.areas[COMMUNITY].id)
    h.list_all(lead, [h.line(manifest, n, **more) for n in range(count)])
    return manifest


def test_who_is_missing_is_looked_for_and_may_still_come(town: Town) -> None:
    lead, manifest = town.actor("lead"), received(town)
    first = Passenger.objects.get(manifest_id=manifest.id, seat="1A")
    assert h.act(lead, "passenger.missing", {"passenger_id": str(first.id)}).stands
    duty = Duty.objects.get(kind="missing_passenger")
    assert (duty.state, duty.subject_id) == ("open", first.id)
    h.all_present(lead, manifest)
    h.act(lead, "manifest.count", {"manifest_id": str(manifest.id), "heads": 12})
    manifest.refresh_from_db()
    counts = queries.counts(manifest)
    assert (counts.present, counts.missing, counts.gap) == (11, 1, 1)
    late = h.act(lead, "passenger.present", {"passenger_id": str(first.id), "temperature": "36.6"})
    assert late.result == {"late": True}
    duty.refresh_from_db()
    assert duty.state == "done"
    assert queries.counts(manifest).gap == 0


def test_a_document_stands_once_and_a_second_line_is_a_double(town: Town) -> None:
    lead, manifest = town.actor("lead"), received(town, 1)
    passport = {"id_kind": "passport", "id_number": "E12345678"}
    h.list_all(lead, [h.line(manifest, 5, **passport)])
    twice = h.line(manifest, 9, **passport)
    refused = h.act(lead, "passenger.list", twice)
    assert refused.refusal
    assert refused.refusal.code == "passenger.listed"
    first = Passenger.objects.get(seat="1F")
    assert h.act(lead, "passenger.list", {**twice, "double_of": str(first.id)}).stands
    assert queries.counts(manifest).double == 1
    double = Passenger.objects.get(state="double")
    assert not h.act(lead, "passenger.present", {"passenger_id": str(double.id)}).stands
    assert h.act(lead, "passenger.single", {"passenger_id": str(double.id)}).stands
    back = {"passenger_id": str(double.id), "double_of": str(first.id)}
    assert h.act(lead, "passenger.double", back).stands
    assert not h.act(lead, "passenger.double", {**back, "double_of": str(double.id)}).stands


def test_somebody_who_is_not_on_the_list_is_received_too(town: Town) -> None:
    lead, manifest = town.actor("lead"), received(town, 2)
    h.list_all(lead, [h.line(manifest, 8, extra=True)])
    counts = queries.counts(manifest)
    assert (counts.extra, counts.present, counts.expected) == (1, 1, 2)


def sorted_out(town: Town) -> Manifest:
    """A dozen: one with fever, four from Wuhan (one of them the feverish one), one family."""
    lead, manifest = town.actor("lead"), received(town)
    family = [h.line(manifest, n, family="PNR7") for n in (0, 1, 3)]
    h.list_all(lead, family)
    h.all_present(lead, manifest)
    feverish = Passenger.objects.get(manifest_id=manifest.id, seat="1A")
    seen = {"passenger_id": str(feverish.id), "temperature": "38.2", "symptoms": ["cough"]}
    assert h.act(lead, "passenger.present", seen).stands
    h.triage(lead, manifest, h.adopt(lead, town.areas[COMMUNITY].id))
    return manifest


def test_rules_send_in_their_order_and_a_split_family_waits_for_a_person(town: Town) -> None:
    lead, manifest = town.actor("lead"), sorted_out(town)
    counts = queries.counts(manifest)
    assert counts.to == {"hospital": 1, "hotel": 3, "site": 8, "home": 0}
    split = queries.split_families(manifest)
    assert {f: [p.seat for p in people] for f, people in split.items()} == {
        "PNR7": ["1A", "1B", "1D"]
    }
    here = town.areas[COMMUNITY].id
    sites = [h.open_site(lead, here, takes, 4) for takes in ("hospital", "hotel", "site")]
    plan = h.place(lead, manifest, *sites)
    waits = [p for p, why in plan.unplaced.items() if why is Why.WAITS_FOR_DECISION]
    # The one with fever waits for nobody.
    assert len(waits) == 2
    assert Stay.objects.get(destination="hospital").site_id == sites[0].id
    decide = {"manifest_id": str(manifest.id), "family": "PNR7", "way": "together"}
    nowhere = h.act(lead, "family.decide", decide)
    assert nowhere.refusal
    assert nowhere.refusal.code == "family.no_destination"
    assert h.act(lead, "family.decide", {**decide, "destination": "hotel"}).stands
    assert queries.split_families(manifest) == {}
    rest = h.place(lead, manifest, *sites)
    assert not rest.unplaced
    pair = Stay.objects.filter(party__endswith="PNR7", destination="hotel")
    assert len(pair) == 2
    assert len({s.room_id for s in pair}) == 1
    assert h.act(lead, "manifest.close", {"manifest_id": str(manifest.id)}).stands
    closed = h.act(lead, "passenger.list", h.line(manifest, 30))
    assert closed.refusal
    assert closed.refusal.code == "manifest.closed"
    assert h.act(lead, "manifest.reopen", {"manifest_id": str(manifest.id)}).stands


def test_a_decision_to_go_apart_keeps_what_the_rules_say(town: Town) -> None:
    lead, manifest = town.actor("lead"), sorted_out(town)
    decide = {"manifest_id": str(manifest.id), "family": "PNR7", "way": "apart"}
    assert h.act(lead, "family.decide", decide).stands
    assert queries.counts(manifest).to == {"hospital": 1, "hotel": 3, "site": 8, "home": 0}
    assert queries.split_families(manifest) == {}
    again = h.act(lead, "family.decide", {**decide, "family": "NOBODY"})
    assert again.refusal
    assert again.refusal.code == "family.unknown"


def test_a_full_site_says_why_and_a_second_site_takes_the_rest(town: Town) -> None:
    lead, manifest = town.actor("lead"), received(town, 8, place_from="武汉", sex="male")
    h.all_present(lead, manifest)
    here = town.areas[COMMUNITY].id
    h.triage(lead, manifest, h.adopt(lead, here))
    small = h.open_site(lead, here, "hotel", rooms=3, beds=2)
    plan = h.place(lead, manifest, small)
    assert set(plan.unplaced.values()) == {Why.FULL}
    assert len(plan.unplaced) == 2
    second = h.open_site(lead, here, "hotel", rooms=1, beds=2)
    assert not h.place(lead, manifest, small, second).unplaced
    assert Stay.objects.filter(site_id=second.id).count() == 2
    assert site_queries.sites(lead, [DISTRICT]).get(id=small.id).free == 0


def lone(town: Town) -> tuple[Manifest, Site, Stay]:
    """Two men and a woman from Wuhan at a hotel."""
    lead, here = town.actor("lead"), town.areas[COMMUNITY].id
    manifest = h.open_manifest(lead, here)
    lines = [h.line(manifest, n, place_from="武汉") for n in (0, 1, 2)]
    h.list_all(lead, lines)
    h.all_present(lead, manifest)
    h.triage(lead, manifest, h.adopt(lead, here))
    site = h.open_site(lead, here, "hotel", rooms=4, beds=2)
    h.place(lead, manifest, site)
    return manifest, site, Stay.objects.get(sex="female", until=None)


def test_sexes_lie_apart_unless_a_person_says_otherwise(town: Town) -> None:
    lead = town.actor("lead")
    _, site, woman = lone(town)
    men = Stay.objects.filter(sex="male")
    assert len({s.room_id for s in men}) == 1
    assert woman.room_id not in {s.room_id for s in men}
    man = men[0]
    there = {
        "person_id": str(man.person_id),
        "post_id": str(site.id),
        "room_id": str(woman.room_id),
    }
    mixed = h.act(lead, "arrival.move", there)
    assert mixed.refusal
    assert mixed.refusal.code == "arrival.room_mixed"
    assert h.act(lead, "arrival.move", {**there, "anyway": True}).stands
    same = h.act(lead, "arrival.move", {**there, "anyway": True})
    assert same.refusal
    assert same.refusal.code == "arrival.same_room"
    stays = Stay.objects.filter(person_id=man.person_id).order_by("since", "until")
    assert [s.until is None for s in stays].count(True) == 1


def test_room_and_table_make_neighbours_for_as_long_as_they_lasted(town: Town) -> None:
    lead = town.actor("lead")
    _, site, woman = lone(town)
    first, second = Stay.objects.filter(sex="male")
    near = queries.neighbours(DISTRICT, first.person_id)
    assert [(n.person_id, n.how) for n in near] == [(second.person_id, "room")]
    for stay in (first, woman):
        kept = {"person_id": str(stay.person_id), "table": "3", "diets": ["halal"]}
        assert h.act(lead, "stay.keep", kept).stands
    ways = {(n.person_id, n.how) for n in queries.neighbours(DISTRICT, first.person_id)}
    assert ways == {(second.person_id, "room"), (woman.person_id, "table")}
    assert site_queries.meals(site).diets == {"halal": 2}
    used = {first.room_id, woman.room_id}
    empty = next(r for r in Room.objects.all() if r.id not in used)
    away = {"post_id": str(site.id), "room_id": str(empty.id)}
    assert h.act(lead, "arrival.move", {"person_id": str(second.person_id), **away}).stands
    (room,) = [n for n in queries.neighbours(DISTRICT, first.person_id) if n.how == "room"]
    assert room.until is not None
    assert queries.neighbours(DISTRICT, first.person_id, h.later(1))[0].how == "table"


def test_early_departure_is_looked_after_and_frees_the_bed(town: Town) -> None:
    lead = town.actor("lead")
    _, site, woman = lone(town)
    note = {"person_id": str(woman.person_id), "text": "想要一本书"}
    assert h.act(lead, "stay.note", note).stands
    assert site_queries.notes(DISTRICT, [woman.person_id])[0].text == "想要一本书"
    busy = h.act(lead, "site.close", {"post_id": str(site.id), "why": "关"})
    assert busy.refusal
    assert busy.refusal.code == "site.occupied"
    gone = {"person_id": str(woman.person_id), "why": "early"}
    assert h.act(lead, "arrival.leave", gone).stands
    assert Duty.objects.get(kind="left_early").subject_id == woman.person_id
    assert site_queries.sites(lead, [DISTRICT]).get().taken == 2
    assert not h.act(lead, "arrival.leave", gone).stands


def test_a_mistaken_placement_is_taken_back(town: Town) -> None:
    lead = town.actor("lead")
    manifest, site, woman = lone(town)
    h.act(lead, "arrival.leave", {"person_id": str(woman.person_id), "why": "mistake"})
    assert queries.counts(manifest).waiting == 1
    assert not h.place(lead, manifest, site).unplaced


def test_rooms_cannot_shrink_below_who_lies_there(town: Town) -> None:
    lead = town.actor("lead")
    _, site, _ = lone(town)
    man = Stay.objects.filter(sex="male", bed=2).get()
    room = Room.objects.get(site_id=site.id, id=str(man.room_id))
    wanted = {"post_id": str(site.id), "room_id": str(room.id), "label": room.label, "beds": 1}
    small = h.act(lead, "room.set", {**wanted, "floor": room.floor})
    assert small.refusal
    assert small.refusal.code == "room.occupied"
    other = Room.objects.exclude(label=room.label).first()
    assert other
    taken = h.act(lead, "room.set", {**wanted, "room_id": str(other.id), "beds": 2})
    assert taken.refusal
    assert taken.refusal.code == "room.label_taken"


def test_a_patient_gets_a_bed_without_a_manifest(town: Town) -> None:
    lead, here = town.actor("lead"), town.areas[COMMUNITY].id
    (home,) = town.register(1, "3-2-501")
    hospital = h.open_site(lead, here, "hospital", rooms=1, beds=1)
    room = Room.objects.get(site_id=hospital.id)
    from lianfang.people.models import Person

    one, two = Person.objects.filter(household_id=home)
    spot = {"destination": "hospital", "post_id": str(hospital.id), "room_id": str(room.id)}
    assert h.act(lead, "arrival.place", {"person_id": str(one.id), **spot}).stands
    full = h.act(lead, "arrival.place", {"person_id": str(two.id), **spot})
    assert full.refusal
    assert full.refusal.code == "arrival.room_full"
    nowhere = h.act(lead, "arrival.place", {"person_id": str(two.id), "destination": "hotel"})
    assert nowhere.refusal
    assert nowhere.refusal.code == "arrival.no_bed_named"


def test_rules_are_versioned_and_try_out_changes_nothing(town: Town) -> None:
    lead, manifest = town.actor("lead"), sorted_out(town)
    before = queries.counts(manifest)
    from lianfang.arrivals import rules

    stricter = rules.read_rules([{"name": "all", "when": [], "destination": "home"}])
    tried = planning.sort(planning.live_lines(manifest), stricter)
    assert tried.counts == {"home": 12}
    assert tried.split == {}
    assert queries.counts(manifest) == before
    second = h.adopt(lead, town.areas[COMMUNITY].id, [*_one_rule("home")])
    assert second.version == 2
    found = queries.rule_set(town.areas[COMMUNITY])
    assert found
    assert found.id == second.id
    assert queries.rule_set(town.grid(1)) == second
    h.triage(lead, manifest, second)
    assert queries.counts(manifest).to["home"] == 12
    h.place(lead, manifest)
    assert Stay.objects.filter(site_id=None, destination="home").count() == 12
    falls = h.act(
        lead,
        "triage.adopt",
        {
            "rule_set_id": str(second.id),
            "area_id": str(town.areas[COMMUNITY].id),
            "rules": [
                {
                    "name": "x",
                    "destination": "home",
                    "when": [{"fact": "age", "test": "below", "number": 3}],
                }
            ],
        },
    )
    assert falls.refusal
    assert falls.refusal.code == "triage.no_catch_all"


def _one_rule(destination: str) -> list[dict[str, object]]:
    return [{"name": "all", "when": [], "destination": destination}]


def test_nobody_is_placed_whom_nobody_could_watch(town: Town) -> None:
    lead, manifest = town.actor("lead"), sorted_out(town)
    site = h.open_site(lead, town.areas[COMMUNITY].id, "site", 8)
    from lianfang.kernel.ids import new_id

    manifest.refresh_from_db()
    proposal = planning.propose(manifest, [site])
    (first, *_) = planning.place_entries(new_id(), manifest, proposal, [site], now())
    refused = h.act(town.actor("site"), "arrival.place", first.payload)
    assert refused.refusal
    assert refused.refusal.code == "arrival.not_registered"
    assert not h.place(lead, manifest, site).plan.unplaced.keys() & {
        UUID(first.payload["passenger_id"])
    }


def test_watches_are_asked_for_with_each_placement(town: Town) -> None:
    lead, manifest = town.actor("lead"), sorted_out(town)
    here = town.areas[COMMUNITY].id
    sites = [h.open_site(lead, here, takes, 8) for takes in ("hospital", "hotel", "site")]
    from lianfang.kernel.ids import new_id

    manifest.refresh_from_db()
    proposal = planning.propose(manifest, sites)
    entries = planning.place_entries(new_id(), manifest, proposal, sites, now())
    by_place = {e.payload["destination"]: e.payload["watch"] for e in entries}
    assert by_place["hospital"]["reason"] == "suspected"
    assert by_place["site"]["days"] == 14
    assert by_place["site"]["checks_a_day"] == 2
    assert by_place["site"]["post_id"] == str(sites[2].id)
