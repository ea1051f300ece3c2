"""The one catalogue of what can be wrong: a stable code, words for a person, and what to do.

Each room adds its own with `problem(...)` beside the rules that they come from. A refusal keeps the
code and its parameters, never the words, so that everybody reads it in their own language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
CATALOGUE: dict[str, Problem] = {}


@dataclass(frozen=True, slots=True)
class Problem:
    """One entry of the catalogue. `status` is the HTTP status when it is the whole answer."""

    code: str
    words: Words
    what_to_do: Words
    status: int = 422


@dataclass(frozen=True, slots=True)
class Refusal:
    """A problem as it met one entry: its field and the values that its words speak of."""

    code: str
    field: str | None = None
    params: Mapping[str, Any] = dataclass_field(default_factory=dict)

    @property
    def problem(self) -> Problem:
        """Return the catalogue's entry; an unknown code (from an old release) reads as general."""
        return CATALOGUE.get(self.code, CATALOGUE["kernel.unexpected"])

    @property
    def status(self) -> int:
        """Return the HTTP status."""
        return self.problem.status

    @property
    def message(self) -> str:
        """Return the words in the reader's language."""
        return fill(self.problem.words, self.params)

    @property
    def hint(self) -> str:
        """Return what the reader can do about it."""
        return fill(self.problem.what_to_do, self.params)


class Refuse(Exception):
    """Raised by a handler or a query to refuse one act."""

    def __init__(self, code: str, field: str | None = None, /, **params: Any) -> None:
        """Refuse with the catalogue's `code`, about `field`, with the words' `params`."""
        super().__init__(code)
        self.refusal = Refusal(code, field, params)


def problem(code: str, words: Words, what_to_do: Words = "", status: int = 422) -> str:
    """Add a problem to the catalogue and return its code; a second one of that code is an error."""
    if code in CATALOGUE:
        raise ValueError(f"problem {code} is defined twice")
    CATALOGUE[code] = Problem(code, words, what_to_do, status)
    return code


def fill(words: Words, params: Mapping[str, Any]) -> str:
    """Put `params` into the words; a missing one leaves a dash rather than an error page."""
    return str(words).format_map(_Blank({k: str(v) for k, v in params.items()}))


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "—"


NOT_FOUND = problem(
    "kernel.not_found",
    _("This does not exist, or it is not yours to see."),
    _("Check the address or ask the community lead."),
    status=404,
)
FORBIDDEN = problem(
    "kernel.forbidden",
    _("Your role does not allow this."),
    _("Ask the community lead to do it or to give you the role."),
    status=403,
)
UNKNOWN_COMMAND = problem(
    "kernel.unknown_command",
    _("“{command}” is not a command of this server."),
    _("Update the app, or look the name up in the API's documentation."),
)
MALFORMED = problem(
    "kernel.malformed",
    _("The entry could not be read: {reason}"),
    _("Correct the field and send it again with a new id."),
)
OTHER_CONTENT = problem(
    "kernel.other_content",
    _("Another entry was sent with this same id."),
    _("The first one stands. Send this one again with a new id."),
    status=409,
)
IN_FUTURE = problem(
    "kernel.in_future",
    _("The time {when} lies in the future."),
    _("Check the date; if it is right, set the clock of this device."),
)
TOO_OLD = problem(
    "kernel.too_old",
    _("The time {when} lies more than {days} days back."),
    _("Check the date; the community lead can accept it if it is right."),
)
ACCESS_LOST = problem(
    "kernel.access_lost",
    _("The author no longer had this permission when the entry arrived."),
    _("Nothing is lost: the community lead decides whether it counts."),
    status=202,
)
CLOCK_ODD = problem(
    "kernel.clock_odd",
    _("The clock of the device shows {when}, which cannot be."),
    _("Nothing is lost: the community lead decides whether it counts."),
    status=202,
)
UNEXPECTED = problem(
    "kernel.unexpected",
    _("Something went wrong on our side with this entry."),
    _("It is kept. The operator has been told; you need not type it again."),
    status=500,
)
UNAVAILABLE = problem(
    "kernel.unavailable",
    _("The server cannot save at the moment."),
    _("Nothing is lost: keep this page open and send again in a minute."),
    status=503,
)
TOO_LARGE = problem(
    "kernel.too_large",
    _("This is larger than the server takes at once ({limit})."),
    _("Send it in smaller parts."),
    status=413,
)
TOO_MANY = problem(
    "kernel.too_many",
    _("A list may hold at most {limit} entries."),
    _("Send it in smaller parts."),
    status=413,
)
WRONG_DISTRICT = problem(
    "kernel.wrong_district",
    _("This command does not belong to the district “{district}”."),
    _("Take the district from the object that the entry is about."),
)
