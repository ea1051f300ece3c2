"""Logging in: password, slowed guesses, one-time links, codes, the language that stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from tests.people.conftest import Login
from tests.town import Town, do

from lianfang.kernel import times
from lianfang.people import auth
from lianfang.people.models import Account

PASSWORD = "yi-ju-duanju-66"


@pytest.fixture
def grid1(town: Town) -> Account:
    account = town.accounts["grid1"]
    auth.set_password(account, PASSWORD)
    return account


def enter(client: Client, username: str, password: str, **more: str) -> int:
    data = {"username": username, "password": password, **more}
    return client.post("/login", data).status_code


def logged_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def test_the_right_password_lets_in_and_goes_where_one_wanted(grid1: Account) -> None:
    client = Client()
    asked = client.get("/areas")
    assert asked["Location"] == "/login?next=/areas"
    data = {"username": "GRID1", "password": PASSWORD, "next": "/areas"}
    assert client.post("/login", data)["Location"] == "/areas"
    assert logged_in(client)
    client.post("/logout")
    assert not logged_in(client)


@pytest.mark.parametrize(
    "where", ["https://elsewhere.example/", "//elsewhere.example", "javascript:1"]
)
def test_the_log_in_goes_nowhere_else(grid1: Account, where: str) -> None:
    data = {"username": "grid1", "password": PASSWORD, "next": where}
    assert Client().post("/login", data)["Location"] == "/"


def test_wrong_tries_are_slowed_and_the_owner_gets_in_later(grid1: Account) -> None:
    client = Client()
    with times.at(times.now()):
        assert [enter(client, "grid1", "wrong") for _ in range(5)] == [422] * 5
        assert enter(client, "grid1", "wrong") == 429
        assert enter(client, "grid1", PASSWORD) == 429
        # The same name from elsewhere is not kept out.
        far = Client(REMOTE_ADDR="10.1.2.3")
        assert enter(far, "grid1", PASSWORD) == 302
    with times.at(times.now() + timedelta(minutes=6)):
        assert enter(client, "grid1", PASSWORD) == 302


def test_one_address_with_many_names_is_slowed(town: Town) -> None:
    client = Client()
    with times.at(times.now()):
        codes = [enter(client, f"name{n}", "wrong") for n in range(31)]
    assert codes == [422] * 30 + [429]


def test_an_account_that_is_shut_out_is_out_at_once(grid1: Account, town: Town) -> None:
    client = Client()
    enter(client, "grid1", PASSWORD)
    do(town.actor("lead"), "account.switch", {"account_id": str(grid1.id), "active": False}, "")
    assert not logged_in(client)
    assert enter(client, "grid1", PASSWORD) == 422


def test_a_link_is_used_up_by_the_button_only(town: Town) -> None:
    account = town.accounts["volunteer"]
    token = auth.new_link(account, town.actor("lead"))
    preview, helper, late = Client(), Client(), Client()
    for _ in range(3):
        assert preview.get(f"/in/{token}").status_code == 200
    assert not logged_in(preview)
    answer = helper.post(f"/in/{token}")
    assert answer["Location"] == "/settings/password/first"
    assert logged_in(helper)
    assert late.post(f"/in/{token}").status_code == 404
    assert late.get(f"/in/{token}").status_code == 404
    # The offer may be skipped, or taken.
    assert helper.get("/settings/password/first").status_code == 200
    data = {"new": PASSWORD, "again": PASSWORD}
    assert helper.post("/settings/password/first", data).status_code == 302
    assert logged_in(helper)
    assert enter(Client(), "volunteer", PASSWORD) == 302


def test_a_link_ends_after_two_days(town: Town) -> None:
    token = auth.new_link(town.accounts["volunteer"], town.actor("lead"))
    with times.at(times.now() + timedelta(hours=49)):
        assert Client().post(f"/in/{token}").status_code == 404


def test_a_code_is_asked_for_where_there_is_a_device(grid1: Account) -> None:
    client = Client()
    enter(client, "grid1", PASSWORD)
    client.get("/settings/device")
    device = TOTPDevice.objects.get(user=grid1, confirmed=False)
    assert client.post("/settings/device", {"code": "000000"}).status_code == 422
    device.refresh_from_db()
    device.throttle_reset()
    assert client.post("/settings/device", {"code": code(device)}).status_code == 302

    fresh = Client()
    assert (
        fresh.post("/login", {"username": "grid1", "password": PASSWORD})["Location"]
        == "/login/code"
    )
    assert not logged_in(fresh)
    device.refresh_from_db()
    device.last_t = -1
    device.save()
    assert fresh.post("/login/code", {"code": "12 34"}).status_code == 422
    device.refresh_from_db()
    device.throttle_reset()
    right = code(device)
    assert fresh.post("/login/code", {"code": f"{right[:3]} {right[3:]}"}).status_code == 302
    assert logged_in(fresh)
    # Nobody gets to the second step without the first.
    assert Client().get("/login/code")["Location"] == "/login"


def code(device: TOTPDevice) -> str:
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    return f"{totp.token():06d}"


def test_the_language_stays_with_the_account(grid1: Account) -> None:
    first = Client(headers={"accept-language": "zh-CN"})
    enter(first, "grid1", PASSWORD)
    first.post("/language", {"language": "en", "next": "/"})
    assert 'lang="en"' in first.get("/").content.decode()
    second = Client(headers={"accept-language": "zh-CN"})
    enter(second, "grid1", PASSWORD)
    assert 'lang="en"' in second.get("/").content.decode()


def test_a_password_is_changed_with_the_old_one(grid1: Account, login: Login) -> None:
    client = login("grid1")
    new = "wan-quan-xin-de-9"
    data = {"old": "wrong", "new": new, "again": new}
    assert client.post("/settings/password", data).status_code == 422
    data["old"] = PASSWORD
    assert client.post("/settings/password", {**data, "again": "x"}).status_code == 422
    assert (
        client.post(
            "/settings/password", {**data, "new": "12345678", "again": "12345678"}
        ).status_code
        == 422
    )
    assert client.post("/settings/password", data).status_code == 302
    assert logged_in(client)
    assert enter(Client(), "grid1", new) == 302


def test_only_an_administrator_reads_of_the_installation(login: Login) -> None:
    assert "Data folder" in login("admin").get("/settings").content.decode()
    assert "Data folder" not in login("lead").get("/settings").content.decode()
