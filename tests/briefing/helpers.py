"""What the tests of the brief share: a town where something of most rooms goes on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from tests import town as towns
from tests.screening.helpers import readings, start, visit
from tests.services.helpers import place as order
from tests.supplies.helpers import item, must, post
from tests.town import COMMUNITY, DISTRICT, Town, do
from tests.watching.helpers import begin

from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.ids import new_id
from lianfang.kernel.times import local, now

ROLES = {
    "street": ("street_command", "440605011"),
    "county": ("district_command", DISTRICT),
    "city": ("city_command", "4406"),
    "health": ("health_officer", DISTRICT),
    "site": ("site_staff", COMMUNITY),
    "auditor": ("auditor", COMMUNITY),
    "volunteer": ("volunteer", COMMUNITY),
    "elsewhere": ("community_lead", "440605012901"),
}


def build() -> Town:
    """Make the town with a round, a fever, watches, orders, stock, a passage and a case."""
    town = towns.build()
    town.register(1, "1-1-101", "1-1-102", "1-1-201", "1-1-202", "1-1-301")
    town.register(2, "4-1-101", "4-1-102", "4-1-201")
    for name, (role, code) in ROLES.items():
        town.hire(name, role, code)
    round_id = start(town)
    visit(town, round_id, "1-1-101")
    visit(town, round_id, "1-1-102", readings=readings(town, "1-1-102", "38.5", "36.5"))
    visit(town, round_id, "1-1-201", "nobody_home")
    visit(town, round_id, "4-1-101", "by_phone", who="grid2")
    begin(town, "1-1-301")
    begin(town, "4-1-201", who="grid2")
    order(town, "1-1-101")
    order(town, "4-1-101")
    lead = town.actor("lead")
    depot, masks = post(town, "仓库"), item()
    must(lead, "stock.receive", post_id=depot, item_id=masks, quantity=5)
    must(lead, "stock.keep", post_id=depot, item_id=masks, low_at=30)
    gate = new_id()
    payload: dict[str, Any] = {
        "post_id": str(gate),
        "kind": "gate",
        "name": "东门",
        "area_id": str(town.areas[COMMUNITY].id),
    }
    do(OPERATOR, "post.open", payload)
    travellers = [{"name": "过客", "temperature": "36.6"}, {"temperature": "38.0"}]
    passed = {"post_id": str(gate), "plate": "粤E12345", "travellers": travellers}
    do(town.actor("site"), "passage.record", passed)
    case(town)
    return town


def case(town: Town) -> UUID:
    """Open a case in the first grid, as the health officer."""
    case_id = new_id()
    payload = {
        "case_id": str(case_id),
        "area_id": str(town.grid(1).id),
        "state": "confirmed",
        "name": "病人",
        "onset": (local(now()).date() - timedelta(days=2)).isoformat(),
    }
    do(town.actor("health"), "case.open", payload)
    return case_id
