"""The check of resident identity numbers agrees with the number's own check digit."""

from __future__ import annotations

import pytest

from lianfang.people.rules import resident_number_fault


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("440699199001010014", ""),  # of a county that does not exist
        ("440699199001010013", "checksum"),
        ("44069919900101001", "length"),
    ],
)
def test_resident_numbers(number: str, fault: str) -> None:
    assert resident_number_fault(number) == fault
