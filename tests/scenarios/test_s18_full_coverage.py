"""S18: Dashilan street, Beijing (110102013): nearly 10,000 households, all covered, provable."""

from __future__ import annotations

import pytest
from tests.scenarios import city
from tests.scenarios.gate import Gate

from lianfang.kernel.models import Record
from lianfang.people.auth import actor_for
from lianfang.people.models import Account
from lianfang.screening import queries, rounds
from lianfang.screening.models import Coverage

pytestmark = pytest.mark.django_db
STREET = "110102013"
HOUSEHOLDS = 9_990  # "nearly 10,000"
HELPERS = 111  # "100+"


def test_a_street_is_covered_to_the_last_door() -> None:
    areas = city.import_areas(STREET)
    street = areas[STREET]
    assert street.name == "大栅栏街道"
    communities = [a for a in areas.values() if a.parent_id == street.id]
    each = -(-HELPERS // len(communities))
    grids = city.draw_grids(communities, each)[:HELPERS]
    city.hire_all([(f"member{n}", "grid_worker", grid, "") for n, grid in enumerate(grids)])
    city.hire("desk", "community_lead", street)
    city.hire("inspector", "auditor", street)
    lead = actor_for(Account.objects.get(username="desk"))
    homes = city.settle(Gate("desk"), grids, each=HOUSEHOLDS // HELPERS, persons=1)
    assert len(homes) == HOUSEHOLDS

    round_id = city.open_round(lead, [street], "逐户排查")
    outcomes = {7: "by_phone", 77: "vacant", 777: "moved_away", 5: "nobody_home"}
    Gate("desk").must(
        [city.visit(h, round_id, outcomes.get(n, "met")) for n, h in enumerate(homes)]
    )
    found = queries.coverage(lead, round_id, street)
    assert (found.open, found.complete, str(found.percent)) == (1, False, "99.9")
    Gate("desk").must([city.visit(homes[5], round_id)])
    found = queries.coverage(lead, round_id, street)
    assert (found.complete, found.done, found.excused) == (True, HOUSEHOLDS - 2, 2)
    assert found.percent == 100

    # An inspector finds a line for each door, and a record in the journal behind each line.
    assert rounds.close_round(lead, round_id)[-1].stands
    inspector = actor_for(Account.objects.get(username="inspector"))
    ledger = queries.lines(inspector, round_id, street)
    assert ledger.count() == HOUSEHOLDS
    visits = {id_ for id_ in ledger.values_list("visit_id", flat=True) if id_}
    assert Record.objects.filter(command="household.visit", id__in=visits).count() == HOUSEHOLDS
    assert Coverage.objects.filter(round_id=round_id, visit_id=None).count() == 0
