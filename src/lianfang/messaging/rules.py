"""When a message goes out, how many become one, and how long to wait; no database here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise


class Topic(StrEnum):
    """What a notice is about; a channel takes all topics or those that were chosen."""

    CALLS = "calls"
    WHISTLES = "whistles"
    RECALLS = "recalls"
    SHIFTS = "shifts"
    DUTIES = "duties"
    REFERRALS = "referrals"
    WATCHES = "watches"
    INFORMATION = "information"


class ChannelKind(StrEnum):
    """The ways out of the application."""

    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    EMAIL = "email"
    SMS = "sms"


ROBOTS = frozenset({ChannelKind.WECOM, ChannelKind.DINGTALK, ChannelKind.FEISHU})


# The counters of this room; the first two by bulletin, the third by day.
INFO_READ, INFO_REACHED, ASKS = "info_read", "info_reached", "asks"


class BulletinKind(StrEnum):
    """What a community tells. An FAQ's and a rumour's title is what is asked or claimed."""

    NOTICE = "notice"
    TIP = "tip"
    FAQ = "faq"
    RUMOUR = "rumour"


class Verdict(StrEnum):
    """What there is to a rumour."""

    NONE = ""
    FALSE = "false"
    MISLEADING = "misleading"
    TRUE = "true"
    OPEN = "open"


class Audience(StrEnum):
    """To whom something is told."""

    HOUSEHOLDS = "households"
    STAFF = "staff"
    ORGANISATION = "organisation"
    DUTY = "duty"


class Severity(StrEnum):
    """How much it matters; CAP's words."""

    MINOR = "minor"
    MODERATE = "moderate"
    SEVERE = "severe"


class Reached(StrEnum):
    """How far something has come to a household."""

    NO = "no"
    READ = "read"
    ACKNOWLEDGED = "acknowledged"
    TOLD = "told"


def reached_after(state: str, step: Reached, *, asks: bool) -> tuple[Reached, bool]:
    """Return the state after a step, and whether the household counts as reached by it now.

    Who acknowledged or was told stays so, whatever comes later. Where no acknowledgement is asked
    for, reading is enough.
    """
    order = list(Reached)
    before = Reached(state)
    after = before if order.index(before) >= order.index(Reached.ACKNOWLEDGED) else step
    if order.index(after) < order.index(before):
        after = before
    enough = Reached.ACKNOWLEDGED if asks else Reached.READ
    was = order.index(before) >= order.index(enough)
    return after, not was and order.index(after) >= order.index(enough)


class LetterState(StrEnum):
    """A notice on its way through one channel."""

    WAITING = "waiting"
    PACKED = "packed"
    DROPPED = "dropped"


class MessageState(StrEnum):
    """One message of one or many notices."""

    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNSURE = "unsure"


class MessageAction(StrEnum):
    """What can happen to a message."""

    BEGIN = "begin"
    SUCCEED = "succeed"
    RETRY = "retry"
    GIVE_UP = "give_up"
    LOSE = "lose"


MESSAGE_TABLE: dict[tuple[MessageState, MessageAction], MessageState] = {
    (MessageState.READY, MessageAction.BEGIN): MessageState.SENDING,
    (MessageState.SENDING, MessageAction.SUCCEED): MessageState.SENT,
    (MessageState.SENDING, MessageAction.RETRY): MessageState.READY,
    (MessageState.SENDING, MessageAction.GIVE_UP): MessageState.FAILED,
    # The worker died between sending and noting: nobody knows whether it arrived.
    (MessageState.SENDING, MessageAction.LOSE): MessageState.UNSURE,
    # Somebody asks for it once more.
    (MessageState.FAILED, MessageAction.RETRY): MessageState.READY,
    (MessageState.UNSURE, MessageAction.RETRY): MessageState.READY,
}


def next_message(state: str, action: MessageAction) -> MessageState | None:
    """Return the state after `action`, or None when the table does not allow it."""
    return MESSAGE_TABLE.get((MessageState(state), action))


# Tries of one message, and the minutes before each further one.
BACK_OFF = (1, 5, 20, 60, 180)
# A worker that says nothing of a message for so long has died.
LEASE = timedelta(minutes=5)
# A notice that could not be handed to a channel for so long is of the past; the bell still has it.
STALE = timedelta(hours=36)
# The robots take 20 messages a minute and robot (WeCom, DingTalk; Feishu 100 a minute, 5 a second):
# far above what a reader bears. This is the hard limit, for urgent ones too.
HARD_PER_HOUR = 60
# So many lines stand in a message; beyond them, and for a topic that comes often, a number does.
LINES = 8
ALIKE = 3


def back_off(tries: int) -> timedelta | None:
    """Return how long to wait after the `tries`-th failure (1 is the first); None: give up."""
    return timedelta(minutes=BACK_OFF[tries - 1]) if tries <= len(BACK_OFF) else None


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a channel may speak. Times of day are on the deployment's clock.

    `interval` minutes lie between two messages, `per_hour` caps them, `digest_at` makes it one
    message a day. In quiet hours (which may pass midnight) only urgent notices go out; these wait
    for neither interval nor digest.
    """

    interval: int = 15
    per_hour: int = 4
    digest_at: time | None = None
    quiet_from: time | None = None
    quiet_until: time | None = None


def is_quiet(pace: Pace, at: time) -> bool:
    """Tell whether `at` lies in the quiet hours."""
    start, end = pace.quiet_from, pace.quiet_until
    if start is None or end is None or start == end:
        return False
    return start <= at < end if start < end else at >= start or at < end


def may_speak(
    pace: Pace, now: datetime, sent: Sequence[datetime], *, urgent: bool, first: datetime
) -> bool:
    """Tell whether a message may go now.

    `now` and the others are local times; `sent` are the times of the channel's earlier messages of
    the last day, `first` is when the oldest waiting notice was made.
    """
    lately = [at for at in sent if at > now - timedelta(hours=1)]
    if len(lately) >= HARD_PER_HOUR:
        return False
    if urgent:
        return True
    if is_quiet(pace, now.timetz().replace(tzinfo=None)):
        return False
    if pace.digest_at is not None:
        today = now.replace(
            hour=pace.digest_at.hour, minute=pace.digest_at.minute, second=0, microsecond=0
        )
        hour = today if today <= now else today - timedelta(days=1)
        return first < hour
    if len(lately) >= pace.per_hour:
        return False
    return not sent or max(sent) <= now - timedelta(minutes=pace.interval)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a message: its words, how urgent, and what stands for many of its topic."""

    text: str
    topic: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Folded:
    """What a message says: single lines, and how many more there are of each topic."""

    lines: tuple[str, ...]
    more: tuple[tuple[str, int], ...]


def fold(lines: Sequence[Line]) -> Folded:
    """Make few lines of many: urgent ones in full, then single ones, of a frequent topic a number.

    Every line given is either shown or counted.
    """
    urgent = [line for line in lines if line.urgent]
    rest = [line for line in lines if not line.urgent]
    count: dict[str, int] = {}
    for line in rest:
        count[line.topic] = count.get(line.topic, 0) + 1
    few = [line for line in rest if count[line.topic] <= ALIKE]
    shown = (urgent + few)[:LINES]
    left: dict[str, int] = {}
    for line in lines:
        left[line.topic] = left.get(line.topic, 0) + 1
    for line in shown:
        left[line.topic] -= 1
    more = tuple((topic, n) for topic, n in left.items() if n)
    return Folded(tuple(line.text for line in shown), more)


def grams(text: str) -> set[str]:
    """Return what a text is found by: pairs of neighbouring characters, words of other scripts.

    Chinese is written without spaces; a pair of characters is the smallest part that means
    something. A single character is found as the beginning of a pair, so a run's last one stands
    alone too.
    """
    found: set[str] = set()
    for run, wide in _runs(text):
        if wide:
            found.update(a + b for a, b in pairwise(run))
            found.add(run[-1])
        else:
            found.add(run[:24])
    return found


def asked_grams(text: str) -> tuple[set[str], set[str]]:
    """Return what a search asks for: whole grams, and beginnings of grams."""
    whole: set[str] = set()
    begins: set[str] = set()
    for run, wide in _runs(text):
        if wide and len(run) > 1:
            whole.update(a + b for a, b in pairwise(run))
        else:
            begins.add(run[:24])
    return whole, begins


def _runs(text: str) -> list[tuple[str, bool]]:
    """Part a text into runs of wide characters and words of other scripts, in lower case."""
    result: list[tuple[str, bool]] = []
    run, wide = "", False
    for char in f"{text.lower()} ":
        is_wide = "\u2e80" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7af" or char > "\uffff"
        keep = is_wide or char.isalnum()
        if run and (not keep or is_wide != wide):
            result.append((run, wide))
            run = ""
        if keep:
            run += char
            wide = is_wide
    return result
