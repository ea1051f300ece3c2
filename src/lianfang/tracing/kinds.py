"""The kinds of duty that tracing opens."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lianfang.kernel.kinds import duty_kind
from lianfang.kernel.verbs import Sight, Verb

INTERVIEW = duty_kind("case_interview", _("Interview a case"), verb=Verb.TRACE)
DESK = duty_kind("contact_desk", _("Send contacts to their communities"), verb=Verb.TRACE)
# It shows the door and a name, and nothing of the case.
VERIFY = duty_kind(
    "contact_verify",
    _("Find a contact"),
    verb=Verb.WATCH,
    sights=(Sight.ADDRESS, Sight.NAME, Sight.RELAY),
)
INTERVIEW_HOURS, DESK_HOURS = 4, 4
