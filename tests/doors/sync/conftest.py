"""Phones that speak to the views without a network between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.town import COMMUNITY, Town, build

from lianfang.drill.phones import Phone
from lianfang.kernel.ids import new_id
from lianfang.kernel.receipts import Status
from lianfang.screening import rounds

NewPhone = Callable[..., Phone]


@pytest.fixture
def town(db: None) -> Town:
    return build()


def post(address: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    response = Client().post(
        address, body, content_type=headers.pop("Content-Type"), headers=headers
    )
    return response.status_code, response.content


@pytest.fixture
def phone(town: Town) -> NewPhone:
    """Return a phone on which an account of the town has logged in with its password."""

    def make(username: str, **more: Any) -> Phone:
        account = town.accounts[username]
        account.set_password("a long word")
        account.save(update_fields=["password"])
        made = Phone(post, **more)
        made.login(username=username, password="a long word")
        return made

    return make


def open_round(town: Town, **more: Any) -> str:
    """Open a round over the whole community as its lead; returns the round's id."""
    round_id = new_id()
    payload = {
        "round_id": str(round_id),
        "name": "第一轮排查",
        "area_ids": [str(town.areas[COMMUNITY].id)],
        "first_day": str(timezone.localdate()),
        "last_day": str(timezone.localdate() + timedelta(days=3)),
        **more,
    }
    receipt = rounds.open_round(town.actor("lead"), payload)
    assert receipt.status == Status.ACCEPTED, receipt
    return str(round_id)
