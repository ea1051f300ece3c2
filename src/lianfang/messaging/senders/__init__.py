"""The ways out, each behind `send(address, key, subject, text) -> Outcome`."""

from __future__ import annotations

from collections.abc import Callable

from lianfang.messaging.rules import ChannelKind
from lianfang.messaging.senders import mail, robots, sms
from lianfang.messaging.senders.outcome import Fault, Outcome

__all__ = ["SENDERS", "Fault", "Outcome", "Sender"]

Sender = Callable[[str, str, str, str], Outcome]

SENDERS: dict[ChannelKind, Sender] = {
    ChannelKind.WECOM: robots.wecom,
    ChannelKind.DINGTALK: robots.dingtalk,
    ChannelKind.FEISHU: robots.feishu,
    ChannelKind.EMAIL: mail.send,
    ChannelKind.SMS: sms.send,
}
