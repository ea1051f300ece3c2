"""The journal gives stock, requests, production and places again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.supplies.helpers import build, item, must, post
from tests.supplies.test_places import checks, place
from tests.supplies.test_requests import ask
from tests.town import COMMUNITY, DISTRICT

from lianfang.kernel import clock
from lianfang.kernel.ids import new_id
from lianfang.kernel.times import now
from lianfang.kernel.verification import verify
from lianfang.supplies.models import Finding

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_replay_gives_the_same_state() -> None:
    town = build()
    lead, street = town.actor("lead"), town.actor("street")
    gate, depot, masks = post(town, "东门"), post(town, "街道仓库", "440605011"), item()
    must(street, "stock.receive", post_id=depot, item_id=masks, quantity=50, lot="A")
    must(street, "stock.keep", post_id=depot, item_id=masks, low_at=30)
    request_id = ask(town, gate, {masks: 40})
    must(street, "supply.approve", request_id=request_id, giver_id=depot)
    must(street, "supply.send", request_id=request_id)
    lines = [{"item_id": str(masks), "quantity": 39}]
    must(lead, "supply.arrive", request_id=request_id, lines=lines, why="少一只")
    order, start = new_id(), now() - timedelta(hours=2)
    must(
        lead,
        "production.open",
        production_id=order,
        area_id=town.areas[COMMUNITY].id,
        name="口罩",
        unit="只",
        daily_target=700_000,
        stages=["分拣", "打包"],
        starts_at=start.isoformat(),
    )
    must(
        lead,
        "production.count",
        production_id=order,
        stage=0,
        from_at=start.isoformat(),
        to_at=now().isoformat(),
        out=900,
    )
    place_id = place(town)
    clock.run()
    must(lead, "place.inspect", place_id=place_id, checks=checks(True, False, True), note="补")
    finding = Finding.objects.get(district=DISTRICT)
    must(lead, "finding.mend", place_id=place_id, finding_id=finding.id, proof="已改")
    assert verify().differences == []
