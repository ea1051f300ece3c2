# cjk: titles and cells of real files
"""Whatever stands in a sheet: nothing breaks, and every row ends in exactly one place."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doors.imports.helpers import TODAY, id_number

from lianfang.doors.imports.fields import SYNONYMS
from lianfang.doors.imports.headers import propose
from lianfang.doors.imports.reading import Options, Reading
from lianfang.doors.imports.rows import HouseholdRow, Kind, RefusedRow
from lianfang.doors.imports.tables import Cell, Merge


@dataclass
class MemorySheet:
    """Rows without a file."""

    table: list[list[Any]]
    merges: list[Merge] = field(default_factory=list)
    name: str = "名册"
    hidden: bool = False
    expected_rows: int | None = None
    widths: dict[int, float] = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        for number, row in enumerate(self.table, 1):
            yield number, list(row)


CELLS: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(
        [
            "",
            "",
            "张三",
            "3-2-501",
            "3栋",
            "同上",
            "合计",
            "注:x",
            "男",
            "子",
            "空置",
            "姓名",
            "#REF!",
            id_number(),
            "19900000001",
            "36.5",
            "无",
            "1",
        ]
    ),
    st.text(max_size=12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(datetime.date(1900, 1, 1)),
    st.datetimes(datetime.datetime(1900, 1, 1)),
    st.times(),
    st.timedeltas(),
)


@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_breaks_and_no_row_is_lost(kind: Kind) -> None:
    titles = [words.split()[0] for words in SYNONYMS[kind].values()]

    @settings(max_examples=120, deadline=None)
    @given(st.lists(st.lists(CELLS, max_size=len(titles) + 2), max_size=8), st.integers(0, 6))
    def check(rows: list[list[Any]], merged: int) -> None:
        merges = [Merge(2, 1, 2 + merged, 1)] if merged else []
        sheet = MemorySheet([titles, *rows], merges)
        reading = Reading(sheet, propose(sheet, kind), Options(today=TODAY))
        items = list(reading.entries())
        refused = [item for item in items if isinstance(item, RefusedRow)]
        assert all(problem.words() for row in refused for problem in row.problems)
        ended = len(refused) + len(reading.skipped) + reading.blank
        if kind == Kind.ROSTER:
            # A household stands for its members' rows, or for the doors without a name.
            places = [item.row for item in items if isinstance(item, HouseholdRow)]
            assert all(first < second for first, second in pairwise(places))
            assert ended <= reading.rows
        else:
            assert ended + len(items) - len(refused) == reading.rows

    check()
