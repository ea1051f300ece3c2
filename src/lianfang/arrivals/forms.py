"""The forms of manifests, sites and those who stay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianfang.arrivals import words
from lianfang.arrivals.rules import BEDDED, Destination, LeaveWhy
from lianfang.web.acts import CommandForm, choices, moment_input

_DECIMAL = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
Options = Sequence[tuple[str, Any]]


class Choosing(CommandForm):
    """A form whose choices the view knows: `options={field: choices}`."""

    def __init__(
        self, *args: Any, options: dict[str, Options] | None = None, **kwargs: Any
    ) -> None:
        """Make the form with the choices of its fields."""
        super().__init__(*args, **kwargs)
        for name, offered in (options or {}).items():
            self.fields[name].choices = list(offered)  # type: ignore[attr-defined]


class ManifestForm(Choosing):
    """A vehicle that is expected."""

    area_id = forms.ChoiceField(label=_("Received at"))
    mode = forms.ChoiceField(label=_("Arrives by"), choices=choices(words.MODES))
    vehicle = forms.CharField(label=_("Flight or train number"), max_length=40)
    origin = forms.CharField(label=_("Comes from"), max_length=80, required=False)
    arrives_at = forms.DateTimeField(
        label=_("Arrives at"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=moment_input(),
    )


class HeadsForm(CommandForm):
    """The head count at the gate."""

    heads = forms.IntegerField(label=_("Heads counted at the gate"), min_value=0, max_value=20_000)


class SeenForm(CommandForm):
    """What is measured when a passenger comes through the gate."""

    temperature = forms.CharField(
        label=_("Temperature in °C"), max_length=8, required=False, widget=_DECIMAL
    )
    symptoms = forms.MultipleChoiceField(
        label=_("Symptoms"),
        required=False,
        choices=choices(words.SYMPTOMS),
        widget=forms.CheckboxSelectMultiple,
    )


class PassengerForm(CommandForm):
    """Somebody who came without being on the list."""

    name = forms.CharField(label=_("Name"), max_length=80)
    name_latin = forms.CharField(label=_("Name in Latin letters"), max_length=80, required=False)
    sex = forms.ChoiceField(label=_("Sex"), choices=list(words.SEXES.items()), required=False)
    age = forms.IntegerField(label=_("Age"), min_value=0, max_value=130, required=False)
    passport = forms.CharField(label=_("Passport number"), max_length=30, required=False)
    seat = forms.CharField(label=_("Seat"), max_length=10, required=False)
    place_from = forms.CharField(label=_("Comes from"), max_length=80, required=False)
    family = forms.CharField(label=_("Family or booking"), max_length=40, required=False)
    accessible = forms.BooleanField(label=_("Needs an accessible room"), required=False)
    temperature = forms.CharField(
        label=_("Temperature in °C"), max_length=8, required=False, widget=_DECIMAL
    )


class DoubleForm(CommandForm):
    """The line of which this one is a double, by its seat."""

    seat = forms.CharField(label=_("Seat of the line that counts"), max_length=10)


_BEDDED = [(str(d), words.DESTINATIONS[d]) for d in Destination if d in BEDDED]


class SiteForm(Choosing):
    """A site with its rooms, all alike; others are added on its page."""

    fields_of = {"label": "each"}

    area_id = forms.ChoiceField(label=_("In which area?"))
    name = forms.CharField(label=_("Name"), max_length=80)
    takes = forms.ChoiceField(label=_("What kind of site is it?"), choices=_BEDDED)
    address = forms.CharField(label=_("Address"), max_length=120, required=False)
    staff = forms.IntegerField(label=_("Staff"), min_value=0, max_value=100_000, required=False)
    team = forms.BooleanField(
        label=_("Form a temporary organisation for it"), required=False, initial=True
    )
    lead = forms.ChoiceField(label=_("Who leads it?"), required=False)
    first_floor = forms.IntegerField(label=_("From floor"), min_value=1, max_value=99, initial=1)
    last_floor = forms.IntegerField(label=_("To floor"), min_value=1, max_value=99, initial=3)
    each = forms.IntegerField(label=_("Rooms on each floor"), min_value=1, max_value=99, initial=10)
    beds = forms.IntegerField(label=_("Beds in each room"), min_value=1, max_value=200, initial=2)
    accessible = forms.IntegerField(
        label=_("Accessible rooms on each floor"), min_value=0, max_value=99, initial=0
    )


class RoomForm(CommandForm):
    """One room."""

    building = forms.CharField(label=_("Building"), max_length=20, required=False)
    floor = forms.IntegerField(label=_("Floor"), min_value=-9, max_value=200)
    label = forms.CharField(label=_("Room"), max_length=20)
    beds = forms.IntegerField(label=_("Beds"), min_value=1, max_value=200)
    accessible = forms.BooleanField(label=_("Accessible"), required=False)
    used = forms.BooleanField(label=_("In use"), required=False, initial=True)
    note = forms.CharField(label=_("Note"), max_length=120, required=False)


class WhyForm(CommandForm):
    """A reason."""

    why = forms.CharField(label=_("Why?"), max_length=200)


class MoveForm(Choosing):
    """Another room, here or at another site."""

    room = forms.ChoiceField(label=_("To which room?"))
    anyway = forms.BooleanField(
        label=_("Share the room although sex or risk group differ"), required=False
    )


class LeaveForm(CommandForm):
    """Why a bed is given up."""

    why = forms.ChoiceField(
        label=_("Why?"),
        choices=[(str(k), v) for k, v in words.LEAVES.items()],
        initial=LeaveWhy.RELEASED,
    )


class KeepForm(CommandForm):
    """Table and diet."""

    table = forms.CharField(label=_("Dining table"), max_length=20, required=False)
    diets = forms.MultipleChoiceField(
        label=_("For the kitchen"),
        required=False,
        choices=choices(words.DIETS),
        widget=forms.CheckboxSelectMultiple,
    )


class NoteForm(CommandForm):
    """A word for the next shift."""

    text = forms.CharField(
        label=_("A word for the next shift"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class FamilyForm(CommandForm):
    """What becomes of a family that the rules split: apart, or all to one place."""

    family = forms.CharField(max_length=40, widget=forms.HiddenInput)
    way = forms.CharField(max_length=30)


class PlaceForm(Choosing):
    """The bed that somebody gets by hand."""

    room = forms.ChoiceField(label=_("Which room?"))
    anyway = forms.BooleanField(
        label=_("Share the room although sex or risk group differ"), required=False
    )
