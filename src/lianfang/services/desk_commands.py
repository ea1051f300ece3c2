"""What a community keeps for its services: the catalogue, the shops, the desk, the cash box."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.areas.rules import Level
from lianfang.areas.tree import by_area
from lianfang.kernel import problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import command
from lianfang.kernel.verbs import Verb
from lianfang.people.models import Account
from lianfang.services import payloads
from lianfang.services.models import Desk, MoneyEntry, ServiceKind, Shop
from lianfang.services.rules import Money

NOT_A_COMMUNITY = problem(
    "services.not_a_community",
    _("Services are kept by a community."),
    _("Choose the community."),
)
NOT_HANDED = problem(
    "money.not_handed",
    _("Only an advance, or what is brought back of it, is handed over here."),
    _("Purchases and payments are written down with their orders."),
)


def _community(batch: Batch[Any], item: Item[Any]) -> None:
    """Refuse an entry that is not about a community of this district."""
    if item.place is None or item.place.district != batch.district:
        raise Refuse(problems.NOT_FOUND, "community_id")
    if item.place.level != Level.COMMUNITY:
        raise Refuse(NOT_A_COMMUNITY, "community_id")


@command(
    "service.keep",
    payloads.KeepKind,
    verb=Verb.SUPPLY,
    locate=by_area("community_id"),
    title=_("Change the catalogue"),
)
def keep_kind(batch: Batch[payloads.KeepKind], item: Item[payloads.KeepKind]) -> None:
    """Put a kind into the catalogue of a community, or change it."""
    _community(batch, item)
    kept = item.payload.model_dump(exclude={"community_id", "code"})
    key = {
        "district": batch.district,
        "community_id": item.payload.community_id,
        "code": item.payload.code,
    }
    if not ServiceKind.objects.filter(**key).update(**kept):
        ServiceKind.objects.create(**key, **kept)


@command(
    "service.desk",
    payloads.KeepDesk,
    verb=Verb.SUPPLY,
    locate=by_area("community_id"),
    title=_("Change how the desk works"),
)
def keep_desk(batch: Batch[payloads.KeepDesk], item: Item[payloads.KeepDesk]) -> None:
    """Set the desk's telephone, and whether a door's card must be bound before it is used."""
    _community(batch, item)
    kept = item.payload.model_dump(exclude={"community_id"})
    key = {"district": batch.district, "community_id": item.payload.community_id}
    if not Desk.objects.filter(**key).update(**kept):
        Desk.objects.create(**key, **kept)


@command(
    "shop.keep",
    payloads.KeepShop,
    verb=Verb.SERVE,
    locate=by_area("community_id"),
    title=_("Change the list of shops"),
)
def keep_shop(batch: Batch[payloads.KeepShop], item: Item[payloads.KeepShop]) -> None:
    """Put a shop on the list of a community, or change it."""
    _community(batch, item)
    kept = item.payload.model_dump(exclude={"shop_id"})
    key = {"district": batch.district, "id": item.payload.shop_id}
    known = Shop.objects.filter(**key).values_list("community_id", flat=True).first()
    if known is not None and known != item.payload.community_id:
        raise Refuse(problems.NOT_FOUND, "shop_id")
    if known is None:
        Shop.objects.create(**key, **kept)
    else:
        Shop.objects.filter(**key).update(**kept)


@command(
    "money.hand",
    payloads.HandMoney,
    verb=Verb.SUPPLY,
    locate=by_area("community_id"),
    title=_("Hand over money"),
)
def hand(batch: Batch[payloads.HandMoney], item: Item[payloads.HandMoney]) -> None:
    """Write down what the desk gave a helper in advance, or got back."""
    _community(batch, item)
    given = item.payload
    if given.kind not in (Money.ADVANCE, Money.RETURN):
        raise Refuse(NOT_HANDED, "kind")
    if not Account.objects.filter(id=given.account_id).exists():
        raise Refuse(problems.NOT_FOUND, "account_id")
    MoneyEntry.objects.create(
        district=batch.district,
        id=item.id,
        community_id=given.community_id,
        kind=given.kind,
        holder=f"account:{given.account_id}",
        fen=given.fen,
        day=timezone.localdate(item.at),
        at=item.at,
        actor=batch.actor.ref,
        note=given.note,
    )
