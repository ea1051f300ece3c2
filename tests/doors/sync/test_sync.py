"""What goes up and what comes down, over the real addresses."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from tests.doors.sync.conftest import NewPhone, open_round
from tests.town import COMMUNITY, DISTRICT, Town, do

from lianfang.doors.models import Device
from lianfang.doors.sync import devices
from lianfang.drill.phones import Phone
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.models import Duty, Record, SetAside
from lianfang.people.models import Account, Household, Person
from lianfang.screening.models import Coverage, Visit

pytestmark = pytest.mark.django_db


def visit(
    phone: Phone, door: UUID | str, round_id: str, outcome: str = "met", **more: object
) -> UUID:
    payload = {"household_id": str(door), "round_id": round_id, "outcome": outcome, **more}
    at = payload.pop("at", None)
    return phone.record("household.visit", payload, DISTRICT, at)  # type: ignore[arg-type]


def labels(phone: Phone) -> set[str]:
    return {"-".join([*d[2:4], d[5]]) for d in phone.doors.values()}


def test_the_first_sync_brings_the_own_grid_and_nothing_else(town: Town, phone: NewPhone) -> None:
    town.register(1, "3-2-501", "3-2-502")
    town.register(2, "4-1-101")
    open_round(town)
    worker = phone("grid1")
    worker.sync()
    assert labels(worker) == {"3-2-501", "3-2-502"}
    door = worker.doors[str(town.households["3-2-501"])]
    assert [p[1] for p in door[6]] == ["王3-2-5010", "王3-2-5011"]
    assert [r["name"] for r in worker.lists["rounds"]] == ["第一轮排查"]
    assert worker.lists["me"]["name"] == "grid1"
    lead = phone("lead")
    lead.sync()
    assert labels(lead) == {"3-2-501", "3-2-502", "4-1-101"}


def test_a_visit_goes_up_once_however_often_it_is_sent(town: Town, phone: NewPhone) -> None:
    (door,) = town.register(1, "3-2-501")
    round_id = open_round(town)
    worker = phone("grid1")
    worker.sync()
    entry_id = visit(worker, door, round_id, all_normal=True)
    waiting = list(worker.outbox.values())
    for _ in range(3):
        assert worker.request(waiting)[0] == 200  # the answer is lost
    answer = worker.sync()
    assert worker.settled[entry_id]["status"] == "repeated"
    assert worker.settled[entry_id]["first"] == "accepted"
    assert Visit.objects.count() == 1
    assert worker.doors[str(door)][7][0][:2] == [round_id, "met"]
    assert answer["changes"]["keep"]


def test_later_syncs_bring_only_what_changed(town: Town, phone: NewPhone) -> None:
    a, b = town.register(1, "3-2-501", "3-2-502")
    round_id = open_round(town)
    first, second = phone("grid1"), phone("lead")
    first.sync()
    second.sync()
    visit(first, a, round_id)
    first.sync()
    changes = second.sync()["changes"]
    assert [d[0] for d in changes["doors"]] == [str(a)]
    assert "areas" not in changes
    assert "me" not in changes
    assert second.sync()["changes"]["doors"] == []
    assert second.doors[str(b)][7] == []


def test_a_change_to_people_reaches_the_phone(town: Town, phone: NewPhone) -> None:
    a, b = town.register(1, "3-2-501", "3-2-502")
    (other,) = town.register(2, "4-1-101")
    worker = phone("grid1")
    worker.sync()
    persons = list(Person.objects.filter(household_id=a).order_by("id"))
    lead = town.actor("lead")
    do(lead, "person.move", {"person_id": str(persons[0].id), "household_id": str(b)})
    worker.sync()
    assert len(worker.doors[str(a)][6]) == 1
    assert len(worker.doors[str(b)][6]) == 3
    do(lead, "person.move", {"person_id": str(persons[1].id), "household_id": str(other)})
    do(lead, "person.leave", {"person_id": str(persons[0].id)})
    worker.sync()
    assert worker.doors[str(a)][6] == []
    assert len(worker.doors[str(b)][6]) == 2


def test_doors_leave_when_they_close_merge_or_go_to_another_grid(
    town: Town, phone: NewPhone
) -> None:
    a, b, c, d = town.register(1, "3-2-501", "3-2-502", "3-2-503", "3-2-504")
    worker = phone("grid1")
    worker.sync()
    lead = town.actor("lead")
    do(lead, "household.close", {"household_id": str(a), "why": "合并"})
    do(lead, "household.merge", {"household_id": str(b), "into_id": str(c)})
    do(lead, "household.assign", {"area_id": str(town.grid(2).id), "household_ids": [str(d)]})
    worker.sync()
    assert set(worker.doors) == {str(c)}
    assert len(worker.doors[str(c)][6]) == 4


def test_a_grant_that_ends_takes_the_data_from_the_phone(town: Town, phone: NewPhone) -> None:
    town.register(1, "3-2-501")
    worker = phone("grid1")
    worker.sync()
    assert worker.doors
    grant = town.accounts["grid1"]
    end_grants(grant)
    worker.sync()
    assert worker.doors == {}
    assert worker.lists["duties"] == []
    assert worker.lists["rounds"] == []


def end_grants(account: Account) -> None:
    from lianfang.areas.models import Grant

    for grant in Grant.objects.filter(account_id=account.id, ended_at=None):
        do(OPERATOR, "grant.end", {"grant_id": str(grant.id)}, "")


def test_another_grid_is_added_and_the_first_stays(town: Town, phone: NewPhone) -> None:
    town.register(1, "3-2-501")
    town.register(2, "4-1-101")
    worker = phone("grid1")
    worker.sync()
    payload = {
        "account_id": str(town.accounts["grid1"].id),
        "role": "grid_worker",
        "area_id": str(town.grid(2).id),
    }
    do(OPERATOR, "grant.give", payload, "")
    changes = worker.sync()["changes"]
    assert len(changes["doors"]) == 1
    assert labels(worker) == {"3-2-501", "4-1-101"}


def test_doors_come_in_pages_and_nothing_between_them_is_missed(
    town: Town, phone: NewPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    doors = town.register(1, *[f"1-1-{n}01" for n in range(1, 8)])
    round_id = open_round(town)
    monkeypatch.setattr("lianfang.doors.sync.changes.MOST_DOORS", 3)
    worker, lead = phone("grid1"), phone("lead")
    status, raw = worker.request([])
    assert status == 200
    worker.apply(json.loads(raw))
    assert len(worker.doors) == 3
    lead.sync()
    for door in doors:
        visit(lead, door, round_id)
    lead.sync()
    worker.sync()
    assert len(worker.doors) == 7
    assert all(d[7][0][1] == "met" for d in worker.doors.values())


def test_a_lost_cursor_or_a_server_put_back_sends_everything_anew(
    town: Town, phone: NewPhone
) -> None:
    town.register(1, "3-2-501")
    worker = phone("grid1")
    worker.sync()
    assert worker.cursor
    worker.cursor["seqs"][DISTRICT] += 100  # as if the server had been restored from a backup
    changes = worker.sync()["changes"]
    assert changes["keep"] == []
    assert labels(worker) == {"3-2-501"}


def test_a_clock_three_hours_wrong_is_corrected(town: Town, phone: NewPhone) -> None:
    (door,) = town.register(1, "3-2-501")
    round_id = open_round(town)
    worker = phone("grid1", clock=timedelta(hours=3))
    worker.sync()
    visit(worker, door, round_id)
    worker.sync()
    written = Visit.objects.get()
    assert abs(written.occurred_at - datetime.now(UTC)) < timedelta(seconds=30)
    assert Device.objects.get(id=worker.device).clock_seconds in range(10_790, 10_810)


def test_an_impossible_time_is_held_for_the_lead(town: Town, phone: NewPhone) -> None:
    (door,) = town.register(1, "3-2-501")
    round_id = open_round(town)
    worker = phone("grid1")
    worker.sync()
    old = visit(worker, door, round_id, at=worker.now() - timedelta(days=40))
    worker.sync()
    assert worker.settled[old]["status"] == "held"
    assert worker.settled[old]["problem"]["code"] == "kernel.clock_odd"
    assert SetAside.objects.get(id=old).state == "held"
    assert Visit.objects.count() == 0


def test_entries_of_somebody_who_lost_access_are_held(town: Town, phone: NewPhone) -> None:
    (door,) = town.register(1, "3-2-501")
    round_id = open_round(town)
    worker = phone("grid1")
    worker.sync()
    entry_id = visit(worker, door, round_id)
    end_grants(town.accounts["grid1"])
    worker.sync()
    assert worker.settled[entry_id]["status"] == "held"
    assert worker.settled[entry_id]["problem"]["code"] == "kernel.access_lost"


def test_a_lost_phone_is_shut_out_and_what_it_held_is_kept(town: Town, phone: NewPhone) -> None:
    (door,) = town.register(1, "3-2-501")
    round_id = open_round(town)
    worker = phone("grid1")
    worker.sync()
    before = visit(worker, door, round_id)
    device = Device.objects.get(id=worker.device)
    assert devices.report_lost(device, town.actor("lead"))
    after = visit(worker, door, round_id, at=worker.now() + timedelta(seconds=2))
    worker.sync()
    assert worker.state == "lost"
    assert worker.doors == {}
    assert worker.settled[before]["status"] == "held"
    assert worker.settled[after]["status"] == "refused"
    assert SetAside.objects.filter(id__in=[before, after]).count() == 2
    with pytest.raises(ValueError, match="sync"):
        Phone(worker.post, device=worker.device, up="other").sync()


def test_a_locked_phone_sends_and_learns_nothing(town: Town, phone: NewPhone) -> None:
    (door,) = town.register(1, "3-2-501")
    round_id = open_round(town)
    worker = phone("grid1")
    worker.sync()
    entry_id = visit(worker, door, round_id)
    answer = worker.sync(locked=True)
    assert worker.settled[entry_id]["status"] == "accepted"
    assert answer["state"] == "locked"
    assert "changes" not in answer


def test_an_account_shut_out_may_still_hand_in(town: Town, phone: NewPhone) -> None:
    (door,) = town.register(1, "3-2-501")
    round_id = open_round(town)
    worker = phone("grid1")
    worker.sync()
    entry_id = visit(worker, door, round_id)
    switch = {"account_id": str(town.accounts["grid1"].id), "active": False}
    do(OPERATOR, "account.switch", switch, "")
    answer = worker.sync()
    assert answer["state"] == "shut"
    assert worker.settled[entry_id]["status"] == "held"
    assert worker.doors == {}


def test_two_workers_at_one_door_both_stand_and_both_see_it(town: Town, phone: NewPhone) -> None:
    (door,) = town.register(1, "3-2-501")
    round_id = open_round(town)
    worker, lead = phone("grid1"), phone("lead")
    worker.sync()
    lead.sync()
    visit(worker, door, round_id)
    second = visit(lead, door, round_id, "nobody_home")
    worker.sync()
    lead.sync()
    result = lead.settled[second]["result"]
    assert result["earlier"]["outcome"] == "met"
    assert result["counts"] is False
    assert Visit.objects.count() == 2
    assert Coverage.objects.get().outcome == "met"
    assert lead.doors[str(door)][7][0][1] == "met"


def test_a_visit_to_a_door_merged_meanwhile_goes_to_the_one_that_stayed(
    town: Town, phone: NewPhone
) -> None:
    a, b = town.register(1, "3-2-501", "3-2-502")
    round_id = open_round(town)
    worker = phone("grid1")
    worker.sync()
    entry_id = visit(worker, a, round_id)
    do(town.actor("lead"), "household.merge", {"household_id": str(a), "into_id": str(b)})
    worker.sync()
    assert worker.settled[entry_id]["result"]["household_id"] == str(b)
    assert worker.doors[str(b)][7][0][1] == "met"
    assert str(a) not in worker.doors


def test_a_duty_claimed_by_two_offline_goes_to_the_first(town: Town, phone: NewPhone) -> None:
    (door,) = town.register(1, "3-2-501")
    round_id = open_round(town)
    worker, lead = phone("grid1"), phone("lead")
    worker.sync()
    visit(worker, door, round_id, "nobody_home")
    worker.sync()
    lead.sync()
    (duty,) = worker.lists["duties"]
    assert duty[2] == "revisit"
    assert duty[9] == "3-2-501"
    late = lead.record("duty.claim", {"duty_id": duty[1]}, DISTRICT)
    worker.record("duty.claim", {"duty_id": duty[1]}, DISTRICT)
    worker.sync()
    lead.sync()
    assert lead.settled[late]["status"] == "refused"
    assert lead.settled[late]["problem"]["code"] == "duty.taken"
    assert lead.lists["duties"] == []
    assert Duty.objects.get().owner == town.actor("grid1").ref


def test_a_volunteer_sees_the_address_only_while_carrying_the_duty(
    town: Town, phone: NewPhone
) -> None:
    (door,) = town.register(1, "3-2-501")
    round_id = open_round(town)
    town.hire("helper", "volunteer", COMMUNITY + "001")
    worker, helper = phone("grid1"), phone("helper")
    worker.sync()
    visit(worker, door, round_id, "nobody_home")
    worker.sync()
    helper.sync()
    assert helper.doors == {}
    (duty,) = helper.lists["duties"]
    assert duty[7:11] == [None, None, "", ""]
    helper.record("duty.claim", {"duty_id": duty[1]}, DISTRICT)
    helper.sync()
    assert helper.lists["duties"][0][9] == "3-2-501"
    helper.record("duty.done", {"duty_id": duty[1]}, DISTRICT)
    helper.sync()
    assert helper.lists["duties"] == []


def test_a_round_that_closed_refuses_and_keeps_the_late_visit(town: Town, phone: NewPhone) -> None:
    a, _b = town.register(1, "3-2-501", "3-2-502")
    round_id = open_round(town)
    worker = phone("grid1")
    worker.sync()
    late = visit(worker, a, round_id)
    do(town.actor("lead"), "round.close_district", {"round_id": round_id})
    worker.sync()
    receipt = worker.settled[late]
    assert receipt["status"] == "refused"
    assert receipt["problem"]["code"] == "round.closed"
    assert receipt["problem"]["message"]
    assert SetAside.objects.get(id=late).state == "refused"
    assert worker.lists["rounds"] == []


def test_a_round_opened_later_brings_what_stands_in_it(town: Town, phone: NewPhone) -> None:
    a, b = town.register(1, "3-2-501", "3-2-502")
    first = open_round(town)
    lead = phone("lead")
    lead.sync()
    visit(lead, a, first)
    lead.sync()
    second = open_round(town, name="第二轮", continues_id=first)
    lead.sync()
    standing = {s[0]: s[1] for s in lead.doors[str(a)][7]}
    assert standing == {first: "met", second: "settled"}
    assert lead.doors[str(b)][7] == []


def test_what_cannot_be_opened_or_read_is_kept_and_sinks_nothing(
    town: Town, phone: NewPhone
) -> None:
    (door,) = town.register(1, "3-2-501")
    round_id = open_round(town)
    worker = phone("grid1")
    worker.sync()
    broken = visit(worker, door, round_id)
    worker.outbox[broken].sealed = worker.outbox[broken].sealed[:-8] + "AAAAAAA="
    odd = worker.record("household.visit", {"household_id": "\x00"}, DISTRICT)
    unknown = worker.record("no.such", {}, "999999")
    good = visit(worker, door, round_id)
    worker.sync()
    assert worker.settled[broken]["problem"]["code"] == "sync.unreadable"
    assert worker.settled[odd]["status"] == "refused"
    assert worker.settled[unknown]["status"] == "refused"
    assert worker.settled[good]["status"] == "accepted"
    assert SetAside.objects.filter(id__in=[broken, odd, unknown]).count() == 3
    assert Record.objects.filter(command="household.visit").count() == 1


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"device_clock": "now"}', b"\x00\xff"])
def test_nonsense_gets_a_problem(phone: NewPhone, town: Town, body: bytes) -> None:
    worker = phone("grid1")
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Device {worker.device}.{worker.up}.",
    }
    status, raw = worker.post("/sync", body, dict(headers))
    assert status == 400
    assert json.loads(raw)["code"] == "sync.not_understood"
    status, _ = worker.post("/sync", body, dict(headers) | {"Content-Encoding": "gzip"})
    assert status == 400


def test_a_wrong_password_and_a_used_link_are_refused(town: Town, phone: NewPhone) -> None:
    from lianfang.people.auth import new_link

    worker = phone("grid1")
    with pytest.raises(ValueError, match=r"sync\.wrong_login"):
        Phone(worker.post).login(username="grid1", password="wrong")
    link = new_link(town.accounts["grid2"], town.actor("lead"))
    other = Phone(worker.post)
    assert other.login(link=link)["account"]["name"] == "grid2"
    with pytest.raises(ValueError, match=r"sync\.wrong_link"):
        Phone(worker.post).login(link=link)


def test_logging_in_again_renews_the_same_device(town: Town, phone: NewPhone) -> None:
    worker = phone("grid1")
    device, up = worker.device, worker.up
    first = worker.login(username="grid1", password="a long word")
    assert worker.device == device
    assert worker.up != up
    again = worker.login(username="grid1", password="a long word")
    assert again["share"] == first["share"]
    assert Device.objects.count() == 1


def test_two_thousand_doors_take_a_bounded_number_of_queries(
    town: Town, phone: NewPhone, django_assert_max_num_queries: object
) -> None:
    town.register(1, *[f"1-1-{n}" for n in range(101, 161)])
    open_round(town)
    worker = phone("grid1")
    with django_assert_max_num_queries(45):  # type: ignore[operator]
        worker.request([])
    assert Household.objects.count() == 60
