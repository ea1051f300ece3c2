"""S09: Chongqing (50): two rounds over the whole municipality, here at 1:100.

The full size, 11,270 communities and 400,000 field workers, is in the benchmarks.
"""

from __future__ import annotations

import pytest
from tests.scenarios import city
from tests.scenarios.gate import Gate

from lianfang.areas.rules import Level
from lianfang.people.auth import actor_for
from lianfang.people.models import Account
from lianfang.screening import queries, rounds
from lianfang.screening.rules import Counts

pytestmark = pytest.mark.django_db
COMMUNITIES = 113  # 11,270 / 100
WORKERS = 4_000  # 400,000 / 100
GRIDS_EACH = -(-WORKERS // COMMUNITIES)


def test_a_municipality_is_covered_in_two_rounds() -> None:
    areas = city.import_areas("50")
    municipality = areas["50"]
    communities = [a for a in areas.values() if a.level == Level.COMMUNITY]
    assert len(communities) == COMMUNITIES
    grids = city.draw_grids(communities, GRIDS_EACH)[:WORKERS]
    city.hire_all([(f"worker{n}", "grid_worker", grid, "") for n, grid in enumerate(grids)])
    assert Account.objects.count() == WORKERS
    city.hire("city", "city_command", municipality)
    city.hire("registrar", "community_lead", municipality)
    commander = actor_for(Account.objects.get(username="city"))
    homes = city.settle(Gate("registrar"), grids, each=2, persons=1)

    first = city.open_round(commander, [municipality], "第一轮排查")
    desk = Gate("registrar")
    reached = [h for n, h in enumerate(homes) if n % 10]
    desk.must([city.visit(h, first) for h in reached])
    found = queries.coverage(commander, first, municipality)
    assert (found.households, found.done, found.open) == (8_000, 7_200, 800)
    assert found.silent == 0

    # The same sum on every level, from the province down to the grid.
    for level in (Level.COUNTY, Level.STREET, Level.COMMUNITY, Level.GRID):
        by_area = queries.coverage_by_level(first, municipality.path, level)
        assert sum(by_area.values(), Counts()).done == 7_200, level
    by_city = queries.coverage_of_children(commander, first, municipality)
    assert sum(counts.open for _, counts in by_city) == 800

    # The second round starts from what the first left open.
    assert rounds.close_round(commander, first)[-1].stands
    second = city.open_round(commander, [municipality], "第二轮排查", continues_id=str(first))
    assert queries.coverage(commander, second, municipality).households == 800
    desk.must([city.visit(h, second) for n, h in enumerate(homes) if n % 10 == 0])
    assert queries.coverage(commander, second, municipality).complete
    assert rounds.close_round(commander, second)[-1].stands
