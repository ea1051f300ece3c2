"""The board and the brief: every number is the count of its rows, and opens to them."""

from __future__ import annotations

from typing import Any

import pytest
from tests import town as towns
from tests.screening.helpers import client, text
from tests.supplies.helpers import item, must, post
from tests.town import COMMUNITY, Town

from lianfang.briefing.figures import FIGURES, visible
from lianfang.kernel.verbs import Verb

pytestmark = pytest.mark.django_db

ROLES = {
    "lead": "community_lead",
    "street": "street_command",
    "county": "district_command",
    "city": "city_command",
    "health": "health_officer",
    "site": "site_staff",
    "auditor": "auditor",
    "volunteer": "volunteer",
}


@pytest.fixture
def town() -> Town:
    town = towns.build()
    town.register(1, "1-1-101", "1-1-102", "1-1-201")
    town.register(2, "2-1-101")
    where = {"street": "440605011", "county": "440605", "city": "4406", "health": "440605"}
    for name, role in ROLES.items():
        if name != "lead":
            town.hire(name, role, where.get(name, COMMUNITY))
    depot, masks = post(town, "仓库"), item()
    must(town.actor("lead"), "stock.receive", post_id=depot, item_id=masks, quantity=5)
    must(town.actor("lead"), "stock.keep", post_id=depot, item_id=masks, low_at=30)
    return town


def of(response: Any) -> str:
    assert response.status_code == 200, text(response)[:3_000]
    return text(response)


@pytest.mark.parametrize("name", [*ROLES, "grid1"])
def test_every_figure_opens_for_whoever_sees_it(town: Town, name: str) -> None:
    browser = client(town, name)
    if name == "volunteer":
        assert browser.get("/board").status_code == 404
        return
    page = of(browser.get("/board"))
    actor = town.actor(name)
    paths = actor.paths(Verb.READ)
    seen = {f.code for f in visible(actor, paths[0])}
    for code in FIGURES:
        assert (f"/board/{code}?" in page) == (code in seen), code
        answer = browser.get(f"/board/{code}")
        assert answer.status_code == (200 if code in seen else 404), code
