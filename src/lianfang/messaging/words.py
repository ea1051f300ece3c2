"""The words of notices, channels and what a community tells, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianfang.kernel.problems import Words, fill
from lianfang.kernel.words import DUTY_KINDS
from lianfang.messaging.rules import (
    Audience,
    BulletinKind,
    ChannelKind,
    MessageState,
    Severity,
    Topic,
    Verdict,
)
from lianfang.messaging.senders.outcome import Fault

if TYPE_CHECKING:
    from lianfang.messaging.models import Notice

TOPICS: dict[Topic, Words] = {
    Topic.CALLS: _("Calls for helpers"),
    Topic.WHISTLES: _("Whistles"),
    Topic.RECALLS: _("Recalls"),
    Topic.SHIFTS: _("Shifts and relief"),
    Topic.DUTIES: _("Duties"),
    Topic.REFERRALS: _("Referrals"),
    Topic.WATCHES: _("People under watch"),
    Topic.INFORMATION: _("Information"),
}
CHANNELS: dict[ChannelKind, Words] = {
    ChannelKind.WECOM: _("WeCom group robot"),
    ChannelKind.DINGTALK: _("DingTalk group robot"),
    ChannelKind.FEISHU: _("Feishu group robot"),
    ChannelKind.EMAIL: _("E-mail"),
    ChannelKind.SMS: _("Text message"),
}
MESSAGES: dict[MessageState, Words] = {
    MessageState.READY: pgettext_lazy("message", "Queued"),
    MessageState.SENDING: pgettext_lazy("message", "Being sent"),
    MessageState.SENT: pgettext_lazy("message", "Sent"),
    MessageState.FAILED: pgettext_lazy("message", "Failed"),
    MessageState.UNSURE: pgettext_lazy("message", "Perhaps sent"),
}
BULLETINS: dict[BulletinKind, Words] = {
    BulletinKind.NOTICE: _("Announcement"),
    BulletinKind.TIP: _("Health tip"),
    BulletinKind.FAQ: _("Question and answer"),
    BulletinKind.RUMOUR: _("Rumour and answer"),
}
VERDICTS: dict[Verdict, Words] = {
    Verdict.NONE: "",
    Verdict.FALSE: _("Not true"),
    Verdict.MISLEADING: _("Misleading"),
    Verdict.TRUE: _("True"),
    Verdict.OPEN: _("Not known yet"),
}
AUDIENCES: dict[Audience, Words] = {
    Audience.HOUSEHOLDS: _("All households"),
    Audience.STAFF: _("Those who work there"),
    Audience.ORGANISATION: _("An organisation"),
    Audience.DUTY: _("Those who have a duty of a kind"),
}
SEVERITIES: dict[Severity, Words] = {
    Severity.MINOR: _("For information"),
    Severity.MODERATE: _("Important"),
    Severity.SEVERE: pgettext_lazy("severity", "Urgent"),
}
# {about} is the name of the thing, {count} how many, {area} where.
NOTICES: dict[str, Words] = {
    "call.open": _("Helpers wanted in {area}: {about}"),
    "call.moved_up": _("You have moved up: there is a place for you ({about})"),
    "call.close": _("The call “{about}” takes no more sign-ups"),
    "call.share_out": _("Who goes where is settled: {about}"),
    "whistle.raise": _("{area} whistles: {about}. Report in"),
    "whistle.report": _("A department has reported in: {about}"),
    "whistle.refuse": _("A department does not come: {about}"),
    "whistle.handle": _("A department holds it solved: {about}. Look, and close or reopen"),
    "whistle.close": _("Closed by the raiser: {about}"),
    "whistle.reopen": _("Open again: {about}"),
    "recall.join": _("You are called back to duty: {about}. Answer now"),
    "recall.remind": _("You have not answered yet: {about}"),
    "deployment.publish": _("Your shifts are out: {about}"),
    "shift.drop": _("A shift is without anybody: {about}"),
    "shift.substitute": _("You have a shift as a substitute: {about}"),
    "relief.arrange": _("You are relieved. Rest well"),
    "relief.rest": _("You are sent home to rest"),
    "relief.take_over": _("You take over from somebody tired: {about}"),
    "relief.due": _("Somebody in {area} has been on duty too long"),
    "duty.assign": _("You were given a duty: {about}"),
    "duty.climbed": _("{area}: {count} overdue: {about}"),
    "duty.overdue": _("{count} of your duties are overdue: {about}"),
    "referral.open": _("Somebody in {area} is to be brought to a clinic"),
    "referral.transport": _("A transport is on its way in {area}"),
    "referral.accept": _("A clinic takes the one from {area}"),
    "referral.arrive": _("Arrived at the clinic, from {area}"),
    "referral.depart": _("On the way to the clinic, from {area}"),
    "referral.cancel": _("A referral in {area} is called off"),
    "referral.result": _("A clinic's result is in for {area}"),
    "watch.start": _("A new watch begins in {area}"),
    "watch.extend": _("A watch is extended in {area}"),
    "watch.transfer": _("A watch is handed over in {area}"),
    "watch.release": _("A watch ends in {area}"),
    "watch.found": _("The one who left is back in {area}"),
    "watch.left": _("Somebody in {area} left the isolation"),
    "bulletin.publish": _("{area}: {about}"),
    "bulletin.knock": _("{count} doors in {area} are not reached yet: {about}"),
}
TOO_OFTEN = _("Too much was sent from here in a short time.")
WAIT = _("Wait {seconds} seconds and try again.")
FAULTS: dict[Fault, Words] = {
    Fault.NO_ADDRESS: _("This channel has no address yet. Put it in and save."),
    Fault.NO_SERVER: _("No mail server is set up here. Ask the operator (LIANFANG_MAIL)."),
    Fault.UNREACHABLE: _("The service could not be reached. It is tried again by itself."),
    Fault.SIGNATURE: _("The signature was refused. Compare the signing key and the clock."),
    Fault.KEY: _("The service does not know this robot. Copy its address from the group again."),
    Fault.TOO_OFTEN: _("The service says: too often. It is tried again later by itself."),
    Fault.WORDS: _("The robot asks for a keyword or an address. Change its security settings."),
    Fault.REFUSED: _("The service refused the message."),
    Fault.BROKEN: _("The service answered with something that is no answer."),
}


def line(notice: Notice, areas: Mapping[UUID, str]) -> str:
    """Return a notice as one line."""
    about = notice.about
    if notice.kind.startswith("duty."):
        about = str(DUTY_KINDS.get(about, about))
    values = {
        "about": about,
        "count": notice.count,
        "area": areas.get(notice.area_id, "") if notice.area_id else "",
    }
    return fill(NOTICES.get(notice.kind, notice.kind), values)
