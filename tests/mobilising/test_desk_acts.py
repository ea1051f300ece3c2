"""Teams and matters changed at the desk: leads, shared places, merging; logs with photos."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests import town as towns
from tests.mobilising.helpers import call, organisation, staff
from tests.mobilising.test_pages import body, client, send
from tests.town import COMMUNITY, DISTRICT, Town, do, entry

from lianfang.kernel.ids import new_id
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.kernel.verification import verify
from lianfang.mobilising import gathering, queries
from lianfang.mobilising.models import Call, CallCount, CallGroup, Team, WhistleStep
from lianfang.people.models import Organisation

pytestmark = pytest.mark.django_db
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 200


@pytest.fixture
def town(settings: Any, tmp_path: Any) -> Town:
    settings.MEDIA_ROOT = tmp_path
    town = towns.build()
    town.hire("command", "district_command", DISTRICT)
    town.hire("elsewhere", "community_lead", "440605012901")
    return town


def team(town: Town, name: str, kind: str = "task_force", **more: Any) -> Team:
    id_ = organisation(name)
    payload = {
        "team_id": str(id_),
        "area_id": str(town.areas[COMMUNITY].id),
        "kind": kind,
        "first_day": "2020-01-28",
        **more,
    }
    do(town.actor("lead"), "team.form", payload, "")
    return Team.objects.get(id=id_)


def test_a_team_gets_a_lead_and_goes_into_another(town: Town) -> None:
    small, large = team(town, "摩托车队"), team(town, "大队")
    (one, *_) = staff(town, small.id, 3)
    desk = client(town, "lead")
    where = f"/teams/{small.id}"
    key = f"{DISTRICT}:{one}"
    assert key in body(desk.get(where))
    assert send(desk, where, act="lead", lead=key).status_code == 302
    small.refresh_from_db()
    assert small.lead == {"district": DISTRICT, "person_id": str(one)}
    assert send(desk, where, act="merge", into_id=str(large.id)).status_code == 302
    small.refresh_from_db()
    assert (small.state, small.merged_into_id) == ("merged", large.id)
    assert "大队" in body(desk.get(where))
    assert send(desk, f"/teams/{large.id}", act="end", why="任务完成").status_code == 302
    assert Organisation.objects.get(id=large.id).valid_to
    assert "摩托" in body(desk.get("/teams?q=摩托"))
    assert "摩托" not in body(desk.get("/teams?q=大队"))
    assert client(town, "elsewhere").get(where).status_code == 404
    assert verify().differences == []


def test_organisations_share_a_command_place_with_a_function_each(town: Town) -> None:
    place = team(town, "火车站联防点", "command_place", functions=["测温", "登记"])
    railway = organisation("铁路")
    desk = client(town, "lead")
    where = f"/teams/{place.id}"
    done = send(desk, where, act="share", organisation_id=str(railway), function="测温")
    assert done.status_code == 302, body(done)
    assert "铁路  测温" in body(desk.get(where))
    wrong = send(desk, where, act="share", organisation_id=str(railway), function="做饭")
    assert wrong.status_code == 422


def raised(town: Town) -> tuple[str, str]:
    unit, id_ = organisation("城管"), str(new_id())
    payload = {
        "whistle_id": id_,
        "area_id": str(town.areas[COMMUNITY].id),
        "kind": "guarding",
        "title": "北门无人值守",
        "urgency": "half_hour",
        "departments": [str(unit)],
    }
    do(town.actor("lead"), "whistle.raise", payload)
    return id_, str(unit)


def test_the_joint_handling_has_photos_that_lie_sealed(town: Town, tmp_path: Any) -> None:
    id_, unit = raised(town)
    desk = client(town, "lead")
    where = f"/whistles/{DISTRICT}/{id_}"
    photo = SimpleUploadedFile("a.jpg", JPEG, "image/jpeg")
    done = send(desk, where, act="log", text="已到场", organisation_id=unit, photo=photo)
    assert done.status_code == 302, body(done)
    step = WhistleStep.objects.get(action="log")
    page = body(desk.get(where))
    found = re.search(r'href="(/whistles/[^"]+/photos/[^"]+)"', page)
    assert found
    assert "城管 · 已到场" in page
    shown = desk.get(found.group(1))
    assert (shown.content, shown["Content-Type"]) == (JPEG, "image/jpeg")
    # On the disk nobody can read it, and who may not read the matter does not see it.
    (kept,) = [f for f in tmp_path.rglob("*") if f.is_file()]
    assert kept.name == step.photo_id.hex if step.photo_id else False
    assert JPEG not in kept.read_bytes()
    assert client(town, "elsewhere").get(found.group(1)).status_code == 404
    assert desk.get(f"{where}/photos/{new_id()}").status_code == 404
    wrong = SimpleUploadedFile("a.txt", b"no photo", "text/plain")
    assert "no photo" in body(send(desk, where, act="log", text="", photo=wrong))
    empty = submit(town.actor("lead"), [entry("whistle.log", {"whistle_id": id_})])[0]
    assert empty.refusal
    assert empty.refusal.code == "whistle.nothing_said"
    assert verify().differences == []


def test_how_departments_answer_is_a_table_of_a_time_and_a_file(town: Town) -> None:
    raised(town)
    desk = client(town, "lead")
    for days in ("", "7", "30"):
        assert "城管" in body(desk.get(f"/whistles/departments?days={days}"))
    answer = desk.get("/whistles/departments.xlsx?days=7")
    assert answer.status_code == 200
    assert answer.content.startswith(b"PK")


def test_output_is_the_sum_of_its_counts(town: Town) -> None:
    one = call(town, 3)
    CallGroup.objects.filter(call_id=one.id).update(target=1_000)
    desk = client(town, "lead")
    where = f"/calls/{DISTRICT}/{one.id}"
    first = str(CallGroup.objects.get().id)
    for made in ("300", "400", "-50"):
        done = send(desk, where, act="count", group_id=first, made=made)
        assert done.status_code == 302, body(done)
    assert CallGroup.objects.get().output == 650
    assert [n.made for n in queries.counts(one)] == [-50, 400, 300]
    page = body(desk.get(where))
    assert "650" in page
    below = send(desk, where, act="count", group_id=first, made="-651")
    assert below.status_code == 422
    # A phone that counts in all writes the difference.
    payload = {"call_id": str(one.id), "group_id": first, "output": 900}
    do(town.actor("lead"), "call.output", payload)
    assert CallCount.objects.order_by("-at", "-id")[0].made == 250
    nothing = {"call_id": str(one.id), "group_id": first}
    receipt = submit(town.actor("lead"), [entry("call.output", nothing)])[0]
    assert receipt.refusal
    assert receipt.refusal.code == "call.no_count"


def test_the_buildings_to_share_come_from_the_register(town: Town) -> None:
    one = call(town, 3)
    known = queries.buildings(Call.objects.get(id=one.id))
    desk = client(town, "lead")
    page = body(desk.get(f"/calls/{DISTRICT}/{one.id}"))
    assert all(f"{name} {n}" in page for name, n in known.items())


def test_the_board_and_a_unit_of_a_recall_are_given_as_files(town: Town) -> None:
    unit = organisation("机关")
    (one, *_) = staff(town, unit, 2)
    lead = town.actor("lead")
    begin = {"area_id": str(town.areas[COMMUNITY].id), "person_id": str(one), "place": "北出口"}
    do(lead, "duty_time.begin", begin)
    desk = client(town, "command")
    assert "北出口" in body(desk.get("/duty-times?q=北"))
    assert "北出口" not in body(desk.get("/duty-times?q=南"))[-8_000:]
    recall = {
        "recall_id": str(id_ := new_id()),
        "organisation_id": str(unit),
        "area_id": str(town.areas[DISTRICT].id),
        "name": "返岗",
        "deadline": (now() + timedelta(days=1)).isoformat(),
    }
    assert all(r.stands for r in gathering.open_recall(town.actor("command"), recall))
    for path in ("/duty-times.xlsx?q=北", f"/recalls/{id_}/units/{unit}.xlsx?answer=silent"):
        answer = desk.get(path)
        assert answer.status_code == 200, path
        assert answer.content.startswith(b"PK")
        assert client(town, "grid1").get(path).status_code == 404
