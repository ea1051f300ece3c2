"""The bell, the list of notices, and the settings of channels, as pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from tests.messaging.helpers import build, call_helpers, channel
from tests.messaging.standin import SECRET, TOKEN, Service, robots
from tests.town import COMMUNITY, Town

from lianfang.kernel.ids import new_id
from lianfang.messaging.models import Channel, Notice
from lianfang.messaging.rules import ROBOTS
from lianfang.messaging.senders import robots as adapters

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with robots() as one:
        monkeypatch.setattr(adapters, "HOSTS", dict.fromkeys(ROBOTS, one.url))
        yield one


def client(town: Town, who: str, language: str = "en") -> Client:
    one = Client(headers={"accept-language": language})
    one.force_login(town.accounts[who])
    return one


def test_notices_are_counted_searched_opened_and_read() -> None:
    town = build()
    calls = [call_helpers(town, name) for name in ("扫雪", "发菜", "守门")]
    mine = client(town, "grid1")
    assert "3 unread notices" in mine.get("/notices/count").content.decode()
    shown = mine.get("/notices?q=发菜").content.decode()
    assert "Helpers wanted in 怡景社区: 发菜" in shown
    assert "扫雪" not in shown
    chinese = client(town, "grid1", "zh-hans").get("/notices").content.decode()
    assert "怡景社区招募志愿者：发菜" in chinese
    one = Notice.objects.get(account_id=town.accounts["grid1"].id, subject_id=calls[1])
    opened = mine.get(f"/notices/{one.district}/{one.id}")
    assert opened.headers["Location"] == f"/calls/440605/{calls[1]}"
    assert "2 unread notices" in mine.get("/notices/count").content.decode()
    assert mine.get("/notices?export=xlsx").content[:2] == b"PK"
    mine.post("/notices/read")
    assert "0 unread" in mine.get("/notices/count").content.decode()
    # Another's notice looks like one that is not there.
    assert client(town, "helper").get(f"/notices/{one.district}/{one.id}").status_code == 404
    assert "扫雪" not in client(town, "other").get("/notices").content.decode()
    assert b"bell" in mine.get("/notices").content


def test_a_channel_is_kept_tested_and_its_secrets_never_shown(service: Service) -> None:
    town = build()
    lead = client(town, "lead")
    assert lead.get("/channels/new-group").status_code == 200
    form = {
        "entry_id": str(new_id()),
        "kind": "dingtalk",
        "name": "社区群",
        "area_id": str(town.areas[COMMUNITY].id),
        "address": f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}",
        "key": SECRET,
        "interval": "15",
        "per_hour": "4",
        "topics": ["calls", "whistles"],
    }
    bad = lead.post("/channels/new-group", {**form, "address": "https://example.org/x"})
    assert bad.status_code == 422
    assert "webhook address" in bad.content.decode()
    assert Channel.objects.count() == 0
    lead.post("/channels/new-group", form)
    one = Channel.objects.get()
    for address in (f"/channels/{one.id}", f"/channels/{one.id}/edit", "/channels"):
        page = lead.get(address).content.decode()
        assert "社区群" in page
        assert TOKEN not in page
        assert SECRET not in page
    said = lead.post(f"/channels/{one.id}/test", follow=True).content.decode()
    assert "The service took the test" in said
    assert len(service.got) == 1
    edited = {**form, "entry_id": str(new_id()), "address": "", "key": "SECwrong"}
    lead.post(f"/channels/{one.id}/edit", edited)
    said = lead.post(f"/channels/{one.id}/test", follow=True).content.decode()
    assert "The signature was refused" in said
    assert "SECwrong" not in said
    for who in ("other", "helper"):
        assert client(town, who).get(f"/channels/{one.id}").status_code == 404
        assert client(town, who).post(f"/channels/{one.id}/test").status_code == 404
    lead.post(f"/channels/{one.id}/stop", {"entry_id": str(new_id())})
    assert Channel.objects.get().stopped_at


def test_ones_own_channel_is_ones_own() -> None:
    town = build()
    mine = channel(town.actor("helper"), "sms", "13800000012")
    assert client(town, "helper").get(f"/channels/{mine.id}").status_code == 200
    assert client(town, "lead").get(f"/channels/{mine.id}").status_code == 404
    form = client(town, "helper").get("/channels/new").content.decode()
    assert "E-mail" in form
    assert "group robot" not in form.partition("<form")[2].partition("<option")[2][:200]
