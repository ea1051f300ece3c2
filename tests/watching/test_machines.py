"""State machines: whatever happens, in any order, nobody under watch is forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.town import Town, entry
from tests.watching.helpers import begin, build, clock, terms

from lianfang.kernel import clock as ticking
from lianfang.kernel import times
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty, Tally
from lianfang.kernel.submit import submit
from lianfang.watching import rules, slots
from lianfang.watching.models import Check, Referral, Watch
from lianfang.watching.rows import today, zone
from lianfang.watching.rules import (
    LIVE_REFERRALS,
    LIVE_WATCHES,
    ReferralAction,
    ReferralState,
    WatchAction,
    WatchState,
)

ACTS = [
    "check", "fever", "absent", "found", "extend", "release", "start", "self", "site",
    "transport", "accept", "depart", "arrive", "negative", "positive", "retest", "cancel",
    "transfer", "withdraw", "duty",
]  # fmt: skip
Steps = st.lists(
    st.tuples(st.sampled_from(ACTS), st.sampled_from([0, 1, 5, 9, 16, 40, 120])), max_size=25
)


def perform(town: Town, watch: Watch, act: str) -> None:
    """Send one act about the first person, whatever it leads to."""
    lead = town.actor("lead")
    row = Referral.objects.filter(ended_at=None).first()
    live = Watch.objects.filter(person_id=watch.person_id, state__in=LIVE_WATCHES).first() or watch
    on, ref = {"watch_id": str(live.id)}, {"referral_id": str(row.id if row else new_id())}
    until = (live.until_day + timedelta(days=2)).isoformat()
    sent: dict[str, tuple[str, dict[str, Any]]] = {
        "check": ("watch.check", {**on, "temperature": "36.6"}),
        "fever": ("watch.check", {**on, "temperature": "38.6"}),
        "absent": ("watch.check", {**on, "absent": True}),
        "found": ("watch.found", on),
        "extend": ("watch.extend", {**on, "until_day": until, "why": "x"}),
        "release": ("watch.release", {**on, "why": "x"}),
        "start": ("watch.start", {"person_id": str(watch.person_id), **terms(town, days=3)}),
        "self": ("watch.start", {"person_id": str(watch.person_id), **terms(town, checks_a_day=3)}),
        "site": (
            "watch.move",
            {**on, "area_id": str(town.grid(2).id), "place": "site", "post_id": str(new_id())},
        ),
        "transport": ("referral.transport", ref),
        "accept": ("referral.accept", {**ref, "clinic": "门诊"}),
        "depart": ("referral.depart", ref),
        "arrive": ("referral.arrive", ref),
        "negative": ("referral.result", {**ref, "result": "negative"}),
        "positive": ("referral.result", {**ref, "result": "positive"}),
        "retest": ("referral.result", {**ref, "result": "retest"}),
        "cancel": ("referral.cancel", {**ref, "note": "x"}),
        "transfer": ("watch.transfer", {**on, "to_area_id": town_b(town), "why": "x"}),
        "withdraw": ("watch.withdraw", on),
    }
    if act == "duty":
        duty = Duty.objects.filter(state="open").order_by("id").first()
        if duty:
            submit(lead, [entry("duty.claim", {"duty_id": str(duty.id)})])
            submit(lead, [entry("duty.done", {"duty_id": str(duty.id)})])
        return
    name, payload = sent[act]
    receipt = submit(lead, [entry(name, payload)])[0]
    assert receipt.refusal is None or receipt.refusal.code != "kernel.unexpected", (act, receipt)


def town_b(town: Town) -> str:
    return str(town.areas["440605012901"].id)


def holds(now: datetime) -> None:
    """What must be true of every watch and referral at any time."""
    for row in Watch.objects.all():
        if row.state in LIVE_WATCHES:
            referred = Referral.objects.filter(watch_id=row.id, ended_at=None).exists()
            asked = Duty.objects.filter(kind="watch_release", subject_id=row.id).exists()
            # Somebody owes a check, or the clinic an answer, or somebody is asked to release.
            assert row.opens_at or (row.away and referred) or asked or row.until_day > today(now), (
                row
            )
            assert row.away is bool(
                Referral.objects.filter(watch_id=row.id, state__in=rules.AWAY).exists()
            )
            missed = Check.objects.filter(watch_id=row.id, state="missed").count()
            assert row.missed == missed
        else:
            assert row.ended_at
            assert row.opens_at is None
            assert not Duty.objects.filter(
                subject_id=row.id, state__in=["open", "claimed", "started"]
            ).exists()
    live = Watch.objects.filter(state__in=LIVE_WATCHES)
    assert live.values("person_id").distinct().count() == live.count()
    gauge = Tally.objects.filter(metric="watched", period="now", level=3).first()
    assert (gauge.value if gauge else 0) == live.count()
    for one in Referral.objects.all():
        clocks = Duty.objects.filter(
            kind="referral", subject_id=one.subject_id, state__in=["open", "claimed", "started"]
        )
        live_now = one.state in LIVE_REFERRALS
        assert (one.due_at is not None) is live_now
        if live_now:
            assert clocks.count() == 1, one.state
            assert clocks.get().due_at == one.due_at


@pytest.mark.django_db
@given(steps=Steps)
@settings(max_examples=12, suppress_health_check=list(HealthCheck), deadline=None)
def test_whatever_happens_nobody_is_forgotten(steps: list[tuple[str, int]]) -> None:
    from django.db import transaction

    class Undone(Exception):
        pass

    try:
        with transaction.atomic():
            moment = clock(8)
            with times.at(moment):
                town = build()
                watch = begin(town, days=4)
            for act, hours in steps:
                moment += timedelta(hours=hours)
                with times.at(moment):
                    ticking.run()
                    perform(town, watch, act)
                    holds(moment)
            raise Undone
    except Undone:
        from lianfang.areas import tree

        tree.clear()


@given(
    st.lists(st.sampled_from(list(ReferralAction)), max_size=12),
)
def test_the_referral_table_leads_from_each_live_state_to_an_end(
    actions: list[ReferralAction],
) -> None:
    state = ReferralState.OPENED
    for action in actions:
        state = rules.next_referral_state(state, action) or state
        ends = (ReferralAction.CANCEL, ReferralAction.RESULT, ReferralAction.DEPART)
        more = (*ends, ReferralAction.TRANSPORT, ReferralAction.ACCEPT, ReferralAction.ARRIVE)
        if state in LIVE_REFERRALS:
            assert any(rules.next_referral_state(state, a) for a in more)
        else:
            assert not any(rules.next_referral_state(state, a) for a in ReferralAction)


def test_every_watch_ends_in_release_transfer_or_referral() -> None:
    ends = {s for s in WatchState if s not in LIVE_WATCHES}
    assert ends == {WatchState.RELEASED, WatchState.TRANSFERRED, WatchState.REFERRED}
    for end in ends:
        assert not any(rules.next_watch_state(end, action) for action in WatchAction)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 3, 1)),
    st.integers(1, 4),
    st.integers(1, 20),
)
def test_slots_leave_no_gap(start: datetime, a_day: int, days: int) -> None:
    moment = start.replace(tzinfo=zone())
    now = slots.slot_at(moment, a_day, zone())
    assert now.opens <= moment < now.closes
    assert now.opens < now.due < now.closes
    assert slots.following(now, a_day, zone()).opens == now.closes
    until = moment.date() + timedelta(days=days)
    first = slots.first(moment, moment.date(), until, a_day, zone())
    if first is not None:
        assert first.due > moment
        end = slots.slot(until, 1, a_day, zone())
        owed = list(slots.between(first, end, until, a_day, zone()))
        assert len(owed) == a_day * days - (first.day - moment.date()).days * a_day - (
            first.number - 1
        )
