# cjk: rows of real rosters
"""Refused rows go back as the same sheet with reasons, are mended, and are read again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import xlsxwriter
from tests.doors.imports.helpers import Outcome, id_number, read, sheet_of, workbook

from lianfang.doors.imports.problems import CATALOGUE, words
from lianfang.doors.imports.returned import REASON_TITLE, ReturnedBook
from lianfang.doors.imports.tables import open_book

ROWS: list[list[Any]] = [
    ["怡景社区居民花名册"],
    ["住址", "住户信息", None, None, "民族"],
    [None, "姓名", "身份证号", "电话", None],
    ["3-2-501", "张三", id_number(), 19900000001, "汉"],
    [None, "李四", float(id_number(sequence=3)), "", "汉"],
    ["门卫室", "王五", "", "", "=1+1"],
]
MERGES = ["A1:E1", "A2:A3", "B2:D2", "E2:E3", "A4:A5"]


def sent(tmp_path: Path) -> Path:
    return workbook(tmp_path / "sent.xlsx", ROWS, MERGES, sheet="名册")


def give_back(outcome: Outcome, source: Path, target: Path, language: str = "zh-hans") -> Path:
    with ReturnedBook(target, "batch-7", language) as book:
        page = book.sheet(sheet_of(source), outcome.proposal)
        for refused in outcome.refused:
            page.add(refused)
    return target


def test_the_layout_is_that_of_the_sent_file(tmp_path: Path) -> None:
    path = sent(tmp_path)
    back = give_back(read(path), path, tmp_path / "back.xlsx")
    sheet = sheet_of(back)
    assert sheet.name == "名册"
    rows = [cells for _number, cells in sheet.rows()]
    assert rows[0][1] == "怡景社区居民花名册"
    assert rows[1] == [REASON_TITLE, "住址", "住户信息", "", "", "民族"]
    assert rows[2] == ["", "", "姓名", "身份证号", "电话", ""]
    assert rows[3][1:3] == ["3-2-501", "李四"]
    assert str(rows[3][0]).startswith("身份证号: 这个号码被 Excel 改成了近似值")
    assert str(rows[4][0]).startswith("住址: 地址“门卫室”看不懂")
    assert rows[4][5] == "=1+1"  # shown, not computed
    assert {(merge.first_row, merge.first_column) for merge in sheet.merges} >= {(2, 1), (2, 2)}


def test_the_reasons_are_in_the_language_of_the_user(tmp_path: Path) -> None:
    path = sent(tmp_path)
    back = give_back(read(path), path, tmp_path / "back.xlsx", "en")
    assert str(list(sheet_of(back).rows())[3][1][0]).startswith(
        "身份证号: Excel has rounded this number"
    )


def test_the_returned_file_is_known_again_and_can_be_mended(tmp_path: Path) -> None:
    path = sent(tmp_path)
    back = give_back(read(path), path, tmp_path / "back.xlsx")
    assert open_book(back).batch == "batch-7"
    assert open_book(path).batch == ""
    assert set(read(back).reasons) == {4, 5}

    mended = tmp_path / "mended.xlsx"
    rows = [list(cells) for _number, cells in sheet_of(back).rows()]
    rows[3][3] = id_number(sequence=3)
    rows[4][1] = "3-2-502"
    workbook(mended, rows, ["B1:F1", "B2:B3", "C2:E2", "F2:F3"])
    outcome = read(mended)
    assert not outcome.refused
    assert outcome.doors == {"3-2-501": ["李四"], "3-2-502": ["王五"]}


def test_a_file_returned_twice_has_one_column_of_reasons(tmp_path: Path) -> None:
    path = sent(tmp_path)
    once = give_back(read(path), path, tmp_path / "once.xlsx")
    twice = give_back(read(once), once, tmp_path / "twice.xlsx")
    first = [cells for _number, cells in sheet_of(once).rows()]
    assert [cells for _number, cells in sheet_of(twice).rows()] == first


def test_column_widths_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "wide.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("名册")
    page.set_column(1, 1, 33)
    page.write_row(0, 0, ["住址", "姓名"])
    page.write_row(1, 0, ["门卫室", "张三"])
    book.close()
    back = give_back(read(path), path, tmp_path / "back.xlsx")
    assert round(sheet_of(back).widths[2]) == 34


def test_every_problem_has_words() -> None:
    named = ("value", "length", "limit", "hint", "kind", "expected", "room", "floor", "other")
    placed = (
        "number",
        "first",
        "sheet",
        "rows",
        "columns",
        "fields",
        "size",
        "part",
        "door",
        "role",
        "area",
        "field",
    )
    params = dict.fromkeys((*named, *placed), "7")
    for code in CATALOGUE:
        assert words(code, params)
