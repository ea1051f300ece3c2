# cjk: rows of made-up files
"""Whole imports: from a file to records, again, changed, broken off, mended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests import town
from tests.doors.imports import whole

from lianfang.areas.models import Grant
from lianfang.doors.imports import jobs, work
from lianfang.doors.imports.models import ImportJob
from lianfang.doors.imports.plan_households import HouseholdPlanner
from lianfang.doors.imports.rows import Kind
from lianfang.drill.town_files import FAULTS
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.models import SetAside, Tally
from lianfang.kernel.submit import submit as kernel_submit
from lianfang.kernel.verification import verify
from lianfang.people.models import Account, Household, Membership, Organisation, Person

pytestmark = pytest.mark.django_db(transaction=True)

ID = {
    "王芳": "440699198001010024",
    "李伟": "440699198002020039",
    "张娜": "440699198003030044",
}


def _id(number: str) -> str:
    from stdnum.cn import ric

    return number[:17] + ric.calc_check_digit(number[:17] + "0")


def row(grid: str, door: str, name: str, phone: str = "", relation: str = "") -> list[Any]:
    building, unit, room = door.split("-")
    number = _id(ID[name]) if name in ID else ""
    return [grid, f"{building}栋", unit, room, name, "", relation, number, phone]


FIRST = [
    row("第一网格", "1-1-101", "王芳", "19900000001", "户主"),
    row("第一网格", "1-1-101", "王小明", "", "子"),
    row("第一网格", "1-1-102", "李伟", "19900000002", "户主"),
    row("002", "2-1-201", "张娜", "19900000003", "户主"),
]


@pytest.fixture
def made() -> town.Town:
    return town.build()


def test_a_roster_goes_in_and_again_changes_nothing(made: town.Town, tmp_path: Path) -> None:
    path = whole.write(tmp_path / "roster.xlsx", FIRST)
    area = made.areas[town.COMMUNITY]
    lead = made.actor("lead")
    _, outcome = whole.take(path, area, lead, dry=True)
    assert outcome.counts == {"doors_new": 3, "people_new": 4}
    assert not Household.objects.exists()
    job, outcome = whole.take(path, area, lead)
    assert outcome.counts == {"doors_new": 3, "people_new": 4}
    assert (job.state, job.returned_rows) == (ImportJob.State.DONE, 0)
    door = Household.objects.get(address_key="1-1-101")
    assert door.area_id == made.grid(1).id
    assert Household.objects.get(address_key="2-1-201").area_id == made.grid(2).id
    head = Person.objects.get(name="王芳")
    assert (head.phone, head.id_kind, head.relation) == ("19900000001", "resident", "户主")
    written = whole.records()
    _, outcome = whole.take(path, area, lead, complete=True, close=True)
    assert outcome.counts == {"doors_known": 3, "people_same": 4}
    assert whole.records() == written
    assert verify().differences == []


def test_a_changed_roster_updates_moves_and_closes(made: town.Town, tmp_path: Path) -> None:
    area, lead = made.areas[town.COMMUNITY], made.actor("lead")
    whole.take(whole.write(tmp_path / "one.xlsx", FIRST), area, lead)
    changed = [
        row("第一网格", "1-1-101", "王芳", "19900000009", "户主"),
        # 王小明 has left; 李伟 lives in 2-1-201 now; his old door is gone; 张娜 stays.
        row("第二网格", "2-1-201", "张娜", "19900000003", "户主"),
        row("第二网格", "2-1-201", "李伟", "19900000002", "配偶"),
        row("第二网格", "2-1-202", "陈静", "", "户主"),
    ]
    path = whole.write(tmp_path / "two.xlsx", changed)
    _, outcome = whole.take(path, area, lead)
    expected = {
        "doors_known": 2,
        "doors_new": 1,
        "people_new": 1,
        "people_changed": 2,
        "people_moved": 1,
        "people_same": 1,
    }
    # Without the word that it is the whole list nobody leaves.
    assert outcome.counts == expected
    _, outcome = whole.take(path, area, lead, complete=True, dry=True)
    assert (outcome.counts["people_left"], outcome.counts["doors_missing"]) == (1, 1)
    _, outcome = whole.take(path, area, lead, complete=True, close=True)
    assert (outcome.counts["people_left"], outcome.counts["doors_closed"]) == (1, 1)
    assert Person.objects.get(name="王芳").phone == "19900000009"
    assert Person.objects.get(name="王小明").state == "moved"
    assert Household.objects.get(address_key="1-1-102").state == "closed"
    moved = Person.objects.select_related("household").get(name="李伟")
    assert moved.household
    assert moved.household.address_key == "2-1-201"
    live = Tally.objects.get(area_id=area.id, metric="persons", period="now").value
    assert live == Person.objects.filter(state="live").count() == 4
    assert verify().differences == []


def test_rows_that_go_back_are_mended_and_sent_again(made: town.Town, tmp_path: Path) -> None:
    area, lead = made.areas[town.COMMUNITY], made.actor("lead")
    bad = row("第一网格", "1-1-103", "张娜", "1990000", "户主")
    twice = row("第一网格", "1-1-103", "李伟", "19900000002", "亲戚")
    lost = row("第九十九网格", "1-1-104", "陈静", "", "户主")
    job, outcome = whole.take(
        whole.write(tmp_path / "one.xlsx", [*FIRST[:3], bad, twice, lost]), area, lead
    )
    assert outcome.counts == {"doors_new": 2, "people_new": 3, "refused": 3}
    assert outcome.reasons == {"phone-length": 1, "double-person": 1, "grid-unknown": 1}
    rows = whole.rows_of(whole.back(job, tmp_path / "back.xlsx"))
    assert len(rows) == 4
    assert "原因" in rows[0][0]
    assert all(r[0] for r in rows[1:])
    # Sent back as it is, the double must not look like a move.
    for cells in rows:
        if cells[5] == "张娜":
            cells[9] = "19900000003"
        if cells[5] == "陈静":
            cells[1] = "第二网格"
    path = whole.save_as_excel_does(tmp_path / "mended.xlsx", rows, str(job.id))
    again, outcome = whole.take(path, area, lead, complete=True, close=True)
    assert (again.batch, again.complete) == (str(job.id), False)
    assert outcome.reasons == {"person-other-door": 1}
    assert outcome.counts["people_new"] == 2
    assert {h.address_key for h in Household.objects.filter(state="live")} == {
        "1-1-101",
        "1-1-102",
        "1-1-103",
        "1-1-104",
    }


def test_a_crash_in_the_middle_is_taken_up(
    made: town.Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    area = made.areas[town.COMMUNITY]
    rows = [
        row("第一网格", f"1-1-{n}", "王" + chr(0x5000 + n), "", "户主") for n in range(100, 150)
    ]
    rows[7][7] = "440699198001010020"  # a wrong check digit
    path = whole.write(tmp_path / "roster.xlsx", rows)
    monkeypatch.setattr(HouseholdPlanner, "size", 10)
    real, calls = kernel_submit, []

    def dies(*arguments: Any) -> Any:
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr("lianfang.doors.imports.work.submit", dies)
    with pytest.raises(KeyboardInterrupt):
        whole.take(path, area)
    job = ImportJob.objects.get()
    assert (job.state, Household.objects.count()) == (ImportJob.State.RUNNING, 30)
    monkeypatch.setattr("lianfang.doors.imports.work.submit", real)
    same = jobs.begin(OPERATOR, Kind.ROSTER, area, path, "roster.xlsx")
    assert same.id == job.id
    outcome = work.perform(same)
    assert outcome.counts == {"doors_new": 49, "people_new": 49, "refused": 1}
    assert Household.objects.count() == 49
    assert same.returned_rows == 1
    assert not SetAside.objects.exists()
    assert verify().differences == []


def test_another_communitys_people_are_left_alone(made: town.Town, tmp_path: Path) -> None:
    other = made.areas["440605012901"]
    made.hire("other", "community_lead", other.code)
    whole.take(whole.write(tmp_path / "one.xlsx", FIRST), made.areas[town.COMMUNITY])
    rows = [row("邻近网格", "9-1-101", "李伟", "", "户主")]
    path = whole.write(tmp_path / "two.xlsx", rows)
    _, outcome = whole.take(path, other, made.actor("other"))
    assert outcome.reasons == {"person-other-community": 1}
    # A file for a foreign community: each row is refused as if the place did not exist.
    third = whole.write(tmp_path / "three.xlsx", [row("第一网格", "5-1-101", "新人", "", "户主")])
    _, outcome = whole.take(third, made.areas[town.COMMUNITY], made.actor("other"))
    assert outcome.reasons == {"kernel.not_found": 1}
    assert not Household.objects.filter(building="5").exists()


def test_a_grid_worker_imports_the_own_grid_only(made: town.Town, tmp_path: Path) -> None:
    path = whole.write(tmp_path / "roster.xlsx", FIRST)
    _, outcome = whole.take(path, made.areas[town.COMMUNITY], made.actor("grid1"))
    assert outcome.counts == {"doors_new": 2, "people_new": 3, "refused": 1}


def test_doors_without_a_grid_follow_their_building(made: town.Town, tmp_path: Path) -> None:
    area = made.areas[town.COMMUNITY]
    whole.take(whole.write(tmp_path / "one.xlsx", FIRST), area)
    rows = [
        row("", "1-1-301", "甲甲", "", "户主"),
        row("", "7-1-301", "乙乙", "", "户主"),
        row("东片", "8-1-301", "丙丙", "", "户主"),
    ]
    path = whole.write(tmp_path / "two.xlsx", rows)
    job = jobs.begin(OPERATOR, Kind.ROSTER, area, path, "two.xlsx")
    work.check(job)
    found = jobs.samples(job)
    assert (found["unplaced"], found["unknown"]) == ({"7": 1}, {"东片": 1})
    grid = str(made.grid(2).id)
    jobs.choose(job, {"building:7": grid, "grid:东片": grid}, complete=False, close=False)
    outcome = work.perform(job)
    assert outcome.counts["doors_new"] == 3
    placed = dict(Household.objects.values_list("building", "area_id"))
    assert (placed["1"], placed["7"], placed["8"]) == (
        made.grid(1).id,
        made.grid(2).id,
        made.grid(2).id,
    )
    # Remembered for the next file of this community.
    third = whole.write(tmp_path / "three.xlsx", [row("东片", "8-1-302", "丁丁", "", "户主")])
    _, outcome = whole.take(third, area)
    assert outcome.counts["doors_new"] == 1


def test_houses_without_rooms_and_parts_of_a_household(made: town.Town, tmp_path: Path) -> None:
    titles = ("地址", "姓名", "与户主关系")
    rows = [["翠园15号", "甲甲", "户主"], ["1栋101", "乙乙", "户主"], ["翠园15号", "丙丙", "子"]]
    path = whole.write(tmp_path / "houses.xlsx", rows, titles)
    _, outcome = whole.take(path, made.grid(1))
    assert (outcome.counts["doors_new"], outcome.counts["people_new"]) == (2, 3)
    house = Household.objects.get(room="15")
    assert (house.building, house.persons) == ("翠园", 2)
    written = whole.records()
    whole.take(path, made.grid(1))
    assert whole.records() == written


def test_the_examples_go_in_with_their_forty_faults(tmp_path: Path) -> None:
    area = whole.example_areas()
    job, outcome = whole.take(whole.EXAMPLES / "organisations.xlsx", area, kind=Kind.ORGANISATIONS)
    assert outcome.counts == {"organisations_new": 14, "attached": 20}
    job, outcome = whole.take(whole.EXAMPLES / "roster.xlsx", area)
    assert outcome.counts == {"doors_new": 3000, "people_new": 8503, "refused": 40}
    assert outcome.reasons == FAULTS
    rows = whole.rows_of(whole.back(job, tmp_path / "back.xlsx"))[4:]
    assert len(rows) == 40
    assert all(cells[0] for cells in rows)
    job, outcome = whole.take(whole.EXAMPLES / "helpers.xlsx", area, kind=Kind.HELPERS)
    assert outcome.counts["accounts_new"] == 125
    assert outcome.counts["people_new"] < 10
    assert Membership.objects.count() == 125
    assert Organisation.objects.count() == 14
    assert set(Grant.objects.values_list("role", flat=True)) == {
        "grid_worker",
        "building_lead",
        "volunteer",
    }
    assert not Account.objects.filter(username__contains="199").exists()
    written = whole.records()
    for name, kind in (
        ("organisations.xlsx", Kind.ORGANISATIONS),
        ("roster.xlsx", Kind.ROSTER),
        ("helpers.xlsx", Kind.HELPERS),
    ):
        whole.take(whole.EXAMPLES / name, area, kind=kind)
    whole.take(whole.EXAMPLES / "areas.csv", area, kind=Kind.AREAS)
    assert whole.records() == written


def test_grids_are_drawn_from_a_list(made: town.Town, tmp_path: Path) -> None:
    area, lead = made.areas[town.COMMUNITY], made.actor("lead")
    rows = [
        [town.COMMUNITY + "003", "第三网格", town.COMMUNITY],
        [town.COMMUNITY + "001", "东片网格", town.COMMUNITY],
        ["440605012901009", "别人的网格", "440605012901"],
        ["X99", "不知上级", "X"],
    ]
    path = whole.write(tmp_path / "grids.xlsx", rows, ("网格编码", "网格名称", "上级代码"))
    _, outcome = whole.take(path, area, lead, kind=Kind.AREAS)
    assert outcome.counts == {"areas_new": 1, "areas_renamed": 1, "refused": 2}
    assert outcome.reasons == {"area-outside": 1, "area-parent-unknown": 1}
    written = whole.records()
    _, outcome = whole.take(path, area, lead, kind=Kind.AREAS)
    assert (outcome.counts["areas_same"], whole.records()) == (2, written)
