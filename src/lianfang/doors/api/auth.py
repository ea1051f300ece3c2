"""Who is asking: a token in the header, or the session of the console (with its CSRF token)."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer

from lianfang.doors.api import errors
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import Refuse
from lianfang.people import tokens
from lianfang.people.auth import actor_for, actor_of
from lianfang.people.models import Account

# So many invalid tokens from one address in so many seconds are answered; then it is told to wait.
FAILURES = 20
WINDOW = 300


class Token(HttpBearer):
    """`Authorization: Bearer lf_…`."""

    openapi_description = "A token made with `lianfang token` or POST /api/tokens."

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Return the actor of the token's account.

        Somebody who was shut out may still hand in what was recorded before: the kernel holds it.
        Raises Throttled after too many invalid tokens; a valid one is never turned away.
        """
        account = tokens.account_of(token) if "\x00" not in token else None
        if account is None:
            _failed(request)
            raise Refuse(errors.NO_LOGIN)
        request._account = account  # type: ignore[attr-defined]
        request.user = request._cached_user = account  # type: ignore[attr-defined]
        return actor_for(account)


class Session(APIKeyCookie):
    """The cookie of somebody who is logged in to the console."""

    param_name = settings.SESSION_COOKIE_NAME
    openapi_description = "The console's session; writes also need the header X-CSRFToken."

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        """Return the actor of the session."""
        if not key or not request.user.is_authenticated:
            return None
        request._account = request.user  # type: ignore[attr-defined]
        return actor_of(request)


def _failed(request: HttpRequest) -> None:
    """Count one invalid token of the request's address."""
    key = f"api-token-failures:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, WINDOW)
    try:
        count = cache.incr(key)
    except ValueError:
        count = 1
    if count > FAILURES:
        raise errors.Throttled(errors.TOO_MANY_FAILURES, WINDOW)


def actor(request: HttpRequest) -> Actor:
    """Return the actor of an authenticated request."""
    return cast(Actor, request.auth)  # type: ignore[attr-defined]


def account(request: HttpRequest) -> Account:
    """Return the account of an authenticated request."""
    return cast(Account, request._account)  # type: ignore[attr-defined]
