"""Boundaries are drawn from GeoJSON, without map tiles."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests import town as towns
from tests.town import COMMUNITY, do

from lianfang.areas.outline import SIZE, draw
from lianfang.kernel.actors import OPERATOR

WEST, EAST = (113.10, 113.12), (113.12, 113.14)


def square(east_west: tuple[float, float], south: float = 23.0) -> dict[str, Any]:
    left, right = east_west
    ring = [[left, south], [right, south], [right, south + 0.02], [left, south + 0.02]]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def test_north_is_up_and_neighbours_touch() -> None:
    width, height, shapes = draw([square(WEST), square(EAST), square(WEST, 23.02), None])
    here, beside, above, nothing = shapes
    assert nothing is None
    assert here
    assert beside
    assert above
    assert beside.x > here.x
    assert beside.y == here.y
    assert above.y < here.y
    assert max(width, height) == pytest.approx(SIZE + 8, abs=0.2)


@pytest.mark.parametrize(
    "strange",
    [None, {}, {"type": "Point", "coordinates": [1, 2]}, {"type": "Polygon", "coordinates": []}],
)
def test_what_is_no_polygon_draws_nothing(strange: Any) -> None:
    assert draw([strange]) == (0.0, 0.0, [None])


@pytest.mark.django_db
def test_an_area_shows_the_boundaries_of_its_grids_and_which_has_no_name(client: Client) -> None:
    town = towns.build()
    rows = [
        {"code": f"{COMMUNITY}{n:03d}", "name": f"第{n}网格", "boundary": square(place)}
        for n, place in ((1, WEST), (3, EAST))
    ]
    do(OPERATOR, "area.import", {"rows": rows}, "")
    client.force_login(town.accounts["lead"])
    page = client.get(f"/areas/{town.areas[COMMUNITY].id}").content.decode()
    assert page.count("<path class=") == 2
    assert page.count('class="gap"') == 1  # the third grid has no worker yet
    assert f"/areas/{town.grid(1).id}" in page.partition("outline")[2]
