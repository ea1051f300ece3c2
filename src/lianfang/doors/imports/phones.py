# cjk: spellings of real files
"""Phone numbers, as libphonenumber knows them; China when no country is given."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import phonenumbers

from lianfang.doors.imports.identities import digits_of
from lianfang.doors.imports.problems import BadValue

if TYPE_CHECKING:
    from lianfang.doors.imports.tables import Cell

REGION = "CN"


def _mobile_pattern() -> re.Pattern[str]:
    """The library's own pattern of mobile numbers: 11 plain digits need not go through it."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(REGION)
    pattern = metadata.mobile.national_number_pattern if metadata and metadata.mobile else None
    return re.compile(pattern or r"(?!)", re.ASCII)


_MOBILE = _mobile_pattern()
_ADDED = re.compile(r"[（(\[【][^\d()（）]*[)）\]】]|[:：]")
_LABEL = re.compile(r"[^\d+()（）\-\s/、,，;；]+")
_BETWEEN = re.compile(r"[/、,，;；\n|或及和]+")
_LANDLINE = re.compile(r"[2-8]\d{6,7}")


@lru_cache(1 << 14)
def _one(said: str, area_code: str) -> str:
    """E.164 of one number; BadValue otherwise."""
    digits = re.sub(r"\D", "", said)
    if _LANDLINE.fullmatch(digits):
        if not area_code:
            raise BadValue("phone-area-code")
        said = area_code + digits
    try:
        number = phonenumbers.parse(said, REGION)
    except phonenumbers.NumberParseException:
        raise BadValue("phone-not-understood") from None
    if not phonenumbers.is_valid_number(number):
        if digits.startswith("1") and len(digits) != 11:
            raise BadValue("phone-length", length=len(digits))
        raise BadValue("phone-not-understood")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _parts(said: str) -> list[str]:
    """The numbers of a cell: split at signs, and at a space where whole numbers stand beside it."""
    parts: list[str] = []
    for part in _BETWEEN.split(said):
        pieces = part.split()
        if len(pieces) > 1 and all(len(re.sub(r"\D", "", piece)) >= 7 for piece in pieces):
            parts.extend(pieces)
        elif re.fullmatch(r"\d{22}", bare := re.sub(r"\D", "", part)) and bare[0] == "1":
            parts.extend((bare[:11], bare[11:]))
        else:
            parts.append(part)
    return [part.strip() for part in parts if part.strip()]


def phones(cell: Cell, area_code: str = "") -> tuple[str, ...]:
    """All numbers of a cell in E.164, the first one first.

    Words beside them (`儿子`, `微信同号`) are left out. `area_code` (as 0757) is put before
    landline numbers that lack one; without it they are refused.
    """
    if type(cell) is str and len(cell) == 11 and _MOBILE.fullmatch(cell):
        return ("+86" + cell,)
    if isinstance(cell, float) and 1e10 <= cell < 2e10:
        said = str(int(cell))
        if _MOBILE.fullmatch(said):
            return ("+86" + said,)
    said = digits_of(cell)
    if len(said) > 200:
        raise BadValue("phone-not-understood")
    if "*" in said:
        raise BadValue("phone-masked")
    said = _LABEL.sub(" ", _BETWEEN.sub("/", _ADDED.sub(" ", said)))
    parts = _parts(said)
    if not parts:
        raise BadValue("phone-not-understood")
    return tuple(dict.fromkeys(_one(part, area_code) for part in parts))
