"""Each adapter against a stand-in that checks the wire format and the signature."""

from __future__ import annotations

import email
import email.header
import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from tests.messaging.standin import SECRET, TOKEN, Service, mail, robots

from lianfang.kernel.problems import Refuse
from lianfang.messaging import secrets
from lianfang.messaging.rules import ROBOTS, ChannelKind
from lianfang.messaging.senders import SENDERS
from lianfang.messaging.senders import robots as adapters
from lianfang.messaging.senders.outcome import Fault


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with robots() as one:
        monkeypatch.setattr(adapters, "HOSTS", dict.fromkeys(ROBOTS, one.url))
        yield one


@pytest.mark.parametrize("kind", sorted(ROBOTS))
def test_a_robot_takes_what_is_signed_and_addressed(kind: ChannelKind, service: Service) -> None:
    outcome = SENDERS[kind](TOKEN, SECRET, "联防", "第一网格有新任务")
    assert outcome.sent, outcome
    assert "第一网格有新任务" in json.dumps(service.got[0], ensure_ascii=False)


@pytest.mark.parametrize("kind", sorted(ROBOTS))
def test_a_wrong_token_is_told(kind: ChannelKind, service: Service) -> None:
    assert SENDERS[kind]("other1234567", SECRET, "a", "b").fault is Fault.KEY


@pytest.mark.parametrize("kind", [ChannelKind.DINGTALK, ChannelKind.FEISHU])
def test_a_wrong_signature_is_told_although_the_status_is_200(
    kind: ChannelKind, service: Service
) -> None:
    assert SENDERS[kind](TOKEN, "SECother", "a", "b").fault is Fault.SIGNATURE


def test_signatures_against_known_values() -> None:
    # printf '%s' "$text" | openssl dgst -sha256 -hmac "$key" -binary | base64
    known = "hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM="
    assert adapters.dingtalk_sign("this is secret", 1577262236757) == known
    known = "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8="
    assert adapters.feishu_sign("demo", 1599360473) == known


def test_too_often_broken_and_unreachable_are_told(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.answers = [(200, {"errcode": 45009, "errmsg": "api freq out of limit"}), (502, {})]
    assert adapters.wecom(TOKEN, "", "a", "b").fault is Fault.TOO_OFTEN
    assert adapters.wecom(TOKEN, "", "a", "b").fault is Fault.BROKEN
    monkeypatch.setattr(adapters, "HOSTS", dict.fromkeys(ROBOTS, "http://127.0.0.1:9"))
    lost = adapters.wecom(TOKEN, "", "a", "b")
    assert lost.fault is Fault.UNREACHABLE
    assert TOKEN not in lost.detail


def test_wecom_is_never_longer_than_it_takes(service: Service) -> None:
    assert adapters.wecom(TOKEN, "", "联防", "通知" * 2_000).sent


def test_mail_goes_through_apprise(settings: Any) -> None:
    with mail() as box:
        settings.LIANFANG_MAIL = f"mailto://127.0.0.1:{box.port}?from=lianfang@example.org"
        outcome = SENDERS[ChannelKind.EMAIL](
            "wang@example.org", "", "联防 · 怡景社区", "· 三条新通知"
        )
    assert outcome.sent, outcome
    to, raw = box.letters[0]
    assert to == "wang@example.org"
    message = email.message_from_string(raw)
    subject = email.header.make_header(email.header.decode_header(message["Subject"]))
    assert str(subject) == "联防 · 怡景社区"
    parts = [p.get_payload(decode=True) for p in message.walk() if not p.is_multipart()]
    assert any("三条新通知" in p.decode() for p in parts if isinstance(p, bytes))
    settings.LIANFANG_MAIL = "mailto://127.0.0.1:9?from=lianfang@example.org"
    assert SENDERS[ChannelKind.EMAIL]("wang@example.org", "", "a", "b").fault is Fault.UNREACHABLE
    settings.LIANFANG_MAIL = ""
    assert SENDERS[ChannelKind.EMAIL]("wang@example.org", "", "a", "b").fault is Fault.NO_SERVER


def test_text_messages_go_into_a_file_that_only_we_read() -> None:
    assert SENDERS[ChannelKind.SMS]("13800000012", "", "联防", "新\n通知" * 100).sent
    file = Path(django_settings.DATA_DIR) / "outbox" / "sms.jsonl"
    last = json.loads(file.read_text(encoding="utf-8").splitlines()[-1])
    assert last["to"] == "13800000012"
    assert len(last["text"]) == 134
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("kind", "text", "token"),
    [
        ("wecom", f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={TOKEN}", TOKEN),
        ("dingtalk", f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}", TOKEN),
        ("feishu", f"https://open.feishu.cn/open-apis/bot/v2/hook/{TOKEN}", TOKEN),
        ("feishu", TOKEN, TOKEN),
        ("email", " wang@example.org ", "wang@example.org"),
        ("sms", "138 0000-0012", "13800000012"),
    ],
)
def test_a_pasted_address_is_understood(kind: str, text: str, token: str) -> None:
    assert secrets.clean_address(kind, text) == token


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("wecom", "https://127.0.0.1/cgi-bin/webhook/send?key=token1234567"),
        ("dingtalk", "http://oapi.dingtalk.com/robot/send?access_token=token1234567"),
        ("feishu", "https://open.feishu.cn.evil.example/open-apis/bot/v2/hook/token1234567"),
        ("email", "a b@example.org"),
        ("sms", "call me"),
    ],
)
def test_other_addresses_are_refused(kind: str, text: str) -> None:
    with pytest.raises(Refuse):
        secrets.clean_address(kind, text)
