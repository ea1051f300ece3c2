"""Reads of the tree: scope, search, numbers, and who may give what."""

from __future__ import annotations

import pytest
from tests import town as towns
from tests.town import DISTRICT, Town

from lianfang.areas import queries
from lianfang.areas.models import Area
from lianfang.areas.rules import Role
from lianfang.kernel.actors import Actor, ActorKind
from lianfang.kernel.ids import new_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    built = towns.build()
    built.hire("city", "city_command", "4406")
    built.hire("street", "street_command", "440605011")
    built.hire("admin", "administrator", None)
    built.register(1, "3-2-501", "3-2-502")
    return built


def codes(found: list[Area]) -> list[str]:
    return [a.code for a in found]


def test_the_tree_begins_where_the_actor_begins(town: Town) -> None:
    assert codes(list(queries.roots(town.actor("grid1")))) == [towns.COMMUNITY + "001"]
    assert codes(list(queries.roots(town.actor("city")))) == ["4406"]
    assert codes(list(queries.roots(town.actor("admin")))) == ["44"]
    assert list(queries.roots(Actor(ActorKind.ACCOUNT, new_id()))) == []


def test_a_search_stays_in_scope_and_finds_by_code_and_name(town: Town) -> None:
    city, lead = town.actor("city"), town.actor("lead")
    assert codes(queries.search(city, "440605011"))[0] == "440605011"
    assert "440605012901" in codes(queries.search(city, "邻近"))
    assert queries.search(lead, "邻近") == []
    assert codes(queries.search(lead, "网格")) == [
        towns.COMMUNITY + "001",
        towns.COMMUNITY + "002",
    ]
    assert queries.search(lead, "  ") == []


def test_districts_are_those_with_a_journal(town: Town) -> None:
    for name in ("lead", "street", "city", "admin"):
        assert queries.districts(town.actor(name)) == [DISTRICT]
    assert queries.districts(Actor(ActorKind.ACCOUNT, new_id())) == []


def test_numbers_are_there_on_every_level(town: Town) -> None:
    for code in ("44", "4406", DISTRICT, "440605011", towns.COMMUNITY, towns.COMMUNITY + "001"):
        assert queries.total(town.areas[code], "households") == 2, code
    assert queries.total(town.areas["440605012"], "households") == 0


def test_who_gives_which_role(town: Town) -> None:
    path = town.areas[towns.COMMUNITY].path
    assert queries.grantable(town.actor("lead"), path) == {
        Role.GRID_WORKER,
        Role.BUILDING_LEAD,
        Role.VOLUNTEER,
        Role.SITE_STAFF,
    }
    assert Role.COMMUNITY_LEAD in queries.grantable(town.actor("street"), path)
    assert queries.grantable(town.actor("grid1"), path) == set()
    assert queries.grantable(town.actor("lead"), town.areas["440605012901"].path) == set()
    assert queries.grantable(town.actor("admin"), "") == set(Role)


def test_nobody_governs_an_account_with_a_role_above(town: Town) -> None:
    account = town.accounts["grid1"].id
    assert queries.governs(town.actor("lead"), account)
    assert not queries.governs(town.actor("lead"), town.accounts["street"].id)
    assert queries.governs(town.actor("city"), town.accounts["street"].id)


def test_the_next_code_is_free(town: Town) -> None:
    assert queries.next_code(town.areas[towns.COMMUNITY]) == towns.COMMUNITY + "003"


def test_a_grid_is_named_with_its_community(town: Town) -> None:
    grid = town.grid(1)
    assert queries.labels([grid.id]) == {grid.id: "怡景社区 · 第一网格"}
