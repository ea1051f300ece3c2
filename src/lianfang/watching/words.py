"""The words for this room's states, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianfang.kernel.problems import Words
from lianfang.screening.rules import Symptom
from lianfang.watching.rules import (
    CheckState,
    Origin,
    Reason,
    ReferralState,
    Result,
    WatchPlace,
    WatchState,
)

REASONS: dict[str, Words] = {
    Reason.CONTACT: pgettext_lazy("reason of a watch", "Contact"),
    Reason.ARRIVAL: pgettext_lazy("reason of a watch", "Arrival"),
    Reason.SUSPECTED: pgettext_lazy("reason of a watch", "Suspected"),
    Reason.DISCHARGED: pgettext_lazy("reason of a watch", "Discharged"),
}
PLACES: dict[str, Words] = {
    WatchPlace.HOME: pgettext_lazy("place of a watch", "At home"),
    WatchPlace.HOTEL: pgettext_lazy("place of a watch", "Hotel"),
    WatchPlace.SITE: pgettext_lazy("place of a watch", "Observation site"),
    WatchPlace.HOSPITAL: pgettext_lazy("place of a watch", "Hospital"),
}
STATES: dict[str, Words] = {
    WatchState.LIVE: pgettext_lazy("watch", "Under watch"),
    WatchState.HANDING: pgettext_lazy("watch", "Offered to another district"),
    WatchState.RELEASED: pgettext_lazy("watch", "Released"),
    WatchState.TRANSFERRED: pgettext_lazy("watch", "Taken over by another district"),
    WatchState.REFERRED: pgettext_lazy("watch", "In the hospital's care"),
}
CHECKS: dict[str, Words] = {
    CheckState.DONE: pgettext_lazy("check", "In time"),
    CheckState.LATE: pgettext_lazy("check", "Late"),
    CheckState.MISSED: pgettext_lazy("check", "Missed"),
}
LISTS: dict[str, Words] = {
    "live": pgettext_lazy("list of watches", "All under watch"),
    "due": pgettext_lazy("list of watches", "Due now"),
    "overdue": pgettext_lazy("list of watches", "Overdue"),
    "missed": pgettext_lazy("list of watches", "With a missed check"),
    "unwell": pgettext_lazy("list of watches", "Unwell"),
    "left": pgettext_lazy("list of watches", "Left or not found"),
    "away": pgettext_lazy("list of watches", "At the clinic"),
    "release": pgettext_lazy("list of watches", "To be released"),
    "handing": pgettext_lazy("list of watches", "Offered to another district"),
    "ended": pgettext_lazy("list of watches", "Over"),
}
REFERRALS: dict[str, Words] = {
    ReferralState.OPENED: pgettext_lazy("referral", "Transport to be arranged"),
    ReferralState.TRANSPORT: pgettext_lazy("referral", "Clinic to accept"),
    ReferralState.ACCEPTED: pgettext_lazy("referral", "To be fetched"),
    ReferralState.ON_THE_WAY: pgettext_lazy("referral", "On the way"),
    ReferralState.ARRIVED: pgettext_lazy("referral", "Waiting for the result"),
    ReferralState.CLOSED: pgettext_lazy("referral", "Result is in"),
    ReferralState.CANCELLED: pgettext_lazy("referral", "Called off"),
}
RESULTS: dict[str, Words] = {
    Result.NEGATIVE: pgettext_lazy("result", "Negative"),
    Result.POSITIVE: pgettext_lazy("result", "Positive"),
    Result.OTHER_ILLNESS: pgettext_lazy("result", "Another illness"),
    Result.RETEST: pgettext_lazy("result", "To be tested again"),
}
ORIGINS: dict[str, Words] = {
    Origin.CHECK: pgettext_lazy("origin of a referral", "A check"),
    Origin.SELF: pgettext_lazy("origin of a referral", "The person's own check"),
    Origin.VISIT: pgettext_lazy("origin of a referral", "A visit"),
    Origin.PASSAGE: pgettext_lazy("origin of a referral", "A checkpoint"),
    Origin.HAND: pgettext_lazy("origin of a referral", "By decision"),
}
TRANSPORT: dict[str, Words] = {
    "ambulance": _("Ambulance"),
    "car": _("Car"),
    "on_foot": _("On foot"),
}
SYMPTOMS: dict[str, Words] = {
    Symptom.FEVER_FELT: _("Feels feverish"),
    Symptom.COUGH: _("Cough"),
    Symptom.TIREDNESS: _("Tiredness"),
    Symptom.SHORT_BREATH: _("Short of breath"),
    Symptom.SORE_THROAT: _("Sore throat"),
    Symptom.DIARRHOEA: _("Diarrhoea"),
    Symptom.OTHER: _("Another complaint"),
}
