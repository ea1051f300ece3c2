"""S13: a railway station in Shanghai, four organisations named and others, one command.

Posts under one command place, shifts, counts per hour, and one situation picture of all.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client
from tests.scenarios.city import hire
from tests.scenarios.gate import Gate, act
from tests.scenarios.hands import actor, form, import_city, path_above, people, unit

from lianfang.areas.models import Area
from lianfang.kernel import times
from lianfang.kernel.ids import new_id
from lianfang.kernel.verification import verify
from lianfang.people.models import Account
from lianfang.stations import board_queries

pytestmark = pytest.mark.django_db(transaction=True)

EIGHT = datetime.fromisoformat("2020-01-28T08:00:00+08:00")
FUNCTIONS = {"测温": "铁路", "问询": "街道", "登记": "卫健", "疏导": "公安"}


def test_s13_four_organisations_share_one_command_and_one_picture() -> None:
    homes = import_city("3101")
    station = homes[0]
    district = station.district
    with times.at(EIGHT - timedelta(hours=2)):
        hire("street", "street_command", Area.objects.get(path=path_above(station)))
        hire("site", "site_staff", station)
        hire("helper", "volunteer", station)
        command = form("street", "火车站联防点", station, kind="command_place")
        desk, site, helper = Gate("street"), Gate("site"), Gate("helper")
        for function, name in FUNCTIONS.items():
            share = {
                "team_id": str(command.id),
                "organisation_id": str(unit(name)),
                "function": function,
            }
            desk.must([act("team.share", share, "")])
        posts: dict[str, UUID] = {}
        for name in ("进站口测温点", "出站口测温点", "南广场", "北广场"):
            posts[name] = new_id()
            content = {
                "post_id": str(posts[name]),
                "kind": "station",
                "name": name,
                "area_id": str(station.id),
                "team_id": str(command.id),
            }
            desk.must([act("post.open", content, district)])
        # A post of somebody else is not in the picture.
        other = {
            "post_id": str(new_id()),
            "kind": "gate",
            "name": "小区北门",
            "area_id": str(station.id),
        }
        desk.must([act("post.open", other, district)])
        team = people(station, command.id, 9)
    with times.at(EIGHT):
        for number, who in enumerate(team):
            place = list(posts)[number % 3]
            content = {"area_id": str(station.id), "person_id": str(who), "place": place}
            site.must([act("duty_time.begin", content, district)])
    for hour in range(3):
        with times.at(EIGHT + timedelta(hours=hour, minutes=30)):
            for n in range(10):
                passage = {
                    "post_id": str(posts["进站口测温点"]),
                    "direction": "in",
                    "travellers": [
                        {
                            "phone": f"1380000{hour:02d}{n:02d}",
                            "temperature": "37.6" if (hour, n) == (2, 3) else "36.4",
                        }
                    ],
                }
                site.must([act("passage.record", passage, district)])
            crowd = {
                "post_id": str(posts["南广场"]),
                "entered": 300 + hour,
                "left": 280,
                "waiting": 90 - 30 * hour,
            }
            helper.must([act("post.count", crowd, district)])
    with times.at(EIGHT + timedelta(hours=2, minutes=45)):
        picture = board_queries.picture(
            actor("street"), [district], EIGHT.date(), team_id=command.id
        )
        assert {line.post.name for line in picture.lines} == set(posts)
        assert picture.lines[0].post.name == "进站口测温点"
        assert (picture.into, picture.out, picture.fevers) == (30 + 903, 840, 1)
        assert [h.into for h in picture.hours[8:11]] == [310, 311, 312]
        assert (picture.waiting, picture.on_duty, picture.empty_posts) == (30, 9, 1)
        by_name = {line.post.name: line for line in picture.lines}
        assert by_name["南广场"].this_hour == 302 + 280
        browser = Client(headers={"accept-language": "zh-hans"})
        browser.force_login(Account.objects.get(username="street"))
        page = browser.get(f"/posts/board?team={command.id}").content.decode()
        for word in (*posts, *FUNCTIONS.values(), "火车站联防点"):
            assert word in page, word
        assert "小区北门" not in page
        assert "1380000" not in page
    assert verify().differences == []
