"""Grids are split and merged; an act cut off anywhere goes on when it is sent again."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from tests import town as towns
from tests.people.conftest import Login
from tests.people.test_forms import fill
from tests.town import Town

from lianfang.areas import queries as area_queries
from lianfang.areas.models import Area
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Record, Tally
from lianfang.kernel.problems import Refuse
from lianfang.kernel.submit import submit
from lianfang.kernel.verification import verify
from lianfang.people import redraw
from lianfang.people.models import Household

DAY = date(2026, 1, 31)


def part(code: str = "003", *stairs: tuple[str, str]) -> redraw.Part:
    return redraw.Part(towns.COMMUNITY + code, f"grid {code}", frozenset(stairs))


def doors(area_id: UUID) -> set[str]:
    return {h.label for h in Household.objects.filter(area_id=area_id, state="live")}


def count(area: Area) -> int:
    return area_queries.total(area, "households")


def test_a_grid_is_split_by_buildings(town: Town) -> None:
    lead, grid = town.actor("lead"), town.grid(1)
    (new,) = redraw.split(lead, new_id(), grid, [part("003", ("3", "2"))])
    assert doors(new) == {"3-2-501", "3-2-502"}
    assert doors(grid.id) == {"4-1-101"}
    drawn = Area.objects.get(id=new)
    assert (drawn.parent_id, count(drawn), count(grid)) == (grid.parent_id, 2, 1)
    # The whole community has as many doors as before, and the doors keep their histories.
    assert count(town.areas[towns.COMMUNITY]) == 4
    door = town.households["3-2-501"]
    assert Record.objects.filter(subject_id=door, command="household.register").exists()


def test_a_grid_is_merged_into_its_neighbour(town: Town) -> None:
    lead, grid, other = town.actor("lead"), town.grid(1), town.grid(2)
    assert redraw.merge(lead, new_id(), grid, other, last_day=DAY) == 3
    assert doors(other.id) == {"3-2-501", "3-2-502", "4-1-101", "5-1-101"}
    grid.refresh_from_db()
    assert grid.valid_to == DAY
    assert town.actor("grid1").live_grants == ()
    assert count(other) == 4


def cut(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Let the connection be lost after so many steps."""
    done = 0

    def lost(*args: Any, **kwargs: Any) -> Any:
        nonlocal done
        if done == after:
            raise Refuse("kernel.unavailable")
        done += 1
        return submit(*args, **kwargs)

    monkeypatch.setattr(redraw, "submit", lost)


@pytest.mark.parametrize("after", range(5))
def test_a_split_that_was_cut_off_goes_on(
    town: Town, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    lead, grid, act = town.actor("lead"), town.grid(1), new_id()
    parts = [part("003", ("3", "2")), part("004", ("4", "1"))]
    cut(monkeypatch, after)
    if after < 4:
        with pytest.raises(Refuse):
            redraw.split(lead, act, grid, parts)
    monkeypatch.undo()
    for _ in range(2):
        first, second = redraw.split(lead, act, grid, parts)
        assert (doors(first), doors(second)) == ({"3-2-501", "3-2-502"}, {"4-1-101"})
    assert Record.objects.filter(command="area.draw").count() == 2
    assert Record.objects.filter(command="household.assign").count() == 2
    assert count(town.areas[towns.COMMUNITY]) == 4


@pytest.mark.parametrize("after", range(3))
def test_a_merge_that_was_cut_off_goes_on(
    town: Town, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    lead, grid, other, act = town.actor("lead"), town.grid(1), town.grid(2), new_id()
    monkeypatch.setattr(redraw, "AT_ONCE", 2)
    cut(monkeypatch, after)
    with pytest.raises(Refuse):
        redraw.merge(lead, act, grid, other, last_day=DAY)
    monkeypatch.undo()
    for _ in range(2):
        redraw.merge(lead, act, grid, other, last_day=DAY)
        assert len(doors(other.id)) == 4
    grid.refresh_from_db()
    assert grid.valid_to == DAY
    assert Record.objects.filter(command="area.retire").count() == 1
    assert set(Tally.objects.filter(area_id=grid.id).values_list("value", flat=True)) <= {0}


def test_what_cannot_be(town: Town) -> None:
    lead, grid = town.actor("lead"), town.grid(1)
    with pytest.raises(Refuse) as caught:
        redraw.split(lead, new_id(), grid, [part("002", ("3", "2"))])
    assert caught.value.refusal.code == "area.code_taken"
    stranger = town.areas["440605012901001"]
    with pytest.raises(Refuse):
        redraw.merge(lead, new_id(), grid, stranger, last_day=DAY)
    with pytest.raises(Refuse):
        redraw.merge(town.actor("grid1"), new_id(), grid, town.grid(2), last_day=DAY)
    assert doors(grid.id) == {"3-2-501", "3-2-502", "4-1-101"}
    grid.refresh_from_db()
    assert grid.valid_to is None


@pytest.mark.django_db(transaction=True)
def test_a_redrawn_community_replays(town: Town) -> None:
    lead = town.actor("lead")
    redraw.split(lead, new_id(), town.grid(1), [part("003", ("3", "2"))])
    redraw.merge(lead, new_id(), town.grid(1), town.grid(2), last_day=DAY)
    assert verify().differences == []


def test_on_pages(town: Town, login: Login) -> None:
    lead = login("lead")
    grid = town.grid(1)
    url = f"/areas/{grid.id}/split"
    text = lead.get(url).content.decode()
    assert "Building 3, unit 2 (2 doors)" in text
    assert fill(lead, url, name="n", code=towns.COMMUNITY + "003").status_code == 422
    taken = fill(lead, url, name="n", code=towns.COMMUNITY + "002", stairs=["3|2"])
    assert "is in use by" in taken.content.decode()
    done = fill(lead, url, name="n", code=towns.COMMUNITY + "003", stairs=["3|2"])
    new = Area.objects.get(code=towns.COMMUNITY + "003")
    assert done["Location"] == f"/areas/{new.id}"
    assert "Nobody is named for this grid" in lead.get(done["Location"]).content.decode()
    assert fill(lead, f"/areas/{new.id}/merge", into=str(town.grid(2).id)).status_code == 302
    assert "This area is closed" in lead.get(f"/areas/{new.id}").content.decode()


def test_a_door_tells_which_grid_took_it(town: Town, login: Login) -> None:
    redraw.split(town.actor("lead"), new_id(), town.grid(1), [part("003", ("3", "2"))])

    def page(label: str) -> str:
        url = f"/households/{towns.DISTRICT}/{town.households[label]}"
        return login("lead").get(url, headers={"accept-language": "en"}).content.decode()

    assert "Doors given to another grid" in page("3-2-501")
    assert "Doors given to another grid" not in page("4-1-101")
