"""S22: flight TR188 is received on 24 January: 2 to hospital, 114 to the hotel, 219 to a school.

The divisions down to Xiaoshan are real, the community at the airport and all people are made up.
The manifest goes in as the file it is (`examples/flight-tr188.xlsx`), by seat and shuffled.
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest
from tests.scenarios.city import hire, operate
from tests.scenarios.gate import Gate, act

from lianfang.areas.models import Area
from lianfang.arrivals import opening, placement, planning, queries, site_queries
from lianfang.arrivals.models import Manifest, Passenger, Room, Site, Stay
from lianfang.arrivals.placement import Why
from lianfang.arrivals.rules import FIRST_RULES, Destination, Guest, may_share
from lianfang.doors.imports import files, jobs, work
from lianfang.doors.imports.models import ImportJob
from lianfang.doors.imports.rows import Kind
from lianfang.doors.imports.tables import open_book
from lianfang.drill import flight
from lianfang.kernel import clock, times
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty, Record
from lianfang.kernel.verification import verify
from lianfang.mobilising.models import Team
from lianfang.people.auth import actor_for
from lianfang.people.models import Account, Person
from lianfang.watching.models import Check, Watch

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = [
    ("33", "浙江省"),
    ("3301", "杭州市"),
    ("330109", "萧山区"),
    ("330109901", "空港街道(示例)"),
    ("330109901901", "机场社区(示例)"),
]
DISTRICT = "330109"
LANDING = datetime(2020, 1, 24, 14, 0, tzinfo=UTC)


class Airport:
    """The joint command at the airport, which receives the flight."""

    def __init__(self) -> None:
        rows = [{"code": code, "name": name} for code, name in ROWS]
        operate([act("area.import", {"rows": rows}, "")])
        self.area = Area.objects.get(code="330109901901")
        hire("command", "community_lead", self.area)
        self.desk = Gate("command")
        self.manifest = self.expect()

    def expect(self) -> Manifest:
        id_ = new_id()
        payload = {
            "manifest_id": str(id_),
            "area_id": str(self.area.id),
            "vehicle": "TR188",
            "origin": "新加坡",
            "arrives_at": LANDING.isoformat(),
        }
        self.desk.must([act("manifest.open", payload, DISTRICT)])
        return Manifest.objects.select_related("area").get(id=id_)

    def take(self, path: Path) -> ImportJob:
        job = jobs.begin(
            actor_for(Account.objects.get(username="command")),
            Kind.MANIFEST,
            self.area,
            path,
            path.name,
            self.manifest.id,
        )
        work.check(job)
        work.perform(job)
        return job

    def gate(self) -> None:
        """Everybody who landed comes through; the one who never boarded does not."""
        made = flight.build()
        absent = Passenger.objects.get(manifest_id=self.manifest.id, seat=made.absent.seat)
        here = Passenger.objects.filter(manifest_id=self.manifest.id, state="expected")
        seen = [
            act("passenger.present", {"passenger_id": str(p.id)}, DISTRICT)
            for p in here.exclude(id=str(absent.id))
        ]
        self.desk.must(seen)
        self.desk.must([act("passenger.missing", {"passenger_id": str(absent.id)}, DISTRICT)])
        heads = {"manifest_id": str(self.manifest.id), "heads": flight.LANDED}
        self.desk.must([act("manifest.count", heads, DISTRICT)])

    def triage(self) -> None:
        rules = {"rule_set_id": str(new_id()), "area_id": str(self.area.id)}
        self.desk.must([act("triage.adopt", {**rules, "rules": list(FIRST_RULES)}, DISTRICT)])
        found = queries.rule_set(self.area)
        assert found
        entries = planning.triage_entries(new_id(), self.manifest, found, times.now())
        self.desk.must(entries)
        self.manifest.refresh_from_db()

    def open(self, name: str, takes: Destination, *rooms: opening.Rooms) -> Site:
        wanted = opening.Opening(name, takes, rooms, functions=("安全保卫", "医疗", "后勤"))
        actor = actor_for(Account.objects.get(username="command"))
        id_ = opening.open_site(actor, new_id(), self.area, wanted)
        return Site.objects.select_related("area").get(id=id_)

    def sites(self) -> list[Site]:
        return [
            self.open("区人民医院", Destination.HOSPITAL, opening.Rooms(range(1, 2), 4, 1)),
            self.open("机场酒店", Destination.HOTEL, opening.Rooms(range(2, 8), 12, 2, 1)),
            self.open(
                "区委党校",
                Destination.SITE,
                opening.Rooms(range(1, 7), 16, 2, 1, "1号楼"),
                opening.Rooms(range(1, 5), 10, 3, 1, "2号楼"),
            ),
        ]

    def apart(self) -> None:
        for family in queries.split_families(self.manifest):
            decided = {"manifest_id": str(self.manifest.id), "family": family, "way": "apart"}
            self.desk.must([act("family.decide", decided, DISTRICT)])

    def place(self, sites: list[Site]) -> planning.Proposal:
        proposal = planning.propose(self.manifest, sites)
        assert proposal.plan.proven
        entries = planning.place_entries(new_id(), self.manifest, proposal, sites, times.now())
        self.desk.must(entries)
        return proposal


def by_destination() -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for destination in Stay.objects.filter(until=None).values_list("destination", flat=True):
        found[destination] += 1
    return dict(found)


def where() -> dict[str, tuple[str, str]]:
    """Return the room of each passenger's document, to compare two runs."""
    lines = {p.id: p.id_number for p in Passenger.objects.all()}
    rooms = {r.id: (r.site.name, r.building + r.label) for r in Room.objects.select_related("site")}
    return {
        lines[s.passenger_id]: rooms[s.room_id]
        for s in Stay.objects.filter(until=None)
        if s.passenger_id and s.room_id
    }


def test_the_flight_is_received(tmp_path: Path) -> None:
    with times.at(LANDING):
        airport = Airport()
        job = airport.take(Path("examples/flight-tr188.xlsx"))
        assert (job.counts["passengers_new"], job.counts["passengers_double"]) == (336, 1)
        assert job.returned_rows == 0
        assert Person.objects.count() == 336
        before = Record.objects.count()
        again = airport.take(Path("examples/flight-tr188.xlsx"))
        assert again.counts == {"passengers_same": 337}
        shuffled = flight.write(flight.build(), tmp_path / "mixed.xlsx", random.Random(7))
        assert airport.take(shuffled).counts == {"passengers_same": 337}
        assert Record.objects.count() == before

        airport.gate()
        airport.manifest.refresh_from_db()
        counts = queries.counts(airport.manifest)
        assert (counts.present, counts.missing, counts.double) == (335, 1, 1)
        assert counts.gap == 0
        assert Duty.objects.get(kind="missing_passenger").state == "open"

        airport.triage()
        counts = queries.counts(airport.manifest)
        assert counts.to == {"hospital": 2, "hotel": 114, "site": 219, "home": 0}
        split = queries.split_families(airport.manifest)
        assert sorted(len(members) for members in split.values()) == [3, 4]
        sites = airport.sites()
        assert Team.objects.count() == 3
        waits = planning.propose(airport.manifest, sites).unplaced
        assert set(waits.values()) == {Why.WAITS_FOR_DECISION}
        airport.apart()
        plan = airport.place(sites)
        assert not plan.unplaced
        assert by_destination() == {"hospital": 2, "hotel": 114, "site": 219}
        held(sites)
        assert Watch.objects.count() == 335
        assert (
            airport.desk.send(
                [act("manifest.close", {"manifest_id": str(airport.manifest.id)}, DISTRICT)]
            )[0]["status"]
            == "accepted"
        )
        meals = site_queries.meals(sites[2])
        assert meals.people == 219
    assert verify().differences == []


def held(sites: list[Site]) -> None:
    """No bed twice, sexes and risks apart, families at one site of a destination."""
    rooms: dict[UUID, list[Stay]] = defaultdict(list)
    families: dict[tuple[str, str], set[UUID]] = defaultdict(set)
    for stay in Stay.objects.filter(until=None):
        assert stay.room_id
        assert stay.site_id
        rooms[stay.room_id].append(stay)
        if stay.party:
            families[stay.party, stay.destination].add(stay.site_id)
    beds = dict(Room.objects.values_list("id", "beds"))
    for room_id, stays in rooms.items():
        assert len({s.bed for s in stays}) == len(stays) <= beds[room_id]
        assert may_share([Guest(s.sex, s.group, s.party) for s in stays])
    assert all(len(found) == 1 for found in families.values())
    wheels = Passenger.objects.filter(accessible=True).exclude(placed_at=None)
    accessible = set(Room.objects.filter(accessible=True).values_list("id", flat=True))
    for line in wheels:
        stay = Stay.objects.get(passenger_id=line.id)
        family = Stay.objects.filter(party=stay.party) if stay.party else [stay]
        assert accessible & {s.room_id for s in family}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_order_of_the_manifest_gives_the_same(tmp_path: Path, seed: int) -> None:
    with times.at(LANDING):
        results = []
        airport = Airport()
        sites = airport.sites()
        path = flight.write(flight.build(), tmp_path / "a.xlsx", random.Random(seed))
        airport.take(path)
        airport.gate()
        airport.triage()
        airport.apart()
        counts = queries.counts(airport.manifest)
        results.append(counts.to)
        doubles = Passenger.objects.get(state="double")
        assert doubles.seat == flight.build().double.seat
        lines = planning.live_lines(airport.manifest)
        plan = planning.propose(airport.manifest, sites).plan
        random.Random(seed).shuffle(lines)
        again = placement.solve(
            planning.bedrooms(sites),
            [planning.traveller(p) for p in lines if p.state == "present"],
        )
        assert again.beds == plan.beds
        airport.place(sites)
        assert results == [{"hospital": 2, "hotel": 114, "site": 219, "home": 0}]


def test_the_hotel_is_full_and_a_second_one_opens() -> None:
    with times.at(LANDING):
        airport = Airport()
        airport.take(Path("examples/flight-tr188.xlsx"))
        airport.gate()
        airport.triage()
        airport.apart()
        hospital = airport.open(
            "区人民医院", Destination.HOSPITAL, opening.Rooms(range(1, 2), 2, 1)
        )
        hotel = airport.open("机场酒店", Destination.HOTEL, opening.Rooms(range(1, 5), 10, 2, 1))
        school = airport.open("党校", Destination.SITE, opening.Rooms(range(1, 13), 12, 2, 1))
        plan = airport.place([hospital, hotel, school])
        left = plan.unplaced
        assert left
        assert set(left.values()) <= {Why.FULL, Why.OTHER_ROOMS, Why.FAMILY_TOO_LARGE}
        assert {plan.rows[i].destination for i in left} == {"hotel"}
        second = airport.open("二号酒店", Destination.HOTEL, opening.Rooms(range(1, 5), 10, 2, 1))
        rest = airport.place([hospital, hotel, school, second])
        assert not rest.unplaced
        assert by_destination() == {"hospital": 2, "hotel": 114, "site": 219}
        held([hospital, hotel, school, second])


def test_the_missing_one_comes_late_and_joins(tmp_path: Path) -> None:
    with times.at(LANDING):
        airport = Airport()
        airport.take(Path("examples/flight-tr188.xlsx"))
        airport.gate()
        airport.triage()
        sites = airport.sites()
        airport.apart()
        airport.place(sites)
        late = Passenger.objects.get(state="missing")
        seen = {"passenger_id": str(late.id), "temperature": "36.4"}
        airport.desk.must([act("passenger.present", seen, DISTRICT)])
        assert Duty.objects.get(kind="missing_passenger").state == "done"
        airport.triage()
        airport.place(sites)
        assert by_destination() == {"hospital": 2, "hotel": 114, "site": 220}


def test_bad_rows_come_back_in_the_same_file_with_the_reason(tmp_path: Path) -> None:
    import xlsxwriter

    with times.at(LANDING):
        airport = Airport()
        path = tmp_path / "bad.xlsx"
        book = xlsxwriter.Workbook(str(path))
        page = book.add_worksheet("名单")
        page.write_row(0, 0, ["G7588 到达旅客名单"])
        page.write_row(1, 0, ["Name", "座位", "证件号码", "体温", "国籍", "来自"])
        rows = [
            ["王小明 WANG/XIAOMING MR", "1A", "XX1234567", "36,6", "中国", "武汉"],
            ["LEE/SIEW MEI", "1B", "XX1234568", "365", "新加坡", "新加坡"],
            ["", "1C", "XX1234569", "36.5", "中国", "武汉"],
            ["李娜", "1D", "440699198001010029", "36.5", "中国", "武汉"],
        ]
        for number, row in enumerate(rows):
            page.write_row(number + 2, 0, row)
        book.close()
        job = airport.take(path)
        assert job.returned_rows == 3
        line = Passenger.objects.get()
        assert (line.name, line.name_latin) == ("王小明", "WANG XIAOMING")
        assert line.temperature == 366
        assert job.wrapped_key
        back = tmp_path / "back.xlsx"
        back.write_bytes(files.content(job.id, files.RETURNED, bytes(job.wrapped_key)))
        cells = [list(c) for _, c in open_book(back).sheets[0].rows()]
        assert "Reason" in str(cells[1][0])
        assert cells[2][2] == "1B"
        assert "36.5" in str(cells[2][0])


def test_fourteen_days_two_checks_each_and_release() -> None:
    with times.at(LANDING):
        airport = Airport()
        airport.take(Path("examples/flight-tr188.xlsx"))
        airport.gate()
        airport.triage()
        sites = airport.sites()
        airport.apart()
        airport.place(sites)
    watches = {w.person_id: w for w in Watch.objects.all()}
    assert len(watches) == 335
    assert {w.checks_a_day for w in watches.values()} == {2}
    stays = Stay.objects.filter(site_id=sites[1].id, until=None).order_by("room_id", "bed")
    ill = next(s for s in stays if stays.filter(room_id=s.room_id).count() > 1)
    for day in range(14):
        for hour in (1, 9):  # nine and seventeen o'clock at the hotel
            moment = LANDING.replace(hour=hour) + timedelta(days=day + 1)
            with times.at(moment):
                entries = [
                    act(
                        "watch.check",
                        {"watch_id": str(watches[s.person_id].id), "temperature": "36.5"},
                        DISTRICT,
                        moment,
                    )
                    for s in stays
                ]
                airport.desk.must(entries)
                clock.run(moment)
    assert Check.objects.filter(state="missed", watch__post_id=sites[1].id).count() == 0
    assert ill
    over = LANDING + timedelta(days=14, hours=12)
    with times.at(over):
        clock.run(over)
        free = [
            act("watch.release", {"watch_id": str(watches[s.person_id].id)}, DISTRICT, over)
            for s in stays
        ]
        airport.desk.must(free)
    assert not Stay.objects.filter(site_id=sites[1].id, until=None).exists()
    assert Stay.objects.filter(site_id=sites[1].id, why="released").count() == 114


def test_a_positive_on_day_three_names_the_neighbours() -> None:
    with times.at(LANDING):
        airport = Airport()
        airport.take(Path("examples/flight-tr188.xlsx"))
        airport.gate()
        airport.triage()
        sites = airport.sites()
        airport.apart()
        airport.place(sites)
        stays = list(Stay.objects.filter(site_id=sites[2].id, until=None).order_by("room_id"))
        pair = next((a, b) for a, b in pairwise(stays) if a.room_id == b.room_id)
        table = [s for s in stays if s.room_id != pair[0].room_id][:3]
        kept = [
            act("stay.keep", {"person_id": str(s.person_id), "table": "5"}, DISTRICT)
            for s in (pair[0], *table)
        ]
        airport.desk.must(kept)
    third = LANDING + timedelta(days=3)
    with times.at(third):
        near = queries.neighbours(DISTRICT, pair[0].person_id)
        rooms = {n.person_id for n in near if n.how == "room"}
        assert pair[1].person_id in rooms
        assert {n.person_id for n in near if n.how == "table"} == {s.person_id for s in table}
        ward = Room.objects.filter(site_id=sites[0].id).order_by("label")[3]
        moved = {
            "person_id": str(pair[0].person_id),
            "post_id": str(sites[0].id),
            "room_id": str(ward.id),
        }
        airport.desk.must([act("arrival.move", moved, DISTRICT, third)])
        assert Stay.objects.get(person_id=pair[0].person_id, until=None).destination == "hospital"
        # The tracing goes on with the span that they really shared.
        (room,) = [
            n
            for n in queries.neighbours(DISTRICT, pair[0].person_id)
            if n.person_id == pair[1].person_id
        ]
        assert room.until == third
