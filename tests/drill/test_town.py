# cjk: words of the example files
"""The made-up community and its files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import phonenumbers
from stdnum.cn import ric
from tests.doors.imports.helpers import read

from lianfang.doors.imports.rows import Kind
from lianfang.doors.imports.tables import open_book
from lianfang.drill.town import ID_REGION, build
from lianfang.drill.town_files import FAULTS, write_examples

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ("areas.csv", "roster.xlsx", "helpers.xlsx", "organisations.xlsx")


def content(path: Path) -> list[list[object]]:
    return [list(sheet.rows()) for sheet in open_book(path).sheets]


def test_the_same_seed_gives_the_files_under_examples(tmp_path: Path) -> None:
    write_examples(build(), tmp_path)
    for name in NAMES:
        assert content(tmp_path / name) == content(EXAMPLES / name), name


def test_the_examples_are_small() -> None:
    assert sum((EXAMPLES / name).stat().st_size for name in NAMES) < 1_000_000


def test_the_town_is_as_large_as_told() -> None:
    town = build()
    assert len(town.households) == 3000
    assert len({household.building for household in town.households}) == 24
    assert 8300 < len(town.residents) < 8800
    assert len(town.grids) == 12
    assert len(town.helpers) == 125


def test_numbers_pass_the_checks_and_can_be_nobodys() -> None:
    numbers = [person.id_number for person in build().residents]
    assert len(set(numbers)) == len(numbers)
    for number in numbers[:300]:
        assert number.startswith(ID_REGION)
        assert number[-1] == ric.calc_check_digit(number)
    phones = [person.phone for person in build().residents if person.phone]
    assert len(set(phones)) == len(phones)
    assert all(phone.startswith("1990000") for phone in phones)
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(p, "CN")) for p in phones[:50])


def test_the_roster_has_the_faults_that_the_docs_promise() -> None:
    outcome = read(EXAMPLES / "roster.xlsx")
    codes = Counter(code for reasons in outcome.reasons.values() for code in reasons)
    assert codes == FAULTS
    assert len(outcome.refused) == 40
    assert len(outcome.households) == 3000
    members = sum(len(one.members) for one in outcome.households)
    assert members + sum(FAULTS.values()) - 6 == len(build().residents)
    assert {one.area for one in outcome.households} == {name for _code, name in build().grids}


def test_the_other_files_are_clean() -> None:
    for name, kind, count in (
        ("helpers.xlsx", Kind.HELPERS, 125),
        ("organisations.xlsx", Kind.ORGANISATIONS, 14),
        ("areas.csv", Kind.AREAS, 17),
    ):
        outcome = read(EXAMPLES / name, kind)
        assert (len(outcome.entries), outcome.refused) == (count, []), name
