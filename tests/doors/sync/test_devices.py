"""The list of phones: who sees which, and what reporting one as lost does."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.doors.sync.conftest import NewPhone
from tests.town import Town

from lianfang.doors.models import Device
from lianfang.doors.sync import devices

pytestmark = pytest.mark.django_db


def as_(town: Town, username: str) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(town.accounts[username])
    return client


def test_the_lead_sees_the_phones_of_the_community_and_shuts_one_out(
    town: Town, phone: NewPhone
) -> None:
    worker = phone("grid1")
    device = Device.objects.get()
    lead = as_(town, "lead")
    page = lead.get("/devices").content.decode()
    assert devices.number(device) in page
    answer = lead.post(f"/devices/{device.id}/lost", follow=True)
    assert answer.status_code == 200
    assert "Lost" in answer.content.decode()
    worker.sync()
    assert worker.state == "lost"
    device.refresh_from_db()
    assert device.lost_by == town.actor("lead").ref


def test_others_see_only_their_own_phone(town: Town, phone: NewPhone) -> None:
    phone("grid1")
    device = Device.objects.get()
    other = as_(town, "grid2")
    assert devices.number(device) not in other.get("/devices").content.decode()
    assert other.post(f"/devices/{device.id}/lost").status_code == 404
    device.refresh_from_db()
    assert device.lost_at is None
    assert devices.number(device) in as_(town, "grid1").get("/devices").content.decode()
    assert Client().get("/devices").status_code == 302
