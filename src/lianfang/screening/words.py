"""The words for the values of this room, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lianfang.kernel import words as kernel_words
from lianfang.kernel.problems import Words
from lianfang.screening.rules import Outcome, QuestionKind, RoundState, Symptom

OUTCOMES: dict[Outcome, Words] = {
    Outcome.MET: _("Met"),
    Outcome.BY_PHONE: _("By phone"),
    Outcome.SELF_REPORTED: _("Self-reported"),
    Outcome.VACANT: _("Vacant"),
    Outcome.MOVED_AWAY: _("Moved away"),
    Outcome.NOBODY_HOME: _("Nobody home"),
    Outcome.REFUSED: _("Refused"),
    Outcome.UNVISITED: _("Not visited"),
}
SYMPTOMS: dict[Symptom, Words] = {
    Symptom.FEVER_FELT: _("Feels feverish"),
    Symptom.COUGH: _("Cough"),
    Symptom.TIREDNESS: _("Tiredness"),
    Symptom.SHORT_BREATH: _("Short of breath"),
    Symptom.SORE_THROAT: _("Sore throat"),
    Symptom.DIARRHOEA: _("Diarrhoea"),
    Symptom.OTHER: _("Another complaint"),
}
QUESTION_KINDS: dict[QuestionKind, Words] = {
    QuestionKind.YES_NO: _("Yes or no"),
    QuestionKind.NUMBER: _("A number"),
    QuestionKind.TEXT: _("Text"),
    QuestionKind.CHOICE: _("One of a list"),
    QuestionKind.CHOICES: _("Several of a list"),
    QuestionKind.DATE: _("A date"),
}
ROUND_STATES: dict[RoundState, Words] = {
    RoundState.OPEN: _("Running"),
    RoundState.CLOSED: _("Closed"),
}
# What is wrong with an answer, as rules.answer_fault names it.
FAULTS: dict[str, Words] = {
    "required": _("an answer is needed"),
    "type": _("it is of another kind"),
    "choice": _("it is not in the list"),
}
kernel_words.DUTY_KINDS.update(
    {
        "revisit": _("Visit again"),
        "referral": _("Refer to the fever clinic"),
        "arrival": _("Check an arrival"),
    }
)
DUTY_ICONS = {"revisit": "round", "referral": "fever", "arrival": "person"}
