# cjk: samples of spellings in the words for people
"""The catalogue of what can be wrong with an imported file, row or value.

Codes are stable: scripts, tests and the returned file's readers rely on them. The words are for
the community worker: what is wrong, and what to do about it. They never repeat a whole identity
or phone number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

    Words = str | _StrPromise
    Params = Mapping[str, str | int | Words]

FILE_PROBLEMS: dict[str, Words] = {
    "file-missing": _("The file is no longer there. Please upload it again."),
    "file-empty": _("The file is empty."),
    "file-too-large": _("The file is too large: %(size)s MB; at most %(limit)s MB are read."),
    "file-encrypted": _(
        "The file is protected by a password. Remove the password in Excel or WPS "
        "(Save as > Tools > General options) and upload it again."
    ),
    "file-damaged": _("The file is damaged and cannot be opened. Save it again as .xlsx."),
    "file-is-web-page": _(
        "This is a web page that was given the name of an Excel file. "
        "Open it in Excel or WPS and save it as .xlsx."
    ),
    "file-unsupported": _("This is no table. Excel (.xlsx, .xls) and CSV files are read."),
    "file-encoding": _(
        "The characters of the text file cannot be read. "
        "Save it as “CSV UTF-8” or as .xlsx and upload it again."
    ),
    "sheet-missing": _("The workbook has no sheet “%(sheet)s”."),
    "sheet-empty": _("The sheet “%(sheet)s” holds no rows."),
    "sheet-too-large": _(
        "The sheet “%(sheet)s” spans %(rows)s rows and %(columns)s columns, too many to be read. "
        "Delete stray cells far to the right or at the bottom, or split the file."
    ),
    "header-not-found": _(
        "No header row was found in the first %(rows)s rows. Choose the row that holds the titles "
        "of the columns."
    ),
    "fields-missing": _("No column was found for: %(fields)s. Choose one for each."),
}

VALUE_PROBLEMS: dict[str, Words] = {
    "number-rounded": _(
        "Excel has rounded this number: its last digits are lost. Set the cell to “Text” and "
        "type the number again."
    ),
    "number-not-understood": _("“%(value)s” is not a number."),
    "value-too-long": _("The text is too long (%(length)s characters, at most %(limit)s)."),
    "formula-error": _("The cell holds the error %(value)s of a formula."),
    "name-missing": _("The name is missing."),
    "name-not-understood": _("“%(value)s” does not look like a name."),
    "id-length": _("The identity number has %(length)s characters; it must have 18."),
    "id-characters": _("The identity number holds characters other than digits (and a last X)."),
    "id-masked": _("Digits of the identity number are hidden by stars. The full number is needed."),
    "id-region": _("The identity number does not begin with the code of a province."),
    "id-birth-date": _("The birth date inside the identity number does not exist."),
    "id-checksum": _(
        "The identity number holds a typing error: its last digit does not fit the others."
    ),
    "id-kind-unknown": _(
        "What kind of document is this? Fill in the column “ID type”, or check the number."
    ),
    "id-format": _("The number does not have the form of a %(kind)s."),
    "id-sex-differs": _("The sex does not agree with the identity number."),
    "id-birth-differs": _(
        "The birth date does not agree with the identity number, which says %(expected)s."
    ),
    "phone-not-understood": _("This is not a phone number: a mobile number has 11 digits."),
    "phone-length": _("The phone number has %(length)s digits; a mobile number has 11."),
    "phone-masked": _("Digits of the phone number are hidden by stars. The full number is needed."),
    "phone-area-code": _("The landline number lacks its area code, such as 0757."),
    "date-not-understood": _("“%(value)s” is not a date. Write it like 2020-01-25."),
    "date-impossible": _("The date “%(value)s” does not exist."),
    "date-year-missing": _("The date “%(value)s” has no year. Write it like 2020-01-25."),
    "date-day-missing": _("The date “%(value)s” has no day. Write it like 2020-01-25."),
    "date-short-year": _("The year of “%(value)s” has two digits only. Write it like 1990-01-25."),
    "date-ambiguous": _(
        "“%(value)s” can be read in two ways (day first, or month first). Write it like 2020-01-25."
    ),
    "date-future": _("The date %(value)s lies in the future."),
    "date-too-early": _("The date %(value)s lies more than 130 years back."),
    "sex-not-understood": _("“%(value)s” is not understood as a sex: write 男 or 女 (M or F)."),
    "yes-no-not-understood": _("“%(value)s” is neither yes nor no: write 是 or 否."),
    "relation-not-understood": _(
        "“%(value)s” is not understood as a relation to the head of the household."
    ),
    "temperature-not-a-number": _("“%(value)s” is not a temperature: write it in °C, like 36.5."),
    "temperature-out-of-range": _("%(value)s °C cannot be a body temperature."),
    "temperature-hint": _("%(value)s °C cannot be a body temperature. Did you mean %(hint)s?"),
    "role-not-understood": _("“%(value)s” is not understood as a role of a helper."),
    "code-not-understood": _("“%(value)s” is not a code of an area: letters and digits only."),
    "code-level": _("“%(value)s” is not a level of an area."),
    "case-state": _("“%(value)s” is not understood: write confirmed, suspected or ruled out."),
    "test-result": _("“%(value)s” is not understood as a result: write positive or negative."),
    "degree-not-understood": _(
        "“%(value)s” is not understood: write close contact, general contact or second contact."
    ),
    "credit-code": _("The unified social credit code holds a typing error."),
}

ADDRESS_PROBLEMS: dict[str, Words] = {
    "address-missing": _("The address is missing."),
    "address-not-understood": _(
        "The address “%(value)s” is not understood. Write it like 3-2-501 or 3栋2单元501."
    ),
    "address-building-missing": _("The address “%(value)s” does not say which building."),
    "address-room-missing": _("The address “%(value)s” does not say which room."),
    "address-ambiguous": _(
        "In the address “%(value)s”, %(part)s can be the unit or the floor. "
        "Write it like 3栋2单元501."
    ),
    "address-floor-differs": _("Room %(room)s does not lie on floor %(floor)s."),
    "address-became-date": _(
        "Excel has turned the address into a date. Set the cell to “Text” and type it again."
    ),
    "address-contradiction": _(
        "The address “%(value)s” does not agree with “%(other)s” in another column of the row."
    ),
}

ROW_PROBLEMS: dict[str, Words] = {
    "household-two-addresses": _(
        "Household number %(number)s has another address in row %(first)s."
    ),
    "double-person": _("The same person stands in row %(first)s already."),
    "double-helper": _("The same helper stands in row %(first)s already."),
    "double-organisation": _("The same organisation stands in row %(first)s already."),
    "double-number": _("Row %(first)s has the number %(number)s already, for somebody else."),
    "double-area": _("The same code stands in row %(first)s already."),
    "organisation-name-missing": _("The name of the organisation is missing."),
    "area-code-missing": _("The code of the area is missing."),
    "area-name-missing": _("The name of the area is missing."),
    "contact-missing": _("Neither a phone nor an identity number is given."),
    "age-not-understood": _("“%(value)s” is not an age in years."),
    "row-blank-name": _("The row has entries but no name."),
}

# What shows only when a row is compared with what is registered.
PLAN_PROBLEMS: dict[str, Words] = {
    "case-missing": _("It is not said of which case these are the contacts."),
    "contact-other-case": _(
        "This is a contact of the case %(value)s. Send these rows from the page of that case."
    ),
    "case-differs": _(
        "Case %(number)s is on file with another day: %(field)s %(value)s. If the file is right, "
        "correct the day on the page of the case."
    ),
    "case-ruled-out": _(
        "Case %(number)s was ruled out. If the person is a case after all, write that down on the "
        "page of the case."
    ),
    "infector-unknown": _(
        "The case itself is taken in, but not by whom it was infected: no case “%(value)s” is "
        "known, or its row goes back too. Mend that and send both rows again."
    ),
    "community-unknown": _("No community is called “%(value)s”. Write its whole name or its code."),
    "manifest-missing": _("It is not said to which manifest these passengers belong."),
    "grid-unknown": _(
        "No grid or community is called “%(value)s” here. Correct the word, or say on the page of "
        "the import which grid is meant."
    ),
    "grid-ambiguous": _("“%(value)s” can mean several grids. Write the grid's code."),
    "grid-missing": _("It is not said in which community the door lies."),
    "address-too-long": _("The address is longer than a door's can be."),
    "person-other-door": _(
        "This person is registered behind the door %(door)s. If the person has moved, use “Move” "
        "on the person's page; if it is a mistake, correct the row."
    ),
    "person-other-community": _(
        "This person is registered in another community of the district. Ask that community to "
        "note the move first."
    ),
    "household-too-large": _("More than %(limit)s people behind one door."),
    "organisation-parent-unknown": _("No organisation is called “%(value)s”."),
    "organisation-circle": _("The organisation stands below itself."),
    "area-parent-unknown": _("The upper area %(value)s does not exist."),
    "area-outside": _("This area does not lie in %(area)s."),
    "role-too-high": _("You cannot give the role “%(role)s”. Ask the level above to give it."),
}

CATALOGUE: dict[str, Words] = {
    **PLAN_PROBLEMS,
    **FILE_PROBLEMS,
    **VALUE_PROBLEMS,
    **ADDRESS_PROBLEMS,
    **ROW_PROBLEMS,
}

# Why a row of the sheet is no entry at all. These rows are listed, so that nothing vanishes unseen.
SKIPPED: dict[str, Words] = {
    "header": _("the header repeated"),
    "total": _("total"),
    "note": _("note or signature"),
    "heading": _("heading"),
}


def words(code: str, params: Params | None = None) -> str:
    """Say what a code means, in the language that is active."""
    return str(CATALOGUE[code]) % (params or {})


class BadValue(ValueError):
    """A cell that cannot be understood: a code of the catalogue and what goes into its words."""

    def __init__(self, code: str, **params: str | int | Words) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        return words(self.code, self.params)


class FileProblem(Exception):
    """A file or a sheet that cannot be read at all."""

    def __init__(self, code: str, **params: str | int | Words) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        return words(self.code, self.params)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one row: where, and why.

    `row` counts as Excel does (the first is 1); `column` is Excel's letter and `header` the
    column's title, both empty when the whole row is meant.
    """

    code: str
    row: int
    column: str = ""
    header: str = ""
    params: Params = field(default_factory=dict)

    def words(self) -> str:
        """Say it in the active language, the column's title in front."""
        said = words(self.code, self.params)
        return f"{self.header}: {said}" if self.header else said
