# cjk: spellings of real files
"""Numbers of documents: resident identity cards (18 and 15 digits), passports, permits."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from stdnum.cn import ric

from lianfang.doors.imports.problems import BadValue
from lianfang.doors.imports.rows import IdKind, Sex
from lianfang.doors.imports.values import CACHE, EXACT_BELOW, short, text

if TYPE_CHECKING:
    from lianfang.doors.imports.problems import Words
    from lianfang.doors.imports.tables import Cell

_KIND_NAMES: dict[IdKind, Words] = {
    IdKind.RESIDENT: _("resident identity card"),
    IdKind.PASSPORT: _("passport"),
    IdKind.HONG_KONG_MACAU: _("travel permit of Hong Kong and Macau residents"),
    IdKind.TAIWAN: _("travel permit of Taiwan residents"),
    IdKind.FOREIGN_RESIDENT: _("permanent residence card of foreigners"),
    IdKind.OTHER: _("document"),
}
_KIND_WORDS = {
    word: kind
    for kind, words in {
        IdKind.RESIDENT: "身份证 居民身份证 二代身份证 第二代身份证 户口簿 户口本 临时身份证 "
        "身份证号 id identity idcard 居住证 港澳台居民居住证 resident",
        IdKind.PASSPORT: "护照 外国护照 中国护照 普通护照 passport",
        IdKind.HONG_KONG_MACAU: "港澳通行证 回乡证 港澳居民来往内地通行证 港澳居民通行证 "
        "港澳身份证 来往内地通行证 港澳证件 hkmpermit 港澳",
        IdKind.TAIWAN: "台胞证 台湾居民来往大陆通行证 台湾通行证 来往大陆通行证 taiwanpermit",
        IdKind.FOREIGN_RESIDENT: "外国人永久居留证 外国人永久居留身份证 永久居留证 外国人居留证 "
        "永居证 foreignresident",
        IdKind.OTHER: "其他 其它 其他证件 军官证 士兵证 警官证 出生证明 出生医学证明 other",
    }.items()
    for word in words.split()
}
# Codes of provinces; 81 to 83 are the residence permits of Hong Kong, Macau and Taiwan residents.
_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
_NEW = re.compile(r"[0-9]{17}[0-9X]")
_OLD = re.compile(r"[0-9]{15}")
_SCIENTIFIC = re.compile(r"(\d)(?:\.(\d+))?E\+?(\d{1,2})", re.I)
_SEPARATORS = re.compile(r"[\s\-_.·,，。:：]+")
_SHAPES: tuple[tuple[re.Pattern[str], IdKind], ...] = (
    (re.compile(r"[HM]\d{8}(?:\d{2})?"), IdKind.HONG_KONG_MACAU),
    (re.compile(r"[A-Z]{3}\d{12}"), IdKind.FOREIGN_RESIDENT),
    (re.compile(r"(?=.*\d{5})[A-Z]{1,3}\d{5,9}|\d{2}[A-Z]{2}\d{5}"), IdKind.PASSPORT),
)
_FORMS = {
    IdKind.PASSPORT: re.compile(r"(?=.*\d)[A-Z0-9]{6,12}"),
    IdKind.HONG_KONG_MACAU: re.compile(r"[HM]\d{8}(?:\d{2})?"),
    IdKind.TAIWAN: re.compile(r"\d{8}|\d{10}[A-Z]?|[A-Z]\d{9}"),
    IdKind.FOREIGN_RESIDENT: re.compile(r"[A-Z]{3}\d{12}|9\d{16}[\dX]"),
    IdKind.OTHER: re.compile(r"[\w一-鿿/()（）-]{4,40}"),
}


@dataclass(frozen=True, slots=True)
class Identity:
    """A document; sex and birth date where the number tells them."""

    kind: IdKind
    number: str
    birth_date: datetime.date | None = None
    sex: Sex | None = None


@lru_cache(CACHE)
def id_kind(cell: Cell) -> IdKind:
    """The kind of document, in words."""
    said = text(cell)
    found = _KIND_WORDS.get(re.sub(r"[\s_-]+|[（(].*[)）]$", "", said.lower()))
    if found is None:
        raise BadValue("id-kind-unknown")
    return found


@lru_cache(CACHE)
def _born(digits: str) -> datetime.date:
    try:
        return datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise BadValue("id-birth-date") from None


def _resident(number: str) -> Identity:
    if number[:2] not in _PROVINCES and number[0] != "9":
        raise BadValue("id-region")
    born = _born(number[6:14])
    if number[17] != ric.calc_check_digit(number):
        if number.endswith("000"):
            # Fifteen digits kept and three zeros: Excel has been at it before the file was saved.
            raise BadValue("number-rounded")
        raise BadValue("id-checksum")
    kind = IdKind.FOREIGN_RESIDENT if number[0] == "9" else IdKind.RESIDENT
    return Identity(kind, number, born, Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)


def _from_old(number: str) -> Identity:
    """A 15-digit number (until 1999, births of the 1900s) as the 18-digit one that replaced it."""
    longer = f"{number[:6]}19{number[6:]}"
    return _resident(longer + ric.calc_check_digit(longer + "0"))


def _unscientific(said: str) -> str:
    """`4.40605E+17` -> BadValue; a mantissa that holds every digit is written out."""
    match = _SCIENTIFIC.fullmatch(said)
    if not match:
        return said
    decimals, exponent = match[2] or "", int(match[3])
    if len(decimals) < exponent or exponent >= 15:
        raise BadValue("number-rounded")
    return match[1] + decimals[:exponent]


def digits_of(cell: Cell) -> str:
    """The text of a number that must be whole; BadValue when Excel has rounded it."""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        if abs(cell) >= EXACT_BELOW:
            raise BadValue("number-rounded")
        return str(int(cell)) if cell == int(cell) else repr(cell)
    return _unscientific(text(cell))


def identity(cell: Cell, kind: IdKind | None = None) -> Identity:
    """A document's number, of a kind that is given or shows in its form.

    Resident numbers are checked (province, birth date, MOD 11-2); the place is not looked up, as
    counties of old numbers are long gone. BadValue says which check failed.
    """
    if type(cell) is str and len(cell) == 18 and _NEW.fullmatch(cell):
        return _resident(cell)
    said = _SEPARATORS.sub("", digits_of(cell)).upper().replace("Х", "X").replace("×", "X")
    if "*" in said or "＊" in said:
        raise BadValue("id-masked")
    if kind in (None, IdKind.RESIDENT, IdKind.FOREIGN_RESIDENT) and _NEW.fullmatch(said):
        return _resident(said)
    if kind in (None, IdKind.RESIDENT):
        if _OLD.fullmatch(said):
            return _from_old(said)
        if kind is None:
            for shape, found in _SHAPES:
                if shape.fullmatch(said):
                    return Identity(found, said)
            if said.isdigit() and len(said) in (8, 10):
                raise BadValue("id-kind-unknown")
        if not re.fullmatch(r"[\dX]+", said) and len(said) == 18:
            raise BadValue("id-characters")
        if said.isdigit() or re.fullmatch(r"\d+X", said):
            raise BadValue("id-length", length=len(said))
        raise BadValue("id-characters" if kind else "id-kind-unknown")
    if not _FORMS[kind].fullmatch(said):
        raise BadValue("id-format", kind=_KIND_NAMES[kind])
    return Identity(kind, said)


def masked(number: str) -> str:
    """A number as it may be shown: the first four and the last two characters."""
    return f"{number[:4]}…{number[-2:]}" if len(number) > 6 else short("…")
