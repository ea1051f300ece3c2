"""Slows wrong log-ins by account name and by address; nobody is ever locked out for good."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F
from django.http import HttpRequest

from lianfang.kernel.times import now
from lianfang.people.models import LoginTry

# After so long without a wrong try all is forgotten.
FORGET = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Key:
    """What is counted: so many free tries, then a wait that doubles up to `longest` seconds."""

    name: str
    free: int
    longest: int

    @property
    def hashed(self) -> str:
        """Return what the table holds: no names and no addresses."""
        return hashlib.sha256(self.name.encode()).hexdigest()


def keys_of(request: HttpRequest, username: str) -> list[Key]:
    """Return what a try counts for.

    The name from this address is slowed most; the name from anywhere only a little, or else
    somebody far away could keep its owner out; the address late, since a whole office shares it.
    """
    where, who = request.META.get("REMOTE_ADDR", ""), username.strip().lower()
    return [
        Key(f"both:{who}:{where}", 5, 300),
        Key(f"name:{who}", 20, 20),
        Key(f"address:{where}", 30, 60),
    ]


def wait(keys: Iterable[Key]) -> int:
    """Return how many seconds the next try has to wait; 0 when it may go ahead."""
    by_hash = {key.hashed: key for key in keys}
    moment, longest = now(), 0.0
    for row in LoginTry.objects.filter(key__in=by_hash, last_at__gt=moment - FORGET):
        key = by_hash[row.key]
        over = row.failures - key.free
        if over >= 0:
            pause = min(2.0 ** min(over + 1, 20), key.longest)
            longest = max(longest, pause - (moment - row.last_at).total_seconds())
    return max(0, int(longest + 0.999))


def failed(keys: Iterable[Key]) -> None:
    """Count a wrong try."""
    moment = now()
    LoginTry.objects.filter(last_at__lte=moment - FORGET).delete()
    for key in keys:
        LoginTry.objects.bulk_create(
            [LoginTry(key=key.hashed, failures=0, last_at=moment)], ignore_conflicts=True
        )
        LoginTry.objects.filter(key=key.hashed).update(failures=F("failures") + 1, last_at=moment)


def succeeded(keys: Iterable[Key]) -> None:
    """Forget the wrong tries of this name from this address (the others fade by themselves)."""
    first = next(iter(keys))
    LoginTry.objects.filter(key=first.hashed).delete()
