"""Follows what other rooms record, and makes the notices for those whom it concerns."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from lianfang.areas.models import Area
from lianfang.areas.tree import places
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.models import Duty, DutyEvent
from lianfang.kernel.registry import follow
from lianfang.kernel.rules import DutyAction
from lianfang.kernel.verbs import Verb
from lianfang.messaging import telling
from lianfang.messaging.rules import Topic
from lianfang.mobilising import notice_queries as mobilising
from lianfang.mobilising.rules import Urgency

_AT_ONCE = {Urgency.HALF_HOUR, Urgency.TWO_HOURS}


@follow("call.open")
def call_opened(batch: Batch[Any]) -> None:
    """Tell those who work in the area that helpers are wanted, and the groups that follow it."""
    for item in batch:
        assert item.place
        who = telling.below(item.place, Verb.WORK)
        telling.tell(
            batch,
            item,
            Topic.CALLS,
            who,
            groups=True,
            about=item.payload.name,
            subject_id=item.payload.call_id,
        )


@follow("call.drop", "call.no_show")
def moved_up(batch: Batch[Any]) -> None:
    """Tell the first of the wait list that there is a place after all."""
    for item in batch:
        row = item.result.get("moved_up")
        found = mobilising.sign_up_of(batch.district, UUID(row)) if row else None
        if found:
            person_id, group = found
            telling.tell(
                batch,
                item,
                Topic.CALLS,
                telling.of_persons([person_id]),
                kind="call.moved_up",
                about=group,
                subject_id=item.payload.call_id,
            )


@follow("call.close", "call.share_out")
def call_changed(batch: Batch[Any]) -> None:
    """Tell the helpers of a call that it is closed, or who goes where."""
    for item in batch:
        call = mobilising.call_of(batch.district, item.payload.call_id)
        people = mobilising.signed_up(batch.district, item.payload.call_id)
        about = call.name if call else ""
        who = telling.of_persons(people)
        telling.tell(batch, item, Topic.CALLS, who, about=about, subject_id=item.payload.call_id)


@follow("whistle.raise")
def whistle_raised(batch: Batch[Any]) -> None:
    """Tell the departments that are called; a matter of minutes or hours is urgent."""
    for item in batch:
        wanted = item.payload.departments
        telling.tell(
            batch,
            item,
            Topic.WHISTLES,
            telling.of_organisations(wanted),
            organisations=wanted,
            groups=True,
            urgent=item.payload.urgency in _AT_ONCE,
            about=item.payload.kind,
            subject_id=item.payload.whistle_id,
        )


@follow("whistle.report", "whistle.refuse", "whistle.handle")
def whistle_answered(batch: Batch[Any]) -> None:
    """Tell the raiser that a department comes, does not come, or holds the matter solved."""
    for item in batch:
        if one := mobilising.whistle_of(batch.district, item.payload.whistle_id):
            telling.tell(
                batch,
                item,
                Topic.WHISTLES,
                telling.of_ref(one.raised_by),
                about=one.kind,
                subject_id=one.id,
            )


@follow("whistle.reopen", "whistle.close")
def whistle_ended(batch: Batch[Any]) -> None:
    """Tell the departments that a matter is closed, or open again."""
    for item in batch:
        if one := mobilising.whistle_of(batch.district, item.payload.whistle_id):
            called = mobilising.departments_of(batch.district, one.id)
            telling.tell(
                batch,
                item,
                Topic.WHISTLES,
                telling.of_organisations(called),
                about=one.kind,
                subject_id=one.id,
            )


@follow("recall.join", "recall.remind")
def recalled(batch: Batch[Any]) -> None:
    """Tell the members who have not answered that they are called back."""
    for item in batch:
        one = mobilising.recall_of(item.payload.recall_id)
        people = mobilising.recalled(batch.district, item.payload.recall_id)
        telling.tell(
            batch,
            item,
            Topic.RECALLS,
            telling.of_persons(people),
            urgent=True,
            about=one.name if one else "",
            subject_id=item.payload.recall_id,
        )


@follow("shift.drop")
def shift_dropped(batch: Batch[Any]) -> None:
    """Tell those who assign work there that a shift is without anybody."""
    for item in batch:
        if item.place:
            who = telling.with_verb(item.place, Verb.ASSIGN, near=True)
            shift = mobilising.shift_of(batch.district, item.payload.shift_id)
            plan = shift.deployment_id if shift else None
            about = shift.place if shift else ""
            telling.tell(batch, item, Topic.SHIFTS, who, about=about, subject_id=plan)


@follow("shift.substitute")
def substituted(batch: Batch[Any]) -> None:
    """Tell the substitute of the shift."""
    for item in batch:
        shift = mobilising.shift_of(batch.district, item.payload.shift_id)
        who = telling.of_persons([item.payload.person_id])
        about = shift.place if shift else ""
        telling.tell(batch, item, Topic.SHIFTS, who, about=about)


@follow("relief.arrange", "relief.rest")
def relieved(batch: Batch[Any]) -> None:
    """Tell the tired one that he is relieved, and the other that he takes over."""
    for item in batch:
        telling.tell(
            batch, item, Topic.SHIFTS, telling.of_persons([item.payload.person_id]), about=""
        )
        if other := getattr(item.payload, "by_id", None):
            telling.tell(
                batch,
                item,
                Topic.SHIFTS,
                telling.of_persons([other]),
                kind="relief.take_over",
                about=item.payload.place,
                urgent=True,
            )


@follow("duty_time.begin", "duty_time.end", "call.check_in", "call.check_out", "relief.arrange")
def tired(batch: Batch[Any]) -> None:
    """Tell those who assign work that somebody is to be relieved (the duty was just opened)."""
    for item in batch:
        for duty in item.duties:
            if duty.kind == "relief":
                who = telling.with_verb(duty.place, Verb.ASSIGN, near=True)
                telling.tell(
                    batch,
                    item,
                    Topic.SHIFTS,
                    who,
                    kind="relief.due",
                    place=duty.place,
                    subject_id=duty.subject_id,
                )


@follow("duty.assign")
def assigned(batch: Batch[Any]) -> None:
    """Tell somebody of the duty that was given to him."""
    ids = [item.payload.duty_id for item in batch]
    kinds = dict(Duty.objects.filter(district=batch.district, id__in=ids).values_list("id", "kind"))
    for item in batch:
        telling.tell(
            batch,
            item,
            Topic.DUTIES,
            [item.payload.account_id],
            about=kinds.get(item.payload.duty_id, ""),
        )


@follow("clock.tick")
def climbed(batch: Batch[Any]) -> None:
    """Tell those to whom overdue duties have climbed, and their owners: one notice a kind."""
    for item in batch:
        events = DutyEvent.objects.filter(
            district=batch.district, record_id=item.id, action=DutyAction.CLIMB
        )
        ids = list(events.values_list("duty_id", flat=True))
        rows = Duty.objects.filter(district=batch.district, id__in=ids).values_list(
            "kind", "held_path", "owner"
        )
        held: Counter[tuple[str, str]] = Counter()
        owned: Counter[tuple[str, str]] = Counter()
        for kind, path, owner in rows:
            held[(kind, path)] += 1
            if owner:
                owned[(kind, owner)] += 1
        _tell_climbs(batch, item, held, owned)


def _tell_climbs(
    batch: Batch[Any],
    item: Item[Any],
    held: Counter[tuple[str, str]],
    owned: Counter[tuple[str, str]],
) -> None:
    """Make the notices of one tick."""
    wanted = {path for _, path in held if path}
    area_ids = dict(Area.objects.filter(path__in=wanted, valid_to=None).values_list("path", "id"))
    where = places(area_ids.values(), batch)
    for (kind, path), count in sorted(held.items()):
        place = where.get(area_ids[path]) if path in area_ids else None
        if place:
            telling.tell(
                batch,
                item,
                Topic.DUTIES,
                telling.at_path(path, Verb.ASSIGN),
                kind="duty.climbed",
                about=kind,
                count=count,
                place=place,
                subject_id=place.id,
                groups=True,
            )
    for (kind, owner), count in sorted(owned.items()):
        telling.tell(
            batch,
            item,
            Topic.DUTIES,
            telling.of_ref(owner),
            kind="duty.overdue",
            about=kind,
            count=count,
        )


@follow("referral.open")
def referral_opened(batch: Batch[Any]) -> None:
    """Tell those who refer people, near the place, that somebody is to be brought to a clinic."""
    for item in batch:
        if item.place:
            who = telling.with_verb(item.place, Verb.REFER, near=True)
            telling.tell(
                batch,
                item,
                Topic.REFERRALS,
                who,
                urgent=True,
                subject_id=getattr(item.payload, "referral_id", None),
            )


@follow(
    "referral.transport",
    "referral.accept",
    "referral.depart",
    "referral.arrive",
    "referral.result",
    "referral.cancel",
)
def referral_moved(batch: Batch[Any]) -> None:
    """Tell those who look after watched people, near the place, how a referral went on."""
    for item in batch:
        if item.place:
            who = telling.with_verb(item.place, Verb.WATCH, near=True)
            referral = getattr(item.payload, "referral_id", None)
            telling.tell(batch, item, Topic.REFERRALS, who, subject_id=referral)


@follow("watch.start", "watch.extend", "watch.transfer", "watch.release", "watch.found")
def watch_changed(batch: Batch[Any]) -> None:
    """Tell those who check, near the place, that somebody is under watch, or is so no more."""
    for item in batch:
        if item.place:
            who = telling.with_verb(item.place, Verb.WATCH, near=True)
            telling.tell(batch, item, Topic.WATCHES, who, subject_id=item.place.id)


@follow("watch.left")
def watch_left(batch: Batch[Any]) -> None:
    """Tell those who check and those who lead that somebody left the isolation: urgent."""
    for item in batch:
        if item.place:
            who = telling.with_verb(item.place, Verb.WATCH, near=True)
            telling.tell(batch, item, Topic.WATCHES, who, urgent=True, subject_id=item.place.id)
