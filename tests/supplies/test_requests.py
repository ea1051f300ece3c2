"""Requests: asked for, approved by who may, sent from stock, received with what is missing."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from tests.supplies.helpers import build, code, item, must, post, send
from tests.town import DISTRICT, Town

from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.kernel.times import now
from lianfang.supplies.models import RequestLine, Stock
from lianfang.supplies.rules import REQUEST_TABLE, RequestAction, RequestState

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build()


def ask(town: Town, needing: UUID, lines: dict[UUID, int]) -> UUID:
    request_id = new_id()
    must(
        town.actor("lead"),
        "supply.request",
        request_id=request_id,
        post_id=needing,
        wanted_by=(now() + timedelta(hours=8)).isoformat(),
        lines=[{"item_id": str(i), "quantity": n} for i, n in lines.items()],
        text="明早要用",
    )
    return request_id


def live(kind: str) -> int:
    return Duty.objects.filter(district=DISTRICT, kind=kind, state="open").count()


def stock(post_id: UUID) -> int:
    rows = Stock.objects.filter(district=DISTRICT, post_id=post_id)
    return sum(rows.values_list("quantity", flat=True))


def test_from_the_streets_depot_to_the_gate_with_two_boxes_lost(town: Town) -> None:
    gate, depot, masks = post(town, "东门"), post(town, "街道仓库", "440605011"), item()
    street, lead = town.actor("street"), town.actor("lead")
    expires = "2027-03-31"
    for lot, number in (("A", 300), ("B", 500)):
        must(
            street,
            "stock.receive",
            post_id=depot,
            item_id=masks,
            quantity=number,
            lot=lot,
            expires=expires,
        )
    request_id = ask(town, gate, {masks: 600})
    assert live("supply_request") == 1
    grant = [{"item_id": str(masks), "quantity": 400}]
    must(street, "supply.approve", request_id=request_id, giver_id=depot, lines=grant)
    assert (live("supply_request"), live("supply_send")) == (0, 1)
    must(street, "supply.send", request_id=request_id)
    assert (stock(depot), stock(gate)) == (400, 0)
    short = [{"item_id": str(masks), "quantity": 398}]
    silent = send(lead, "supply.arrive", request_id=request_id, lines=short)
    assert code(silent) == "supply.why_different"
    must(lead, "supply.arrive", request_id=request_id, lines=short, why="两盒浸湿")
    assert stock(gate) == 398
    # The boxes keep their lots and dates on the way.
    lots = Stock.objects.filter(district=DISTRICT, post_id=gate)
    assert {s.lot: (s.quantity, str(s.expires)) for s in lots} == {
        "A": (300, expires),
        "B": (98, expires),
    }
    assert live("supply_difference") == 1
    line = RequestLine.objects.get(district=DISTRICT, request_id=request_id)
    assert (line.wanted, line.approved, line.sent, line.received) == (600, 400, 400, 398)


def test_nobody_grants_a_request_of_ones_own_from_outside(town: Town) -> None:
    gate, masks = post(town, "东门"), item()
    request_id = ask(town, gate, {masks: 10})
    answer = send(town.actor("lead"), "supply.approve", request_id=request_id)
    assert code(answer) == "supply.not_your_own"
    answer = send(town.actor("lead"), "supply.approve", request_id=request_id, giver_id=gate)
    assert code(answer) == "supply.not_your_own"
    must(town.actor("street"), "supply.approve", request_id=request_id)


def test_nobody_gives_away_anothers_stock(town: Town) -> None:
    gate, depot, masks = post(town, "东门"), post(town, "街道仓库", "440605011"), item()
    request_id = ask(town, gate, {masks: 10})
    answer = send(town.actor("lead"), "supply.approve", request_id=request_id, giver_id=depot)
    assert code(answer) == "supply.not_the_giver"
    answer = send(town.actor("other"), "supply.approve", request_id=request_id)
    assert code(answer) in ("kernel.not_found", "kernel.forbidden")


def test_what_is_not_there_is_not_sent(town: Town) -> None:
    gate, depot, masks = post(town, "东门"), post(town, "街道仓库", "440605011"), item()
    request_id = ask(town, gate, {masks: 10})
    must(town.actor("street"), "supply.approve", request_id=request_id, giver_id=depot)
    answer = send(town.actor("street"), "supply.send", request_id=request_id)
    assert code(answer) == "stock.too_few"
    # Nothing happened: it can be sent when there is something.
    must(town.actor("street"), "stock.receive", post_id=depot, item_id=masks, quantity=10)
    must(town.actor("street"), "supply.send", request_id=request_id)


@pytest.mark.parametrize("action", list(RequestAction))
@pytest.mark.parametrize("state", list(RequestState))
def test_only_what_the_table_says_can_happen(
    town: Town, state: RequestState, action: RequestAction
) -> None:
    gate, masks = post(town, "东门"), item()
    request_id = ask(town, gate, {masks: 10})
    steps: dict[RequestState, list[str]] = {
        RequestState.REQUESTED: [],
        RequestState.APPROVED: ["approve"],
        RequestState.SENT: ["approve", "send"],
        RequestState.RECEIVED: ["approve", "send", "arrive"],
        RequestState.REFUSED: ["refuse"],
        RequestState.CANCELLED: ["cancel"],
    }
    who = {"arrive": "lead", "cancel": "lead"}
    for step in steps[state]:
        must(
            town.actor(who.get(step, "street")),
            f"supply.{step}",
            request_id=request_id,
            **({"why": "不够"} if step == "refuse" else {}),
        )
    more = {"why": "不够"} if action == RequestAction.REFUSE else {}
    answer = send(
        town.actor(who.get(action, "street")), f"supply.{action}", request_id=request_id, **more
    )
    allowed = (state, action) in REQUEST_TABLE
    assert (answer.status == "accepted") == allowed
    if not allowed:
        assert code(answer) == "supply.request_not_now"
