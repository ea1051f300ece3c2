"""From an account to an actor; passwords, one-time links and API tokens."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth import password_validation
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from lianfang.areas import queries
from lianfang.areas.rules import district_of
from lianfang.kernel import kinds
from lianfang.kernel.actors import Actor, ActorKind
from lianfang.kernel.problems import problem
from lianfang.kernel.times import now
from lianfang.people.models import AccessLink, Account, ApiToken

ABOVE_YOU = problem(
    "account.above_you",
    _("This account has a role that you cannot give."),
    _("Ask the level above to do it."),
    status=403,
)
LINK_LIFE = timedelta(hours=48)
_TOKEN_PREFIX = "lf_"


def actor_for(account: Account) -> Actor:
    """Return the actor of an account, with what is granted at this moment.

    To the standing grants come those of the duties that the account carries now, in the districts
    in which it has a role.
    """
    standing = queries.granted(account.id, now())
    actor = Actor(ActorKind.ACCOUNT, account.id, standing, active=account.is_active)
    districts = {district_of(g.path) for g in actor.live_grants} - {""}
    return replace(actor, grants=standing + kinds.carried(actor.ref, districts))


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


def link_is_good(token: str) -> bool:
    """Tell whether a one-time link would let somebody in, without using it up."""
    return AccessLink.objects.filter(
        token_hash=_hash(token), used_at=None, expires_at__gt=now(), account__is_active=True
    ).exists()


def live_tokens(account: Account) -> list[ApiToken]:
    """Return the account's API tokens that were not revoked, the oldest first."""
    return list(ApiToken.objects.filter(account=account, revoked_at=None).order_by("made_at"))


def revoke_token(account: Account, token_hash: str) -> None:
    """End one of the account's API tokens."""
    ApiToken.objects.filter(account=account, token_hash=token_hash, revoked_at=None).update(
        revoked_at=now()
    )


def set_password(account: Account, password: str) -> None:
    """Set a password. Raises django's ValidationError where it is too weak."""
    password_validation.validate_password(password, account)
    account.set_password(password)
    account.save(update_fields=["password"])


def set_language(account: Account, code: str) -> None:
    """Keep the language that the account chose ('' is the browser's)."""
    account.language = code
    account.save(update_fields=["language"])


def device_of(account: Account) -> TOTPDevice | None:
    """Return the account's confirmed authenticator, which is then asked for at each log-in."""
    return TOTPDevice.objects.filter(user=account, confirmed=True).first()


def begin_device(account: Account) -> TOTPDevice:
    """Return the authenticator that is being set up; it counts once a code has confirmed it."""
    waiting = TOTPDevice.objects.filter(user=account, confirmed=False).first()
    return waiting or TOTPDevice.objects.create(user=account, name="totp", confirmed=False)


def confirm_device(account: Account, code: str) -> bool:
    """Let a first right code make the new authenticator count; tell whether it did."""
    device = begin_device(account)
    if not device.verify_token(code):
        return False
    device.confirmed = True
    device.save()
    return True


def remove_device(account: Account) -> None:
    """Forget the account's authenticators."""
    TOTPDevice.objects.filter(user=account).delete()


def account_of_id(account_id: UUID) -> Account | None:
    """Return an account that is let in, by its id."""
    found: Account | None = Account.objects.filter(id=account_id, is_active=True).first()
    return found
