"""Forms on doors and persons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from lianfang.people import words
from lianfang.people.rules import IdKind
from lianfang.web.acts import CommandForm, choices, cleaned, day_input

_PARTERS = "[,;，；、]"  # cjk: the commas that people type


class AddressForm(CommandForm):
    """The parts of a door's address."""

    building = forms.CharField(label=_("Building"), max_length=40, required=False)
    unit = forms.CharField(label=_("Unit (entrance)"), max_length=20, required=False)
    floor = forms.IntegerField(
        label=_("Floor"),
        min_value=-9,
        max_value=200,
        required=False,
        help_text=_("Left empty, it is read from the room: 501 is on floor 5."),
    )
    room = forms.CharField(label=_("Room"), max_length=40)

    def address(self) -> dict[str, Any]:
        """Return the address for a payload."""
        data = cleaned(self, ["building", "unit", "floor", "room"])
        room = str(data.get("room", ""))
        if "floor" not in data and room.isascii() and room.isdigit() and 3 <= len(room) <= 4:
            data["floor"] = int(room[:-2])
        return data


class PersonFields(forms.Form):
    """What is known of a person."""

    name = forms.CharField(label=_("Name"), max_length=80)
    sex = forms.ChoiceField(label=_("Sex"), choices=choices(words.SEXES, blank="—"), required=False)
    born = forms.DateField(label=_("Date of birth"), widget=day_input(), required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=24, required=False)
    id_kind = forms.ChoiceField(
        label=_("Document"), choices=choices(words.ID_KINDS, blank="—"), required=False
    )
    id_number = forms.CharField(label=_("Document number"), max_length=30, required=False)
    relation = forms.CharField(label=_("Relation in the household"), max_length=20, required=False)
    care = forms.MultipleChoiceField(
        label=_("Looked after first because of"),
        choices=choices(words.CARE),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    skills = forms.CharField(
        label=_("Skills"),
        max_length=200,
        required=False,
        help_text=_("For helpers; part them by commas."),
    )

    def clean_phone(self) -> str:
        """Take out blanks and dashes, as people write numbers."""
        return "".join(ch for ch in self.cleaned_data["phone"] if ch not in " -()（）")  # cjk: data

    def clean_id_number(self) -> str:
        """Write letters large and take out blanks."""
        return "".join(self.cleaned_data["id_number"].split()).upper()

    def clean(self) -> dict[str, Any]:
        """Take an 18-digit number without a kind as a resident identity card."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("id_number") and not data.get("id_kind"):
            resident = len(str(data["id_number"])) == 18
            data["id_kind"] = str(IdKind.RESIDENT if resident else IdKind.OTHER)
        return data

    def identity(self, person_id: UUID | str) -> dict[str, Any]:
        """Return the person for a payload."""
        data = cleaned(
            self, ["name", "sex", "born", "phone", "id_kind", "id_number", "relation", "care"]
        )
        if "born" in data:
            data["born"] = str(data["born"])
        if listed := [s.strip() for s in re.split(_PARTERS, self.cleaned_data["skills"])]:
            data["skills"] = [skill for skill in listed if skill]
        return {"person_id": str(person_id), **data}


class HouseholdForm(AddressForm):
    """A new door; its people are added on its page."""

    fields_of = {"household_id": "room"}

    def __init__(self, *args: Any, grids: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        """Make the form; with `grids` the door's grid is asked for."""
        super().__init__(*args, **kwargs)
        if grids:
            grid = forms.ChoiceField(label=_("Grid"), choices=list(grids))
            self.fields = {"area_id": grid, **self.fields}


class PersonForm(PersonFields, CommandForm):
    """A person, new or corrected."""

    fields_of = {"person_id": "name"}


class CloseForm(CommandForm):
    """Why a door is taken off the list."""

    why = forms.CharField(label=_("Why"), max_length=200)


class MergeForm(CommandForm):
    """The door that stays."""

    fields_of = {"into_id": "into"}
    into = forms.CharField(
        label=_("The door that stays"),
        max_length=104,
        help_text=_("As on its plate, such as 3-2-501. Its community must be the same."),
    )


class MoveForm(CommandForm):
    """The door to which a person moves."""

    fields_of = {"household_id": "to"}
    to = forms.CharField(
        label=_("To which door"), max_length=104, help_text=_("As on its plate, such as 3-2-501.")
    )


class LeaveForm(CommandForm):
    """Somebody who does not live here any more."""

    deceased = forms.BooleanField(label=_("The person has died"), required=False)


class ReasonForm(CommandForm):
    """A reason that is kept."""

    reason = forms.CharField(label=_("Reason"), min_length=4, max_length=200)


class ExportForm(CommandForm):
    """How much of a list goes into a file, and what for."""

    in_full = forms.BooleanField(
        label=_("With whole telephone and document numbers"),
        required=False,
        help_text=_("Without it they are masked, which is enough to compare lists."),
    )
    why = forms.CharField(
        label=_("What for"), max_length=200, help_text=_("Kept in the journal with your name.")
    )
