"""The duties of this room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lianfang.kernel.kinds import duty_kind
from lianfang.kernel.verbs import Sight, Verb

_DOOR = (Sight.ADDRESS, Sight.NAME, Sight.RELAY)
LEFT = duty_kind("watch_left", _("Seen outside, or not found"), verb=Verb.WATCH, sights=_DOOR)
MISSED = duty_kind("watch_missed", _("Check was missed"), verb=Verb.WATCH, sights=_DOOR)
RELEASE = duty_kind("watch_release", _("Release from the watch"), verb=Verb.WATCH)
HANDOVER = duty_kind("watch_handover", _("Transfer not taken over yet"), verb=Verb.WATCH)
# Screening opens this kind for a fever at a door, due in two hours; one person has one at a time,
# whichever of the two rooms opened it.
REFERRAL = "referral"

# Hours until these duties climb: somebody outside may meet others now.
LEFT_HOURS, MISSED_HOURS, RELEASE_HOURS, HANDOVER_HOURS = 0.5, 2, 6, 12
