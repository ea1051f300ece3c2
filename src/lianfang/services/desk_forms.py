"""The forms of the desk and of the helpers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from lianfang.services import rules, words
from lianfang.services.rules import Money, Sighting
from lianfang.web.acts import CommandForm, choices, day_input


def _fen(text: str) -> int | None:
    try:
        return rules.read_yuan(text)
    except ValueError:
        raise forms.ValidationError(_("Write an amount such as 50 or 12.50.")) from None


def _amount(label: Any, *, required: bool = True) -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "decimal"})
    return forms.CharField(label=label, max_length=12, required=required, widget=widget)


class AcceptForm(CommandForm):
    """Where an order is bought, and who pays."""

    shop_id = forms.ChoiceField(label=gettext_lazy("Shop"), required=False)
    payer = forms.ChoiceField(label=gettext_lazy("Who pays"), choices=choices(words.PAYERS))

    def __init__(self, *args: Any, shops: Sequence[tuple[str, Any]] = (), **kwargs: Any) -> None:
        """Make the form with the community's shops."""
        super().__init__(*args, **kwargs)
        self.fields["shop_id"].choices = [("", "—"), *shops]  # type: ignore[attr-defined]


class WordForm(CommandForm):
    """A word that the household reads."""

    text = forms.CharField(
        label=gettext_lazy("In a few words"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class BuyForm(CommandForm):
    """What it cost in all, with the receipt."""

    fields_of = {"price_fen": "price"}

    price = _amount(gettext_lazy("Price in all, in yuan"))
    photo = forms.FileField(
        label=gettext_lazy("Photo of the receipt"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )
    agreed = forms.BooleanField(
        label=gettext_lazy("The household agreed to a higher price"), required=False
    )

    def clean_price(self) -> int | None:
        """Return the price in fen."""
        return _fen(self.cleaned_data["price"])


class LeaveForm(CommandForm):
    """A photo of what lies at the door, if there is one."""

    photo = forms.FileField(
        label=gettext_lazy("Photo at the door"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )


class ResolveForm(CommandForm):
    """What becomes of a complaint."""

    fields_of = {"refund_fen": "refund"}

    redo = forms.ChoiceField(
        label=gettext_lazy("What is done"),
        choices=[("", gettext_lazy("It ends here")), ("1", gettext_lazy("It is done again"))],
        required=False,
    )
    refund = _amount(gettext_lazy("Refund in yuan"), required=False)

    def clean_refund(self) -> int:
        """Return the refund in fen."""
        return _fen(self.cleaned_data["refund"]) or 0


class AssignForm(CommandForm):
    """Who shall carry an order."""

    account_id = forms.ChoiceField(label=gettext_lazy("Helper"))

    def __init__(self, *args: Any, helpers: Sequence[tuple[str, Any]] = (), **kwargs: Any) -> None:
        """Make the form with the helpers of the community."""
        super().__init__(*args, **kwargs)
        self.fields["account_id"].choices = list(helpers)  # type: ignore[attr-defined]


class KindForm(CommandForm):
    """A kind of service."""

    code = forms.RegexField(
        r"^[a-z][a-z0-9_]*$", label=gettext_lazy("Short name in Latin letters"), max_length=20
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60, required=False)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)
    offered = forms.BooleanField(label=gettext_lazy("On offer"), required=False, initial=True)
    buys = forms.BooleanField(label=gettext_lazy("Something is bought"), required=False)
    urgent = forms.BooleanField(label=gettext_lazy("Urgent"), required=False)
    due_hours = forms.IntegerField(label=gettext_lazy("Due after hours"), min_value=1, initial=24)
    claim_minutes = forms.IntegerField(
        label=gettext_lazy("A claim lasts minutes"), min_value=5, initial=120
    )
    most = forms.IntegerField(label=gettext_lazy("At most of one thing"), min_value=1, initial=20)
    per_day = forms.IntegerField(label=gettext_lazy("Orders a day"), min_value=1, initial=3)


class ShopForm(CommandForm):
    """A shop."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)
    latitude = forms.FloatField(label=gettext_lazy("Latitude"), required=False)
    longitude = forms.FloatField(label=gettext_lazy("Longitude"), required=False)


class DeskForm(CommandForm):
    """How the desk works."""

    phone = forms.CharField(
        label=gettext_lazy("Telephone of the desk"), max_length=20, required=False
    )
    bind_first = forms.BooleanField(
        label=gettext_lazy("A door's card must be bound before it can be used"), required=False
    )


class HandForm(AssignForm):
    """Money in advance, or brought back."""

    fields_of = {"fen": "amount"}

    kind = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=[(str(k), words.MONEY[k]) for k in (Money.ADVANCE, Money.RETURN)],
    )
    amount = _amount(gettext_lazy("Amount in yuan"))
    note = forms.CharField(label=gettext_lazy("Note"), max_length=120, required=False)

    def clean_amount(self) -> int | None:
        """Return the amount in fen."""
        return _fen(self.cleaned_data["amount"])


class CareForm(CommandForm):
    """How a household is looked after."""

    isolated_until = forms.DateField(
        label=gettext_lazy("In isolation until"), widget=day_input(), required=False
    )
    every_days = forms.IntegerField(
        label=gettext_lazy("A visit every so many days"), min_value=1, max_value=60, required=False
    )
    unseen_days = forms.IntegerField(
        label=gettext_lazy("An alarm when unseen for so many days"),
        min_value=1,
        max_value=60,
        required=False,
    )


class LookForm(CommandForm):
    """What came of a care visit."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What came of it"),
        choices=[(str(s), words.SIGHTINGS[s]) for s in Sighting],
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)


class NeedsForm(CommandForm):
    """What a household needs; nothing is an answer too."""

    needs = forms.MultipleChoiceField(
        label=gettext_lazy("What the household needs"),
        choices=choices(words.KINDS),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Leave all empty when it needs nothing."),
    )


class PlanForm(CommandForm):
    """Who can go now, and how much fits into a bag."""

    helpers = forms.MultipleChoiceField(
        label=pgettext_lazy("plan", "Helpers who can go now"), widget=forms.CheckboxSelectMultiple
    )
    bag = forms.IntegerField(
        label=gettext_lazy("Things that fit into one bag"), min_value=1, max_value=200, initial=12
    )
    hours = forms.IntegerField(
        label=gettext_lazy("Hours left of the shift"), min_value=1, max_value=12, initial=4
    )

    def __init__(self, *args: Any, who: Sequence[tuple[str, Any]] = (), **kwargs: Any) -> None:
        """Make the form with the helpers of the community."""
        super().__init__(*args, **kwargs)
        self.fields["helpers"].choices = list(who)  # type: ignore[attr-defined]
