"""Who may do what in this room: a line for each command, allowed and denied."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from tests import town as towns
from tests.mobilising.helpers import call, organisation, sign_up, staff
from tests.town import COMMUNITY, DISTRICT, Town, do, entry

from lianfang.kernel.ids import new_id
from lianfang.kernel.registry import COMMANDS
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.mobilising.models import PlannedShift

pytestmark = pytest.mark.django_db

ROLES = {
    "volunteer": ("volunteer", COMMUNITY),
    "worker": ("grid_worker", COMMUNITY + "001"),
    "lead2": ("community_lead", COMMUNITY),
    "street": ("street_command", "440605011"),
    "district": ("district_command", DISTRICT),
    "auditor": ("auditor", DISTRICT),
    "site": ("site_staff", COMMUNITY),
    "elsewhere": ("community_lead", "440605012901"),
}
ASKS = {"kernel.forbidden", "kernel.not_found"}
FIELD = {"volunteer", "lead2", "site"}
COMMAND = {"lead2", "street", "district"}
READ = {"lead2", "street", "district", "auditor", "site"}
# command: (the roles that may do it in the community, whether it is about reference data)
TABLE: dict[str, set[str]] = {
    "call.open": COMMAND,
    "call.close": COMMAND,
    "call.share_out": COMMAND,
    "call.sign_up": FIELD,
    "call.drop": FIELD,
    "call.no_show": FIELD,
    "call.check_in": FIELD,
    "call.check_out": FIELD,
    "call.output": FIELD,
    "call.forget": {"lead2"},
    "whistle.raise": COMMAND,
    "whistle.report": READ,
    "whistle.refuse": READ,
    "whistle.log": READ,
    "whistle.handle": READ,
    "whistle.close": COMMAND,
    "whistle.reopen": COMMAND,
    "team.form": COMMAND,
    "team.convert": COMMAND,
    "team.resume": COMMAND,
    "team.lead": COMMAND,
    "team.share": COMMAND,
    "team.merge": COMMAND,
    "team.disband": COMMAND,
    "team.accept": FIELD,
    "recall.answer": FIELD,
    "duty_time.begin": FIELD,
    "duty_time.end": FIELD,
    "relief.arrange": COMMAND,
    "relief.rest": COMMAND,
    "shift.acknowledge": FIELD,
    "shift.drop": FIELD,
    "shift.substitute": COMMAND,
    "shift.swap": COMMAND,
    # Of the district, since members and places of all of it are concerned.
    "recall.open": {"district"},
    "recall.join": {"district"},
    "recall.remind": {"district"},
    "recall.close": {"district"},
    "recall.close_district": {"district"},
    "deployment.open": {"district"},
    "deployment.need": {"district"},
    "deployment.place": {"district"},
    "deployment.keep": {"district"},
    "deployment.publish": {"district"},
}


@pytest.fixture
def town() -> Town:
    town = towns.build()
    for name, (role, code) in ROLES.items():
        town.hire(name, role, code)
    return town


def payloads(town: Town) -> dict[str, dict[str, Any]]:
    """Return a payload for each command that reaches the check of permission."""
    area, county = str(town.areas[COMMUNITY].id), str(town.areas[DISTRICT].id)
    unit = organisation("一处")
    (who,) = staff(town, unit, 1)
    one = call(town, 3)
    first = sign_up(one, 1).result["sign_up_id"]
    lead, district = town.actor("lead"), town.actor("district")
    whistle, recall, plan = (str(new_id()) for _ in range(3))
    raised = {
        "whistle_id": whistle,
        "area_id": area,
        "kind": "other",
        "urgency": "day",
        "departments": [str(unit)],
    }
    do(lead, "whistle.raise", raised)
    home = organisation("二处")
    formed = {"team_id": str(home), "area_id": area, "first_day": "2020-01-28"}
    do(lead, "team.form", formed, "")
    team = str(home)
    opened = {
        "recall_id": recall,
        "organisation_id": str(unit),
        "area_id": county,
        "name": "返岗",
        "deadline": f"{now().replace(year=now().year + 1):%Y-%m-%dT%H:%M:%S+00:00}",
    }
    do(district, "recall.open", opened, "")
    shift = {"key": "day", "start": 480, "end": 1200}
    planned = {
        "deployment_id": plan,
        "area_id": county,
        "name": "下沉",
        "first_day": "2020-02-01",
        "days": 1,
        "shifts": [shift],
    }
    do(district, "deployment.open", planned, "")
    need = str(new_id())
    needs = [{"need_id": need, "area_id": area, "day": 0, "shift": "day", "number": 1}]
    needed = {"deployment_id": plan, "area_id": county, "needs": needs}
    do(district, "deployment.need", needed)
    put = [{"need_id": need, "person_district": DISTRICT, "person_id": str(who)}]
    placed = {"deployment_id": plan, "area_id": county, "put": put}
    do(district, "deployment.place", placed)
    shift_id = str(PlannedShift.objects.get().id)
    of_call = {"call_id": str(one.id)}
    on = {**of_call, "sign_up_id": first}
    person = {"area_id": area, "person_id": str(who)}
    matter = {"whistle_id": whistle}
    department = {**matter, "organisation_id": str(unit)}
    member = {"team_id": team, "person_id": str(who)}
    of_recall = {"recall_id": recall}
    return {
        "call.open": {**of_call, "area_id": area, "name": "招募", "groups": [_group()]},
        "call.close": of_call,
        "call.share_out": {**of_call, "places": {"1": 1}},
        "call.sign_up": {**of_call, "person_id": str(new_id())},
        **{f"call.{c}": on for c in ("drop", "no_show", "check_in", "check_out", "forget")},
        "call.output": {**of_call, "group_id": str(new_id()), "output": 1},
        "whistle.raise": raised,
        "whistle.report": department,
        "whistle.refuse": {**department, "why": "不归我们"},
        **{f"whistle.{c}": matter for c in ("log", "handle", "reopen")},
        "whistle.close": {**matter, "mark": 3},
        "team.form": formed,
        "team.convert": formed,
        **{f"team.{c}": {"team_id": team} for c in ("resume", "lead", "disband")},
        "team.share": {"team_id": team, "organisation_id": str(unit)},
        "team.merge": {"team_id": team, "into_id": str(new_id())},
        "team.accept": member,
        "recall.open": opened,
        **{f"recall.{c}": of_recall for c in ("join", "remind", "close", "close_district")},
        "recall.answer": {**of_recall, "person_id": str(who), "answer": "back"},
        "duty_time.begin": person,
        "duty_time.end": person,
        "relief.arrange": {**person, "by_id": str(who)},
        "relief.rest": {**person, "why": "休息"},
        "deployment.open": planned,
        "deployment.need": needed,
        "deployment.place": {**placed, "put": []},
        "deployment.keep": {"deployment_id": plan},
        "deployment.publish": {"deployment_id": plan},
        "shift.acknowledge": {"shift_id": shift_id},
        "shift.drop": {"shift_id": shift_id},
        "shift.substitute": {
            "shift_id": shift_id,
            "person_district": DISTRICT,
            "person_id": str(who),
        },
        "shift.swap": {"shift_id": shift_id, "other_id": str(new_id())},
    }


def _group() -> dict[str, Any]:
    return {
        "name": "一组",
        "starts_at": "2030-01-01T08:00:00+08:00",
        "ends_at": "2030-01-01T12:00:00+08:00",
        "capacity": 1,
    }


def test_the_table_names_every_command_of_the_room() -> None:
    mine = {
        name
        for name, spec in COMMANDS.items()
        if spec.payload.__module__.startswith("lianfang.mobilising")
    }
    assert mine == set(TABLE)


def test_each_role_may_do_what_the_table_says_and_no_more(town: Town) -> None:
    contents = payloads(town)
    wrong = []
    for name, allowed in TABLE.items():
        district = "" if COMMANDS[name].reference else DISTRICT
        for role in ROLES:
            # Undone each time, so that one role's act is no obstacle for the next.
            with transaction.atomic():
                receipt = submit(town.actor(role), [entry(name, contents[name], district)])[0]
                code = receipt.refusal.code if receipt.refusal else ""
                if (code not in ASKS) != (role in allowed) and not (
                    role in allowed and code == "kernel.not_found" and receipt.refusal.field  # type: ignore[union-attr]
                ):
                    wrong.append((name, role, code))
                transaction.set_rollback(True)
    assert wrong == []
