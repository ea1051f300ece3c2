# cjk: rows of made-up files
"""Line lists and lists of contacts: dirty files, Go.Data, SORMAS, and the same file twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.test import Client
from django.urls import reverse
from tests.doors.imports import whole
from tests.town import COMMUNITY, DISTRICT, Town
from tests.tracing import helpers as h

from lianfang.doors.imports import jobs, work
from lianfang.doors.imports.models import ImportJob
from lianfang.doors.imports.rows import Kind
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Record
from lianfang.kernel.verification import verify
from lianfang.people.models import Person
from lianfang.tracing import who
from lianfang.tracing.models import Case, Contact

pytestmark = pytest.mark.django_db(transaction=True)
EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
TITLES = (
    "病例编号",
    "姓名",
    "身份证号",
    "联系电话",
    "病例分类",
    "发病日期",
    "采样日期",
    "检测结果",
    "确诊日期",
    "现住址",
    "社区",
    "聚集性疫情",
    "感染来源",
)


@pytest.fixture
def town() -> Town:
    return h.build()


def take(
    town: Town, path: Path, kind: Kind = Kind.CASES, case: Case | None = None, user: str = "officer"
) -> ImportJob:
    area = town.areas[COMMUNITY]
    subject = case.id if case else None
    job = jobs.begin(town.actor(user), kind, area, path, path.name, subject)
    work.check(job)
    work.perform(job)
    return job


def dirty(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    """Write a list as health bureaus keep it: a title, a date of making, a total, a signature."""
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("病例")
    page.merge_range(0, 0, 0, len(TITLES) - 1, "桂城街道新冠肺炎病例一览表")
    page.write(1, 0, "填报单位:街道疾控 填报日期:2020年2月10日")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for number, row in enumerate([TITLES, *rows], start=2):
        for column, cell in enumerate(row):
            if isinstance(cell, date):
                page.write_datetime(number, column, cell, day)
            else:
                page.write(number, column, cell)
    page.write(len(rows) + 3, 0, "合计")
    page.write(len(rows) + 3, 1, f"{len(rows)}例")
    page.write(len(rows) + 4, 0, "填表人:李四")
    book.close()
    return path


def row(number: str, name: str, **more: Any) -> list[Any]:
    given = {"病例编号": number, "姓名": name, "病例分类": "确诊病例", **more}
    return [given.get(title, "") for title in TITLES]


def registered(town: Town) -> Person:
    """A person of the town with a telephone of her own."""
    person = Person.objects.get(district=DISTRICT, id=h.people(town, "3-2-501")[0])
    payload: dict[str, Any] = {
        "person_id": person.id,
        "name": "王秀兰",
        "phone": "13900001111",
    }
    h.must(town.actor("lead"), "person.correct", **payload)
    return Person.objects.get(district=DISTRICT, id=person.id)


def names() -> dict[str, Case]:
    return {who.read(c.who).name: c for c in Case.objects.filter(district=DISTRICT)}


def test_a_dirty_list_goes_in_and_its_bad_rows_come_back(town: Town, tmp_path: Path) -> None:
    known = registered(town)
    rows = [
        row("１", known.name, 联系电话="139 0000 1111", 发病日期="2020.1.25", 社区=""),
        row("2", "王小明", 联系电话=13812345678.0, 发病日期=date(2020, 1, 28), 感染来源="病例1"),
        row("3", "王小红", 联系电话="13812345678", 病例分类="疑似", 采样日期="2020年2月1日"),
        row("4", "赵 六", 病例分类="", 检测结果="阳性", 确诊日期="43862", 现住址="3栋2单元501"),
        row("5", "孙七", 病例分类="无症状感染者", 采样日期="20200203", 感染来源="2"),
        row("6", "周八", 病例分类="排除"),
        row("7", "吴九", 身份证号=4.40605198001011e17),
        row("8", "郑十", 发病日期="2/3/2020", 聚集性疫情="春游"),
        row("9", "钱一", 感染来源="8"),
        row("10", "冯二", 社区="第九十九网格"),
        row("11", "王小明", 联系电话="13812345678"),
    ]
    job = take(town, dirty(tmp_path / "cases.xlsx", rows))
    assert job.counts["cases_new"] == 6, jobs.samples(job)
    assert job.counts["cases_none"] == 1
    found = names()
    first = Case.objects.get(district=DISTRICT, person_id=known.id)
    assert (first.onset, first.state, first.who) == (date(2020, 1, 25), "confirmed", "")
    assert found["王小明"].infected_by_id == first.id
    assert found["王小明"].onset == date(2020, 1, 28)
    assert found["孙七"].infected_by_id == found["王小明"].id
    assert found["孙七"].asymptomatic
    # A family shares a number: both are there, and both can be rung.
    assert who.read(found["王小红"].who).note == "13812345678"
    assert found["王小红"].state == "suspected"
    assert (found["赵六"].state, found["赵六"].result) == ("confirmed", date(2020, 2, 1))
    # 钱一 is in, without the one who infected her: that row goes back too.
    assert found["钱一"].infected_by_id is None
    back = whole.back(job, tmp_path / "back.xlsx")
    listed = whole.rows_of(back)
    assert {"吴九", "郑十", "钱一", "冯二"} < {str(cell) for line in listed for cell in line}
    assert job.returned_rows == 5


def test_mended_rows_go_in_and_the_chain_is_whole(town: Town, tmp_path: Path) -> None:
    rows = [row("8", "郑十", 发病日期="2/3/2020"), row("9", "钱一", 感染来源="8")]
    job = take(town, dirty(tmp_path / "cases.xlsx", rows))
    assert (job.counts["cases_new"], job.returned_rows) == (1, 2)
    # The sender mends the returned workbook itself, beside the reasons.
    listed = whole.rows_of(whole.back(job, tmp_path / "back.xlsx"))
    assert any("2020-01-25" in str(line[0]) for line in listed)
    mended = [["2020-02-03" if cell == "2/3/2020" else cell for cell in line] for line in listed]
    job = take(town, whole.save_as_excel_does(tmp_path / "mended.xlsx", mended, str(job.id)))
    assert job.counts == {"cases_new": 1, "cases_changed": 1}
    found = names()
    assert found["钱一"].infected_by_id == found["郑十"].id


def test_the_same_list_twice_changes_nothing(town: Town, tmp_path: Path) -> None:
    person = registered(town)
    rows = [
        row("BL-2020-0001", person.name, 联系电话="13900001111", 发病日期="2020-01-25"),
        row("BL-2020-0002", "王小明", 联系电话="13812345678", 感染来源="BL-2020-0001"),
        row("BL-2020-0003", "王小红", 联系电话="13812345678", 病例分类="疑似"),
    ]
    path = dirty(tmp_path / "a.xlsx", rows)
    assert take(town, path).counts == {"cases_new": 3}
    before = (Record.objects.count(), sorted(Case.objects.values_list("id", "state", "onset")))
    job = take(town, path)
    assert job.counts == {"cases_same": 3}
    assert before == (
        Record.objects.count(),
        sorted(Case.objects.values_list("id", "state", "onset")),
    )
    # What is newer fills in and confirms; what somebody has corrected by hand is not undone.
    rows[2] = row("BL-2020-0003", "王小红", 联系电话="13812345678", 发病日期="2020-01-30")
    assert take(town, dirty(tmp_path / "b.xlsx", rows)).counts == {
        "cases_same": 2,
        "cases_changed": 1,
        "cases_judged": 1,
    }
    case = names()["王小红"]
    assert (case.state, case.onset) == ("confirmed", date(2020, 1, 30))
    h.must(town.actor("officer"), "case.correct", case_id=case.id, onset="2020-01-29")
    job = take(town, dirty(tmp_path / "c.xlsx", rows))
    assert (job.counts["cases_same"], job.returned_rows) == (2, 1)
    assert names()["王小红"].onset == date(2020, 1, 29)


def test_exports_of_godata_and_sormas_are_understood(town: Town) -> None:
    job = take(town, EXAMPLES / "cases-godata.csv")
    assert job.counts == {"cases_new": 3, "cases_none": 1}, jobs.samples(job)
    found = names()
    assert found["Mei Chen"].onset == date(2020, 1, 27)
    assert found["Mei Chen"].state == "confirmed"
    assert found["Jun Zhao"].state == "suspected"
    assert who.read(found["Mei Chen"].who).phone == "19900000031"
    assert take(town, EXAMPLES / "cases-godata.csv").counts == {"cases_same": 3, "cases_none": 1}
    job = take(town, EXAMPLES / "cases-sormas.csv")
    assert job.counts == {"cases_new": 3, "cases_none": 1}, jobs.samples(job)
    silent = names()["Lan Huang"]
    assert (silent.state, silent.asymptomatic, silent.sample) == (
        "confirmed",
        True,
        date(2020, 1, 30),
    )
    case = names()["Mei Chen"]
    job = take(town, EXAMPLES / "contacts-sormas.csv", Kind.CONTACTS, case)
    assert job.counts == {"contacts_new": 3, "contacts_none": 1}, jobs.samples(job)
    degrees = sorted(Contact.objects.filter(case_id=case.id).values_list("degree", flat=True))
    assert degrees == ["close", "close", "general"]
    other = names()["Jun Zhao"]
    job = take(town, EXAMPLES / "contacts-godata.csv", Kind.CONTACTS, other)
    assert job.counts == {"contacts_new": 2}, jobs.samples(job)
    days = Contact.objects.filter(case_id=other.id).values_list("last_day", flat=True)
    assert set(days) == {date(2020, 1, 27), date(2020, 1, 28)}


CONTACTS = ("姓名", "手机号", "身份证号", "住址", "社区", "密接程度", "最后接触日期")


def test_contacts_stand_once_and_bad_ones_come_back(town: Town, tmp_path: Path) -> None:
    person = registered(town)
    case = h.case(town, name="病人甲", phone="13700000000")
    day = h.today() - timedelta(days=2)
    lines = [
        (person.name, "13900001111", "", "", "", "密切接触者", str(day)),
        (
            "李四",
            "１３８１２３４５６７８",
            "",
            "莲花路1号",
            "莲花社区",
            "一般接触者",
            f"{day:%Y/%m/%d}",
        ),
        ("李小四", "13812345678", "", "", h.AWAY, "密接的密接", f"{day.month}月{day.day}日"),
        ("王五", "123", "", "", "", "密接", ""),
        ("赵六", "", "", "", "没有这个社区", "", ""),
        ("孙七", "13800001234", "", "", "", "很近", ""),
    ]
    path = whole.write(tmp_path / "contacts.xlsx", lines, CONTACTS)
    job = take(town, path, Kind.CONTACTS, case)
    assert (job.counts["contacts_new"], job.returned_rows) == (3, 3), jobs.samples(job)
    rows = {c.person_id: c for c in Contact.objects.filter(case_id=case.id)}
    mine = rows[person.id]
    assert (mine.degree, mine.last_day, mine.basis, mine.who) == ("close", day, "import", "")
    assert mine.community_id == person.community_id
    others = Contact.objects.filter(case_id=case.id, person_id=None)
    assert {who.read(c.who).name: c.degree for c in others} == {
        "李四": "general",
        "李小四": "second",
    }
    assert {c.community_id for c in others} == {town.areas[h.AWAY].id}
    assert {c.last_day for c in others} == {day}
    again = take(town, path, Kind.CONTACTS, case)
    assert (again.counts["contacts_same"], Contact.objects.count()) == (3, 3)
    # The reasons stand beside the rows; mended, they go in.
    back = whole.back(job, tmp_path / "back.xlsx")
    assert len(whole.rows_of(back)) == 4
    mended = [
        ("王五", "13700001235", "", "", "", "密接", ""),
        ("赵六", "", "", "桂城某路", "莲花社区", "", ""),
        ("孙七", "13800001234", "", "", "", "密接", ""),
    ]
    mended_path = whole.write(tmp_path / "mended.xlsx", mended, CONTACTS)
    assert take(town, mended_path, Kind.CONTACTS, case).counts == {"contacts_new": 3}


def test_contacts_of_another_case_go_back(town: Town, tmp_path: Path) -> None:
    rows = [row("BL-2020-0001", "病人甲", 联系电话="13700000000")]
    take(town, dirty(tmp_path / "a.xlsx", rows))
    titles = ("病例编号", "姓名", "电话", "末次接触日期")
    lines = [
        ("BL-2020-0001", "李四", "13812345678", "2020-01-25"),
        ("BL-2020-0002", "王五", "13812345679", "2020-01-25"),
        ("", "赵六", "13812345670", "2020-01-25"),
    ]
    path = whole.write(tmp_path / "b.xlsx", lines, titles)
    job = take(town, path, Kind.CONTACTS, names()["病人甲"])
    assert (job.counts["contacts_new"], job.returned_rows) == (2, 1), jobs.samples(job)
    # Of a case whose number is not known here, nobody can say which rows are meant.
    job = take(town, path, Kind.CONTACTS, h.case(town, name="病人乙", phone="13700000001"))
    assert (job.counts["contacts_new"], job.returned_rows) == (1, 2)


def test_what_came_in_is_what_the_journal_makes(town: Town, tmp_path: Path) -> None:
    person = registered(town)
    rows = [
        row("1", person.name, 联系电话="13900001111", 发病日期="2020-01-25"),
        row("2", "王小明", 联系电话="13812345678", 感染来源="1", 病例分类="疑似"),
    ]
    take(town, dirty(tmp_path / "a.xlsx", rows))
    rows[1] = row("2", "王小明", 联系电话="13812345678", 感染来源="1", 采样日期="2020-01-28")
    take(town, dirty(tmp_path / "b.xlsx", rows))
    lines = [("李四", "13812345670", "", "", "", "密接", "")]
    path = whole.write(tmp_path / "c.xlsx", lines, CONTACTS)
    take(town, path, Kind.CONTACTS, names()["王小明"])
    assert verify().differences == []


def client(town: Town, username: str) -> Client:
    result = Client(headers={"accept-language": "zh-hans"})
    result.force_login(town.accounts[username])
    return result


def test_it_is_begun_from_the_pages_of_cases(town: Town, tmp_path: Path) -> None:
    officer = client(town, "officer")
    case = h.case(town, name="病人甲", phone="13700000000")
    page = officer.get(reverse("cases")).content.decode()
    assert f"{reverse('import_new')}?kind=cases" in page
    page = officer.get(reverse("case", args=[DISTRICT, case.id])).content.decode()
    assert f"for={case.id}" in page
    lines = [("李四", "13812345678", "", "", "", "", ""), ("王五", "138", "", "", "", "", "")]
    path = whole.write(tmp_path / "c.xlsx", lines, CONTACTS)
    sent = {"kind": "contacts", "area": str(case.area_id), "for": str(case.id)}
    assert "密切接触者" in officer.get(reverse("import_new"), sent).content.decode()
    with path.open("rb") as file:
        answer = officer.post(reverse("import_new"), {**sent, "file": file})
    where = answer["Location"]
    answer = officer.post(f"{where}/columns", {"act": "check"}, follow=True)
    assert "李四" in answer.content.decode()
    answer = officer.post(where, {"act": "go"}, follow=True)
    # The mended file goes to the same case.
    assert f"for={case.id}" in answer.content.decode()
    assert officer.get(f"{where}/returned.xlsx").status_code == 200
    assert Contact.objects.get(case_id=case.id).basis == "import"
    for username in ("lead", "other", "staff", "volunteer", "grid1"):
        user = client(town, username)
        assert user.get(where).status_code == 404, username
        assert user.get(reverse("import_new"), sent).status_code == 404, username
        answer = user.get(reverse("imports"))
        assert "c.xlsx" not in answer.content.decode(), username
    # One who traces elsewhere cannot name contacts of a case that he does not see.
    job = jobs.begin(
        town.actor("officer"), Kind.CONTACTS, town.areas[COMMUNITY], path, "x.xlsx", new_id()
    )
    with pytest.raises(Exception, match=r"which case|哪"):
        work.check(job)
