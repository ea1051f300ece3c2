"""The words for this room's states and kinds."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianfang.kernel.problems import Words
from lianfang.tracing.rules import (
    Basis,
    CaseState,
    ContactState,
    Degree,
    ListingState,
    Outcome,
    PlaceKind,
    Setting,
    WindowRule,
)
from lianfang.web.components import Tone

CASE_STATES: dict[str, Words] = {
    CaseState.SUSPECTED: pgettext_lazy("case", "Suspected"),
    CaseState.CONFIRMED: pgettext_lazy("case", "Confirmed"),
    CaseState.RULED_OUT: pgettext_lazy("case", "Ruled out"),
}
CASE_TONES: dict[str, Tone] = {
    CaseState.SUSPECTED: "warn",
    CaseState.CONFIRMED: "bad",
    CaseState.RULED_OUT: "plain",
}
SETTINGS: dict[str, Words] = {
    Setting.UNKNOWN: _("Not known so far"),
    Setting.HOUSEHOLD: _("In the household"),
    Setting.WORK: _("At the workplace"),
    Setting.GATHERING: _("At a gathering"),
    Setting.MARKET: _("At a market"),
    Setting.TRANSPORT: _("On the way, in a vehicle"),
    Setting.HEALTH_CARE: _("In a hospital or clinic"),
    Setting.SITE: _("At an observation site"),
    Setting.ABROAD: _("Abroad"),
}
RULES: dict[str, Words] = {
    WindowRule.NHC_5: _("From two days before the onset (5th edition and later)"),
    WindowRule.NHC_3: _("From the onset (3rd edition)"),
}
DEGREES: dict[str, Words] = {
    Degree.CLOSE: pgettext_lazy("contact", "Close"),
    Degree.GENERAL: pgettext_lazy("contact", "General"),
    Degree.SECOND: pgettext_lazy("contact", "Contact of a contact"),
}
BASES: dict[str, Words] = {
    Basis.HOUSEHOLD: _("One household"),
    Basis.ROOM: _("One room or table"),
    Basis.VEHICLE: _("One vehicle"),
    Basis.PLACE: _("One place at one time"),
    Basis.INTERVIEW: _("Named in the interview"),
    Basis.IMPORT: _("From a list"),
    Basis.SECOND: _("Near a close contact"),
}
PLACES: dict[str, Words] = {
    PlaceKind.POST: _("Post or checkpoint"),
    PlaceKind.ROOM: _("A room"),
    PlaceKind.VEHICLE: _("Vehicle"),
    PlaceKind.DUTY: _("On duty"),
    PlaceKind.HOUSEHOLD: _("Home"),
    PlaceKind.SPOT: _("Another place"),
}
CONTACT_STATES: dict[str, Words] = {
    ContactState.TO_SEND: pgettext_lazy("contact", "To be sent"),
    ContactState.ON_WAY: pgettext_lazy("contact", "On the way to another district"),
    ContactState.SENT: pgettext_lazy("contact", "With the community"),
    ContactState.BACK: pgettext_lazy("contact", "Came back"),
    ContactState.FOUND: pgettext_lazy("contact", "Found"),
    ContactState.STRUCK: pgettext_lazy("contact", "Struck"),
}
CONTACT_TONES: dict[str, Tone] = {
    ContactState.TO_SEND: "warn",
    ContactState.ON_WAY: "info",
    ContactState.SENT: "info",
    ContactState.BACK: "bad",
    ContactState.FOUND: "good",
    ContactState.STRUCK: "plain",
}
OUTCOMES: dict[str, Words] = {
    Outcome.FOUND: pgettext_lazy("contact", "Found here"),
    Outcome.MOVED: pgettext_lazy("contact", "Has moved"),
    Outcome.WRONG: pgettext_lazy("contact", "Wrong address or number"),
    Outcome.NOBODY: pgettext_lazy("contact", "No such person"),
}
LISTING_STATES: dict[str, Words] = {
    ListingState.OPEN: pgettext_lazy("contact", "To be found"),
    ListingState.ANSWERED: pgettext_lazy("contact", "Answered"),
    ListingState.WITHDRAWN: pgettext_lazy("contact", "Taken off the list"),
}
DATES: dict[str, Words] = {
    "onset": _("Onset of symptoms"),
    "sample": _("Sample taken"),
    "result": _("Result"),
    "isolated": _("Isolated"),
}
INTERVIEW: dict[str, Words] = {
    "symptoms": _("Symptoms and how they began"),
    "travelled": _("Where the person has been"),
    "worked": _("Work, and with whom"),
    "lives_with": _("Who lives in the household"),
    "protected": _("Masks and other protection"),
    "note": _("Other remarks of the interview"),
}
