"""S06: Chengziling village (230822109204): each household, each day, and who was missed."""

from __future__ import annotations

import pytest
from tests.scenarios import city
from tests.scenarios.gate import Gate

from lianfang.kernel.models import Duty
from lianfang.people.auth import actor_for
from lianfang.people.models import Account
from lianfang.screening import queries, rounds

pytestmark = pytest.mark.django_db
VILLAGE = "230822109204"


def test_the_grid_worker_asks_each_household_each_day_and_the_missed_are_known() -> None:
    areas = city.import_areas(VILLAGE)
    village = areas[VILLAGE]
    assert village.name == "城子岭村委会"
    grids = city.draw_grids([village], 2)
    city.hire("lead", "community_lead", village)
    for number, grid in enumerate(grids, 1):
        city.hire(f"grid{number}", "grid_worker", grid)
    lead = actor_for(Account.objects.get(username="lead"))
    homes = city.settle(Gate("lead"), grids, each=40, persons=3)
    first, second = ([h for h in homes if h.grid.endswith(end)] for end in ("001", "002"))

    # Day one: all normal in one act each; one fever; guests from outside; one door stays shut.
    day1 = city.open_round(lead, [village], "正月初六", watched_origins=["42"])
    worker = Gate("grid1")
    worker.must([city.visit(h, day1) for h in first[:37]])
    worker.must(
        [
            city.visit(
                first[37],
                day1,
                readings=[{"person_id": first[37].persons[0], "temperature": 37.8}],
            ),
            city.visit(
                first[38],
                day1,
                outsiders=[{"from_area": "420106", "since": "2020-01-22", "persons": 2}],
            ),
            city.visit(first[39], day1, "nobody_home"),
        ]
    )
    Gate("grid2").must([city.visit(h, day1) for h in second])
    found = queries.coverage(lead, day1, village)
    assert (found.households, found.done, found.open, found.fever) == (80, 79, 1, 1)
    assert sorted(Duty.objects.values_list("kind", flat=True)) == [
        "arrival",
        "referral",
        "revisit",
    ]
    missed = queries.open_doors(lead, day1, village)
    assert [(str(h.id), getattr(h, "outcome", None)) for h in missed] == [
        (first[39].id, "nobody_home")
    ]

    # Day two: every household is asked again, the missed one too; nothing is carried over.
    assert rounds.close_round(lead, day1)[-1].stands
    day2 = city.open_round(lead, [village], "正月初七")
    assert queries.coverage(lead, day2, village).unvisited == 80
    worker.must([city.visit(h, day2) for h in first])
    Gate("grid2").must([city.visit(h, day2) for h in second])
    assert queries.coverage(lead, day2, village).complete


def test_a_grid_worker_sees_the_own_grid_and_no_other() -> None:
    areas = city.import_areas(VILLAGE)
    grids = city.draw_grids([areas[VILLAGE]], 2)
    city.hire("lead", "community_lead", areas[VILLAGE])
    city.hire("grid1", "grid_worker", grids[0])
    homes = city.settle(Gate("lead"), grids, each=2)
    lead = actor_for(Account.objects.get(username="lead"))
    day = city.open_round(lead, [areas[VILLAGE]], "正月初六")
    receipts = Gate("grid1").send([city.visit(h, day) for h in homes])
    assert [r["status"] for r in receipts] == ["accepted", "accepted", "refused", "refused"]
    assert receipts[2]["problem"]["code"] == "kernel.not_found"
