"""The state table of orders, walked by chance: no way out of it, no dead end, money adds up."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from lianfang.services import rules
from lianfang.services.rules import (
    LIVE_ORDERS,
    ORDER_TABLE,
    OVER,
    OrderAction,
    OrderState,
    Payer,
    Why,
    next_order_state,
)


class OrderMachine(RuleBasedStateMachine):
    """Tries actions in any order, and keeps the money as the handlers do."""

    def __init__(self) -> None:
        super().__init__()
        self.state = OrderState.ORDERED
        self.price = self.refund = self.paid = 0
        self.bought = self.left = False

    @rule(action=st.sampled_from(OrderAction), fen=st.integers(0, 10_000))
    def act(self, action: OrderAction, fen: int) -> None:
        state = next_order_state(self.state, action)
        if state is None:
            assert (self.state, action) not in ORDER_TABLE
            return
        if action is OrderAction.BUY:
            self.price, self.bought = fen, True
        elif action is OrderAction.LEAVE:
            self.left = True
        elif action is OrderAction.UPHOLD:
            self.refund += min(fen, max(0, self.price - self.refund))
        elif action is OrderAction.SETTLE:
            self.paid += rules.owed(self.price, self.refund, self.paid, Payer.HOUSEHOLD)
        self.state = state

    @invariant()
    def nothing_is_confirmed_that_never_came(self) -> None:
        if self.state in (OrderState.CONFIRMED, OrderState.SETTLED):
            assert self.left or self.bought

    @invariant()
    def what_is_settled_is_paid(self) -> None:
        if self.state is OrderState.SETTLED:
            assert self.paid == self.price - self.refund

    @invariant()
    def a_live_order_can_go_on(self) -> None:
        ways = [a for a in OrderAction if next_order_state(self.state, a)]
        assert ways or self.state in OVER

    @precondition(lambda self: self.bought and self.state is not OrderState.ORDERED)
    @rule()
    def bought_goods_are_not_cancelled(self) -> None:
        if self.state in (OrderState.BOUGHT, OrderState.AT_DOOR):
            assert next_order_state(self.state, OrderAction.CANCEL) is None
            assert next_order_state(self.state, OrderAction.GIVE_BACK) in (self.state,)


TestOrderMachine = OrderMachine.TestCase
TestOrderMachine.settings = settings(max_examples=200, stateful_step_count=30, deadline=None)


def test_every_state_is_reached_and_leads_to_an_end() -> None:
    reached, edge = {OrderState.ORDERED}, [OrderState.ORDERED]
    while edge:
        here = edge.pop()
        for (start, _), end in ORDER_TABLE.items():
            if start == here and end not in reached:
                reached.add(end)
                edge.append(end)
    assert reached == set(OrderState)
    ends = set(OVER)
    for _ in OrderState:
        ends |= {start for (start, _), end in ORDER_TABLE.items() if end in ends}
    assert ends == set(OrderState)
    assert set(OrderState) == LIVE_ORDERS | OVER


def test_priority_grows_with_reasons_and_never_passes_the_highest() -> None:
    assert rules.priority([]) == 0
    assert rules.priority([Why.HELPER]) == 3
    assert rules.priority([Why.ISOLATED]) > rules.priority([Why.AGED])
    assert rules.priority([Why.AGED, Why.AGED]) == 3
    assert rules.priority(list(Why), urgent=True) == rules.HIGHEST


def test_fen_are_shown_as_yuan() -> None:
    assert [rules.yuan(f) for f in (1250, 5, -250, None)] == ["12.50", "0.05", "-2.50", ""]
