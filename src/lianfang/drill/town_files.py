# cjk: titles and words of the example files
"""Write the made-up community as the files that a community would have.

The roster is kept as they are kept: a title, a line on who filled it in, a header of two lines,
merged cells for a household, addresses in several spellings, totals at the end, and some forty
rows with the mistakes of daily life (`FAULTS` says which, so that tests and docs can count them).
"""

from __future__ import annotations

import csv
import datetime
import random
from typing import TYPE_CHECKING, Any

import xlsxwriter

from lianfang.drill.town import (
    COMMUNITY,
    DIVISIONS,
    TODAY,
    Household,
    Person,
    Town,
    grid_name,
)

if TYPE_CHECKING:
    from pathlib import Path

# Code of the problem -> how many rows of the roster have it.
FAULTS = {
    "id-checksum": 6,
    "number-rounded": 5,
    "id-length": 3,
    "id-masked": 2,
    "id-birth-date": 2,
    "id-sex-differs": 3,
    "phone-length": 4,
    "phone-area-code": 2,
    "name-not-understood": 2,
    "relation-not-understood": 2,
    "double-person": 3,
    "address-room-missing": 2,
    "address-not-understood": 2,
    "address-became-date": 1,
    "address-floor-differs": 1,
}

_WIDE = {ord(str(digit)): 0xFF10 + digit for digit in range(10)}
_NARROW = {wide: narrow for narrow, wide in _WIDE.items()}


def write_examples(town: Town, folder: Path) -> list[Path]:
    """Write areas.csv, roster.xlsx, helpers.xlsx and organisations.xlsx; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [
        folder / name for name in ("areas.csv", "roster.xlsx", "helpers.xlsx", "organisations.xlsx")
    ]
    write_areas(town, paths[0])
    write_roster(town, paths[1])
    write_helpers(town, paths[2])
    write_organisations(town, paths[3])
    return paths


def write_areas(town: Town, path: Path) -> None:
    """Divisions down to the community, and its grids; a BOM, so that Excel reads it too."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["代码", "名称", "级别", "上级代码"])
        for code, name, level, parent in DIVISIONS:
            writer.writerow([code, name, level, parent])
        for code, name in town.grids:
            writer.writerow([code, name, "网格", COMMUNITY])


class _Page:
    """A workbook of one sheet with the formats of an office."""

    def __init__(self, path: Path, name: str, widths: list[float]) -> None:
        self.book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False})
        # A fixed date, so that one seed gives one file.
        self.book.set_properties({"created": datetime.datetime(2020, 1, 26, 9, 0)})
        self.page = self.book.add_worksheet(name)
        self.title = self.book.add_format({"bold": True, "align": "center", "font_size": 16})
        self.head = self.book.add_format(
            {"bold": True, "align": "center", "valign": "vcenter", "border": 1, "text_wrap": True}
        )
        self.cell = self.book.add_format({"border": 1, "valign": "vcenter"})
        self.date = self.book.add_format({"border": 1, "num_format": "m月d日"})
        for index, width in enumerate(widths):
            self.page.set_column(index, index, width)

    def write(self, row: int, column: int, value: Any) -> None:
        if isinstance(value, datetime.date):
            self.page.write_datetime(row, column, value, self.date)
        else:
            self.page.write(row, column, value, self.cell)

    def down(self, first: int, last: int, column: int, value: Any) -> None:
        """One value for the rows of a household, merged where there are several."""
        if first == last or isinstance(value, datetime.date):
            self.write(first, column, value)
        else:
            self.page.merge_range(first, column, last, column, value, self.cell)


def _address(household: Household, chance: random.Random) -> str:
    """One door in the spellings that one finds side by side in a real roster."""
    building, unit, room = household.building, household.unit, household.room
    if unit:
        spellings = (
            f"{building}栋{unit}单元{room}",
            f"{building}栋{unit}单元{room}室",
            f"{building}-{unit}-{room}",
            f"{building}号楼{unit}单元{room}",
            f"{building} 栋 {unit} 单元 {room}",
            f"{building}栋{unit}单元{household.floor}楼{room}",
            f"{building}-{unit}-{room}".translate(_WIDE),
        )
        weights = (50, 12, 22, 8, 2, 3, 3)
    else:
        spellings = (
            f"{building}栋{room}",
            f"{building}栋{room}室",
            f"{building}-{room}",
            f"{building}座{room}",
            f"{building}号楼{room}房",
            f"{building}栋{household.floor}楼{room}",
            f"{building}#{room}",
        )
        weights = (50, 12, 22, 8, 3, 3, 2)
    return chance.choices(spellings, weights)[0]


# One line of the roster: name, sex, relation, identity number, phone.
_Line = list[Any]


def _line(person: Person, chance: random.Random) -> _Line:
    """A person as typed: now and then with spaces, wide digits, a phone as a number."""
    name, number, phone = person.name, person.id_number, person.phone
    dice = chance.random()
    if dice < 0.03 and len(name) == 2:
        name = f"{name[0]} {name[1]}"
    elif dice < 0.04:
        name += " "
    elif dice < 0.05:
        number = number.lower()
    elif dice < 0.06:
        number = f"{number[:6]} {number[6:14]} {number[14:]}"
    elif dice < 0.07:
        number = number.translate(_WIDE)
    elif dice < 0.10 and phone:
        phone = f"{phone[:3]} {phone[3:7]} {phone[7:]}"
    elif dice < 0.12 and phone:
        phone = f"{phone[:3]}-{phone[3:7]}-{phone[7:]}"
    shown: Any = int(phone) if phone.isdigit() and dice > 0.7 else phone
    return [name, "男" if person.male else "女", person.relation, number, shown]


def _spoil(line: _Line, fault: str, copied: _Line) -> _Line:
    """A line with a mistake."""
    name, sex, relation, number, phone = line
    # A mistake of its own, on a number that is otherwise as the card shows it.
    number = str(number).replace(" ", "").upper().translate(_NARROW)
    if fault == "id-checksum":
        number = number[:17] + ("1" if number[17] != "1" else "2")
    elif fault == "number-rounded":
        return [name, sex, relation, float(number[:17] + "0"), phone]
    elif fault == "id-length":
        number = number[:-1]
    elif fault == "id-masked":
        number = f"{number[:10]}****{number[14:]}"
    elif fault == "id-birth-date":
        number = f"{number[:10]}1332{number[14:]}"
    elif fault == "id-sex-differs":
        sex = "女" if sex == "男" else "男"
    elif fault == "phone-length":
        phone = f"1990000{len(name)}"
    elif fault == "phone-area-code":
        phone = "86234567"
    elif fault == "name-not-understood":
        name = "13号"
    elif fault == "relation-not-understood":
        relation = "见上"
    elif fault == "double-person":
        return list(copied)
    return [name, sex, relation, number, phone]


def _faulty_doors() -> list[tuple[str, Any]]:
    """Addresses beyond the 3,000 doors that nobody can understand."""
    return [
        ("address-room-missing", "12栋"),
        ("address-room-missing", "7栋3单元"),
        ("address-not-understood", "怡景市场楼上阁楼"),
        ("address-not-understood", "门卫室旁边"),
        ("address-became-date", datetime.date(2020, 3, 2)),
        ("address-floor-differs", "20栋12楼501"),
    ]


def write_roster(town: Town, path: Path) -> None:
    """The roster of residents, one line a person, one block a household."""
    chance = random.Random(len(town.households))
    page = _Page(path, "居民花名册", [6, 14, 22, 9, 10, 10, 6, 10, 22, 15, 9, 12])
    page.page.merge_range(0, 0, 0, 11, "怡景社区居民花名册(示例,人名号码均为虚构)", page.title)
    page.page.merge_range(
        1, 0, 1, 11, f"填报单位:怡景社区居民委员会        填报日期:{TODAY:%Y}年1月26日", page.cell
    )
    _roster_header(page)
    faults = [
        fault
        for fault, count in FAULTS.items()
        if not fault.startswith("address-")
        for _time in range(count)
    ]
    chance.shuffle(faults)
    # Mistakes are spread over households of three and more, never in the first line, so that
    # every door goes in even before the returned rows are mended.
    large = [place for place, one in enumerate(town.households) if len(one.members) >= 3]
    step = max(len(large) // (len(faults) + 1), 1)
    spoiled = dict(zip(large[step::step], faults, strict=False))
    row, serial, copied = 4, 1, _line(town.residents[0], chance)
    for place, household in enumerate(town.households):
        lines = [_line(person, chance) for person in household.members]
        if fault := spoiled.get(place):
            lines[-1] = _spoil(lines[-1], fault, copied)
        if lines:
            copied = lines[0]
        address = _address(household, chance)
        row = _block(page, row, serial, grid_name(household.grid), address, lines)
        serial += 1
        if household.building != (
            town.households[place + 1].building if place + 1 < len(town.households) else -1
        ):
            row += 1  # a blank row between buildings
        if place == len(town.households) // 2:
            _names_of_columns(page, row)  # the page was pasted together: its header stands twice
            row += 1
    others = town.helpers[:5]
    for helper, (_fault, address) in zip(others * 2, _faulty_doors(), strict=False):
        number = "" if helper in others[:1] and serial % 2 else helper.person.id_number
        line = [helper.person.name, "男" if helper.person.male else "女", "户主", number, ""]
        row = _block(page, row, serial, grid_name(1), address, [line])
        serial += 1
    page.page.merge_range(row, 0, row, 4, "合计", page.cell)
    page.write(row, 5, f"{len(town.residents)}人")
    page.page.merge_range(row + 1, 0, row + 1, 11, "填表人:(示例)        审核人:(示例)", page.cell)
    page.page.merge_range(
        row + 2, 0, row + 2, 11, "注:空置房请在“居住情况”栏注明“空置”。", page.cell
    )
    page.page.freeze_panes(4, 0)
    page.book.close()


def _roster_header(page: _Page) -> None:
    for column, title in ((0, "序号"), (1, "所属网格"), (2, "住址"), (3, "户号"), (4, "户主")):
        page.page.merge_range(2, column, 3, column, title, page.head)
    page.page.merge_range(2, 5, 2, 9, "家庭成员信息", page.head)
    for column, title in enumerate(("姓名", "性别", "与户主关系", "公民身份号码", "联系电话"), 5):
        page.page.write(3, column, title, page.head)
    for column, title in ((10, "居住情况"), (11, "民族")):
        page.page.merge_range(2, column, 3, column, title, page.head)


def _names_of_columns(page: _Page, row: int) -> None:
    titles = (
        "序号",
        "所属网格",
        "住址",
        "户号",
        "户主",
        "姓名",
        "性别",
        "与户主关系",
        "公民身份号码",
    )
    for column, title in enumerate((*titles, "联系电话", "居住情况", "民族")):
        page.page.write(row, column, title, page.head)


def _block(page: _Page, row: int, serial: int, grid: str, address: Any, lines: list[_Line]) -> int:
    """One household from a row on; gives the row after it."""
    last = row + max(len(lines), 1) - 1
    head = str(lines[0][0]) if lines else ""
    state = "空置" if not lines else "出租" if lines[0][2] == "租客" else "常住"
    for column, value in (
        (0, serial),
        (1, grid),
        (2, address),
        (3, serial),
        (4, head),
        (10, state),
    ):
        page.down(row, last, column, value)
    for number, line in enumerate(lines, row):
        for column, value in enumerate(line, 5):
            page.write(number, column, value)
        page.write(number, 11, "汉族")
    if not lines:
        for column in range(5, 10):
            page.write(row, column, "")
    return last + 1


def write_helpers(town: Town, path: Path) -> None:
    """Staff, building leads, party members and volunteers, one line each."""
    page = _Page(path, "联防力量花名册", [6, 10, 6, 20, 30, 10, 16, 18, 14, 34])
    page.page.merge_range(0, 0, 0, 9, "怡景社区联防力量花名册(示例,人名号码均为虚构)", page.title)
    titles = (
        "序号",
        "姓名",
        "性别",
        "身份",
        "所属组织",
        "职务",
        "手机号码",
        "特长",
        "可服务楼栋",
        "负责网格",
    )
    for column, title in enumerate(titles):
        page.page.write(1, column, title, page.head)
    for row, helper in enumerate(town.helpers, 2):
        person = helper.person
        values = [
            row - 1,
            person.name,
            "男" if person.male else "女",
            helper.role,
            helper.organisation,
            helper.title,
            person.phone,
            helper.skills,
            helper.buildings,
            helper.grids,
        ]
        for column, value in enumerate(values):
            page.write(row, column, value)
    last = len(town.helpers) + 2
    page.page.merge_range(last, 0, last, 9, f"合计:{len(town.helpers)}人", page.cell)
    page.book.close()


def write_organisations(town: Town, path: Path) -> None:
    """The organisations that serve the community."""
    page = _Page(path, "单位名册", [8, 32, 12, 28, 34, 12, 16])
    page.page.merge_range(0, 0, 0, 6, "怡景社区辖区单位名册(示例)", page.title)
    titles = ("编号", "单位名称", "类型", "上级单位", "服务网格", "联系人", "联系电话")
    for column, title in enumerate(titles):
        page.page.write(1, column, title, page.head)
    leaders = [helper.person for helper in town.helpers]
    for row, ((code, name, kind, parent, areas, _title), person) in enumerate(
        zip(town.organisations, leaders, strict=False), 2
    ):
        for column, value in enumerate(
            (code, name, kind, parent, areas, person.name, person.phone)
        ):
            page.write(row, column, value)
    page.book.close()
