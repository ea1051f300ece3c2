# cjk: titles and rows of made-up files
"""Files and imports of a made-up community for the tests of whole imports."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from tests import town

from lianfang.areas.models import Area
from lianfang.doors.imports import files, jobs, work
from lianfang.doors.imports.models import ImportJob
from lianfang.doors.imports.rows import Kind
from lianfang.doors.imports.tables import open_book
from lianfang.doors.imports.workbooks import BATCH_PROPERTY
from lianfang.kernel.actors import OPERATOR, Actor
from lianfang.kernel.models import Record

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
TITLES = ("网格", "楼栋", "单元", "房号", "姓名", "性别", "与户主关系", "身份证号", "电话")


def write(path: Path, rows: Sequence[Sequence[Any]], titles: Sequence[str] = TITLES) -> Path:
    """Write a plain table."""
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("名册")
    for number, row in enumerate([titles, *rows]):
        page.write_row(number, 0, row)
    book.close()
    return path


def take(
    path: Path,
    area: Area,
    actor: Actor = OPERATOR,
    kind: Kind = Kind.ROSTER,
    *,
    complete: bool = False,
    close: bool = False,
    dry: bool = False,
) -> tuple[ImportJob, work.Outcome]:
    """Import a file from beginning to end."""
    job = jobs.begin(actor, kind, area, path, path.name)
    jobs.choose(job, {}, complete=complete, close=close)
    return job, (work.check if dry else work.perform)(job)


def back(job: ImportJob, path: Path) -> Path:
    """Write the returned workbook of a job to `path`."""
    assert job.wrapped_key
    path.write_bytes(files.content(job.id, files.RETURNED, bytes(job.wrapped_key)))
    return path


def records() -> int:
    """Return how many records the journal has."""
    return Record.objects.count()


def example_areas() -> Area:
    """Make the areas of the examples; return the community."""
    with (EXAMPLES / "areas.csv").open(encoding="utf-8-sig") as file:
        rows = [{"code": r["代码"], "name": r["名称"]} for r in csv.DictReader(file)]
    town.do(OPERATOR, "area.import", {"rows": rows}, "")
    return Area.objects.get(code="440605011900")


def rows_of(path: Path) -> list[list[Any]]:
    """Return the cells of a file's first sheet."""
    return [list(cells) for _, cells in open_book(path).sheets[0].rows()]


def save_as_excel_does(path: Path, rows: Sequence[Sequence[Any]], batch: str) -> Path:
    """Write the rows of a returned file again, with the mark by which it is known."""
    book = xlsxwriter.Workbook(str(path))
    book.set_custom_property(BATCH_PROPERTY, batch)
    page = book.add_worksheet("名册")
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
    return path
