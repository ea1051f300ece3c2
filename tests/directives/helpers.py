"""What the tests of this room share: a town with leaders on each level, directives, tasks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from tests.town import COMMUNITY, DISTRICT, Town, do
from tests.town import build as build_town

from lianfang.areas.models import Area
from lianfang.directives import sending, tasks
from lianfang.directives.models import LocalNode, NodeTally
from lianfang.kernel.actors import Actor
from lianfang.kernel.ids import new_id
from lianfang.kernel.times import now

STREET, CITY, PROVINCE = "440605011", "4406", "44"


def build() -> Town:
    """Return the town with a leader for the country, province, city, district and street."""
    town = build_town()
    town.hire("country", "city_command", None)
    town.hire("province", "city_command", PROVINCE)
    town.hire("city", "city_command", CITY)
    town.hire("county", "district_command", DISTRICT)
    town.hire("street", "street_command", STREET)
    return town


def issue(actor: Actor, **more: Any) -> str:
    """Issue a directive, by default from above all provinces down to communities."""
    id_ = str(new_id())
    payload = {
        "directive_id": id_,
        "title": "关于加强基层组织作用的通知",
        "ack_due": (now() + timedelta(hours=24)).isoformat(),
        "act_due": (now() + timedelta(days=3)).isoformat(),
        **more,
    }
    receipt = sending.issue(actor, payload)
    assert receipt.stands, receipt
    return id_


def answer(town: Town, who: str, directive: str, code: str, act: str = "acknowledge") -> Any:
    """Let somebody answer for the area of that code; returns the receipt's result."""
    above = len(code) < 6
    payload = {"directive_id": directive, "area_id": str(town.areas[code].id)}
    name = f"directive.{act}_above" if above else f"directive.{act}"
    return do(town.actor(who), name, payload, "" if above else DISTRICT).result


def open_task(town: Town, code: str = COMMUNITY, who: str = "lead", **more: Any) -> str:
    """Open a task for all grids below the area of that code."""
    id_ = str(new_id())
    payload = {
        "task_id": id_,
        "name": "环境卫生大扫除",
        "kind": "hygiene",
        "area_ids": [str(town.areas[code].id)],
        "first_day": str(timezone.localdate()),
        "due_at": (now() + timedelta(days=2)).isoformat(),
        **more,
    }
    receipt = tasks.open_task(town.actor(who), payload)
    assert receipt.stands, receipt
    return id_


def check_tallies() -> None:
    """Every counter equals the rows behind it, on each rung and level."""
    for tally in NodeTally.objects.all():
        path = _path(tally.area_id)
        rows = [
            n
            for n in LocalNode.objects.filter(
                district=tally.district, directive_id=tally.directive_id, level=tally.level
            )
            if n.path.startswith(path)
        ]
        for name in ("read", "acked", "passed", "acted"):
            counted = sum(getattr(n, f"{name}_at") is not None for n in rows)
            assert getattr(tally, name) == counted, (tally.rung, tally.level, name)


def _path(area_id: UUID) -> str:
    return str(Area.objects.get(id=area_id).path)
