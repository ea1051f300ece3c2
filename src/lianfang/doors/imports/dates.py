# cjk: spellings of real files
"""Dates in the spellings of real files; what could be meant in two ways is refused."""

from __future__ import annotations

import datetime
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from lianfang.doors.imports.problems import BadValue
from lianfang.doors.imports.values import CACHE, short, text

if TYPE_CHECKING:
    from lianfang.doors.imports.tables import Cell

# Day 0 of Excel's calendar, which believes that 1900 was a leap year: right from March 1900 on.
_EXCEL_START = datetime.date(1899, 12, 30)
# 1910 to 2064: a serial outside this range is some other number.
_SERIALS = range(3_654, 60_001)
_OLDEST_YEARS = 130

_COMPACT = re.compile(r"((?:18|19|20|21)\d\d)(\d\d)(\d\d)")
_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?$")
_YEAR_FIRST = re.compile(
    r"(\d{4})\s*[-./\\年,、 ]\s*(\d{1,2})\s*[-./\\月,、 ]\s*(\d{1,2})\s*[日号]?"
)
_YEAR_MONTH = re.compile(r"(\d{4})\s*[-./\\年]\s*(\d{1,2})\s*月?|(\d{4})(\d{2})|(\d{4})\s*年?")
_MONTH_DAY = re.compile(r"(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?|(\d{1,2})[-./](\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4})")
_SHORT_YEAR = re.compile(r"\d{2}\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}\s*[日号]?|\d{6}")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_ENGLISH = re.compile(
    r"(?:(?P<d1>\d{1,2})(?:st|nd|rd|th)?[ -]+(?P<m1>[a-z]{3})[a-z]*\.?|"
    r"(?P<m2>[a-z]{3})[a-z]*\.? +(?P<d2>\d{1,2})(?:st|nd|rd|th)?)[ ,-]+(?P<y>\d{4})",
    re.I,
)
_HAN_DIGITS = {ord(han): str(digit) for digit, han in enumerate("〇一二三四五六七八九")} | {
    ord("零"): "0",
    ord("○"): "0",
    ord("元"): "1",
}
_HAN_DATE = re.compile(r"([〇零○一二三四五六七八九]{4})年(.{1,3})月(?:(.{1,3})[日号])?")


def _han_number(said: str) -> int:
    """一 to 三十一 as a number; 0 when it is none."""
    if "十" not in said:
        digits = said.translate(_HAN_DIGITS)
        return int(digits) if digits.isdigit() else 0
    tens, _, ones = said.partition("十")
    first = tens.translate(_HAN_DIGITS) or "1"
    last = ones.translate(_HAN_DIGITS) or "0"
    return int(first) * 10 + int(last) if first.isdigit() and last.isdigit() else 0


def _made(year: int, month: int, day: int, said: str) -> datetime.date:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        raise BadValue("date-impossible", value=short(said)) from None


def _of_text(said: str, year: int | None) -> datetime.date:
    if len(said) > 40:
        raise BadValue("date-not-understood", value=short(said))
    bare = _TIME.sub("", said)
    if match := _COMPACT.fullmatch(bare) or _YEAR_FIRST.fullmatch(bare):
        return _made(int(match[1]), int(match[2]), int(match[3]), said)
    if bare.isdigit() and len(bare) <= 5 and int(bare) in _SERIALS:
        return _EXCEL_START + datetime.timedelta(days=int(bare))
    if match := _HAN_DATE.fullmatch(bare):
        if not match[3]:
            raise BadValue("date-day-missing", value=short(said))
        digits = int(match[1].translate(_HAN_DIGITS))
        return _made(digits, _han_number(match[2]), _han_number(match[3]), said)
    if match := _ENGLISH.fullmatch(bare):
        month = (match["m1"] or match["m2"]).lower()
        if month in _MONTHS:
            day = int(match["d1"] or match["d2"])
            return _made(int(match["y"]), _MONTHS.index(month) + 1, day, said)
    if match := _YEAR_LAST.fullmatch(bare):
        first, second = int(match[1]), int(match[2])
        if first <= 12 and second <= 12 and first != second:
            raise BadValue("date-ambiguous", value=short(said))
        day, month_number = (first, second) if first > 12 else (second, first)
        return _made(int(match[3]), month_number, day, said)
    if match := _MONTH_DAY.fullmatch(bare):
        if year is None:
            raise BadValue("date-year-missing", value=short(said))
        return _made(year, int(match[1] or match[3]), int(match[2] or match[4]), said)
    # A year and a month, before the two-digit years: 199001 is January 1990, not the year 19.
    if (match := _YEAR_MONTH.fullmatch(bare)) and 1880 <= int(bare[:4]) <= 2100:
        raise BadValue("date-day-missing", value=short(said))
    if _SHORT_YEAR.fullmatch(bare):
        raise BadValue("date-short-year", value=short(said))
    raise BadValue("date-not-understood", value=short(said))


@lru_cache(CACHE, typed=True)
def date(cell: Cell, *, year: int | None = None) -> datetime.date:
    """A date: `2020.1.25`, `2020年1月25日`, `20200125`, Excel's number, `1月25日` with a `year`.

    Two-digit years, and days and months that could change places, are refused.
    """
    if isinstance(cell, datetime.datetime):
        return cell.date()
    if isinstance(cell, datetime.date):
        return cell
    return _of_text(text(cell), year)


@lru_cache(CACHE, typed=True)
def birth_date(cell: Cell, today: datetime.date) -> datetime.date:
    """A birth date: not in the future and not more than 130 years back."""
    born = date(cell)
    check_birth(born, today)
    return born


def check_birth(born: datetime.date, today: datetime.date) -> None:
    """Refuse a birth date that nobody alive can have."""
    if born > today:
        raise BadValue("date-future", value=born.isoformat())
    if today.year - born.year > _OLDEST_YEARS:
        raise BadValue("date-too-early", value=born.isoformat())
