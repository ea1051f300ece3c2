"""What can be read of channels: the own ones, and those of groups where one announces."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from lianfang.kernel.actors import Actor
from lianfang.kernel.scope import within
from lianfang.kernel.verbs import Verb
from lianfang.messaging.models import Channel, Letter, Message
from lianfang.messaging.rules import LetterState
from lianfang.people.models import OrganisationArea


def own(actor: Actor) -> QuerySet[Channel]:
    """Return the actor's own channels."""
    return Channel.objects.filter(account_id=actor.id, stopped_at=None)


def groups(actor: Actor) -> QuerySet[Channel]:
    """Return the channels of areas in the actor's scope, and of organisations that serve there."""
    paths = actor.paths(Verb.ANNOUNCE)
    served = OrganisationArea.objects.filter(within(paths, "area__path"), until=None)
    found = Channel.objects.filter(account_id=None, stopped_at=None).select_related(
        "area", "organisation"
    )
    if not paths:
        return found.none()
    by_area = found.filter(within(paths, "area__path"))
    return by_area | found.filter(organisation_id__in=served.values("organisation_id"))


def channel(actor: Actor, channel_id: UUID) -> Channel | None:
    """Return a channel that the actor may keep; None when absent or forbidden."""
    mine = own(actor).filter(id=channel_id).first() if actor.id else None
    return mine or groups(actor).filter(id=channel_id).first()


def messages(found: Channel) -> QuerySet[Message]:
    """Return a channel's messages."""
    return Message.objects.filter(channel_id=found.id)


def waiting(ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return how many notices wait for each channel."""
    result: dict[UUID, int] = {}
    rows = Letter.objects.filter(channel_id__in=list(ids), state=LetterState.WAITING)
    for channel_id in rows.values_list("channel_id", flat=True):
        result[channel_id] = result.get(channel_id, 0) + 1
    return result


def last(ids: Iterable[UUID]) -> dict[UUID, Message]:
    """Return the latest message of each channel."""
    rows = Message.objects.filter(channel_id__in=list(ids)).order_by("made_at", "id")
    return {row.channel_id: row for row in rows}
