"""The words for what this room shows."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianfang.arrivals.placement import Why
from lianfang.arrivals.rules import (
    FIRST_RULES,
    Destination,
    Diet,
    Fact,
    How,
    LeaveWhy,
    Mode,
    PassengerState,
    Reason,
)
from lianfang.kernel.problems import Words
from lianfang.screening.rules import Symptom

MODES: dict[Mode, Words] = {
    Mode.FLIGHT: _("Flight"),
    Mode.TRAIN: _("Train"),
    Mode.COACH: _("Coach"),
    Mode.SHIP: _("Ship"),
    Mode.OTHER: pgettext_lazy("vehicle", "Other"),
}
STATES: dict[PassengerState, Words] = {
    PassengerState.EXPECTED: _("Expected"),
    PassengerState.PRESENT: _("Present"),
    PassengerState.MISSING: _("Missing"),
    PassengerState.DOUBLE: _("Double line"),
}
DESTINATIONS: dict[str, Words] = {
    Destination.HOSPITAL: _("Hospital"),
    Destination.HOTEL: _("Isolation hotel"),
    Destination.SITE: _("Observation site"),
    Destination.HOME: _("At home"),
}
REASONS: dict[str, Words] = {
    Reason.ARRIVAL: _("Arrival"),
    Reason.CONTACT: pgettext_lazy("reason of a watch", "Contact"),
    Reason.SUSPECTED: _("Suspected"),
}
WHICH: dict[str, Words] = {
    **{str(k): v for k, v in STATES.items()},
    "extra": _("Not on the list"),
    "fever": _("With fever"),
    "unsorted": _("Sent nowhere yet"),
    **{str(k): v for k, v in DESTINATIONS.items()},
    "waiting": _("Wait for a place"),
    "placed": _("Have a place"),
}
UNPLACED: dict[Why, Words] = {
    Why.NO_SITE: _("No open site takes people there"),
    Why.FULL: _("All beds are taken"),
    Why.FAMILY_TOO_LARGE: _("No single site has beds for the whole family"),
    Why.OTHER_ROOMS: _("The free beds are in rooms of other people (sex, risk, family)"),
    Why.NO_ACCESSIBLE: _("No accessible room is free"),
    Why.SEX_UNKNOWN: _("The sex is not known, and no room is free"),
    Why.WAITS_FOR_DECISION: _("The family is split: somebody has to decide"),
    Why.NO_RULE: _("Not sorted by the rules yet"),
}
LEAVES: dict[LeaveWhy, Words] = {
    LeaveWhy.RELEASED: _("Released"),
    LeaveWhy.EARLY: _("Left before the time"),
    LeaveWhy.TRANSFERRED: _("Taken over elsewhere"),
    LeaveWhy.DECEASED: _("Deceased"),
    LeaveWhy.MISTAKE: _("Placed by mistake"),
}
DIETS: dict[Diet, Words] = {
    Diet.HALAL: _("Halal"),
    Diet.VEGETARIAN: _("Vegetarian"),
    Diet.DIABETIC: _("Diabetic"),
    Diet.SOFT: _("Soft food"),
    Diet.INFANT: _("Infant food"),
}
FACTS: dict[Fact, Words] = {
    Fact.TEMPERATURE: _("Temperature"),
    Fact.FROM: _("Comes from"),
    Fact.SYMPTOMS: _("Symptoms"),
    Fact.AGE: _("Age"),
    Fact.NATIONALITY: _("Nationality"),
    Fact.ONWARD: _("Goes on to"),
}
HOWS: dict[How, Words] = {
    How.AT_LEAST: _("at least"),
    How.BELOW: _("below"),
    How.HAS: _("has one of"),
    How.LACKS: _("has none of"),
    How.ANY: _("any at all"),
}
SYMPTOMS: dict[Symptom, Words] = {
    Symptom.FEVER_FELT: _("Feels feverish"),
    Symptom.COUGH: _("Cough"),
    Symptom.TIREDNESS: _("Tiredness"),
    Symptom.SHORT_BREATH: _("Short of breath"),
    Symptom.SORE_THROAT: _("Sore throat"),
    Symptom.DIARRHOEA: _("Diarrhoea"),
    Symptom.OTHER: pgettext_lazy("symptom", "Other"),
}
_FIRST: dict[str, Words] = {
    "fever": pgettext_lazy("triage rule", "Fever"),
    "from Wuhan": _("From Wuhan"),
    "everybody else": _("Everybody else"),
    "exposed": _("Exposed"),
    "others": pgettext_lazy("risk group", "Others"),
}


def proposal() -> list[dict[str, Any]]:
    """Return the rules that are offered first, named in the active language."""
    return [
        {
            **rule,
            "name": str(_FIRST[rule["name"]]),
            "group": str(_FIRST[rule["group"]]),
        }
        for rule in FIRST_RULES
    ]


SEXES: dict[str, Words] = {
    "female": _("Woman"),
    "male": _("Man"),
    "": _("Sex not known"),
}
