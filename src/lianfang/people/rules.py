"""Rules about persons and doors; no database here."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

from stdnum.cn import ric


class Sex(StrEnum):
    """As on the identity card; unknown where a roster does not say."""

    FEMALE = "female"
    MALE = "male"
    UNKNOWN = ""


class IdKind(StrEnum):
    """Kinds of identity document."""

    RESIDENT = "resident"
    PASSPORT = "passport"
    PERMIT = "permit"
    OTHER = "other"
    NONE = ""


class PersonState(StrEnum):
    """Whether somebody lives here."""

    LIVE = "live"
    MOVED = "moved"
    DECEASED = "deceased"
    PURGED = "purged"


class HouseholdState(StrEnum):
    """Whether a door is on the list. A vacant home is live: it is visited like any other."""

    LIVE = "live"
    CLOSED = "closed"
    MERGED = "merged"


class Care(StrEnum):
    """Why somebody is looked after first."""

    AGED_ALONE = "aged_alone"
    DISABILITY = "disability"
    ILLNESS = "illness"
    PREGNANT = "pregnant"
    CHILD_ALONE = "child_alone"
    HARDSHIP = "hardship"


def resident_number_fault(number: str) -> str:
    """Return '' for a valid resident identity number (GB 11643-1999, MOD 11-2), or what is wrong.

    What is wrong is one of: length, checksum, date, region.
    """
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return "length"
    if ric.calc_check_digit(number) != number[-1]:
        return "checksum"
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "date"
    return "" if date(1880, 1, 1) <= born else "date"


def address_key(building: str, unit: str, room: str) -> str:
    """Return the key by which a door is known within its community, such as '3-2-501'."""
    return "-".join((building or "0", unit or "0", room)).upper()


def natural(text: str) -> str:
    """Return a sort key in which 2 comes before 10: numbers are padded to six digits."""
    return re.sub(r"\d+", lambda m: m.group().zfill(6), text)


def mask_phone(phone: str) -> str:
    """Return '199****0012' for '19900000012': enough to recognise, too little to call."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 9 else "*" * len(phone)


def mask_identity(number: str) -> str:
    """Return an identity number with all but its first three and last two places hidden."""
    return f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}" if len(number) > 6 else "****"


def mask_name(name: str) -> str:
    """Return a name with its given part hidden, such as 王** or Li**."""
    return f"{name[:1]}**" if name else ""


def age_on(born: date | None, day: date) -> int | None:
    """Return the age in full years."""
    if born is None:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
