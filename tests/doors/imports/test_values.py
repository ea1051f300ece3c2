# cjk: cells of real files
"""Single cells: names, sex, yes and no, relations, roles, numbers, temperatures."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override
from tests.doors.imports.helpers import code_of

from lianfang.doors.imports import values
from lianfang.doors.imports.problems import BadValue
from lianfang.doors.imports.rows import Relation, Role, Sex


@pytest.mark.parametrize(
    ("cell", "clean"),
    [
        ("ＡＢ１２３", "AB123"),
        ("\u3000怡景\u00a0花园\u200b ", "怡景 花园"),
        ("'440699", "440699"),
        ("3－2－501", "3-2-501"),
        (501.0, "501"),
        (501, "501"),
        ("501.0", "501"),
        (36.5, "36.5"),
        ("第一行\n第二行", "第一行 第二行"),
        (None, ""),
        ("怡景（本部）：东", "怡景（本部）：东"),
    ],
)
def test_text_is_made_plain(cell: Any, clean: str) -> None:
    assert values.text(cell) == clean


def test_text_of_a_rounded_number_is_refused() -> None:
    assert code_of(values.text, 4.4069919900101e17) == "number-rounded"


def test_the_error_of_a_formula_is_said() -> None:
    assert code_of(values.text, "#REF!") == "formula-error"


@pytest.mark.parametrize("cell", ["", "  ", "—", "/", "无", "\u3000", None, "N/A"])
def test_strokes_and_spaces_are_blank(cell: Any) -> None:
    assert values.is_blank(cell)


@pytest.mark.parametrize("cell", [0, 0.0, "0", "无名", "张三"])
def test_a_zero_is_not_blank(cell: Any) -> None:
    assert not values.is_blank(cell)


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("张 三", "张三"),
        ("张\u3000三", "张三"),
        (" 张三\n", "张三"),
        ("欧阳修文", "欧阳修文"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽. 买买提", "阿依古丽·买买提"),
        ("张三(户主)", "张三"),
        ("张三（已搬走）", "张三"),
        ("John Smith", "John Smith"),
        ("O'Brien Mary-Ann", "O'Brien Mary-Ann"),
        ("José Ramírez", "José Ramírez"),
        ("𠮷田", "𠮷田"),
    ],
)
def test_names(cell: str, name: str) -> None:
    assert values.name(cell) == name


@pytest.mark.parametrize(
    "cell",
    ["13号", "12345", "张三李四王五赵六" * 6, "张三、李四", "@@", "同上", "a" + ".." * 39 + "@"],
)
def test_what_is_no_name(cell: str) -> None:
    assert code_of(values.name, cell) == "name-not-understood"


def test_a_missing_name() -> None:
    assert code_of(values.name, "—") == "name-missing"


@pytest.mark.parametrize(
    ("cell", "sex"),
    [
        ("男", Sex.MALE),
        ("女性", Sex.FEMALE),
        ("M", Sex.MALE),
        ("female", Sex.FEMALE),
        ("男 ", Sex.MALE),
    ],
)
def test_sex(cell: str, sex: Sex) -> None:
    assert values.sex(cell) is sex


def test_sex_that_is_none() -> None:
    assert code_of(values.sex, "中性") == "sex-not-understood"


@pytest.mark.parametrize(
    ("cell", "meaning"),
    [
        ("是", True),
        ("√", True),
        ("有", True),
        ("Y", True),
        (1.0, True),
        (True, True),
        ("否", False),
        ("×", False),
        ("没有", False),
        ("no", False),
        (0.0, False),
        (False, False),
    ],
)
def test_yes_and_no(cell: Any, meaning: bool) -> None:
    assert values.yes_no(cell) is meaning


def test_maybe_is_refused() -> None:
    assert code_of(values.yes_no, "可能") == "yes-no-not-understood"


@pytest.mark.parametrize(
    ("cell", "relation"),
    [
        ("户主", Relation.HEAD),
        ("本人", Relation.HEAD),
        ("妻", Relation.SPOUSE),
        ("长子", Relation.CHILD),
        ("之女", Relation.CHILD),
        ("外孙女", Relation.GRANDCHILD),
        ("岳母", Relation.PARENT),
        ("儿媳", Relation.CHILD_IN_LAW),
        ("租客", Relation.TENANT),
        ("保姆", Relation.CARER),
        ("子（学生）", Relation.CHILD),
        ("Wife", Relation.SPOUSE),
    ],
)
def test_relations(cell: str, relation: Relation) -> None:
    assert values.relation(cell) is relation


def test_relation_that_is_none() -> None:
    assert code_of(values.relation, "见上") == "relation-not-understood"


def test_several_roles_in_a_cell() -> None:
    assert values.roles("党员、楼栋长") == (Role.PARTY_MEMBER, Role.BUILDING_LEAD)
    assert code_of(values.roles, "党员、外星人") == "role-not-understood"


@pytest.mark.parametrize(
    ("cell", "number"), [("1,250", "1250"), ("３人", "3"), (2.5, "2.5"), ("-4", "-4")]
)
def test_numbers(cell: Any, number: str) -> None:
    assert values.number(cell) == Decimal(number)


def test_what_is_no_number() -> None:
    assert code_of(values.number, "三四个") == "number-not-understood"


@pytest.mark.parametrize(
    "cell",
    [36.5, "36.5", "36,5", "36。5", "36.5℃", "３６．５", "36度5", "36.5 °C", "36.5度", "36:5"],
)
def test_temperatures(cell: Any) -> None:
    assert values.temperature(cell) == Decimal("36.5")


def test_a_temperature_has_one_decimal() -> None:
    assert values.temperature("36.55") == Decimal("36.6")
    assert str(values.temperature(36)) == "36.0"


@pytest.mark.parametrize(
    ("cell", "hint"), [(375, "37.5"), ("375", "37.5"), ("3650", "36.5"), ("98.6", "37.0")]
)
def test_a_slip_of_the_decimal_point_gets_a_hint(cell: Any, hint: str) -> None:
    with pytest.raises(BadValue) as caught:
        values.temperature(cell)
    with override("en"):
        assert str(caught.value).endswith(f"Did you mean {hint}?")


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("正常", "temperature-not-a-number"),
        ("发烧", "temperature-not-a-number"),
        ("36.5/36.8", "temperature-not-a-number"),
        ("50", "temperature-out-of-range"),
        ("12.5", "temperature-out-of-range"),
    ],
)
def test_what_is_no_temperature(cell: str, code: str) -> None:
    assert code_of(values.temperature, cell) == code


def test_the_words_are_those_of_the_community_worker() -> None:
    with pytest.raises(BadValue) as caught:
        values.temperature(375)
    with override("zh-hans"):
        assert str(caught.value) == "375℃ 不可能是体温，是不是 37.5？"
