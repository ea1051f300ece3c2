"""API tokens: made, listed, used and revoked. Credentials lie outside the journal."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from lianfang.kernel.times import now
from lianfang.people.auth import new_token
from lianfang.people.models import Account, ApiToken

# When a token was last used is kept to the hour, so that most requests write nothing.
USED_EVERY = timedelta(hours=1)
# A token is named by so many digits of its hash, which say nothing of the token.
SHORT = 16


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def account_of(token: str) -> Account | None:
    """Return the account of a live token, shut out or not, and note that it was used."""
    live = ApiToken.objects.select_related("account")
    row = live.filter(token_hash=_hash(token), revoked_at=None).first()
    if row is None:
        return None
    moment = now()
    if row.used_at is None or moment - row.used_at > USED_EVERY:
        ApiToken.objects.filter(token_hash=row.token_hash).update(used_at=moment)
    return row.account


def make(account: Account, name: str) -> tuple[str, ApiToken]:
    """Return the text of a fresh token, which is shown once, and its row."""
    token = new_token(account, name)
    return token, ApiToken.objects.get(token_hash=_hash(token))


def live(account: Account) -> list[ApiToken]:
    """Return the account's tokens that were not revoked, the oldest first."""
    rows = ApiToken.objects.filter(account=account, revoked_at=None)
    return list(rows.order_by("made_at", "token_hash"))


def revoke(account: Account, short: str) -> bool:
    """Revoke a token of the account by its short name; tell whether it existed."""
    if len(short) != SHORT or not (short.isascii() and short.isalnum()):
        return False
    mine = ApiToken.objects.filter(account=account, revoked_at=None)
    return bool(mine.filter(token_hash__startswith=short).update(revoked_at=now()))
