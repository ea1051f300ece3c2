"""A sheet of one-time links: who may make it for whom, and that nothing keeps the links."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.people.conftest import Login
from tests.town import COMMUNITY, Town, do

from lianfang.kernel import times
from lianfang.kernel.models import Record
from lianfang.people.models import AccessLink

pytestmark = pytest.mark.django_db
WHERE = "/people/links"


def body(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def offered(town: Town, answer: Any) -> set[str]:
    ids = set(re.findall(r'name="accounts" value="([0-9a-f-]+)"', body(answer)))
    return {name for name, account in town.accounts.items() if str(account.id) in ids}


def make(client: Client, town: Town, *names: str) -> Any:
    return client.post(WHERE, {"accounts": [str(town.accounts[n].id) for n in names]})


def tokens(answer: Any) -> list[str]:
    return re.findall(r"<code>http://testserver/in/([\w-]+)</code>", body(answer))


def logged_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_each_link_of_a_sheet_lets_one_helper_in_once(
    town: Town, login: Login, caplog: pytest.LogCaptureFixture
) -> None:
    lead, before = login("lead"), Record.objects.count()
    assert WHERE in body(lead.get("/people"))
    answer = make(lead, town, "grid1", "volunteer")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    page = body(answer)
    assert page.count('class="qr-code"') == 2
    for name in ("grid1", "volunteer"):
        assert f"<strong>{town.accounts[name].name}</strong>" in page
    made = tokens(answer)
    # Neither the journal, nor the log, nor the table of links holds one.
    assert Record.objects.count() == before
    assert AccessLink.objects.count() == len(made) == 2
    kept = str(list(AccessLink.objects.values()))
    for token in made:
        assert token not in kept
        assert token not in caplog.text
    assert tokens(lead.get(WHERE)) == []
    for token, name in zip(made, ("grid1", "volunteer"), strict=True):
        helper = Client()
        helper.post(f"/in/{token}")
        assert helper.session["_auth_user_id"] == str(town.accounts[name].id)
        assert Client().post(f"/in/{token}").status_code == 404


def test_the_links_of_a_sheet_end_after_two_days(town: Town, login: Login) -> None:
    (token,) = tokens(make(login("lead"), town, "volunteer"))
    with times.at(times.now() + timedelta(hours=49)):
        late = Client()
        assert late.post(f"/in/{token}").status_code == 404
    assert not logged_in(late)


def test_those_are_offered_whose_roles_one_can_give(town: Town, login: Login) -> None:
    lead = login("lead")
    helpers = {"grid1", "grid2", "volunteer", "building", "site"}
    assert offered(town, lead.get(WHERE)) == helpers
    assert offered(town, lead.get(WHERE, {"role": "volunteer"})) == {"volunteer"}
    grid = {"area": str(town.grid(2).id)}
    assert offered(town, lead.get(WHERE, grid)) == {"grid2"}
    assert offered(town, lead.get(WHERE, grid | {"role": "volunteer"})) == set()
    assert "Nobody fits" in body(lead.get(WHERE, grid | {"role": "volunteer"}))
    assert offered(town, login("elsewhere").get(WHERE)) == set()
    assert {"lead", "auditor"} <= offered(town, login("street").get(WHERE))
    # Who has a higher role besides, or is shut out, is not the lead's to let in.
    grant = {"account_id": str(town.accounts["volunteer"].id), "role": "auditor"}
    do(town.actor("street"), "grant.give", grant | {"area_id": str(town.areas[COMMUNITY].id)}, "")
    town.accounts["site"].is_active = False
    town.accounts["site"].save()
    assert offered(town, lead.get(WHERE)) == helpers - {"volunteer", "site"}


@pytest.mark.parametrize(
    ("who", "whom", "status"),
    [
        ("lead", "volunteer", 200),
        ("street", "lead", 200),
        ("admin", "city", 200),
        ("lead", "auditor", 403),
        ("lead", "lead", 404),
        ("lead", "street", 404),
        ("lead", "elsewhere", 404),
        ("elsewhere", "volunteer", 404),
        ("grid1", "volunteer", 404),
        ("site", "volunteer", 404),
        ("health", "volunteer", 404),
        ("auditor", "volunteer", 404),
        ("volunteer", "grid1", 404),
    ],
)
def test_who_may_make_links_for_whom(
    town: Town, login: Login, who: str, whom: str, status: int
) -> None:
    client = login(who)
    opens = who in {"lead", "street", "admin", "elsewhere"}
    assert client.get(WHERE).status_code == (200 if opens else 404)
    answer = make(client, town, "grid2", whom) if who == "lead" else make(client, town, whom)
    assert answer.status_code == status
    # All of a sheet or nothing of it.
    assert AccessLink.objects.exists() is (status == 200)
    assert bool(tokens(answer)) is (status == 200)


def test_nobody_chosen_is_said(town: Town, login: Login) -> None:
    answer = login("lead").post(WHERE, {})
    assert answer.status_code == 422
    assert "Choose at least one." in body(answer)
    assert login("lead").post(WHERE, {"accounts": ["x"]}).status_code == 404
    assert Client().get(WHERE).status_code == 302
