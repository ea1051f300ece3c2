"""Marks notices as read, and sends a message once more: bookkeeping outside the journal."""

from __future__ import annotations

from uuid import UUID

from lianfang.kernel.actors import Actor
from lianfang.kernel.times import now
from lianfang.messaging import notice_queries
from lianfang.messaging.models import Channel, Message
from lianfang.messaging.rules import MessageState


def read(actor: Actor, district: str, notice_id: UUID) -> None:
    """Mark one of the actor's notices as read."""
    mine = notice_queries.notices(actor).filter(district=district, id=notice_id, read_at=None)
    mine.update(read_at=now())


def read_all(actor: Actor, topic: str = "") -> int:
    """Mark all of the actor's notices (of a topic) as read; returns how many."""
    mine = notice_queries.matching(notice_queries.notices(actor), topic=topic)
    return mine.filter(read_at=None).update(read_at=now())


def again(channel: Channel, message_id: UUID) -> None:
    """Put a message that failed, or perhaps failed, back into the queue."""
    Message.objects.filter(
        id=message_id,
        channel_id=channel.id,
        state__in=[MessageState.FAILED, MessageState.UNSURE],
    ).update(state=MessageState.READY, tries=0, next_at=now(), again=True, fault="", detail="")
