# cjk: rows of real rosters
"""Rows of a roster become households; what cannot, comes back with its reason and row."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override
from tests.doors.imports.helpers import TODAY, id_number, read, workbook

from lianfang.doors.imports.reading import Options
from lianfang.doors.imports.rows import Relation, Sex

HEADER = ["网格", "住址", "户号", "姓名", "性别", "关系", "身份证号", "电话"]


def roster(tmp_path: Path, *rows: list[Any], merges: tuple[str, ...] = ()) -> Path:
    return workbook(tmp_path / "roster.xlsx", [HEADER, *rows], merges)


def test_a_household_over_merged_rows(tmp_path: Path) -> None:
    path = roster(
        tmp_path,
        ["第一网格", "3-2-501", 1, "张三", "男", "户主", id_number("19800101", 1), 19900000001],
        [None, None, None, "李四", "女", "配偶", id_number("19820101", 2), ""],
        [None, None, None, "张小三", "男", "子", id_number("20100101", 3), ""],
        ["第一网格", "3-2-502", 2, "王五", "男", "户主", "", ""],
        merges=("A2:A4", "B2:B4", "C2:C4"),
    )
    outcome = read(path)
    assert not outcome.refused
    first, second = outcome.households
    assert (first.row, first.area, first.number) == (2, "第一网格", "1")
    assert [(p.row, p.name, p.relation) for p in first.members] == [
        (2, "张三", Relation.HEAD),
        (3, "李四", Relation.SPOUSE),
        (4, "张小三", Relation.CHILD),
    ]
    assert first.members[1].sex is Sex.FEMALE
    assert first.members[2].birth_date == datetime.date(2010, 1, 1)
    assert first.members[0].phones == ("+8619900000001",)
    assert [person.name for person in second.members] == ["王五"]


def test_blank_addresses_below_the_head_belong_to_the_household(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("住址,姓名,关系\n3-2-501,张三,户主\n,李四,妻\n,张小三,子\n3-2-502,王五,户主\n")
    assert read(path).doors == {"3-2-501": ["张三", "李四", "张小三"], "3-2-502": ["王五"]}


def test_a_blank_address_is_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("住址,姓名,关系\n3-2-501,张三,户主\n,李四,户主\n,王五,\n")
    outcome = read(path)
    assert outcome.reasons == {3: ["address-missing"], 4: ["address-missing"]}


def test_blank_addresses_with_the_same_household_number_or_head(tmp_path: Path) -> None:
    numbered, headed = tmp_path / "a.csv", tmp_path / "b.csv"
    numbered.write_text("户号,住址,姓名\n7,3-2-501,张三\n7,,李四\n8,,王五\n")
    headed.write_text("户主,住址,姓名\n张三,3-2-501,张三\n张三,,李四\n")
    outcome = read(numbered)
    assert outcome.doors == {"3-2-501": ["张三", "李四"]}
    assert outcome.reasons == {4: ["address-missing"]}
    household = read(headed).households[0]
    assert [p.name for p in household.members] == ["张三", "李四"]
    assert household.members[0].relation is Relation.HEAD


def test_one_door_in_two_spellings_is_one_household(tmp_path: Path) -> None:
    path = roster(
        tmp_path,
        ["", "3-2-501", "", "张三", "", "", "", ""],
        ["", "3栋2单元501室", "", "李四", "", "", "", ""],
    )
    assert read(path).doors == {"3-2-501": ["张三", "李四"]}


def test_rows_of_one_door_that_stand_apart_are_parts_of_one_household(tmp_path: Path) -> None:
    path = roster(
        tmp_path,
        ["", "3-2-501", "", "张三", "", "", "", ""],
        ["", "3-2-502", "", "王五", "", "", "", ""],
        ["", "3栋2单元501", "", "李四", "", "", "", ""],
    )
    assert [(one.row, one.continues) for one in read(path).households] == [
        (2, None),
        (3, None),
        (4, 2),
    ]


def test_one_household_number_with_two_addresses(tmp_path: Path) -> None:
    path = roster(
        tmp_path,
        ["", "3-2-501", 7, "张三", "", "", "", ""],
        ["", "3-2-601", 7, "李四", "", "", "", ""],
        ["", "3-2-502", 8, "王五", "", "", "", ""],
    )
    outcome = read(path)
    assert outcome.reasons == {3: ["household-two-addresses"]}
    assert outcome.doors == {"3-2-501": ["张三"], "3-2-502": ["王五"]}


def test_noise_between_the_rows_is_listed_not_lost(tmp_path: Path) -> None:
    path = roster(
        tmp_path,
        ["", "3-2-501", "", "张三", "", "", "", ""],
        [],
        HEADER,
        ["3栋3单元"],
        ["", "3-3-501", "", "李四", "", "", "", ""],
        ["合计", None, None, "2人"],
        ["填表人:王五", None, None, None, "制表日期:2020年1月26日"],
        ["注:本表每日上报"],
    )
    outcome = read(path)
    assert outcome.doors == {"3-2-501": ["张三"], "3-3-501": ["李四"]}
    assert not outcome.refused
    assert [(skipped.row, skipped.why) for skipped in outcome.skipped] == [
        (4, "header"),
        (5, "heading"),
        (7, "total"),
        (8, "note"),
        (9, "note"),
    ]


def test_a_person_whose_name_begins_like_a_total_is_no_total(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx", [["姓名", "住址"], ["合平", "3-2-501"], ["单晓", "3-2-502"]]
    )
    assert read(path).doors == {"3-2-501": ["合平"], "3-2-502": ["单晓"]}


@pytest.mark.parametrize("said", ["空置", "空房", "无人居住"])
def test_a_vacant_door_is_a_household_without_members(tmp_path: Path, said: str) -> None:
    path = roster(tmp_path, ["", "3-2-501", "", said, "", "", "", ""])
    household = read(path).households[0]
    assert household.vacant
    assert household.members == []


def test_a_column_says_which_doors_are_vacant(tmp_path: Path) -> None:
    states, asked = tmp_path / "a.csv", tmp_path / "b.csv"
    states.write_text("住址,姓名,居住情况\n3-2-501,,空置\n3-2-502,张三,常住\n3-2-503,,\n")
    asked.write_text("住址,姓名,是否空置\n3-2-501,,是\n3-2-502,张三,否\n")
    assert [(one.address.room, one.vacant) for one in read(states).households] == [
        ("501", True),
        ("502", False),
        ("503", False),
    ]
    assert [one.vacant for one in read(asked).households] == [True, False]


def test_one_person_twice_by_document(tmp_path: Path) -> None:
    path = roster(
        tmp_path,
        ["", "3-2-501", "", "张三", "", "", id_number(), ""],
        ["", "3-2-601", "", "张叁", "", "", id_number(), ""],
    )
    outcome = read(path)
    assert outcome.reasons == {3: ["double-person"]}
    problem = outcome.refused[0].problems[0]
    assert (problem.row, problem.column, problem.params) == (3, "D", {"first": 2})
    with override("zh-hans"):
        assert problem.words() == "姓名: 这个人在第 2 行已经有了。"
    with override("en"):
        assert problem.words() == "姓名: The same person stands in row 2 already."


def test_one_person_twice_by_name_phone_and_address(tmp_path: Path) -> None:
    path = roster(
        tmp_path,
        ["", "3-2-501", "", "张三", "", "", id_number(), "19900000001"],
        ["", "3-2-501", "", "张三", "", "", "", "19900000001"],
        ["", "3-2-502", "", "张三", "", "", "", "19900000002"],
        ["", "3-2-503", "", "李四", "", "", "", "19900000003"],
        ["", "3-2-502", "", "张三", "", "", "", "19900000002"],
    )
    assert read(path).reasons == {3: ["double-person"], 6: ["double-person"]}


def test_two_people_of_one_name_behind_one_door(tmp_path: Path) -> None:
    path = roster(
        tmp_path,
        ["", "3-2-501", "", "李伟", "", "", id_number("19600101"), ""],
        ["", "3-2-501", "", "李伟", "", "", id_number("19900101"), ""],
    )
    assert read(path).doors == {"3-2-501": ["李伟", "李伟"]}


def test_all_that_is_wrong_with_a_row_is_said_at_once(tmp_path: Path) -> None:
    path = roster(
        tmp_path,
        ["", "3栋", "", "13号", "中性", "见上", id_number()[:-1], "1990000"],
    )
    outcome = read(path)
    assert outcome.households == []
    assert [(problem.column, problem.code) for problem in outcome.refused[0].problems] == [
        ("B", "address-room-missing"),
        ("D", "name-not-understood"),
        ("E", "sex-not-understood"),
        ("F", "relation-not-understood"),
        ("H", "phone-length"),
        ("G", "id-length"),
    ]


def test_a_bad_row_leaves_its_household_in(tmp_path: Path) -> None:
    path = roster(
        tmp_path,
        ["", "3-2-501", 1, "张三", "男", "户主", float(id_number()), ""],
        ["", None, None, "李四", "女", "配偶", "", ""],
        merges=("B2:B3", "C2:C3"),
    )
    outcome = read(path)
    assert outcome.doors == {"3-2-501": ["李四"]}
    assert outcome.reasons == {2: ["number-rounded"]}


def test_a_returned_row_carries_the_address_of_its_merged_cell(tmp_path: Path) -> None:
    path = roster(
        tmp_path,
        ["一网格", "3-2-501", 1, "张三", "男", "户主", "", ""],
        [None, None, None, "李四", "男", "配偶", id_number("19820101", 2), ""],
        merges=("A2:A3", "B2:B3", "C2:C3"),
    )
    refused = read(path).refused[0]
    assert refused.cells[:4] == ["一网格", "3-2-501", 1.0, "李四"]
    assert [problem.code for problem in refused.problems] == ["id-sex-differs"]


def test_an_address_that_is_bad_refuses_every_row_of_the_household(tmp_path: Path) -> None:
    path = roster(
        tmp_path,
        ["", "门卫室旁边", 1, "张三", "", "户主", "", ""],
        ["", "", "", "李四", "", "配偶", "", ""],
        ["", "3-2-501", 2, "王五", "", "户主", "", ""],
    )
    outcome = read(path)
    assert outcome.reasons == {2: ["address-not-understood"], 3: ["address-not-understood"]}
    assert outcome.refused[1].cells[1] == "门卫室旁边"
    assert outcome.doors == {"3-2-501": ["王五"]}


def test_birth_date_and_document_must_agree(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [
            ["住址", "姓名", "出生日期", "证件号码"],
            ["3-2-501", "张三", "1990.1.1", id_number("19900101")],
            ["3-2-502", "李四", "1991.1.1", id_number("19900101", 3)],
            ["3-2-503", "王五", "1990年5月", ""],
            ["3-2-504", "赵六", "2020-02-01", ""],
            ["3-2-505", "钱七", datetime.date(1990, 1, 1), id_number("19900101", 5)],
        ],
    )
    outcome = read(path)
    assert outcome.reasons == {
        3: ["id-birth-differs"],
        4: ["date-day-missing"],
        5: ["date-future"],
    }
    assert outcome.refused[0].problems[0].column == "C"


def test_documents_of_other_kinds(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [
            ["住址", "姓名", "证件类型", "证件号码"],
            ["3-2-501", "John Smith", "护照", "123456789"],
            ["3-2-502", "李四", "台胞证", "12345678"],
            ["3-2-503", "王五", "", "H12345678"],
        ],
    )
    outcome = read(path)
    assert [one.members[0].id_kind for one in outcome.households] == [
        "passport",
        "taiwan",
        "hong-kong-macau",
    ]


def test_a_row_with_a_document_and_no_name(tmp_path: Path) -> None:
    path = roster(tmp_path, ["", "3-2-501", "", "", "", "", id_number(), ""])
    assert read(path).reasons == {2: ["row-blank-name"]}


def test_heads_only(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [["楼栋", "单元", "房号", "户主姓名", "电话"], [3, 2, 501, "张三", "86234567"]],
    )
    outcome = read(path, options=Options(today=TODAY, area_code="0757", area="第一网格"))
    household = outcome.households[0]
    assert household.area == "第一网格"
    assert household.members[0].relation is Relation.HEAD
    assert household.members[0].phones == ("+8675786234567",)


def test_a_row_of_a_person_without_a_name_is_not_lost(tmp_path: Path) -> None:
    path = roster(
        tmp_path,
        ["", "3-2-501", "", "", "女", "", "", "19900000001"],
        ["", "3-2-502", "", "空置", "", "", "", "19900000002"],
    )
    outcome = read(path)
    assert outcome.reasons == {2: ["row-blank-name"]}
    assert [one.vacant for one in outcome.households] == [True]


def test_ditto_marks(tmp_path: Path) -> None:
    path = roster(
        tmp_path,
        ["", "3-2-501", "", "张三", "", "", "", ""],
        ["", "同上", "", "李四", "", "", "", ""],
    )
    assert read(path).doors == {"3-2-501": ["张三", "李四"]}


def test_a_sheet_for_each_building(tmp_path: Path) -> None:
    rows = [["房号", "姓名"], ["501", "张三"], ["2单元502", "李四"], ["3-601", "王五"]]
    outcome = read(workbook(tmp_path / "a.xlsx", rows, sheet="3栋"))
    assert outcome.doors == {"3-501": ["张三"], "3-2-502": ["李四"], "3-601": ["王五"]}


def test_a_table_that_went_through_another_program(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("楼栋,单元,房号,姓名,电话\n3.0,2.0,501.0,张三,19900000001.0\n")
    household = read(path).households[0]
    assert household.address.door == ("", "3", "2", "501")
    assert household.members[0].phones == ("+8619900000001",)
