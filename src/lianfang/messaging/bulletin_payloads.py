"""The payloads of what is told and of who has taken it in; all public, so nothing is sealed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from lianfang.kernel.sealing import Payload
from lianfang.messaging.rules import Audience, BulletinKind, Severity, Verdict


class Words(Payload):
    """What is told. A rumour's title is the claim, its text the answer."""

    bulletin_id: UUID
    title: str = Field(min_length=1, max_length=120)
    text: str = Field("", max_length=4_000)
    source: str = Field("", max_length=300)
    verdict: Verdict = Verdict.NONE


class Publish(Words):
    """Something new. Without an acknowledgement by `knock_at` a door is gone to."""

    area_id: UUID
    kind: BulletinKind = BulletinKind.NOTICE
    audience: Audience = Audience.HOUSEHOLDS
    severity: Severity = Severity.MINOR
    organisation_id: UUID | None = None
    duty_kind: str = Field("", max_length=40)
    doors: tuple[UUID, ...] = Field((), max_length=500)
    acknowledge: bool = False
    knock_at: datetime | None = None
    expires_at: datetime | None = None


class OfBulletin(Payload):
    """One bulletin."""

    bulletin_id: UUID


class Withdraw(OfBulletin):
    """A bulletin that holds no more, and why."""

    why: str = Field("", max_length=200)


class AtDoor(OfBulletin):
    """One bulletin at one household."""

    household_id: UUID


class AskedAgain(AtDoor):
    """A household's question that a bulletin answers."""

    ask_id: UUID
