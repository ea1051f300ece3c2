"""Area files as they come: what is wrong is said with its line, and then nothing was imported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lianfang.areas import queries, tree
from lianfang.areas.importing import FileFaults, Summary, import_division, import_file
from lianfang.areas.models import Area
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.models import Record
from lianfang.kernel.problems import Refusal, Refuse
from lianfang.kernel.verification import verify

pytestmark = pytest.mark.django_db

GOOD = "code,name\n44,广东省\n4406,佛山市\n440605,南海区\n440605011,桂城街道\n"


@pytest.fixture(autouse=True)
def _fresh_tree() -> None:
    tree.clear()


def write(folder: Path, content: str | bytes, name: str = "areas.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def faults_of(path: Path, **options: Any) -> list[Refusal]:
    """Return what is wrong with a file, after checking that nothing of it was imported."""
    try:
        import_file(path, **options)
    except FileFaults as error:
        found = error.faults
    except Refuse as error:
        found = [error.refusal]
    else:
        pytest.fail("the file was imported")
    assert Area.objects.count() == 0
    assert all(fault.message and "—" not in fault.message for fault in found)
    return found


def test_a_chinese_file_needs_no_parents(tmp_path: Path) -> None:
    assert import_file(write(tmp_path, GOOD)) == Summary(new=4)
    area = Area.objects.get(code="440605011")
    assert (area.path, area.level, area.district) == ("44/4406/440605/440605011/", 4, "440605")


def test_the_same_file_again_writes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    import_file(path)
    assert import_file(path) == Summary(same=4)
    assert Record.objects.count() == 1


def test_a_changed_name_is_taken_over_and_the_rest_left(tmp_path: Path) -> None:
    import_file(write(tmp_path, GOOD))
    assert import_file(write(tmp_path, GOOD.replace("南海区", "新区"))) == Summary(
        changed=1, same=3
    )
    assert Area.objects.get(code="440605").name == "新区"


def test_an_import_that_broke_off_is_taken_up(tmp_path: Path) -> None:
    import_file(write(tmp_path, "\n".join(GOOD.split("\n")[:3])))
    assert import_file(write(tmp_path, GOOD)) == Summary(new=2, same=2)


def test_p_codes_name_their_parents_in_any_order(tmp_path: Path) -> None:
    text = (
        "name;parent;code\nQuezon City;PH137;PH13704\nNCR;PH;PH13\nQ;PH13;PH137\nPhilippines;;PH\n"
    )
    assert import_file(write(tmp_path, text)).new == 4
    assert Area.objects.get(code="PH13704").path == "PH/PH13/PH137/PH13704/"


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path: Path) -> None:
    assert import_file(write(tmp_path, "\ufeff" + GOOD)).new == 4


def test_blank_lines_spaces_and_short_rows_do_no_harm(tmp_path: Path) -> None:
    text = "\n".join(["code , NAME,parent", "44 ,  广东省", "", ",,", "4406,佛山市,44", ""])
    assert import_file(write(tmp_path, text)).new == 2


def test_another_encoding_is_told_and_can_be_named(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.encode("gb18030"))
    fault = faults_of(path)[0]
    assert fault.code == "area.file_encoding"
    assert "gb18030" in fault.hint
    assert import_file(path, encoding="gb18030").new == 4


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (GOOD + "440605,又一个\n", "area.file_twice", ["6", "4", "440605"]),
        ("code,name\n4406,佛山市\n", "area.file_parent", ["2", "4406", "44"]),
        ("code,name,parent\nA1,x,B1\nB1,y,A1\n", "area.file_circle", ["2", "A1"]),
        ("code,name\n44,\n", "area.file_row", ["2", "name"]),
        ("code,name\n4 4/6,x\n", "area.file_row", ["2", "4 4/6"]),
        ("code,name\n４４,广东省\n", "area.file_row", ["2", "４４"]),
        ("code,name\n44," + "长" * 121 + "\n", "area.file_row", ["2"]),
        ("code,title\n44,x\n", "area.file_column", ["name", "code, title"]),
        ("", "area.file_column", ["code"]),
        ("\ufffe\x00", "area.file_column", ["code"]),
        (GOOD.encode("utf-16"), "area.file_encoding", ["utf-8"]),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    tmp_path: Path, content: str | bytes, code: str, words: list[str]
) -> None:
    fault = faults_of(write(tmp_path, content))[0]
    assert fault.code == code
    assert all(word in fault.message for word in words)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    rows = "".join(f"9{n}01,x\n" for n in range(9))
    assert len(faults_of(write(tmp_path, "code,name\n" + rows))) == 9


def feature(code: Any, name: Any, **more: Any) -> dict[str, Any]:
    shape = {"type": "Polygon", "coordinates": [[[113.1, 23.0], [113.2, 23.0], [113.1, 23.1]]]}
    known = {"code": code, "name": name, **more}
    return {"type": "Feature", "properties": known, "geometry": shape}


def test_geojson_brings_boundaries(tmp_path: Path) -> None:
    import_file(write(tmp_path, GOOD))
    content = {"type": "FeatureCollection", "features": [feature(440605, "南海区")]}
    path = write(tmp_path, json.dumps(content), "a.geojson")
    assert import_file(path) == Summary(changed=1)
    assert import_file(path) == Summary(same=1)
    boundary = Area.objects.get(code="440605").boundary
    assert boundary
    assert boundary["type"] == "Polygon"


@pytest.mark.parametrize("content", ["{", "[]", '{"features": [1]}', '{"features": 5}'])
def test_what_is_no_geojson_is_told(tmp_path: Path, content: str) -> None:
    assert faults_of(write(tmp_path, content, "a.json"))[0].code == "area.file_geojson"


def division(folder: Path) -> Path:
    files = {
        "provinces": "code,name\n44,广东省\n",
        "cities": "code,name,provinceCode\n4406,佛山市,44\n",
        "areas": "code,name,cityCode,provinceCode\n440605,南海区,4406,44\n",
        "streets": "code,name,areaCode,provinceCode,cityCode\n440605011,桂城街道,440605,44,4406\n",
        "villages": 'code,name,streetCode\n440605011900,"怡景社区",440605011\n',
    }
    (folder / "dist").mkdir()
    for name, text in files.items():
        write(folder / "dist", text, f"{name}.csv")
    return folder


def test_the_package_of_divisions_is_imported_and_searched(tmp_path: Path) -> None:
    done: list[int] = []
    assert import_division(division(tmp_path), progress=done.append).new == 5
    assert sum(done) == 5
    assert [a.code for a in queries.search(OPERATOR, "怡景")] == ["440605011900"]
    assert [a.code for a in queries.search(OPERATOR, "社区")] == ["440605011900"]
    assert [a.code for a in queries.search(OPERATOR, "4406")] == [
        "4406",
        "440605",
        "440605011",
        "440605011900",
    ]


def test_a_package_with_a_file_missing_is_told(tmp_path: Path) -> None:
    folder = division(tmp_path)
    (folder / "dist" / "streets.csv").unlink()
    with pytest.raises(Refuse) as caught:
        import_division(folder)
    assert "streets.csv" in caught.value.refusal.message


@pytest.mark.django_db(transaction=True)
def test_an_import_replays(tmp_path: Path) -> None:
    import_file(write(tmp_path, GOOD))
    import_file(write(tmp_path, GOOD.replace("佛山市", "禅城市")))
    assert verify().differences == []


def test_the_columns_may_have_chinese_names(tmp_path: Path) -> None:
    content = "\ufeff代码,名称,级别,上级代码\n44,广东省,省,\n4406,佛山市,市,44\n"
    assert import_file(write(tmp_path, content)).new == 2
    assert queries.by_code("4406").parent == queries.by_code("44")  # type: ignore[union-attr]
