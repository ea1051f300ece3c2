"""The journal gives it all again; and the state tables hold for any order of acts."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.directives.helpers import answer, build, check_tallies, issue, open_task
from tests.town import COMMUNITY, DISTRICT, do, entry

from lianfang.directives import rules, sending
from lianfang.directives.models import LocalNode, NodeTally, TaskLine, TaskTally
from lianfang.directives.rules import LineState, NodeAction, NodeState
from lianfang.kernel import clock
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Record
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.kernel.verification import verify


@pytest.mark.django_db(transaction=True)
def test_a_replay_gives_directives_and_tasks_again() -> None:
    town = build()
    first = issue(town.actor("country"), ack_due=(now() + timedelta(minutes=5)).isoformat())
    stepwise = issue(town.actor("country"), passing="stepwise")
    record = Record.objects.filter(command="directive.issue").order_by("-seq")[0]
    answer(town, "province", stepwise, "44", "pass_on")
    answer(town, "city", stepwise, "4406", "pass_on")
    clock.run(now() + timedelta(minutes=10))
    answer(town, "county", stepwise, DISTRICT, "pass_on")
    answer(town, "lead", first, COMMUNITY, "read")
    measure = {
        "directive_id": first,
        "area_id": str(town.areas[COMMUNITY].id),
        "measure_id": str(new_id()),
        "kind": "recall",
        "links": [{"district": "", "record_id": str(record.id), "command": record.command}],
    }
    do(town.actor("lead"), "directive.measure", measure)
    do(town.actor("county"), "directive.remind", {"area_id": str(town.areas[DISTRICT].id)})
    do(town.actor("country"), "directive.remind_above", {}, "")
    issue(town.actor("country"), replaces_id=first)
    do(town.actor("country"), "directive.withdraw", {"directive_id": stepwise, "why": "有误"}, "")
    sending.spread(now())
    a, b = town.register(1, "3-2-501", "3-2-502")
    task = open_task(town, households=True)
    noted = open_task(town, proof="note")
    where = {"area_id": str(town.grid(1).id)}
    do(town.actor("grid1"), "task.doors", {"task_id": task, **where, "done": [str(a)]})
    excused = {"task_id": task, **where, "excused": [str(b)], "why": "外出"}
    do(town.actor("grid1"), "task.doors", excused)
    do(town.actor("grid1"), "task.done", {"task_id": noted, **where, "note": "已清"})
    do(town.actor("lead"), "household.close", {"household_id": str(b), "why": "拆除"})
    assert verify().differences == []


TIMES = st.one_of(st.none(), st.datetimes(datetime(2020, 1, 1), datetime(2020, 3, 1)))


@given(st.lists(st.sampled_from(NodeAction), max_size=8))
def test_a_copy_never_goes_back(actions: list[NodeAction]) -> None:
    state, order = NodeState.WAITING, list(NodeState)
    for action in actions:
        after = rules.next_node(state, action)
        if after is None:
            assert (state is NodeState.WAITING) == (action is not NodeAction.RECEIVE)
            continue
        assert order.index(after) >= order.index(state)
        state = after


@given(st.tuples(TIMES, TIMES, TIMES, TIMES))
def test_the_state_is_that_of_the_furthest_time(times: tuple[datetime | None, ...]) -> None:
    received, read, acknowledged, acted = times
    state = rules.node_state(received, read, acknowledged, acted)
    given_times = [n for n, moment in enumerate(times, 1) if moment]
    assert list(NodeState).index(state) == max(given_times, default=0)


@given(st.lists(st.sampled_from(["11/", "11/01/", "11/01/02/", "110/", "12/", "12/01/"])))
def test_of_nested_targets_the_outermost_cover_all(paths: list[str]) -> None:
    kept = rules.outermost(paths)
    assert all(rules.covers(kept, p) for p in paths)
    assert not any(a != b and a.startswith(b) for a in kept for b in kept)


WHO = {
    "county": DISTRICT,
    "street": "440605011",
    "lead": COMMUNITY,
}
ACTS = st.tuples(
    st.sampled_from(sorted(WHO)),
    st.sampled_from(["read", "acknowledge", "pass_on", "measure"]),
    st.integers(0, 1),
)


class Orders(TestCase):
    """Whatever people do in whatever order, the counters equal the rows."""

    @settings(max_examples=12)
    @given(st.lists(ACTS, max_size=8))
    def test_counts_of_each_level_equal_the_rows(self, acts: list[tuple[str, str, int]]) -> None:
        town = build()
        ids = [issue(town.actor("country")), issue(town.actor("country"), passing="stepwise")]
        for code, who in (("44", "province"), ("4406", "city")):
            answer(town, who, ids[1], code, "pass_on")
        sending.spread(now())
        for who, act, which in acts:
            payload = {"directive_id": ids[which], "area_id": str(town.areas[WHO[who]].id)}
            if act == "measure":
                payload |= {"measure_id": str(new_id()), "kind": "appeals"}
            submit(town.actor(who), [entry(f"directive.{act}", payload)])
        check_tallies()
        for node in LocalNode.objects.all():
            assert node.received_at is not None
            assert node.state in NodeState
        for tally in NodeTally.objects.all():
            assert tally.acted <= tally.acked <= tally.read
            assert tally.acked_late <= tally.acked

    @settings(max_examples=12)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["done", "excuse", "reopen", "doors"]),
                st.integers(1, 2),
                st.integers(0, 1),
            ),
            max_size=8,
        )
    )
    def test_each_grid_is_in_one_state_and_counted_once(
        self, acts: list[tuple[str, int, int]]
    ) -> None:
        town = build()
        doors = {1: town.register(1, "3-2-501"), 2: town.register(2, "4-1-101")}
        ids = [open_task(town), open_task(town, households=True)]
        for act, grid, which in acts:
            payload: dict[str, object] = {
                "task_id": ids[which],
                "area_id": str(town.grid(grid).id),
            }
            payload |= {"why": "没有"} if act == "excuse" else {}
            payload |= {"done": [str(d) for d in doors[grid]]} if act == "doors" else {}
            submit(town.actor("lead"), [entry(f"task.{act}", payload)])
        for tally in TaskTally.objects.all():
            lines = TaskLine.objects.filter(task_id=tally.task_id, path__startswith=tally.path)
            states = [line.state for line in lines]
            assert tally.grids == len(states)
            assert tally.done == states.count(LineState.DONE)
            assert tally.excused == states.count(LineState.EXCUSED)
            assert tally.doors_done == sum(line.doors_done for line in lines)
