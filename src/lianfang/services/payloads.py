"""The payloads of the commands on services."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from lianfang.kernel.problems import problem
from lianfang.kernel.sealing import Payload
from lianfang.kernel.submit import CodedError
from lianfang.people.payloads import Phone
from lianfang.services.rules import AskKind, Money, Payer, Sighting

WINDOW_TURNED = problem(
    "order.window_turned",
    _("The end of the wanted time lies before its beginning."),
    _("Turn the two times around."),
)
CLOSES_BEFORE = problem(
    "shop.closes_before",
    _("The shop would close before it opens."),
    _("Turn the two times around."),
)
CODE = r"^[a-z][a-z0-9_]*$"
# More than any household orders at a door; a slip of the finger, not a purchase.
MOST_FEN = 1_000_000


class KeepKind(Payload):
    """A kind of service as the community wants it from now on."""

    community_id: UUID
    code: str = Field(min_length=2, max_length=20, pattern=CODE)
    name: str = Field("", max_length=60)
    note: str = Field("", max_length=200)
    buys: bool = False
    urgent: bool = False
    due_hours: int = Field(24, ge=1, le=240)
    claim_minutes: int = Field(120, ge=5, le=1440)
    most: int = Field(20, ge=1, le=999)
    per_day: int = Field(3, ge=1, le=50)
    offered: bool = True


class KeepDesk(Payload):
    """How the community's desk works: its telephone, and whether cards must be bound first."""

    community_id: UUID
    bind_first: bool = False
    phone: Phone = ""


class KeepShop(Payload):
    """A shop; opening times in minutes after midnight, the point in degrees where it is known."""

    shop_id: UUID
    community_id: UUID
    name: str = Field(min_length=1, max_length=80)
    note: str = Field("", max_length=200)
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)
    opens: int = Field(480, ge=0, le=1440)
    closes: int = Field(1200, ge=0, le=1440)
    used: bool = True

    @model_validator(mode="after")
    def _ordered(self) -> KeepShop:
        if self.closes <= self.opens:
            raise CodedError(CLOSES_BEFORE)
        return self


class Item(Payload):
    """One line of an order."""

    name: str = Field(min_length=1, max_length=60)
    quantity: int = Field(1, ge=1, le=999)
    unit: str = Field("", max_length=10)


class PlaceOrder(Payload):
    """What a household asks for. The contact is who is at the door or on the telephone."""

    sealed_fields: ClassVar[tuple[str, ...]] = ("items", "note", "contact", "phone")
    sealed_under: ClassVar[str] = "household_id"

    household_id: UUID
    kind: str = Field(min_length=2, max_length=20, pattern=CODE)
    items: tuple[Item, ...] = Field((), max_length=40)
    note: str = Field("", max_length=300)
    contact: str = Field("", max_length=40)
    phone: Phone = ""
    wanted_from: datetime | None = None
    wanted_until: datetime | None = None
    ceiling_fen: int | None = Field(None, ge=0, le=MOST_FEN)
    payer: Payer = Payer.HOUSEHOLD

    @model_validator(mode="after")
    def _ordered(self) -> PlaceOrder:
        if self.wanted_from and self.wanted_until and self.wanted_until <= self.wanted_from:
            raise CodedError(WINDOW_TURNED)
        return self


class OnOrder(Payload):
    """One order."""

    order_id: UUID


class AcceptOrder(OnOrder):
    """An order that the community takes on, at which shop, at whose expense."""

    shop_id: UUID | None = None
    payer: Payer | None = None


class WordOnOrder(OnOrder):
    """A word about an order: why it is declined, what is asked back, the answer, a complaint."""

    sealed_fields: ClassVar[tuple[str, ...]] = ("text",)
    sealed_under: ClassVar[str] = "household_id"

    household_id: UUID
    # Never empty when it comes in; '' is what a replay gives after a purge.
    text: str = Field("", max_length=300)


class BuyOrder(OnOrder):
    """What an order cost in all, in fen, with a photo of the receipt."""

    price_fen: int = Field(ge=0, le=MOST_FEN)
    receipt_id: UUID | None = None
    agreed: bool = False


class LeaveOrder(OnOrder):
    """An order that lies at the door, or an errand that is done there."""

    photo_id: UUID | None = None


class ResolveOrder(OnOrder):
    """What becomes of a complaint: it is done again, or it ends with (or without) a refund."""

    redo: bool
    refund_fen: int = Field(0, ge=0, le=MOST_FEN)


class SettleOrder(OnOrder):
    """What a household paid for an order, and to whom ('' is the desk)."""

    fen: int = Field(ge=-MOST_FEN, le=MOST_FEN)
    holder: str = Field("", max_length=48, pattern=r"^(account:[0-9a-f-]{36})?$")


class HandMoney(Payload):
    """Money that the desk gives a helper in advance, or gets back from him."""

    community_id: UUID
    account_id: UUID
    kind: Money
    fen: int = Field(gt=0, le=10 * MOST_FEN)
    note: str = Field("", max_length=120)


class KeepCare(Payload):
    """How a household is looked after: until when it is isolated, how often somebody goes."""

    sealed_fields: ClassVar[tuple[str, ...]] = ("note",)
    sealed_under: ClassVar[str] = "household_id"

    household_id: UUID
    isolated_until: date | None = None
    every_days: int | None = Field(None, ge=1, le=60)
    unseen_days: int | None = Field(None, ge=1, le=60)
    note: str = Field("", max_length=300)


class NewNeed(Payload):
    """One thing that a household needs."""

    kind: str = Field(min_length=2, max_length=20, pattern=CODE)
    standing: bool = False


class AskNeeds(Payload):
    """The answer of a household that was asked what it needs; nothing is an answer too."""

    household_id: UUID
    needs: tuple[NewNeed, ...] = Field((), max_length=20)


class OnNeed(Payload):
    """One need."""

    need_id: UUID


class CareVisit(Payload):
    """Somebody went to look after a household."""

    sealed_fields: ClassVar[tuple[str, ...]] = ("note",)
    sealed_under: ClassVar[str] = "household_id"

    household_id: UUID
    outcome: Sighting
    note: str = Field("", max_length=300)


class PlannedStop(Payload):
    """A stop at a shop (or, without one, at a door) with the orders that it is for."""

    shop_id: UUID | None = None
    order_ids: tuple[UUID, ...] = Field(min_length=1, max_length=400)
    at: datetime


class PlannedRun(Payload):
    """The stops of one helper, in order."""

    account_id: UUID
    metres: int = Field(0, ge=0)
    stops: tuple[PlannedStop, ...] = Field(min_length=1, max_length=400)


class PlanRuns(Payload):
    """The plan that was chosen for a community, and what it leaves out, with the reason."""

    community_id: UUID
    runs: tuple[PlannedRun, ...] = Field((), max_length=200)
    left_out: dict[UUID, str] = Field(default_factory=dict, max_length=2_000)


class OnCard(Payload):
    """The card of one door, with the reason for what is done to it."""

    household_id: UUID
    why: str = Field("", max_length=120)


class BindCard(Payload):
    """Somebody at a door who knows a telephone number of the household."""

    sealed_fields: ClassVar[tuple[str, ...]] = ("phone",)
    sealed_under: ClassVar[str] = "household_id"

    household_id: UUID
    phone: Phone = ""


class PlaceAsk(Payload):
    """What a household asks the community."""

    sealed_fields: ClassVar[tuple[str, ...]] = ("text",)
    sealed_under: ClassVar[str] = "household_id"

    household_id: UUID
    kind: AskKind = AskKind.QUESTION
    text: str = Field("", max_length=500)


class AnswerAsk(Payload):
    """The community's answer."""

    sealed_fields: ClassVar[tuple[str, ...]] = ("text",)
    sealed_under: ClassVar[str] = "household_id"

    ask_id: UUID
    household_id: UUID
    text: str = Field("", max_length=500)
