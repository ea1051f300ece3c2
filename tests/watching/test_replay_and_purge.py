"""The journal gives watches again, also after the purge, which leaves the counts alone."""

from __future__ import annotations

from typing import Any

import pytest
from tests.town import do
from tests.watching.helpers import act, begin, build, clock, refer

from lianfang.kernel import clock as ticking
from lianfang.kernel import times
from lianfang.kernel.models import Record, SubjectKey, Tally
from lianfang.kernel.verification import verify
from lianfang.watching.models import Check, Referral, Watch

pytestmark = pytest.mark.django_db(transaction=True)


def test_replay_before_and_after_the_purge() -> None:
    with times.at(clock(8)):
        town = build()
        first = begin(town, days=3)
        second = begin(town, "4-1-101", who="grid2", days=3, checks_a_day=3)
        begin(town, "4-1-101", who="grid2", reason="arrival", days=5)
        grid, health = town.actor("grid1"), town.actor("health")
        act(grid, "watch.check", first, temperature="38.4", symptoms=["cough"], note="咳嗽")
        act(grid, "watch.left", first, note="在楼下")
        act(grid, "watch.found", first)
        row = Referral.objects.get()
        refer(health, "transport", row)
        refer(health, "accept", row, clinic="门诊", note="已联系")
        refer(health, "depart", row)
    with times.at(clock(9, 1)):
        ticking.run()
        refer(health, "arrive", row)
        refer(health, "result", row, result="negative")
        act(town.actor("grid2"), "watch.check", second, temperature="36.4")
    with times.at(clock(9, 3)):
        ticking.run()
        assert act(grid, "watch.release", first).stands
        until: dict[str, Any] = {"until_day": clock(0, 9).date().isoformat(), "why": "复检"}
        assert act(town.actor("grid2"), "watch.extend", second, **until).stands
    assert verify().differences == []
    before = {(t.metric, t.period): t.value for t in Tally.objects.filter(level=3)}
    with times.at(clock(9, 32)):
        ticking.run()
        assert Watch.objects.get(id=first.id).purged_at is None
    with times.at(clock(9, 34)):
        ticking.run()
    gone = Watch.objects.get(id=first.id)
    assert gone.purged_at is not None
    assert (gone.person_id, gone.household_id) == (None, None)
    assert not Check.objects.filter(watch_id=first.id).exclude(tenths=None).exists()
    assert Check.objects.filter(watch_id=second.id).exclude(tenths=None).exists()
    sent = Referral.objects.get()
    assert (sent.person_id, sent.tenths, sent.symptoms, sent.note) == (None, None, [], "")
    assert not SubjectKey.objects.filter(subject_id__in=[first.id, sent.id]).exists()
    assert Record.objects.filter(command="watch.purge").exists()
    after = {(t.metric, t.period): t.value for t in Tally.objects.filter(level=3)}
    kept = {k: v for k, v in after.items() if k in before and k[0] != "checks_missed"}
    assert kept == {k: v for k, v in before.items() if k[0] != "checks_missed"}
    assert verify().differences == []


def test_no_plain_reading_is_in_the_journal() -> None:
    with times.at(clock(8)):
        town = build()
        watch = begin(town)
        act(town.actor("grid1"), "watch.check", watch, temperature="38.4", symptoms=["cough"])
    plain = Record.objects.get(command="watch.check").payload
    assert "38.4" not in plain
    assert "cough" not in plain
    with times.at(clock(9)):
        do(
            town.actor("grid1"),
            "watch.start",
            {
                "person_id": str(watch.person_id),
                "reason": "suspected",
                "from_day": "2026-03-02",
                "area_id": str(town.grid(1).id),
            },
        )
