"""The journal alone gives the whole state again."""

from __future__ import annotations

from typing import Any

import pytest
from tests import town as towns
from tests.town import do

from lianfang.kernel.models import Record
from lianfang.kernel.verification import verify
from lianfang.people.models import Person

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_replay_into_an_empty_database_gives_the_same_state() -> None:
    town = towns.build()
    town.register(1, "3-2-501", "3-2-502", "3-2-503")
    town.register(2, "4-1-101")
    lead = town.actor("lead")
    homes = town.households
    do(lead, "household.close", {"household_id": str(homes["3-2-503"]), "why": "拆除"})
    moved = {"area_id": str(town.grid(2).id), "household_ids": [str(homes["3-2-502"])]}
    do(lead, "household.assign", moved)
    who = Person.objects.filter(household_id=homes["3-2-501"]).first()
    assert who
    do(lead, "person.move", {"person_id": str(who.id), "household_id": str(homes["4-1-101"])})
    report = verify()
    assert report.records == Record.objects.count()
    assert report.differences == []


def test_a_changed_row_is_found() -> None:
    town = towns.build()
    town.register(1, "3-2-501")
    Person.objects.update(name="改名")
    assert verify().differences == ["people_person"]


def test_after_a_purge_the_replay_gives_a_tombstone_and_the_same_counts() -> None:
    town = towns.build()
    town.register(1, "3-2-501")
    who = Person.objects.first()
    assert who
    do(town.actor("lead"), "person.purge", {"person_id": str(who.id), "reason": "解除三十天"})
    seen: dict[str, Any] = {}

    def look(alias: str) -> None:
        row = Person.objects.using(alias).get(id=who.id)
        seen.update(name=row.name, state=row.state)

    report = verify(inspect=look)
    assert report.differences == []
    assert seen == {"name": "", "state": "purged"}
