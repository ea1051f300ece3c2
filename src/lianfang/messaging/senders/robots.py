"""Group robots of WeCom, DingTalk and Feishu.

apprise has plugins for the three, and they were tried: those of WeCom and DingTalk look at the HTTP
status only, while both services refuse with status 200 and an `errcode`, so a message that was
refused (a wrong signature, too often) would count as sent; DingTalk's percent-encodes the signature
twice; Feishu's has none. So these are small adapters of our own, by the services' documents:

- WeCom: POST …/cgi-bin/webhook/send?key=KEY, {"msgtype": "text", "text": {"content": …}}, 2,048
  bytes; the key is the whole credential.
- DingTalk: POST …/robot/send?access_token=…&timestamp=MS&sign=…, sign is Base64 of HMAC-SHA256
  with the secret over "timestamp\\nsecret".
- Feishu: POST …/open-apis/bot/v2/hook/TOKEN with "timestamp" (seconds) and "sign" in the body, sign
  is Base64 of HMAC-SHA256 over nothing with "timestamp\\nsecret" as the key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import requests

from lianfang.kernel.times import now
from lianfang.messaging.rules import ChannelKind
from lianfang.messaging.senders.outcome import Fault, Outcome

HOSTS: dict[ChannelKind, str] = {
    ChannelKind.WECOM: "https://qyapi.weixin.qq.com",
    ChannelKind.DINGTALK: "https://oapi.dingtalk.com",
    ChannelKind.FEISHU: "https://open.feishu.cn",
}
SECONDS = 6
_WECOM_BYTES = 2_000
_BYTES = 18_000

# The services' own numbers for what went wrong.
_FAULTS: dict[ChannelKind, dict[int, Fault]] = {
    ChannelKind.WECOM: {93000: Fault.KEY, 40058: Fault.KEY, 45009: Fault.TOO_OFTEN},
    ChannelKind.DINGTALK: {
        300001: Fault.KEY,
        300005: Fault.KEY,
        310000: Fault.SIGNATURE,
        130101: Fault.TOO_OFTEN,
        660026: Fault.TOO_OFTEN,
    },
    ChannelKind.FEISHU: {
        19001: Fault.KEY,
        19021: Fault.SIGNATURE,
        19022: Fault.SIGNATURE,
        19024: Fault.WORDS,
        9499: Fault.TOO_OFTEN,
        11232: Fault.TOO_OFTEN,
    },
}


def _base64_hmac(key: str, text: str) -> str:
    digest = hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def dingtalk_sign(secret: str, milliseconds: int) -> str:
    """Return DingTalk's signature, not yet percent-encoded."""
    return _base64_hmac(secret, f"{milliseconds}\n{secret}")


def feishu_sign(secret: str, seconds: int) -> str:
    """Return Feishu's signature."""
    return _base64_hmac(f"{seconds}\n{secret}", "")


def cut(text: str, size: int) -> str:
    """Return the text cut to `size` bytes of UTF-8 at a whole character."""
    raw = text.encode()
    return text if len(raw) <= size else raw[: size - 3].decode(errors="ignore") + "…"


def wecom(address: str, key: str, subject: str, text: str) -> Outcome:
    """Send to a WeCom group; it has no signature."""
    body = {"msgtype": "text", "text": {"content": cut(f"{subject}\n{text}", _WECOM_BYTES)}}
    return _post(ChannelKind.WECOM, "/cgi-bin/webhook/send", {"key": address}, body)


def dingtalk(address: str, key: str, subject: str, text: str) -> Outcome:
    """Send to a DingTalk group, signed where the robot has a secret."""
    query = {"access_token": address}
    if key:
        milliseconds = int(now().timestamp() * 1000)
        query |= {"timestamp": str(milliseconds), "sign": dingtalk_sign(key, milliseconds)}
    body = {"msgtype": "text", "text": {"content": cut(f"{subject}\n{text}", _BYTES)}}
    return _post(ChannelKind.DINGTALK, "/robot/send", query, body)


def feishu(address: str, key: str, subject: str, text: str) -> Outcome:
    """Send to a Feishu group, signed where the robot has a secret."""
    body: dict[str, Any] = {}
    if key:
        seconds = int(now().timestamp())
        body = {"timestamp": str(seconds), "sign": feishu_sign(key, seconds)}
    body |= {"msg_type": "text", "content": {"text": cut(f"{subject}\n{text}", _BYTES)}}
    return _post(ChannelKind.FEISHU, f"/open-apis/bot/v2/hook/{address}", {}, body)


def _post(kind: ChannelKind, path: str, query: dict[str, str], body: dict[str, Any]) -> Outcome:
    if not (query.get("key") or query.get("access_token") or path.rpartition("/")[2]):
        return Outcome(Fault.NO_ADDRESS)
    try:
        answer = requests.post(
            HOSTS[kind] + path, params=query, json=body, timeout=SECONDS, allow_redirects=False
        )
    except requests.RequestException as error:
        # Its words hold the address with the key: only what kind of error it was is kept.
        return Outcome(Fault.UNREACHABLE, type(error).__name__)
    if answer.status_code == 429:
        return Outcome(Fault.TOO_OFTEN, "HTTP 429")
    try:
        said = answer.json()
    except ValueError:
        said = {}
    code = said.get("errcode", said.get("code", said.get("StatusCode")))
    if answer.status_code == 200 and code == 0:
        return Outcome()
    if not isinstance(code, int):
        return Outcome(Fault.BROKEN, f"HTTP {answer.status_code}")
    fault = _FAULTS[kind].get(code, Fault.REFUSED)
    words = str(said.get("errmsg") or said.get("msg") or "")
    if kind is ChannelKind.DINGTALK and fault is Fault.SIGNATURE and "sign" not in words:
        # One number for three things: keywords, addresses, signature.
        fault = Fault.WORDS
    return Outcome(fault, f"{code} {words}"[:100])
