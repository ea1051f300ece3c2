"""What other rooms' records mean for watches and referrals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from lianfang.areas.tree import places
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.models import Duty
from lianfang.kernel.registry import follow
from lianfang.kernel.rules import DutyAction
from lianfang.people.models import Household, Person
from lianfang.people.rules import PersonState
from lianfang.screening.rules import Outcome, tenths
from lianfang.watching import check_commands, kinds, payloads, referral_rows, rows, watch_commands
from lianfang.watching.check_commands import Content
from lianfang.watching.models import Referral, Watch
from lianfang.watching.referral_rows import Opening
from lianfang.watching.rules import LIVE_WATCHES, Origin, ReferralAction, ReferralState
from lianfang.watching.slots import MOST_A_DAY

_LIVE = sorted(LIVE_WATCHES)
_HEARD = frozenset({Outcome.MET, Outcome.BY_PHONE, Outcome.SELF_REPORTED})
# What a duty that is simply ticked off says of the referral that it belongs to.
_NEXT = {
    ReferralState.OPENED: ReferralAction.TRANSPORT,
    ReferralState.TRANSPORT: ReferralAction.ACCEPT,
    ReferralState.ACCEPTED: ReferralAction.DEPART,
    ReferralState.ON_THE_WAY: ReferralAction.ARRIVE,
    # The clock of the result starts anew: the referral ends with a result only.
    ReferralState.ARRIVED: ReferralAction.RETEST,
}


@follow("arrival.place", "contact.verify")
def asked_for(batch: Batch[Any]) -> None:
    """Put under watch whom a placement or a verified contact names, in the same transaction.

    The record says nothing more than the terms: no watch knows whose contact somebody is.
    """
    wanted = {item.id: _terms(item.payload) for item in batch}
    people = {item.payload.person_id for item in batch if wanted[item.id] is not None}
    alive = set(
        Person.objects.filter(
            district=batch.district, id__in=people - {None}, state=PersonState.LIVE
        ).values_list("id", flat=True)
    )
    existing = _live_of(batch.district, alive)
    doors = {
        row.id: row.area_id
        for row in Household.objects.filter(
            district=batch.district,
            id__in=[terms.household_id for terms in wanted.values() if terms],
        )
    }
    for item in batch:
        terms, person_id = wanted[item.id], item.payload.person_id
        if terms is None or person_id not in alive:
            continue
        home = terms.household_id if terms.household_id in doors else None
        area_id = doors[home] if home else terms.area_id
        place = places({area_id}, batch).get(area_id)
        if place is None or place.district != batch.district:
            continue
        row, merged = rows.begin(
            batch,
            item,
            terms,
            person_id,
            place,
            household_id=home,
            existing=existing.get(person_id),
        )
        existing[person_id] = row
        item.result |= {"watch_id": str(row.id), "merged": merged}


def _terms(payload: Any) -> payloads.Terms | None:
    found = getattr(payload, "watch", None)
    if found is None:
        return None
    data = found if isinstance(found, dict) else found.model_dump(mode="json")
    known = {k: v for k, v in data.items() if k in payloads.Terms.model_fields}
    known["checks_a_day"] = min(int(known.get("checks_a_day", 2)), MOST_A_DAY)
    return payloads.Terms.model_validate(known)


def _live_of(district: str, people: Iterable[UUID]) -> dict[UUID, Watch]:
    found = Watch.objects.filter(district=district, person_id__in=list(people), state__in=_LIVE)
    return {row.person_id: row for row in found if row.person_id}


@follow("passage.record")
def passed(batch: Batch[Any]) -> None:
    """Send travellers with a fever to the clinic; ask who looks for those under watch."""
    lines = [
        (item, line, told)
        for item in batch
        for line, told in zip(
            item.payload.travellers, item.result.get("travellers", ()), strict=False
        )
    ]
    watches = _live_of(batch.district, [line.person_id for _, line, _ in lines if line.person_id])
    openings = []
    for item, line, told in lines:
        watch = watches.get(line.person_id)
        if watch is not None and not watch.away:
            watch_commands.gone(batch, item, watch, by="passage")
            watch.save()
        subject = line.person_id or line.traveller_id
        if told.get("fever") and subject and item.place:
            openings.append(
                Opening(
                    item,
                    subject,
                    item.place.id,
                    Origin.PASSAGE,
                    line.person_id,
                    None,
                    item.payload.post_id,
                    None,
                    tenths(line.temperature),
                )
            )
    kept = {item.id: dict(item.result) for item, _, _ in lines}
    referral_rows.open_all(batch, openings)
    for item, _, _ in lines:
        item.result = kept[item.id]


@follow("household.visit", "household.self_report")
def visited(batch: Batch[Any]) -> None:
    """Let a visit answer the checks of those under watch, and its fevers become referrals.

    The duty that the visit opened for a fever is the referral's first clock; there is no second.
    """
    openings = []
    for item in batch:
        for duty in item.duties:
            if duty.kind == kinds.REFERRAL and duty.subject_id:
                openings.append(
                    Opening(
                        item,
                        duty.subject_id,
                        duty.place.id,
                        Origin.VISIT,
                        duty.subject_id,
                        duty.context_id,
                        tenths=duty.details.get("tenths"),
                        own_duty=duty,
                    )
                )
    _readings(batch)
    results = {item.id: dict(item.result) for item in batch}
    referral_rows.open_all(batch, openings)
    for item in batch:
        item.result = results[item.id]
        off = [
            s.subject_id
            for s in item.settlings
            if s.kind == kinds.REFERRAL and s.action is DutyAction.CANCEL
        ]
        if off:
            live = Referral.objects.filter(
                district=batch.district, subject_id__in=off, ended_at=None, origin=Origin.VISIT
            )
            for row in live.order_by("id"):
                referral_rows.step(batch, item, row, ReferralAction.CANCEL)
                row.save()


def _readings(batch: Batch[Any]) -> None:
    """Nothing is typed twice: a temperature taken at a visit is the check that was owed."""
    heard = [i for i in batch if i.payload.outcome in _HEARD]
    heard = [i for i in heard if i.payload.all_normal or i.payload.readings]
    if not heard:
        return
    own = batch.command.name == "household.self_report"
    doors = {item.subject_id for item in heard}
    found = [
        row
        for row in Watch.objects.filter(
            district=batch.district, household_id__in=doors, state__in=_LIVE
        ).order_by("id")
        if row.self_check or not own
    ]
    if not found:
        return
    ledger = check_commands.read(batch.district, found)
    for item in heard:
        read = {r.person_id: r for r in item.payload.readings}
        kept = dict(item.result)
        for row in found:
            reading = read.get(row.person_id) if row.person_id else None
            if row.household_id != item.subject_id or (reading is None and not _all_well(item)):
                continue
            content = Content(own=own)
            if reading is not None:
                if reading.absent or (reading.temperature is None and not reading.symptoms):
                    continue
                symptoms = tuple(map(str, reading.symptoms))
                value = tenths(reading.temperature)
                fever = any(
                    d.kind == kinds.REFERRAL and d.subject_id == row.person_id for d in item.duties
                )
                content = Content(value, symptoms, fever or bool(symptoms), own)
            assert item.place
            check_commands.answer(batch, item, row, ledger, item.place, content)
        item.result = kept
    ledger.write()


def _all_well(item: Item[Any]) -> bool:
    return bool(item.payload.all_normal)


@follow("duty.done", "duty.cancel")
def duty_ended(batch: Batch[Any]) -> None:
    """Let a referral go on when its duty was ticked off: no step leaves it without a clock."""
    duties = {
        duty.id: duty
        for duty in Duty.objects.filter(
            district=batch.district,
            id__in=[item.payload.duty_id for item in batch],
            kind=kinds.REFERRAL,
        )
    }
    if not duties:
        return
    subjects = [duty.subject_id for duty in duties.values() if duty.subject_id]
    live = {
        row.subject_id: row
        for row in Referral.objects.filter(
            district=batch.district, subject_id__in=subjects, ended_at=None
        )
    }
    for item in batch:
        found = duties.get(item.payload.duty_id)
        row = live.get(found.subject_id) if found and found.subject_id else None
        if row is None:
            continue
        state = ReferralState(row.state)
        done = batch.command.name == "duty.done" or state == ReferralState.ARRIVED
        referral_rows.step(batch, item, row, _NEXT[state] if done else ReferralAction.CANCEL)
        row.save()


@follow("household.assign")
def doors_moved(batch: Batch[Any]) -> None:
    """Take watches and referrals along with a door that changes its grid."""
    for item in batch:
        assert item.place
        ids = [UUID(i) for moved in item.result.get("moved", {}).values() for i in moved]
        for row in Watch.objects.filter(
            district=batch.district, household_id__in=ids, state__in=_LIVE
        ).order_by("id"):
            rows.relocate(batch, item, row, item.place, row.place, row.post_id, row.household_id)
            row.save()
        for one in Referral.objects.filter(
            district=batch.district, household_id__in=ids, ended_at=None
        ).order_by("id"):
            old = places({one.area_id}, batch).get(one.area_id)
            if old is not None:
                item.count("referrals_open", rows.NOW, -1, place=old)
            item.count("referrals_open", rows.NOW, place=item.place)
            one.area_id = item.place.id
            one.save()


@follow("person.move")
def moved(batch: Batch[Any]) -> None:
    """Let a watch at home go on behind the person's new door."""
    for item in batch:
        row = _live_of(batch.district, [item.payload.person_id]).get(item.payload.person_id)
        if row is None or row.place != "home":
            continue
        home = Household.objects.get(district=batch.district, id=item.payload.household_id)
        to = places({home.area_id}, batch)[home.area_id]
        rows.relocate(batch, item, row, to, row.place, None, home.id)
        row.save()


@follow("person.leave")
def moved_away(batch: Batch[Any]) -> None:
    """Ask where somebody went who was taken off the list while under watch."""
    for item in batch:
        row = _live_of(batch.district, [item.payload.person_id]).get(item.payload.person_id)
        if row is not None and not row.away:
            watch_commands.gone(batch, item, row, by="moved_away")
            row.save()
