"""S12: five staff, 3,000 households: a link in the group chat, and the same hour each has doors."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from tests.scenarios.city import draw_grids, hire, hire_all
from tests.scenarios.gate import Gate, act
from tests.scenarios.hands import group, import_city, open_call, sign_up

from lianfang.kernel import times
from lianfang.kernel.ids import new_id
from lianfang.kernel.times import now
from lianfang.mobilising import queries
from lianfang.mobilising.models import Call, SignUp

pytestmark = pytest.mark.django_db
BUILDINGS, DOORS, HELPERS = 60, 50, 60


def test_from_the_group_chat_to_the_buildings_within_the_hour() -> None:
    (home, *_rest) = import_city("4406")
    grids = draw_grids([home], 5)
    hire("lead", "community_lead", home)
    hire_all([(f"staff{n}", "grid_worker", grid, "") for n, grid in enumerate(grids[:4])])
    desk = Gate("lead")
    desk.must(
        [
            act(
                "household.register",
                {
                    "household_id": str(new_id()),
                    "area_id": str(grids[building % 5].id),
                    "building": f"{building + 1}栋",
                    "unit": "1",
                    "room": f"{door:03d}",
                    "members": [],
                },
                home.district,
            )
            for building in range(BUILDINGS)
            for door in range(DOORS)
        ]
    )
    called = now()
    call = open_call(
        desk, home, "入户排查", [group("楼栋", called + timedelta(hours=1), 4, HELPERS)]
    )
    with times.at(called + timedelta(minutes=40)):
        mine = [sign_up(call, number) for number in range(HELPERS)]
    # The buildings and their households come out of the register; nobody types them.
    known = queries.buildings(call)
    assert sum(known.values()) == 3_000
    with times.at(called + timedelta(minutes=45)):
        desk.must(
            [act("call.share_out", {"call_id": str(call.id), "places": known}, call.district)]
        )
    figures = queries.call_figures(Call.objects.get(id=call.id))
    assert (figures.households, figures.taken, figures.load) == (3_000, 60, 50)
    assert all(len(s) == 1 for s in SignUp.objects.values_list("share", flat=True))
    # Each helper sees the own building on the own page.
    shown = Client().get(mine[0]).content.decode()
    assert "栋" in shown
    # Before: 600 households for each of the five staff; now 50 for a helper.
    span = queries.coverage_time(Call.objects.get(id=call.id))
    assert span.staff == 5
    assert (span.before, span.after) == (30.0, 2.5)
