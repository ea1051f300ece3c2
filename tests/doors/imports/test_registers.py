# cjk: rows of real registers
"""Helpers, organisations and areas."""

from __future__ import annotations

from pathlib import Path

from tests.doors.imports.helpers import id_number, read, workbook

from lianfang.doors.imports.rows import Kind, Role


def test_helpers(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [
            ["志愿者名册"],
            ["姓名", "身份", "所属党支部", "职务", "手机号码", "特长", "服务楼栋", "负责网格"],
            [
                "张三",
                "党员、楼栋长",
                "第一支部",
                "组长",
                "19900000001",
                "驾驶、电工",
                "1-3栋、5号楼",
                "一网格",
            ],
            ["李四", "志愿者", "", "", "", "", "", ""],
            ["张三", "志愿者", "", "", "19900000001", "", "", ""],
            ["王五", "外星人", "", "", "1990000", "", "", ""],
            ["", "志愿者", "", "", "19900000009", "", "", ""],
            ["合计:5人"],
        ],
    )
    outcome = read(path, Kind.HELPERS)
    (helper,) = outcome.entries
    assert helper.roles == (Role.PARTY_MEMBER, Role.BUILDING_LEAD)
    assert helper.phones == ("+8619900000001",)
    assert helper.skills == ("驾驶", "电工")
    assert helper.buildings == ("1", "2", "3", "5")
    assert (helper.organisation, helper.title, helper.areas) == ("第一支部", "组长", ("一网格",))
    assert outcome.reasons == {
        4: ["contact-missing"],
        5: ["double-helper"],
        6: ["role-not-understood", "phone-length"],
        7: ["name-missing"],
    }


def test_a_helper_may_be_known_by_document_alone(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [
            ["姓名", "身份证号", "性别"],
            ["张三", id_number(), ""],
            ["李四", id_number(sequence=3), "女"],
        ],
    )
    outcome = read(path, Kind.HELPERS)
    assert outcome.entries[0].sex == "male"
    assert outcome.reasons == {3: ["id-sex-differs"]}


def test_organisations(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [
            ["单位名称", "统一社会信用代码", "类型", "上级单位", "服务网格", "联系人", "联系电话"],
            [
                "怡景社区党委",
                "91110000600037341L",
                "党组织",
                "",
                "一网格、二网格",
                "张三",
                "19900000001",
            ],
            ["第一支部", "91110000600037341A", "党组织", "怡景社区党委", "", "", ""],
            ["第二支部", "", "党组织", "怡景社区党委", "", "", ""],
            ["第二支部", "", "党组织", "怡景社区党委", "", "", ""],
            ["", "Z-1", "", "", "", "", ""],
        ],
    )
    outcome = read(path, Kind.ORGANISATIONS)
    assert [(unit.name, unit.parent, unit.areas) for unit in outcome.entries] == [
        ("怡景社区党委", "", ("一网格", "二网格")),
        ("第二支部", "怡景社区党委", ()),
    ]
    assert outcome.reasons == {
        3: ["credit-code"],
        5: ["double-organisation"],
        6: ["organisation-name-missing"],
    }


def test_areas(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [
            ["代码", "名称", "级别", "上级代码"],
            [44, "广东省", "省", ""],
            ["440605011900001", "第一网格", "网格", 440605011900],
            ["44", "又一个", "省", ""],
            ["44-东?", "坏", "", ""],
            ["45", "", "", ""],
            ["", "无代码", "", ""],
            ["46", "海南省", "大省", ""],
            [4.40605011900001e17, "太长", "", ""],
        ],
    )
    outcome = read(path, Kind.AREAS)
    assert [(area.code, area.parent, area.level) for area in outcome.entries] == [
        ("44", "", "province"),
        ("440605011900001", "440605011900", "grid"),
    ]
    assert outcome.reasons == {
        4: ["double-area"],
        5: ["code-not-understood"],
        6: ["area-name-missing"],
        7: ["area-code-missing"],
        8: ["code-level"],
        9: ["number-rounded"],
    }
