"""Duty times: hours, days in a row, rest that is kept, relief that is raised by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from tests import town as towns
from tests.mobilising.helpers import organisation, staff
from tests.town import COMMUNITY, DISTRICT, Town, entry

from lianfang.kernel import times
from lianfang.kernel.models import Duty
from lianfang.kernel.receipts import Receipt, Status
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.kernel.verification import verify
from lianfang.mobilising import duty_queries, queries
from lianfang.mobilising.models import Attendance

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return towns.build()


def act(town: Town, command: str, who: UUID, at: datetime | None = None, **more: str) -> Receipt:
    payload = {"area_id": str(town.areas[COMMUNITY].id), "person_id": str(who), **more}
    return submit(town.actor("lead"), [entry(command, payload, occurred_at=at or now())])[0]


def serve(town: Town, who: UUID, days: int, hours: int = 6) -> None:
    """Let somebody serve so many days in a row until yesterday."""
    for back in range(days, 0, -1):
        begin = times.local(now()).replace(hour=9, minute=0) - timedelta(days=back)
        with times.at(begin + timedelta(hours=hours)):
            assert act(town, "duty_time.begin", who, begin, place="北出口").status == "accepted"
            act(town, "duty_time.end", who)


def test_a_week_in_a_row_raises_relief_with_proposals(town: Town) -> None:
    unit = organisation("高速卡口")
    tired, *others = staff(town, unit, 3)
    serve(town, tired, 6)
    assert not Duty.objects.filter(kind="relief").exists()
    act(town, "duty_time.begin", tired, place="北出口")
    duty = Duty.objects.get(kind="relief")
    assert (duty.subject_id, duty.details["days"]) == (tired, 7)
    board = duty_queries.on_duty(town.actor("lead"))
    assert board[0].person_id == tired
    assert (board[0].days_in_row, board[0].relief) == (7, True)
    proposed = duty_queries.substitutes(town.actor("lead"), DISTRICT, tired)
    assert {UUID(c.person_id) for c in proposed} == set(others)
    assert all(c.same_unit for c in proposed)
    done = act(town, "relief.arrange", tired, by_id=str(others[0]))
    assert done.status == Status.ACCEPTED
    assert Duty.objects.get(kind="relief").state == "done"
    on = Attendance.objects.get(ended_at=None)
    assert (on.person_id, on.place) == (others[0], "北出口")


def test_more_than_twelve_hours_a_day_wants_a_reason(town: Town) -> None:
    (doctor,) = staff(town, None, 1)
    start = now() - timedelta(hours=14)
    act(town, "duty_time.begin", doctor, start)
    act(town, "duty_time.end", doctor, now() - timedelta(hours=1))
    assert Duty.objects.get(kind="relief").details["minutes"] >= 720
    refused = act(town, "duty_time.begin", doctor)
    assert refused.refusal
    assert (refused.refusal.code, refused.refusal.params["hours"]) == ("attendance.must_rest", 13)
    assert act(town, "duty_time.begin", doctor, why="全村只有一名医生").status == Status.ACCEPTED
    twice = act(town, "duty_time.begin", doctor, why="x")
    assert twice.refusal
    assert twice.refusal.code == "attendance.on_duty"


def test_a_tired_one_can_just_be_sent_home(town: Town) -> None:
    (who,) = staff(town, None, 1)
    serve(town, who, 7)
    act(town, "duty_time.begin", who)
    act(town, "relief.rest", who, why="回家休息两天")
    assert Duty.objects.get(kind="relief").state == "done"
    nobody = act(town, "duty_time.end", who)
    assert nobody.refusal
    assert nobody.refusal.code == "attendance.not_on_duty"


def test_the_service_record_and_who_is_at_the_front(town: Town) -> None:
    one, other = staff(town, None, 2)
    serve(town, one, 3, hours=8)
    found = duty_queries.service(DISTRICT, one)
    assert (found.days, found.minutes) == (3, 3 * 480)
    assert queries.at_the_front(DISTRICT, [one, other]) == {one}


@pytest.mark.django_db(transaction=True)
def test_a_replay_gives_the_same_hours(town: Town) -> None:
    one, other = staff(town, None, 2)
    serve(town, one, 7)
    act(town, "duty_time.begin", one)
    act(town, "relief.arrange", one, by_id=str(other))
    assert verify().differences == []
