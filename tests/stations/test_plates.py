"""Number plates: what is right, what is put right, what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.stations import plate_rules
from lianfang.stations.plate_rules import PROVINCES, PlateFault, kind_of, plate


@pytest.mark.parametrize(
    ("text", "tidy", "kind"),
    [
        ("豫A12345", "豫A12345", "ordinary"),
        ("豫k·a1b23", "豫KA1B23", "ordinary"),
        ("豫Ａ－１２３４５", "豫A12345", "ordinary"),
        ("粤BD12345", "粤BD12345", "new_energy_small"),
        ("粤BDF1234", "粤BDF1234", "new_energy_small"),
        ("粤B12345D", "粤B12345D", "new_energy_large"),
        ("豫A1234学", "豫A1234学", "special"),
        ("粤Z1234港", "粤Z1234港", "border"),
        ("使014578", "使014578", "embassy"),
        ("WJ豫12345", "WJ豫12345", "armed_police"),
    ],
)
def test_a_plate_is_taken(text: str, tidy: str, kind: str) -> None:
    assert plate(text) == tidy
    assert kind_of(tidy) == kind


@pytest.mark.parametrize(
    ("text", "likely"),
    [
        ("豫AO1234", "豫A01234"),
        ("豫AI234O", "豫A12340"),
        ("A12345", ""),
        ("豫A1234", ""),
        ("豫A123456", ""),
        ("豫AABC12", ""),
        ("豫I12345", ""),
        ("门A12345", ""),
    ],
)
def test_what_cannot_be_a_plate_is_refused(text: str, likely: str) -> None:
    with pytest.raises(PlateFault) as raised:
        plate(text)
    assert raised.value.likely == likely


def test_none_is_none_and_another_country_is_let_through_when_said() -> None:
    assert plate(" ") == ""
    assert plate("MH-AB 123", other=True) == "MHAB123"
    with pytest.raises(PlateFault):
        plate("?", other=True)


_PLACE = st.sampled_from("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789")


@given(
    st.sampled_from(PROVINCES),
    st.sampled_from("ABCDEFGHJKLMNPQRSTUVWXYZ"),
    st.lists(_PLACE, min_size=5, max_size=5).filter(lambda c: sum(x.isalpha() for x in c) <= 2),
    st.sampled_from(["", "·", " ", "-"]),
)
def test_every_ordinary_plate_is_taken_however_it_is_typed(
    province: str, office: str, rest: list[str], dot: str
) -> None:
    whole = province + office + "".join(rest)
    typed = f"{province}{office.lower()}{dot}{''.join(rest).lower()} "
    assert plate(typed) == whole


@given(st.text(max_size=12))
def test_a_plate_is_tidy_or_refused_and_stays_the_same(text: str) -> None:
    try:
        first = plate(text)
    except PlateFault as fault:
        first = fault.likely
    assert plate(first) == first
    assert not first or plate_rules.kind_of(first)
