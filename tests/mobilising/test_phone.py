"""The part of mobilising on a phone: what is the owner's own, what the owner may do, no more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests import town as towns
from tests.doors.sync.conftest import post
from tests.mobilising.helpers import sign_up
from tests.mobilising.on_phone import helper, stage
from tests.town import COMMUNITY, DISTRICT, Town, accepted, entry

from lianfang.drill.phones import Phone
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Record
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.kernel.verification import verify
from lianfang.mobilising.models import (
    Attendance,
    Call,
    PlannedShift,
    Recalled,
    TeamMember,
    WhistleDepartment,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return towns.build()


@pytest.fixture
def made(town: Town) -> dict[str, UUID]:
    return stage(town)


def phone(town: Town, username: str) -> Phone:
    account = town.accounts[username]
    account.set_password("a long word")
    account.save(update_fields=["password"])
    one = Phone(post)
    one.login(username=username, password="a long word")
    one.sync()
    return one


def part(one: Phone) -> dict[str, Any]:
    found: dict[str, Any] = one.lists["rooms"].get("mobilising", {})
    return found


def send(one: Phone, command: str, **payload: Any) -> str:
    """Record one act, sync, and return how it went."""
    plain = {k: str(v) if isinstance(v, UUID) else v for k, v in payload.items()}
    id_ = one.record(command, plain, DISTRICT)
    one.sync()
    return str(one.settled[id_]["status"])


def test_everything_of_ones_own_is_on_the_phone(town: Town, made: dict[str, UUID]) -> None:
    lin = phone(town, "lin")
    mine = part(lin)
    assert mine["shifts"][0][1] == str(made["shift"])
    assert [r["answer"] for r in mine["recalls"]] == ["silent"]
    assert mine["whistles"][0]["departments"][0][5] == 1
    (team,) = mine["teams"]
    assert (team["name"], team["count"], team["leads"]) == ("青年突击队", 3, True)
    assert team["equipment"] == [["摩托车", 6], ["马", 2]]
    # An auditor of the district sees addresses, not names.
    assert {m[0] for m in team["members"]} == {"张**"}
    assert "board" not in mine
    assert "day" not in mine


def test_own_acts_need_no_role_and_others_acts_do(town: Town, made: dict[str, UUID]) -> None:
    lin = phone(town, "lin")
    assert send(lin, "shift.acknowledge", shift_id=made["shift"]) == "accepted"
    assert PlannedShift.objects.get(id=made["shift"]).state == "acknowledged"
    answer = {"recall_id": made["recall"], "answer": "back"}
    assert send(lin, "recall.answer", person_id=made["me"], **answer) == "accepted"
    assert send(lin, "recall.answer", person_id=made["other"], **answer) == "refused"
    assert sorted(Recalled.objects.values_list("answer", flat=True)) == ["back", "silent", "silent"]
    assert send(lin, "team.accept", team_id=made["team"], person_id=made["me"]) == "accepted"
    assert TeamMember.objects.exclude(accepted_at=None).count() == 1
    report = {"whistle_id": made["whistle"], "organisation_id": made["unit"]}
    assert send(lin, "whistle.report", by="李科长", **report) == "accepted"
    assert WhistleDepartment.objects.get().by == "李科长"
    # The record names the account, not a link.
    acts = Record.objects.filter(command__in=["shift.acknowledge", "team.accept"])
    assert {r.actor for r in acts} == {town.actor("lin").ref}
    assert verify().differences == []


def test_on_and_off_duty_at_a_shift_of_ones_own(town: Town, made: dict[str, UUID]) -> None:
    lin = phone(town, "lin")
    area = town.areas[COMMUNITY].id
    where = {"area_id": area, "person_id": made["me"]}
    assert send(lin, "duty_time.begin", place="北门卡口", **where) == "accepted"
    day = part(lin)["day"]
    assert day["place"] == "北门卡口"
    assert (day["days"], day["minutes"]) == (1, 0)
    other = {"area_id": area, "person_id": made["other"]}
    assert send(lin, "duty_time.begin", **other) == "refused"
    elsewhere = {"area_id": town.grid(1).id, "person_id": made["me"]}
    assert send(lin, "duty_time.end", **elsewhere) == "refused"
    assert send(lin, "duty_time.end", **where) == "accepted"
    assert part(lin)["day"]["since"] is None


def test_a_sign_up_by_link_is_on_the_phone_of_that_number(
    town: Town, made: dict[str, UUID]
) -> None:
    found = Call.objects.get(id=made["call"])
    first = sign_up(found, 1)
    mine = sign_up(found, 2, phone="13800000000")
    lin = phone(town, "lin")
    (one,) = part(lin)["calls"]
    assert one["sign_up"] == mine.result["sign_up_id"]
    ids = {"call_id": made["call"]}
    assert send(lin, "call.check_in", sign_up_id=one["sign_up"], **ids) == "accepted"
    strange = first.result["sign_up_id"]
    assert send(lin, "call.check_in", sign_up_id=strange, **ids) == "refused"
    assert part(lin)["calls"][0]["state"] == "present"
    assert send(lin, "call.check_out", sign_up_id=one["sign_up"], **ids) == "accepted"


def test_a_lead_has_the_board_of_the_tired_with_who_could_take_over(
    town: Town, made: dict[str, UUID]
) -> None:
    area = str(town.areas[COMMUNITY].id)
    for days in range(7, 0, -1):
        begin = {"area_id": area, "person_id": str(made["other"]), "place": "北门卡口"}
        at = now() - timedelta(days=days - 1, hours=1)
        entries = [entry("duty_time.begin", begin, occurred_at=at)]
        if days > 1:
            end = {"area_id": area, "person_id": str(made["other"])}
            later = at + timedelta(hours=4)
            entries.append(entry("duty_time.end", end, occurred_at=later))
        for one in entries:
            accepted(submit(town.actor("lead"), [one]))
    lead = phone(town, "lead")
    (row,) = part(lead)["board"]
    assert row[1] == str(made["other"])
    assert (row[2], row[3], row[7]) == ("张1", "北门卡口", 1)
    # A stretch over midnight counts for both of its days.
    assert row[6] in (7, 8)
    by = row[9][0][0]
    assert by != str(made["other"])
    payload = {"area_id": row[8], "person_id": made["other"], "by_id": by}
    assert send(lead, "relief.arrange", **payload) == "accepted"
    assert {r[1] for r in part(lead)["board"]} == {by}
    before = lead.cursor
    assert "rooms" not in lead.sync()["changes"]
    assert before
    assert Attendance.objects.filter(ended_at=None).count() == 1


def test_what_is_not_ones_own_any_more_leaves_the_phone(town: Town, made: dict[str, UUID]) -> None:
    lin = phone(town, "lin")
    assert send(lin, "shift.drop", shift_id=made["shift"], why="发烧") == "accepted"
    assert len(part(lin)["shifts"]) == 1
    helper(town, "nobody", new_id())
    empty = phone(town, "nobody")
    assert part(empty) == {}


def test_a_lost_phone_does_nothing_for_its_owner(town: Town, made: dict[str, UUID]) -> None:
    from lianfang.doors.models import Device
    from lianfang.doors.sync import devices

    lin = phone(town, "lin")
    devices.report_lost(Device.objects.get(account=town.accounts["lin"]), town.actor("lead"))
    assert send(lin, "shift.acknowledge", shift_id=made["shift"]) == "refused"
    assert PlannedShift.objects.get(id=made["shift"]).state == "planned"
