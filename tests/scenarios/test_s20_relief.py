"""S20 and S27: a team that has stood at an exit since New Year's day is flagged and relieved."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client
from tests.scenarios.city import hire
from tests.scenarios.gate import Gate, act
from tests.scenarios.hands import actor, import_city, people, serve, unit

from lianfang.kernel import times
from lianfang.kernel.models import Duty
from lianfang.mobilising import duty_queries, queries
from lianfang.people.models import Account

pytestmark = pytest.mark.django_db
NEW_YEAR = datetime.fromisoformat("2020-01-25T08:00:00+08:00")


def test_who_has_stood_too_many_days_is_flagged_relieved_and_has_a_proof() -> None:
    (exit_, *_rest) = import_city("4102")
    hire("site", "site_staff", exit_)
    hire("lead", "community_lead", exit_)
    site, lead = Gate("site"), Gate("lead")
    team = unit("尉氏北出口检查组")
    crew = people(exit_, team, 4)
    reserve = people(exit_, team, 4)
    for day in range(7):
        for who in crew:
            serve(site, exit_, who, NEW_YEAR + timedelta(days=day), 8, "北出口")
    with times.at(NEW_YEAR + timedelta(days=7, hours=1)):
        # On the seventh day in a row all four were flagged, each once.
        assert Duty.objects.filter(kind="relief", state="open").count() == 4
        for who in crew:
            content = {"area_id": str(exit_.id), "person_id": str(who), "place": "北出口"}
            site.must([act("duty_time.begin", content, exit_.district)])
        board = duty_queries.on_duty(actor("lead"))
        assert [r.days_in_row for r in board] == [8, 8, 8, 8]
        assert {str(r.last_day_off) for r in board} == {"2020-01-24"}
        for who in crew:
            proposed = duty_queries.substitutes(actor("lead"), exit_.district, who)
            assert {UUID(c.person_id) for c in proposed} <= set(reserve)
            content = {
                "area_id": str(exit_.id),
                "person_id": str(who),
                "by_id": proposed[0].person_id,
                "place": "北出口",
            }
            lead.must([act("relief.arrange", content, exit_.district)])
        assert not Duty.objects.filter(kind="relief", state="open").exists()
        # Their own households come first in the services meanwhile, and for three days after.
        assert queries.at_the_front(exit_.district, crew) == set(crew)
        served = duty_queries.service(exit_.district, crew[0])
        # Seven days of eight hours, and the hour until the relief came; days until today.
        assert (served.minutes, served.days) == (7 * 480, 8)
        browser = Client()
        browser.force_login(Account.objects.get(username="lead"))
        proof = browser.get(f"/duty-times/{exit_.district}/{crew[0]}/proof.pdf")
        assert proof.content.startswith(b"%PDF")
    with times.at(NEW_YEAR + timedelta(days=12)):
        assert queries.at_the_front(exit_.district, crew) == set()
