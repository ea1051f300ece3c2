"""The pages of rounds: what they show, to whom, and what their forms do."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook
from tests import town as towns
from tests.screening.helpers import client, readings, start, text, visit
from tests.town import COMMUNITY, DISTRICT, Town

from lianfang.kernel.models import Record
from lianfang.people.models import Person
from lianfang.screening.models import Coverage, Round, Visit
from lianfang.screening.rules import Outcome
from lianfang.screening.words import OUTCOMES

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    town = towns.build()
    town.register(1, "3-2-501", "3-2-502", "3-2-503")
    town.register(2, "4-1-101")
    return town


def url(round_id: UUID, page: str = "", **query: Any) -> str:
    parts = "&".join(f"{k}={v}" for k, v in query.items())
    return f"/rounds/{round_id}" + (f"/{page}" if page else "") + (f"?{parts}" if parts else "")


def visit_url(town: Town, round_id: UUID, label: str) -> str:
    return url(round_id, f"visit/{DISTRICT}/{town.households[label]}")


def test_the_round_page_drills_down_from_the_community_to_the_buildings(town: Town) -> None:
    round_id = start(town)
    visit(town, round_id, "3-2-501", all_normal=True)
    lead = client(town, "lead")
    page = text(lead.get(url(round_id)))
    assert "第一网格" in page
    assert "25.0%" in page
    grid = text(lead.get(url(round_id, area=town.grid(1).id)))
    assert f"building?area={town.grid(1).id}&amp;building=3" in grid
    assert lead.get(url(round_id, area=town.areas["440605012901"].id)).status_code == 404


def test_all_normal_is_one_act_and_coverage_moves(town: Town) -> None:
    round_id = start(town)
    worker = client(town, "grid1")
    where = visit_url(town, round_id, "3-2-501")
    form = worker.get(where).context["normal"]
    data = {"act": "all_normal", "entry_id": str(form.entry)}
    assert worker.post(where, data).status_code == 302
    assert worker.post(where, data).status_code == 302
    assert Visit.objects.get().all_normal
    assert "1<" in text(worker.get(url(round_id)))


def test_a_visit_with_temperatures_is_written_down_and_a_wrong_one_shown_at_its_person(
    town: Town,
) -> None:
    round_id = start(town)
    worker = client(town, "grid1")
    where = visit_url(town, round_id, "3-2-501")
    people = list(Person.objects.filter(household_id=town.households["3-2-501"]).order_by("id"))
    first, second = (p.id.hex for p in people)
    entry = worker.get(where).context["form"].entry
    data = {"outcome": "met", f"t_{first}": "36.5", f"t_{second}": "375", "entry_id": str(entry)}
    answer = worker.post(where, data)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert "37.5" in form.errors[f"t_{second}"][0]
    assert f"t_{first}" not in form.errors
    mended = {**data, f"t_{second}": "37.5", "s_" + second: ["cough"]}
    mended.update(entry_id=form["entry_id"].value(), mends=form["mends"].value())
    assert worker.post(where, mended).status_code == 302
    assert Coverage.objects.get().fever


def test_a_correction_starts_from_what_was_written(town: Town) -> None:
    round_id = start(town)
    first = visit(town, round_id, "3-2-501", readings=readings(town, "3-2-501", 38.5, 36.4))
    worker = client(town, "grid1")
    where = visit_url(town, round_id, "3-2-501") + f"?corrects={first.id}"
    form = worker.get(where).context["form"]
    data = {name: form[name].value() for name in form.fields}
    data = {k: v for k, v in data.items() if v not in (None, "", [], False)}
    hot = next(k for k, v in data.items() if v == "38.5")
    data |= {hot: "36.8", "at": "", "entry_id": str(form.entry)}
    assert worker.post(where, data).status_code == 302
    assert not Coverage.objects.get().fever
    assert Visit.objects.get(id=first.id).superseded_by_id


def test_a_round_is_opened_in_the_form_with_questions(town: Town) -> None:
    lead = client(town, "lead")
    page = lead.get("/rounds/new")
    form = page.context["form"]
    assert form.areas == [town.areas[COMMUNITY].id]
    data: dict[str, Any] = {
        "entry_id": str(form.entry),
        "name": "第二轮排查",
        "first_day": str(timezone.localdate()),
        "last_day": str(timezone.localdate()),
        "fever": "37.3",
        "revisit_hours": "12",
        "referral_hours": "2",
        "watched_origins": "4201、4202",
        "area_ids": [str(town.areas[COMMUNITY].id)],
        "question_words": ["需要口罩吗", "", "怎么来的"],
        "question_kind": ["yes_no", "yes_no", "choice"],
        "question_options": ["", "", "火车、汽车"],
        "question_required": ["yes", "", ""],
    }
    assert lead.post("/rounds/new", data).status_code == 302
    made = Round.objects.get()
    assert made.watched_origins == ["4201", "4202"]
    assert [q["kind"] for q in made.questions] == ["yes_no", "choice"]
    assert made.questions[1]["options"] == ["火车", "汽车"]
    page = lead.get(url(made.id))
    assert page.context["counts"].households == 4
    assert lead.post("/rounds/new", data).status_code == 302
    assert Round.objects.count() == 1


def test_a_round_form_says_what_is_wrong_where_it_is(town: Town) -> None:
    lead = client(town, "lead")
    data = {
        "name": "x",
        "first_day": "2020-02-03",
        "last_day": "2020-02-01",
        "fever": "373",
        "revisit_hours": "12",
        "referral_hours": "2",
        "area_ids": [str(town.areas[COMMUNITY].id)],
    }
    answer = lead.post("/rounds/new", data)
    assert answer.status_code == 422
    assert "37.3" in answer.context["form"].errors["fever"][0]
    assert lead.post("/rounds/new", {**data, "area_ids": []}).status_code == 422


def test_looking_for_areas_keeps_what_was_typed(town: Town) -> None:
    lead = client(town, "lead")
    data = {"act": "find", "name": "半张表", "area_text": "第一", "area_ids": []}
    page = text(lead.post("/rounds/new", data))
    assert "半张表" in page
    assert str(town.grid(1).id) in page


def test_open_doors_are_listed_with_owner_and_revisit(town: Town) -> None:
    round_id = start(town)
    visit(town, round_id, "3-2-501", all_normal=True)
    visit(town, round_id, "3-2-502", "nobody_home")
    page = text(client(town, "lead").get(url(round_id, "doors")))
    assert "3-2-501" not in page
    assert "3-2-502" in page
    assert "Due in 11 h" in page
    assert "grid1" in page
    done = text(client(town, "lead").get(url(round_id, "doors", part="done")))
    assert "3-2-501" in done
    found = text(client(town, "lead").get(url(round_id, "doors", q="4-1")))
    assert "4-1-101" in found
    assert "3-2-503" not in found


def test_the_list_of_rounds_goes_out_as_a_file(town: Town) -> None:
    start(town)
    lead = client(town, "lead")
    assert 'href="/rounds.xlsx?q=%E7%AC%AC"' in text(lead.get("/rounds?q=第"))
    answer = lead.get("/rounds.xlsx")
    assert answer.status_code == 200
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    _head, row = book.get_sheet_by_index(0).to_python()
    assert row[0] == "第一轮"
    assert row[3] == "Running"
    assert row[5] == 4
    assert Record.objects.filter(command="export.record").count() == 1
    book = CalamineWorkbook.from_filelike(io.BytesIO(lead.get("/rounds.xlsx?q=无").content))
    assert len(book.get_sheet_by_index(0).to_python()) == 1
    assert "/rounds.xlsx" not in text(client(town, "grid1").get("/rounds"))
    assert client(town, "grid1").get("/rounds.xlsx").status_code == 404


def test_lists_go_out_as_files_and_the_journal_keeps_it(town: Town) -> None:
    round_id = start(town)
    answer = client(town, "lead").get(url(round_id, "doors.xlsx"))
    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"
    assert Record.objects.filter(command="export.record").count() == 1
    assert client(town, "grid1").get(url(round_id, "doors.xlsx")).status_code == 404


def test_closing_first_asks_for_names_then_accounts_for_each_door(town: Town) -> None:
    from tests.town import do

    from lianfang.areas.models import Grant

    round_id = start(town)
    visit(town, round_id, "3-2-501", all_normal=True)
    given = Grant.objects.get(account_id=town.accounts["grid2"].id)
    do(town.actor("lead"), "grant.end", {"grant_id": str(given.id)}, "")
    lead = client(town, "lead")
    page = lead.get(url(round_id, "close"))
    assert f"/areas/{town.grid(2).id}/roles/new" in text(page)
    assert '<form method="post" class="row"' not in text(page)
    town.hire("grid3", "grid_worker", COMMUNITY + "002")
    form = lead.get(url(round_id, "close")).context["form"]
    assert lead.post(url(round_id, "close"), {"entry_id": str(form.entry)}).status_code == 302
    assert Round.objects.get().state == "closed"
    page_text = text(lead.get(url(round_id, "doors")))
    assert "grid3" in page_text
    assert "3-2-502" in page_text
    assert lead.get(visit_url(town, round_id, "3-2-502")).context["open"] is False


def test_a_second_round_is_prefilled_from_the_first(town: Town) -> None:
    round_id = start(town, watched_origins=["4201"])
    form = client(town, "lead").get(f"/rounds/new?continues={round_id}").context["form"]
    assert form["continues_id"].value() == str(round_id)
    assert form.areas == [town.areas[COMMUNITY].id]
    assert form["watched_origins"].value() == "4201"


def test_the_household_page_shows_the_visits_and_the_home_page_the_round(town: Town) -> None:
    round_id = start(town)
    visit(town, round_id, "3-2-501", readings=readings(town, "3-2-501", 38.5, 36.4))
    lead = client(town, "lead")
    page = text(lead.get(f"/households/{DISTRICT}/{town.households['3-2-501']}"))
    assert "38.5 °C" in page
    assert "corrects=" in page
    assert "第一轮" in text(lead.get("/"))
    assert "第一轮" in text(lead.get(f"/areas/{town.grid(1).id}"))


def test_a_building_shows_each_door_by_its_state(town: Town) -> None:
    round_id = start(town)
    visit(town, round_id, "3-2-501", readings=readings(town, "3-2-501", 38.5))
    visit(town, round_id, "3-2-502", "nobody_home")
    where = url(round_id, "building", area=town.grid(1).id, building="3")
    page = text(client(town, "grid1").get(where))
    assert 'data-state="fever"' in page
    assert 'data-state="nobody"' in page
    part = client(town, "grid1").get(where, headers={"HX-Request": "true", "HX-Target": "front"})
    assert text(part).strip().startswith('<div id="front"')


def test_an_outcome_is_told_only_where_addresses_are_seen(town: Town) -> None:
    town.hire("county", "district_command", DISTRICT)
    town.hire("auditor", "auditor", DISTRICT)
    record_id = visit(town, start(town), "3-2-501", "refused").id
    door = f"/households/{DISTRICT}/{town.households['3-2-501']}"
    said = str(OUTCOMES[Outcome.REFUSED])
    for where in (door, f"/journal/{town.households['3-2-501']}?d={DISTRICT}"):
        assert said in text(client(town, "auditor").get(where))
        assert said not in text(client(town, "county").get(where))
    where = f"/journal/records/{DISTRICT}/{record_id}"
    assert said not in text(client(town, "county").get(where))
