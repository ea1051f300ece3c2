"""A directive goes down, is answered on each level, is late, superseded, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from tests.directives.helpers import answer, build, check_tallies, issue
from tests.town import COMMUNITY, DISTRICT, Town, do, entry

from lianfang.directives import owing, sending
from lianfang.directives.models import (
    Directive,
    DirectiveDistrict,
    LocalNode,
    NodeTally,
    Reminder,
    UpperNode,
)
from lianfang.kernel import clock
from lianfang.kernel.actors import OPERATOR, Actor
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty, Record
from lianfang.kernel.rules import LIVE
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now

pytestmark = pytest.mark.django_db


def waiting(town: Town, code: str, kind: str = owing.ACK) -> list[Duty]:
    return list(Duty.objects.filter(subject_id=town.areas[code].id, kind=kind, state__in=LIVE))


def refusal(actor: Actor, command: str, payload: Mapping[str, object], district: str = "") -> str:
    receipt = submit(actor, [entry(command, dict(payload), district)])[0]
    assert receipt.refusal, receipt
    return receipt.refusal.code


def test_it_reaches_all_levels_at_once_and_each_receiver_owes_one_duty() -> None:
    town = build()
    first = issue(town.actor("country"))
    second = issue(town.actor("country"), ack_due=(now() + timedelta(hours=3)).isoformat())
    row = Directive.objects.get(id=first)
    assert row.expected == {"1": 1, "2": 1, "3": 1, "4": 2, "5": 2}
    assert UpperNode.objects.filter(directive=row, received_at__isnull=False).count() == 2
    assert not LocalNode.objects.exists(), "no rows before somebody answers"
    for code in (DISTRICT, "440605011", "440605012", COMMUNITY):
        (duty,) = waiting(town, code)
        assert duty.due_at == Directive.objects.get(id=second).ack_due
    answer(town, "lead", second, COMMUNITY)
    (duty,) = waiting(town, COMMUNITY)
    assert duty.due_at == row.ack_due
    answer(town, "lead", first, COMMUNITY)
    assert waiting(town, COMMUNITY) == []
    assert len(waiting(town, COMMUNITY, owing.ACT)) == 1
    check_tallies()


def test_from_level_to_level_the_next_receives_it_when_it_is_passed_on() -> None:
    town = build()
    id_ = issue(town.actor("country"), passing="stepwise")
    assert not DirectiveDistrict.objects.exists()
    below = {"directive_id": id_, "area_id": str(town.areas["4406"].id)}
    assert refusal(town.actor("city"), "directive.acknowledge_above", below) == (
        "directive.not_reached"
    )
    assert answer(town, "province", id_, "44", "pass_on")["reached"] == 1
    assert answer(town, "city", id_, "4406", "pass_on")["reached"] == 0
    sending.spread(now())
    assert len(waiting(town, DISTRICT)) == 1
    assert waiting(town, "440605011") == []
    assert answer(town, "county", id_, DISTRICT, "pass_on")["reached"] == 2
    assert len(waiting(town, "440605011")) == 1
    answer(town, "street", id_, "440605011", "pass_on")
    answer(town, "lead", id_, COMMUNITY)
    node = LocalNode.objects.get(area_id=town.areas[COMMUNITY].id)
    above = LocalNode.objects.get(area_id=town.areas["440605011"].id)
    assert node.received_at == above.passed_at
    top = {t.level: t for t in NodeTally.objects.filter(rung=3)}
    assert {level: t.reached for level, t in top.items()} == {3: 1, 4: 2, 5: 1}
    check_tallies()
    last = {"directive_id": id_, "area_id": str(town.areas[COMMUNITY].id)}
    assert refusal(town.actor("lead"), "directive.pass_on", last, DISTRICT) == (
        "directive.last_hand"
    )


def test_nobody_answers_in_the_name_of_somebody_else() -> None:
    town = build()
    id_ = issue(town.actor("country"))
    here = {"directive_id": id_, "area_id": str(town.areas[COMMUNITY].id)}
    for who in ("country", "county", "street"):
        assert refusal(town.actor(who), "directive.acknowledge", here, DISTRICT) == (
            "directive.not_receiver"
        )
    assert refusal(town.actor("grid1"), "directive.acknowledge", here, DISTRICT) == (
        "kernel.not_found"
    )
    assert refusal(OPERATOR, "directive.acknowledge", here, DISTRICT) == "directive.not_receiver"


def test_acted_is_shown_by_a_record() -> None:
    town = build()
    id_ = issue(town.actor("country"))
    measure = {
        "directive_id": id_,
        "area_id": str(town.areas["44"].id),
        "measure_id": str(new_id()),
        "kind": "notices",
        "text": "省里的通知",
    }
    assert do(town.actor("province"), "directive.measure_above", measure, "").result["state"] == (
        "acknowledged"
    )
    made_up = {"district": "", "record_id": str(new_id()), "command": "directive.issue"}
    assert refusal(
        town.actor("province"), "directive.measure_above", {**measure, "links": [made_up]}
    ) == ("directive.no_record")
    issue(town.actor("province"), from_area_id=str(town.areas["44"].id), part_of_id=id_)
    record = Record.objects.filter(command="directive.issue").order_by("-seq")[0]
    link = {"district": "", "record_id": str(record.id), "command": record.command}
    result = do(
        town.actor("province"), "directive.measure_above", {**measure, "links": [link]}, ""
    ).result
    assert result["state"] == "acted"
    here = {
        "directive_id": id_,
        "area_id": str(town.areas[COMMUNITY].id),
        "measure_id": str(new_id()),
        "kind": "care",
        "links": [link],
    }
    do(town.actor("lead"), "directive.measure", here)
    assert NodeTally.objects.get(rung=3, level=5).care == 1
    assert waiting(town, COMMUNITY, owing.ACT)[0].due_at, "the second directive still waits"
    check_tallies()


def test_late_duties_climb_and_a_reminder_goes_once_to_each_receiver() -> None:
    town = build()
    issue(town.actor("country"), ack_due=(now() + timedelta(minutes=5)).isoformat())
    issue(town.actor("country"))
    clock.run(now() + timedelta(minutes=10))
    (duty,) = waiting(town, COMMUNITY)
    assert (duty.climbs, duty.held_path) == (1, town.areas["440605011"].path)
    where = {"area_id": str(town.areas[DISTRICT].id)}
    result = do(town.actor("county"), "directive.remind", where).result
    assert result == {"receivers": 5, "directives": 10}
    assert do(town.actor("county"), "directive.remind", where).result["receivers"] == 0
    assert Reminder.objects.count() == 5
    assert do(town.actor("country"), "directive.remind_above", {}, "").result == {
        "receivers": 2,
        "directives": 4,
    }


def test_a_new_version_takes_over_and_withdrawal_ends_what_is_owed() -> None:
    town = build()
    first = issue(town.actor("country"))
    answer(town, "lead", first, COMMUNITY)
    second = issue(town.actor("country"), replaces_id=first)
    old, new = Directive.objects.get(id=first), Directive.objects.get(id=second)
    assert (old.state, new.version, new.chain_id) == ("superseded", 2, old.id)
    assert len(waiting(town, COMMUNITY)) == 1, "the new version wants an answer of its own"
    here = {"directive_id": first, "area_id": str(town.areas[COMMUNITY].id)}
    assert refusal(town.actor("lead"), "directive.acknowledge", here, DISTRICT) == (
        "directive.over"
    )
    do(town.actor("country"), "directive.withdraw", {"directive_id": second, "why": "有误"}, "")
    sending.spread(now())
    assert waiting(town, COMMUNITY) == []
    assert waiting(town, COMMUNITY, owing.ACT) == []


def test_a_duty_called_done_comes_back_while_something_waits() -> None:
    town = build()
    issue(town.actor("country"))
    (duty,) = waiting(town, COMMUNITY)
    do(town.actor("lead"), "duty.claim", {"duty_id": str(duty.id)})
    do(town.actor("lead"), "duty.done", {"duty_id": str(duty.id)})
    (again,) = waiting(town, COMMUNITY)
    assert again.id != duty.id


def test_two_passed_on_in_one_list_make_one_duty() -> None:
    town = build()
    due = [(now() + timedelta(hours=h)).isoformat() for h in (9, 5)]
    ids = [issue(town.actor("country"), passing="stepwise", ack_due=d) for d in due]
    for id_ in ids:
        answer(town, "province", id_, "44", "pass_on")
        answer(town, "city", id_, "4406", "pass_on")
    sending.spread(now())
    assert len(waiting(town, DISTRICT)) == 1
    area = str(town.areas[DISTRICT].id)
    both = [entry("directive.pass_on", {"directive_id": i, "area_id": area}) for i in ids]
    assert all(r.stands for r in submit(town.actor("county"), both))
    (duty,) = waiting(town, "440605011")
    assert duty.due_at
    assert duty.due_at.isoformat() == due[1]
    assert waiting(town, DISTRICT) == []


def test_organisations_answer_through_who_has_a_grant_for_them() -> None:
    town = build()
    unit = str(new_id())
    do(OPERATOR, "organisation.create", {"organisation_id": unit, "name": "市卫健委"}, "")
    account = town.hire("office", "auditor", "4406")
    grant = {
        "account_id": str(account.id),
        "role": "health_officer",
        "area_id": str(town.areas["4406"].id),
        "organisation_id": unit,
    }
    do(OPERATOR, "grant.give", grant, "")
    id_ = issue(town.actor("country"), organisation_ids=[unit])
    mine = {"directive_id": id_, "organisation_id": unit}
    assert refusal(town.actor("city"), "directive.acknowledge_above", mine) == (
        "directive.not_receiver"
    )
    do(town.actor("office"), "directive.acknowledge_above", mine, "")
    assert UpperNode.objects.get(directive_id=id_).state == "acknowledged"
    assert not DirectiveDistrict.objects.exists()


def test_bad_input_is_refused_with_its_field() -> None:
    town = build()
    late = {
        "directive_id": str(new_id()),
        "title": "迟",
        "ack_due": (now() - timedelta(1)).isoformat(),
    }
    assert refusal(town.actor("country"), "directive.issue", late) == "directive.past_due"
    outside = {
        "directive_id": str(new_id()),
        "title": "越级",
        "from_area_id": str(town.areas[DISTRICT].id),
        "area_ids": [str(town.areas["44"].id)],
    }
    assert refusal(town.actor("county"), "directive.issue", outside) == "directive.outside"
    nobody = {"directive_id": str(new_id()), "title": "无人", "to_level": 0}
    assert refusal(town.actor("country"), "directive.issue", nobody) == "directive.no_receiver"
    both = {"directive_id": str(new_id())}
    assert refusal(town.actor("city"), "directive.read_above", both) == "directive.one_receiver"
