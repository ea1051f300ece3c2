"""The journal gives cases, presences, contacts and lists again, in both districts."""

from __future__ import annotations

import pytest
from tests.town import COMMUNITY, do
from tests.tracing.helpers import AWAY, OTHER, build, case, contacts, must, named, people, plan

from lianfang.kernel import clock
from lianfang.kernel.verification import verify
from lianfang.tracing.models import Contact, Listing

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_replay_gives_the_same_lists_also_after_a_purge() -> None:
    town = build()
    officer, lead = town.actor("officer"), town.actor("lead")
    sick, wife = people(town, "3-2-501")
    row = case(town, sick, cluster="菜市场")
    must(officer, "case.interview", case_id=row.id, symptoms="发热", worked="菜市场")
    must(officer, "contact.find", case_id=row.id, hops=2)
    must(officer, "contact.send", contact_id=contacts(row)[wife].id)
    must(
        lead,
        "contact.verify",
        contact_id=contacts(row)[wife].id,
        outcome="found",
        person_id=wife,
        watch=plan(town, household_id=str(town.households["3-2-501"])),
    )
    far, struck = named(town, row), named(town, row, "赵六", phone="13912345678")
    must(officer, "contact.send", contact_id=far.id, community_id=town.areas[AWAY].id)
    must(officer, "contact.strike", contact_id=struck.id, why="同名")
    clock.run()
    must(
        town.actor("away_lead"),
        "contact.verify",
        OTHER,
        contact_id=far.id,
        outcome="moved",
        community_id=town.areas[COMMUNITY].id,
        moved_to="怡景社区",
    )
    clock.run()
    assert verify().differences == []
    do(lead, "person.purge", {"person_id": str(wife), "reason": "期满"})
    assert verify().differences == []
    assert Contact.objects.count() == 3
    assert Listing.objects.count() == 2
