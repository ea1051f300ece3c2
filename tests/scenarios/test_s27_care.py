"""S27: while somebody serves at the front, the own household comes first in the services."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.services.helpers import accept, build, place
from tests.town import DISTRICT, Town, do

from lianfang.kernel import times
from lianfang.kernel.times import now
from lianfang.kernel.verification import verify
from lianfang.mobilising import duty_queries
from lianfang.people.models import Person
from lianfang.services import queries
from lianfang.services.models import Order

pytestmark = pytest.mark.django_db


def test_a_household_comes_first_as_long_as_one_of_it_serves() -> None:
    town: Town = build()
    lead = town.actor("lead")
    who = Person.objects.filter(household_id=town.households["3-2-503"]).first()
    assert who
    begin = now()
    on_duty = {"area_id": str(who.community_id), "person_id": str(who.id), "place": "北门"}
    with times.at(begin):
        do(lead, "duty_time.begin", on_duty)
        first, second = place(town, "3-2-501"), place(town, "3-2-503")
        assert Order.objects.get(id=first).why == []
        assert Order.objects.get(id=second).why == ["front", "helper"]
        for order_id in (first, second):
            accept(town, order_id)
        waiting = queries.available(town.actor("helper"), [DISTRICT])
        assert [d.context_id for d in waiting] == [second, first]
    with times.at(begin + timedelta(hours=8)):
        do(lead, "duty_time.end", {k: v for k, v in on_duty.items() if k != "place"})
        assert duty_queries.service(DISTRICT, who.id).minutes == 480
    # Four days after the last duty the household waits like the others.
    with times.at(begin + timedelta(days=4)):
        assert Order.objects.get(id=place(town, "3-2-503")).why == []
    assert verify().differences == []
