"""The forms of the resident's page; they work without JavaScript on an old phone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianfang.services import rules, words
from lianfang.services.rules import AskKind
from lianfang.web.acts import CommandForm

# Parts of a day that a household may wish for: value -> (words, from, until).
PARTS = {
    "am": (gettext_lazy("morning"), time(8), time(12)),
    "pm": (gettext_lazy("afternoon"), time(12), time(18)),
    "eve": (gettext_lazy("evening"), time(18), time(21)),
}


def windows(moment: datetime) -> list[tuple[str, str]]:
    """Return the wishes that are still possible today and tomorrow, as choices."""
    local = timezone.localtime(moment)
    result: list[tuple[str, str]] = [("", _("Any time"))]
    for ahead, day in ((0, _("Today")), (1, _("Tomorrow"))):
        for key, (name, _start, end) in PARTS.items():
            if ahead or local.time() < end:
                result.append((f"{ahead}-{key}", f"{day}, {name}"))
    return result


def window(value: str, moment: datetime) -> tuple[datetime, datetime] | None:
    """Return the beginning and end of a wish, None for any time."""
    ahead, _sep, key = value.partition("-")
    if key not in PARTS or ahead not in ("0", "1"):
        return None
    day = timezone.localdate(moment) + timedelta(days=int(ahead))
    _name, start, end = PARTS[key]
    zone = timezone.get_current_timezone()
    return datetime.combine(day, start, zone), datetime.combine(day, end, zone)


class OrderForm(CommandForm):
    """An order: one thing on each line."""

    fields_of = {"items": "items", "items.": "items", "wanted_until": "wanted"}

    kind = forms.ChoiceField(label=gettext_lazy("What is it about?"))
    items = forms.CharField(
        label=gettext_lazy("What shall be bought? One thing on each line, with the number"),
        required=False,
        max_length=1500,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    note = forms.CharField(
        label=gettext_lazy("Anything else we should know"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    contact = forms.CharField(label=gettext_lazy("Name"), max_length=40)
    phone = forms.CharField(
        label=gettext_lazy("Telephone"),
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    wanted = forms.ChoiceField(label=gettext_lazy("When"), required=False)
    ceiling = forms.CharField(
        label=gettext_lazy("At most, in yuan"),
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )

    def __init__(
        self, *args: Any, kinds: Sequence[tuple[str, Any]], moment: datetime, **kwargs: Any
    ) -> None:
        """Make the form with the kinds that the community offers."""
        super().__init__(*args, **kwargs)
        self.moment = moment
        self.fields["kind"].choices = list(kinds)  # type: ignore[attr-defined]
        self.fields["wanted"].choices = windows(moment)  # type: ignore[attr-defined]

    def clean_ceiling(self) -> int | None:
        """Return the amount in fen."""
        try:
            return rules.read_yuan(self.cleaned_data["ceiling"])
        except ValueError:
            raise forms.ValidationError(_("Write an amount such as 50 or 12.50.")) from None

    def payload(self, household_id: UUID) -> dict[str, Any]:
        """Return the payload of `order.place`."""
        data = self.cleaned_data
        result: dict[str, Any] = {
            "household_id": str(household_id),
            "kind": data["kind"],
            "items": rules.read_items(data["items"]),
            "note": data["note"],
            "contact": data["contact"],
            "phone": data["phone"].replace(" ", "").replace("-", ""),
            "ceiling_fen": data["ceiling"],
        }
        if chosen := window(data["wanted"], self.moment):
            result["wanted_from"], result["wanted_until"] = (at.isoformat() for at in chosen)
        return result


class WordForm(CommandForm):
    """A word about an order."""

    text = forms.CharField(
        label=gettext_lazy("In a few words"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class BindForm(CommandForm):
    """The telephone by which a household shows that the card is its own."""

    phone = forms.CharField(
        label=gettext_lazy("A telephone number of your household"),
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )


class AskForm(CommandForm):
    """A question, or a wish about one's data."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is it about?"),
        choices=[(str(k), words.ASKS[k]) for k in AskKind],
        initial=str(AskKind.QUESTION),
    )
    text = forms.CharField(
        label=gettext_lazy("In a few words"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ReportForm(CommandForm):
    """Today's temperatures: for everybody who is named, or that all are well."""

    fields_of = {"readings.": "", "readings": ""}

    well = forms.BooleanField(label=gettext_lazy("Everybody here is well"), required=False)

    def __init__(self, *args: Any, people: Sequence[tuple[UUID, str]] = (), **kwargs: Any) -> None:
        """Make the form with a field for each person (of a bound card only)."""
        super().__init__(*args, **kwargs)
        self.people = people
        for number, (_id, name) in enumerate(people):
            self.fields[f"t{number}"] = forms.CharField(
                label=name,
                required=False,
                max_length=6,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "placeholder": "36.5"}),
            )

    def place_of(self, field: str | None) -> str | None:
        """Return the field of the person that a refusal is about."""
        parts = (field or "").split(".")
        if len(parts) == 3 and parts[0] == "readings":
            given = [n for n in range(len(self.people)) if self.cleaned_data.get(f"t{n}")]
            if int(parts[1]) < len(given):
                return f"t{given[int(parts[1])]}"
        return None

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        data = super().clean() or {}
        given = any(data.get(f"t{n}") for n in range(len(self.people)))
        if not data.get("well") and not given:
            raise forms.ValidationError(_("Write a temperature, or say that everybody is well."))
        return data

    def payload(self, household_id: UUID, round_id: UUID) -> dict[str, Any]:
        """Return the payload of `household.self_report`."""
        readings = [
            {"person_id": str(id_), "temperature": self.cleaned_data[f"t{n}"]}
            for n, (id_, _name) in enumerate(self.people)
            if self.cleaned_data.get(f"t{n}")
        ]
        return {
            "household_id": str(household_id),
            "round_id": str(round_id),
            "all_normal": bool(self.cleaned_data["well"]) and not readings,
            "readings": readings,
        }
