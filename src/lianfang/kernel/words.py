"""The words for the kernel's states, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianfang.kernel.problems import Words
from lianfang.kernel.rules import DutyAction, DutyState

DUTY_STATES: dict[DutyState, Words] = {
    DutyState.OPEN: pgettext_lazy("duty", "Open"),
    DutyState.CLAIMED: _("Claimed"),
    DutyState.STARTED: _("Under way"),
    DutyState.DONE: _("Done"),
    DutyState.EXPIRED: _("Expired"),
    DutyState.CANCELLED: _("Cancelled"),
}
DUTY_ACTIONS: dict[DutyAction, Words] = {
    DutyAction.OPEN: _("Opened"),
    DutyAction.CLAIM: _("Claimed"),
    DutyAction.ASSIGN: _("Assigned"),
    DutyAction.START: _("Started"),
    DutyAction.DONE: _("Done"),
    DutyAction.RETURN: _("Given back"),
    DutyAction.TIME_OUT: _("Claim timed out"),
    DutyAction.CLIMB: _("Climbed a level"),
    DutyAction.EXPIRE: _("Expired"),
    DutyAction.CANCEL: _("Cancelled"),
    DutyAction.MOVE: _("Moved to another grid"),
}

# The words for each kind of duty; the room that opens the kind adds them.
DUTY_KINDS: dict[str, Words] = {}
