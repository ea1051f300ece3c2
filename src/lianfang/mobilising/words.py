"""The words for this room's states and kinds, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianfang.kernel.problems import Words
from lianfang.mobilising.rules import (
    Answer,
    CallState,
    DepartmentState,
    ShiftState,
    SignUpState,
    TeamKind,
    TeamState,
    Urgency,
    WhistleState,
)

SIGN_UP_STATES: dict[SignUpState, Words] = {
    SignUpState.SIGNED: _("Signed up"),
    SignUpState.WAITING: _("On the wait list"),
    SignUpState.DROPPED: pgettext_lazy("sign-up", "Given up"),
    SignUpState.NO_SHOW: _("Did not come"),
    SignUpState.PRESENT: _("On duty"),
    SignUpState.SERVED: _("Served"),
}
CALL_STATES: dict[CallState, Words] = {
    CallState.OPEN: pgettext_lazy("call", "Taking sign-ups"),
    CallState.CLOSED: pgettext_lazy("call", "Sign-up ended"),
}
ANSWERS: dict[Answer, Words] = {
    Answer.BACK: _("Back at the post"),
    Answer.ON_THE_WAY: _("On the way"),
    Answer.EXCUSED: pgettext_lazy("recall", "Excused from coming"),
    Answer.SILENT: _("No answer yet"),
}
TEAM_KINDS: dict[TeamKind, Words] = {
    TeamKind.TASK_FORCE: _("Task force"),
    TeamKind.COMMITTEE: _("Temporary committee"),
    TeamKind.CONVERTED: _("Standing team at response work"),
    TeamKind.COMMAND_PLACE: _("Shared command place"),
}
TEAM_STATES: dict[TeamState, Words] = {
    TeamState.ACTIVE: _("At work"),
    TeamState.MERGED: _("Merged into another team"),
    TeamState.DISBANDED: _("Disbanded"),
}
URGENCIES: dict[Urgency, Words] = {
    Urgency.HALF_HOUR: _("Within 30 minutes"),
    Urgency.TWO_HOURS: _("Within 2 hours"),
    Urgency.DAY: _("Within 24 hours"),
    Urgency.WEEK: _("Within 7 days"),
}
WHISTLE_STATES: dict[WhistleState, Words] = {
    WhistleState.OPEN: pgettext_lazy("matter", "Being handled"),
    WhistleState.HANDLED: _("Handled, waits for the raiser"),
    WhistleState.CLOSED: pgettext_lazy("matter", "Closed"),
}
DEPARTMENT_STATES: dict[DepartmentState, Words] = {
    DepartmentState.CALLED: _("Has not come yet"),
    DepartmentState.REPORTED: _("Reported in"),
    DepartmentState.REFUSED: _("Refused to come"),
}
STEPS: dict[str, Words] = {
    "raise": _("Raised"),
    "report": _("Reported in"),
    "refuse": _("Refused to come"),
    "log": _("Noted"),
    "handle": _("Said to be handled"),
    "close": pgettext_lazy("matter", "Closed"),
    "reopen": _("Reopened"),
}
MATTERS: dict[str, Words] = {
    "supplies": _("Supplies"),
    "guarding": _("Guarding gates"),
    "transfer": _("Taking people to hospital or a site"),
    "disinfection": _("Disinfection"),
    "dispute": _("Dispute"),
    "information": _("Information and rumours"),
    "other": pgettext_lazy("matter", "Another matter"),
}
SHIFT_STATES: dict[ShiftState, Words] = {
    ShiftState.PLANNED: pgettext_lazy("shift", "Planned"),
    ShiftState.ACKNOWLEDGED: pgettext_lazy("shift", "Acknowledged"),
    ShiftState.DROPPED: pgettext_lazy("shift", "Given up"),
}
REASONS: dict[str, Words] = {
    "no_skill": _("nobody has the skill"),
    "off": _("those who could have a day off"),
    "busy": _("those who could are planned elsewhere"),
    "elsewhere": _("those who could stand at another place then"),
    "resting": _("those who could must rest then"),
    "in_a_row": _("those who could have too many days in a row"),
    "at_limit": _("those who could have all their shifts"),
    "too_far": _("it lies too far from everybody who is free"),
    "dropped": _("somebody gave it up"),
}
