"""The pages of rounds cost a bounded number of queries, however many doors and areas there are."""

from __future__ import annotations

import pytest
from tests import town as towns
from tests.screening.helpers import client, start
from tests.support.queries import QueryCount
from tests.town import COMMUNITY, DISTRICT, Town, accepted, do, entry

from lianfang.areas.models import Area
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.ids import new_id
from lianfang.kernel.submit import submit

pytestmark = pytest.mark.django_db


def more_areas(town: Town, districts: int, grids: int) -> None:
    """Add districts to the city, each with a community of so many grids with a door each."""
    rows, codes = [], []
    for n in range(districts):
        county = f"4406{70 + n}"
        rows += [
            {"code": county, "name": f"区{n}"},
            {"code": county + "001", "name": f"街道{n}"},
            {"code": county + "001001", "name": f"社区{n}"},
        ]
        for g in range(grids):
            codes.append(f"{county}001001{g:03d}")
            rows.append({"code": codes[-1], "name": f"{n}-{g}"})
    do(OPERATOR, "area.import", {"rows": rows}, "")
    town.areas = {a.code: a for a in Area.objects.all()}
    for code in codes:
        household = {
            "household_id": str(new_id()),
            "area_id": str(town.areas[code].id),
            "building": "1",
            "room": code[-3:],
        }
        accepted(submit(OPERATOR, [entry("household.register", household, code[:6])]))


@pytest.mark.parametrize(("districts", "grids"), [(2, 2), (6, 8)])
def test_the_round_page_of_a_municipality(
    query_count: QueryCount, districts: int, grids: int
) -> None:
    town = towns.build()
    more_areas(town, districts, grids)
    town.hire("city", "city_command", "4406")
    round_id = start(town, "4406", who="city")
    browser = client(town, "city")
    with query_count("round page of a city"):
        page = browser.get(f"/rounds/{round_id}")
    assert page.context["counts"].households == districts * grids
    assert page.context["counts"].silent == districts * grids
    with query_count("list of rounds"):
        browser.get("/rounds")
    with query_count("wall of communities"):
        page = browser.get(f"/rounds/{round_id}/wall")
    tiles = [tile for _name, _id, tiles in page.context["walls"] for tile in tiles]
    assert len(page.context["walls"]) == len(tiles) == districts
    assert sum(tile.coverage.total for tile in tiles) == districts * grids
    assert sum(tile.coverage.silent for tile in tiles) == districts * grids


@pytest.mark.parametrize("grids", [2, 30])
def test_the_tile_wall_of_a_community(query_count: QueryCount, grids: int) -> None:
    town = towns.build()
    rows = [{"code": f"{COMMUNITY}{n:03d}", "name": f"格{n}"} for n in range(100, 100 + grids)]
    do(OPERATOR, "area.import", {"rows": rows}, "")
    town.register(1, "3-2-501", "3-2-502")
    round_id = start(town)
    browser = client(town, "lead")
    with query_count("tile wall of a community"):
        page = browser.get(f"/rounds/{round_id}")
    assert len(page.context["tiles"]) == grids + 2


@pytest.mark.parametrize("floors", [2, 30])
def test_the_elevation_of_a_tower(query_count: QueryCount, floors: int) -> None:
    town = towns.build()
    labels = [f"3-1-{floor}{room:02d}" for floor in range(1, floors + 1) for room in range(1, 9)]
    town.register(1, *labels)
    round_id = start(town)
    visits = [
        entry(
            "household.visit",
            {"household_id": str(h), "round_id": str(round_id), "outcome": "nobody_home"},
        )
        for h in list(town.households.values())[::2]
    ]
    accepted(submit(town.actor("grid1"), visits))
    browser = client(town, "grid1")
    with query_count("elevation of a building in a round"):
        page = browser.get(f"/rounds/{round_id}/building?area={town.grid(1).id}&building=3")
    assert page.context["building"].total == floors * 8
    with query_count("list of a round's open doors"):
        browser.get(f"/rounds/{round_id}/doors")
    with query_count("visit form"):
        browser.get(f"/rounds/{round_id}/visit/{DISTRICT}/{town.households['3-1-101']}")


@pytest.mark.parametrize("doors", [2, 60])
def test_the_proof_of_a_community(query_count: QueryCount, doors: int) -> None:
    town = towns.build()
    round_id = start(town)
    town.register(1, *[f"3-1-{n}" for n in range(100, 100 + doors)])
    browser = client(town, "lead")
    with query_count("proof of a round"):
        page = browser.get(f"/rounds/{round_id}/proof")
    assert len(page.context["proof"].lines) == doors
