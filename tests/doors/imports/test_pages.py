# cjk: rows of made-up files
"""The import pages: a file goes in without JavaScript, and only where one may."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from tests import town
from tests.doors.imports import whole
from tests.doors.imports.test_whole import FIRST, row

from lianfang.doors.imports import files, jobs
from lianfang.doors.imports.models import ImportJob
from lianfang.kernel.times import now
from lianfang.people.models import Household, Person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def made() -> town.Town:
    return town.build()


def client(made: town.Town, username: str, language: str = "en") -> Client:
    result = Client(headers={"accept-language": language})
    result.force_login(made.accounts[username])
    return result


def upload(user: Client, path: Path, area_id: UUID, kind: str = "roster") -> str:
    with path.open("rb") as file:
        answer = user.post(
            reverse("import_new"), {"kind": kind, "area": str(area_id), "file": file}
        )
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_a_file_goes_all_the_way(made: town.Town, tmp_path: Path) -> None:
    lead = client(made, "lead")
    lost = row("第九十九网格", "1-1-104", "陈静", "", "户主")
    bad = row("第一网格", "1-1-103", "张娜", "1990000", "户主")
    path = whole.write(tmp_path / "roster.xlsx", [*FIRST[:3], bad, lost])
    where = upload(lead, path, made.areas[town.COMMUNITY].id)
    answer = lead.get(where, follow=True)
    columns = answer.redirect_chain[-1][0]
    text = answer.content.decode()
    assert "身份证号" in text
    assert 'value="id_number" selected' in text
    answer = lead.post(columns, {"act": "check"}, follow=True)
    text = answer.content.decode()
    assert "New doors" in text
    assert "第九十九网格" in text
    assert not Household.objects.exists()
    # A choice is checked before anything happens.
    grid = str(made.grid(2).id)
    answer = lead.post(where, {"act": "go", "place0": grid}, follow=True)
    assert "please look again" in answer.content.decode()
    assert not Household.objects.exists()
    answer = lead.post(where, {"act": "go", "place0": grid}, follow=True)
    assert "1 row could not go in" in answer.content.decode()
    assert Household.objects.count() == 3
    assert Household.objects.get(room="104").area_id == made.grid(2).id
    back = lead.get(f"{where}/returned.xlsx")
    assert back.headers["Content-Type"].endswith("spreadsheetml.sheet")
    (tmp_path / "back.xlsx").write_bytes(b"".join(back))
    assert [r[5] for r in whole.rows_of(tmp_path / "back.xlsx")[1:]] == ["张娜"]
    listed = lead.get(reverse("imports")).content.decode()
    assert "roster.xlsx" in listed
    assert "Taken in" in listed


def test_the_pages_are_whole_in_chinese(made: town.Town, tmp_path: Path) -> None:
    lead = client(made, "lead", "zh-hans")
    where = upload(lead, whole.write(tmp_path / "a.xlsx", FIRST), made.areas[town.COMMUNITY].id)
    answer = lead.post(f"{where}/columns", {"act": "check"}, follow=True)
    assert "新增户" in answer.content.decode()
    answer = lead.post(where, {"act": "go"}, follow=True)
    assert "全部录入了" in answer.content.decode()
    assert "花名册" in lead.get(reverse("import_new")).content.decode()
    assert Person.objects.get(name="王芳").relation == "户主"


def test_who_may_not_sees_nothing(made: town.Town, tmp_path: Path) -> None:
    made.hire("other", "community_lead", "440605012901")
    made.hire("watcher", "auditor", town.COMMUNITY)
    where = upload(
        client(made, "lead"),
        whole.write(tmp_path / "a.xlsx", FIRST),
        made.areas[town.COMMUNITY].id,
    )
    for username in ("other", "grid1", "watcher"):
        user = client(made, username)
        for tail in ("", "/columns", "/progress", "/returned.xlsx"):
            assert user.get(where + tail).status_code == 404, (username, tail)
        assert user.post(where, {"act": "go"}).status_code == 404
    assert client(made, "watcher").get(reverse("imports")).status_code == 404
    assert "a.xlsx" not in client(made, "other").get(reverse("imports")).content.decode()
    # A foreign area is not offered, and not taken.
    with (tmp_path / "a.xlsx").open("rb") as file:
        answer = client(made, "other").post(
            reverse("import_new"),
            {"kind": "roster", "area": str(made.areas[town.COMMUNITY].id), "file": file},
        )
    assert answer.status_code == 422
    assert ImportJob.objects.count() == 1


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", b"PK\x03\x04broken", b"\x00\x01\x02"])
def test_what_is_no_table_is_said_at_its_field(made: town.Town, content: bytes) -> None:
    file = BytesIO(content)
    file.name = "roster.xlsx"
    answer = client(made, "lead").post(
        reverse("import_new"),
        {"kind": "roster", "area": str(made.areas[town.COMMUNITY].id), "file": file},
    )
    assert answer.status_code == 422
    assert 'id="id_file-error"' in answer.content.decode()


def test_a_header_that_nobody_found_can_be_pointed_at(made: town.Town, tmp_path: Path) -> None:
    lead = client(made, "lead")
    titles = ("甲", "乙", "丙")
    path = whole.write(tmp_path / "odd.xlsx", [["1栋101", "王芳", "户主"]] * 3, titles)
    where = upload(lead, path, made.areas[town.COMMUNITY].id)
    assert lead.get(f"{where}/columns").status_code == 422
    answer = lead.post(f"{where}/columns", {"act": "look", "header_row": "1"})
    assert "Columns are missing" in answer.content.decode()
    chosen = {"header_row": "1", "c0": "address", "c1": "name", "c2": "relation"}
    answer = lead.post(f"{where}/columns", {"act": "check", **chosen}, follow=True)
    assert "New doors" in answer.content.decode()
    # The titles are known from now on.
    again = whole.write(tmp_path / "again.xlsx", [["1栋102", "李伟", "户主"]], titles)
    where = upload(lead, again, made.areas[town.COMMUNITY].id)
    assert 'value="address" selected' in lead.get(f"{where}/columns").content.decode()


def test_a_stopped_import_offers_to_go_on(made: town.Town, tmp_path: Path) -> None:
    lead = client(made, "lead")
    where = upload(lead, whole.write(tmp_path / "a.xlsx", FIRST), made.areas[town.COMMUNITY].id)
    lead.post(f"{where}/columns", {"act": "check"})
    ImportJob.objects.update(state="running", beat_at=now() - jobs.STALE * 2)
    assert "The work has stopped" in lead.get(where).content.decode()
    assert lead.get(f"{where}/progress").headers["HX-Refresh"] == "true"
    answer = lead.post(where, {"act": "continue"}, follow=True)
    assert "All rows are in" in answer.content.decode()


def test_files_lie_encrypted_and_go_after_their_time(made: town.Town, tmp_path: Path) -> None:
    area = made.areas[town.COMMUNITY]
    job, _ = whole.take(whole.write(tmp_path / "a.xlsx", FIRST), area)
    kept = files._path(job.id, files.SENT).read_bytes()
    assert kept[:2] != b"PK"
    assert jobs.clean_up() == 0
    ImportJob.objects.update(files_until=now())
    assert jobs.clean_up() == 1
    assert not files.has(job.id, files.SENT)
    assert ImportJob.objects.get().wrapped_key is None
