# cjk: titles of a roster
"""How fast a roster of 100,000 rows by 12 columns is read, understood and cleaned.

    python -m benchmarks.imports_parse [rows]

Prints rows/s, the ratio to bare calamine reading of the same file, and the peak of memory of each.
One process, one thread; the database has no part in it.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import python_calamine
import xlsxwriter
from django.conf import settings

from lianfang.doors.imports.headers import propose
from lianfang.doors.imports.reading import Reading
from lianfang.doors.imports.rows import HouseholdRow, Kind
from lianfang.doors.imports.tables import open_book
from lianfang.drill.town import Building, Town, build, grid_name

TITLES = (
    "序号", "所属网格", "楼栋", "单元", "房号", "户号", "姓名", "性别", "与户主关系",
    "公民身份号码", "联系电话", "居住情况",
)  # fmt: skip


def large_town(rows: int) -> Town:
    """A town with about that many residents."""
    households = rows // 2.75
    count = int(households // 240) + 1
    buildings = [Building(number, number // 2 + 1, 0, 30, 8) for number in range(1, count + 1)]
    return build(seed=7, buildings=buildings)


def write_flat(town: Town, path: Path, rows: int) -> int:
    """The roster as a plain table; gives the number of rows written."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    page = book.add_worksheet("名册")
    page.write_row(0, 0, TITLES)
    row = 0
    for serial, household in enumerate(town.households, 1):
        for person in household.members:
            if row == rows:
                break
            row += 1
            page.write_row(
                row,
                0,
                (
                    row, grid_name(household.grid), f"{household.building}栋", household.unit or "",
                    household.room, serial, person.name, "男" if person.male else "女",
                    person.relation, person.id_number, person.phone, "常住",
                ),
            )  # fmt: skip
    book.close()
    return row


def read_bare(path: Path) -> str:
    """Calamine alone."""
    with path.open("rb") as file:
        sheet = python_calamine.load_workbook(file).get_sheet_by_index(0)
        for _row in sheet.iter_rows():
            pass
    return ""


def read_full(path: Path) -> str:
    """The whole way from the file to typed entries."""
    book = open_book(path)
    sheet = book.sheets[0]
    people = refused = 0
    for item in Reading(sheet, propose(sheet, Kind.ROSTER)).entries():
        if isinstance(item, HouseholdRow):
            people += len(item.members)
        else:
            refused += 1
    book.close()
    return f"people {people:,}, refused {refused:,}"


def measured(way: str, path: Path) -> tuple[float, float, str]:
    """Seconds, peak memory in MB and a word on it, of a fresh process that reads the file."""
    command = [sys.executable, "-m", "benchmarks.imports_parse", f"--{way}", str(path)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds, megabytes, note = said.split("\t")
    return float(seconds), float(megabytes), note.strip()


def main(arguments: list[str]) -> None:
    """Write the file, read it bare and in full, print the figures."""
    out = sys.stdout.write
    if arguments and arguments[0] in ("--bare", "--full"):
        settings.configure(USE_I18N=False)
        start = time.perf_counter()
        note = (read_bare if arguments[0] == "--bare" else read_full)(Path(arguments[1]))
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        out(f"{seconds}\t{peak}\t{note}\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.xlsx"
        rows = int(arguments[0]) if arguments else 100_000
        rows = write_flat(large_town(rows), path, rows)
        bare, bare_memory, _note = measured("bare", path)
        full, full_memory, note = measured("full", path)
    out(f"rows x columns        {rows:,} x {len(TITLES)}; {note}\n")
    out(f"bare calamine         {bare:.2f} s  {rows / bare:>9,.0f} rows/s  {bare_memory:.0f} MB\n")
    out(f"parsed and cleaned    {full:.2f} s  {rows / full:>9,.0f} rows/s  {full_memory:.0f} MB\n")
    out(f"ratio to bare         {bare / full:.2f}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
