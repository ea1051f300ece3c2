"""From an account to an actor; passwords, one-time links and API tokens."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.http import HttpRequest

from lianfang.areas import queries
from lianfang.kernel.actors import Actor, ActorKind
from lianfang.kernel.times import now
from lianfang.people.models import AccessLink, Account, ApiToken

LINK_LIFE = timedelta(hours=48)
_TOKEN_PREFIX = "lf_"


def actor_for(account: Account) -> Actor:
    """Return the actor of an account, with what is granted at this moment."""
    return Actor(
        ActorKind.ACCOUNT,
        account.id,
        queries.granted(account.id, now()),
        active=account.is_active,
    )


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor of a logged-in request, made once for each request."""
    known: Actor | None = getattr(request, "_actor", None)
    if known is None:
        user: Any = request.user
        known = actor_for(user) if user.is_authenticated else Actor(ActorKind.ACCOUNT)
        request._actor = known  # type: ignore[attr-defined]
    return known


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def new_link(account: Account, by: Actor) -> str:
    """Return the token of a fresh one-time link; it is shown once and kept as a hash only."""
    token = secrets.token_urlsafe(24)
    moment = now()
    AccessLink.objects.create(
        token_hash=_hash(token),
        account=account,
        made_at=moment,
        made_by=by.ref,
        expires_at=moment + LINK_LIFE,
    )
    return token


def use_link(token: str) -> Account | None:
    """Return the account of an unused link and use it up; None for any other token."""
    moment = now()
    used = AccessLink.objects.filter(
        token_hash=_hash(token), used_at=None, expires_at__gt=moment, account__is_active=True
    ).update(used_at=moment)
    if not used:
        return None
    return AccessLink.objects.select_related("account").get(token_hash=_hash(token)).account


def new_token(account: Account, name: str) -> str:
    """Return a fresh API token; it is shown once and kept as a hash only."""
    token = _TOKEN_PREFIX + secrets.token_urlsafe(30)
    ApiToken.objects.create(token_hash=_hash(token), account=account, name=name, made_at=now())
    return token


def account_of_token(token: str) -> Account | None:
    """Return the account of a live API token."""
    row = (
        ApiToken.objects.select_related("account")
        .filter(token_hash=_hash(token), revoked_at=None)
        .first()
    )
    return row.account if row else None
