"""The command line, and the commands that rooms add to it."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

import pytest
import typer
from typer.testing import CliRunner

from lianfang.config import cli


def test_help_names_the_operator_commands() -> None:
    result = CliRunner().invoke(cli.app, ["--help"])
    assert result.exit_code == 0
    for command in ("serve", "migrate", "backup", "restore", "create-admin", "messages"):
        assert command in result.output


def test_a_room_adds_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    room = ModuleType("lianfang.cellar")
    room.__path__ = []
    module = ModuleType("lianfang.cellar.cli")
    commands = typer.Typer()
    nested = typer.Typer()
    commands.add_typer(nested, name="fetch")
    monkeypatch.setattr(module, "app", commands, raising=False)

    @commands.command()
    def tidy() -> None:
        typer.echo("tidied")

    @nested.command()
    def wine() -> None:
        typer.echo("fetched")

    @nested.command()
    def beer() -> None:
        typer.echo("no")

    monkeypatch.setitem(sys.modules, "lianfang.cellar", room)
    monkeypatch.setitem(sys.modules, "lianfang.cellar.cli", module)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: "cellar" in name or None)
    app = typer.Typer()
    cli.add_rooms(app, ["lianfang.cellar", "lianfang.attic", "django.contrib.auth"])
    assert CliRunner().invoke(app, ["tidy"]).output == "tidied\n"
    assert CliRunner().invoke(app, ["fetch", "wine"]).output == "fetched\n"


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_no_backup_is_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("x") / "no.tar"
    path.write_text("no backup")
    result = CliRunner().invoke(cli.app, ["restore", str(path)])
    assert result.exit_code == 1
