"""The worker's part: from notices to letters, from letters to messages, from messages out.

Nothing is sent inside a transaction. What a message is about to do is written before it is done
(`sending`), what became of it afterwards. A worker that dies in between leaves a message of which
nobody knows whether it arrived: an urgent one is sent again and says so, another is not, since
everything stands in the application anyway.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from lianfang.areas import queries as area_queries
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Stream
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.routing import current_alias
from lianfang.kernel.times import local
from lianfang.messaging import secrets, words
from lianfang.messaging.models import Channel, ChannelPace, Letter, Message, Notice
from lianfang.messaging.rules import (
    LEASE,
    ROBOTS,
    STALE,
    ChannelKind,
    LetterState,
    Line,
    MessageAction,
    MessageState,
    Pace,
    Topic,
    back_off,
    fold,
    may_speak,
    next_message,
)
from lianfang.messaging.senders import SENDERS, Outcome
from lianfang.messaging.senders.outcome import FINAL, Fault
from lianfang.people.models import Account, Organisation

log = structlog.get_logger(__name__)

_ROUTED = 2_000
_PACKED = 500
# A tick sends for so many seconds at most, so that the clock of the others goes on.
BUDGET = 20.0


def run(moment: datetime) -> list[Receipt]:
    """Do what is due by `moment`; for the clock's chores, so it returns no receipts."""
    channels = list(Channel.objects.filter(stopped_at=None).select_related("area", "organisation"))
    route(moment, channels)
    recover(moment)
    for channel in channels:
        pack(channel, moment)
    send_due(moment, {c.id: c for c in channels})
    return []


def route(moment: datetime, channels: Iterable[Channel]) -> int:
    """Put each new notice into the queues of the channels that want it; returns how many letters.

    A notice and its letters are one transaction: it is routed wholly or not at all.
    """
    own: dict[Any, list[Channel]] = {}
    groups = []
    for channel in channels:
        if channel.account_id:
            own.setdefault(channel.account_id, []).append(channel)
        else:
            groups.append(channel)
    made = 0
    for district in Stream.objects.exclude(district="").values_list("district", flat=True):
        fresh = Notice.objects.filter(district=district, routed_at=None).order_by("at", "id")
        notices = list(fresh[:_ROUTED])
        if not notices:
            continue
        letters = [
            Letter(
                channel_id=channel.id,
                district=district,
                notice_id=notice.id,
                urgent=notice.urgent,
                at=notice.at,
            )
            for notice in notices
            if notice.at > moment - STALE
            for channel in (own.get(notice.account_id, []) if notice.account_id else groups)
            if wants(channel, notice)
        ]
        with transaction.atomic(using=current_alias()):
            Letter.objects.bulk_create(letters, ignore_conflicts=True)
            Notice.objects.filter(district=district, id__in=[n.id for n in notices]).update(
                routed_at=moment
            )
        made += len(letters)
    return made


def wants(channel: Channel, notice: Notice) -> bool:
    """Tell whether a channel carries a notice: its topics, its place or organisation."""
    if channel.topics and notice.topic not in channel.topics:
        return False
    if channel.urgent_only and not notice.urgent:
        return False
    if channel.account_id:
        return True
    if notice.organisation_id:
        path = channel.organisation.path if channel.organisation else ""
        return bool(path) and notice.organisation_id.hex in path.replace("-", "")
    return channel.area is not None and notice.path.startswith(channel.area.path)


def pace_of(channel: Channel) -> Pace:
    """Return how often a channel may speak."""
    return Pace(
        channel.interval,
        channel.per_hour,
        channel.digest_at,
        channel.quiet_from,
        channel.quiet_until,
    )


def pack(channel: Channel, moment: datetime) -> Message | None:
    """Make one message of what waits for a channel, if it may speak now."""
    waiting = Letter.objects.filter(channel_id=channel.id, state=LetterState.WAITING)
    letters = list(waiting.order_by("at")[:_PACKED])
    if not letters:
        return None
    pace, turn = pace_of(channel), _turn(channel)
    sent = [
        local(at)
        for at in Message.objects.filter(
            channel_id=channel.id, made_at__gt=moment - timedelta(days=1)
        ).values_list("made_at", flat=True)
    ]
    now, first = local(moment), local(letters[0].at)
    urgent = [letter for letter in letters if letter.urgent]
    if not may_speak(pace, now, sent, urgent=False, first=first):
        if not urgent or not may_speak(pace, now, sent, urgent=True, first=first):
            return None
        letters = urgent
    with transaction.atomic(using=current_alias()):
        # Of two workers that pack at once one moves the turn on, and the other leaves it.
        if not ChannelPace.objects.filter(channel_id=channel.id, turn=turn).update(turn=turn + 1):
            return None
        message = Message.objects.create(
            id=new_id(),
            channel_id=channel.id,
            urgent=bool(urgent),
            notices=len(letters),
            made_at=moment,
            next_at=moment,
        )
        keys = Q()
        for district in {letter.district for letter in letters}:
            ids = [letter.notice_id for letter in letters if letter.district == district]
            keys |= Q(district=district, notice_id__in=ids)
        Letter.objects.filter(keys, channel_id=channel.id, state=LetterState.WAITING).update(
            state=LetterState.PACKED, message_id=message.id
        )
    return message


def _turn(channel: Channel) -> int:
    row, _made = ChannelPace.objects.get_or_create(channel_id=channel.id)
    return row.turn


def recover(moment: datetime) -> None:
    """Settle the messages whose worker died while it sent them."""
    for message in Message.objects.filter(
        state=MessageState.SENDING, sending_at__lte=moment - LEASE
    ):
        lost = next_message(message.state, MessageAction.LOSE)
        values: dict[str, Any] = {"state": lost}
        if message.urgent and message.tries < 3:
            values = {"state": MessageState.READY, "again": True, "next_at": moment}
        Message.objects.filter(id=message.id, state=MessageState.SENDING).update(**values)


def send_due(moment: datetime, channels: dict[Any, Channel]) -> None:
    """Send what is due, the urgent first, for as long as a tick may take."""
    begun = time.monotonic()
    due = Message.objects.filter(state=MessageState.READY, next_at__lte=moment)
    for message in due.order_by("-urgent", "next_at")[:200]:
        if time.monotonic() - begun > BUDGET:
            break
        channel = channels.get(message.channel_id)
        if channel is None:
            Message.objects.filter(id=message.id).update(state=MessageState.FAILED)
        else:
            send(channel, message, moment)


def send(channel: Channel, message: Message, moment: datetime) -> Outcome | None:
    """Send one message; None when another worker has it."""
    mine = Message.objects.filter(id=message.id, state=MessageState.READY).update(
        state=next_message(MessageState.READY, MessageAction.BEGIN),
        sending_at=moment,
        tries=F("tries") + 1,
    )
    if not mine:
        return None
    subject, text = compose(channel, message)
    outcome = deliver(channel, subject, text)
    tries = message.tries + 1
    values: dict[str, Any] = {"fault": outcome.fault, "detail": outcome.detail[:120]}
    wait = None if outcome.fault in FINAL else back_off(tries)
    if outcome.sent:
        values |= {"state": MessageState.SENT, "sent_at": moment}
    elif wait is None:
        values |= {"state": MessageState.FAILED}
    else:
        values |= {"state": MessageState.READY, "next_at": moment + wait}
    Message.objects.filter(id=message.id, state=MessageState.SENDING).update(**values)
    if not outcome.sent:
        log.warning("message_not_sent", channel=str(channel.id), fault=str(outcome.fault))
    return outcome


def deliver(channel: Channel, subject: str, text: str) -> Outcome:
    """Hand words to the channel's sender; whatever goes wrong there is an outcome."""
    address, key = secrets.of(channel)
    if not address:
        return Outcome(Fault.NO_ADDRESS)
    try:
        return SENDERS[ChannelKind(channel.kind)](address, key, subject, text)
    except Exception as error:
        # An adapter's mistake must not stop the others; its words may hold the key.
        log.error("sender_failed", kind=channel.kind, error=type(error).__name__)
        return Outcome(Fault.BROKEN, type(error).__name__)


def try_out(channel: Channel) -> Outcome:
    """Send a test now, past all queues."""
    with override(language(channel)):
        return deliver(
            channel,
            _("Lianfang: a test"),
            _("This channel works: {name}").format(name=channel.name),
        )


def language(channel: Channel) -> str:
    """Return the language of a channel: its own, its account's, or the deployment's."""
    if channel.language:
        return channel.language
    account = Account.objects.filter(id=channel.account_id).first() if channel.account_id else None
    return (account.language if account else "") or settings.LANGUAGE_CODE


def compose(channel: Channel, message: Message) -> tuple[str, str]:
    """Return subject and text of a message in the channel's language."""
    notices: list[Notice] = []
    pairs = Letter.objects.filter(message_id=message.id).values_list("district", "notice_id")
    by_district: dict[str, list[Any]] = {}
    for district, notice_id in pairs:
        by_district.setdefault(district, []).append(notice_id)
    for district, ids in by_district.items():
        notices += Notice.objects.filter(district=district, id__in=ids)
    notices.sort(key=lambda n: (not n.urgent, n.at))
    with override(language(channel)):
        areas = area_queries.labels(n.area_id for n in notices if n.area_id)
        lines = [Line(_whole(n, areas, channel), n.topic, n.urgent) for n in notices]
        folded = fold(lines)
        text = [f"· {line}" for line in folded.lines]
        text += [
            "· " + _("%(topic)s: %(count)d more") % {"topic": words.TOPICS[Topic(t)], "count": n}
            for t, n in folded.more
        ]
        if settings.LIANFANG_ADDRESS:
            text.append(f"{settings.LIANFANG_ADDRESS}/notices")
        if message.again:
            text.append(_("(Sent again: it is not known whether it arrived the first time.)"))
        name = channel.area.name if channel.area else _owner(channel)
        subject = _("Lianfang") + (f" · {name}" if name else "")
    return subject, "\n".join(text)


def _whole(notice: Notice, areas: Mapping[UUID, str], channel: Channel) -> str:
    """Return a notice's line; to a group with the text of what is told to everybody."""
    line = words.line(notice, areas)
    long = notice.text and (channel.kind in ROBOTS or channel.kind == ChannelKind.EMAIL)
    return f"{line}\n{notice.text}" if long else line


def _owner(channel: Channel) -> str:
    unit: Organisation | None = channel.organisation
    return unit.name if unit else ""
