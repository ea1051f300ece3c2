"""Standing care: visits by rhythm, last seen, alarms, needs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.services.helpers import build
from tests.town import COMMUNITY, DISTRICT, Town, do, entry

from lianfang.kernel import clock
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.screening import rounds
from lianfang.services import care_queries
from lianfang.services.models import Care, Need

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build()


def keep(town: Town, label: str = "3-2-501", **more: Any) -> None:
    payload = {"household_id": str(town.households[label]), **more}
    do(town.actor("lead"), "care.keep", payload)


def later(**span: float) -> None:
    """Let so much time go by for standing care, and the clock tick."""
    for row in Care.objects.all():
        for name in ("next_visit_at", "alarm_at", "last_seen_at"):
            if at := getattr(row, name):
                setattr(row, name, at - timedelta(**span))
        row.save()
    clock.run()


def live(kind: str) -> list[Duty]:
    return list(Duty.objects.filter(kind=kind, state__in=["open", "claimed", "started"]))


def test_a_visit_is_owed_by_rhythm_and_the_next_one_after_it(town: Town) -> None:
    keep(town, every_days=3, unseen_days=5)
    later(days=2)
    assert live("care") == []
    later(days=1, minutes=1)
    later(minutes=1)
    assert len(live("care")) == 1
    home = str(town.households["3-2-501"])
    do(town.actor("grid1"), "care.visit", {"household_id": home, "outcome": "no_answer"})
    assert len(live("care")) == 1
    do(town.actor("grid1"), "care.visit", {"household_id": home, "outcome": "seen"})
    assert live("care") == []
    row = Care.objects.get()
    assert row.last_seen_at
    assert row.next_visit_at == row.last_seen_at + timedelta(days=3)


def test_nobody_seen_for_days_rises_and_any_sign_of_life_ends_it(town: Town) -> None:
    keep(town, unseen_days=2)
    later(days=2, minutes=1)
    assert len(live("unseen")) == 1
    assert care_queries.alarms(town.actor("lead"), [DISTRICT]) == 1
    round_id = new_id()
    day = str(timezone.localdate())
    payload = {
        "round_id": str(round_id),
        "name": "一",
        "area_ids": [str(town.areas[COMMUNITY].id)],
        "first_day": day,
        "last_day": day,
    }
    rounds.open_round(town.actor("lead"), payload)
    visit = {
        "household_id": str(town.households["3-2-501"]),
        "round_id": str(round_id),
        "outcome": "nobody_home",
    }
    do(town.actor("grid1"), "household.visit", visit)
    assert len(live("unseen")) == 1
    do(town.actor("grid1"), "household.visit", {**visit, "outcome": "met", "all_normal": True})
    assert live("unseen") == []
    assert care_queries.alarms(town.actor("lead"), [DISTRICT]) == 0


def test_a_volunteer_looks_in_only_where_a_care_duty_sends_him(town: Town) -> None:
    keep(town, every_days=1)
    home = str(town.households["3-2-501"])
    look = {"household_id": home, "outcome": "seen"}
    refused = submit(town.actor("helper"), [entry("care.visit", look)])[0]
    assert refused.refusal
    assert refused.refusal.code == "kernel.forbidden"
    later(days=1, minutes=1)
    do(town.actor("helper"), "duty.claim", {"duty_id": str(live("care")[0].id)})
    do(town.actor("helper"), "care.visit", look)
    assert live("care") == []


def test_needs_of_isolated_households_are_known_and_answered(town: Town) -> None:
    lead, until = town.actor("lead"), str((now() + timedelta(days=14)).date())
    for label in ("3-2-501", "3-2-502"):
        keep(town, label, isolated_until=until)
    assert care_queries.isolated(lead, [DISTRICT]) == care_queries.Isolated(2, 2, 0)
    home = str(town.households["3-2-501"])
    asked = {"household_id": home, "needs": [{"kind": "medicine", "standing": True}]}
    do(lead, "needs.ask", asked)
    do(lead, "needs.ask", {"household_id": str(town.households["3-2-502"]), "needs": []})
    assert care_queries.isolated(lead, [DISTRICT]) == care_queries.Isolated(2, 0, 1)
    do(lead, "need.answer", {"need_id": str(Need.objects.get().id)})
    assert care_queries.isolated(lead, [DISTRICT]) == care_queries.Isolated(2, 0, 0)
    assert Need.objects.get().ended_at is None


def test_a_care_duty_ended_by_hand_does_not_end_the_rhythm(town: Town) -> None:
    keep(town, every_days=1)
    later(days=1, minutes=1)
    do(town.actor("lead"), "duty.cancel", {"duty_id": str(live("care")[0].id), "why": "住院"})
    row = Care.objects.get()
    assert not row.visit_open
    assert row.next_visit_at
    assert row.next_visit_at > now()
