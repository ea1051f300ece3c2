"""Transfers between districts: whatever is cut off, at each moment somebody has the watch."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.town import DISTRICT, Town, do
from tests.watching.helpers import act, begin, build, clock

from lianfang.areas import tree
from lianfang.areas.models import Area
from lianfang.kernel import clock as ticking
from lianfang.kernel import times
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.kernel.submit import submit
from lianfang.kernel.verification import verify
from lianfang.watching import handover, queries
from lianfang.watching.models import Watch
from lianfang.watching.rules import LIVE_WATCHES

THERE, COMMUNITY_THERE = "440606", "440606001001"


def two_districts() -> Town:
    town = build()
    rows = [{"code": THERE, "name": "顺德区"}, {"code": "440606001", "name": "大良街道"}]
    rows += [{"code": COMMUNITY_THERE, "name": "府又社区"}]
    do(OPERATOR, "area.import", {"rows": rows}, "")
    town.areas = {a.code: a for a in Area.objects.all()}
    town.hire("there", "community_lead", COMMUNITY_THERE)
    return town


def offer(town: Town, watch: Watch) -> bool:
    to = str(town.areas[COMMUNITY_THERE].id)
    return act(town.actor("grid1"), "watch.transfer", watch, to_area_id=to, why="回家").stands


@pytest.mark.django_db(transaction=True)
def test_both_sides_have_it_until_it_is_taken_over() -> None:
    with times.at(clock(8)):
        town = two_districts()
        watch = begin(town)
        assert offer(town, watch)
        assert not offer(town, watch)
        release = act(town.actor("lead"), "watch.release", watch, why="x")
        assert release.refusal
        there = town.actor("there")
        row = queries.offered(there, [THERE], watch.id)
        assert row
        assert queries.offered(town.actor("lead"), [DISTRICT], watch.id) is None
        assert Duty.objects.get(kind="watch_handover").due_at == clock(20)
        act(town.actor("grid1"), "watch.check", watch, normal=True)
        area = town.areas[COMMUNITY_THERE].id
        key = new_id()
        receipts = handover.take_over(there, key, row, area)
        assert all(r.stands for r in receipts)
        again = handover.take_over(there, key, row, area)
        assert all(r.stands for r in again)
        twice = handover.take_over(there, new_id(), row, area)
        assert twice[-1].refusal
        assert twice[-1].refusal.code == "watch.taken_already"
    watch.refresh_from_db()
    assert watch.state == "transferred"
    assert Duty.objects.get(kind="watch_handover").state == "cancelled"
    assert Watch.objects.filter(state__in=LIVE_WATCHES).count() == 1
    assert verify().differences == []


@pytest.mark.django_db(transaction=True)
def test_the_clock_ends_what_a_cut_left_open(monkeypatch: pytest.MonkeyPatch) -> None:
    with times.at(clock(8)):
        town = two_districts()
        watch = begin(town)
        offer(town, watch)
        row = queries.offered(town.actor("there"), [THERE], watch.id)
        assert row
        real = submit

        def cut(actor: object, entries: list[object]) -> object:
            if getattr(entries[0], "command", "") == "watch.taken":
                raise ConnectionError
            return real(actor, entries)  # type: ignore[arg-type]

        monkeypatch.setattr(handover, "submit", cut)
        with pytest.raises(ConnectionError):
            handover.take_over(town.actor("there"), new_id(), row, town.areas[COMMUNITY_THERE].id)
        watch.refresh_from_db()
        assert watch.state == "handing"
        assert Watch.objects.filter(state__in=LIVE_WATCHES).count() == 2
    with times.at(clock(9)):
        ticking.run()
    watch.refresh_from_db()
    assert watch.state == "transferred"
    assert verify().differences == []


class _Undone(Exception):
    pass


@pytest.mark.django_db
@given(
    st.lists(
        st.sampled_from(["offer", "withdraw", "take", "release", "check", "tick", "restart"]),
        max_size=12,
    )
)
@settings(max_examples=10, suppress_health_check=list(HealthCheck), deadline=None)
def test_in_any_order_somebody_has_the_watch(steps: list[str]) -> None:
    from django.db import transaction

    try:
        with transaction.atomic(), times.at(clock(8)):
            town = two_districts()
            watch = begin(town)
            released = False
            for step in steps:
                if step == "offer":
                    offer(town, watch)
                elif step == "withdraw":
                    act(town.actor("grid1"), "watch.withdraw", watch, why="x")
                elif step == "take":
                    row = queries.offered(town.actor("there"), [THERE], watch.id)
                    if row:
                        area = town.areas[COMMUNITY_THERE].id
                        handover.take_over(town.actor("there"), new_id(), row, area)
                elif step == "release":
                    receipt = act(town.actor("lead"), "watch.release", watch, why="x")
                    released = released or receipt.stands
                elif step == "check":
                    act(town.actor("grid1"), "watch.check", watch, normal=True)
                elif step == "restart":
                    watch = begin(town) if released else watch
                    released = False
                else:
                    ticking.run()
                live = Watch.objects.filter(state__in=LIVE_WATCHES)
                assert live.count() == (0 if released else 1), step
            raise _Undone
    except _Undone:
        tree.clear()
