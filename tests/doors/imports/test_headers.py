# cjk: titles of real rosters
"""Finding the header, and what each column is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.doors.imports.helpers import id_number, read, sheet_of, workbook

from lianfang.doors.imports.fields import KEYS, LABELS, SYNONYMS, header_key
from lianfang.doors.imports.headers import guess_kind, propose
from lianfang.doors.imports.problems import FileProblem
from lianfang.doors.imports.reading import Reading
from lianfang.doors.imports.rows import Kind


def fields_of(path: Path, kind: Kind = Kind.ROSTER, **named: Any) -> dict[str, str]:
    proposal = propose(sheet_of(path), kind, **named)
    return {column.letter: column.field for column in proposal.columns if column.field}


def test_a_header_below_titles(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [
            ["怡景社区居民花名册"],
            ["填报单位:怡景社区", None, None, "填报日期:2020年1月26日"],
            [],
            ["序号", "住 址", "姓  名", "*身份证号码（必填）", "联系\n电话", "备注"],
            [1, "3-2-501", "张三", id_number(), "19900001234", ""],
        ],
        ["A1:F1"],
    )
    assert fields_of(path) == {"B": "address", "C": "name", "D": "id_number", "E": "phone"}
    proposal = propose(sheet_of(path), Kind.ROSTER)
    assert proposal.header_rows == (4, 4)
    assert [column.header for column in proposal.ignored] == ["序号", "备注"]
    assert proposal.columns[2].samples == ("张三",)


def test_an_english_header(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [
            [
                "No.",
                "Building",
                "Unit No.",
                "Room No.",
                "Full Name",
                "Date of Birth",
                "Mobile Phone",
            ],
            [1, "3", "2", "501", "John Smith", "1990-01-25", "19900001234"],
        ],
    )
    assert fields_of(path) == {
        "B": "building",
        "C": "unit",
        "D": "room",
        "E": "name",
        "F": "birth_date",
        "G": "phone",
    }


def test_a_header_of_two_lines_with_merged_groups(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [
            ["花名册"],
            ["序号", "房屋信息", None, None, "住户信息", None, None],
            [None, "楼栋", "单元", "房号", "姓名", "性别", "电话"],
            [1, "3栋", "2单元", "501", "张三", "男", "19900001234"],
        ],
        ["A1:G1", "A2:A3", "B2:D2", "E2:G2"],
    )
    outcome = read(path)
    assert outcome.proposal.header_rows == (2, 3)
    assert outcome.doors == {"3-2-501": ["张三"]}


def test_a_header_of_two_lines_in_a_text_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("房屋信息,,住户信息,,\n楼栋,房号,姓名,性别,电话\n3栋,501,张三,男,\n")
    assert read(path).doors == {"3-501": ["张三"]}


def test_the_head_of_household_as_a_group(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [
            ["住址", "户主信息", None, None],
            [None, "姓名", "身份证号", "电话"],
            ["3-2-501", "张三", id_number(), "19900001234"],
        ],
        ["A1:A2", "B1:D1"],
    )
    person = read(path).households[0].members[0]
    assert (person.name, person.relation) == ("张三", "head")


def test_a_remembered_mapping_wins(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [["老地方", "大名", "电话", "联系方式"], ["3-2-501", "张三", "1", "19900001234"]],
    )
    remembered = {"老地方": "address", "大名": "name", "电话": ""}
    assert fields_of(path, remembered=remembered) == {"A": "address", "B": "name", "D": "phone"}


def test_what_a_person_maps_is_remembered(tmp_path: Path) -> None:
    rows = [["老地方", "姓名", "性别"], ["3-2-501", "张三", "男"]]
    path = workbook(tmp_path / "a.xlsx", rows)
    proposal = propose(sheet_of(path), Kind.ROSTER)
    assert proposal.missing
    with pytest.raises(FileProblem) as caught:
        Reading(sheet_of(path), proposal)
    assert caught.value.code == "fields-missing"
    mended = proposal.with_fields({0: "address"})
    assert not mended.missing
    assert read(path, remembered=mended.to_remember()).doors == {"3-2-501": ["张三"]}


def test_columns_without_a_telling_title_are_known_by_their_content(tmp_path: Path) -> None:
    rows = [["住址", "姓名", "证号", "号码"]] + [
        [f"3-2-{floor}01", "张三", id_number(sequence=floor), f"1990000000{floor}"]
        for floor in range(1, 6)
    ]
    path = workbook(tmp_path / "a.xlsx", rows)
    assert fields_of(path)["D"] == "phone"
    assert fields_of(path)["C"] == "id_number"
    assert [c.confidence for c in propose(sheet_of(path), Kind.ROSTER).columns][3] < 0.7


def test_columns_that_no_rule_uses_are_listed_as_ignored(tmp_path: Path) -> None:
    rows = [
        ["住址", "姓名", "民族", "政治面貌", "户籍地址"],
        ["3-2-501", "张三", "汉", "群众", "外地"],
    ]
    proposal = propose(sheet_of(workbook(tmp_path / "a.xlsx", rows)), Kind.ROSTER)
    assert [column.header for column in proposal.ignored] == ["民族", "政治面貌", "户籍地址"]


def test_two_phone_columns(tmp_path: Path) -> None:
    rows = [
        ["住址", "姓名", "联系电话1", "联系电话2"],
        ["3-2-501", "张三", "19900001234", "0757-86234567"],
    ]
    person = read(workbook(tmp_path / "a.xlsx", rows)).households[0].members[0]
    assert person.phones == ("+8619900001234", "+8675786234567")


def test_a_person_may_choose_the_header_row(tmp_path: Path) -> None:
    rows = [["住址", "姓名"], ["说明", "x"], ["地址", "名字"], ["3-2-501", "张三"]]
    proposal = propose(sheet_of(workbook(tmp_path / "a.xlsx", rows)), Kind.ROSTER, header_row=3)
    assert proposal.header_rows == (3, 3)


@pytest.mark.parametrize(
    ("rows", "code"),
    [([["通知"], ["请各社区尽快上报"]], "header-not-found"), ([], "sheet-empty")],
)
def test_sheets_without_a_header(tmp_path: Path, rows: list[list[str]], code: str) -> None:
    with pytest.raises(FileProblem) as caught:
        propose(sheet_of(workbook(tmp_path / "a.xlsx", rows)), Kind.ROSTER)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("titles", "kind"),
    [
        (["住址", "姓名", "与户主关系"], Kind.ROSTER),
        (["姓名", "手机号码", "身份", "特长", "服务楼栋"], Kind.HELPERS),
        (["单位名称", "统一社会信用代码", "联系人", "联系电话"], Kind.ORGANISATIONS),
        (["区划代码", "区划名称", "上级代码"], Kind.AREAS),
    ],
)
def test_what_a_sheet_holds(tmp_path: Path, titles: list[str], kind: Kind) -> None:
    rows = [titles, ["x"] * len(titles)]
    assert guess_kind(sheet_of(workbook(tmp_path / "a.xlsx", rows))) is kind


def test_no_synonym_stands_for_two_fields() -> None:
    for kind, words in SYNONYMS.items():
        said = [word for field in words.values() for word in field.split()]
        doubles = {word for word in said if said.count(word) > 1}
        assert doubles <= {"姓", "名"}, (kind, doubles)
        assert set(words) <= set(LABELS)
        for word in KEYS[kind]:
            assert header_key(word) == word, word
