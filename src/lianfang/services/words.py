"""The words for the values of this room, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianfang.kernel.problems import Words
from lianfang.services.rules import AskKind, Money, OrderState, Payer, Sighting, Why

KINDS: dict[str, Words] = {
    "shopping": _("Shopping"),
    "medicine": _("Medicine"),
    "repair": _("Repair of water and power"),
    "rubbish": _("Rubbish"),
    "pets": _("Pets"),
    "children": _("Children"),
    "school": _("Things for school"),
    "support": _("Somebody to talk to"),
    "hospital": _("Way to the hospital"),
    "visit": _("A visit"),
    "other": pgettext_lazy("order", "Something else"),
}
STATES: dict[OrderState, Words] = {
    OrderState.ORDERED: pgettext_lazy("order", "New"),
    OrderState.ASKED_BACK: pgettext_lazy("order", "Asked back"),
    OrderState.ACCEPTED: pgettext_lazy("order", "Accepted, nobody has it"),
    OrderState.DECLINED: pgettext_lazy("order", "Declined"),
    OrderState.TAKEN: pgettext_lazy("order", "Taken on"),
    OrderState.BOUGHT: pgettext_lazy("order", "Bought"),
    OrderState.AT_DOOR: pgettext_lazy("order", "At the door"),
    OrderState.CONFIRMED: pgettext_lazy("order", "Received"),
    OrderState.DISPUTED: pgettext_lazy("order", "Complaint"),
    OrderState.SETTLED: pgettext_lazy("order", "Settled"),
    OrderState.CANCELLED: pgettext_lazy("order", "Cancelled"),
}
TONES: dict[OrderState, str] = {
    OrderState.ORDERED: "warn",
    OrderState.ASKED_BACK: "info",
    OrderState.ACCEPTED: "warn",
    OrderState.TAKEN: "info",
    OrderState.BOUGHT: "info",
    OrderState.AT_DOOR: "info",
    OrderState.CONFIRMED: "good",
    OrderState.DISPUTED: "bad",
    OrderState.SETTLED: "good",
}
PAYERS: dict[Payer, Words] = {
    Payer.HOUSEHOLD: _("The household pays"),
    Payer.COMMUNITY: _("The community pays"),
}
WHYS: dict[Why, Words] = {
    Why.ISOLATED: _("In isolation"),
    Why.AGED: _("Aged, alone"),
    Why.ILL: _("Ill"),
    Why.DISABILITY: _("Disability"),
    Why.HELPER: _("A helper's family"),
    Why.FRONT: _("Somebody of them is at the front"),
}
MONEY: dict[Money, Words] = {
    Money.ADVANCE: _("Advance"),
    Money.RETURN: _("Brought back"),
    Money.PURCHASE: _("Purchase"),
    Money.PAYMENT: _("Payment"),
    Money.REFUND: _("Refund"),
}
SIGHTINGS: dict[Sighting, Words] = {
    Sighting.SEEN: _("Seen at the door"),
    Sighting.BY_PHONE: _("Reached by telephone"),
    Sighting.NO_ANSWER: _("No answer"),
}
ASKS: dict[AskKind, Words] = {
    AskKind.QUESTION: _("A question"),
    AskKind.CORRECTION: _("Something about us is wrong"),
    AskKind.DELETION: _("Delete data about us"),
}
