"""S19: a mask factory that made 50,000 a day meets a demand of 700,000."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.scenarios.city import hire
from tests.scenarios.gate import Gate, act
from tests.scenarios.hands import at_post, group, import_city, open_call, sign_up

from lianfang.kernel import times
from lianfang.mobilising import queries
from lianfang.mobilising.models import Call, CallGroup, SignUp

pytestmark = pytest.mark.django_db
BEFORE, DEMAND = 50_000, 700_000
# What each of the four groups packs in each of four hours, as counted at the end of the line.
HOURS = ((38_000, 44_000, 47_000, 51_000), (40_000, 42_000, 46_000, 50_000))


def test_120_volunteers_in_four_groups_pack_more_than_the_demand() -> None:
    (home, *_rest) = import_city("4406")
    hire("lead", "community_lead", home)
    desk = Gate("lead")
    morning = datetime.fromisoformat("2020-01-28T08:00:00+08:00")
    with times.at(morning - timedelta(hours=14)):
        groups = [group(f"第{n}组", morning, 4, 30, target=DEMAND // 4) for n in range(1, 5)]
        call = open_call(desk, home, "口罩包装", groups, place="厂门口")
        for number in range(126):
            sign_up(call, number)
        figures = queries.call_figures(call)
        assert (figures.taken, figures.waiting) == (120, 6)
        assert set(CallGroup.objects.values_list("taken", flat=True)) == {30}
    # Two can't come, and one is not at the gate in the morning: the wait list moves up.
    with times.at(morning - timedelta(hours=1)):
        away = list(SignUp.objects.filter(state="signed").order_by("id")[:2])
        desk.must(
            [
                act("call.drop", {"call_id": str(call.id), "sign_up_id": str(r.id)}, call.district)
                for r in away
            ]
        )
        assert queries.call_figures(call).taken == 120
        assert queries.call_figures(call).waiting == 4
    with times.at(morning):
        missing = SignUp.objects.filter(state="signed").order_by("-id").first()
        assert missing
        content = {"call_id": str(call.id), "sign_up_id": str(missing.id)}
        desk.must([act("call.no_show", content, call.district)])
        came = list(SignUp.objects.filter(state="signed"))
        for row in came:
            at_post(call, row.phone, "check_in")
        assert queries.call_figures(call).present == 120
    for hour in range(4):
        with times.at(morning + timedelta(hours=hour + 1)):
            desk.must(
                [
                    act(
                        "call.output",
                        {
                            "call_id": str(call.id),
                            "group_id": str(one.id),
                            "made": HOURS[one.number % 2][hour],
                        },
                        call.district,
                    )
                    for one in CallGroup.objects.order_by("number")
                ]
            )
    with times.at(morning + timedelta(hours=4)):
        for row in came:
            at_post(call, row.phone, "check_out")
    figures = queries.call_figures(Call.objects.get(id=call.id))
    assert (figures.served, figures.minutes) == (120, 120 * 240)
    made = {g.name: g.output for g in CallGroup.objects.all()}
    assert len(queries.counts(call)) == 16
    assert sum(n.made for n in queries.counts(call)) == sum(made.values()) == 716_000
    assert sum(made.values()) >= DEMAND > 10 * BEFORE
    assert all(one.output >= one.target for one in CallGroup.objects.all())
