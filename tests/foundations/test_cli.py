"""The command line, and the commands that rooms add to it."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

import pytest
import typer
from django.contrib.auth import authenticate
from typer.testing import CliRunner

from lianfang.config import cli
from lianfang.config.administrator import AdministratorError, create_administrator
from lianfang.kernel.verbs import Verb
from lianfang.people.auth import actor_for


def test_the_operator_commands() -> None:
    names = {
        command.name or command.callback.__name__.replace("_", "-")
        for command in cli.app.registered_commands
        if command.callback
    }
    assert {"serve", "migrate", "backup", "restore", "create-admin", "messages"} <= names
    assert CliRunner().invoke(cli.app, ["--help"]).exit_code == 0


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


@pytest.mark.django_db
def test_the_first_administrator() -> None:
    account = create_administrator("root", "根", "a long enough one")
    assert authenticate(username="ROOT", password="a long enough one") == account
    assert actor_for(account).may(Verb.GRANT, "11/")
    with pytest.raises(AdministratorError, match="root"):
        create_administrator("root", "again", "a long enough one")
    with pytest.raises(AdministratorError):
        create_administrator("other", "other", "12345678")
