"""What an operator does from a shell: areas, grants, tokens, links, the clock, the journal."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import typer
from django.conf import settings
from django.test import Client
from tests import town as towns
from tests.town import COMMUNITY, DISTRICT, Town, do
from typer.testing import CliRunner, Result

from lianfang.areas.models import Area
from lianfang.config import cli
from lianfang.kernel.models import Duty, Record
from lianfang.kernel.times import at, now
from lianfang.kernel.verbs import Verb
from lianfang.people import tokens
from lianfang.people.models import Person


def run(*words: str) -> Result:
    """Run the command line with all rooms' commands."""
    app = typer.Typer()
    cli.add_rooms(app, settings.INSTALLED_APPS)
    return CliRunner().invoke(app, words)


@pytest.fixture
def town(db: None) -> Town:
    return towns.build()


@pytest.mark.django_db
def test_areas_are_imported_and_found(tmp_path: Path) -> None:
    path = tmp_path / "areas.csv"
    path.write_text("code,name\n44,广东省\n4406,佛山市\n", encoding="utf-8")
    done = run("import", "areas", str(path))
    assert done.exit_code == 0
    assert "2 new" in done.output
    assert "2 as before" in run("import", "areas", str(path)).output
    found = run("search", "areas", "佛山")
    assert found.output == "4406\t佛山市\t广东省\n"
    assert run("search", "areas", "上海").exit_code == 1


@pytest.mark.django_db
def test_a_bad_area_file_is_told_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "areas.csv"
    path.write_text("code,name\n4406,佛山市\n4406,佛山\n", encoding="utf-8")
    done = run("import", "areas", str(path))
    assert done.exit_code == 1
    assert "Nothing was imported" in done.output
    assert Area.objects.count() == 0
    assert run("import", "areas").exit_code == 2


def test_a_role_is_given_and_ended(town: Town) -> None:
    assert run("grant", "grid1", "community_lead", COMMUNITY).exit_code == 0
    assert town.actor("grid1").may(Verb.DECIDE, town.areas[COMMUNITY].path)
    assert run("grant", "grid1", "community_lead", COMMUNITY, "--end").exit_code == 0
    assert not town.actor("grid1").may(Verb.DECIDE, town.areas[COMMUNITY].path)
    assert run("grant", "grid1", "community_lead", COMMUNITY, "--end").exit_code == 1
    assert run("grant", "grid1", "king", COMMUNITY).exit_code == 1
    assert run("grant", "nobody", "auditor", COMMUNITY).exit_code == 1
    assert run("grant", "grid1", "auditor", "999999").exit_code == 1
    assert run("grant", "grid1", "auditor").exit_code == 0


def test_a_token_is_made_and_revoked(town: Town) -> None:
    token = run("token", "lead", "phone").output.strip()
    account = tokens.account_of(token)
    assert account
    assert account.username == "lead"
    assert run("token", "lead", "phone", "--revoke").exit_code == 0
    assert tokens.account_of(token) is None
    assert run("token", "lead", "phone", "--revoke").exit_code == 1


def test_a_link_lets_somebody_in_once(town: Town) -> None:
    address = run("link", "lead", "--server", "https://example.org/").output.strip()
    assert address.startswith("https://example.org/")
    page = address.removeprefix("https://example.org")
    assert Client().get(page).status_code < 400


def test_a_tick_takes_a_claim_back(town: Town) -> None:
    home = town.register(1, "3-2-501")[0]
    Duty.objects.create(
        district=DISTRICT,
        kind="test",
        area_id=town.grid(1).id,
        path=town.grid(1).path,
        held_path=town.grid(1).path,
        subject_id=home,
        opened_at=now(),
        opened_by_id=home,
    )
    do(town.actor("grid1"), "duty.claim", {"duty_id": str(Duty.objects.get().id)})
    assert run("tick").exit_code == 0
    assert Duty.objects.get().state == "claimed"
    with at(now() + timedelta(hours=3)):
        assert run("tick").exit_code == 0
    assert Duty.objects.get().state == "open"


def test_the_journal_of_an_object_is_printed_without_names(town: Town) -> None:
    home = town.register(1, "3-2-501")[0]
    printed = run("journal", str(home)).output
    assert "household.register" in printed
    assert "王" not in printed
    assert run("journal", str(home), "--district", "999999").exit_code == 1


@pytest.mark.django_db(transaction=True)
def test_the_replay_is_verified() -> None:
    towns.build().register(1, "3-2-501")
    assert run("replay").exit_code == 2
    done = run("replay", "--verify")
    assert done.exit_code == 0, done.output
    assert str(Record.objects.count()) in done.output
    Person.objects.update(name="x")
    spoilt = run("replay", "--verify")
    assert spoilt.exit_code == 1
    assert "people_person" in spoilt.output
