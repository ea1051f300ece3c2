"""Checks a log-in on a phone: password with the authenticator's code, or a one-time link."""

from __future__ import annotations

from django.contrib.auth import authenticate
from django.http import HttpRequest

from lianfang.doors.sync import errors
from lianfang.doors.sync.protocol import Login
from lianfang.kernel.problems import Refuse
from lianfang.people import auth, throttle
from lianfang.people.models import Account


class Wait(Exception):
    """Too many wrong tries: the next one counts only after `seconds`."""

    def __init__(self, seconds: int) -> None:
        """Ask to wait."""
        super().__init__(seconds)
        self.seconds = seconds


def check(request: HttpRequest, wanted: Login) -> Account:
    """Return the account that logs in. Raises Refuse, or Wait after too many wrong tries."""
    keys = throttle.keys_of(request, wanted.username)
    if wanted.link:
        # By address alone, or one stranger could keep everybody's links waiting.
        keys = keys[2:]
    if pause := throttle.wait(keys):
        raise Wait(pause)
    if wanted.link:
        account = auth.use_link(wanted.link)
        if account is None:
            throttle.failed(keys)
            raise Refuse(errors.WRONG_LINK, "link")
        return account
    found = authenticate(request, username=wanted.username, password=wanted.password)
    if not isinstance(found, Account):
        throttle.failed(keys)
        raise Refuse(errors.WRONG_LOGIN, "password")
    authenticator = auth.device_of(found)
    if authenticator is not None and not (wanted.code and authenticator.verify_token(wanted.code)):
        if wanted.code:
            throttle.failed(keys)
        raise Refuse(errors.CODE_WANTED, "code")
    throttle.succeeded(keys)
    return found
