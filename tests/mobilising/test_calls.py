"""Calls: capacity, the wait list, check-in and out, and what is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction
from tests import town as towns
from tests.mobilising.helpers import call, group, holder, on_sign_up, sign_up, staff
from tests.town import DISTRICT, Town, do, entry

from lianfang.kernel import times
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Record
from lianfang.kernel.receipts import Status
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.kernel.verification import verify
from lianfang.mobilising import links, queries
from lianfang.mobilising.duty_queries import service
from lianfang.mobilising.models import CallGroup, SignUp

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return towns.build()


def test_a_full_group_puts_on_the_wait_list_which_moves_up_by_itself(town: Town) -> None:
    c = call(town, 2)
    first, second, third, fourth = (sign_up(c, n) for n in range(4))
    assert [r.result["state"] for r in (first, second, third, fourth)] == [
        "signed",
        "signed",
        "waiting",
        "waiting",
    ]
    assert fourth.result["ahead"] == 1
    dropped = on_sign_up(holder(c), "call.drop", c, first)
    assert dropped.result["moved_up"] == third.result["sign_up_id"]
    assert SignUp.objects.get(id=third.result["sign_up_id"]).state == "signed"
    assert group(c).taken == 2
    on_sign_up(holder(c), "call.drop", c, fourth)
    on_sign_up(holder(c), "call.drop", c, second)
    assert group(c).taken == 1


def test_without_a_choice_groups_grow_evenly_and_skills_decide(town: Town) -> None:
    c = call(town, 2, 2)
    got = [sign_up(c, n).result["group_id"] for n in range(4)]
    assert got[0] != got[1]
    assert sorted(got) == sorted([str(group(c, 1).id)] * 2 + [str(group(c, 2).id)] * 2)


def test_who_signed_up_once_is_told_so(town: Town) -> None:
    c = call(town, 2)
    sign_up(c, 1)
    again = sign_up(c, 1)
    assert again.refusal
    assert again.refusal.code == "call.already_signed"
    assert sign_up(c, 2, name="").refusal


def test_two_shifts_of_one_helper_need_rest_between(town: Town) -> None:
    begin = now() + timedelta(hours=2)
    first = call(town, 2, starts=begin)
    near = call(town, 2, starts=begin + timedelta(hours=6), rest_minutes=180)
    far = call(town, 2, starts=begin + timedelta(hours=8), rest_minutes=180)
    sign_up(first, 1)
    refused = sign_up(near, 1)
    assert refused.refusal
    assert refused.refusal.code == "call.too_little_rest"
    assert sign_up(far, 1).status == Status.ACCEPTED


def test_a_closed_call_takes_nobody(town: Town) -> None:
    c = call(town, 2)
    do(town.actor("lead"), "call.close", {"call_id": str(c.id)})
    refused = sign_up(c, 1)
    assert refused.refusal
    assert refused.refusal.code == "call.closed"


def test_check_in_and_out_give_hours_and_a_no_show_gives_the_place_on(town: Town) -> None:
    c = call(town, 1)
    came, missed = sign_up(c, 1), sign_up(c, 2)
    lead = town.actor("lead")
    on_sign_up(lead, "call.no_show", c, came)
    assert SignUp.objects.get(id=missed.result["sign_up_id"]).state == "signed"
    late = on_sign_up(holder(c), "call.check_in", c, came)
    assert late.refusal
    assert late.refusal.code == "call.full"
    on_sign_up(holder(c), "call.check_in", c, missed, at=now() - timedelta(minutes=90))
    out = on_sign_up(holder(c), "call.check_out", c, missed)
    assert out.result["minutes"] == 90
    row = SignUp.objects.get(id=missed.result["sign_up_id"])
    assert (row.state, row.minutes) == ("served", 90)
    assert service(DISTRICT, row.person_id).minutes == 90
    figures = queries.call_figures(c)
    assert (figures.taken, figures.served, figures.minutes) == (1, 1, 90)
    again = on_sign_up(holder(c), "call.drop", c, missed)
    assert again.refusal
    assert again.refusal.code == "call.not_now"


def test_buildings_are_shared_so_that_nobody_has_much_more_than_others(town: Town) -> None:
    c = call(town, 10)
    for n in range(3):
        sign_up(c, n)
    places = {f"{n}号楼": 60 + n for n in range(6)}
    done = do(town.actor("lead"), "call.share_out", {"call_id": str(c.id), "places": places})
    assert done.result == {"helpers": 3, "most": 125}
    assert sorted(x for s in SignUp.objects.all() for x in s.share) == sorted(places)


def test_the_link_may_sign_up_and_nothing_else(town: Town) -> None:
    c, other = call(town, 1), call(town, 1)
    payload = {
        "call_id": str(other.id),
        "person_id": str(new_id()),
        "name": "王",
        "phone": "139" * 3,
    }
    strange = submit(holder(c), [entry("call.sign_up", payload)])[0]
    assert strange.refusal
    closing = submit(holder(c), [entry("call.close", {"call_id": str(c.id)})])[0]
    assert closing.refusal
    assert closing.refusal.code == "kernel.forbidden"
    token = links.token(links.Purpose.SIGN_UP, DISTRICT, c.id)
    assert links.read(links.Purpose.SIGN_UP, token) == links.Target(DISTRICT, c.id)
    assert links.read(links.Purpose.POST, token) is None
    assert links.read(links.Purpose.SIGN_UP, token[:-1] + "x") is None


def test_the_database_itself_holds_the_capacity(town: Town) -> None:
    c = call(town, 1)
    sign_up(c, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        CallGroup.objects.filter(call_id=c.id).update(taken=2)


def test_somebody_on_no_list_can_be_forgotten(town: Town) -> None:
    c = call(town, 1)
    got = sign_up(c, 1)
    on_sign_up(town.actor("lead"), "call.forget", c, got)
    row = SignUp.objects.get(id=got.result["sign_up_id"])
    assert (row.name, row.phone, row.state) == ("", "", "signed")


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_overbook(town: Town) -> None:
    c = call(town, 5)

    def one(number: int) -> str:
        try:
            return str(sign_up(c, number).result.get("state"))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        states = list(pool.map(one, range(24)))
    assert states.count("signed") == 5
    assert states.count("waiting") == 19
    assert group(c).taken == 5
    assert connection.is_usable()


@pytest.mark.django_db(transaction=True)
def test_a_replay_gives_the_same_calls(town: Town) -> None:
    c = call(town, 1, 3)
    people = staff(town, None, 2)
    first = sign_up(c, 1, person_id=str(people[0]))
    second = sign_up(c, 2)
    with times.at(now()):
        on_sign_up(holder(c), "call.drop", c, first)
    on_sign_up(holder(c), "call.check_in", c, second)
    on_sign_up(holder(c), "call.check_out", c, second)
    do(town.actor("lead"), "call.share_out", {"call_id": str(c.id), "places": {"1": 3}})
    on_sign_up(town.actor("lead"), "call.forget", c, second)
    do(town.actor("lead"), "person.purge", {"person_id": str(people[0]), "reason": "期满"})
    report = verify()
    assert report.records == Record.objects.count()
    assert report.differences == []


def test_who_goes_anywhere_moves_up_into_any_group_of_that_time(town: Town) -> None:
    one = call(town, 1, 1)
    first, second = sign_up(one, 1), sign_up(one, 2)
    groups = {r.result["group_id"] for r in (first, second)}
    assert len(groups) == 2
    picky = sign_up(one, 3, group_id=str(group(one, 1).id))
    anywhere = sign_up(one, 4)
    late = next(r for r in (first, second) if r.result["group_id"] == str(group(one, 2).id))
    dropped = on_sign_up(holder(one), "call.drop", one, late)
    # The one who wants the first group only goes on waiting.
    assert dropped.result["moved_up"] == anywhere.result["sign_up_id"]
    assert SignUp.objects.get(id=anywhere.result["sign_up_id"]).group_id == group(one, 2).id
    assert SignUp.objects.get(id=picky.result["sign_up_id"]).state == "waiting"
    assert verify().differences == []
