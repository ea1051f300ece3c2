"""Calls: opened, signed up for, never overbooked, checked in and out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianfang.areas.locate import at_area, by_row
from lianfang.kernel import bulk, crypto, problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.models import SubjectKey
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import command, follow
from lianfang.kernel.verbs import Verb
from lianfang.mobilising import attendance
from lianfang.mobilising import call_payloads as payloads
from lianfang.mobilising.models import Call, CallCount, CallGroup, SignUp
from lianfang.mobilising.rules import (
    HOLDING,
    CallState,
    Room,
    SignUpAction,
    SignUpState,
    Span,
    choose_group,
    clash,
    next_sign_up,
    share_out,
)

CALL_CLOSED = problem(
    "call.closed",
    _("The call “{name}” takes no more sign-ups."),
    _("Thank you all the same; look for another call."),
    status=409,
)
ALREADY_SIGNED = problem(
    "call.already_signed",
    _("This telephone number is signed up already ({group})."),
    _("Open the link that you got then to see or change it."),
    status=409,
)
WHO = problem(
    "call.who",
    _("A name and a telephone number are needed."),
    _("The organiser calls you when something changes."),
)
NO_GROUP = problem(
    "call.no_group",
    _("No group of this call fits your skills."),
    _("Ask the organiser."),
    status=409,
)
TOO_LITTLE_REST = problem(
    "call.too_little_rest",
    _("You signed up for another shift, and {minutes} minutes of rest must lie between."),
    _("Choose another group, or give the other shift up first."),
    status=409,
)
NOT_NOW = problem(
    "call.not_now",
    _("The sign-up stands otherwise by now, so this can't be done."),
    _("Look at the list; somebody has changed it meanwhile."),
    status=409,
)
FULL = problem(
    "call.full",
    _("The group “{group}” is full."),
    _("Somebody from the wait list has the place; choose another group."),
    status=409,
)
NO_COUNT = problem(
    "call.no_count",
    _("A count says how many pieces were made, and no group can have made less than none."),
    _("Correct the number."),
)


@command(
    "call.open",
    payloads.OpenCall,
    verb=Verb.CALL_UP,
    locate=at_area(subject="call_id"),
    title=_("Call for helpers"),
)
def open_call(batch: Batch[payloads.OpenCall], item: Item[payloads.OpenCall]) -> None:
    """Make a call with its groups; its link and QR work at once."""
    payload, district = item.payload, batch.district
    assert item.place
    if Call.objects.filter(district=district, id=payload.call_id).exists():
        raise Refuse(problems.OTHER_CONTENT, "call_id")
    bulk.insert(
        [
            Call(
                district=district,
                id=payload.call_id,
                area_id=item.place.id,
                path=f"{item.place.path}{payload.call_id.hex}/",
                name=payload.name,
                purpose=payload.purpose,
                place=payload.place,
                rest_minutes=payload.rest_minutes,
                opened_at=batch.received_at,
                opened_by=batch.actor.ref,
            )
        ]
    )
    bulk.insert(
        [
            CallGroup(
                district=district,
                id=item.derive("group", number),
                call_id=payload.call_id,
                number=number,
                name=group.name,
                starts_at=group.starts_at,
                ends_at=group.ends_at,
                capacity=group.capacity,
                skills=list(group.skills),
                target=group.target,
            )
            for number, group in enumerate(payload.groups, 1)
        ]
    )
    item.result = {"call_id": str(payload.call_id)}


@command(
    "call.close",
    payloads.OfCall,
    verb=Verb.CALL_UP,
    locate=by_row(Call, "call_id"),
    title=_("Close a call"),
)
def close(batch: Batch[payloads.OfCall], item: Item[payloads.OfCall]) -> None:
    """Take no more sign-ups; who is signed up stays."""
    Call.objects.filter(
        district=batch.district, id=item.payload.call_id, state=CallState.OPEN
    ).update(state=CallState.CLOSED, closed_at=batch.received_at)


@command(
    "call.sign_up",
    payloads.SignUpFor,
    verb=Verb.WORK,
    locate=by_row(Call, "call_id"),
    title=_("Sign up for a call"),
)
def sign_up(batch: Batch[payloads.SignUpFor], item: Item[payloads.SignUpFor]) -> None:
    """Take a place, or one on the wait list when the group is full."""
    payload, district = item.payload, batch.district
    call = Call.objects.get(district=district, id=payload.call_id)
    if call.state != CallState.OPEN:
        raise Refuse(CALL_CLOSED, None, name=call.name)
    if not batch.replaying and not (payload.name and payload.phone):
        raise Refuse(WHO, "phone" if payload.name else "name")
    index = crypto.blind_index(payload.phone) if payload.phone else ""
    _only_once(district, call, index)
    group = _group(batch, payload)
    _rested(batch, call, group, index)
    placed = _take(district, group)
    row = SignUp(
        district=district,
        id=item.derive("sign_up"),
        call_id=call.id,
        group_id=group.id,
        person_id=payload.person_id,
        name=payload.name,
        phone=payload.phone,
        phone_index=index,
        skills=list(payload.skills),
        anywhere=payload.group_id is None,
        state=SignUpState.SIGNED if placed else SignUpState.WAITING,
        signed_at=batch.received_at,
    )
    bulk.insert([row])
    item.result = {
        "sign_up_id": str(row.id),
        "state": str(row.state),
        "group_id": str(group.id),
        "ahead": 0 if placed else _waiting(district, group.id).count() - 1,
    }


def _only_once(district: str, call: Call, index: str) -> None:
    if not index:
        return
    same = SignUp.objects.filter(district=district, call_id=call.id, phone_index=index)
    known = same.exclude(state=SignUpState.DROPPED).first()
    if known is not None:
        group = CallGroup.objects.get(district=district, id=known.group_id)
        raise Refuse(ALREADY_SIGNED, "phone", group=group.name)


def _group(batch: Batch[Any], payload: payloads.SignUpFor) -> CallGroup:
    groups = {
        str(g.id): g
        for g in CallGroup.objects.filter(district=batch.district, call_id=payload.call_id)
    }
    if payload.group_id is not None:
        chosen = groups.get(str(payload.group_id))
        if chosen is None:
            raise Refuse(problems.NOT_FOUND, "group_id")
        return chosen
    rooms = [
        Room(f"{g.number:04}{key}", g.capacity, g.taken, frozenset(g.skills))
        for key, g in groups.items()
    ]
    found = choose_group(rooms, payload.skills)
    if found is None:
        raise Refuse(NO_GROUP, "skills")
    return groups[found.key[4:]]


def _rested(batch: Batch[Any], call: Call, group: CallGroup, index: str) -> None:
    """Refuse a shift too near to another one of the same helper, in any call of the district."""
    if not index or batch.replaying:
        return
    mine = SignUp.objects.filter(district=batch.district, phone_index=index, state__in=HOLDING)
    groups = CallGroup.objects.filter(
        district=batch.district, id__in=mine.values("group_id"), ends_at__gt=batch.received_at
    )
    spans = [Span(g.starts_at, g.ends_at) for g in groups]
    rest = timedelta(minutes=call.rest_minutes)
    if clash(spans, Span(group.starts_at, group.ends_at), rest):
        raise Refuse(TOO_LITTLE_REST, "group_id", minutes=call.rest_minutes)


def _take(district: str, group: CallGroup) -> bool:
    """Take one place if there is one; the condition is the database's own."""
    taken = CallGroup.objects.filter(
        district=district, id=group.id, taken__lt=F("capacity")
    ).update(taken=F("taken") + 1)
    return bool(taken)


def _waiting(district: str, group_id: UUID) -> Any:
    return SignUp.objects.filter(
        district=district, group_id=group_id, state=SignUpState.WAITING
    ).order_by("signed_at", "id")


def _next_one(district: str, group_id: UUID) -> SignUp | None:
    """Return who moves up into a group: the first of all who wait for it or for any like it."""
    group = CallGroup.objects.get(district=district, id=group_id)
    alike = CallGroup.objects.filter(
        district=district,
        call_id=group.call_id,
        starts_at=group.starts_at,
        ends_at=group.ends_at,
    )
    waiting = SignUp.objects.filter(
        Q(group_id=group_id) | Q(group_id__in=alike.values("id"), anywhere=True),
        district=district,
        call_id=group.call_id,
        state=SignUpState.WAITING,
    )
    wanted = set(group.skills)
    for row in waiting.order_by("signed_at", "id"):
        if row.group_id == group_id or wanted <= set(row.skills):
            return row
    return None


def _give_back(batch: Batch[Any], item: Item[Any], group_id: UUID) -> None:
    """Give one place back; the first of the wait list moves up at once.

    Who chose no group moves up into any group of the same time that asks for no skill too many.
    """
    following = _next_one(batch.district, group_id)
    if following is None:
        CallGroup.objects.filter(district=batch.district, id=group_id).update(taken=F("taken") - 1)
        return
    following.state, following.moved_up_at = SignUpState.SIGNED, batch.received_at
    following.group_id = group_id
    following.save(update_fields=["state", "moved_up_at", "group_id"])
    item.result["moved_up"] = str(following.id)


def _load(batch: Batch[Any], item: Item[payloads.OnSignUp], action: SignUpAction) -> SignUp:
    """Return the sign-up with its next state; refuses what the table does not allow."""
    row = SignUp.objects.filter(
        district=batch.district, id=item.payload.sign_up_id, call_id=item.payload.call_id
    ).first()
    if row is None:
        raise Refuse(problems.NOT_FOUND, "sign_up_id")
    state = next_sign_up(row.state, action)
    if state is None:
        raise Refuse(NOT_NOW, "sign_up_id")
    item.result = {"sign_up_id": str(row.id), "state": str(state)}
    return row


@command(
    "call.drop",
    payloads.OnSignUp,
    verb=Verb.WORK,
    locate=by_row(Call, "call_id"),
    title=_("Give up a place"),
)
def drop(batch: Batch[payloads.OnSignUp], item: Item[payloads.OnSignUp]) -> None:
    """Give up a place; the wait list moves up by itself."""
    row = _load(batch, item, SignUpAction.DROP)
    held = row.state in HOLDING
    row.state, row.why = SignUpState.DROPPED, item.payload.why
    row.save(update_fields=["state", "why"])
    if held:
        _give_back(batch, item, row.group_id)


@command(
    "call.no_show",
    payloads.OnSignUp,
    verb=Verb.WORK,
    locate=by_row(Call, "call_id"),
    title=_("Did not come"),
)
def no_show(batch: Batch[payloads.OnSignUp], item: Item[payloads.OnSignUp]) -> None:
    """Note that somebody did not come; the place goes to the wait list."""
    row = _load(batch, item, SignUpAction.MISS)
    row.state, row.why = SignUpState.NO_SHOW, item.payload.why
    row.save(update_fields=["state", "why"])
    _give_back(batch, item, row.group_id)


@command(
    "call.check_in",
    payloads.OnSignUp,
    verb=Verb.WORK,
    locate=by_row(Call, "call_id"),
    title=_("Check in"),
)
def check_in(batch: Batch[payloads.OnSignUp], item: Item[payloads.OnSignUp]) -> None:
    """Begin the helper's duty; who comes late after all needs a free place."""
    row = _load(batch, item, SignUpAction.CHECK_IN)
    group = CallGroup.objects.get(district=batch.district, id=row.group_id)
    if row.state == SignUpState.NO_SHOW and not _take(batch.district, group):
        raise Refuse(FULL, None, group=group.name)
    call = Call.objects.get(district=batch.district, id=row.call_id)
    attendance.begin(
        batch,
        item,
        row.person_id,
        place=call.place or call.name,
        context="call",
        context_id=call.id,
        why=item.payload.why,
    )
    row.state, row.checked_in_at = SignUpState.PRESENT, item.at
    row.save(update_fields=["state", "checked_in_at"])


@command(
    "call.check_out",
    payloads.OnSignUp,
    verb=Verb.WORK,
    locate=by_row(Call, "call_id"),
    title=_("Check out"),
)
def check_out(batch: Batch[payloads.OnSignUp], item: Item[payloads.OnSignUp]) -> None:
    """End the helper's duty; the minutes count for the proof."""
    row = _load(batch, item, SignUpAction.CHECK_OUT)
    stretch = attendance.finish(batch, item, row.person_id)
    row.state, row.checked_out_at = SignUpState.SERVED, stretch.ended_at
    row.minutes = stretch.minutes
    row.save(update_fields=["state", "checked_out_at", "minutes"])


@command(
    "call.share_out",
    payloads.ShareOut,
    verb=Verb.CALL_UP,
    locate=by_row(Call, "call_id"),
    title=_("Share places among helpers"),
)
def share(batch: Batch[payloads.ShareOut], item: Item[payloads.ShareOut]) -> None:
    """Share buildings among those who hold a place, so that the households are spread evenly."""
    payload = item.payload
    rows = list(
        SignUp.objects.filter(
            district=batch.district, call_id=payload.call_id, state__in=HOLDING
        ).order_by("signed_at", "id")
    )
    shares = share_out(payload.places, len(rows))
    for row, labels in zip(rows, shares, strict=True):
        row.share = labels
    bulk.upsert(rows, ("district", "id"), ("share",))
    Call.objects.filter(district=batch.district, id=payload.call_id).update(shares=payload.places)
    loads = [sum(payload.places[name] for name in labels) for labels in shares]
    item.result = {"helpers": len(rows), "most": max(loads, default=0)}


@command(
    "call.output",
    payloads.CountOutput,
    verb=Verb.WORK,
    locate=by_row(Call, "call_id"),
    title=_("Count a group's output"),
)
def output(batch: Batch[payloads.CountOutput], item: Item[payloads.CountOutput]) -> None:
    """Keep a count; what a group has put out is the sum of its counts. Less corrects one."""
    payload, district = item.payload, batch.district
    group = CallGroup.objects.filter(
        district=district, id=payload.group_id, call_id=payload.call_id
    ).first()
    if group is None:
        raise Refuse(problems.NOT_FOUND, "group_id")
    if payload.made is None and payload.output is None:
        raise Refuse(NO_COUNT, "made")
    made = payload.made if payload.made is not None else (payload.output or 0) - group.output
    if group.output + made < 0:
        raise Refuse(NO_COUNT, "made")
    bulk.insert(
        [
            CallCount(
                district=district,
                id=item.derive("count"),
                call_id=payload.call_id,
                group_id=group.id,
                made=made,
                at=item.at,
                by=batch.actor.ref,
            )
        ]
    )
    CallGroup.objects.filter(district=district, id=group.id).update(output=F("output") + made)
    item.result = {"made": made, "output": group.output + made, "target": group.target}


@command(
    "call.forget",
    payloads.OnSignUp,
    verb=Verb.PURGE,
    locate=by_row(Call, "call_id"),
    title=_("Forget a helper's name and number"),
)
def forget(batch: Batch[payloads.OnSignUp], item: Item[payloads.OnSignUp]) -> None:
    """Destroy the key of somebody who was on no list but this one; hours and counts stay."""
    row = SignUp.objects.filter(
        district=batch.district, id=item.payload.sign_up_id, call_id=item.payload.call_id
    ).first()
    if row is None:
        raise Refuse(problems.NOT_FOUND, "sign_up_id")
    _blank(batch.district, row.person_id)
    SubjectKey.objects.filter(district=batch.district, subject_id=row.person_id).delete()


@follow("person.purge")
def purged(batch: Batch[Any]) -> None:
    """Take the name and number of a purged person out of the lists of helpers."""
    for item in batch:
        _blank(batch.district, item.payload.person_id)


def _blank(district: str, person_id: UUID) -> None:
    SignUp.objects.filter(district=district, person_id=person_id).update(
        name="", phone="", phone_index=""
    )
