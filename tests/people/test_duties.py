"""Duties on the pages: what is mine, what nobody has taken, what one can do with them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from tests import town as towns
from tests.people.conftest import Login
from tests.town import DISTRICT, Town

from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.kernel.times import now


@pytest.fixture
def duty(town: Town) -> Duty:
    return make(town)


def make(town: Town, **more: Any) -> Duty:
    door, grid = town.households["3-2-501"], town.grid(1)
    values = {
        "district": DISTRICT,
        "kind": "test.revisit",
        "area_id": grid.id,
        "path": f"{grid.path}{door.hex}/",
        "held_path": grid.path,
        "subject_kind": "household",
        "subject_id": door,
        "opened_at": now(),
        "opened_by_id": new_id(),
        "due_at": now() + timedelta(hours=2),
        **more,
    }
    return Duty.objects.create(**values)


def step(duty: Duty, name: str) -> str:
    return reverse("duty_step", args=[DISTRICT, duty.id, name])


def test_a_volunteer_sees_the_door_of_a_duty_only_while_it_is_theirs(
    town: Town, login: Login, duty: Duty
) -> None:
    volunteer = login("volunteer")
    before = volunteer.get("/").content.decode()
    assert "Nobody has taken these yet" in before
    assert "3-2-501" not in before
    volunteer.post(step(duty, "claim"), {"entry_id": str(new_id())})
    mine = volunteer.get("/").content.decode()
    assert "My duties" in mine
    assert "3-2-501" in mine
    volunteer.post(step(duty, "start"), {"entry_id": str(new_id())})
    volunteer.post(step(duty, "done"), {"entry_id": str(new_id())})
    duty.refresh_from_db()
    assert duty.state == "done"
    assert "3-2-501" not in volunteer.get("/").content.decode()


def test_a_second_press_and_a_second_person(town: Town, login: Login, duty: Duty) -> None:
    first, second = login("grid1"), login("volunteer")
    press = {"entry_id": str(new_id())}
    assert (
        "The duty is yours." in first.post(step(duty, "claim"), press, follow=True).content.decode()
    )
    assert (
        "The duty is yours." in first.post(step(duty, "claim"), press, follow=True).content.decode()
    )
    late = second.post(step(duty, "claim"), {"entry_id": str(new_id())}, follow=True)
    assert "Somebody else has claimed this duty." in late.content.decode()
    duty.refresh_from_db()
    assert duty.owner == town.actor("grid1").ref


def test_a_command_post_sees_what_climbed_to_it(town: Town, login: Login) -> None:
    make(town)
    assert "Nobody has taken" not in login("street").get("/").content.decode()
    make(town, held_path=town.areas["440605011"].path, climbs=2)
    text = login("street").get("/").content.decode()
    assert "Nobody has taken these yet" in text
    assert "Nobody has taken" not in login("elsewhere").get("/").content.decode()


def test_the_list_of_duties_is_paged_by_deadline(town: Town, login: Login) -> None:
    for hour in range(30):
        make(town, due_at=now() + timedelta(hours=hour), details={"note": f"note-{hour:02d}-"})
    make(town, due_at=None, details={"note": "someday"})
    worker = login("grid1")
    first = worker.get("/duties", {"which": "open"}).content.decode()
    assert "note-00-" in first
    assert "note-29-" not in first
    assert "without a deadline" in first
    undated = worker.get("/duties", {"which": "open", "dated": "no"}).content.decode()
    assert "someday" in undated
    assert "No duties here" in worker.get("/duties").content.decode()


def test_a_step_that_does_not_exist(town: Town, login: Login, duty: Duty) -> None:
    assert login("grid1").post(step(duty, "cancel")).status_code == 404


def test_home_says_what_is_broken_to_those_who_can_mend_it(town: Town, login: Login) -> None:
    grid = {"parent_id": str(town.areas[towns.COMMUNITY].id), "code": towns.COMMUNITY + "003"}
    towns.do(town.actor("lead"), "area.draw", {**grid, "name": "three"}, "")
    assert "Grids without a named person" in login("lead").get("/").content.decode()
    assert "Grids without a named person" not in login("grid1").get("/").content.decode()
    assert "You have no role yet" not in login("grid1").get("/").content.decode()
