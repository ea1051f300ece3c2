"""Referrals as rows: how they are opened, by whatever record, and how they step on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.areas.tree import places
from lianfang.kernel.batch import Batch, Item, NewDuty
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.rules import DutyAction
from lianfang.watching import kinds, rows, rules
from lianfang.watching.models import Referral, Watch
from lianfang.watching.rules import (
    AWAY,
    LIVE_REFERRALS,
    Origin,
    ReferralAction,
    ReferralState,
    WatchAction,
)

STEP_NOT_NOW = problem(
    "referral.not_now",
    _("This step cannot follow on “{state}”."),
    _("Look at the referral: its next step is shown there."),
    status=409,
)


@dataclass(frozen=True, slots=True)
class Opening:
    """A referral that a record asks for. `own_duty`: the record has opened its duty already."""

    item: Item[Any]
    subject_id: UUID
    area_id: UUID
    origin: Origin
    person_id: UUID | None = None
    household_id: UUID | None = None
    post_id: UUID | None = None
    watch_id: UUID | None = None
    tenths: int | None = None
    symptoms: Sequence[str] = ()
    note: str = ""
    referral_id: UUID | None = None
    own_duty: NewDuty | None = None

    @classmethod
    def of_watch(
        cls,
        item: Item[Any],
        row: Watch,
        origin: Origin,
        tenths: int | None,
        symptoms: Sequence[str],
    ) -> Opening:
        """Return the referral of somebody under watch."""
        assert row.person_id
        return cls(
            item,
            row.person_id,
            row.area_id,
            origin,
            row.person_id,
            row.household_id,
            row.post_id,
            row.id,
            tenths,
            symptoms,
        )


def open_all(batch: Batch[Any], openings: Iterable[Opening]) -> None:
    """Open the referrals, one for each person; somebody who is referred already is not twice."""
    wanted = list(openings)
    if not wanted:
        return
    subjects = {one.subject_id for one in wanted}
    live = Referral.objects.filter(
        district=batch.district, subject_id__in=subjects, ended_at=None
    ).values_list("subject_id", "id")
    open_now: dict[UUID, UUID] = dict(live)
    of_watch = {
        row.person_id: row.id
        for row in Watch.objects.filter(
            district=batch.district,
            person_id__in=[one.person_id for one in wanted if one.person_id],
            state__in=sorted(rules.LIVE_WATCHES),
        )
    }
    where = places({one.area_id for one in wanted}, batch)
    chosen = rows.choice(batch)
    for one in wanted:
        if known := open_now.get(one.subject_id):
            one.item.result["referral_id"] = str(known)
            continue
        place = where[one.area_id]
        row = Referral(
            district=batch.district,
            id=one.referral_id or one.item.derive("referral", one.subject_id),
            person_id=one.person_id,
            subject_id=one.subject_id,
            household_id=one.household_id,
            post_id=one.post_id,
            watch_id=one.watch_id or of_watch.get(one.person_id),
            area_id=one.area_id,
            origin=one.origin,
            tenths=one.tenths,
            symptoms=list(one.symptoms),
            note=one.note,
            opened_at=batch.received_at,
            steps={str(ReferralState.OPENED): batch.received_at.isoformat()},
        )
        if one.own_duty is not None:
            row.due_at = one.own_duty.due_at
        else:
            minutes = rules.step_minutes(row.state, chosen.step_minutes)
            row.due_at = batch.after(minutes=minutes)
            _duty(batch, one.item, row)
        row.save(force_insert=True)
        open_now[one.subject_id] = row.id
        one.item.result["referral_id"] = str(row.id)
        one.item.count("referrals", rows.today(one.item.at).isoformat(), place=place)
        one.item.count("referrals_open", rows.NOW, place=place)


def _duty(batch: Batch[Any], item: Item[Any], row: Referral) -> None:
    place = places({row.area_id}, batch)[row.area_id]
    item.open_duty(
        NewDuty(
            kinds.REFERRAL,
            f"referral-{row.subject_id}-{row.state}",
            place,
            due_at=row.due_at,
            path=rows.duty_path(place, row.household_id),
            subject_kind="person",
            subject_id=row.subject_id,
            context_id=row.household_id,
            priority=9,
            claim_minutes=30,
            details={"referral_id": str(row.id), "step": str(row.state)},
        )
    )


def step(batch: Batch[Any], item: Item[Any], row: Referral, action: ReferralAction) -> None:
    """Take a step, in memory: the clock of the next one runs, the duty of the last is done.

    Refuses what the table does not allow.
    """
    state = rules.next_referral_state(row.state, action)
    if state is None:
        raise Refuse(STEP_NOT_NOW, "referral_id", state=row.state)
    was = row.state
    row.state = state
    row.steps = {**row.steps, str(state): batch.received_at.isoformat()}
    cancelled = state == ReferralState.CANCELLED
    item.settle(
        kinds.REFERRAL,
        row.subject_id,
        None,
        DutyAction.CANCEL if cancelled else DutyAction.DONE,
        f"referral.{action}",
    )
    if state in LIVE_REFERRALS:
        chosen = rows.choice(batch)
        row.due_at = batch.after(minutes=rules.step_minutes(state, chosen.step_minutes))
        _duty(batch, item, row)
    else:
        finish(batch, item, row)
    if (was in AWAY) != (state in AWAY):
        _away(batch, item, row, away=state in AWAY)


def finish(batch: Batch[Any], item: Item[Any], row: Referral) -> None:
    """Close a referral: no clock runs any more, and the purge has its day. In memory."""
    days = rows.choice(batch).purge_days
    row.due_at, row.ended_at = None, batch.received_at
    row.purge_at = batch.received_at + timedelta(days=days)
    place = places({row.area_id}, batch)[row.area_id]
    item.count("referrals_open", rows.NOW, -1, place=place)


def _away(batch: Batch[Any], item: Item[Any], row: Referral, *, away: bool) -> None:
    """Stop the checks of somebody who is on the way to the clinic; go on after the result."""
    watch = watch_of(batch, row)
    if watch is None:
        return
    watch.away = away
    if away:
        rows.owe(watch, None)
    else:
        rows.resume(watch, item.at)
    watch.save()


def watch_of(batch: Batch[Any], row: Referral) -> Watch | None:
    """Return the live watch to which a referral belongs."""
    if row.watch_id is None:
        return None
    return Watch.objects.filter(
        district=batch.district, id=row.watch_id, state__in=sorted(rules.LIVE_WATCHES)
    ).first()


def admit(batch: Batch[Any], item: Item[Any], row: Referral) -> None:
    """End the watch of somebody whom the clinic keeps."""
    watch = watch_of(batch, row)
    if watch is not None:
        place = places({watch.area_id}, batch)[watch.area_id]
        rows.end(batch, item, watch, WatchAction.ADMIT, place)
        watch.save()
