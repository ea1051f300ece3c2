"""`lianfang import …` from a shell."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.doors.imports import whole
from typer.testing import CliRunner

from lianfang.config.cli import add_rooms, app
from lianfang.people.models import Household

pytestmark = pytest.mark.django_db(transaction=True)


def run(*words: str) -> str:
    add_rooms(app, ["lianfang.areas", "lianfang.doors"])
    result = CliRunner().invoke(app, ["import", *words])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_example_files(tmp_path: Path) -> None:
    run("areas", str(whole.EXAMPLES / "areas.csv"))
    area = ("--area", "440605011900")
    run("organisations", str(whole.EXAMPLES / "organisations.xlsx"), *area)
    roster = str(whole.EXAMPLES / "roster.xlsx")
    said = run("households", roster, *area, "--dry-run")
    assert "3,000" in said
    assert not Household.objects.exists()
    back = tmp_path / "back.xlsx"
    said = run("households", roster, *area, "--complete", "--returned", str(back))
    assert Household.objects.count() == 3_000
    assert len(whole.rows_of(back)) == 44
    assert "40" in said
    said = run("helpers", str(whole.EXAMPLES / "helpers.xlsx"), *area)
    assert "125" in said


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    whole.example_areas()
    path = tmp_path / "roster.xlsx"
    path.write_bytes(b"%PDF-1.4")
    add_rooms(app, ["lianfang.areas", "lianfang.doors"])
    words = ["import", "households", str(path), "--area"]
    for code in ("440605011900", "999999"):
        result = CliRunner().invoke(app, [*words, code])
        assert result.exit_code == 1
        assert "Traceback" not in result.output
