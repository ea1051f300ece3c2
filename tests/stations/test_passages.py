"""Passages are recorded, counted, remembered by their post, and given again by a replay."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.stations.helpers import build, passage, post, send
from tests.town import COMMUNITY, accepted, do, entry

from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Record, Tally
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.people.models import Person
from lianfang.stations.models import Passage, PassageLine, PostHour, Traveller, Vehicle

pytestmark = pytest.mark.django_db

WANG = {"name": "王小明", "phone": "13800000001", "temperature": "36.5"}
LI = {"name": "李红", "phone": "13800000002", "temperature": "37.8"}


def one(**line: Any) -> dict[str, Any]:
    return {"travellers": [line]}


def test_a_passage_is_counted_by_the_hour_and_the_day() -> None:
    town = build()
    post_id = post(town)
    receipt = passage(town, post_id, "粤E12345", WANG, LI, from_place="武汉")
    assert receipt.result["fevers"] == 1
    assert [t["fever"] for t in receipt.result["travellers"]] == [False, True]
    passage(town, post_id, "粤E54321", WANG | {"phone": "13800000003"}, direction="out", people=4)
    hour = PostHour.objects.get(post_id=post_id)
    assert (hour.passages, hour.people, hour.fevers, hour.people_in, hour.people_out) == (
        2,
        6,
        1,
        2,
        4,
    )
    area = town.areas[COMMUNITY].id
    sums = dict(
        Tally.objects.filter(area_id=area, metric__startswith="passage").values_list(
            "metric", "value"
        )
    )
    assert sums == {"passages": 2, "passage_people": 6, "passage_fevers": 1}


def test_the_post_remembers_vehicle_and_travellers_and_another_post_does_not() -> None:
    town = build()
    post_id, other = post(town), post(town, "南门")
    first = passage(town, post_id, "粤e·12345", WANG, LI)
    again = passage(town, post_id, "粤E12345", {"phone": "13800000001", "temperature": "36.6"}, LI)
    ids = [t["traveller_id"] for t in first.result["travellers"]]
    assert [t["traveller_id"] for t in again.result["travellers"]] == ids
    vehicle = Vehicle.objects.get(post_id=post_id)
    assert (vehicle.plate, vehicle.passages, vehicle.last_passage_id) == (
        "粤E12345",
        2,
        UUID(again.result["passage_id"]),
    )
    assert Traveller.objects.get(id=ids[0]).passages == 2
    known = passage(town, post_id, "粤E12345", {"traveller_id": ids[0], "temperature": "36.4"})
    assert known.result["travellers"][0]["traveller_id"] == ids[0]
    beyond = passage(town, other, "粤E12345", {"traveller_id": ids[0], "temperature": "36.4"})
    assert beyond.result["travellers"][0]["traveller_id"] != ids[0]
    assert Vehicle.objects.count() == 2
    assert Traveller.objects.get(id=ids[0]).name == "王小明"


def test_a_family_that_shares_a_number_stays_two_people() -> None:
    town = build()
    post_id = post(town)
    child = {"name": "王小小", "phone": WANG["phone"], "temperature": "36.9"}
    unnamed = {"phone": WANG["phone"], "temperature": "36.9"}
    receipt = passage(town, post_id, "粤E12345", WANG, child, unnamed)
    ids = [t["traveller_id"] for t in receipt.result["travellers"]]
    assert len(set(ids)) == 3
    again = passage(town, post_id, "粤E12345", child, WANG)
    assert [t["traveller_id"] for t in again.result["travellers"]] == [ids[1], ids[0]]


def test_a_person_of_the_district_is_found_by_number_and_name_or_document() -> None:
    town = build()
    person_id = str(new_id())
    grid = str(town.grid(1).id)
    content = {
        "area_id": grid,
        "person_id": person_id,
        "name": "王小明",
        "phone": "13800000001",
        "id_kind": "resident",
        "id_number": "110101199003071858",
    }
    do(town.actor("lead"), "person.register", content)
    post_id = post(town)
    by_phone = passage(town, post_id, "", WANG)
    assert by_phone.result["travellers"][0]["person_id"] == person_id
    by_card = passage(town, post_id, "", {"id_number": "110101199003071858", "temperature": "36"})
    assert by_card.result["travellers"][0]["person_id"] == person_id
    somebody = passage(town, post_id, "", WANG | {"name": "赵六"})
    assert somebody.result["travellers"][0]["person_id"] is None
    unknown = passage(town, post_id, "", LI | {"person_id": str(new_id())})
    assert unknown.result["travellers"][0]["person_id"] is None
    assert Person.objects.get(id=person_id).phone == "13800000001"
    assert PassageLine.objects.filter(person_id=person_id).count() == 2


def test_names_numbers_and_plates_stand_in_no_plain_column() -> None:
    town = build()
    post_id = post(town)
    passage(town, post_id, "粤E12345", WANG)
    row = Record.objects.get(command="passage.record")
    for secret in ("王小明", "13800000001", "粤E12345"):
        assert secret not in row.payload
        assert secret not in row.result
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("stations_traveller", "stations_vehicle", "stations_passage"):
            cursor.execute(f"SELECT * FROM {table}")
            for secret in ("王小明", "13800000001", "粤E12345"):
                assert secret not in str(cursor.fetchall())


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"plate": "A12345"}, "passage.bad_plate", "plate"),
        ({"plate": "粤EO1234"}, "passage.likely_plate", "plate"),
        (one(temperature="375"), "passage.likely_temperature", "travellers.0.temperature"),
        (one(temperature="36,5"), "passage.likely_temperature", "travellers.0.temperature"),
        (one(temperature="正常"), "passage.bad_temperature", "travellers.0.temperature"),
        (one(phone="一三八"), "person.bad_phone", "travellers.0.phone"),
        (one(id_number="110101199003071859"), "person.bad_identity", "travellers.0.id_number"),
        ({"travellers": []}, "passage.nobody", ""),
        ({"people": 1, "travellers": [{}, {}]}, "passage.too_few_people", ""),
        ({"direction": "up"}, "kernel.malformed", "direction"),
        ({"at": "2020-01-25T08:00:00+08:00"}, "passage.time_odd", "at"),
        ({"post_id": str(new_id())}, "kernel.not_found", None),
    ],
)
def test_what_is_wrong_with_a_passage_is_said(
    changes: dict[str, Any], code: str, field: str | None
) -> None:
    town = build()
    post_id = post(town)
    payload = {"post_id": str(post_id), "travellers": [{"temperature": "36.5"}], **changes}
    refusal = send(town.actor("staff"), "passage.record", payload).refusal
    assert refusal
    assert (refusal.code, refusal.field) == (code, field)
    assert refusal.message
    assert not Passage.objects.exists()


def test_a_plate_from_abroad_is_taken_when_it_is_said() -> None:
    town = build()
    post_id = post(town)
    passage(town, post_id, "mh-ab 123", WANG, other_plate=True)
    assert Vehicle.objects.get().plate == "MHAB123"


def test_a_late_passage_counts_in_its_hour_and_a_closed_post_takes_what_was_before() -> None:
    town = build()
    post_id = post(town)
    earlier = now() - timedelta(hours=5)
    passage(town, post_id, "", WANG, occurred_at=earlier)
    passage(town, post_id, "", LI, at=earlier.isoformat())
    assert PostHour.objects.get().passages == 2
    do(town.actor("lead"), "post.close", {"post_id": str(post_id)})
    passage(town, post_id, "", WANG, occurred_at=earlier)
    payload = {"post_id": str(post_id), "travellers": [{"temperature": "36.5"}]}
    late = send(
        town.actor("staff"), "passage.record", payload, occurred_at=now() + timedelta(seconds=1)
    )
    assert late.refusal
    assert late.refusal.code == "post.closed"


def test_heads_are_counted_in_and_out() -> None:
    town = build()
    town.hire("helper", "volunteer", COMMUNITY)
    post_id = str(post(town))
    do(town.actor("helper"), "post.count", {"post_id": post_id, "entered": 120, "left": 80})
    do(town.actor("staff"), "post.count", {"post_id": post_id, "waiting": 40})
    hour = PostHour.objects.get()
    assert (hour.crowd_in, hour.crowd_out) == (120, 80)
    empty = send(town.actor("helper"), "post.count", {"post_id": post_id})
    assert empty.refusal
    assert empty.refusal.code == "post.nothing_counted"


def test_a_list_does_what_its_entries_do_one_by_one() -> None:
    town = build()
    payloads = [
        {"plate": "粤E12345", "travellers": [WANG, LI]},
        {"plate": "粤E12345", "travellers": [{"phone": WANG["phone"], "temperature": "36.4"}]},
        {"plate": "粤E99999", "travellers": [{"temperature": "36.4"}]},
    ]
    states = []
    for name, together in (("北门", True), ("南门", False)):
        post_id = str(post(town, name))
        entries = [
            entry("passage.record", {"post_id": post_id, **p}, occurred_at=now()) for p in payloads
        ]
        parts = [entries] if together else [[e] for e in entries]
        for part in parts:
            accepted(submit(town.actor("staff"), part))
        found = Traveller.objects.filter(post_id=post_id).order_by("phone_index")
        states.append(sorted((t.phone, t.name, t.passages) for t in found))
        hours = PostHour.objects.filter(post_id=post_id)
        assert [(h.passages, h.people, h.fevers) for h in hours] == [(3, 4, 1)]
    assert states[0] == states[1]
    assert len(states[0]) == 3


def test_a_list_takes_the_same_number_of_queries_however_long(
    django_assert_num_queries: Any,
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    town = build()
    post_id = str(post(town))
    staff = town.actor("staff")
    sent = []
    for size in (10, 60):
        entries = [
            entry(
                "passage.record",
                {
                    "post_id": post_id,
                    "plate": f"粤E{size:02d}{n:03d}",
                    "travellers": [{"phone": f"139{size:03d}{n:05d}", "temperature": "36.5"}],
                },
            )
            for n in range(size)
        ]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            accepted(submit(staff, entries))
        sent.append(
            sum(not q["sql"].startswith(("INSERT", "COPY")) for q in queries.captured_queries)
        )
    assert sent[0] == sent[1], sent


@pytest.mark.django_db(transaction=True)
def test_a_replay_gives_posts_and_passages_again() -> None:
    from lianfang.kernel.verification import verify

    town = build()
    post_id = post(town)
    passage(town, post_id, "粤E12345", WANG, LI, from_place="武汉")
    passage(town, post_id, "粤E12345", {"phone": WANG["phone"], "temperature": "36.4"}, people=3)
    do(town.actor("staff"), "post.count", {"post_id": str(post_id), "entered": 9})
    do(town.actor("lead"), "post.close", {"post_id": str(post_id)})
    assert verify().differences == []
