"""The credentials of channels: encrypted, outside the journal, shown to nobody again."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.times import now
from lianfang.messaging.models import Channel, ChannelSecret
from lianfang.messaging.rules import ChannelKind

BAD_ADDRESS = problem(
    "channel.bad_address",
    _("This is no address for this kind of channel."),
    _("Copy the robot's whole webhook address from the group, or write the e-mail or number."),
)
BAD_KEY = problem(
    "channel.bad_key",
    _("The signing key has characters that it can't have."),
    _("Copy it again from the robot's security settings."),
)

_HOSTS = {
    ChannelKind.WECOM: ("qyapi.weixin.qq.com", re.compile(r"[A-Za-z0-9_-]{8,120}")),
    ChannelKind.DINGTALK: ("oapi.dingtalk.com", re.compile(r"[A-Za-z0-9]{8,120}")),
    ChannelKind.FEISHU: ("open.feishu.cn", re.compile(r"[A-Za-z0-9_-]{8,120}")),
}
_MAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"/]{1,190}")
_NUMBER = re.compile(r"\+?[0-9]{5,15}")
_KEY = re.compile(r"[A-Za-z0-9_+/=-]{0,200}")


def clean_address(kind: str, text: str) -> str:
    """Return a robot's token, an e-mail address or a number; refuses what is none.

    A whole webhook address is taken for the token in it: only the robot services' own hosts are
    ever called, so that a channel can't be made to knock at doors inside the network.
    """
    text = text.strip()
    if kind == ChannelKind.EMAIL:
        good = _MAIL.fullmatch(text)
    elif kind == ChannelKind.SMS:
        text = re.sub(r"[\s-]", "", text)
        good = _NUMBER.fullmatch(text)
    else:
        host, shape = _HOSTS[ChannelKind(kind)]
        if "://" in text:
            parts = urlsplit(text)
            if parts.scheme != "https" or parts.hostname != host:
                raise Refuse(BAD_ADDRESS, "address")
            query = parse_qs(parts.query)
            named = query.get("key") or query.get("access_token")
            text = named[0] if named else parts.path.rstrip("/").rpartition("/")[2]
        good = shape.fullmatch(text)
    if not good:
        raise Refuse(BAD_ADDRESS, "address")
    return text


def put(actor: Actor, channel_id: UUID, kind: str, address: str, key: str) -> None:
    """Keep the credentials of a channel; an empty part leaves what was there.

    The caller has just kept the channel by a command, which asked for the right to it.
    """
    before = ChannelSecret.objects.filter(channel_id=channel_id).first()
    if not _KEY.fullmatch(key.strip()):
        raise Refuse(BAD_KEY, "key")
    ChannelSecret.objects.update_or_create(
        channel_id=channel_id,
        defaults={
            "address": clean_address(kind, address)
            if address.strip()
            else (before.address if before else ""),
            "key": key.strip() or (before.key if before else ""),
            "set_at": now(),
            "set_by": actor.ref,
        },
    )


def of(channel: Channel) -> tuple[str, str]:
    """Return address and key of a channel, for the sender alone."""
    row = ChannelSecret.objects.filter(channel_id=channel.id).first()
    return (row.address, row.key) if row else ("", "")


def has(channel_id: UUID) -> bool:
    """Tell whether a channel has an address."""
    row = ChannelSecret.objects.filter(channel_id=channel_id).first()
    return bool(row and row.address)
