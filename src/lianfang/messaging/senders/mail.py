"""E-mail through apprise, by the deployment's own mail server (LIANFANG_MAIL)."""

from __future__ import annotations

import logging
from urllib.parse import quote

from django.conf import settings

from lianfang.messaging.senders.outcome import Fault, Outcome

# apprise writes addresses and whole messages into its log.
logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)


def send(address: str, key: str, subject: str, text: str) -> Outcome:
    """Send to one address.

    LIANFANG_MAIL is apprise's address of the mail server without receivers, such as
    `mailtos://user:password@smtp.example.org:465?from=notices@example.org&mode=ssl`.
    """
    import apprise

    server = settings.LIANFANG_MAIL
    if not server:
        return Outcome(Fault.NO_SERVER)
    if not address:
        return Outcome(Fault.NO_ADDRESS)
    joint = "&" if "?" in server else "?"
    target = f"{server}{joint}to={quote(address, safe='@')}&format=text"
    service = apprise.Apprise.instantiate(target, suppress_exceptions=True)
    if service is None:
        return Outcome(Fault.NO_SERVER, "LIANFANG_MAIL")
    if service.notify(title=subject, body=text):
        return Outcome()
    return Outcome(Fault.UNREACHABLE, "SMTP")
