# cjk: cells of real files
"""Identity numbers, passports and permits; phones; dates."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.doors.imports.helpers import TODAY, code_of, id_number

from lianfang.doors.imports import dates
from lianfang.doors.imports.identities import id_kind, identity, masked
from lianfang.doors.imports.phones import phones
from lianfang.doors.imports.rows import IdKind, Sex

GOOD = id_number("19900101", 1)
WITH_X = next(
    number for number in (id_number("19900101", n) for n in range(1, 99)) if number[-1] == "X"
)


@pytest.mark.parametrize(
    "cell",
    [
        GOOD,
        f" {GOOD} ",
        f"{GOOD[:6]} {GOOD[6:14]} {GOOD[14:]}",
        GOOD.translate({ord(str(n)): 0xFF10 + n for n in range(10)}),
        f"'{GOOD}",
        f"\u200b{GOOD}",
    ],
)
def test_an_identity_number_tells_birth_and_sex(cell: str) -> None:
    found = identity(cell)
    assert found.number == GOOD
    assert (found.kind, found.birth_date, found.sex) == (
        IdKind.RESIDENT,
        datetime.date(1990, 1, 1),
        Sex.MALE,
    )


def test_a_small_x_and_a_times_sign_are_the_check_x() -> None:
    assert identity(WITH_X.lower()).number == WITH_X
    assert identity(WITH_X[:-1] + "×").number == WITH_X


def test_an_old_number_of_15_digits_is_the_new_one() -> None:
    assert identity(GOOD[:6] + GOOD[8:17]).number == GOOD
    assert identity(float(GOOD[:6] + GOOD[8:17])).number == GOOD  # 15 digits, Excel keeps them


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (float(GOOD), "number-rounded"),
        (int(GOOD), "number-rounded"),
        ("4.40699E+17", "number-rounded"),
        (GOOD[:15] + "000", "number-rounded"),
        (GOOD[:-1], "id-length"),
        (GOOD + "1", "id-length"),
        (GOOD[:-1] + str((int(GOOD[-1].replace("X", "1")) + 1) % 10), "id-checksum"),
        (id_number("19901301"), "id-birth-date"),
        ("99" + GOOD[2:10] + "****1234", "id-masked"),
        ("00" + GOOD[2:], "id-region"),
        (GOOD[:10] + "O" + GOOD[11:], "id-characters"),
        ("12345678", "id-kind-unknown"),
        ("忘记了", "id-kind-unknown"),
    ],
)
def test_a_bad_identity_number_says_what_is_wrong(cell: Any, code: str) -> None:
    assert code_of(identity, cell) == code


@given(st.integers(0, 17), st.integers(1, 9))
def test_one_digit_mistyped_never_passes(place: int, shift: int) -> None:
    if GOOD[place] == "X":
        return
    wrong = GOOD[:place] + str((int(GOOD[place]) + shift) % 10) + GOOD[place + 1 :]
    assert not code_of(identity, wrong).startswith("understood")


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("E12345678", IdKind.PASSPORT),
        ("EA1234567", IdKind.PASSPORT),
        ("g12345678", IdKind.PASSPORT),
        ("H1234567890", IdKind.HONG_KONG_MACAU),
        ("M12345678", IdKind.HONG_KONG_MACAU),
        ("CHN110116081500", IdKind.FOREIGN_RESIDENT),
    ],
)
def test_other_documents_show_in_their_form(cell: str, kind: IdKind) -> None:
    assert identity(cell) == identity(cell, kind)
    assert identity(cell).kind is kind


def test_a_taiwan_permit_is_known_when_its_kind_is_given() -> None:
    assert identity("12345678", id_kind("台胞证")).kind is IdKind.TAIWAN
    assert code_of(identity, "12A", IdKind.TAIWAN) == "id-format"
    assert code_of(id_kind, "会员卡") == "id-kind-unknown"


def test_a_number_is_shown_masked() -> None:
    assert GOOD[6:14] not in masked(GOOD)


# --- phones --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("19900001234", ["+8619900001234"]),
        (19900001234.0, ["+8619900001234"]),
        ("199 0000 1234", ["+8619900001234"]),
        ("199-0000-1234", ["+8619900001234"]),
        ("+86 19900001234", ["+8619900001234"]),
        ("8619900001234", ["+8619900001234"]),
        ("１９９００００１２３４", ["+8619900001234"]),
        ("0757-86234567", ["+8675786234567"]),
        ("(0757)86234567", ["+8675786234567"]),
        ("（0757）86234567", ["+8675786234567"]),
        ("+852 6123 4567", ["+85261234567"]),
        ("19900001234/19900005678", ["+8619900001234", "+8619900005678"]),
        ("19900001234、0757-86234567", ["+8619900001234", "+8675786234567"]),
        ("19900001234\n19900005678", ["+8619900001234", "+8619900005678"]),
        ("19900001234 19900005678", ["+8619900001234", "+8619900005678"]),
        ("1990000123419900005678", ["+8619900001234", "+8619900005678"]),
        ("19900001234（儿子）", ["+8619900001234"]),
        ("儿子:19900001234", ["+8619900001234"]),
        ("19900001234/19900001234", ["+8619900001234"]),
    ],
)
def test_phones(cell: Any, numbers: list[str]) -> None:
    assert list(phones(cell)) == numbers


def test_a_landline_gets_the_area_code_of_the_community() -> None:
    assert phones("86234567", "0757") == ("+8675786234567",)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1990000123", "phone-length"),
        ("199000012345", "phone-length"),
        ("86234567", "phone-area-code"),
        ("1.99E+10", "number-rounded"),
        ("没有电话", "phone-not-understood"),
        ("12345", "phone-length"),
        ("199****1234", "phone-masked"),
        ("22345678901", "phone-not-understood"),
    ],
)
def test_what_is_no_phone(cell: Any, code: str) -> None:
    assert code_of(phones, cell) == code


# --- dates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        "2020.1.25",
        "2020-01-25",
        "2020/1/25",
        "2020年1月25日",
        "2020 年 1 月 25 日",
        "二〇二〇年一月二十五日",
        "20200125",
        20200125.0,
        43855.0,
        "43855",
        "25/1/2020",
        "1/25/2020",
        "25 Jan 2020",
        "January 25th, 2020",
        "2020-01-25 00:00:00",
        datetime.datetime(2020, 1, 25),
        datetime.date(2020, 1, 25),
        "２０２０－０１－２５",
    ],
)
def test_dates_in_many_spellings(cell: Any) -> None:
    assert dates.date(cell) == datetime.date(2020, 1, 25)


def test_a_date_without_a_year_takes_the_year_that_is_given() -> None:
    assert dates.date("1月25日", year=2020) == datetime.date(2020, 1, 25)
    assert code_of(dates.date, "1月25日") == "date-year-missing"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("3/4/2020", "date-ambiguous"),
        ("90.1.25", "date-short-year"),
        ("900125", "date-short-year"),
        ("1990年5月", "date-day-missing"),
        ("199005", "date-day-missing"),
        ("1990", "date-day-missing"),
        ("2020-02-30", "date-impossible"),
        ("20201301", "date-impossible"),
        ("腊月廿三", "date-not-understood"),
        ("昨天", "date-not-understood"),
    ],
)
def test_what_could_be_misread_is_refused(cell: str, code: str) -> None:
    assert code_of(dates.date, cell) == code


def test_birth_dates_lie_within_a_life() -> None:
    assert dates.birth_date("1950.3.1", TODAY) == datetime.date(1950, 3, 1)
    assert code_of(dates.birth_date, "2020-02-01", TODAY) == "date-future"
    assert code_of(dates.birth_date, "1880-02-01", TODAY) == "date-too-early"


@given(st.dates(datetime.date(1900, 3, 1), datetime.date(2060, 12, 31)))
def test_every_date_is_read_back(day: datetime.date) -> None:
    serial = (day - datetime.date(1899, 12, 30)).days
    spellings: list[Any] = [
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
    ]
    spellings += [float(serial)] if day.year >= 1911 else []
    assert {dates.date(spelling) for spelling in spellings} == {day}
