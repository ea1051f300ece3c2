# cjk: spellings of real files
"""Addresses of doors: building, unit, floor, room, in the spellings of registers.

`parse` reads, `written` writes in a named style, and parse(written(a, style)) == a. The floor
comes from the room number where that is sensible (501 -> 5, 1203 -> 12, B101 -> -1). Whatever is
not understood is a reason, never a guess.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from lianfang.doors.imports.problems import BadValue
from lianfang.doors.imports.values import CACHE, is_blank, short, text

if TYPE_CHECKING:
    from lianfang.doors.imports.tables import Cell


@dataclass(frozen=True, slots=True)
class Address:
    """A door. Names are without their words (3, not 3栋); what an address lacks is empty.

    A house that is one door (`15号`) has no room. `estate` is what stands before the building and
    is no part of the administrative division: a compound, a phase, a road.
    """

    building: str
    unit: str = ""
    floor: int | None = None
    room: str = ""
    estate: str = ""

    @property
    def door(self) -> tuple[str, str, str, str]:
        """What makes it one door: the floor adds nothing to it."""
        return (self.estate, self.building, self.unit, self.room)


_LONGEST = 120

# --- getting the spelling into one form --------------------------------------------------------

_ASCII = {ord("（"): "(", ord("）"): ")", ord("，"): ",", ord("＃"): "#", ord("、"): ","}
_ASCII |= dict.fromkeys((ord(dash) for dash in "—–－―‐‑‒−~～_"), "-")
# Notes on who lives there, which are no part of the address.
_NOTE = re.compile(r" ?\((?:出租屋?|租[住户]?|自住|空置?|业主|户主|常住|暂住)\)$")
_HAN_DIGITS = {han: digit for digit, han in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_HAN_NUMBER = re.compile(
    r"([零〇一二两三四五六七八九十百]+)(?=\s*(?:号楼|[栋幢座号期弄楼层室梯门#]|单元|小区|$))"
)


def _han_to_digits(match: re.Match[str]) -> str:
    """三 -> 3, 十二 -> 12, 二十三 -> 23, 一百零二 -> 102, 五〇一 -> 501."""
    said = match[1]
    if not re.search("[十百]", said):
        return "".join(str(_HAN_DIGITS[han]) for han in said)
    total, digit = 0, 0
    for han in said:
        if han == "百":
            total, digit = total + (digit or 1) * 100, 0
        elif han == "十":
            total, digit = total + (digit or 1) * 10, 0
        else:
            digit = _HAN_DIGITS[han]
    return str(total + digit)


def han_digits(said: str) -> str:
    """Write every number in Han digits with digits: 第十二网格 -> 第12网格."""
    return re.sub("([零〇一二两三四五六七八九十百]+)", _han_to_digits, said)


def _one_form(said: str) -> str:
    said = _HAN_NUMBER.sub(_han_to_digits, said.translate(_ASCII))
    # A floor below ground is B1: a minus could not be told from a dash between parts.
    said = re.sub(r"负(?=\d)", "B", said)
    said = re.sub(r"\s*-\s*", "-", said)
    return re.sub(r"\s+", " ", said).strip(" ,.;。")


def _upper(cell: Cell) -> str:
    return _one_form(text(cell)).upper().replace(" ", "")


# --- parts ----------------------------------------------------------------------------------------

_B = r"[A-Z]?\d{1,4}[A-Z]?|[A-Z]"
_U = r"[A-Z]?\d{1,2}|[A-Z]|[东西南北甲乙丙]"
_R = r"[A-Z]{0,2}\d{1,5}[A-Z]?"
_DASHED = re.compile(
    rf"(?P<b>{_B})[-/\\.](?:(?P<u>{_U})[-/\\.])?(?:(?P<f>B?\d{{1,2}})[-/\\.])?(?P<r>{_R})室?"
)
_BUILDING = re.compile(
    r"(?<![A-Z0-9])"
    rf"(?:(?P<lane>\d{{1,4}})弄-?)?(?P<b>{_B})(?P<word>栋|幢|座|号楼|#楼|#|楼(?=[A-Z0-9]+(?:单元|梯)))"
    rf"|(?<![A-Z0-9])(?P<b2>{_B})-(?=(?:{_U})(?:单元|梯))"
)
_HOUSE = re.compile(
    r"(?<![A-Z0-9])(?:(?P<lane>\d{1,4})弄-?)?(?P<b>\d{1,4}[A-Z]?(?:-\d{1,3})?)号(?P<villa>别墅|院)?"
)
_VILLA = re.compile(r"(?P<before>.*?)别墅(?P<b>[A-Z]?\d{1,4}[A-Z]?)[号栋幢座]?")
_REST = re.compile(
    rf"[-,/ ]*(?:(?P<u>{_U})(?:单元|梯口?|门)[-,/ ]*)?"
    r"(?:(?P<f>B?\d{1,2})(?:楼|层|F|/F)[-,/ ]*)?"
    rf"(?:(?P<r>{_R})(?:室|房间?|号房?|户|#)?)?"
)
_REST_DASHED = re.compile(
    rf"-?(?P<u>{_U})-(?:(?P<f>B?\d{{1,2}})-)?(?P<r>{_R})(?:室|房间?|号房?|户)?"
)
_DIVISIONS = re.compile(
    r"^(?:中国)?(?:[^\d省市]{2,8}(?:省|自治区))?(?:[^\d市]{2,8}市)?(?:(?<=[省区市])[^\d区县小]{1,8}[区县市])?"
    r"(?:[^\d街镇乡]{2,8}(?:街道(?:办事处)?|镇|乡))?(?:[^\d]{2,12}?(?:社区(?:居委会)?|居委会|村委会|行政村))?"
)

_ROAD = re.compile(r"^[^\d号]{1,10}(?:路|街|道|巷)\d{1,4}号(?=.)")
_ENGLISH = re.compile(
    r"\b(?:(?P<b>BUILDING|BLDG|BLOCK|BLK|TOWER|HOUSE|VILLA)|(?P<u>UNIT|ENTRANCE)|"
    r"(?P<f>FLOOR|FL|LEVEL)|(?P<r>ROOM|RM|FLAT|APARTMENT|APT|SUITE|STE))\b"
    r"\.?\s*(?:NO\.?\s*)?#?\s*(?P<v>[A-Z]{0,2}\d{1,5}[A-Z]?|[A-Z])\b",
    re.IGNORECASE,
)
_ENGLISH_FLOOR = re.compile(
    r"\b(?P<v>B?\d{1,2})(?:/F|F|(?:ST|ND|RD|TH)\s+FLOOR)(?![A-Z0-9])", re.IGNORECASE
)


def floor_of(room: str) -> int | None:
    """The floor that a room number tells: 501 -> 5, 1203A -> 12, B101 -> -1; None if it doesn't."""
    if match := re.fullmatch(r"(\d{1,2})\d\d[A-Z]?", room):
        return int(match[1]) or None
    if match := re.fullmatch(r"B(\d)(?:\d\d)?", room):
        return -int(match[1]) or None
    return None


def _floor(said: str | None) -> int | None:
    if not said:
        return None
    return -int(said[1:]) if said.startswith("B") else int(said)


def _made(
    said: str, building: str, unit: str | None, floor: str | None, room: str, estate: str = ""
) -> Address:
    """Put the parts together; the floor of the text and that of the room must agree."""
    told, derived = _floor(floor), floor_of(room)
    if told is not None and derived is not None and told != derived:
        raise BadValue("address-floor-differs", room=room, floor=told)
    return Address(
        building=_bare(building),
        unit=_bare(unit or ""),
        floor=told if told is not None else derived,
        room=room,
        estate=estate,
    )


def _bare(label: str) -> str:
    """03 and 3 are the same building; letters stay."""
    return re.sub(r"^0+(?=\d)", "", label)


def _estate(before: str) -> str:
    """What stands before the building, without the divisions and without marks at its ends."""
    if not before:
        return ""
    # 怡景路8号怡景花园 is the 怡景花园 that others write without its road.
    return _ROAD.sub("", _DIVISIONS.sub("", before)).strip(" -,/()")


def _english(said: str) -> Address | None:
    parts: dict[str, str] = {}
    rest = said
    if match := _ENGLISH_FLOOR.search(rest):
        parts["f"] = match["v"].upper()
        rest = rest[: match.start()] + "," + rest[match.end() :]
    house = False
    for match in _ENGLISH.finditer(rest):
        key = next(name for name in "bufr" if match[name])
        if key in parts:
            return None
        parts[key] = match["v"].upper()
        house = house or (key == "b" and match["b"].upper() in ("HOUSE", "VILLA"))
    if not parts.keys() & {"b", "u", "r"}:
        return None
    estate = re.sub(r"[\s,;/]*,[\s,;/]*", ", ", _ENGLISH.sub(",", rest)).strip(" ,;-/")
    # Without a room, “Unit 501” is the flat, not the entrance.
    if "r" not in parts and len(parts.get("u", "")) >= 3:
        parts["r"] = parts.pop("u")
    if "b" not in parts:
        raise BadValue("address-building-missing", value=short(said))
    if "r" not in parts and not house:
        raise BadValue("address-room-missing", value=short(said))
    floor = parts.get("f")
    if floor and not re.fullmatch(r"B?\d{1,2}", floor):
        return None
    return _made(said, parts["b"], parts.get("u"), floor, parts.get("r", ""), estate)


def _after_building(said: str, building: str, rest: str, estate: str) -> Address | None:
    """What follows a building that was recognised."""
    match = _REST.fullmatch(rest)
    if not match:
        if match := _REST_DASHED.fullmatch(rest):
            _check_parts(said, match)
        else:
            return None
    if not match["r"]:
        raise BadValue("address-room-missing", value=short(said))
    return _made(said, building, match["u"], match["f"], match["r"], estate)


def _chinese(said: str) -> Address | None:
    squeezed = re.sub(r"(?<=[^A-Z0-9])\s+|\s+(?=[^A-Z0-9])", "", said)
    found = list(_BUILDING.finditer(squeezed))
    if found:
        match = found[-1]
        before, rest = squeezed[: match.start()], squeezed[match.end() :]
        building = match["b"] or match["b2"]
        if match["lane"]:
            building = f"{match['lane']}弄{building}"
        address = _after_building(said, building, rest, _estate(before))
        if address is None:
            raise BadValue("address-not-understood", value=short(said))
        return address
    if match_villa := _VILLA.fullmatch(squeezed):
        return _made(said, match_villa["b"], None, None, "", _estate(match_villa["before"]))
    # The last 号 that leaves something sensible behind: 怡景路8号3号501 -> building 3.
    for match in reversed(list(_HOUSE.finditer(squeezed))):
        before, rest = squeezed[: match.start()], squeezed[match.end() :]
        building = f"{match['lane']}弄{match['b']}" if match["lane"] else match["b"]
        if not rest:
            # In “5楼501号” the 号 belongs to the room, and the building is missing.
            if re.search(r"(?:楼|层|单元|-)$", before):
                continue
            return _made(said, building, None, None, "", _estate(before))
        if address := _after_building(said, building, rest, _estate(before)):
            return address
    return None


@lru_cache(CACHE)
def _parse(said: str) -> Address:
    if len(said) > _LONGEST:
        raise BadValue("address-not-understood", value=short(said))
    cased = _NOTE.sub("", _one_form(said))
    one = cased.upper()
    if not one:
        raise BadValue("address-missing")
    if match := _DASHED.fullmatch(one.replace(" ", "-")):
        return _dashed(one, match)
    if re.search(r"[A-Z]{2}", one) and (address := _english(cased)):
        return address
    if address := _chinese(one):
        return address
    # An estate in front of dashes: 怡景花园3-2-501.
    if (match := re.search(r"^(.*[^\x00-\x7f])[ ,]*([A-Z0-9][-0-9A-Z/.]*)室?$", one)) and (
        inner := _DASHED.fullmatch(match[2])
    ):
        return _dashed(one, inner, _estate(match[1]))
    if re.fullmatch(rf"(?:({_U})单元)?(?:\d{{1,2}}[楼层F])?({_R})[室房号]?", one):
        raise BadValue("address-building-missing", value=short(said))
    raise BadValue("address-not-understood", value=short(said))


def _dashed(said: str, match: re.Match[str], estate: str = "") -> Address:
    # 3-2 could be a unit without a room, or a room 2: the last part must look like a room.
    room = match["r"]
    if not match["u"] and not match["f"] and not re.search(r"\d{3}|B\d|\d[A-Z]$", room):
        raise BadValue("address-room-missing", value=short(said))
    _check_parts(said, match)
    return _made(said, match["b"], match["u"], match["f"], room, estate)


def _check_parts(said: str, match: re.Match[str]) -> None:
    """3-5-01 may be unit 5, or floor 5: only a room that tells its floor settles it."""
    if match["u"] and not match["f"] and re.fullmatch(r"\d{1,2}", match["r"]):
        raise BadValue("address-ambiguous", value=short(said), part=match["u"])


def parse(cell: Cell) -> Address:
    """Read an address: 3-2-501, 3栋2单元501室, A座1203, 8弄12号301室, 15号, Flat 5B, 12/F, Block C.

    BadValue says what is missing or that it was not understood.
    """
    if isinstance(cell, datetime.date | datetime.time | datetime.timedelta):
        raise BadValue("address-became-date")
    return _parse(text(cell))


# --- columns of their own ---------------------------------------------------------------------

_LABEL = re.compile(
    rf"(?:(?P<lane>\d{{1,4}})弄)?第?(?P<v>{_B}|[东西南北甲乙丙])(?:栋|幢|座|号楼|#楼?|楼|号|单元|梯|门)?"
)
_ROOM_CELL = re.compile(rf"(?:(?P<f>B?\d{{1,2}})[楼层F])?(?P<r>{_R})(?:室|房间?|号房?|户)?")
_FLOOR_CELL = re.compile(r"第?(?P<f>B?\d{1,2})(?:楼|层|F|/F)?")


def _label(cell: Cell) -> str:
    """A building or a unit in a column of its own: 3栋, 3号楼, A座, 二单元 -> 3, 3, A, 2."""
    if isinstance(cell, datetime.date):
        raise BadValue("address-became-date")
    said = text(cell)
    one = re.sub(r"^(?:BUILDING|BLDG|BLOCK|BLK|TOWER|UNIT)\.?\s*", "", _one_form(said).upper())
    match = _LABEL.fullmatch(one.replace(" ", ""))
    if not match:
        raise BadValue("address-not-understood", value=short(said))
    value = _bare(match["v"])
    return f"{match['lane']}弄{value}" if match["lane"] else value


@lru_cache(CACHE, typed=True)
def combine(
    whole: Cell = "", building: Cell = "", unit: Cell = "", floor: Cell = "", room: Cell = ""
) -> Address:
    """One address out of a whole one and columns for its parts, whichever the file has.

    A room column may hold more than the room (`2-501`, `3-2-501`). BadValue on a contradiction.
    """
    parts: dict[str, str] = {}
    if not is_blank(building):
        try:
            parts["building"] = _label(building)
        except BadValue:
            # 怡景花园3栋, or the whole address in the column of the building.
            parts |= _building_cell(building)
    if not is_blank(unit):
        parts["unit"] = _label(unit)
    if not is_blank(floor):
        match = _FLOOR_CELL.fullmatch(_upper(floor))
        if not match:
            raise BadValue("address-not-understood", value=short(text(floor)))
        parts["floor"] = match["f"]
    if not is_blank(room):
        parts |= _room_cell(room, parts)
    if is_blank(whole):
        if not parts:
            raise BadValue("address-missing")
        if "building" not in parts:
            raise BadValue("address-building-missing", value=short(" ".join(parts.values())))
        if "room" not in parts and "unit" in parts:
            raise BadValue("address-room-missing", value=short(" ".join(parts.values())))
        if "room" not in parts and not re.search(r"[号院墅]\s*$", text(building)):
            raise BadValue("address-room-missing", value=short(text(building)))
        return _made(
            "",
            parts["building"],
            parts.get("unit"),
            parts.get("floor"),
            parts.get("room", ""),
            parts.get("estate", ""),
        )
    return _together(whole, parts)


def _building_cell(cell: Cell) -> dict[str, str]:
    said = _upper(cell)
    if match := re.fullmatch(rf"(.*[^\x00-\x7f])({_B})(?:栋|幢|座|号楼|#楼?)", said):
        return {"estate": _estate(match[1]), "building": _bare(match[2])}
    address = parse(cell)
    found = {"building": address.building, "unit": address.unit, "room": address.room}
    return {part: value for part, value in found.items() if value} | (
        {"estate": address.estate} if address.estate else {}
    )


def _room_cell(cell: Cell, parts: dict[str, str]) -> dict[str, str]:
    if isinstance(cell, datetime.date):
        raise BadValue("address-became-date")
    said = text(cell)
    one = _upper(said)
    if match := _ROOM_CELL.fullmatch(one):
        return {"room": match["r"]} | ({"floor": match["f"]} if match["f"] else {})
    if (match := re.fullmatch(rf"(?P<u>{_U})(?:-|单元-?)(?P<r>{_R})[室房号]?", one)) and (
        "building" in parts
    ):
        told = "单元" in one or "unit" in parts
        if not told and re.fullmatch(r"\d{1,2}", match["r"]):
            raise BadValue("address-ambiguous", value=short(said), part=match["u"])
        # 3栋 beside 3-501 repeats the building or names unit 3: only a unit column can tell.
        if "unit" in parts and match["u"] not in (parts["unit"], parts["building"]):
            raise BadValue("address-contradiction", value=short(said), other=parts["unit"])
        return {"unit": parts.get("unit", match["u"]), "room": match["r"]}
    address = parse(cell)
    for part in ("building", "unit"):
        told = getattr(address, part)
        if told and parts.get(part, told) != told:
            raise BadValue("address-contradiction", value=short(said), other=parts[part])
    found = {"building": address.building, "unit": address.unit, "room": address.room}
    if address.floor is not None:
        found["floor"] = _floor_text(address.floor)
    return {part: value for part, value in found.items() if value}


def _together(whole: Cell, parts: dict[str, str]) -> Address:
    """A whole address and columns: the columns may add, not contradict."""
    try:
        address = parse(whole)
    except BadValue as bad:
        if bad.code == "address-room-missing" and {"building", "room"} <= parts.keys():
            return _made(
                "", parts["building"], parts.get("unit"), parts.get("floor"), parts["room"]
            )
        if bad.code != "address-building-missing" or "building" not in parts:
            raise
        match = _REST.fullmatch(_upper(whole))
        if not match or not match["r"]:
            raise
        address = _made("", parts["building"], match["u"], match["f"], match["r"])
    for part in ("building", "unit", "room"):
        told, column = getattr(address, part), parts.get(part)
        if told and column and told != column:
            raise BadValue("address-contradiction", value=short(text(whole)), other=column)
    return _made(
        "",
        address.building,
        address.unit or parts.get("unit"),
        _floor_text(address.floor) if address.floor is not None else parts.get("floor"),
        address.room or parts.get("room", ""),
        address.estate or parts.get("estate", ""),
    )


# --- writing ------------------------------------------------------------------------------------

STYLES = ("dashes", "chinese", "chinese-floor", "tower", "number", "english", "flat", "house")


def written(address: Address, style: str = "chinese") -> str:
    """Write an address in one of STYLES; ValueError when the style cannot carry all its parts.

    dashes 3-2-501 · chinese 3栋2单元501室 · chinese-floor 3栋2单元5楼501室 · tower A座501 ·
    number 3号楼2单元501 · english Building 3 Unit 2 Room 501 · flat Flat 5B, 12/F, Block C ·
    house 15号, 8弄12号301室.
    """
    building, unit, room = address.building, address.unit, address.room
    floor = "" if address.floor is None else _floor_text(address.floor)
    if style == "house":
        if unit:
            raise ValueError(style)
        return f"{address.estate}{building}号{f'{room}室' if room else ''}"
    if not room or "弄" in building or (style in ("tower", "flat") and unit):
        raise ValueError(style)
    told = address.floor != floor_of(room)  # the room number does not tell it
    if style == "dashes":
        middle = [unit] if unit else []
        if told or len(room) < 3:
            if not unit or not floor:
                raise ValueError(style)
            middle.append(floor)
        return address.estate + "-".join([building, *middle, room])
    if style in ("english", "flat"):
        if not building.isascii() or not unit.isascii():
            raise ValueError(style)
        if style == "flat":
            parts = [f"Flat {room}", f"{floor}/F" if floor else "", f"Block {building}"]
        else:
            where = f"Building {building}" + (f" Unit {unit}" if unit else "")
            parts = [where + (f" Floor {floor}" if told and floor else "") + f" Room {room}"]
        return ", ".join([*(part for part in parts if part), *filter(None, [address.estate])])
    if told and style != "chinese-floor":
        raise ValueError(style)
    word = {"tower": "座", "number": "号楼"}.get(style, "栋")
    middle_text = f"{unit}单元" if unit else ""
    if style == "chinese-floor" and floor:
        middle_text += f"{floor.replace('B', '负')}楼"
    ending = "室" if style.startswith("chinese") else ""
    return f"{address.estate}{building}{word}{middle_text}{room}{ending}"


def _floor_text(floor: int) -> str:
    return str(floor) if floor > 0 else f"B{-floor}"
