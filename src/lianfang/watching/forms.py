"""The forms of this room's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianfang.watching import words
from lianfang.watching.slots import MOST_A_DAY
from lianfang.web import acts


class StartForm(acts.CommandForm):
    """Why, where and how long somebody of a household is watched."""

    person_id = forms.ChoiceField(label=_("Person"))
    reason = forms.ChoiceField(label=_("Reason"), choices=acts.choices(words.REASONS))
    from_day = forms.DateField(label=_("First day"), widget=acts.day_input())
    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=90, initial=14)
    checks_a_day = forms.IntegerField(
        label=_("Checks a day"), min_value=1, max_value=MOST_A_DAY, initial=2
    )
    self_check = forms.BooleanField(
        label=_("The person may send own checks"), required=False, initial=True
    )

    def __init__(self, data: Any = None, *, people: list[tuple[str, str]], **kwargs: Any) -> None:
        """Make the form for the people behind a door."""
        super().__init__(data, **kwargs)
        self.fields["person_id"].choices = people  # type: ignore[attr-defined]


class ExtendForm(acts.CommandForm):
    """The new day of release, and why."""

    until_day = forms.DateField(label=_("New day of release"), widget=acts.day_input())
    why = forms.CharField(label=_("Why"), max_length=200)


class WhyForm(acts.CommandForm):
    """A reason."""

    why = forms.CharField(label=_("Why"), max_length=200)


class NoteForm(acts.CommandForm):
    """A word of explanation."""

    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class ReleaseForm(acts.CommandForm):
    """A release; the reason is needed before the day has come."""

    why = forms.CharField(
        label=_("Why"),
        max_length=200,
        required=False,
        help_text=_("Needed only before the day of release."),
    )


class TransferForm(acts.CommandForm):
    """The community of another district, by its code."""

    fields_of = {"to_area_id": "code"}
    code = forms.CharField(label=_("Code of the community"), max_length=40)
    why = forms.CharField(label=_("Why"), max_length=200)


class TakeOverForm(acts.CommandForm):
    """The area (and the door) that takes somebody over."""

    fields_of = {"area_id": "area", "household_id": "area", "person_id": "area"}
    area = forms.ChoiceField(label=_("Grid"))

    def __init__(self, data: Any = None, *, areas: list[tuple[str, str]], **kwargs: Any) -> None:
        """Make the form for the areas that the actor watches."""
        super().__init__(data, **kwargs)
        self.fields["area"].choices = areas  # type: ignore[attr-defined]


class ReferForm(acts.CommandForm):
    """What somebody is sent to the clinic with."""

    temperature = forms.CharField(label=_("Temperature in °C"), required=False, max_length=6)
    symptoms = forms.MultipleChoiceField(
        label=_("Symptoms"),
        choices=acts.choices(words.SYMPTOMS),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class TransportForm(acts.CommandForm):
    """How somebody gets to the clinic."""

    by = forms.ChoiceField(label=_("Transport"), choices=acts.choices(words.TRANSPORT))
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class AcceptForm(acts.CommandForm):
    """Which clinic takes the person."""

    clinic_id = forms.ChoiceField(label=_("Clinic"), required=False)
    clinic = forms.CharField(label=_("Or its name"), max_length=120, required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, data: Any = None, *, clinics: list[tuple[str, str]], **kwargs: Any) -> None:
        """Make the form with the clinics of the district."""
        super().__init__(data, **kwargs)
        self.fields["clinic_id"].choices = [("", "—"), *clinics]  # type: ignore[attr-defined]


class ResultForm(acts.CommandForm):
    """What the clinic found."""

    result = forms.ChoiceField(label=_("Result"), choices=acts.choices(words.RESULTS))
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class CancelForm(acts.CommandForm):
    """Why a referral is called off."""

    note = forms.CharField(label=_("Why"), max_length=300)
