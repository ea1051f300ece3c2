"""S01: a notice of 29 January and a teleconference of 3 February; 31 provinces answer.

22 of them are named with measures of five kinds. Who has read, acknowledged and acted, and who is
late, is read from the records; how long each hop took follows from their times.
"""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.scenarios import city
from tests.scenarios.gate import Gate, act, area_rows
from tests.town import do

from lianfang.areas.models import Area
from lianfang.directives import cascade_queries, owing
from lianfang.directives.cascade_queries import Cascade
from lianfang.directives.models import Directive, UpperNode
from lianfang.directives.rules import NodeState
from lianfang.kernel import clock, times
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.people.auth import actor_for
from lianfang.people.models import Account

pytestmark = pytest.mark.django_db

BEIJING = timedelta(hours=8)
NOTICE = datetime(2020, 1, 29, 10, tzinfo=UTC) - BEIJING
MEETING = datetime(2020, 2, 3, 15, tzinfo=UTC) - BEIJING
FIVE_KINDS = {
    "notices": ["42", "32", "13", "50", "65"],
    "requirements": ["21", "14", "36", "53"],
    "recall": ["12", "11", "23", "43", "34"],
    "appeals": ["31", "37", "35", "61"],
    "care": ["33", "44", "51", "62"],
}
# Made up: one province answers after the deadline, one does not answer.
LATE, SILENT = "54", "15"


def tree() -> dict[str, Area]:
    """Import 31 provinces with their 342 cities, and one district down to its communities."""
    file = Path(__file__).parent / "data" / "provinces_cities.csv"
    with file.open(encoding="utf-8") as opened:
        rows = list(csv.DictReader(opened))
    deeper = [r for r in area_rows("370211") if len(r["code"]) > 4]
    city.operate([act("area.import", {"rows": [*rows, *deeper]}, "")])
    return city.areas()


def hour(hours: float, start: datetime = NOTICE) -> Any:
    return times.at(start + timedelta(hours=hours))


def issue(gate: Gate, title: str, **more: Any) -> tuple[str, str]:
    """Issue a directive through the API; returns its id and its record's."""
    id_ = str(new_id())
    sent = act("directive.issue", {"directive_id": id_, "title": title, **more}, "")
    gate.must([sent])
    return id_, str(sent.id)


def on(directive: str, area: Area, **more: Any) -> dict[str, Any]:
    return {"directive_id": directive, "area_id": str(area.id), **more}


def look(directive: str, area: Area | None = None) -> Cascade:
    country = actor_for(Account.objects.get(username="country"))
    row = Directive.objects.get(id=directive)
    view = cascade_queries.cascade(country, row, area, times.now())
    assert view is not None
    return view


def carry_out(gate: Gate, kind: str, province: Area, parent: str) -> tuple[str, str]:
    """Set in motion what a province's measure is; returns the record and its command."""
    area = str(province.id)
    payload: dict[str, Any]
    if kind == "recall":
        unit = str(new_id())
        created = {"organisation_id": unit, "name": f"{province.name}机关"}
        do(OPERATOR, "organisation.create", created, "")
        payload = {
            "recall_id": str(new_id()),
            "organisation_id": unit,
            "area_id": area,
            "name": "召回干部职工到岗",
            "deadline": (times.now() + timedelta(days=1)).isoformat(),
        }
        command = "recall.open"
    elif kind == "appeals":
        payload = {
            "task_id": str(new_id()),
            "name": "公开信送到每一户",
            "kind": "science",
            "area_ids": [area],
            "first_day": "2020-01-30",
            "due_at": (times.now() + timedelta(days=5)).isoformat(),
        }
        command = "task.open"
    else:
        payload = {
            "directive_id": str(new_id()),
            "title": f"{province.name}落实通知",
            "from_area_id": area,
            "part_of_id": parent,
            "kind": "requirement" if kind == "requirements" else "notice",
            "to_level": 2,
        }
        command = "directive.issue"
    sent = act(command, payload, "")
    gate.must([sent])
    return str(sent.id), command


def test_a_notice_goes_down_and_it_is_seen_who_read_answered_acted_and_who_is_late() -> None:
    areas = tree()
    provinces = [a for a in areas.values() if a.level == 1]
    assert len(provinces) == 31
    assert sum(a.level == 2 for a in areas.values()) == 342
    city.hire_all(
        [("country", "city_command", None, "")]
        + [(f"p{p.code}", "city_command", p, p.name) for p in provinces]
        + [("qingdao", "city_command", areas["3702"], "")]
        + [("huangdao", "district_command", areas["370211"], "")]
    )
    country, desks = Gate("country"), {p.code: Gate(f"p{p.code}") for p in provinces}
    with hour(0):
        notice, _record = issue(
            country,
            "关于充分发挥基层组织作用、抓好疫情防控的通知",
            passing="stepwise",
            ack_due=(NOTICE + timedelta(hours=32)).isoformat(),
            act_due=(NOTICE + timedelta(days=7)).isoformat(),
        )
    view = look(notice)
    assert len(view.children) == 31
    assert {line.level: line.expected for line in view.lines} == {
        1: 31,
        2: 342,
        3: 1,
        4: len([a for a in areas.values() if a.level == 4]),
        5: len([a for a in areas.values() if a.level == 5]),
    }
    assert all(child.state is NodeState.RECEIVED for child in view.children)

    # Provinces read and pass it on, one an hour apart; some take longer than allowed.
    answering = [p for p in provinces if p.code not in (LATE, SILENT)]
    for number, province in enumerate(answering):
        with hour(1 + number):
            desk = desks[province.code]
            desk.must([act("directive.read_above", on(notice, province), "")])
            desk.must([act("directive.pass_on_above", on(notice, province), "")])
    took = {code: kind for kind, codes in FIVE_KINDS.items() for code in codes}
    assert len(took) == 22
    with hour(30.5):
        for code, kind in took.items():
            desk, province = desks[code], areas[code]
            record, command = carry_out(desk, kind, province, notice)
            measure = on(
                notice,
                province,
                measure_id=str(new_id()),
                kind=kind,
                links=[{"district": "", "record_id": record, "command": command}],
            )
            desk.must([act("directive.measure_above", measure, "")])
    with hour(33):
        desks[LATE].must([act("directive.acknowledge_above", on(notice, areas[LATE]), "")])
        late = {c.area.code for c in look(notice).children if c.late}
        assert late == {LATE, SILENT}
        again = country.must([act("directive.remind_above", {}, "")])[0]["result"]
        assert again["receivers"] == 1 + 342 - _waiting(provinces, areas)

    # On to a city, its district and its communities: each hop has its own time.
    with hour(40):
        Gate("qingdao").must([act("directive.pass_on_above", on(notice, areas["3702"]), "")])
        clock.run()
    huangdao = areas["370211"]
    assert Duty.objects.filter(kind=owing.ACK, subject_id=huangdao.id).count() == 1
    with hour(46):
        Gate("huangdao").must([act("directive.pass_on", on(notice, huangdao), "370211")])
        view = look(notice)
    lines = {line.level: line for line in view.lines}
    assert (lines[1].read, lines[1].acked, lines[1].acked_late) == (30, 30, 1)
    assert (lines[1].acted, lines[1].overdue, lines[1].passed) == (22, 1, 29)
    assert lines[1].pass_lag == pytest.approx(3600 * sum(range(1, 30)) / 29, rel=0.01)
    assert lines[3].pass_lag == pytest.approx(6 * 3600)
    assert lines[2].reached == 342 - sum(
        a.level == 2 and a.code[:2] in (LATE, SILENT) for a in areas.values()
    )
    assert lines[4].reached == lines[4].expected
    assert lines[5].reached == 0

    # Five kinds, 22 named provinces.
    kinds = {kind: sorted(c.area.code for c in took_) for kind, took_ in view.by_kind.items()}
    assert kinds == {kind: sorted(codes) for kind, codes in FIVE_KINDS.items()}
    told = cascade_queries.measures(view.directive, None)
    assert len(told) == 22
    assert all(m.links for m in told)

    # A teleconference on 3 February, to the provinces only.
    with hour(0, MEETING):
        meeting, _record = issue(
            country,
            "全国电视电话会议精神",
            kind="conference",
            to_level=1,
            ack_due=(MEETING + timedelta(hours=24)).isoformat(),
        )
        assert {line.level: line.expected for line in look(meeting).lines} == {1: 31}
        everyone = [act("directive.acknowledge_above", on(meeting, p), "") for p in provinces]
        for province, sent in zip(provinces, everyone, strict=True):
            desks[province.code].must([sent])
        assert look(meeting).lines[0].acked == 31
        assert UpperNode.objects.filter(directive_id=meeting).count() == 31

        browser = Client(headers={"accept-language": "zh-hans"})
        browser.force_login(Account.objects.get(username="country"))
        page = browser.get(f"/directives/{notice}").content.decode()
        for name in ("湖北省", "新疆维吾尔自治区", "关心关爱一线人员", "召回人员到岗"):
            assert name in page
        with CaptureQueriesContext(
            connection,
        ) as caught:
            look(notice)
        assert len(caught) <= 12
        shandong = browser.get(f"/directives/{notice}", {"area": str(areas["37"].id)})
        assert "青岛市" in shandong.content.decode()


def _waiting(provinces: list[Area], areas: dict[str, Area]) -> int:
    """Return how many cities have not got the notice: those of provinces that kept it."""
    return sum(a.level == 2 and a.code[:2] in (LATE, SILENT) for a in areas.values())
