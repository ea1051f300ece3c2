"""The words for this room's states and kinds."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianfang.kernel.problems import Words
from lianfang.supplies.rules import FindingState, MoveKind, PlaceKind, RequestState
from lianfang.web.components import Tone

REQUEST_STATES: dict[str, Words] = {
    RequestState.REQUESTED: pgettext_lazy("request", "Asked for"),
    RequestState.APPROVED: pgettext_lazy("request", "Granted"),
    RequestState.SENT: pgettext_lazy("request", "On the way"),
    RequestState.RECEIVED: pgettext_lazy("request", "Received"),
    RequestState.REFUSED: pgettext_lazy("request", "Refused"),
    RequestState.CANCELLED: pgettext_lazy("request", "Taken back"),
}
REQUEST_TONES: dict[str, Tone] = {
    RequestState.REQUESTED: "warn",
    RequestState.APPROVED: "info",
    RequestState.SENT: "info",
    RequestState.RECEIVED: "good",
    RequestState.REFUSED: "bad",
    RequestState.CANCELLED: "plain",
}
MOVES: dict[str, Words] = {
    MoveKind.RECEIVE: pgettext_lazy("stock", "Taken in"),
    MoveKind.ISSUE: pgettext_lazy("stock", "Given out"),
    MoveKind.COUNT: pgettext_lazy("stock", "Counted"),
    MoveKind.DISCARD: pgettext_lazy("stock", "Thrown away"),
    MoveKind.SEND: pgettext_lazy("stock", "Sent"),
    MoveKind.ARRIVE: pgettext_lazy("stock", "Arrived"),
}
PLACE_KINDS: dict[str, Words] = {
    PlaceKind.ENTERPRISE: _("Enterprise"),
    PlaceKind.SCHOOL: _("School"),
    PlaceKind.HOSPITAL: _("Hospital"),
    PlaceKind.MALL: _("Shopping mall"),
    PlaceKind.PARK: _("Park"),
    PlaceKind.MARKET: _("Market"),
    PlaceKind.COMMUNICATIONS: _("Communications site"),
    PlaceKind.GOVERNMENT: _("Public office"),
    PlaceKind.OTHER: _("Other place"),
}
FINDING_STATES: dict[str, Words] = {
    FindingState.OPEN: pgettext_lazy("finding", "Open"),
    FindingState.MENDED: pgettext_lazy("finding", "Mended, to be looked at"),
    FindingState.ACCEPTED: pgettext_lazy("finding", "In order"),
}
FINDING_TONES: dict[str, Tone] = {
    FindingState.OPEN: "bad",
    FindingState.MENDED: "warn",
    FindingState.ACCEPTED: "good",
}
