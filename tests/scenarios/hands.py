"""What the scenarios of mobilising share: helpers with their organisations, calls, duty times."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.test import Client
from tests.scenarios.city import operate
from tests.scenarios.gate import Gate, act
from tests.town import accepted

from lianfang.areas.models import Area
from lianfang.kernel import times
from lianfang.kernel.actors import Actor
from lianfang.kernel.ids import new_id
from lianfang.mobilising import gathering, links
from lianfang.mobilising.models import Call, Team
from lianfang.people.auth import actor_for
from lianfang.people.models import Account

AREAS = Path(__file__).parent / "data" / "sent_down_areas.csv"


def import_city(code: str) -> list[Area]:
    """Import a sample of a city's real areas; returns its communities."""
    with AREAS.open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["code"].startswith((code, code[:2]))]
    rows = [r for r in rows if r["code"] == code[:2] or r["code"].startswith(code)]
    operate([act("area.import", {"rows": rows}, "")])
    return list(Area.objects.filter(level=5, path__contains=f"/{code}/").order_by("code"))


def actor(username: str) -> Actor:
    """Return the actor of an account."""
    return actor_for(Account.objects.get(username=username))


def path_above(area: Area) -> str:
    """Return the path of the area above."""
    return str(area.path).rstrip("/").rpartition("/")[0] + "/"


def above(area: Area) -> Area:
    """Return the area above."""
    return Area.objects.get(path=path_above(area))


def unit(name: str, parent: UUID | None = None) -> UUID:
    """Make an organisation."""
    return units([name], parent)[0]


def units(names: Sequence[str], parent: UUID | None = None) -> list[UUID]:
    """Make organisations below another one, or at the top."""
    ids = [new_id() for _ in names]
    below = {"parent_id": str(parent)} if parent else {}
    operate(
        [
            act("organisation.create", {"organisation_id": str(i), "name": name, **below}, "")
            for i, name in zip(ids, names, strict=True)
        ]
    )
    return ids


def people(home: Area, organisation: UUID | None, count: int, **more: Any) -> list[UUID]:
    """Register helpers of a community, members of an organisation."""
    ids = [new_id() for _ in range(count)]
    where = {"area_id": str(home.id), **more}
    operate(
        [
            act(
                "person.register", {**where, "person_id": str(p), "name": f"队员{n}"}, home.district
            )
            for n, p in enumerate(ids)
        ]
    )
    if organisation:
        join(home.district, organisation, ids)
    return ids


def join(district: str, organisation: UUID, ids: Sequence[UUID], title: str = "") -> None:
    """Let people become members of an organisation or a team."""
    into = {"organisation_id": str(organisation), "title": title}
    operate([act("membership.join", {**into, "person_id": str(p)}, district) for p in ids])


def form(desk: str, name: str, area: Area, **more: Any) -> Team:
    """Form a team at an area."""
    payload = {
        "team_id": str(team_id := new_id()),
        "area_id": str(area.id),
        "first_day": "2020-01-28",
        **more,
    }
    accepted(gathering.form_team(actor(desk), name, payload))
    return Team.objects.get(id=team_id)


def open_call(
    desk: Gate, area: Area, name: str, groups: Sequence[dict[str, Any]], **more: Any
) -> Call:
    """Open a call and return it."""
    payload = {
        "call_id": str(call_id := new_id()),
        "area_id": str(area.id),
        "name": name,
        "groups": list(groups),
        **more,
    }
    desk.must([act("call.open", payload, area.district)])
    return Call.objects.get(id=call_id)


def group(name: str, begin: datetime, hours: int, capacity: int, **more: Any) -> dict[str, Any]:
    """Return a group as the command takes it."""
    end = begin + timedelta(hours=hours)
    return {
        "name": name,
        "starts_at": begin.isoformat(),
        "ends_at": end.isoformat(),
        "capacity": capacity,
        **more,
    }


def sign_up(call: Call, number: int) -> str:
    """Sign up through the link in the group chat, as anybody would; returns the own page."""
    token = links.token(links.Purpose.SIGN_UP, call.district, call.id)
    data = {
        "entry_id": str(new_id()),
        "name": f"志愿者{number}",
        "phone": f"137{number:08d}",
    }
    answer = Client().post(f"/c/{token}", data)
    assert answer.status_code == 302, answer.content
    return str(answer["Location"])


def at_post(call: Call, phone: str, act_: str) -> None:
    """Check in or out at the post's QR with the number of the sign-up."""
    post = f"/c/post/{links.token(links.Purpose.POST, call.district, call.id)}"
    data = {"entry_id": str(new_id()), "phone": phone, "act": act_}
    assert Client().post(post, data).status_code == 302


def serve(site: Gate, area: Area, who: UUID, begin: datetime, hours: int, place: str) -> None:
    """Let somebody serve some hours."""
    with times.at(begin):
        content = {"area_id": str(area.id), "person_id": str(who), "place": place}
        site.must([act("duty_time.begin", content, area.district)])
    with times.at(begin + timedelta(hours=hours)):
        content = {"area_id": str(area.id), "person_id": str(who)}
        site.must([act("duty_time.end", content, area.district)])
