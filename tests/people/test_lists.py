"""Lists of persons and memberships: the outcome is the same as one by one."""

from __future__ import annotations

from uuid import UUID

import pytest
from tests import town as towns
from tests.town import COMMUNITY, Town, do, entry

from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.ids import new_id
from lianfang.kernel.submit import submit
from lianfang.kernel.verification import verify
from lianfang.people.models import Membership, Organisation, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return towns.build()


def test_the_same_person_twice_in_one_list_is_refused_the_second_time(town: Town) -> None:
    area = str(town.areas[COMMUNITY].id)
    first, other = new_id(), new_id()
    papers = {"id_kind": "passport", "id_number": "E12345678"}
    rows = [
        {"person_id": str(first), "area_id": area, "name": "甲", **papers},
        {"person_id": str(first), "area_id": area, "name": "乙"},
        {"person_id": str(other), "area_id": area, "name": "丙", **papers},
        {"person_id": str(new_id()), "area_id": str(new_id()), "name": "丁"},
        {"person_id": str(new_id()), "area_id": area, "name": "戊"},
    ]
    receipts = submit(town.actor("lead"), [entry("person.register", r) for r in rows])
    assert [r.stands for r in receipts] == [True, False, False, False, True]
    codes = [r.refusal.code for r in receipts if r.refusal]
    assert codes[:2] == ["person.exists", "person.exists"]
    assert Person.objects.filter(name__in="甲乙丙丁戊").count() == 2
    assert verify().differences == []


def test_a_second_joining_in_one_list_changes_the_title_only(town: Town) -> None:
    area = str(town.areas[COMMUNITY].id)
    who, unit = str(new_id()), str(new_id())
    do(OPERATOR, "organisation.create", {"organisation_id": unit, "name": "一处"}, "")
    do(town.actor("lead"), "person.register", {"person_id": who, "area_id": area, "name": "甲"})
    into = {"person_id": who, "organisation_id": unit}
    rows = [
        {**into, "title": "组员"},
        {**into, "title": "组长"},
        {**into, "organisation_id": str(new_id())},
        {**into, "person_id": str(new_id())},
    ]
    receipts = submit(town.actor("lead"), [entry("membership.join", r) for r in rows])
    assert [r.stands for r in receipts] == [True, True, False, False]
    assert [m.title for m in Membership.objects.all()] == ["组长"]
    receipts = submit(town.actor("lead"), [entry("membership.join", {**into, "title": "顾问"})])
    assert [m.title for m in Membership.objects.all()] == ["顾问"]
    assert verify().differences == []


def test_a_tree_goes_in_as_one_list_and_a_second_one_of_a_name_is_refused() -> None:
    towns.build()
    top, below, twin = (str(new_id()) for _ in range(3))
    rows = [
        {"organisation_id": top, "name": "市直机关"},
        {"organisation_id": below, "name": "一处", "parent_id": top},
        {"organisation_id": twin, "name": "一处", "parent_id": top},
        {"organisation_id": str(new_id()), "name": "一处"},
        {"organisation_id": str(new_id()), "name": "二处", "parent_id": str(new_id())},
    ]
    receipts = submit(OPERATOR, [entry("organisation.create", r, "") for r in rows])
    assert [r.stands for r in receipts] == [True, True, False, True, False]
    found = Organisation.objects.get(id=below)
    assert found.path == f"{UUID(top).hex}/{UUID(below).hex}/"
    assert verify().differences == []
