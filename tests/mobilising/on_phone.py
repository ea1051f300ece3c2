"""A helper with an account, and what the helper's phone has to show: for both kinds of phone."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from tests.mobilising.helpers import call, organisation, staff
from tests.town import COMMUNITY, DISTRICT, Town, accepted, do, entry

from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.ids import new_id
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.mobilising import gathering
from lianfang.mobilising.attendance import local_day
from lianfang.mobilising.models import Call, PlannedShift, Recall
from lianfang.people.models import Account


def helper(town: Town, username: str, person_id: UUID, unit: UUID | None = None) -> Account:
    """Give a person an account, with a role of a department where a unit is named."""
    account_id = new_id()
    payload = {
        "account_id": str(account_id),
        "username": username,
        "name": username,
        "person_district": DISTRICT,
        "person_id": str(person_id),
    }
    do(OPERATOR, "account.create", payload, "")
    if unit:
        grant = {
            "account_id": str(account_id),
            "role": "auditor",
            "area_id": str(town.areas[DISTRICT].id),
            "organisation_id": str(unit),
        }
        do(OPERATOR, "grant.give", grant, "")
    town.accounts[username] = Account.objects.get(id=account_id)
    return town.accounts[username]


def planned(town: Town, person_id: UUID, place: str = "北门卡口") -> PlannedShift:
    """Publish a plan in which the person has a shift today and one tomorrow; returns today's."""
    plan_id, area = new_id(), str(town.areas[COMMUNITY].id)
    moment = now()
    opened = {
        "deployment_id": str(plan_id),
        "area_id": area,
        "name": "守门",
        "first_day": str(local_day(moment)),
        "days": 2,
        "shifts": [{"key": "day", "start": 0, "end": 1440}],
    }
    command = town.actor("command")
    do(command, "deployment.open", opened, "")
    needs = [
        {"need_id": str(new_id()), "area_id": area, "place": place, "day": d, "shift": "day"}
        for d in (0, 1)
    ]
    wanted = [n | {"number": 1} for n in needs]
    plan = {"deployment_id": str(plan_id), "area_id": area}
    do(command, "deployment.need", plan | {"needs": wanted})
    put = [
        {"need_id": n["need_id"], "person_district": DISTRICT, "person_id": str(person_id)}
        for n in needs
    ]
    do(command, "deployment.place", plan | {"put": put})
    do(command, "deployment.publish", {"deployment_id": str(plan_id)}, "")
    found = PlannedShift.objects.filter(deployment_id=plan_id).order_by("starts_at").first()
    assert found
    return found


def recalled(town: Town, unit: UUID, deadline: datetime | None = None) -> Recall:
    """Recall the unit's members."""
    id_ = new_id()
    payload = {
        "recall_id": str(id_),
        "organisation_id": str(unit),
        "area_id": str(town.areas[DISTRICT].id),
        "name": "全体返岗",
        "text": "年三十前回到岗位",
        "deadline": (deadline or now() + timedelta(hours=24)).isoformat(),
    }
    accepted(gathering.open_recall(town.actor("command"), payload))
    return Recall.objects.get(id=id_)


def teamed(town: Town, people: list[UUID]) -> UUID:
    """Form a team of these people, led by the first."""
    team_id = new_id()
    payload = {
        "team_id": str(team_id),
        "area_id": str(town.areas[COMMUNITY].id),
        "purpose": "入户排查、守门、代购",
        "charter": "不退缩、不添乱、不漏一户",
        "first_day": str(local_day(now())),
        "lead": {"district": DISTRICT, "person_id": str(people[0])},
        "equipment": [{"kind": "摩托车", "count": 6}, {"kind": "马", "count": 2}],
    }
    accepted(gathering.form_team(town.actor("lead"), "青年突击队", payload))
    entries = [
        entry("membership.join", {"person_id": str(p), "organisation_id": str(team_id)})
        for p in people
    ]
    accepted(submit(town.actor("lead"), entries))
    return team_id


def whistled(town: Town, unit: UUID) -> UUID:
    """Raise a matter for which the unit is called."""
    id_ = new_id()
    payload = {
        "whistle_id": str(id_),
        "area_id": str(town.areas[COMMUNITY].id),
        "kind": "supplies",
        "title": "菜场断货",
        "place": "怡景路菜场",
        "urgency": "two_hours",
        "departments": [str(unit)],
    }
    do(town.actor("lead"), "whistle.raise", payload)
    return id_


def called(town: Town) -> Call:
    """Open a call of two groups that runs now."""
    return call(town, 1, 4, starts=now() - timedelta(hours=1), place="口罩厂南门")


def stage(town: Town) -> dict[str, UUID]:
    """Make everything at once: `me` is the person behind the account `lin`."""
    town.hire("command", "district_command", DISTRICT)
    unit = organisation("商务局")
    people = staff(town, unit, 3)
    helper(town, "lin", people[0], unit)
    return {
        "me": people[0],
        "other": people[1],
        "unit": unit,
        "shift": planned(town, people[0]).id,
        "recall": recalled(town, unit).id,
        "team": teamed(town, people),
        "whistle": whistled(town, unit),
        "call": called(town).id,
    }
