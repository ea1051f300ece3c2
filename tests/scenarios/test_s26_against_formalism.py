"""S26: an ad-hoc table wanted from above is answered from the records, and again tomorrow."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import town as towns
from tests.screening.helpers import client, start, visit
from tests.town import COMMUNITY, Town

from lianfang.briefing import burden, table_filling
from lianfang.kernel.models import Record
from lianfang.kernel.times import now
from lianfang.kernel.verification import verify
from lianfang.people.models import Person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town() -> Town:
    town = towns.build()
    town.register(1, "3-2-501", "3-2-502", "3-2-503")
    town.register(2, "4-1-101")
    town.hire("volunteer", "volunteer", COMMUNITY)
    return town


def wanted(*more: list[Any]) -> bytes:
    """Return the table that the street wants: a title, headings, a line for each grid."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "关于报送入户排查情况的统计表"
    sheet.merge_cells("A1:E1")
    lines: tuple[list[Any], ...] = (
        ["序号", "网格", "户数", "本轮已排查户数", "备注"],
        [1, "第一网格", None, None, None],
        [2, COMMUNITY + "002", None, None, "楼道整修"],
        [3, "没有的网格", None, None, None],
        *more,
    )
    for row in lines:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(browser: Client, data: bytes) -> Any:
    return browser.post("/table", {"file": SimpleUploadedFile("表.xlsx", data)})


def cells(data: bytes) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    return [[c.value for c in row] for row in sheet.iter_rows(min_row=3)]


def test_a_table_from_above_is_filled_once_by_mapping_and_then_by_itself(town: Town) -> None:
    round_id = start(town)
    visit(town, round_id, "3-2-501", all_normal=True)
    browser = client(town, "lead")
    page = upload(browser, wanted())
    assert page.status_code == 200
    form = page.content.decode()
    # The heading that says the name of a figure is proposed; the remark is no figure.
    assert 'value="households" selected' in form
    content = re.search(r'name="content" value="([^"]+)"', form)
    assert content
    filled = browser.post(
        "/table", {"content": content[1], "c3": "households", "c4": "round_done", "c5": ""}
    )
    assert filled["Content-Type"].endswith("spreadsheetml.sheet")
    assert cells(filled.content) == [
        [1, "第一网格", 3, 1, None],
        [2, COMMUNITY + "002", 1, 0, "楼道整修"],
        [3, "没有的网格", None, None, None],
    ]
    # The next day: nobody maps, nobody types.
    visit(town, round_id, "3-2-502", all_normal=True)
    again = upload(browser, wanted())
    assert cells(again.content)[0] == [1, "第一网格", 3, 2, None]
    assert Record.objects.filter(command="table.keep").count() == 1
    assert verify().differences == []


def test_what_somebody_typed_already_stays(town: Town) -> None:
    browser = client(town, "lead")
    data = wanted([4, "第二网格", 999, None, None])
    content = re.search(r'name="content" value="([^"]+)"', upload(browser, data).content.decode())
    assert content
    filled = browser.post("/table", {"content": content[1], "c3": "households"})
    assert cells(filled.content)[3][2] == 999


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"no table", "422"),
        (b"PK\x03\x04 broken", "422"),
        (b"", "422"),
    ],
)
def test_what_is_no_table_is_refused_in_words(town: Town, data: bytes, code: str) -> None:
    assert str(upload(client(town, "lead"), data).status_code) == code


def test_a_table_without_ones_own_areas_is_refused(town: Town) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["网格", "户数"])
    book.active.append(["邻近网格", None])
    out = io.BytesIO()
    book.save(out)
    page = upload(client(town, "lead"), out.getvalue())
    assert page.status_code == 422


def test_who_reads_nothing_answers_no_table(town: Town) -> None:
    assert client(town, "volunteer").get("/table").status_code == 404
    assert upload(client(town, "volunteer"), wanted()).status_code == 404


def test_headings_are_understood_in_both_languages() -> None:
    assert table_filling.propose("辖区住户数(户)") in ("households", "")
    assert table_filling.propose("Households") == "households"
    assert table_filling.propose("备注") == ""


def test_no_task_asks_for_what_is_known_of_a_person() -> None:
    again = burden.asked_again()
    assert set(again) <= set(burden.FIRST), again
    assert burden.asked_twice() == {}


def test_every_task_says_how_much_it_asks() -> None:
    loads = {one.command: one for one in burden.loads()}
    assert loads["household.visit"].typed <= 9
    assert loads["duty.claim"].typed <= 1
    assert sum(one.typed for one in loads.values()) / len(loads) < 4


def test_what_a_door_costs_is_measured_from_the_visits(town: Town) -> None:
    round_id, at = start(town), now() - timedelta(hours=3)
    people = Person.objects.filter(household_id=town.households["3-2-503"])
    read = [{"person_id": str(p.id), "temperature": "36.5"} for p in people]
    visit(town, round_id, "3-2-501", all_normal=True, at=at)
    visit(town, round_id, "3-2-502", all_normal=True, at=at + timedelta(seconds=40))
    visit(town, round_id, "3-2-503", readings=read, at=at + timedelta(seconds=100))
    page = client(town, "lead").get("/burden")
    assert page.status_code == 200
    cost = burden.walk(town.areas[COMMUNITY], at - timedelta(hours=1))
    assert (cost.visits, cost.workers, cost.one_act) == (3, 1, 2)
    assert cost.typed == pytest.approx(len(read) / 3)
    assert cost.seconds == 50
    assert client(town, "volunteer").get("/burden").status_code == 404
