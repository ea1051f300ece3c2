"""The first account of an installation; every later one is made by an account that exists."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from lianfang.areas.rules import Role
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import new_id
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.people.models import Account


class AdministratorError(Exception):
    """The account cannot be made; the message says why."""


def create_administrator(username: str, name: str, password: str) -> Account:
    """Make an account with the role of administrator everywhere, and its password.

    Both acts are in the journal, under the operator; the password is not.

    Raises AdministratorError for a weak password, or a login name that is taken or malformed.
    """
    try:
        validate_password(password)
    except ValidationError as error:
        raise AdministratorError(" ".join(error.messages)) from error
    account_id = new_id()
    with transaction.atomic():
        _do("account.create", account_id=str(account_id), username=username, name=name)
        _do("grant.give", account_id=str(account_id), role=Role.ADMINISTRATOR)
        account: Account = Account.objects.get(id=account_id)
        account.set_password(password)
        account.save(update_fields=["password"])
    return account


def _do(command: str, **payload: str) -> Receipt:
    receipt = submit(OPERATOR, [Entry(new_id(), command, payload, now())])[0]
    if receipt.refusal:
        raise AdministratorError(f"{receipt.refusal.message} {receipt.refusal.hint}")
    return receipt
