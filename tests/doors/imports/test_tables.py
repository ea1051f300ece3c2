# cjk: names of sheets and cells of real files
"""Files of every kind and every kind of broken file."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from django.utils.translation import override
from tests.doors.imports.helpers import read, workbook

from lianfang.doors.imports.problems import FileProblem
from lianfang.doors.imports.rows import Kind
from lianfang.doors.imports.tables import Limits, Merge, column_letter, open_book, sheet_named

DATA = Path(__file__).parent / "data"
TEXT = "住址,姓名,性别\n3-2-501,张三,男\n3-2-502,李四,女\n"


def code_of_file(path: Path, limits: Limits | None = None) -> str:
    try:
        book = open_book(path, limits=limits)
        for sheet in book.sheets:
            list(sheet.rows())
    except FileProblem as problem:
        return problem.code if str(problem) else "without words"
    return "read"


def test_every_sheet_is_listed_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("居民")
    page.write(2, 1, "姓名")
    page.merge_range("B4:B6", "张三")
    page.set_column(1, 1, 30)
    book.add_worksheet("备注").hide()
    book.close()
    opened = open_book(path)
    assert [(sheet.name, sheet.hidden) for sheet in opened.sheets] == [
        ("居民", False),
        ("备注", True),
    ]
    sheet = opened.sheets[0]
    assert list(sheet.rows())[2:4] == [(3, ["", "姓名"]), (4, ["", "张三"])]
    assert sheet.merges == [Merge(4, 1, 6, 1)]
    assert round(sheet.widths[1]) == 31
    assert list(opened.sheets[1].rows()) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_text_files_in_any_encoding(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "名册.csv"
    path.write_bytes(TEXT.replace(",", delimiter).encode(encoding))
    assert read(path).doors == {"3-2-501": ["张三"], "3-2-502": ["李四"]}


def test_a_cell_of_a_text_file_may_hold_line_breaks(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('住址,姓名,电话\n3-2-501,张三,"19900001234\n19900005678"\n3-2,李四,\n')
    outcome = read(path)
    assert outcome.households[0].members[0].phones == ("+8619900001234", "+8619900005678")
    assert outcome.reasons == {3: ["address-room-missing"]}


def test_an_old_xls_file(tmp_path: Path) -> None:
    outcome = read(DATA / "roster.xls")
    assert outcome.doors == {"3-2-501": ["王伟"]}
    assert outcome.reasons == {4: ["number-rounded"]}


def test_what_a_file_is_does_not_depend_on_its_name(tmp_path: Path) -> None:
    as_xls = workbook(tmp_path / "a.xlsx", [["住址", "姓名"], ["3-2-501", "张三"]]).rename(
        tmp_path / "a.xls"
    )
    as_xlsx = tmp_path / "b.xlsx"
    as_xlsx.write_text(TEXT)
    assert read(as_xls).doors == {"3-2-501": ["张三"]}
    assert len(read(as_xlsx).doors) == 2


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file-empty"),
        (b"  \r\n", "file-empty"),
        (b"PK\x03\x04broken", "file-damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x01" * 3000, "file-damaged"),
        (b"<html><table><tr><td>1</td></tr></table>", "file-is-web-page"),
        (b"%PDF-1.7 ...", "file-unsupported"),
        (b"\x89PNG\r\n", "file-unsupported"),
        (b"a,b\n\x00\x01\x02", "file-unsupported"),
        (b"name,\xff\xff\xff\xff\n", "file-encoding"),
        (b'name,x\n"' + b"a" * 40_000, "file-damaged"),
    ],
)
def test_broken_files_are_told(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert code_of_file(path) == code


def test_files_with_a_password(tmp_path: Path) -> None:
    assert code_of_file(DATA / "encrypted.xlsx") == "file-encrypted"
    content = bytearray((DATA / "roster.xls").read_bytes())
    start = content.find(b"\x09\x08\x10\x00\x00\x06\x05\x00")
    content[start + 20 : start + 22] = b"\x2f\x00"  # FILEPASS in place of the second record
    path = tmp_path / "a.xls"
    path.write_bytes(content)
    assert code_of_file(path) == "file-encrypted"


def test_a_truncated_workbook_is_damaged(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["住址", "姓名"]] + [["3-2-501", "张三"]] * 500)
    path.write_bytes(path.read_bytes()[:-400])
    assert code_of_file(path) == "file-damaged"


def test_a_sheet_whose_xml_is_broken_is_damaged(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["住址", "姓名"]])
    broken = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(broken, "w") as new:
        for item in old.infolist():
            content = old.read(item)
            new.writestr(item, content[:-80] if "sheet1" in item.filename else content)
    assert code_of_file(broken) in ("file-damaged", "read")


def test_a_word_file_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert code_of_file(path) == "file-unsupported"


def test_a_missing_file(tmp_path: Path) -> None:
    assert code_of_file(tmp_path / "nothing.xlsx") == "file-missing"


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TEXT * 100)
    with override("en"), pytest.raises(FileProblem, match="at most 0 MB"):
        open_book(path, limits=Limits(file_bytes=1000))


def test_a_zip_that_unpacks_to_too_much(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["住址"]] * 1000)
    assert code_of_file(path, Limits(unpacked_bytes=10_000)) == "file-too-large"


def test_a_stray_cell_in_the_last_corner_does_not_eat_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("居民")
    page.write(0, 0, "姓名")
    page.write(1_048_575, 16_383, "x")
    book.close()
    assert code_of_file(path) == "sheet-too-large"


def test_a_sheet_is_found_by_name(tmp_path: Path) -> None:
    book = open_book(workbook(tmp_path / "a.xlsx", [["姓名"]], sheet="居民"))
    assert sheet_named(book, "居民").name == "居民"
    with pytest.raises(FileProblem) as caught:
        sheet_named(book, "没有")
    assert caught.value.code == "sheet-missing"


def test_letters_of_columns() -> None:
    assert [column_letter(index) for index in (0, 25, 26, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "ZZ",
        "AAA",
    ]


def test_areas_from_a_plain_csv_with_p_codes(tmp_path: Path) -> None:
    path = tmp_path / "areas.csv"
    path.write_text("code,name,parent\nPH,Philippines,\nPH01,Ilocos,PH\n")
    outcome = read(path, Kind.AREAS)
    assert [(area.code, area.name, area.parent) for area in outcome.entries] == [
        ("PH", "Philippines", ""),
        ("PH01", "Ilocos", "PH"),
    ]
