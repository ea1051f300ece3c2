"""Travellers are forgotten after their time; counts stay, and a replay gives the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.stations.helpers import build, passage, post
from tests.stations.test_isolation import resident
from tests.town import do

from lianfang.kernel import clock, times
from lianfang.kernel.models import Record, SubjectKey, Tally
from lianfang.kernel.times import now
from lianfang.kernel.verification import verify
from lianfang.stations.models import Passage, PassageLine, PostHour, Traveller, Vehicle

pytestmark = pytest.mark.django_db(transaction=True)

WANG = {"name": "王小明", "phone": "13800000001", "temperature": "36.5"}
LI = {"name": "李红", "phone": "13800000002", "temperature": "37.8"}


def test_after_thirty_days_names_numbers_and_plates_are_gone_and_counts_are_not() -> None:
    town = build()
    start = now()
    post_id = post(town)
    passage(town, post_id, "粤E12345", WANG, LI)
    # The number alone finds the traveller again, once: a replay needs no number for that.
    passage(town, post_id, "粤E54321", {"phone": WANG["phone"], "temperature": "36.4"})
    with times.at(start + timedelta(days=20)):
        again = passage(town, post_id, "粤E12345", {"phone": WANG["phone"], "temperature": "36.4"})
    wang = again.result["travellers"][0]["traveller_id"]
    with times.at(start + timedelta(days=31)):
        clock.run()
        clock.run()
    assert Record.objects.filter(command="passage.forget").count() == 1
    assert [str(t.id) for t in Traveller.objects.all()] == [wang]
    assert [v.plate for v in Vehicle.objects.all()] == ["粤E12345"]
    assert Passage.objects.count() == 3
    assert Passage.objects.filter(vehicle_id=None).count() == 1
    assert PassageLine.objects.count() == 3
    assert sum(h.people for h in PostHour.objects.all()) == 4
    assert verify().differences == []
    with times.at(start + timedelta(days=60)):
        clock.run()
    assert not Traveller.objects.exists()
    assert not Vehicle.objects.exists()
    assert not PassageLine.objects.exists()
    assert Passage.objects.count() == 3
    day = Tally.objects.filter(metric="passage_people").values_list("value", flat=True)
    assert max(day) == 3
    assert verify().differences == []


def test_a_purged_person_is_forgotten_at_every_post_and_may_come_back() -> None:
    town = build()
    person_id = resident(town)
    first, second = post(town), post(town, "南门")
    told = passage(town, first, "粤E12345", WANG).result["travellers"][0]
    passage(town, second, "", WANG, LI)
    do(town.actor("lead"), "person.purge", {"person_id": str(person_id), "reason": "本人要求"})
    assert [t.name for t in Traveller.objects.all()] == ["李红"]
    assert PassageLine.objects.count() == 1
    # A phone that still remembers him sends the old id: the new key opens nothing of before.
    back = {"traveller_id": told["traveller_id"], "name": "王小明", "temperature": "36.6"}
    passage(town, first, "", back)
    report = verify()
    assert report.differences == []


def test_nobody_is_written_under_a_persons_key_and_forgotten_with_it() -> None:
    town = build()
    person_id = resident(town)
    start = now()
    told = passage(town, post(town), "", LI | {"traveller_id": str(person_id)})
    assert told.result["travellers"][0]["traveller_id"] != str(person_id)
    with times.at(start + timedelta(days=31)):
        clock.run()
    assert SubjectKey.objects.filter(subject_id=person_id).exists()
    assert verify().differences == []
