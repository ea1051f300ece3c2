# cjk: addresses as people write them
"""Addresses: what each spelling means, what is refused and why, and that writing reads back."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.doors.imports.helpers import code_of

from lianfang.doors.imports.addresses import STYLES, Address, combine, floor_of, parse, written

USUAL = Address("3", "2", 5, "501")


@pytest.mark.parametrize(
    "said",
    [
        "3-2-501",
        "3栋2单元501室",
        "3栋2单元501",
        "3号楼二单元501",
        "三栋2单元5楼501",
        "三栋二单元五〇一",
        "３栋２单元５０１",
        "3 栋 2 单元 501",
        "3幢2单元501房",
        "3#2-501",
        "3#楼2单元501",
        "3栋2-501",
        "3栋-2-501",
        "3-2单元-501",
        "3/2/501",
        "3.2.501",
        "3—2—501",
        "3－2－501",
        "3座2梯501",
        "03-02-501",
        "3-2-5-501",
        "3栋2单元501（出租）",
        "3楼2单元501",
        "Building 3 Unit 2 Room 501",
        "Bldg. 3, Unit 2, Rm 501",
        "room 501, unit 2, building 3",
        "广东省佛山市南海区桂城街道怡景社区3栋2单元501室",
        "佛山市南海区桂城街道3栋2单元501",
    ],
)
def test_one_door_in_many_spellings(said: str) -> None:
    assert parse(said) == USUAL


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("A座1203", Address("A", "", 12, "1203")),
        ("a座1203", Address("A", "", 12, "1203")),
        ("12幢501", Address("12", "", 5, "501")),
        ("5-301", Address("5", "", 3, "301")),
        ("Flat 5B, 12/F, Block C", Address("C", "", 12, "5B")),
        ("Unit 501, Building 3", Address("3", "", 5, "501")),
        ("8弄12号301室", Address("8弄12", "", 3, "301")),
        ("15号", Address("15")),
        ("十五号", Address("15")),
        ("别墅12号", Address("12")),
        ("12号别墅", Address("12")),
        ("12号301", Address("12", "", 3, "301")),
        ("3栋B101", Address("3", "", -1, "B101")),
        ("12号楼东单元301", Address("12", "东", 3, "301")),
        ("A1栋1203房", Address("A1", "", 12, "1203")),
        ("二十三栋1503", Address("23", "", 15, "1503")),
        ("3-2-5-02", Address("3", "2", 5, "02")),
        ("3-2-10203", Address("3", "2", None, "10203")),
        ("怡景花园3栋501", Address("3", "", 5, "501", "怡景花园")),
        ("怡景花园一期3栋501", Address("3", "", 5, "501", "怡景花园1期")),
        ("怡景小区3-2-501", Address("3", "2", 5, "501", "怡景小区")),
        (
            "广东省佛山市南海区桂城街道怡景路8号怡景花园3栋501",
            Address("3", "", 5, "501", "怡景花园"),
        ),
        ("怡景路8号501", Address("8", "", 5, "501", "怡景路")),
        ("河西村15号", Address("15", "", None, "", "河西村")),
    ],
)
def test_other_kinds_of_doors(said: str, address: Address) -> None:
    assert parse(said) == address


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("", "address-missing"),
        ("3-2", "address-room-missing"),
        ("3栋", "address-room-missing"),
        ("3栋2单元", "address-room-missing"),
        ("2单元501", "address-building-missing"),
        ("501", "address-building-missing"),
        ("5楼501", "address-building-missing"),
        ("3栋12楼501", "address-floor-differs"),
        ("3-5-01", "address-ambiguous"),
        ("3栋5-01", "address-ambiguous"),
        ("3" * 500, "address-not-understood"),
        ("幸福里", "address-not-understood"),
        ("3栋1单元501室之二", "address-not-understood"),
        ("3栋501-2", "address-not-understood"),
        ("3栋501、502", "address-not-understood"),
        ("门卫室旁边", "address-not-understood"),
        (datetime.date(2020, 3, 2), "address-became-date"),
    ],
)
def test_what_is_not_understood_is_a_reason(said: Any, code: str) -> None:
    assert code_of(parse, said) == code


@pytest.mark.parametrize(
    ("room", "floor"),
    [("501", 5), ("1203", 12), ("B101", -1), ("B1", -1), ("0501", 5), ("12", None), ("5B", None)],
)
def test_the_floor_comes_from_the_room(room: str, floor: int | None) -> None:
    assert floor_of(room) == floor


@pytest.mark.parametrize(
    "columns",
    [
        {"building": "3栋", "unit": "2单元", "room": "501室"},
        {"building": 3.0, "unit": 2.0, "room": 501.0},
        {"building": "三号楼", "unit": "二单元", "floor": "5楼", "room": "501"},
        {"building": "3", "room": "2-501"},
        {"building": "3栋", "room": "3-2-501"},
        {"room": "3栋2单元501"},
        {"whole": "3-2-501", "building": "3"},
        {"whole": "2单元501", "building": "3栋"},
        {"building": "3栋2单元501"},
    ],
)
def test_columns_of_parts_make_one_address(columns: dict[str, Any]) -> None:
    assert combine(**columns) == USUAL


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"whole": "3-2-501", "building": "4栋"}, "address-contradiction"),
        ({"building": "3", "unit": "1", "room": "3-2-501"}, "address-contradiction"),
        ({"building": "3", "floor": "6", "room": "501"}, "address-floor-differs"),
        ({"building": "3", "room": "5-01"}, "address-ambiguous"),
        ({"building": "3栋"}, "address-room-missing"),
        ({"room": "501"}, "address-building-missing"),
        ({}, "address-missing"),
        ({"building": datetime.date(2020, 3, 2), "room": "501"}, "address-became-date"),
    ],
)
def test_columns_that_do_not_fit(columns: dict[str, Any], code: str) -> None:
    assert code_of(combine, **columns) == code


# --- what is written is read back ---

_BUILDINGS = st.one_of(
    st.integers(1, 9999).map(str),
    st.sampled_from("ABCDEFG"),
    st.builds("{}{}".format, st.sampled_from("AB"), st.integers(1, 99)),
)
_UNITS = st.one_of(st.just(""), st.integers(1, 20).map(str))
_ESTATES = st.sampled_from(["", "", "怡景花园", "翠湖苑", "金色家园2期"])


@st.composite
def doors(draw: st.DrawFn) -> Address:
    """Doors as they exist: the floor is told by the room, or given beside a short room number."""
    floor = draw(st.integers(1, 60))
    if draw(st.booleans()):
        room = f"{floor}{draw(st.integers(1, 40)):02d}"
    else:
        room = draw(st.sampled_from(["01", "02", "5A", "5B", "12C"]))
    return Address(draw(_BUILDINGS), draw(_UNITS), floor, room, draw(_ESTATES))


def _styled(address: Address, style: str) -> str:
    try:
        return written(address, style)
    except ValueError:
        assume(False)
        raise


@pytest.mark.parametrize("style", [style for style in STYLES if style != "house"])
def test_every_style_reads_back(style: str) -> None:
    @given(doors())
    def check(address: Address) -> None:
        assert parse(_styled(address, style)) == address

    check()


@given(
    st.one_of(
        st.integers(1, 999).map(str),
        st.builds("{}弄{}".format, st.integers(1, 999), st.integers(1, 99)),
    ),
    st.one_of(st.just(""), st.builds("{}{:02d}".format, st.integers(1, 30), st.integers(1, 20))),
    _ESTATES,
)
def test_houses_read_back(building: str, room: str, estate: str) -> None:
    address = Address(building, "", floor_of(room), room, estate)
    assert parse(written(address, "house")) == address


@given(st.text(max_size=30))
def test_no_text_breaks_it(said: str) -> None:
    assert code_of(parse, said)
    assert code_of(combine, said, said, said, said, said)
