# cjk: names of made-up goods and places
"""The demonstration's stock, production and key places, and one case with its contacts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from lianfang.areas.models import Area
from lianfang.kernel import times
from lianfang.kernel.actors import OPERATOR, Actor
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import new_id
from lianfang.people.models import Household, Person
from lianfang.people.rules import HouseholdState, PersonState
from lianfang.tracing.models import Contact

Send = Callable[[Actor, Sequence[Entry], datetime | None], None]

# Item, unit, in stock, from which number down somebody sees to it.
_ITEMS = (("医用口罩", "只", 1_200, 2_000), ("84消毒液", "桶", 36, 10), ("体温枪", "支", 9, 4))
_STAGES = ("裁剪", "缝制", "灭菌", "装箱")
# What the stages let out in three shifts of four hours.
_OUT = ((700, 650, 640), (600, 620, 600), (380, 400, 390), (370, 395, 385))
_PLACES = (
    ("market", "怡景菜市场(示例)", 1, ("测温", "消毒记录", "禁售活禽")),
    ("school", "怡景小学(示例)", 3, ("晨午检", "封闭管理")),
    ("mall", "怡景商场(示例)", 2, ("门口测温", "人流")),
    ("park", "湖滨公园(示例)", 7, ("聚集劝散",)),
)


def desk(lead: Actor, community: Area, start: datetime, send: Send) -> None:
    """Fill a depot, open an order that is under way, register places of which one was inspected."""
    here, ids = str(community.id), [new_id() for _ in _ITEMS]
    depot, order, places = new_id(), new_id(), [new_id() for _ in _PLACES]
    send(
        OPERATOR,
        [
            Entry(
                new_id(),
                "supply.define_item",
                {"item_id": str(i), "name": name, "unit": unit},
                start,
            )
            for i, (name, unit, _n, _low) in zip(ids, _ITEMS, strict=True)
        ],
        start,
    )
    entries = [
        _act(
            "post.open",
            community,
            start,
            post_id=depot,
            area_id=here,
            kind="depot",
            name="物资仓库(示例)",
        )
    ]
    for item_id, (_name, _unit, number, low) in zip(ids, _ITEMS, strict=True):
        at_depot = {"post_id": depot, "item_id": item_id}
        entries.append(_act("stock.receive", community, start, **at_depot, quantity=number))
        entries.append(_act("stock.keep", community, start, **at_depot, low_at=low))
    began = start - timedelta(hours=12)
    entries.append(
        _act(
            "production.open",
            community,
            start,
            production_id=order,
            area_id=here,
            name="隔离服(示例)",
            unit="件",
            quantity=3_000,
            stages=list(_STAGES),
            starts_at=began.isoformat(),
            deadline=(began + timedelta(hours=36)).isoformat(),
        )
    )
    for shift in range(3):
        for stage, outs in enumerate(_OUT):
            begin = began + timedelta(hours=4 * shift)
            entries.append(
                _act(
                    "production.count",
                    community,
                    start,
                    production_id=order,
                    stage=stage,
                    from_at=begin.isoformat(),
                    to_at=(begin + timedelta(hours=4)).isoformat(),
                    out=outs[shift],
                    people=6 + stage,
                )
            )
    for place_id, (kind, name, days, checklist) in zip(places, _PLACES, strict=True):
        entries.append(
            _act(
                "place.register",
                community,
                start,
                place_id=place_id,
                area_id=here,
                kind=kind,
                name=name,
                every_days=days,
                checklist=list(checklist),
            )
        )
    answers = [{"number": n, "good": n != 1} for n in range(3)]
    entries.append(
        _act("place.inspect", community, start, place_id=places[0], checks=answers, note="")
    )
    send(lead, entries, start)


def case(officer: Actor, community: Area, at: datetime, send: Send) -> None:
    """Open one case behind a door of the community, and send its household down to be found.

    One contact by name stays on the desk: nobody knows yet where he lives.
    """
    door = (
        Household.objects.filter(
            district=community.district,
            community_id=community.id,
            state=HouseholdState.LIVE,
            persons__gte=3,
        )
        .order_by("-sort_key", "id")
        .first()
    )
    assert door is not None
    sick = _members(door)[0]
    case_id, onset = new_id(), times.local(at).date() - timedelta(days=3)
    opened = {
        "case_id": case_id,
        "area_id": str(community.id),
        "person_id": sick.id,
        "state": "confirmed",
        "onset": onset.isoformat(),
        "cluster": "怡景菜市场(示例)",
    }
    named = {"case_id": case_id, "name": "路人甲(示例)", "address": "邻街", "degree": "general"}
    send(
        officer,
        [
            _act("case.open", community, at, **opened),
            _act("case.interview", community, at, case_id=case_id, symptoms="发热、乏力三天"),
            _act("contact.find", community, at, case_id=case_id),
            _act("contact.name", community, at, contact_id=new_id(), **named),
        ],
        at,
    )
    found = Contact.objects.filter(district=community.district, case_id=case_id)
    known = found.exclude(community_id=None).order_by("id").values_list("id", flat=True)
    send(officer, [_act("contact.send", community, at, contact_id=one) for one in known], at)


def _members(door: Household) -> list[Person]:
    found = Person.objects.filter(
        district=door.district, household_id=door.id, state=PersonState.LIVE
    )
    return list(found.order_by("id"))


def _act(command: str, community: Area, at: datetime, **payload: Any) -> Entry:
    ready = {k: str(v) if isinstance(v, UUID) else v for k, v in payload.items()}
    return Entry(new_id(), command, ready, at, community.district)
