"""The forms of this room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianfang.supplies import words
from lianfang.web.acts import CommandForm, moment_input

Choices = Sequence[tuple[str, Any]]


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def _rows(number: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": number})


class ItemForm(CommandForm):
    """A new item."""

    name = forms.CharField(label=_("Item"), max_length=80)
    unit = forms.CharField(label=_("Unit, such as piece or litre"), max_length=20)


class StockForm(CommandForm):
    """One change of the stock of a post; what is asked depends on the act."""

    item_id = forms.ChoiceField(label=_("Item"))
    quantity = forms.IntegerField(label=_("Quantity"), min_value=0, max_value=10_000_000)
    lot = forms.CharField(label=_("Lot number on the box"), max_length=40, required=False)
    expires = forms.DateField(label=_("Use by"), required=False, widget=_day())
    why = forms.CharField(label=_("For whom, from where, or why"), max_length=120, required=False)

    def __init__(self, *args: Any, items: Choices, **kwargs: Any) -> None:
        """Make the form with the items to choose from."""
        super().__init__(*args, **kwargs)
        self.fields["item_id"].choices = items  # type: ignore[attr-defined]


class KeepForm(CommandForm):
    """The number below which somebody sees to new ones."""

    item_id = forms.ChoiceField(label=_("Item"))
    low_at = forms.IntegerField(
        label=_("See to new ones from this number down"), min_value=1, required=False
    )

    def __init__(self, *args: Any, items: Choices, **kwargs: Any) -> None:
        """Make the form with the items to choose from."""
        super().__init__(*args, **kwargs)
        self.fields["item_id"].choices = items  # type: ignore[attr-defined]


class RequestForm(CommandForm):
    """What a post asks for: a number beside each item."""

    fields_of = {"lines": "wanted_by"}

    post_id = forms.ChoiceField(label=_("For which post"))
    wanted_by = forms.DateTimeField(label=_("Needed by"), widget=moment_input())
    text = forms.CharField(label=_("Remark"), max_length=300, required=False, widget=_rows(2))

    def __init__(self, *args: Any, posts: Choices, items: Choices, **kwargs: Any) -> None:
        """Make the form with the posts of the actor and a field for each item."""
        super().__init__(*args, **kwargs)
        self.fields["post_id"].choices = posts  # type: ignore[attr-defined]
        self.items = [(f"n_{item_id}", item_id) for item_id, _name in items]
        for (name, _id), (_i, label) in zip(self.items, items, strict=True):
            self.fields[name] = forms.IntegerField(label=label, min_value=0, required=False)

    def lines(self) -> list[dict[str, Any]]:
        """Return the items with a number."""
        numbers = [(item_id, self.cleaned_data.get(name) or 0) for name, item_id in self.items]
        return [{"item_id": item_id, "quantity": n} for item_id, n in numbers if n]


class AnswerForm(CommandForm):
    """The answer to a request, with a number for each of its items."""

    fields_of = {"lines": "why"}

    giver_id = forms.ChoiceField(label=_("Which post gives"), required=False)
    why = forms.CharField(label=_("Why"), max_length=200, required=False)

    def __init__(
        self, *args: Any, lines: Sequence[tuple[str, Any, int]], givers: Choices = (), **kwargs: Any
    ) -> None:
        """Make the form; `lines` are (item, label, number that is filled in)."""
        super().__init__(*args, **kwargs)
        if givers:
            listed = [("", _("From outside the district")), *givers]
            self.fields["giver_id"].choices = listed  # type: ignore[attr-defined]
        else:
            del self.fields["giver_id"]
        self.numbers = {f"n_{item_id}": item_id for item_id, _l, _n in lines}
        for item_id, label, number in lines:
            self.fields[f"n_{item_id}"] = forms.IntegerField(
                label=label, min_value=0, initial=number
            )

    def lines(self) -> list[dict[str, Any]]:
        """Return each item with its number."""
        return [
            {"item_id": item_id, "quantity": self.cleaned_data[name]}
            for name, item_id in self.numbers.items()
        ]


class ProductionForm(CommandForm):
    """A new production order."""

    fields_of = {"": "quantity"}

    area_id = forms.ChoiceField(label=_("In which area"))
    name = forms.CharField(label=_("What is made"), max_length=120)
    unit = forms.CharField(label=_("Unit, such as piece or litre"), max_length=20)
    stages = forms.CharField(
        label=_("Stages, one a line, in the order of the work"), widget=_rows(6)
    )
    starts_at = forms.DateTimeField(label=_("Begins"), widget=moment_input())
    quantity = forms.IntegerField(label=_("How many in all"), min_value=1, required=False)
    deadline = forms.DateTimeField(
        label=_("To be finished by"), required=False, widget=moment_input()
    )
    daily_target = forms.IntegerField(label=_("Target for each day"), min_value=1, required=False)

    def __init__(self, *args: Any, areas: Choices, **kwargs: Any) -> None:
        """Make the form with the areas to choose from."""
        super().__init__(*args, **kwargs)
        self.fields["area_id"].choices = areas  # type: ignore[attr-defined]


class CountForm(CommandForm):
    """What a stage let out in a shift."""

    stage = forms.ChoiceField(label=_("Stage"))
    from_at = forms.DateTimeField(label=_("From"), widget=moment_input())
    to_at = forms.DateTimeField(label=_("Until"), widget=moment_input())
    out = forms.IntegerField(label=_("Pieces that went out"), min_value=0)
    spoilt = forms.IntegerField(label=_("Spoilt"), min_value=0, initial=0)
    people = forms.IntegerField(label=_("People at work"), min_value=0, initial=0)

    def __init__(self, *args: Any, stages: Sequence[str], **kwargs: Any) -> None:
        """Make the form with the stages of the order."""
        super().__init__(*args, **kwargs)
        listed = [(str(n), name) for n, name in enumerate(stages)]
        self.fields["stage"].choices = listed  # type: ignore[attr-defined]


class PlaceForm(CommandForm):
    """A key place."""

    area_id = forms.ChoiceField(label=_("In which area"))
    kind = forms.ChoiceField(label=_("Kind"), choices=lambda: list(words.PLACE_KINDS.items()))
    name = forms.CharField(label=_("Name of the place"), max_length=120)
    address = forms.CharField(label=_("Address"), max_length=120, required=False)
    every_days = forms.IntegerField(
        label=_("Inspect every so many days"), min_value=1, max_value=365, initial=7
    )
    checklist = forms.CharField(label=_("What is looked at, one a line"), widget=_rows(6))

    def __init__(self, *args: Any, areas: Choices, **kwargs: Any) -> None:
        """Make the form with the areas to choose from; none for a place that stays where it is."""
        super().__init__(*args, **kwargs)
        if areas:
            self.fields["area_id"].choices = areas  # type: ignore[attr-defined]
        else:
            del self.fields["area_id"]


class InspectForm(CommandForm):
    """An inspection: each check in order or not, with a note."""

    fields_of = {"checks": "note"}

    note = forms.CharField(label=_("Remark"), max_length=300, required=False, widget=_rows(2))

    def __init__(self, *args: Any, checklist: Sequence[str], **kwargs: Any) -> None:
        """Make the form with two fields for each check."""
        super().__init__(*args, **kwargs)
        self.checklist = checklist
        for number, label in enumerate(checklist):
            self.fields[f"c{number}"] = forms.ChoiceField(
                label=label, choices=[("1", _("In order")), ("0", _("Not in order"))], initial="1"
            )
            self.fields[f"m{number}"] = forms.CharField(
                label=_("What is wrong: %(check)s") % {"check": label},
                max_length=300,
                required=False,
            )
        self.order_fields([*(f"{k}{n}" for n in range(len(checklist)) for k in "cm"), "note"])

    def payload(self) -> dict[str, Any]:
        """Return the answers as the command takes them."""
        data, numbers = self.cleaned_data, range(len(self.checklist))
        return {
            "checks": [{"number": n, "good": data[f"c{n}"] == "1"} for n in numbers],
            "notes": [data[f"m{n}"] for n in numbers],
            "note": data["note"],
        }


class FindingForm(CommandForm):
    """What was done about a finding."""

    proof = forms.CharField(label=_("What was done"), max_length=300, required=False)
