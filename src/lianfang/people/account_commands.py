"""What happens to accounts. Credentials are set beside the journal (`people.auth`)."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from lianfang.areas import queries
from lianfang.kernel import bulk, problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import anywhere, command
from lianfang.kernel.sealing import Payload
from lianfang.kernel.verbs import Verb
from lianfang.people.auth import ABOVE_YOU
from lianfang.people.models import Account

USERNAME_TAKEN = problem(
    "account.username_taken",
    _("The login name {username} is taken."),
    _("Choose another one."),
    status=409,
)


class CreateAccount(Payload):
    """Somebody who shall log in; `name` is what colleagues call the person."""

    account_id: UUID
    username: str = Field(min_length=2, max_length=60, pattern=r"^[\w.@+-]+$")
    name: str = Field(min_length=1, max_length=80)
    person_district: str = Field("", max_length=12)
    person_id: UUID | None = None


class SwitchAccount(Payload):
    """An account that is let in, or not."""

    account_id: UUID
    active: bool


@command(
    "account.create",
    CreateAccount,
    verb=Verb.GRANT,
    locate=anywhere,
    title=_("Create an account"),
    reference=True,
)
def create(batch: Batch[CreateAccount], item: Item[CreateAccount]) -> None:
    """Make an account without credentials and without grants: it can do nothing yet."""
    payload = item.payload
    same = Account.objects.filter(username__iexact=payload.username)
    if same.exists() or Account.objects.filter(id=payload.account_id).exists():
        raise Refuse(USERNAME_TAKEN, "username", username=payload.username)
    bulk.insert(
        [
            Account(
                id=payload.account_id,
                username=payload.username,
                name=payload.name,
                person_district=payload.person_district,
                person_id=payload.person_id,
                password="!",
            )
        ]
    )
    item.subject_id = payload.account_id
    item.result = {"account_id": str(payload.account_id)}


@command(
    "account.switch",
    SwitchAccount,
    verb=Verb.GRANT,
    locate=anywhere,
    title=_("Let an account in or shut it out"),
    reference=True,
)
def switch(batch: Batch[SwitchAccount], item: Item[SwitchAccount]) -> None:
    """Let an account log in, or shut it out at once."""
    item.subject_id = item.payload.account_id
    if not batch.replaying and not queries.governs(batch.actor, item.payload.account_id):
        raise Refuse(ABOVE_YOU, "account_id")
    changed = Account.objects.filter(id=item.payload.account_id).update(
        is_active=item.payload.active
    )
    if not changed:
        raise Refuse(problems.NOT_FOUND, "account_id")
