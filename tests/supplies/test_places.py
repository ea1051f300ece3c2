"""Key places: due at once, inspected in a rhythm, findings open until they are mended."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from tests.supplies.helpers import build, code, must, send
from tests.town import COMMUNITY, DISTRICT, Town

from lianfang.kernel import clock
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.kernel.times import now
from lianfang.supplies import place_queries
from lianfang.supplies.models import Finding, KeyPlace

pytestmark = pytest.mark.django_db
CHECKS = ["测温", "消毒记录", "口罩"]


@pytest.fixture
def town() -> Town:
    return build()


def place(town: Town, name: str = "东湖菜市场", kind: str = "market", every_days: int = 3) -> UUID:
    place_id = new_id()
    must(
        town.actor("lead"),
        "place.register",
        place_id=place_id,
        area_id=town.areas[COMMUNITY].id,
        kind=kind,
        name=name,
        every_days=every_days,
        checklist=CHECKS,
    )
    return place_id


def checks(*good: bool) -> list[dict[str, object]]:
    return [{"number": n, "good": g} for n, g in enumerate(good)]


def duties(kind: str) -> list[str]:
    rows = Duty.objects.filter(district=DISTRICT, kind=kind).order_by("opened_at", "id")
    return [d.state for d in rows]


def test_never_inspected_is_due_at_once_and_again_after_its_rhythm(town: Town) -> None:
    place_id = place(town)
    lead = town.actor("lead")
    assert [p.id for p in place_queries.places(lead, "never")] == [place_id]
    clock.run()
    assert duties("inspect") == ["open"]
    must(town.actor("lead"), "place.inspect", place_id=place_id, checks=checks(True, True, True))
    assert duties("inspect") == ["done"]
    assert not place_queries.places(lead, "never")
    assert not place_queries.places(lead, "overdue")
    clock.run(now() + timedelta(days=3, minutes=1))
    assert duties("inspect") == ["done", "open"]
    assert place_queries.figures(lead, town.areas[COMMUNITY]) == (1, 1)


def test_a_finding_stays_open_until_it_is_mended_and_accepted(town: Town) -> None:
    place_id = place(town)
    lead, worker = town.actor("lead"), town.actor("lead")
    must(
        lead,
        "place.inspect",
        place_id=place_id,
        checks=checks(True, False, True),
        notes=["", "三天没有记录", ""],
    )
    finding = Finding.objects.get(district=DISTRICT, place_id=place_id)
    assert (finding.check_name, finding.note) == ("消毒记录", "三天没有记录")
    must(worker, "finding.mend", place_id=place_id, finding_id=finding.id, proof="补记")
    must(lead, "finding.accept", place_id=place_id, finding_id=finding.id, enough=False)
    assert duties("mend_finding") == ["open"]
    must(worker, "finding.mend", place_id=place_id, finding_id=finding.id, proof="补记并公示")
    must(lead, "finding.accept", place_id=place_id, finding_id=finding.id)
    assert duties("mend_finding") == ["done"]
    assert KeyPlace.objects.get(district=DISTRICT, id=place_id).findings == 0
    again = send(lead, "finding.accept", place_id=place_id, finding_id=finding.id)
    assert code(again) == "finding.not_now"


def test_every_check_wants_an_answer(town: Town) -> None:
    place_id = place(town)
    answer = send(town.actor("lead"), "place.inspect", place_id=place_id, checks=checks(True, True))
    assert code(answer) == "place.checks_missing"


def test_one_name_one_place_and_a_closed_one_is_inspected_no_more(town: Town) -> None:
    place_id = place(town)
    twin = send(
        town.actor("lead"),
        "place.register",
        place_id=new_id(),
        area_id=town.areas[COMMUNITY].id,
        kind="market",
        name="东湖菜市场",
        checklist=CHECKS,
    )
    assert code(twin) == "place.known"
    clock.run()
    must(town.actor("lead"), "place.close", place_id=place_id, why="搬迁")
    assert duties("inspect") == ["cancelled"]
    assert place_queries.figures(town.actor("lead"), town.areas[COMMUNITY]) == (0, 0)
    late = send(
        town.actor("lead"), "place.inspect", place_id=place_id, checks=checks(True, True, True)
    )
    assert code(late) == "place.closed"


@pytest.mark.parametrize(
    ("who", "command", "may"),
    [
        ("lead", "place.register", True),
        ("street", "place.register", True),
        ("grid1", "place.register", False),
        ("volunteer", "place.register", False),
        ("other", "place.register", False),
        ("lead", "place.inspect", True),
        ("volunteer", "place.inspect", True),
        ("street", "place.inspect", False),
        ("other", "place.inspect", False),
    ],
)
def test_who_registers_and_who_inspects(town: Town, who: str, command: str, may: bool) -> None:
    place_id = place(town)
    if command == "place.register":
        answer = send(
            town.actor(who),
            command,
            place_id=new_id(),
            area_id=town.areas[COMMUNITY].id,
            kind="park",
            name="湖滨公园",
            checklist=CHECKS,
        )
    else:
        answer = send(town.actor(who), command, place_id=place_id, checks=checks(True, True, True))
    assert (answer.status == "accepted") == may, answer.as_dict()
