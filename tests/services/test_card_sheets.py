"""Door cards on paper, and the way to them from the household's page."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.services.helpers import build
from tests.town import COMMUNITY, DISTRICT, Town

from lianfang.kernel.ids import new_id
from lianfang.services import cards

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build()


def test_a_sheet_has_a_card_for_each_door_of_the_building(town: Town, client: Client) -> None:
    client.force_login(town.accounts["lead"])
    area = town.areas[COMMUNITY].id
    assert "3" in client.get(f"/services/cards/{area}").content.decode()
    page = client.get(f"/services/cards/{area}/print?building=3").content.decode()
    assert page.count('class="door-card"') == 3
    assert "3-2-501" in page
    assert "4-1-101" not in page


def test_only_who_serves_there_prints_cards(town: Town, client: Client) -> None:
    area = town.grid(1).id
    for who, status in (("grid1", 200), ("grid2", 404), ("helper", 404), ("other", 404)):
        client.force_login(town.accounts[who])
        assert client.get(f"/services/cards/{area}/print").status_code == status, who


def test_the_households_page_stops_and_renews_the_card(town: Town, client: Client) -> None:
    home = town.households["3-2-501"]
    client.force_login(town.accounts["grid1"])
    page = client.get(f"/households/{DISTRICT}/{home}").content.decode()
    assert f"/d/{cards.code_of(DISTRICT, home)}" in page
    where = f"/services/cards/{DISTRICT}/{home}"
    client.post(f"{where}/stop", {"entry_id": str(new_id())})
    assert client.get(f"/d/{cards.code_of(DISTRICT, home)}").status_code == 404
    client.post(f"{where}/renew", {"entry_id": str(new_id())})
    assert client.get(f"/d/{cards.code_of(DISTRICT, home, 1)}").status_code == 200
