"""How channels are kept, without their credentials; and plans that the clock tells of."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from lianfang.areas.models import Area
from lianfang.areas.tree import places
from lianfang.kernel import problems
from lianfang.kernel.actors import CLOCK
from lianfang.kernel.batch import Batch, Entry, Item
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Stream
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.registry import anywhere, command
from lianfang.kernel.sealing import Payload
from lianfang.kernel.submit import submit
from lianfang.kernel.verbs import Verb
from lianfang.messaging import telling
from lianfang.messaging.models import Channel, Notice
from lianfang.messaging.rules import ROBOTS, ChannelKind, Topic
from lianfang.mobilising import notice_queries as mobilising
from lianfang.people.models import Organisation, OrganisationArea

NOT_A_GROUP = problem(
    "channel.not_a_group",
    _("A channel follows an area or an organisation."),
    _("Choose one of the two."),
)
NOT_YOURS = problem(
    "channel.not_yours",
    _("This channel belongs to somebody else."),
    _("Make one of your own."),
    status=403,
)
NO_PERSON = problem(
    "channel.no_person",
    _("A group robot speaks to a group, not to one person."),
    _("Choose e-mail or text message, or keep the robot with the area."),
)


# A time of day on the deployment's clock, to the minute.
TimeOfDay = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class Keeping(Payload):
    """What a channel is, and when it speaks."""

    channel_id: UUID
    kind: ChannelKind
    name: str = Field(min_length=1, max_length=60)
    topics: tuple[Topic, ...] = ()
    language: str = Field("", max_length=10)
    interval: int = Field(15, ge=1, le=1440)
    per_hour: int = Field(4, ge=1, le=60)
    digest_at: TimeOfDay | None = None
    quiet_from: TimeOfDay | None = None
    quiet_until: TimeOfDay | None = None
    urgent_only: bool = False


class KeepGroup(Keeping):
    """A channel to those who follow an area or an organisation."""

    area_id: UUID | None = None
    organisation_id: UUID | None = None


class OfChannel(Payload):
    """One channel."""

    channel_id: UUID


def _at_group(batch: Batch[Any]) -> None:
    """Locate a group's channel: at its area, or at the first area that its organisation serves."""
    served = {
        row.organisation_id: row.area_id
        for row in OrganisationArea.objects.filter(
            organisation_id__in={i.payload.organisation_id for i in batch}, until=None
        ).order_by("-since", "-id")
    }
    wanted = {
        item.id: item.payload.area_id or served.get(item.payload.organisation_id) for item in batch
    }
    found = places({a for a in wanted.values() if a}, batch)
    for item in batch:
        item.subject_id = item.payload.channel_id
        area_id = wanted[item.id]
        if area_id in found:
            item.path = found[area_id].path
        elif area_id is None and item.payload.organisation_id:
            item.path = ""


def _keep(batch: Batch[Any], item: Item[Any], **owner: Any) -> None:
    payload: Keeping = item.payload
    before = Channel.objects.filter(id=payload.channel_id).first()
    same = before is None or all(getattr(before, name) == value for name, value in owner.items())
    if not same or (before and before.kind != payload.kind):
        raise Refuse(NOT_YOURS, "channel_id")
    kept = payload.model_dump(exclude={"channel_id", "area_id", "organisation_id", "topics"})
    for name in ("digest_at", "quiet_from", "quiet_until"):
        kept[name] = time.fromisoformat(kept[name]) if kept[name] else None
    kept["topics"] = [str(t) for t in payload.topics]
    Channel.objects.update_or_create(
        id=payload.channel_id,
        defaults={
            **kept,
            **owner,
            "kept_at": batch.received_at,
            "kept_by": batch.actor.ref,
            "stopped_at": None,
        },
    )


@command(
    "channel.keep",
    KeepGroup,
    verb=Verb.ANNOUNCE,
    locate=_at_group,
    title=_("Keep a group's channel"),
    reference=True,
)
def keep(batch: Batch[KeepGroup], item: Item[KeepGroup]) -> None:
    """Keep a channel to a group; its address and key are given apart, and never journalled."""
    if bool(item.payload.area_id) == bool(item.payload.organisation_id):
        raise Refuse(NOT_A_GROUP, "area_id")
    unit = item.payload.organisation_id
    if unit and not Organisation.objects.filter(id=unit, valid_to=None).exists():
        raise Refuse(problems.NOT_FOUND, "organisation_id")
    _keep(
        batch,
        item,
        account_id=None,
        area_id=item.payload.area_id,
        organisation_id=item.payload.organisation_id,
    )


@command(
    "channel.own",
    Keeping,
    verb=Verb.WORK,
    locate=anywhere,
    title=_("Keep one's own channel"),
    reference=True,
)
def own(batch: Batch[Keeping], item: Item[Keeping]) -> None:
    """Keep a channel to oneself."""
    item.subject_id = item.payload.channel_id
    if item.payload.kind in ROBOTS:
        raise Refuse(NO_PERSON, "kind")
    _keep(batch, item, account_id=batch.actor.id, area_id=None, organisation_id=None)


def _at_channel(batch: Batch[Any]) -> None:
    rows = {
        c.id: c
        for c in Channel.objects.filter(
            id__in={i.payload.channel_id for i in batch}
        ).select_related("area")
    }
    for item in batch:
        item.subject_id = item.payload.channel_id
        row = rows.get(item.payload.channel_id)
        if row and row.area:
            item.path = row.area.path
        elif row and row.organisation_id:
            served = OrganisationArea.objects.filter(
                organisation_id=row.organisation_id, until=None
            ).select_related("area")
            first = served.order_by("since", "id").first()
            item.path = first.area.path if first else ""


@command(
    "channel.stop",
    OfChannel,
    verb=Verb.ANNOUNCE,
    locate=_at_channel,
    title=_("Stop a group's channel"),
    reference=True,
)
def stop(batch: Batch[OfChannel], item: Item[OfChannel]) -> None:
    """Let a group's channel speak no more."""
    Channel.objects.filter(id=item.payload.channel_id).update(stopped_at=batch.received_at)


@command(
    "channel.stop_own",
    OfChannel,
    verb=Verb.WORK,
    locate=anywhere,
    title=_("Stop one's own channel"),
    reference=True,
)
def stop_own(batch: Batch[OfChannel], item: Item[OfChannel]) -> None:
    """Let a channel to oneself speak no more."""
    found = Channel.objects.filter(id=item.payload.channel_id, account_id=batch.actor.id)
    if batch.actor.id is None or not found.update(stopped_at=batch.received_at):
        raise Refuse(problems.NOT_FOUND, "channel_id")


class TellPlan(Payload):
    """A published plan of which a district's people are told."""

    deployment_id: UUID


def _in_district(batch: Batch[Any]) -> None:
    ids = Area.objects.filter(code=batch.district, valid_to=None).values_list("id", flat=True)
    place = next(iter(places(ids, batch).values()), None)
    for item in batch:
        item.subject_id = item.payload.deployment_id
        if place:
            item.place, item.path = place, place.path


@command(
    "notice.plan",
    TellPlan,
    verb=Verb.TICK,
    locate=_in_district,
    title=_("Tell of a plan"),
    hidden=True,
)
def tell_plan(batch: Batch[TellPlan], item: Item[TellPlan]) -> None:
    """Tell everybody who has shifts in this district of a published plan."""
    plan = mobilising.deployment_of(item.payload.deployment_id)
    people = mobilising.planned(batch.district, item.payload.deployment_id)
    who = telling.of_persons(person for _, person in people)
    item.result["told"] = telling.tell(
        batch,
        item,
        Topic.SHIFTS,
        who,
        kind="deployment.publish",
        about=plan.name if plan else "",
        subject_id=item.payload.deployment_id,
        groups=True,
    )


def tell_plans(moment: datetime) -> list[Receipt]:
    """Send the records that tell of plans published in the last two days; each only once."""
    receipts: list[Receipt] = []
    plans = mobilising.published_since(moment - timedelta(days=2))
    if not plans:
        return []
    streams = list(Stream.objects.exclude(district="").values_list("district", flat=True))
    for plan in plans:
        for district in mobilising.planned_districts(plan.id, streams):
            told = Notice.objects.filter(
                district=district, kind="deployment.publish", subject_id=plan.id
            )
            if not told.exists():
                content = {"deployment_id": str(plan.id)}
                entry = Entry(new_id(), "notice.plan", content, moment, district)
                receipts += submit(CLOCK, [entry], received_at=moment)
    return receipts
