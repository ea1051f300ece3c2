"""Devices: log in, prove oneself, be reported lost."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from lianfang.areas import queries as area_queries
from lianfang.doors.models import Device
from lianfang.kernel.actors import Actor
from lianfang.kernel.times import now
from lianfang.people.auth import actor_for
from lianfang.people.models import Account


def lease() -> timedelta:
    """Return how long a phone may be read without having been in touch."""
    return timedelta(hours=settings.LIANFANG_PHONE_LEASE_HOURS)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a phone gets once: it proves itself with `up` and `read`; `share` opens its store.

    `share` is half of the key under which the phone keeps its copy, the other half is the PIN.
    The phone throws its share away when the lease is over, and only a new log-in gives it back.
    """

    device: Device
    up: str
    read: str
    share: str


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _share(device_id: UUID) -> str:
    master = bytes.fromhex(settings.LIANFANG_MASTER_KEY)
    return hmac.new(master, b"phone share" + device_id.bytes, hashlib.sha256).hexdigest()


def enrol(account: Account, name: str, known: Device | None = None) -> Secrets:
    """Let a phone in for an account: a new device, or the one that it was for this account before.

    The secrets are fresh; those from before end here.
    """
    moment = now()
    up, read = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    if known is not None and known.account_id == account.id and known.lost_at is None:
        Device.objects.filter(id=known.id).update(
            up_hash=_hash(up), read_hash=_hash(read), seen_at=moment, name=name[:80]
        )
        device = known
    else:
        device = Device.objects.create(
            account=account,
            name=name[:80],
            up_hash=_hash(up),
            read_hash=_hash(read),
            made_at=moment,
            seen_at=moment,
        )
    return Secrets(device, up, read, _share(device.id))


def find(device_id: UUID, up: str) -> Device | None:
    """Return the device that proves itself with its secret for sending, lost or not."""
    device = Device.objects.select_related("account").filter(id=device_id).first()
    if device is None or not hmac.compare_digest(device.up_hash, _hash(up)):
        return None
    return device


def may_read(device: Device, read: str) -> bool:
    """Tell whether a device may be told anything: not lost, let in, its secret right."""
    return (
        device.lost_at is None
        and device.account.is_active
        and hmac.compare_digest(device.read_hash, _hash(read))
    )


def actor_on(device: Device) -> Actor:
    """Return who acts on a device.

    On a lost one every grant ended when it was reported: what was recorded before is held for the
    lead to decide, what somebody recorded on it since is refused, and both are kept.
    """
    actor = actor_for(device.account)
    if device.lost_at is None:
        return actor
    lost = device.lost_at
    ended = tuple(replace(g, ended_at=min(g.ended_at or lost, lost)) for g in actor.grants)
    return replace(actor, grants=ended)


def seen(device: Device, *, clock: timedelta, waiting: int, version: str) -> None:
    """Note that a device was in touch."""
    seconds = max(-(2**31), min(2**31 - 1, int(clock.total_seconds())))
    Device.objects.filter(id=device.id).update(
        seen_at=now(), clock_seconds=seconds, waiting=waiting, version=version[:20]
    )


def number(device: Device) -> str:
    """Return the short number under which the app and the list of phones show a device."""
    return device.id.hex[-6:].upper()


def report_lost(device: Device, by: Actor) -> bool:
    """Shut a device out for good; tell whether this call did it."""
    changed = Device.objects.filter(id=device.id, lost_at=None).update(
        lost_at=now(), lost_by=by.ref
    )
    return bool(changed)


def governed(actor: Actor) -> QuerySet[Device]:
    """Return the devices of those to whom the actor may give roles, and the actor's own."""
    accounts = set(area_queries.grants_within(actor).values_list("account_id", flat=True))
    accounts = {a for a in accounts if area_queries.governs(actor, a)}
    if actor.id:
        accounts.add(actor.id)
    return (
        Device.objects.filter(account_id__in=accounts)
        .select_related("account")
        .order_by("account__name", "-seen_at")
    )


def until(moment: datetime) -> datetime:
    """Return when the lease that begins now is over."""
    return moment + lease()
